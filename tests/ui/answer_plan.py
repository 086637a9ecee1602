"""What a person has in mind before she fills a form in: an answer to each question, none of them refused.

Made by trying in an entry of the same form, begun with what is known of the same case. The plan is one way
through the form from its first question to its last: no answer calls up a question further above.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forms.discreet import goes_on
from forms.entry import FormEntry, QuestionState
from forms.paths import template

#: What she writes into a field, in the language of her screen; short, so that a window can be driven.
SENTENCES = {
    "en": ("Calm, looked well", "Her sister at number 12", "Agreed by both on Monday"),
    "fr": ("Calme, en forme", "Sa sœur au numéro 12", "Convenu lundi"),
    "ar": ("هادئ وبحالة جيدة", "الأخت في رقم 12", "اتُّفق يوم الاثنين"),
    "uk": ("Спокій, усе гаразд", "Сестра в будинку 12", "Домовлено в понеділок"),
}
#: For texts that have to look in a certain way.
_SHAPED = ("+355 69 123 4567", "1994", "ana@example.org", "A1")
_NUMBERS = ("3", "2", "12", "1", "40", "17", "5", "0", "1990")
_TRIES, _ENDLESS = 12, 500
#: Stands for a photo that is chosen from the device's files: its name is not known before.
PHOTO = "luggage-tag.png"


@dataclass(frozen=True)
class AnswerPlan:
    """`raw` is what is typed or chosen, `values` what the record then says. Both by numbered path, as in
    `plan/need[2]/need_kind`. `record` is all of it as a device keeps it."""

    raw: dict[str, Any]
    values: dict[str, Any]
    record: dict[str, Any]


class Numbers:
    """Instances of repeats are numbered as one meets them, whatever their ids are."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, str], list[str]] = {}

    def of(self, path: str) -> str:
        """`plan/need[9f3c0a1b2c3d4e5f]/need_kind` as `plan/need[1]/need_kind`."""
        told = ""
        for step in path.split("/"):
            name, bracket, inside = step.partition("[")
            told = f"{told}/{name}" if told else name
            if bracket:
                met = self._met.setdefault((told, name), [])
                if inside not in met:
                    met.append(inside)
                told = f"{told}[{met.index(inside) + 1}]"
        return told


def answers_of(entry: FormEntry) -> dict[str, Any]:
    """What a person has answered in a record, or found answered there, by numbered path."""
    numbers, found = Numbers(), {}
    for line in entry.outline():
        state = entry.state(line.path) if line.kind == "question" else None
        if state is not None and state.value is not None and _asked(entry, state) and not state.readonly:
            found[numbers.of(line.path)] = PHOTO if state.type == "image" else state.value
    return found


def plan_for(
    begin: Callable[[], FormEntry], now: datetime, language: str, *, instances: int = 2, seed: int = 1
) -> AnswerPlan:
    """Of many ways through the form the one that is asked most. AssertionError when every way ends at an
    answer that is missing or refused."""
    best: AnswerPlan | None = None
    for attempt in range(_TRIES):
        chance = random.Random(seed * 1000 + attempt)
        found = _way(begin(), chance, now, SENTENCES[language], instances)
        if found is not None and (best is None or len(found.raw) > len(best.raw)):
            best = found
    assert best is not None, "no way leads through this form"
    return best


def _way(
    entry: FormEntry, chance: random.Random, now: datetime, sentences: Sequence[str], instances: int
) -> AnswerPlan | None:
    numbers, raw = Numbers(), {}
    passed: set[str] = set()
    for _ in range(_ENDLESS):
        path = _next(entry, passed, instances)
        if path is None:
            break
        if entry.definition.is_repeat(template(path)):
            entry.add_instance(path)
            continue
        order = [line.path for line in entry.outline() if line.kind == "question"]
        if any(later in passed for later in order[order.index(path) :]):
            return None  # it was called up above what is answered already
        passed.add(path)
        given = _answer(entry, entry.state(path), chance, now, sentences)
        if given is not None:
            raw[path] = given
    if entry.validate():
        return None
    in_order = [line.path for line in entry.outline() if line.path in raw]
    typed = {numbers.of(path): raw[path] for path in in_order}
    return AnswerPlan(typed, answers_of(entry), dict(entry.values()))


def _next(entry: FormEntry, passed: set[str], instances: int) -> str | None:
    """The next question to answer, or repeat to add to, from the top."""
    adding = ""
    for line in entry.outline():
        if adding and not line.path.startswith((f"{adding}[", f"{adding}/")):
            return adding
        if line.kind == "repeat" and not adding:
            repeat = entry.repeat(line.path)
            if repeat.can_add and len(repeat.instances) < instances:
                adding = line.path
        elif line.kind == "question" and line.path not in passed:
            state = entry.state(line.path)
            if _asked(entry, state) and not state.readonly and state.value is None:
                return line.path
    return adding or None


def _asked(entry: FormEntry, state: QuestionState) -> bool:
    return entry.definition.questions[template(state.path)].asks and not state.calculated


def _answer(
    entry: FormEntry, state: QuestionState, chance: random.Random, now: datetime, sentences: Sequence[str]
) -> Any:
    for raw in _candidates(state, chance, now, sentences):
        change = entry.answer(state.path, raw)
        wrong = change.violation is not None or bool(entry.state(state.path).violation)
        # Nobody's visit is broken off half-way: the short form has tests of its own.
        if not wrong and not goes_on(entry.definition, change):
            return raw
    entry.answer(state.path, None)
    return None


def _candidates(
    state: QuestionState, chance: random.Random, now: datetime, sentences: Sequence[str]
) -> Iterator[Any]:
    names = [choice.name for choice in state.choices]
    match state.type:
        case "select_one":
            yes = [name for name in names if name == "yes"]
            yield from (*(yes if chance.random() < 0.5 else ()), *chance.sample(names, len(names)))
        case "select_multiple":
            yield from (chance.sample(names, 2) for _ in range(6 if len(names) > 2 else 0))
            yield from ([name] for name in chance.sample(names, len(names)))
        case "integer" | "decimal":
            yield from chance.sample(_NUMBERS, len(_NUMBERS))
        case "date":
            days = chance.sample((0, -1, -14, 30), 4)
            yield from ((now + timedelta(days=each)).date().isoformat() for each in (*days, 120, 400, -8000))
        case "time":
            yield "10:30"
        case "dateTime":
            at = now.replace(second=0, microsecond=0)
            hours = chance.sample((-2, -26, 40), 3)
            yield from ((at + timedelta(hours=each)).strftime("%Y-%m-%d %H:%M") for each in hours)
        case "geopoint":
            yield "41.3275 19.8187"
        case "acknowledge":
            yield "OK"
        case "image":
            yield PHOTO
        case "text" | "barcode":
            yield from (*chance.sample(sentences, len(sentences)), *_SHAPED)
