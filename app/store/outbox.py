"""Finished work on its way to the server: change sets in their order, and what became of each.

`waiting` → `sent` when the server acknowledged it → gone when a page of the pull has brought back
what the server made of it. Until then it lies over the server's state, so that nothing flickers.
A `refused` one stays, with the code of the reason, until its author finishes the record again or
sends it again. A change set that may have been sent is never altered; only the number by which the
server counts it changes, when the two disagree about the count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, TypeVar

from app.problems import Problem
from app.store import meta
from app.store.transaction import Row, Snapshot, Transaction, to_json
from sync_server.protocol.change import ChangeSet, check

T = TypeVar("T")
State = Literal["waiting", "sent", "refused"]

#: What waits on top of a refused change set is refused for that alone.
PARENT_REFUSED: Final = "sync.parent.refused"

_SERVER_LACKS: Final = "server.lacks"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One change set in the outbox; its sequence is 0 while it is refused.

    `superseded`: paths that a later, accepted change set has replaced.
    """

    change_set: ChangeSet
    state: State
    code: str | None
    params: Mapping[str, str | int]
    superseded: frozenset[str]
    made_ms: int

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(path for path in self.change_set.values if path not in self.superseded)


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """What of one record exists on this device alone, for the receipt: paths by where they stand."""

    record: str
    case: str
    form: str
    waiting: tuple[str, ...]
    refused: tuple[str, ...]
    draft: tuple[str, ...]
    code: str | None


def add(db: Transaction, change_set: ChangeSet) -> ChangeSet:
    """Let a change set wait, under the device's next number; it is returned with it.

    What no server can take is refused here already: one such value must not stop all the others.
    """
    problem = _unfit(change_set)
    sequence = 0 if problem else int(meta.get(db, meta.SEQUENCE) or 0) + 1
    db.run(
        "INSERT INTO outbox (sequence, id, record, state, code, params, change_set, made_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        sequence or None,
        change_set.id,
        change_set.record,
        "refused" if problem else "waiting",
        problem.code if problem else None,
        to_json(dict(problem.params) if problem else {}),
        to_json(asdict(change_set)),
        db.now_ms(),
    )
    if sequence:
        meta.put(db, meta.SEQUENCE, str(sequence))
    return replace(change_set, sequence=sequence)


def renumber(db: Transaction, received: int) -> None:
    """Count on from the server's last number: it, or this device, was put back to an older state.

    All that waits keeps its id and its order. What of it the server has after all it takes once more,
    and nothing comes of it.
    """
    waiting = [
        place for (place,) in db.rows("SELECT place FROM outbox WHERE state = 'waiting' ORDER BY place")
    ]
    # Through negative numbers, so that none is in the way of another.
    db.run("UPDATE outbox SET sequence = -place WHERE sequence IS NOT NULL")
    for sequence, place in enumerate(waiting, received + 1):
        db.run("UPDATE outbox SET sequence = ? WHERE place = ?", sequence, place)
    meta.put(db, meta.SEQUENCE, str(received + len(waiting)))
    meta.put(db, meta.RECOUNT, None)


def note_what_the_server_has(db: Transaction, received: int) -> None:
    """Keep whether the server tells of less than it has acknowledged: it was put back to an older copy, and
    what it lacks is on this device alone. While something waits nothing follows from its number."""
    if not db.value("SELECT count(*) FROM outbox WHERE state = 'waiting'"):
        lacks = received < int(meta.get(db, meta.SEQUENCE) or 0)
        meta.put(db, _SERVER_LACKS, "1" if lacks else None)


def server_lacks_work(db: Snapshot) -> bool:
    """Whether the last sync found it so."""
    return meta.get(db, _SERVER_LACKS) is not None


def remembers(db: Snapshot, received: int) -> bool:
    """Whether this device knows of having given the number that the server had last.

    If not, the device has forgotten work of its own: its store is an old copy. After a repair nothing
    follows from it, since the number may be among what was lost.
    """
    return received <= int(meta.get(db, meta.SEQUENCE) or 0) or meta.get(db, meta.RECOUNT) is not None


