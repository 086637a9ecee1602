"""The rows of `make torture ONLY=store`: what is tried how often, what must come of it, and what came.

A row registers itself by `@row`; the parts of one may run in different processes, and are added up.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass
class Found:
    """What came of the trials of a row: how many there were, the outcomes that must be there, and the others.

    `failures` are the outcomes that must not be, in words, the first few with their circumstances.
    """

    trials: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def good(self, outcome: str) -> None:
        self.trials += 1
        self.outcomes[outcome] += 1

    def bad(self, outcome: str, circumstances: str) -> None:
        self.trials += 1
        self.failures[outcome] += 1
        if len(self.examples) < 5:
            self.examples.append(f"{outcome}: {circumstances}")

    def add(self, other: Found) -> None:
        self.trials += other.trials
        self.outcomes += other.outcomes
        self.failures += other.failures
        self.examples = (self.examples + other.examples)[:5]


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a row that one process does: `part` of `parts`, at a `scale` of the full number."""

    folder: Path
    part: int
    parts: int
    scale: float
    seed: int

    @property
    def dice(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.part}")

    def times(self, full: int) -> int:
        """How many of `full` trials are this share's; at least one."""
        whole = max(1, round(full * self.scale))
        return len(range(self.part, whole, self.parts))

    def those(self, full: int) -> range:
        """Which of `full` numbered trials are this share's; with a scale below 1, every so many."""
        step = max(1, round(1 / self.scale))
        return range(self.part * step, full, self.parts * step)


Trial = Callable[[Share], Found]


@dataclass(frozen=True, slots=True)
class TortureRow:
    """`expected`: what must come of every trial. `shim`: it needs the faults below Python."""

    name: str
    what: str
    expected: str
    trial: Trial
    shim: bool
    parts: int


ROWS: Final[dict[str, TortureRow]] = {}


def row(
    name: str, what: str, expected: str, *, shim: bool = False, parts: int = 2
) -> Callable[[Trial], Trial]:
    """Have a function be a row of the table. A new way to end or empty a store enters its own here."""

    def register(trial: Trial) -> Trial:
        ROWS[name] = TortureRow(name, what, expected, trial, shim, parts)
        return trial

    return register
