"""The changes of one path as a graph: who had seen whose, and which ones nobody who saw them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sync_server.protocol.change import Change, Json
from sync_server.protocol.clock import device_of, lifted


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
class Floor:
    """What a replica without a log knows besides the heads: the value that stands, and what it stands on.

    The change that the value is of may be none of the heads: under some rules a change that was written
    over another one does not take its place.
    """

    standing: Head
    under: frozenset[str]


class Graph:
    """Every known change of a path, by its claim, with the effective stamps of all.

    Stamps are lifted here: each above those of its parents.
    """

    def __init__(
        self, changes: Mapping[str, Change], effective: Mapping[str, str], floor: Floor | None = None
    ) -> None:
        self.changes = changes
        self.floor = floor
        self._effective = dict(effective)
        self._seen: dict[str, frozenset[str]] = {}
        self.in_order = tuple(self._lift())
        replaced = {parent for change in changes.values() for parent in change.parents}
        bare = not changes.keys() - replaced
        heads = (self.head(stamp) for stamp in changes if stamp not in replaced or bare)
        self.heads = tuple(sorted(heads, key=lambda head: head.order))

    def head(self, stamp: str) -> Head:
        """A change as it is told, whether or not something replaced it."""
        change = self.changes[stamp]
        return Head(change.value, stamp, self._effective[stamp], change.author)

    def seen(self, stamp: str) -> frozenset[str]:
        """The known changes that the author of this one had seen: its ancestors."""
        found = self._seen.get(stamp)
        if found is None:
            reached: set[str] = set()
            waiting = [stamp]
            while waiting:
                for parent in self.changes[waiting.pop()].parents:
                    if parent in self.changes and parent not in reached:
                        reached.add(parent)
                        waiting.append(parent)
            found = self._seen[stamp] = frozenset(reached - {stamp})
        return found

    def above(self, stamp: str) -> Iterator[Change]:
        """The changes whose authors had seen this one."""
        return (change for other, change in self.changes.items() if stamp in self.seen(other))

    def above_floor(self) -> Iterator[Change]:
        """The changes whose authors had seen what stood."""
        under = self.floor.under if self.floor else frozenset()
        return (
            change
            for stamp, change in self.changes.items()
            if stamp not in under and not under.isdisjoint(change.parents)
        )

    def _lift(self) -> Iterable[str]:
        """Lift every change above its parents, ancestors first; the claims in that order.

        Starting from a stamp that was lifted before gives the same end as starting from the first
        one, so a log may keep either. What is its own ancestor, which no honest device writes, comes last
        and stays as it is.
        """
        waiting = {
            stamp: sum(parent in self.changes for parent in set(change.parents))
            for stamp, change in self.changes.items()
        }
        children: dict[str, list[str]] = {}
        for stamp, change in self.changes.items():
            for parent in set(change.parents) & self.changes.keys():
                children.setdefault(parent, []).append(stamp)
        ready = [stamp for stamp, count in waiting.items() if count == 0]
        ordered: list[str] = []
        while ready:
            stamp = ready.pop()
            ordered.append(stamp)
            known = [
                self._effective[parent] for parent in self.changes[stamp].parents if parent in self._effective
            ]
            self._effective[stamp] = lifted(self._effective[stamp], known)
            for child in children.get(stamp, ()):
                waiting[child] -= 1
                if waiting[child] == 0:
                    ready.append(child)
        return [*ordered, *sorted(self.changes.keys() - set(ordered))]
