"""Answers of this worker that another one replaced: her inbox, and what she decides about each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.problems import Problem
from app.store import cases, drafts, records
from app.store.records import Answer
from app.store.transaction import Row, Snapshot, Transaction, to_json
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.merge_rules import NARROW
from sync_server.protocol.messages import ConflictNotice, Settled

State = Literal["open", "restored", "accepted"]


@dataclass(frozen=True, slots=True)
class StoredConflict:
    """A lost answer and the one that was kept instead. `case` is '' when the record is not here any more.

    `settled_here`: decided on this device, and not yet told to the server.
    """

    id: str
    record: str
    case: str
    form: str
    path: str
    rule: str
    state: State
    settled_here: bool
    kept: Any
    kept_author: str
    kept_stamp: str
    kept_effective: str
    lost: Any
    lost_author: str
    lost_stamp: str
    lost_effective: str


def take_in(db: Transaction, notices: Iterable[ConflictNotice]) -> int:
    """Keep what the server told; how many were new. What was settled here meanwhile stays settled."""
    new = 0
    for notice in notices:
        new += db.value("SELECT 1 FROM conflict WHERE id = ?", notice.id) is None
        db.run(
            f"INSERT INTO conflict ({_OWN}) VALUES ({', '.join('?' * 15)}) ON CONFLICT (id) DO UPDATE SET"
            " kept = excluded.kept, kept_author = excluded.kept_author, kept_stamp = excluded.kept_stamp,"
            " kept_effective = excluded.kept_effective, lost_effective = excluded.lost_effective,"
            " state = CASE WHEN settled_here THEN state ELSE excluded.state END",
            notice.id,
            notice.record,
            notice.form,
            notice.path,
            notice.rule,
            notice.state,
            0,
            to_json(notice.kept),
            notice.kept_author,
            notice.kept_stamp,
            notice.kept_effective,
            to_json(notice.lost),
            notice.lost_author,
            notice.lost_stamp,
            notice.lost_effective,
        )
    return new


def listed(db: Snapshot, state: State | None = None) -> tuple[StoredConflict, ...]:
    """All of them, or those in one state: open ones first, the latest loss first."""
    rows = db.rows(
        f"SELECT {_COLUMNS} WHERE ?1 IS NULL OR state = ?1"
        " ORDER BY state <> 'open', lost_effective DESC, conflict.id",
        state,
    )
    return tuple(_conflict(row) for row in rows)


def get(db: Snapshot, conflict: str) -> StoredConflict:
    """Problem conflict.row.unknown when it is not here."""
    row = db.row(f"SELECT {_COLUMNS} WHERE conflict.id = ?", conflict)
    if row is None:
        raise Problem("conflict.row.unknown")
    return _conflict(row)


def accept(db: Transaction, conflict: str) -> ChangeSet | None:
    """Let the other answer stand.

    Of a safe way to reach somebody that is a new change, which says that a person has looked at it:
    until then nobody may be reached by it. Problem conflict.record.draft, as for `restore`.
    """
    found = get(db, conflict)
    change_set = None
    if found.rule == NARROW and records.exists(db, found.record):
        if drafts.is_open(db, found.record):
            raise Problem("conflict.record.draft")
        field = records.state(db, found.record).get(found.path)
        if field is not None and field.rivals:
            change = Answer(found.path, field.value, db.tick(), field.heads, None, db.clock_reading())
            change_set = drafts.submit(db, found.record, [change])
    _settle(db, conflict, "accepted")
    if change_set is not None:
        cases.refresh(db, [found.record])
    return change_set


def restore(db: Transaction, conflict: str) -> ChangeSet | None:
    """Put the lost answer back as a new change on top of what stands there now; it waits in the outbox.

    None when the record holds that value already. Problem conflict.record.draft while answers of
    the record wait in a draft: its author decides there what the field shall say.
    """
    found = get(db, conflict)
    if not records.exists(db, found.record):
        raise Problem("record.row.unknown")
    if drafts.is_open(db, found.record):
        raise Problem("conflict.record.draft")
    field = records.state(db, found.record).get(found.path)
    change_set = None
    if field is None or field.value != found.lost:
        heads = () if field is None else field.heads
        change = Answer(found.path, found.lost, db.tick(), heads, None, db.clock_reading())
        change_set = drafts.submit(db, found.record, [change], restores=True)
    _settle(db, conflict, "restored")
    cases.refresh(db, [found.record])
    return change_set


def to_tell(db: Snapshot) -> tuple[Settled, ...]:
    """What was settled here and the server does not know yet."""
    rows = db.rows("SELECT id, state FROM conflict WHERE settled_here = 1 ORDER BY id")
    return tuple(Settled(conflict, state) for conflict, state in rows)


def told(db: Transaction, settled: Iterable[Settled]) -> None:
    """The server has taken these; one that was settled differently in between is told again."""
    for each in settled:
        db.run("UPDATE conflict SET settled_here = 0 WHERE id = ? AND state = ?", each.conflict, each.state)


def _settle(db: Transaction, conflict: str, state: State) -> None:
    db.run("UPDATE conflict SET state = ?, settled_here = 1 WHERE id = ?", state, conflict)


_OWN: Final = (
    "id, record, form, path, rule, state, settled_here,"
    " kept, kept_author, kept_stamp, kept_effective, lost, lost_author, lost_stamp, lost_effective"
)
_COLUMNS: Final = (
    "conflict.id, conflict.record, coalesce(record.case_id, ''), conflict.form, path, rule, state,"
    " settled_here,"
    " kept, kept_author, kept_stamp, kept_effective, lost, lost_author, lost_stamp, lost_effective"
    " FROM conflict LEFT JOIN record ON record.id = conflict.record"
)


def _conflict(row: Row) -> StoredConflict:
    values = list(row)
    values[7] = bool(values[7])
    values[8], values[12] = json.loads(values[8]), json.loads(values[12])
    return StoredConflict(*values)
