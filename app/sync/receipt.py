"""What is on the server since when, what is only here, and how the last attempts to sync ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from app.problems import Problem
from app.store import Snapshot, Transaction, meta, outbox
from app.store.outbox import OnlyHere
from app.sync.outcome import Outcome

_LAST_TRY = "sync.last_try"
_LAST_SUCCESS = "sync.last_success"
_LAST_PROBLEM = "sync.last_problem"
_LAST_COUNTS = "sync.last_counts"
_PUT_BACK = "sync.put_back"
_PUT_BACK_UNTOLD = "sync.put_back_untold"
_PUT_BACK_HEARD = "sync.put_back_heard"

#: The server has work of this device that the device does not remember.
PUT_BACK: Final = "sync.device.put_back"


@dataclass(frozen=True, slots=True)
class Receipt:
    """`only_here` tells exactly which fields of which records no server has; `waiting` and `refused` count
    change sets. `sent` and `received` are of the last sync that exchanged anything. `put_back`: when it was
    last seen that this device had been put back to an older state."""

    only_here: tuple[OnlyHere, ...]
    waiting: int
    refused: int
    last_try: datetime | None = None
    last_success: datetime | None = None
    problem: str | None = None
    problem_params: Mapping[str, str | int] = field(default_factory=dict)
    sent: int = 0
    received: int = 0
    put_back: datetime | None = None


def receipt(db: Snapshot) -> Receipt:
    counts = outbox.counts(db)
    kept = json.loads(meta.get(db, _LAST_PROBLEM) or "null") or {}
    sent, received = json.loads(meta.get(db, _LAST_COUNTS) or "[0, 0]")
    return Receipt(
        only_here=outbox.only_here(db),
        waiting=counts["waiting"],
        refused=counts["refused"],
        last_try=_moment(meta.get(db, _LAST_TRY)),
        last_success=last_success(db),
        problem=kept.get("code"),
        problem_params=kept.get("params", {}),
        sent=sent,
        received=received,
        put_back=_moment(meta.get(db, _PUT_BACK)),
    )


def note_put_back(db: Transaction) -> None:
    """Keep that this device was put back to an older state, until a sync has told it."""
    meta.put(db, _PUT_BACK, datetime.fromtimestamp(db.now_ms() / 1000, UTC).isoformat())
    meta.put(db, _PUT_BACK_UNTOLD, "true")


def forget_put_back(db: Transaction) -> None:
    """It was no fault: this is another device now, which was restored on purpose."""
    meta.put(db, _PUT_BACK, None)
    meta.put(db, _PUT_BACK_UNTOLD, None)


def put_back(db: Snapshot) -> Problem | None:
    """The problem sync.device.put_back, while no sync has told it."""
    return Problem(PUT_BACK) if meta.get(db, _PUT_BACK_UNTOLD) else None


def unheard_put_back(db: Snapshot) -> datetime | None:
    """When it was seen that this device had been put back, until the worker says that she has heard it."""
    seen = meta.get(db, _PUT_BACK)
    return None if seen == meta.get(db, _PUT_BACK_HEARD) else _moment(seen)


def hear_put_back(db: Transaction) -> None:
    """The worker has heard it. The next time is told anew; `Receipt.put_back` stays."""
    meta.put(db, _PUT_BACK_HEARD, meta.get(db, _PUT_BACK))


def unsent(db: Snapshot, case: str | None = None) -> tuple[OnlyHere, ...]:
    """The records with finished work that no server has; a mere draft is told apart from them."""
    return tuple(each for each in outbox.only_here(db, case) if each.waiting or each.refused)


def last_success(db: Snapshot) -> datetime | None:
    return _moment(meta.get(db, _LAST_SUCCESS))


def note(db: Transaction, outcome: Outcome) -> None:
    """Keep how an attempt ended, so that it is still told after a restart."""
    meta.put(db, _LAST_TRY, outcome.ended.isoformat())
    if outcome.succeeded:
        meta.put(db, _LAST_SUCCESS, outcome.ended.isoformat())
    meta.put(db, _LAST_PROBLEM, _kept(outcome.problem))
    if outcome.problem is not None and outcome.problem.code == PUT_BACK:
        meta.put(db, _PUT_BACK_UNTOLD, None)
    if outcome.sent or outcome.received:
        meta.put(db, _LAST_COUNTS, json.dumps([outcome.sent, outcome.received]))


def _kept(problem: Problem | None) -> str | None:
    return None if problem is None else json.dumps({"code": problem.code, "params": problem.params})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
