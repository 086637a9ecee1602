"""A danger that an assessment names is met by a step against it, or nobody is cleared to travel."""

from __future__ import annotations

from typing import Any

import pytest

from forms.casework import meanings
from forms.casework.dangers import DANGERS, Danger
from forms.casework.risk import RiskTable
from tests.casework.journeys import ADULT, WOMAN, asked, but, codes

NAMED = [(danger, answer) for danger in DANGERS for answer in sorted(danger.answers)]
STEP = "Somebody of the office is with her"


def told(side: str, answers: dict[str, Any], *hazards: dict[str, str]) -> set[str]:
    known = ADULT[side].rows["hazard"]
    return codes(asked("clear_to_travel", WOMAN, but(ADULT, side, answers, hazard=(*known, *hazards))))


@pytest.mark.parametrize("side", ["host", "return"])
@pytest.mark.parametrize(("danger", "answer"), NAMED, ids=[f"{d.code}-{answer}" for d, answer in NAMED])
def test_a_danger_without_a_step_closes_the_gate_and_says_which(
    side: str, danger: Danger, answer: str
) -> None:
    reason = f"assessment_{side}_{danger.code}_unmet"
    for said in (answer, [answer], [answer, "another"]):
        assert told(side, {danger.meaning: said}) == {reason}
    for kind in sorted(danger.kinds):
        low = {"hazard.kind": kind, "hazard.level": "low"}
        assert told(side, {danger.meaning: answer}, low) == {reason}, "a hazard is no step"
        assert told(side, {danger.meaning: answer}, {**low, "hazard.mitigation": " - "}) == {reason}
        assert told(side, {danger.meaning: answer}, {**low, "hazard.mitigation": STEP}) == set()
    for kind in ("no_income", "other", "a word of nobody"):
        beside = {"hazard.kind": kind, "hazard.level": "high", "hazard.mitigation": STEP}
        assert told(side, {danger.meaning: answer}, beside) == {reason}, "a step against something else"


def test_a_step_of_the_other_country_meets_nothing_here() -> None:
    step = {"hazard.kind": "debt", "hazard.level": "high", "hazard.mitigation": STEP}
    both = but(but(ADULT, "host", {"risk.debt": "exploiter"}), "return", {"risk.debt": "exploiter"})
    host_alone = but(both, "host", {}, hazard=(step,))
    assert codes(asked("clear_to_travel", WOMAN, host_alone)) == {"assessment_return_debt_unmet"}


@pytest.mark.parametrize("answer", ["unsure", "no_answer"])
def test_who_may_harm_herself_does_not_proceed_without_somebody_who_is_there(answer: str) -> None:
    doubt = {"risk.self_harm": answer}
    assert told("host", doubt) == {"assessment_host_self_harm_doubt_unmet"}
    step = {"hazard.kind": "self_harm", "hazard.level": "high", "hazard.mitigation": STEP}
    assert told("host", doubt, step) == set()
    assert told("host", {"risk.self_harm": "yes"}, step) == {"assessment_host_self_harm_unmet"}
    for other in ("no", "not_asked"):
        assert told("host", {"risk.self_harm": other}) == set()


def test_an_outcome_against_the_journey_says_enough() -> None:
    later = {"assessment.outcome": "postpone", "risk.debt": "exploiter"}
    assert told("host", later) == {"assessment_host_postpone"}


def test_what_counts_high_after_a_return_counts_high_before_it() -> None:
    (threats,) = (danger for danger in DANGERS if danger.meaning == "risk.threats")
    assert threats.answers == RiskTable().high["safety.threats"]
    for danger in DANGERS:
        assert danger.answers <= set(meanings.KNOWN[danger.meaning] or ())
    assert len({danger.code for danger in DANGERS}) == len(DANGERS)
