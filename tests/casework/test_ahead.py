"""The gates that a caseworker meets next, and which form answers what they miss."""

from __future__ import annotations

import pytest

from forms.casework.ahead import ahead, answered_by
from forms.casework.case import STAGES
from forms.casework.gates import GATES
from forms.casework.meanings import KNOWN
from forms.casework.pathway import StagePlan
from forms.library import forms, read
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.casework.every_reason import gate_reasons
from tests.casework.journeys import TODAY, said


@pytest.fixture(scope="module")
def asked() -> dict[str, set[str]]:
    """Each meaning, and the forms of the library that ask for it."""
    found: dict[str, set[str]] = {}
    for form_id, _ in forms():
        definition = load_form(xform_from_xlsform(read(form_id)).xml)
        for question in definition.questions.values():
            if question.meaning and question.asks:
                found.setdefault(question.meaning, set()).add(form_id)
    return found


def test_every_gate_lies_ahead_of_some_stage_and_none_of_a_closed_case() -> None:
    testifying = [said("r")({"testimony.safety_assessment": "open"})]
    met = {gate for stage in STAGES for gate in ahead(stage, testifying, TODAY)}
    assert met == set(GATES)
    assert ahead("closed", [], TODAY) == ()


def test_before_departure_the_clearance_comes_first() -> None:
    assert ahead("pre_departure", [], TODAY) == ("clear_to_travel", "contact_family")


def test_who_stays_meets_no_clearance_to_travel() -> None:
    stays = [said("r")({"solution.decision": "stay"})]
    assert ahead("pre_departure", stays, TODAY) == ("start_reintegration", "contact_family")
    assert ahead("decision", stays, TODAY) == ("contact_family", "start_reintegration")


def test_the_testimony_lies_ahead_only_where_one_is_spoken_of() -> None:
    assert "testify" not in ahead("shelter", [], TODAY)
    court = [said("r")({"proceedings.court_date": "2026-12-01"})]
    assert ahead("shelter", court, TODAY) == ("contact_family", "testify")


def test_a_stage_that_a_programme_has_added_has_the_gates_of_the_one_it_is_like() -> None:
    own = (StagePlan("waiting_for_papers", "pre_departure"),)
    assert ahead("waiting_for_papers", [], TODAY, own) == ("clear_to_travel", "contact_family")


def test_every_reason_has_an_answer_that_a_form_asks_for(asked: dict[str, set[str]]) -> None:
    # What cannot be read is answered by a sync or a newer app.
    for code in sorted(each for each in gate_reasons() if not each.endswith("_unread")):
        meaning = answered_by(code)
        assert meaning in KNOWN, code
        assert asked.get(meaning), f"{code}: no form asks for {meaning}"


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("gate.clear_to_travel.consent_missing", "consent"),
        ("gate.clear_to_travel.consent_guardian_conflict", "guardian_and_tracing"),
        ("gate.clear_to_travel.assessment_return_missing", "needs_and_risks"),
        ("gate.clear_to_travel.minor_bid_child_views_missing", "best_interest"),
        ("gate.clear_to_travel.minor_guardian_missing", "guardian_and_tracing"),
        ("gate.clear_to_travel.documents_missing", "travel"),
        ("gate.clear_to_travel.plan_missing", "reintegration_plan"),
        ("gate.contact_family.risk_screen_missing", "guardian_and_tracing"),
        ("gate.close_arrival.outcome_missing", "airport_reception"),
        ("gate.close_case.outcome_missing", "closure"),
        ("gate.testify.safety_assessment_missing", "testimony"),
    ],
)
def test_a_reason_leads_to_the_form_that_answers_it(code: str, form: str, asked: dict[str, set[str]]) -> None:
    assert form in asked[answered_by(code)]


def test_what_nobody_knows_has_no_answer() -> None:
    assert answered_by("gate.clear_to_travel.visa_refused") == ""
    assert answered_by("gate.cross_the_sea.plan_missing") == ""
