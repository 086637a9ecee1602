"""One case of the fuzzer: what its number makes, and what has to hold of it.

A form, an answer, a record or an expression may be refused by a FormProblem with a code (an answer by
BadAnswer, which an entry shows). Whatever is accepted must be usable: it can be opened, filled in, shown,
kept as JSON in UTF-8, and opened again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.problem_texts import explain
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.forms.everything import EVERYTHING
from tests.forms.filler import Filler
from tests.forms.recalculation import NOON, SteadyChance, begin
from tests.fuzz import mutations

Kind = Literal["table", "xform", "expression", "answers", "record"]

ROOT = Path(__file__).resolve().parents[2]
_SHARES: dict[Kind, int] = {"table": 12, "xform": 28, "expression": 40, "answers": 10, "record": 10}
_KINDS = tuple(kind for kind, share in _SHARES.items() for _ in range(share))
_LARGEST = 300
_ACTIONS = 6


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried: the text of a form or an expression, or the JSON of answers or of a record."""

    kind: Kind
    seed: int
    content: str


def case_of(seed: int) -> Case:
    """The case of a number; the same one every time."""
    chance = Random(seed)
    kind = chance.choice(_KINDS)
    if kind == "table":
        content = mutations.table(chance, chance.choice(_tables()))
    elif kind == "xform":
        content = mutations.xml(chance, chance.choice(_xforms()))
    elif kind == "expression":
        content = mutations.broken_expression(chance)
    elif kind == "answers":
        content = json.dumps([_answer(chance) for _ in range(10)])
    else:
        content = json.dumps(mutations.record(chance, _filled().values()))
    return Case(kind, seed, content)


def attempt(case: Case) -> str:
    """Tries the case; what became of it in a word: 'accepted', or the code of the problem.

    Raises whatever else happens, and AssertionError for what was accepted and cannot be used.
    """
    chance = Random(case.seed)
    try:
        if case.kind == "table":
            _use_form(load_form(xform_from_xlsform(case.content).xml), chance)
        elif case.kind == "xform":
            _use_form(load_form(case.content), chance)
        elif case.kind == "expression":
            _evaluate(case.content, chance)
        elif case.kind == "answers":
            _fill(json.loads(case.content))
        else:
            _keep(FormEntry(_form(), json.loads(case.content), now=lambda: NOON, random=SteadyChance()))
    except FormProblem as problem:
        return explained(problem)
    return "accepted"


def explained(problem: FormProblem) -> str:
    """The code of a problem, which the catalogue must explain to people."""
    assert explain(problem).cause, f"nothing explains {problem.code}"
    return problem.code


# What has to hold


def _use_form(definition: FormDefinition, chance: Random) -> None:
    filler = Filler(definition, chance.random(), _LARGEST)
    for _ in range(_ACTIONS):
        filler.act()
    if chance.random() < 0.1:
        found = filler.compare()
        assert not found, f"after {filler.last}: {found[0]}"
    _keep(filler.entry)


def _keep(entry: FormEntry) -> None:
    """Shows the whole entry, keeps it, opens it again."""
    for line in entry.outline():
        if line.kind == "question":
            entry.state(line.path)
    entry.validate()
    kept = json.loads(json.dumps(entry.values(), ensure_ascii=False, allow_nan=False).encode())
    again = FormEntry(entry.definition, kept, now=lambda: NOON, random=SteadyChance())
    again.values()


def _evaluate(source: str, chance: Random) -> None:
    entry = _filled()
    nodes = list(entry._document.root.everything())
    for _ in range(3):
        kind = chance.choice(("value", "text", "number", "boolean"))
        Expression(source, entry._world, chance.choice(nodes), kind).evaluate()


def _fill(answers: list[list[Any]]) -> None:
    entry = begin(_form())
    for place, raw in answers:
        asked = [line.path for line in entry.outline() if line.kind == "question"]
        entry.answer(asked[place % len(asked)], raw)
    _keep(entry)


def _answer(chance: Random) -> tuple[int, Any]:
    raw = mutations.answer(chance, ("al", "ma", "north", "a", "2", "2026-11-22", "Ana", ["a", "b"]))
    return chance.randrange(60), raw


# What is mutated


@cache
def _tables() -> tuple[str, ...]:
    library = sorted((ROOT / "forms" / "library").glob("*/form.md"))
    return (EVERYTHING, EVERYTHING, *(path.read_text("utf-8") for path in library))


@cache
def _xforms() -> tuple[str, ...]:
    return tuple(xform_from_xlsform(table).xml for table in _tables())


@cache
def _form() -> FormDefinition:
    return load_form(_xforms()[0])


@cache
def _filled() -> FormEntry:
    """An entry with answers of every kind, for expressions and records."""
    filler = Filler(_form(), 5, _LARGEST)
    for _ in range(150):
        filler.act()
    return filler.entry
