"""Finished work on its way to the server: change sets by their sequence, and what became of each.

`waiting` → `sent` when the server acknowledged it → gone when a page of the pull has brought back
what the server made of it. Until then it lies over the server's state, so that nothing flickers.
A `refused` one stays, with the code of the reason, until its author finishes the record again or
sends it again. A change set that may have been sent is never altered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from app.problems import Problem
from app.store import meta
from app.store.transaction import Row, Snapshot, Transaction, to_json
from sync_server.protocol.change import ChangeSet

State = Literal["waiting", "sent", "refused"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One change set in the outbox. `superseded`: paths that a later, accepted change set has replaced."""

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


def add(db: Transaction, change_set: ChangeSet) -> None:
    db.run(
        "INSERT INTO outbox (sequence, id, record, state, change_set, made_ms)"
        " VALUES (?, ?, ?, 'waiting', ?, ?)",
        change_set.sequence,
        change_set.id,
        change_set.record,
        to_json(asdict(change_set)),
        db.now_ms(),
    )


def next_sequence(db: Transaction) -> int:
    """The next number of this device: from 1, never given twice, without a gap."""
    sequence = int(meta.get(db, meta.SEQUENCE) or 0) + 1
    meta.put(db, meta.SEQUENCE, str(sequence))
    return sequence


def batch(db: Snapshot, limit_bytes: int = 1_000_000, limit: int = 1000) -> tuple[ChangeSet, ...]:
    """The waiting change sets in order, up to about `limit_bytes` of JSON; at least one if any waits."""
    chosen: list[ChangeSet] = []
    total = 0
    for (text,) in db.rows(
        "SELECT change_set FROM outbox WHERE state = 'waiting' ORDER BY sequence LIMIT ?", limit
    ):
        total += len(text.encode())
        if chosen and total > limit_bytes:
            break
        chosen.append(_change_set(text))
    return tuple(chosen)


def acknowledge(db: Transaction, sequences: Iterable[int], at_ms: int | None = None) -> None:
    """The server has these, decided and durable. Saying so again, or of one that is gone, is harmless.

    Call it before `pages.apply_page` with the page of the same response: that page already shows
    what became of them. `at_ms`: since when, by this device's clock; default now.
    """
    at = db.now_ms() if at_ms is None else at_ms
    for sequence in sequences:
        record = db.value("SELECT record FROM outbox WHERE sequence = ? AND state <> 'sent'", sequence)
        if record is None:
            continue
        db.run("UPDATE outbox SET state = 'sent', code = NULL, params = '{}' WHERE sequence = ?", sequence)
        db.run("UPDATE record SET on_server_ms = ? WHERE id = ?", at, record)


def refuse(db: Transaction, sequence: int, code: str, params: Mapping[str, str | int] | None = None) -> None:
    """The server will not take this one; it stays here, visible, with the reason."""
    db.run(
        "UPDATE outbox SET state = 'refused', code = ?, params = ? WHERE sequence = ? AND state = 'waiting'",
        code,
        to_json(dict(params or {})),
        sequence,
    )


def send_again(db: Transaction, sequence: int) -> int:
    """Let a refused change set wait again, unaltered, under a new number, which is returned.

    The old number was answered by the server, and the answer would only be repeated.
    """
    row = db.row(
        "SELECT change_set, superseded FROM outbox WHERE sequence = ? AND state = 'refused'", sequence
    )
    if row is None:
        raise Problem("outbox.row.unknown")
    old, gone = _change_set(row[0]), set(json.loads(row[1]))
    again = replace(
        old,
        id=db.new_id(),
        sequence=next_sequence(db),
        values={path: value for path, value in old.values.items() if path not in gone},
    )
    db.run("DELETE FROM outbox WHERE sequence = ?", sequence)
    add(db, again)
    return again.sequence


def of_record(db: Snapshot, record: str) -> tuple[Outgoing, ...]:
    rows = db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE record = ? ORDER BY sequence", record)
    return tuple(_outgoing(row) for row in rows)


def by_record(db: Snapshot, where: str = "true", params: Sequence[object] = ()) -> dict[str, list[Outgoing]]:
    """What is in the outbox, by record, in order; all of it, or what a condition on `record` chooses."""
    found: dict[str, list[Outgoing]] = {}
    for row in db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE {where} ORDER BY sequence", *params):
        outgoing = _outgoing(row)
        found.setdefault(outgoing.change_set.record, []).append(outgoing)
    return found


def refused(db: Snapshot) -> tuple[Outgoing, ...]:
    rows = db.rows(f"SELECT {_COLUMNS} FROM outbox WHERE state = 'refused' ORDER BY sequence")
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


def forget_covered(db: Transaction, records: Iterable[str] | None) -> set[str]:
    """Drop the acknowledged change sets of these records (None: of all), whose outcome a page brought.

    Returns the records that had any. What they replaced of an earlier, refused change set is
    remembered there, so that it never comes to lie over the newer answer.
    """
    covered: set[str] = set()
    rows = db.rows("SELECT sequence, record, change_set FROM outbox WHERE state = 'sent' ORDER BY sequence")
    wanted = None if records is None else set(records)
    for sequence, record, text in rows:
        if wanted is not None and record not in wanted:
            continue
        covered.add(record)
        paths = set(json.loads(text)["values"])
        for older, gone in db.rows(
            "SELECT sequence, superseded FROM outbox WHERE record = ? AND state = 'refused' AND sequence < ?",
            record,
            sequence,
        ):
            superseded = sorted(paths | set(json.loads(gone)))
            db.run("UPDATE outbox SET superseded = ? WHERE sequence = ?", to_json(superseded), older)
        db.run("DELETE FROM outbox WHERE sequence = ?", sequence)
    return covered


_COLUMNS = "change_set, state, code, params, superseded, made_ms"


def _outgoing(row: Row) -> Outgoing:
    text, state, code, params, superseded, made_ms = row
    return Outgoing(
        _change_set(text), state, code, json.loads(params), frozenset(json.loads(superseded)), made_ms
    )


def _change_set(text: str) -> ChangeSet:
    kept: dict[str, Any] = json.loads(text)
    kept["parents"] = tuple(kept["parents"])
    kept["path_parents"] = {path: tuple(parents) for path, parents in kept["path_parents"].items()}
    return ChangeSet(**kept)


def _paths(entries: Iterable[Outgoing], state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for entry in entries if entry.state == state for path in entry.paths))
