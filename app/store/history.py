"""What was said in a record, by whom, when and on which device: what stands, and what stood before.

A row of `record` knows only what stands. So what a page of the pull replaces is kept when it comes, and
what this device has sent is kept where the page no longer tells of it, since somebody has written on. Of
two answers that a colleague has given between two syncs only the last one comes to this device: all of
them are in the server's log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.store import form_library, outbox, records
from app.store.record_state import COLUMNS, decode
from app.store.transaction import Snapshot, Transaction, to_json
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import device_of, milliseconds_of
from sync_server.protocol.merge import CALCULATED, FieldState, same

#: stands: it is what the record says, alone or with others that were given apart; replaced: it was, until
#: somebody wrote on; lost: another answer was kept instead; waiting: no server has it yet; refused: the
#: server did not take it.
Standing = Literal["stands", "replaced", "lost", "waiting", "refused"]

#: [value, claim, effective stamp or None, author, parents or None]
_Kept = list[Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, given once. `stamp` is its author's claim; `at_ms` is by the server's clock, where the
    server has it. `was`: what stood there before, as far as it is known on this device; `first`: nothing
    was known to stand there."""

    path: str
    value: Any
    was: Any
    first: bool
    author: str
    device: str
    stamp: str
    at_ms: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Known:
    path: str
    value: Any
    stamp: str
    effective: str | None
    author: str
    parents: tuple[str, ...] | None
    standing: Standing

    @property
    def order(self) -> tuple[str, str]:
        return (self.effective or self.stamp, self.stamp)


def keep_replaced(
    db: Transaction, record: str, before: Mapping[str, FieldState], after: Mapping[str, FieldState]
) -> None:
    """Keep what `after`, the state of some paths, replaces of `before`."""
    gone: dict[str, list[_Kept]] = {}
    for path, state in after.items():
        old = before.get(path)
        if old is None:
            continue
        for head in old.in_full:
            if head.stamp not in state.heads:
                gone.setdefault(path, []).append([head.value, head.stamp, head.effective, head.author, None])
    _keep(db, record, gone)


def keep_sent(db: Transaction, change_set: ChangeSet) -> None:
    """Keep of an acknowledged change set what the record's row does not tell, before it is forgotten."""
    row = db.row(f"SELECT {COLUMNS} FROM record WHERE id = ?", change_set.record)
    if row is None:
        return
    _, stamp, _, _, stamps, _, _, rivals, _ = row
    if stamp == change_set.stamp and rivals == "{}" and json.loads(stamps) == change_set.stamps:
        return
    fields = decode(row)
    gone: dict[str, list[_Kept]] = {}
    for change in change_set.changes():
        held = fields.get(change.path)
        if held is None or change.stamp not in held.heads:
            parents = list(change.parents)
            gone[change.path] = [[change.value, change.stamp, None, change.author, parents]]
    _keep(db, change_set.record, gone)


def of_record(db: Snapshot, record: str) -> tuple[Said, ...]:
    """Everything that is known to have been said in a finished record, the latest first. What waits in a
    draft is nobody's word yet. Problem record.row.unknown."""
    head = records.header(db, record)
    found: dict[tuple[str, str], _Known] = {}
    for known in (*_standing(db, record), *_unsent(db, record), *_lost(db, record), *_kept(db, record)):
        before = found.setdefault((known.path, known.stamp), known)
        if before is not known:
            found[known.path, known.stamp] = _joined(before, known)
    rules = form_library.rules(db, head.form, head.form_version)
    by_path: dict[str, list[_Known]] = {}
    for known in sorted(found.values(), key=lambda each: each.order):
        # What the form itself computes nobody has said.
        if rules(known.path) != CALCULATED:
            by_path.setdefault(known.path, []).append(known)
    said = [each for some in by_path.values() for each in _told(some)]
    said.sort(key=lambda each: (each.at_ms, each.stamp, each.path), reverse=True)
    return tuple(said)


def _keep(db: Transaction, record: str, gone: Mapping[str, list[_Kept]]) -> None:
    if gone:
        db.run("INSERT INTO history (record, changes) VALUES (?, ?)", record, to_json(gone))


def _standing(db: Snapshot, record: str) -> Iterable[_Known]:
    for path, state in records.base(db, record).items():
        heads = state.in_full
        # A value that is nobody's own was put together of all of them.
        together = not any(same(head.value, state.value) for head in heads)
        for head in heads:
            standing: Standing = "stands" if together or same(head.value, state.value) else "lost"
            yield _Known(path, head.value, head.stamp, head.effective, head.author, None, standing)


def _unsent(db: Snapshot, record: str) -> Iterable[_Known]:
    for entry in outbox.of_record(db, record):
        for change in entry.change_set.changes():
            standing: Standing = "waiting" if entry.state != "refused" else "refused"
            if entry.state == "refused" and change.path in entry.superseded:
                standing = "replaced"
            yield _Known(
                change.path, change.value, change.stamp, None, change.author, change.parents, standing
            )


def _lost(db: Snapshot, record: str) -> Iterable[_Known]:
    """What this worker has lost: the server tells the value that was kept, too, which a rule may have put
    together of several."""
    rows = db.rows(
        "SELECT path, lost, lost_stamp, lost_effective, lost_author, state FROM conflict WHERE record = ?",
        record,
    )
    for path, lost, stamp, effective, author, state in rows:
        yield _Known(
            path, json.loads(lost), stamp, effective, author, None, "lost" if state == "open" else "replaced"
        )


def _kept(db: Snapshot, record: str) -> Iterable[_Known]:
    for (text,) in db.rows("SELECT changes FROM history WHERE record = ? ORDER BY rowid", record):
        for path, some in json.loads(text).items():
            for value, stamp, effective, author, parents in some:
                known = None if parents is None else tuple(parents)
                yield _Known(path, value, stamp, effective, author, known, "replaced")


def _joined(one: _Known, other: _Known) -> _Known:
    """Two tellings of one change: what either knows. A standing head that has lost is told as lost."""
    standing = "lost" if "lost" in (one.standing, other.standing) else one.standing
    return replace(
        one,
        effective=one.effective or other.effective,
        parents=one.parents if one.parents is not None else other.parents,
        standing=standing,
    )


def _told(some: list[_Known]) -> Iterable[Said]:
    """The answers to one question in their order, each with what it replaced."""
    values = {each.stamp: each.value for each in some}
    before: _Known | None = None
    newest = max((each.order for each in some if each.standing == "waiting"), default=None)
    for each in some:
        seen = [parent for parent in each.parents or () if parent in values]
        if seen:
            was, first = values[max(seen)], False
        elif each.parents == () or before is None:
            was, first = None, True
        else:
            was, first = before.value, False
        standing = each.standing
        if standing in ("stands", "waiting") and newest is not None and each.order < newest:
            # Her own later word lies over it on this device.
            standing = "replaced"
        if not (first and each.value is None) and (first or not same(was, each.value) or standing == "lost"):
            yield Said(
                each.path,
                each.value,
                was,
                first,
                each.author,
                device_of(each.stamp),
                each.stamp,
                milliseconds_of(each.effective or each.stamp),
                standing,
            )
        before = each
