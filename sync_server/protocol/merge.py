"""Merging, field by field; the same on the device and on the server.

The changes of one path form a graph by their parents. Its *heads*, the changes that nobody who
had seen them replaced, are what counts; the question's rule makes one value of them. The outcome
depends on the set of changes only, never on the order in which they came.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sync_server.protocol.change import Change, Json
from sync_server.protocol.clock import device_of, lifted

LAST: Final = "last"
BOTH: Final = "both"
#: Nobody typed it: the last one stands until the form calculates it anew, and nothing is lost by that.
CALCULATED: Final = "calculated"

Rules = Callable[[str], str]

_CONFLICTS = uuid.UUID("5d1f3c86-6a55-5f0e-9f6b-3f2f6f5f0c11")


@dataclass(frozen=True, slots=True)
class Known:
    """A change with its effective stamp: as corrected by the server, lifted or not yet."""

    change: Change
    effective: str


@dataclass(frozen=True, slots=True)
class Head:
    """A change that nothing known has replaced, without its ancestry."""

    value: Json
    stamp: str
    effective: str
    author: str

    @property
    def device(self) -> str:
        return device_of(self.stamp)

    @property
    def order(self) -> tuple[str, str]:
        """Which of two heads was written later; the claim decides between equal stamps."""
        return self.effective, self.stamp


@dataclass(frozen=True, slots=True)
class FieldState:
    """What one path of a record holds.

    `heads` are claims, sorted by text: an edit of this path names them all as its parents.
    `effective` is the greatest effective stamp among them, `author` and `device` who wrote that
    one. `rivals` tells every head in full, in the order of writing, where there are several; a
    path with one head has none.
    """

    value: Json
    heads: tuple[str, ...]
    effective: str
    author: str
    device: str
    rivals: tuple[Head, ...] = ()

    @property
    def in_full(self) -> tuple[Head, ...]:
        """Every head with its own value."""
        return self.rivals or (Head(self.value, self.heads[0], self.effective, self.author),)


RecordState = Mapping[str, FieldState]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two concurrent changes of one path, by two devices, with different values."""

    path: str
    kept: Head
    lost: Head
    rule: str

    def id_in(self, record: str) -> str:
        """The same id on every replica and at every repetition: one for each losing change."""
        return conflict_id(record, self.path, self.lost.stamp)


def conflict_id(record: str, path: str, lost: str) -> str:
    return str(uuid.uuid5(_CONFLICTS, f"{record}\n{path}\n{lost}"))


@dataclass(frozen=True, slots=True)
class Merged:
    """`state` is the whole record; `applied` the paths of which anything changed.

    `conflicts` lists every losing head of the paths that were looked at, so one that was logged
    before can be among them: its id tells.
    """

    state: dict[str, FieldState]
    applied: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def last_everywhere(path: str) -> str:
    """The rules of a form that says nothing."""
    return LAST


def nothing_else(path: str) -> Iterable[Known]:
    """The history of a replica that keeps no log: only heads are known to it."""
    return ()


def replaces(state: FieldState | None, change: Change) -> bool:
    """Whether `change` was made by someone who had seen all there is, so that it simply follows."""
    return state is None or set(state.heads).issubset(change.parents)


def merge(
    state: RecordState,
    incoming: Iterable[Known],
    rules: Rules = last_everywhere,
    history: Callable[[str], Iterable[Known]] = nothing_else,
) -> Merged:
    """`state` with the incoming changes taken in.

    `history` gives the changes of a path that were taken in before; it is asked only where an
    incoming change does not simply follow. With it, a change that comes twice or after its own
    descendants changes nothing. Without it (on a device) the caller must not hand in a change
    that the state already contains.
    """
    arrivals: dict[str, list[Known]] = {}
    for known in incoming:
        arrivals.setdefault(known.change.path, []).append(known)
    after = dict(state)
    applied: list[str] = []
    conflicts: list[Conflict] = []
    for path, arrived in arrivals.items():
        before = state.get(path)
        merged = _followed(before, arrived)
        if merged is None:
            rule = rules(path)
            heads = _heads(path, before, arrived, history(path))
            merged = _decided(heads, rule)
            conflicts.extend(_conflicts(path, heads, rule))
        if merged != before:
            after[path] = merged
            applied.append(path)
    return Merged(after, tuple(applied), tuple(conflicts))


