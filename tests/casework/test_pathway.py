from __future__ import annotations

import pytest

from forms.casework.case import STAGES, Stage
from forms.casework.pathway import offers, pathway

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
