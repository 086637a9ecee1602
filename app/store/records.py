"""Records as they stand on this device: the server's state with this device's unsent work over it.

Three layers, kept apart: the *base* is what the server has shown; the *outbox* lies over it by
the same merge that the server runs, provisional until it is acknowledged and pulled; a *draft* is
what its author is writing, and nobody's answer displaces what she has typed. Refused changes are
shown like a draft's, until she finishes the record again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.problems import Problem
from app.store import form_library, outbox
from app.store.outbox import Outgoing
from app.store.record_state import COLUMNS, decode
from app.store.transaction import Row, Snapshot
from sync_server.protocol.change import Change, ChangeSet
from sync_server.protocol.clock import milliseconds_of
from sync_server.protocol.merge import FieldState, Known, merge, same
from sync_server.protocol.messages import ClockReading

RecordState = Literal["draft", "only_here", "on_server", "refused"]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """What a record is, apart from its answers. `author` wrote most of it; `changed` is a stamp or ''."""

    id: str
    case: str
    form: str
    form_version: str
    author: str
    changed: str
    on_server_ms: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A record in a list. `changed_ms` is by the writer's clock; `finished`: there is more than a draft.

    `changed` is the stamp of that change, empty for a draft alone. `values` are those of the finished
    record, without an open draft; of a record that was never finished they are the draft's. Cleared answers
    are left out. `author` wrote most of it, `authors` tells who else by path, `stamps` when each answer was
    given: by the server's clock, where the server has it. Both know of cleared answers too.
    """

    id: str
    case: str
    form: str
    form_version: str
    author: str
    state: RecordState
    finished: bool
    changed_ms: int
    on_server_ms: int | None
    refused: str | None
    values: Mapping[str, Any]
    changed: str = ""
    authors: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One saved answer of a draft; `parents` and `was`: what its author had before her.

    `read`: what the clocks said when it was stamped; None when that is not known any more.
    """

    path: str
    value: Any
    stamp: str
    parents: tuple[str, ...]
    was: Any
    read: ClockReading | None


def header(db: Snapshot, record: str) -> Header:
    """Problem record.row.unknown when it is not on this device."""
    row = db.row(f"SELECT {_HEADER} FROM record WHERE id = ?", record)
    if row is None:
        raise Problem("record.row.unknown")
    return Header(*row)


def exists(db: Snapshot, record: str) -> bool:
    return db.value("SELECT 1 FROM record WHERE id = ?", record) is not None


def base(db: Snapshot, record: str) -> dict[str, FieldState]:
    """What the server has shown of a record, and nothing else."""
    row = db.row(f"SELECT {COLUMNS} FROM record WHERE id = ?", record)
    return {} if row is None else decode(row)


def state(db: Snapshot, record: str) -> dict[str, FieldState]:
    """Base and outbox: what will stand on the server when all of it is sent, as far as one can know here."""
    return _with_unsent(db, header(db, record), base(db, record), outbox.of_record(db, record))


def contested(db: Snapshot, record: str) -> frozenset[str]:
    """The paths whose value stands where different ones were given apart, and nobody has answered on top
    of them all."""
    return frozenset(
        path
        for path, field in state(db, record).items()
        if any(not same(head.value, field.rivals[0].value) for head in field.rivals)
    )


def all_contested(db: Snapshot, case: str | None = None) -> dict[str, frozenset[str]]:
    """The contested paths of each record that has any; of one case, or of all."""
    where, params = ("", ()) if case is None else (" AND case_id = ?", (case,))
    rows = db.rows(
        "SELECT id FROM record WHERE (rivals != '{}' OR id IN (SELECT record FROM outbox))" + where, *params
    )
    found = {record: contested(db, record) for (record,) in rows}
    return {record: those for record, those in found.items() if those}


def values(db: Snapshot, record: str, draft: bool = True) -> Values:
    """The answers as its author sees them, cleared ones left out; with or without an open draft."""
    outgoing = outbox.of_record(db, record)
    fields = _with_unsent(db, header(db, record), base(db, record), outgoing)
    shown = _shown(fields, outgoing)
    if draft:
        shown.update({answer.path: answer.value for answer in answers(db, record)})
    return _answered(shown)


def answers(db: Snapshot, record: str) -> tuple[Answer, ...]:
    """The saved answers of an open draft, in the order in which their paths were first answered."""
    rows = db.rows(
        "SELECT path, value, stamp, parents, was, wall_ms, boot, uptime FROM answer"
        " WHERE record = ? ORDER BY rowid",
        record,
    )
    return tuple(
        Answer(
            path, json.loads(value), stamp, tuple(json.loads(parents)), json.loads(was), ClockReading(*read)
        )
        for path, value, stamp, parents, was, *read in rows
    )


def of_case(db: Snapshot, case: str) -> tuple[Summary, ...]:
    """Every record of a case, drafts included, latest change first."""
    return tuple(
        sorted(_summaries(db, "case_id = ?", [case]), key=lambda each: each.changed_ms, reverse=True)
    )


def of_forms(db: Snapshot, forms: Iterable[str]) -> tuple[Summary, ...]:
    """Every record of these forms, of all cases: what is due is computed from them."""
    wanted = tuple(forms)
    return tuple(_summaries(db, f"form IN ({', '.join('?' * len(wanted))})", wanted))


def summary(db: Snapshot, record: str) -> Summary:
    """Problem record.row.unknown when it is not on this device."""
    for found in _summaries(db, "id = ?", [record]):
        return found
    raise Problem("record.row.unknown")


def provisional(known: Mapping[str, FieldState], change_set: ChangeSet) -> Iterator[Known]:
    """The changes of unsent work that `known` does not contain; the claim stands for the effective stamp."""
    for change in change_set.changes():
        held = known.get(change.path)
        if held is None or change.stamp not in held.heads:
            yield Known(change, change.stamp)


def unsent_refused(fields: Mapping[str, FieldState], outgoing: Iterable[Outgoing]) -> dict[str, Change]:
    """The refused change of each path that is still its author's latest word on it.

    One that stood on an earlier refused change takes over the parents of that one, which the
    server has never heard of.
    """
    latest: dict[str, Change] = {}
    taken: set[str] = set()
    entries = list(outgoing)
    for entry in reversed(entries):
        if entry.state != "refused":
            taken.update(entry.change_set.values)
            continue
        for change in entry.change_set.changes():
            if change.path in entry.superseded or change.path in taken:
                continue
            later = latest.get(change.path)
            if later is None:
                latest[change.path] = change
            elif change.stamp in later.parents:
                parents = tuple(parent for parent in later.parents if parent != change.stamp)
                latest[change.path] = _on(later, tuple(dict.fromkeys((*change.parents, *parents))))
    return {path: change for path, change in latest.items() if not _contains(fields, change)}


def _on(change: Change, parents: tuple[str, ...]) -> Change:
    return Change(change.path, change.value, change.stamp, parents, change.author, change.device)


def _contains(fields: Mapping[str, FieldState], change: Change) -> bool:
    held = fields.get(change.path)
    return held is not None and change.stamp in held.heads


def _with_unsent(
    db: Snapshot, record: Header, fields: dict[str, FieldState], outgoing: Iterable[Outgoing]
) -> dict[str, FieldState]:
    unsent = [entry.change_set for entry in outgoing if entry.state != "refused"]
    if not unsent:
        return fields
    rules = form_library.rules(db, record.form, record.form_version)
    incoming = [known for change_set in unsent for known in provisional(fields, change_set)]
    return merge(fields, incoming, rules).state


def _shown(fields: Mapping[str, FieldState], outgoing: Iterable[Outgoing]) -> Values:
    shown = {path: field.value for path, field in fields.items()}
    shown.update({path: change.value for path, change in unsent_refused(fields, outgoing).items()})
    return shown


def _answered(found: Mapping[str, Any]) -> Values:
    return {path: value for path, value in found.items() if value is not None}


def _summaries(db: Snapshot, where: str, params: Iterable[object]) -> Iterator[Summary]:
    given = tuple(params)
    those = f"record IN (SELECT id FROM record WHERE {where})"
    unsent = outbox.by_record(db, those, given)
    saved: dict[str, dict[str, Any]] = {}
    stamps: dict[str, str] = {}
    for record, path, value, stamp in db.rows(
        f"SELECT record, path, value, stamp FROM answer WHERE {those} ORDER BY rowid", *given
    ):
        saved.setdefault(record, {})[path] = json.loads(value)
        stamps[record] = max(stamp, stamps.get(record, ""))
    for row in db.rows(f"SELECT {_HEADER}, {COLUMNS} FROM record WHERE {where}", *given):
        yield _summary(db, row, unsent.get(row[0], []), saved.get(row[0]), stamps.get(row[0], ""))


def _summary(
    db: Snapshot, row: Row, outgoing: list[Outgoing], draft: dict[str, Any] | None, saved: str
) -> Summary:
    record = Header(*row[: len(Header.__slots__)])
    fields = _with_unsent(db, record, decode(row[len(Header.__slots__) :]), outgoing)
    shown = _shown(fields, outgoing)
    authors = {path: each.author for path, each in fields.items() if each.author != record.author}
    stamps = {path: each.effective for path, each in fields.items()}
    for path, change in (unsent_refused(fields, outgoing) if outgoing else {}).items():
        authors[path], stamps[path] = change.author, change.stamp
    refused = [entry.code for entry in outgoing if entry.state == "refused"]
    finished = bool(record.changed or outgoing)
    claims = [
        claim for entry in outgoing for claim in (entry.change_set.stamp, *entry.change_set.stamps.values())
    ]
    state: RecordState = "on_server"
    if draft is not None or not finished:
        state = "draft"
    elif refused:
        state = "refused"
    elif any(entry.state == "waiting" for entry in outgoing):
        state = "only_here"
    return Summary(
        record.id,
        record.case,
        record.form,
        record.form_version,
        record.author,
        state,
        finished,
        milliseconds_of(max([record.changed, saved, *claims]) or "0" * 12),
        record.on_server_ms,
        refused[-1] if refused else None,
        _answered(shown if finished else draft or {}),
        max([record.changed, *claims]),
        authors,
        stamps,
    )


_HEADER = "id, case_id, form, form_version, author, changed, on_server_ms"