def _followed(before: FieldState | None, arrived: Iterable[Known]) -> FieldState | None:
    """The state after changes that each replace all before them; None when one does not."""
    current = before
    for known in arrived:
        change = known.change
        if not replaces(current, change):
            return None
        effective = lifted(known.effective, (current.effective,)) if current else known.effective
        current = FieldState(change.value, (change.stamp,), effective, change.author, change.device)
    return current


def _heads(
    path: str, before: FieldState | None, arrived: Iterable[Known], history: Iterable[Known]
) -> tuple[Head, ...]:
    """The heads of everything known of a path, in the order of writing."""
    changes: dict[str, Change] = {}
    effective: dict[str, str] = {}
    for known in history:
        changes[known.change.stamp] = known.change
        effective[known.change.stamp] = known.effective
    logged = set(changes)
    for head in before.in_full if before else ():
        changes.setdefault(head.stamp, Change(path, head.value, head.stamp, (), head.author, head.device))
        effective[head.stamp] = max(head.effective, effective.get(head.stamp, ""))
    for known in arrived:
        stamp = known.change.stamp
        if stamp not in logged:
            changes[stamp] = known.change
        effective.setdefault(stamp, known.effective)
    _lift(changes, effective)
    replaced = {parent for change in changes.values() for parent in change.parents}
    heads = [
        Head(change.value, stamp, effective[stamp], change.author)
        for stamp, change in changes.items()
        if stamp not in replaced or not changes.keys() - replaced
    ]
    return tuple(sorted(heads, key=lambda head: head.order))


def _lift(changes: Mapping[str, Change], effective: dict[str, str]) -> None:
    """Lift every change above its parents, ancestors first.

    Starting from a stamp that was lifted before gives the same end as starting from the first
    one, so a log may keep either.
    """
    waiting = {
        stamp: sum(parent in changes for parent in set(change.parents)) for stamp, change in changes.items()
    }
    children: dict[str, list[str]] = {}
    for stamp, change in changes.items():
        for parent in set(change.parents) & changes.keys():
            children.setdefault(parent, []).append(stamp)
    ready = [stamp for stamp, count in waiting.items() if count == 0]
    while ready:
        stamp = ready.pop()
        known = [effective[parent] for parent in changes[stamp].parents if parent in effective]
        effective[stamp] = lifted(effective[stamp], known)
        for child in children.get(stamp, ()):
            waiting[child] -= 1
            if waiting[child] == 0:
                ready.append(child)


def _decided(heads: tuple[Head, ...], rule: str) -> FieldState:
    latest = heads[-1]
    value = _joined(heads) if _joins(heads, rule) else latest.value
    return FieldState(
        value,
        tuple(sorted(head.stamp for head in heads)),
        latest.effective,
        latest.author,
        latest.device,
        heads if len(heads) > 1 else (),
    )


def _joins(heads: Iterable[Head], rule: str) -> bool:
    return rule == BOTH and all(head.value is None or isinstance(head.value, str) for head in heads)


def _joined(heads: Iterable[Head]) -> Json:
    """Every different text, in the order of writing, each signed by all who wrote it."""
    texts: dict[str, list[str]] = {}
    for head in heads:
        if head.value:
            signed = texts.setdefault(head.value, [])
            if head.author not in signed:
                signed.append(head.author)
    if not texts:
        return None
    if len(texts) == 1:
        return next(iter(texts))
    return "\n".join(f"{text}\n— {', '.join(authors)}" for text, authors in texts.items())


def _conflicts(path: str, heads: tuple[Head, ...], rule: str) -> Iterator[Conflict]:
    if rule == CALCULATED:
        return
    if _joins(heads, rule):
        # What was joined is not lost; a clearing beside a text is: it loses to the latest text.
        losers = [head for head in heads if not head.value]
        keepers = [head for head in heads if head.value]
    else:
        *losers, winner = heads
        keepers = [winner]
    for lost in losers:
        others = [kept for kept in keepers if kept.device != lost.device and not same(kept.value, lost.value)]
        if others:
            yield Conflict(path, others[-1], lost, rule)


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal; `true` is not 1 here, though it is in Python."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
