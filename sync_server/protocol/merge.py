"""Merging, field by field; the same on the device and on the server.

The changes of one path form a graph by their parents. Its *heads*, the changes that nobody who
had seen them wrote over, are what the next edit stands on; the question's rule (merge_rules.py) makes one
value of the graph. The outcome depends on the set of changes only, never on the order in which they came.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sync_server.protocol.ancestry import Floor, Graph
from sync_server.protocol.ancestry import Head as Head
from sync_server.protocol.ancestry import Known as Known
from sync_server.protocol.change import Change, Json
from sync_server.protocol.clock import lifted
from sync_server.protocol.merge_rules import BOTH as BOTH
from sync_server.protocol.merge_rules import CALCULATED as CALCULATED
from sync_server.protocol.merge_rules import LAST as LAST
from sync_server.protocol.merge_rules import decide, parse
from sync_server.protocol.merge_rules import same as same

Rules = Callable[[str], str]

_CONFLICTS = uuid.UUID("5d1f3c86-6a55-5f0e-9f6b-3f2f6f5f0c11")


@dataclass(frozen=True, slots=True)
class FieldState:
    """What one path of a record holds.

    `value` is what the rule makes of all that is known; a single head's own value can be another one,
    where the rule did not admit it. `heads` are claims, sorted by text: an edit of this path names them
    all as its parents.
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
    """A value that does not stand, and the one that does. `kept.value` is what stands, also where it was
    put together."""

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


def follows(state: FieldState | None, change: Change, rules: Rules) -> bool:
    """Whether `change` was made by someone who had seen all there is, and takes its place as it is."""
    if state is None:
        return True
    return set(state.heads).issubset(change.parents) and parse(rules(change.path)).admits(state.value, change)


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
    that the state already contains, and what it gives is provisional: never less protective than the
    state, but the server may know better.
    """
    arrivals: dict[str, list[Known]] = {}
    for known in incoming:
        arrivals.setdefault(known.change.path, []).append(known)
    after = dict(state)
    applied: list[str] = []
    conflicts: list[Conflict] = []
    for path, arrived in arrivals.items():
        before = state.get(path)
        merged = _followed(before, arrived, rules)
        if merged is None:
            rule = parse(rules(path))
            graph = _graph(path, before, arrived, history(path))
            outcome = decide(graph, rule)
            merged = _told(graph.heads, outcome.value)
            conflicts.extend(Conflict(path, kept, lost, rule.name) for kept, lost in outcome.lost)
        if merged != before:
            after[path] = merged
            applied.append(path)
    return Merged(after, tuple(applied), tuple(conflicts))


def _followed(before: FieldState | None, arrived: Iterable[Known], rules: Rules) -> FieldState | None:
    """The state after changes that each replace all before them; None when one does not."""
    current = before
    for known in arrived:
        change = known.change
        if not follows(current, change, rules):
            return None
        effective = lifted(known.effective, (current.effective,)) if current else known.effective
        current = FieldState(change.value, (change.stamp,), effective, change.author, change.device)
    return current


def _graph(path: str, before: FieldState | None, arrived: Iterable[Known], history: Iterable[Known]) -> Graph:
    """Everything known of a path."""
    changes: dict[str, Change] = {}
    effective: dict[str, str] = {}
    for known in history:
        changes[known.change.stamp] = known.change
        effective[known.change.stamp] = known.effective
    logged = set(changes)
    floor = None
    if before and not logged:
        standing = Head(before.value, before.heads[-1], before.effective, before.author)
        floor = Floor(standing, frozenset(before.heads))
    for head in before.in_full if before else ():
        changes.setdefault(head.stamp, Change(path, head.value, head.stamp, (), head.author, head.device))
        effective[head.stamp] = max(head.effective, effective.get(head.stamp, ""))
    for known in arrived:
        stamp = known.change.stamp
        if stamp not in logged:
            changes[stamp] = known.change
        effective.setdefault(stamp, known.effective)
    return Graph(changes, effective, floor)


def _told(heads: tuple[Head, ...], value: Json) -> FieldState:
    latest = heads[-1]
    return FieldState(
        value,
        tuple(sorted(head.stamp for head in heads)),
        latest.effective,
        latest.author,
        latest.device,
        heads if len(heads) > 1 else (),
    )
