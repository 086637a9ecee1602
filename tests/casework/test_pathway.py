from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forms.casework.case import STAGES, Stage
from forms.casework.pathway import (
    SOLUTIONS,
    STANDARD,
    Solution,
    StagePlan,
    decided,
    like,
    not_asked_of,
    offers,
    pathway,
    tracks,
)
from forms.casework.programme import programme
from tests.casework.journeys import TODAY, WOMAN, asked, codes, day, said

ALL = ("airport_reception", "case_file", "consent", "monitoring_contact")


def test_a_case_on_its_way_shows_what_lies_behind_and_ahead() -> None:
    progress = pathway("travel").progress("travel")
    assert [stage for stage, _ in progress] == list(STAGES)
    assert [place for _, place in progress] == ["done"] * 4 + ["now"] + ["later"] * 3


def test_who_decided_to_stay_has_no_journey_before_them() -> None:
    staying = pathway("decision", "stay")
    assert staying.following("decision") == "reintegration"
    assert "travel" not in staying.stages


def test_where_a_person_is_beats_what_was_decided() -> None:
    assert pathway("travel", "stay").stages == STAGES


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        ("shelter", "shelter", "stays"),
        ("shelter", "decision", "next"),
        ("identified", "reintegration", "ahead"),
        ("reintegration", "shelter", "back"),
    ],
)
def test_a_change_of_stage_is_told_apart_and_never_forbidden(before: Stage, after: Stage, move: str) -> None:
    assert pathway(before).move(before, after) == move


def test_after_the_last_stage_comes_none() -> None:
    assert pathway("closed").following("closed") is None
    assert pathway("reintegration").following("reintegration") == "closed"


@pytest.mark.parametrize(
    ("stage", "first"),
    [
        ("identified", "case_file"),
        ("travel", "airport_reception"),
        ("arrival", "airport_reception"),
        ("reintegration", "monitoring_contact"),
        ("closed", "case_file"),
    ],
)
def test_the_first_offer_is_what_the_stage_needs(stage: Stage, first: str) -> None:
    assert offers(stage, ALL)[0] == first


@pytest.mark.parametrize("stage", STAGES)
def test_every_form_can_be_begun_at_every_stage(stage: Stage) -> None:
    assert sorted(offers(stage, ALL)) == sorted(ALL)


def test_what_is_due_is_offered_before_what_the_stage_needs() -> None:
    assert offers("arrival", ALL, due=["monitoring_contact"])[0] == "monitoring_contact"


def test_a_form_that_the_device_does_not_have_is_not_offered() -> None:
    assert offers("travel", ["case_file"], due=["airport_reception"]) == ("case_file",)


# --- a programme's own stages ----------------------------------------------------------------

OWN = programme("example").stages


def test_a_programme_leaves_a_stage_out_and_adds_one_for_who_stays() -> None:
    assert "shelter" not in pathway("identified", "return", OWN).stages
    staying = pathway("apprenticeship", "stay", OWN)
    assert staying.stages == ("identified", "decision", "apprenticeship", "reintegration", "closed")
    assert staying.following("decision") == "apprenticeship"
    assert "apprenticeship" not in pathway("decision", "return", OWN).stages
    assert like("apprenticeship", OWN) == "reintegration"
    assert like("shelter", OWN) == "shelter"
    assert like("a stage of nobody", OWN) == "identified"


def test_a_stage_that_a_programme_renames_is_the_same_stage() -> None:
    renamed = next(plan for plan in OWN if plan.id == "identified")
    assert renamed.titles["en"] == "First meeting"
    assert renamed.like == "identified"


def test_a_case_at_a_stage_that_its_programme_has_left_out_is_shown_where_it_is() -> None:
    way = pathway("shelter", "return", OWN)
    assert dict(way.progress("shelter"))["identified"] == "done"
    assert dict(way.progress("shelter"))["decision"] == "later"
    assert pathway("a stage of nobody", plans=OWN).progress("a stage of nobody")[0][1] == "now"


