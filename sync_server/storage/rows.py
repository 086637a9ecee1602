"""Rows of the tables to and from the protocol's nouns."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import RowMapping

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.merge import Head
from sync_server.protocol.messages import ConflictNotice, RecordDelta
from sync_server.storage.base import LoggedChange, LoggedConflict, StoredRecord

Row = RowMapping

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def record_row(office: str, record: StoredRecord) -> dict[str, Any]:
    delta = record.delta
    stamps: dict[str, Any] = {"stamp": delta.stamp, "author": delta.author}
    if delta.effective is not None:
        stamps["effective"] = delta.effective
    for name in ("stamps", "effectives", "authors"):
        if by_path := getattr(delta, name):
            stamps[name] = by_path
    if delta.rivals:
        stamps["rivals"] = {
            path: [[head.value, head.stamp, head.effective, head.author] for head in heads]
            for path, heads in delta.rivals.items()
        }
    return {
        "office": office,
        "id": delta.record,
        "case": delta.case,
        "form": delta.form,
        "form_version": delta.form_version,
        "created": record.created,
        "changed": record.changed,
        "answers": _dumps(delta.values),
        "stamps": _dumps(stamps),
    }


def record_of(row: Row) -> StoredRecord:
    stamps = json.loads(row["stamps"])
    delta = RecordDelta(
        record=row["id"],
        case=row["case"],
        form=row["form"],
        form_version=row["form_version"],
        author=stamps["author"],
        stamp=stamps["stamp"],
        values=json.loads(row["answers"]),
        effective=stamps.get("effective"),
        stamps=stamps.get("stamps", {}),
        effectives=stamps.get("effectives", {}),
        authors=stamps.get("authors", {}),
        rivals={
            path: tuple(Head(*head) for head in heads) for path, heads in stamps.get("rivals", {}).items()
        },
    )
    return StoredRecord(delta, row["created"], row["changed"], len(row["answers"]) + len(row["stamps"]) + 200)


def change_row(office: str, sequence: int, logged: LoggedChange) -> dict[str, Any]:
    change_set = logged.change_set
    body: dict[str, Any] = {"case": change_set.case, "form": change_set.form, "values": change_set.values}
    for name in ("parents", "stamps", "path_parents"):
        if told := getattr(change_set, name):
            body[name] = told
    if change_set.boot is not None:
        body["boot"], body["uptime"] = change_set.boot, change_set.uptime
    if change_set.restores:
        body["restores"] = True
    if change_set.role:
        body["role"] = change_set.role
    return {
        "office": office,
        "sequence": sequence,
        "device": change_set.device,
        "device_sequence": change_set.sequence,
        "id": change_set.id,
        "record": change_set.record,
        "author": change_set.author,
        "form_version": change_set.form_version,
        "stamp": change_set.stamp,
        "received_ms": logged.received_ms,
        "clock_offset_ms": logged.clock_offset_ms,
        "body": _dumps(body),
    }


def change_of(row: Row) -> LoggedChange:
    body = json.loads(row["body"])
    change_set = ChangeSet(
        id=row["id"],
        record=row["record"],
        case=body["case"],
        form=body["form"],
        form_version=row["form_version"],
        stamp=row["stamp"],
        author=row["author"],
        device=row["device"],
        sequence=row["device_sequence"],
        values=body["values"],
        parents=tuple(body.get("parents", ())),
        stamps=body.get("stamps", {}),
        path_parents={path: tuple(parents) for path, parents in body.get("path_parents", {}).items()},
        boot=body.get("boot"),
        uptime=body.get("uptime"),
        restores=body.get("restores", False),
        role=body.get("role", ""),
    )
    return LoggedChange(change_set, row["received_ms"], row["clock_offset_ms"])


def conflict_row(office: str, logged: LoggedConflict, now_ms: int) -> dict[str, Any]:
    notice = logged.notice
    row = {name: getattr(notice, name) for name in notice.__slots__}
    return {
        **row,
        "kept": _dumps(notice.kept),
        "lost": _dumps(notice.lost),
        "office": office,
        "sequence": logged.sequence,
        "logged_ms": now_ms,
        "partner": logged.partner,
        "partner_sequence": logged.partner_sequence if logged.partner else None,
    }


def conflict_of(row: Row) -> LoggedConflict:
    facts = {name: row[name] for name in ConflictNotice.__slots__}
    facts["kept"], facts["lost"] = json.loads(row["kept"]), json.loads(row["lost"])
    return LoggedConflict(
        ConflictNotice(**facts), row["sequence"], row["partner"], row["partner_sequence"] or 0
    )


def paths_of(body: str) -> set[str]:
    """The paths that a logged change set touched."""
    return set(json.loads(body)["values"])
