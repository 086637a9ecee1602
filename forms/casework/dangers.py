"""Dangers that a risk assessment before a return names in its answers, and the hazards that meet them.

A danger of this table is a high risk, whatever level its hazard was given: it is met by a hazard of a fitting
kind with a step against it, in the same assessment. Which kind fits is our own judgement, not validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from forms.casework.facts import Evidence, Row
from forms.casework.risk import RiskTable
from forms.casework.word import named


@dataclass(frozen=True, slots=True)
class Danger:
    """Answers of one question that name a danger, and the kinds of hazard that are about it.

    `code` is how the reason of a gate begins. One without kinds is met by no step: the journey waits.
    """

    code: str
    meaning: str
    answers: frozenset[str]
    kinds: frozenset[str]


def _danger(code: str, meaning: str, answers: Iterable[str], *kinds: str) -> Danger:
    return Danger(code, meaning, frozenset(answers), frozenset(kinds))


#: The threats before a return are those after it, and as grave.
_THREATS: Final = RiskTable().high["safety.threats"]

DANGERS: Final[tuple[Danger, ...]] = (
    _danger(
        "return_known", "risk.known_to_exploiters", ["return_plan", "address"],
        "retaliation", "re_recruitment", "relatives", "journey",
    ),
    _danger(
        "threats", "risk.threats", _THREATS, "retaliation", "re_recruitment", "relatives", "authorities"
    ),
    _danger(
        "circle", "risk.circle", ["possible", "known"],
        "relatives", "re_recruitment", "retaliation", "violence_home",
    ),
    _danger("debt", "risk.debt", ["recruiter", "exploiter"], "debt", "retaliation", "re_recruitment"),
    _danger("welcome", "risk.welcome", ["danger"], "violence_home", "stigma", "relatives", "retaliation"),
    _danger("place", "needs.place_to_live", ["unsafe", "nowhere"], "homeless", "violence_home"),
    _danger("self_harm_doubt", "risk.self_harm", ["unsure", "no_answer"], "self_harm", "health"),
    _danger("self_harm", "risk.self_harm", ["yes"]),
)  # fmt: skip


def unmet(assessment: Evidence, hazards: Iterable[Row]) -> list[str]:
    """The codes of the dangers that an assessment names and meets by no hazard with a step against it.

    A dash is no step, and a hazard of a kind that nobody knows meets nothing.
    """
    met = {_kind(row) for row in hazards if named(row.get("hazard.mitigation"))}
    return [
        each.code
        for each in DANGERS
        if assessment.chosen(each.meaning) & each.answers and not met & each.kinds
    ]


def _kind(row: Row) -> Any:
    kind = row.get("hazard.kind")
    return kind if isinstance(kind, str) else ""