def batch(
    db: Snapshot, limit_bytes: int = 1_000_000, limit: int = 1000, device: str | None = None
) -> tuple[ChangeSet, ...]:
    """The waiting change sets in order, up to about `limit_bytes` of JSON; at least one if any waits.
    `device`: only those of this one that come before all others."""
    chosen: list[ChangeSet] = []
    total = 0
    for text, sequence in db.rows(
        "SELECT change_set, sequence FROM outbox WHERE state = 'waiting' ORDER BY place LIMIT ?", limit
    ):
        total += len(text.encode())
        change_set = read(text, sequence)
        if (chosen and total > limit_bytes) or device not in (None, change_set.device):
            break
        chosen.append(change_set)
    return tuple(chosen)


def acknowledge(db: Transaction, sequences: Iterable[int], at_ms: int | None = None) -> None:
    """The server has these, decided and durable. Saying so again, or of one that is gone, is harmless.

    Call it before `pages.apply_page` with the page of the same response: that page already shows
    what became of them. `at_ms`: since when, by this device's clock; default now.
    """
    at = db.now_ms() if at_ms is None else at_ms
    for sequence in sequences:
        record = db.value("SELECT record FROM outbox WHERE sequence = ? AND state = 'waiting'", sequence)
        if record is None:
            continue
        db.run("UPDATE outbox SET state = 'sent' WHERE sequence = ?", sequence)
        db.run("UPDATE record SET on_server_ms = ? WHERE id = ?", at, record)


def refuse(db: Transaction, sequence: int, code: str, params: Mapping[str, str | int] | None = None) -> None:
    """The server will not take this one; it stays here, visible, with the reason.

    What waits on top of it stays too: the server knows nothing of what it has replaced.
    """
    found = db.row("SELECT place, change_set FROM outbox WHERE sequence = ? AND state = 'waiting'", sequence)
    if found is None:
        return
    place, text = found
    _set_aside(db, place, code, params or {})
    unknown = _claims(read(text))
    later = db.rows(
        "SELECT place, change_set FROM outbox WHERE record = ? AND state = 'waiting' AND place > ?"
        " ORDER BY place",
        read(text).record,
        place,
    )
    for place, text in later:
        change_set = read(text)
        if any(parent in unknown for change in change_set.changes() for parent in change.parents):
            _set_aside(db, place, PARENT_REFUSED, {})
            unknown |= _claims(change_set)


def send_again(db: Transaction, id: str) -> ChangeSet:
    """Let a refused change set wait again, under a new id and number, without what was replaced since.

    Problem outbox.row.unknown when it is not refused, or not here any more.
    """
    row = db.row("SELECT change_set, superseded FROM outbox WHERE id = ? AND state = 'refused'", id)
    if row is None:
        raise Problem("outbox.row.unknown")
    old, gone = read(row[0]), set(json.loads(row[1]))
    db.run("DELETE FROM outbox WHERE id = ?", id)
    return add(db, replace(without(old, gone), id=db.new_id()))


def add_refused(db: Transaction, change_set: ChangeSet, code: str) -> None:
    """Keep a change set here for its author to look at; it goes out when she finishes the record again."""
    db.run(
        "INSERT INTO outbox (id, record, state, code, params, change_set, made_ms)"
        " VALUES (?, ?, 'refused', ?, '{}', ?, ?)",
        change_set.id,
        change_set.record,
        code,
        to_json(asdict(change_set)),
        db.now_ms(),
    )


def without(change_set: ChangeSet, gone: Container[str]) -> ChangeSet:
    """The same change set without some of its paths; perhaps without any."""
    return replace(
        change_set,
        values=_without(change_set.values, gone),
        stamps=_without(change_set.stamps, gone),
        path_parents=_without(change_set.path_parents, gone),
    )


def of_record(db: Snapshot, record: str) -> tuple[Outgoing, ...]:
    rows = db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE record = ? ORDER BY place", record)
    return tuple(_outgoing(row) for row in rows)


def by_record(db: Snapshot, where: str = "true", params: Sequence[object] = ()) -> dict[str, list[Outgoing]]:
    """What is in the outbox, by record, in order; all of it, or what a condition on `record` chooses."""
    found: dict[str, list[Outgoing]] = {}
    for row in db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE {where} ORDER BY place", *params):
        outgoing = _outgoing(row)
        found.setdefault(outgoing.change_set.record, []).append(outgoing)
    return found


def refused(db: Snapshot) -> tuple[Outgoing, ...]:
    rows = db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE state = 'refused' ORDER BY place")
    return tuple(_outgoing(row) for row in rows)


