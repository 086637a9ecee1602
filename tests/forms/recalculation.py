"""The oracle of the random filler: what an entry shows beside what its bare answers give when all that
follows from them is calculated anew, from nothing.

The answers that people gave are put into a fresh entry of the same form, without any calculated value
(one of `once()` is kept: it is made to last). It is calculated over and over, in an order that knows no
dependencies, until nothing changes. Chance always falls the same way, and the clock stands still, so
that every expression is a function of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from forms import paths
from forms.calculation import Calculation
from forms.definition import FormDefinition, Question
from forms.dependencies import Cell
from forms.entry import FormEntry, QuestionState
from forms.instance import InstanceNode

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Tirane"))
_MAX_ROUNDS = 50

Look = dict[str, QuestionState]


class SteadyChance(Random):
    """Chance that always falls the same way; only the ids of instances (64 bits) differ from each other."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self._ids = Random(seed)

    def random(self) -> float:
        return 0.375

    def getrandbits(self, bits: int) -> int:
        return self._ids.getrandbits(64) if bits == 64 else 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the entry and the recalculation do not agree."""

    place: str
    entry: Any
    recalculated: Any

    def __str__(self) -> str:
        return f"{self.place}: {self.entry!r}, recalculated {self.recalculated!r}"


def begin(definition: FormDefinition, seed: int = 0) -> FormEntry:
    """A new entry under a clock that stands still and a chance that is steady."""
    return FormEntry(definition, now=lambda: NOON, random=SteadyChance(seed))


def answers_only(entry: FormEntry) -> dict[str, Any]:
    """The record without what the form calculates: answers, and the instances of repeats."""
    questions = entry.definition.questions
    kept = {}
    for path, value in entry.values().items():
        question = questions.get(paths.template(path))
        source = question.calculate if question is not None else None
        if not source or "once(" in source:
            kept[path] = value
    return kept


def recalculated(entry: FormEntry) -> FormEntry:
    """A fresh entry of the same answers, everything in it calculated until nothing changes."""
    fresh = FormEntry(
        entry.definition,
        answers_only(entry),
        language=entry.language,
        now=lambda: NOON,
        random=SteadyChance(1),
    )
    calculation, document = fresh._calculation, fresh._document
    for _ in range(_MAX_ROUNDS):
        before = _inside(fresh)
        # Every cell by itself, the last of the form first: who relies on an order is found out.
        for node in reversed(list(document.root.everything())):
            if node.path == "" or document.by_path.get(node.path) is node:
                _schedule_itself(calculation, node)
                calculation.run()
        calculation.settle()
        if _inside(fresh) == before:
            return fresh
    raise AssertionError(f"still changing after {_MAX_ROUNDS} recalculations")


def _schedule_itself(calculation: Calculation, node: InstanceNode) -> None:
    definition = node.definition
    if definition is not None:
        calculation.schedule(Cell("relevant", definition.path), (node,))
    if isinstance(definition, Question):
        calculation.schedule(Cell("value", definition.path), (node,))
    else:
        calculation._schedule_counts(node)


def _inside(entry: FormEntry) -> list[tuple[str, str, bool]]:
    return [(node.path, node.text, node.visible) for node in entry._document.root.everything()]


def look(entry: FormEntry) -> Look:
    """The state of every question that is to be seen."""
    return {line.path: entry.state(line.path) for line in entry.outline() if line.kind == "question"}


def differences(entry: FormEntry) -> Iterator[Difference]:
    """Where the entry is not what its answers give: in its values, its outline, the state of a question,
    its repeats or its progress.
    """
    fresh = recalculated(entry)
    yield from unequal("value", entry.values(), fresh.values())
    outline, again = entry.outline(), fresh.outline()
    if outline != again:
        yield from unequal("outline", dict(enumerate(outline)), dict(enumerate(again)))
        return
    for line in outline:
        if line.kind == "repeat" and entry.repeat(line.path) != fresh.repeat(line.path):
            yield Difference(f"repeat {line.path}", entry.repeat(line.path), fresh.repeat(line.path))
    fresh.validate()
    shown = look(fresh)
    for path, state in look(entry).items():
        if _comparable(entry, state, shown[path]) != _bare(shown[path]):
            yield Difference(f"state {path}", state, shown[path])
    if entry.progress() != fresh.progress():
        yield Difference("progress", entry.progress(), fresh.progress())


def unequal(what: str, one: Mapping[Any, Any], other: Mapping[Any, Any]) -> Iterator[Difference]:
    for key in {**one, **other}:
        if one.get(key) != other.get(key):
            yield Difference(f"{what} {key}", one.get(key), other.get(key))


def _bare(state: QuestionState) -> QuestionState:
    return replace(state, raw="")


def _comparable(entry: FormEntry, state: QuestionState, fresh: QuestionState) -> QuestionState:
    """The state as it would be if it had been validated too, and nothing had been typed wrongly.

    An answer of the wrong type is remembered by the one entry only. What is missing is pointed out in
    an entry only after it was asked for; in the fresh one everything has been.
    """
    violation = state.violation
    refused = state.path in entry._rejected
    unasked = violation is None and fresh.violation is not None and fresh.violation.kind == "required"
    return replace(state, raw="", violation=fresh.violation if refused or unasked else violation)
