"""Every reason that the rules can give, found by trying: complete journeys, each with one thing said
otherwise, left out, or said too early, too late or by somebody else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from forms.casework import clearance, consent, gates, minors
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.files_of_one import check_files
from forms.casework.gates import GATES
from forms.casework.meanings import KNOWN
from forms.casework.programme import NONE_NAMED
from tests.casework.journeys import ADULT, GIRL, MINOR, TODAY, WOMAN, day, said
from tests.casework.journeys import consent as given

#: What is written into any answer once: a word that nobody knows, nothing, a sign, days on all sides.
_ODD: Final = ("a word of nobody", "", day(-900).isoformat(), day(900).isoformat())
#: Of age since yesterday: what was agreed before was agreed for a minor.
_JUST_OF_AGE: Final = replace(WOMAN, birth_date=date(TODAY.year - 18, TODAY.month, TODAY.day - 1))
_AFTERWARDS: Final = {
    "tracing": said("tracing")({"tracing.risk_screen": "clear"}),
    "testimony": said("testimony")({"testimony.safety_assessment": "safe"}),
    "solution": said("solution", -8)({"solution.decision": "return"}),
    "arrival": said("arrival", -1)({"arrival.outcome": "received"}),
    "signed": said("signed", 0)(
        {"plan.state": "confirmed", "plan.monitoring": "confirmed", "plan.signed": "written"}
    ),
    "closure": said("closure", 0)(
        {"closure.outcome": "At home, training", "closure.services_handed_over": "yes"}
    ),
    "tracing consent": given("tracing consent", purpose="tracing", by="both"),
    "testimony consent": given("testimony consent", purpose="testimony", by="both"),
}


@cache
def gate_reasons() -> frozenset[str]:
    """The codes of all gates, of a clearance that lapsed, and of a consent."""
    found: set[str] = set()
    for case, journey in ((WOMAN, ADULT), (GIRL, MINOR), (_JUST_OF_AGE, ADULT)):
        whole = list({**journey, **_AFTERWARDS}.values())
        for evidence in (whole, [], *_with_one_change(whole)):
            for gate in GATES:
                result = gates.check(gate, case, evidence, TODAY, NONE_NAMED)
                found |= {reason.code for reason in (*result.reasons, *result.passed)}
    return frozenset(found | _of_consent(WOMAN) | _taken_back() | _unread())


def _unread() -> set[str]:
    """Where a programme or a record cannot be read."""
    of_next_year = replace(NONE_NAMED, readable=False)
    results = [check_files(gate, WOMAN, [[]], TODAY, of_next_year, unread=["r"]) for gate in GATES]
    return {reason.code for result in results for reason in result.reasons}


def _of_consent(case: Case) -> set[str]:
    unnamed = consent.in_force("share_with_country", "", [], TODAY, case=case)
    return {f"gate.clear_to_travel.{each.code.replace('.', '_', 1)}" for each in unnamed.reasons}


def _taken_back() -> set[str]:
    cleared = said("clearance", -1)({"clearance.decision": "cleared"})
    before = clearance.clearance(WOMAN, [*ADULT.values(), cleared], TODAY, NONE_NAMED)
    lapse = clearance.lapsed(before, None)
    assert lapse is not None
    return {each.code for each in lapse.reasons}


def _with_one_change(whole: list[Evidence]) -> Iterator[list[Evidence]]:
    for number, record in enumerate(whole):
        rest = [each for place, each in enumerate(whole) if place != number]
        yield rest
        for changed in _changed(record):
            yield [*rest, changed]
    for meaning, choices in KNOWN.items():
        yield from ([*whole, said("another", 0)({meaning: value})] for value in choices or ())


def _changed(record: Evidence) -> Iterator[Evidence]:
    yield replace(record, on=day(-900))
    yield replace(record, on=day(20))
    yield replace(record, country="AL", office="tirana", author="")
    for meaning in {*record.values, *_neighbours(record)}:
        yield replace(record, values={name: v for name, v in record.values.items() if name != meaning})
        for value in (*(KNOWN.get(meaning) or ()), *_ODD):
            yield replace(record, values={**record.values, meaning: value})
    for noun, rows in record.rows.items():
        yield replace(record, rows={**record.rows, noun: ()})
        for row in _rows(rows):
            yield replace(record, rows={**record.rows, noun: (*rows[:-1], row)})


def _neighbours(record: Evidence) -> set[str]:
    """Meanings of the nouns that a record speaks of, which it leaves out."""
    nouns = {meaning.partition(".")[0] for meaning in record.values}
    return {meaning for meaning in KNOWN if meaning.partition(".")[0] in nouns}


def _rows(rows: tuple[Mapping[str, Any], ...]) -> Iterator[dict[str, Any]]:
    last = rows[-1]
    for meaning in last:
        yield {name: value for name, value in last.items() if name != meaning}
        for value in (*(KNOWN.get(meaning) or ()), *_ODD):
            yield {**last, meaning: value}


def written_reasons() -> frozenset[str]:
    """The words that stand in the rules' own text where a reason is made: each must be part of a code that
    was found, or the trying has missed one."""
    words: set[str] = set()
    for module in (gates, minors, consent, *_parts_of_consent()):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in ("Reason", "lacks", "says") and node.args:
                words |= {_word(each) for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)}
            elif isinstance(node, ast.Constant) and _is_consent(node.value):
                words.add(_word(node))
    return frozenset(word for word in words if word)


def _parts_of_consent() -> Iterator[Any]:
    folder = Path(str(consent.__file__)).parent
    for path in sorted(folder.glob("consent_*.py")):
        yield import_module(f"forms.casework.{path.stem}")


def _is_consent(value: object) -> bool:
    known = isinstance(value, str) and value.startswith("consent.") and " " not in value
    return known and value not in KNOWN


def _word(node: ast.Constant) -> str:
    return str(node.value).replace("consent.", "consent_").strip("_.") if isinstance(node.value, str) else ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