def test_a_stage_asks_no_adult_for_the_forms_of_a_child_and_who_goes_home_for_no_plan_to_stay() -> None:
    assert not_asked_of(True, None) == frozenset()
    assert not_asked_of(False, None) == {"best_interest", "child_monitoring"}
    assert not_asked_of(True, "return") == {"integration_plan"}
    assert not_asked_of(True, "stay") == {"reintegration_plan"}
    assert not_asked_of(True, "third_country") == frozenset()


def test_a_stage_offers_first_the_forms_that_the_programme_names() -> None:
    assert offers("arrival", ALL, plans=OWN)[0] == "airport_reception"
    assert offers("apprenticeship", ALL, plans=OWN)[:2] == ("case_file", "monitoring_contact")
    assert sorted(offers("a stage of nobody", ALL, plans=OWN)) == sorted(ALL)


@pytest.mark.parametrize("solution", SOLUTIONS)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("plans", [STANDARD, OWN], ids=["standard", "example"])
def test_a_case_may_enter_at_any_stage_and_go_to_any_other(
    stage: Stage, solution: Solution, plans: tuple[StagePlan, ...]
) -> None:
    way = pathway(stage, solution, plans)
    assert [place for _, place in way.progress(stage)].count("now") == 1
    for other in way.stages:
        assert way.move(stage, other) in ("stays", "next", "ahead", "back")


# --- what was decided, and what runs beside --------------------------------------------------


def test_vignette_5_she_stays_and_the_way_home_may_be_opened_later() -> None:
    """An asylum seeker of 19 in Cyprus: a language course, an apprenticeship in a bakery."""
    her = replace(WOMAN, birth_date=date(2007, 1, 9), stage="decision", language="fr")
    applied = said("asylum", -9)({"asylum.status": "applied"})
    stays = said("decision", -5)({"solution.decision": "stay"})
    solution = decided([stays], TODAY)
    assert solution == "stay"
    assert not set(pathway("decision", solution).stages) & {"pre_departure", "travel", "arrival"}
    assert codes(asked("clear_to_travel", her, [applied, stays])) >= {"decided_to_stay", "consent_missing"}
    assert [(track.kind, track.state) for track in tracks([applied, stays], TODAY)] == [("asylum", "applied")]

    plan = said("plan", -1)(
        {"plan.state": "confirmed", "plan.monitoring": "confirmed", "plan.signed": "written"}
    )
    assert asked("start_reintegration", her, [applied, stays, plan]).open, "she has no arrival to wait for"

    later = said("later", 0)({"solution.decision": "return"})
    assert decided([stays, later], TODAY) == "return"
    assert "decided_to_stay" not in codes(asked("clear_to_travel", her, [applied, stays, later]))


def test_of_two_decisions_of_one_day_she_stays_and_one_of_a_day_to_come_opens_nothing() -> None:
    both = [said("a", -1)({"solution.decision": "return"}), said("b", -1)({"solution.decision": "stay"})]
    assert decided(both, TODAY) == "stay"
    assert decided([said("a", 1)({"solution.decision": "return"})], TODAY) is None
    assert decided([said("a", 1)({"solution.decision": "stay"})], TODAY) == "stay"
    assert decided([said("a", -1)({"solution.decision": "?"})], TODAY) is None
    assert decided([said("a", -1)({"solution.decision": "third_country"})], TODAY) == "third_country"


@pytest.mark.parametrize("stage", STAGES)
def test_testifying_runs_beside_every_stage_and_tells_its_next_date(stage: Stage) -> None:
    found = [
        said("safety", -4)({"testimony.safety_assessment": "safe"}),
        said("court", -3)({"proceedings.court_date": day(-2).isoformat()}),
        said("next", -1)({"proceedings.court_date": day(9).isoformat()}),
    ]
    (track,) = tracks(found, TODAY)
    assert (track.kind, track.state, track.next_on) == ("testifying", "safe", day(9))
    assert "testifying" not in pathway(stage).stages


def test_where_nothing_was_recorded_nothing_runs_beside() -> None:
    assert tracks([said("a")({"asylum.status": "none"})], TODAY) == ()
    (track,) = tracks([said("a")({"proceedings.court_date": day(9).isoformat()})], TODAY)
    assert track.state == "open"
