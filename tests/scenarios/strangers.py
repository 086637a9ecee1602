"""Forms that nobody of this project wrote: filling in any of them, and finding them where they lie."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forms.definition import FormDefinition
from forms.entry import EntryChange, FormEntry, QuestionState
from forms.paths import template
from tests.scenarios.office import ROOT

Save = Callable[[EntryChange], None]

#: Forms of others are read where they are, beside the project, and never copied into it.
WILD = ROOT.parent / "shared" / "wild_forms"
#: By a part of the file's name: what the form is, whose it is and under which licence it was published.
FORMS_OF_OTHERS = {
    "htcds_xlsform": "IOM's Human Trafficking Case Data Standard (UNMigration/HTCDS, see its LICENSE)",
    "socio-economic-survey": "getodk/web-forms, Apache-2.0: a repeat, a cascade, field lists, two languages",
    "ifrc-distribution-site": "getodk/web-forms, Apache-2.0: field lists, filters, sums, two languages",
    "nested_repeats_nested": "onaio/onadata, BSD: repeats inside each other",
    "sw_missing_en_label": "onaio/onadata, BSD: repeats three deep, two languages",
    "mali_health": "onaio/onadata, BSD: a cascade over 143 choices, patterns, two languages",
}
_TEXTS = (
    *(
        "Ana Hoxha",
        "أمل حسن",
        "12",
        "0691234567",
        "AL1234",
        "A1",
        "x",
        "ana@example.org",
        "1990",
        "2024-05-05",
    ),
    *("AL12345", "AL123456789"),
)
_NUMBERS = ("2", "1", "7", "0", "18", "31", "45", "100", "1990", "2020", "12345", "691234567")
_DATES = ("2026-11-20", "2020-02-29", "1990-05-05", "2026-12-24")
_ENDLESS = 4000


def wild_form(part: str) -> Path | None:
    """The file, or None where the forms of others are not at hand."""
    return next(iter(sorted(WILD.glob(f"*{part}*.xls*"))), None)


def candidates(state: QuestionState, chance: random.Random) -> Iterator[Any]:
    """Answers to try, one after the other: a form may refuse any of them."""
    names = [choice.name for choice in state.choices]
    match state.type:
        case "select_one":
            yield from chance.sample(names, len(names))
        case "select_multiple":
            yield from ([name] for name in chance.sample(names, len(names)))
        case "integer" | "decimal":
            yield from _NUMBERS
        case "date":
            yield from _DATES
        case "time":
            yield "10:30"
        case "dateTime":
            yield from (f"{day}T10:30:00+01:00" for day in _DATES)
        case "geopoint":
            yield "41.3275 19.8187"
        case "acknowledge":
            yield "OK"
        case "text" | "barcode":
            yield from chance.sample(_TEXTS[:2], 2)
            yield from _TEXTS[2:]
            yield from _NUMBERS


def fill_in(entry: FormEntry, save: Save, chance: random.Random, instances: int = 2) -> None:
    """Answer everything that can be answered, with `instances` of each repeat, saving each answer."""
    left: set[str] = set()
    for _ in range(_ENDLESS):
        repeat = _next_repeat(entry, instances)
        if repeat is not None:
            save(entry.add_instance(repeat))
            continue
        path = _next_question(entry, left)
        if path is None:
            return
        if not answer_somehow(entry, path, save, chance):
            left.add(path)
    raise AssertionError("the form never ends")


def answer_somehow(entry: FormEntry, path: str, save: Save, chance: random.Random) -> bool:
    """Try answers until one is taken; what is refused is shown, and taken back in the end."""
    for raw in candidates(entry.state(path), chance):
        change = entry.answer(path, raw)
        save(change)
        if change.violation is None:
            return True
    save(entry.answer(path, None))
    return False


def free_answers(definition: FormDefinition, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Questions of a record that can be answered otherwise while no other answer moves, and how.

    What the form calculates may move. Those with two other answers come first.
    """
    chance = random.Random(7)
    found: dict[str, list[Any]] = {}
    for path in list(values):
        entry = FormEntry(definition, values, now=lambda: datetime.now(UTC), random=random.Random(1))
        if path not in {line.path for line in entry.outline() if line.kind == "question"}:
            continue
        state = entry.state(path)
        if state.readonly or state.calculated or state.type in ("note", "image"):
            continue
        good: list[Any] = []
        for raw in candidates(state, chance):
            change = entry.answer(path, raw)
            told = {each for each in change.values if not _computed(definition, each)}
            if told == {path} and change.violation is None and change.values[path] != values[path]:
                good.append(raw)
            if len(good) == 2 or told - {path}:
                break
        if good and not entry.validate():
            found[path] = good
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _computed(definition: FormDefinition, path: str) -> bool:
    question = definition.questions.get(template(path))
    return question is not None and question.computed


def _next_repeat(entry: FormEntry, instances: int) -> str | None:
    for line in entry.outline():
        if line.kind == "repeat":
            repeat = entry.repeat(line.path)
            if repeat.can_add and len(repeat.instances) < instances:
                return line.path
    return None


def _next_question(entry: FormEntry, left: set[str]) -> str | None:
    for line in entry.outline():
        if line.kind == "question" and line.path not in left:
            state = entry.state(line.path)
            if state.value is None and not state.readonly and not state.calculated and state.type != "note":
                return line.path
    return None