def counts(db: Snapshot) -> Mapping[State, int]:
    """How many change sets are in each state."""
    found: dict[State, int] = {"waiting": 0, "sent": 0, "refused": 0}
    for state, count in db.rows("SELECT state, count(*) FROM outbox GROUP BY state"):
        found[state] = count
    return found


def unsent(db: Snapshot) -> bool:
    """Whether any work of this device, drafts included, has not come back from the server yet.

    What was refused does not count: it may stay for weeks, and its author writes on top of it.
    """
    found = db.value(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE state <> 'refused') OR EXISTS (SELECT 1 FROM answer)"
    )
    return bool(found)


def only_here(db: Snapshot, case: str | None = None) -> tuple[OnlyHere, ...]:
    """Exactly which fields of which records are on this device alone: waiting, refused, in a draft."""
    drafts: dict[str, list[str]] = {}
    for record, path in db.rows("SELECT record, path FROM answer ORDER BY rowid"):
        drafts.setdefault(record, []).append(path)
    outgoing = by_record(db)
    found = []
    for record in dict.fromkeys([*outgoing, *drafts]):
        entries = [entry for entry in outgoing.get(record, ()) if entry.state != "sent"]
        waiting = _paths(entries, "waiting")
        refused_paths = tuple(path for path in _paths(entries, "refused") if path not in waiting)
        draft = tuple(drafts.get(record, ()))
        row = db.row("SELECT case_id, form FROM record WHERE id = ?", record)
        if row is None or not (waiting or refused_paths or draft) or case not in (None, row[0]):
            continue
        codes = [entry.code for entry in entries if entry.state == "refused"]
        found.append(
            OnlyHere(record, row[0], row[1], waiting, refused_paths, draft, codes[-1] if codes else None)
        )
    return tuple(found)


def forget_covered(
    db: Transaction, records: Iterable[str] | None, last_look: Callable[[ChangeSet], object]
) -> set[str]:
    """Drop the acknowledged change sets of these records (None: of all), whose outcome a page brought.

    Returns the records that had any; `last_look` sees each before it goes. What they replaced of an
    earlier, refused change set is remembered there, so that it never comes to lie over the newer answer.
    """
    covered: set[str] = set()
    rows = db.rows("SELECT place, record, change_set FROM outbox WHERE state = 'sent' ORDER BY place")
    wanted = None if records is None else set(records)
    for place, record, text in rows:
        if wanted is not None and record not in wanted:
            continue
        covered.add(record)
        last_look(read(text))
        paths = set(json.loads(text)["values"])
        for older, gone in db.rows(
            "SELECT place, superseded FROM outbox WHERE record = ? AND state = 'refused' AND place < ?",
            record,
            place,
        ):
            superseded = sorted(paths | set(json.loads(gone)))
            db.run("UPDATE outbox SET superseded = ? WHERE place = ?", to_json(superseded), older)
        db.run("DELETE FROM outbox WHERE place = ?", place)
    return covered


_COLUMNS = "change_set, sequence, state, code, params, superseded, made_ms"


def _unfit(change_set: ChangeSet) -> Problem | None:
    try:
        check(change_set)
    except Problem as problem:
        return problem
    return None


def _set_aside(db: Transaction, place: int, code: str, params: Mapping[str, str | int]) -> None:
    db.run(
        "UPDATE outbox SET state = 'refused', sequence = NULL, code = ?, params = ? WHERE place = ?",
        code,
        to_json(dict(params)),
        place,
    )


def _claims(change_set: ChangeSet) -> set[str]:
    return {change_set.stamp, *change_set.stamps.values()}


def _without(found: Mapping[str, T], gone: Container[str]) -> dict[str, T]:
    return {path: each for path, each in found.items() if path not in gone}


def _outgoing(row: Row) -> Outgoing:
    text, sequence, state, code, params, superseded, made_ms = row
    return Outgoing(
        read(text, sequence or 0),
        state,
        code,
        json.loads(params),
        frozenset(json.loads(superseded)),
        made_ms,
    )


def read(text: str, sequence: int = 0) -> ChangeSet:
    """A change set as it is kept in a row."""
    kept: dict[str, Any] = json.loads(text) | {"sequence": sequence}
    kept["parents"] = tuple(kept["parents"])
    kept["path_parents"] = {path: tuple(parents) for path, parents in kept["path_parents"].items()}
    return ChangeSet(**kept)


def _paths(entries: Iterable[Outgoing], state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for entry in entries if entry.state == state for path in entry.paths))
