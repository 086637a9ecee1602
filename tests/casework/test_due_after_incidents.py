"""What an incident, a referral in haste and a milestone make due; and which help meets which need."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.due import Due, agenda
from forms.casework.facts import Evidence
from forms.casework.need import need_met_by
from forms.library import read
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

CASE = Case(stage="reintegration", birth_date=date(2000, 1, 1), arrived_on=date(2026, 2, 1))
TODAY = date(2026, 6, 10)


def said(on: str, order: str = "1", rows: dict[str, Any] | None = None, **values: Any) -> Evidence:
    told = {name.replace("__", "."): value for name, value in values.items()}
    return Evidence(f"{on}-{order}", "form", date.fromisoformat(on), told, rows or {}, order=order)


def due(kind: str, *found: Evidence, today: date = TODAY) -> list[Due]:
    return [item for item in agenda(CASE, found, today) if item.kind == kind]


SUSPECTED = said("2026-06-01", incident__retrafficking="suspected", incident__on="2026-05-30")
HEARD = said("2026-06-05", contact__outcome="met", contact__date="2026-06-05")


def test_a_suspicion_by_an_incident_goes_to_the_coordinator_and_the_other_country() -> None:
    found = due("escalation.suspected_retrafficking", SUSPECTED)
    assert {(item.owner, item.due) for item in found} == {
        ("coordinator", date(2026, 5, 30)),
        ("other_country", date(2026, 5, 30)),
    }


@pytest.mark.parametrize(
    "since",
    [
        said("2026-06-02", incident__retrafficking="ruled_out"),
        HEARD,
    ],
)
def test_it_ends_when_it_is_ruled_out_or_the_person_was_met(since: Evidence) -> None:
    assert due("escalation.suspected_retrafficking", SUSPECTED, since) == []


def test_what_was_ruled_out_may_be_suspected_anew() -> None:
    out = said("2026-06-02", incident__retrafficking="ruled_out")
    again = said("2026-06-03", incident__retrafficking="confirmed")
    assert [item.due for item in due("escalation.suspected_retrafficking", SUSPECTED, out, again)] == [
        date(2026, 6, 3)
    ] * 2


def test_the_next_step_after_an_incident_waits_until_the_incident_is_closed() -> None:
    step = {"incident__next_on": "2026-06-09", "incident__owner": "coordinator"}
    (item,) = due("action.agreed", said("2026-06-08", **step, incident__state="watched"))
    assert (item.owner, item.due, item.overdue) == ("coordinator", date(2026, 6, 9), True)
    assert due("action.agreed", said("2026-06-08", **step, incident__state="closed")) == []


@pytest.mark.parametrize(
    ("more", "day"),
    [
        ({}, date(2026, 6, 8)),
        ({"referral__urgency": "today"}, date(2026, 6, 2)),
        ({"referral__answer_by": "2026-06-20"}, date(2026, 6, 20)),
        ({"referral__answer_by": "2026-06-20", "referral__urgency": "today"}, date(2026, 6, 2)),
        ({"referral__answer_by": "2026-05-01"}, date(2026, 6, 8)),
    ],
)
def test_an_answer_is_expected_by_the_day_agreed_and_in_haste_by_the_next(
    more: dict[str, Any], day: date
) -> None:
    (item,) = due("referral.answer", said("2026-06-01", referral__sent_on="2026-06-01", **more))
    assert item.due == day


def test_a_milestone_is_due_and_its_words_are_told_to_nobody() -> None:
    rows = {
        "milestone": (
            {"milestone.what": "The first dress is sold", "milestone.due": "2026-06-20"},
            {"milestone.what": "A shop", "milestone.due": "2026-06-01", "milestone.state": "done"},
        )
    }
    (item,) = due("plan.milestone", said("2026-03-01", rows=rows))
    assert (item.due, item.subject) == (date(2026, 6, 20), "")


NEEDS = {
    "protection", "health", "psychosocial", "legal", "documents", "housing", "food", "income", "training",
    "child_care", "family", "transport", "other",
}  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "left"), [("yes", 0), ("partly", 0), ("declined", 1), ("not_delivered", 1), (None, 0)]
)
def test_help_meets_the_need_that_it_is_for_and_help_in_vain_meets_none(
    outcome: str | None, left: int
) -> None:
    rows = {"need": ({"need.kind": "health", "need.action": "A doctor", "need.due": "2026-06-05"},)}
    agreed = said("2026-06-01", rows=rows)
    given = said("2026-06-03", assistance__kind="medical", assistance__outcome=outcome)
    assert len(due("action.agreed", agreed, given)) == left
    other = said("2026-06-03", assistance__kind="vocational", assistance__outcome="yes")
    assert len(due("action.agreed", agreed, other)) == 1


def choices(form: str, meaning: str) -> set[str]:
    definition = load_form(xform_from_xlsform(read(form)).xml)
    (question,) = (q for q in definition.questions.values() if q.meaning == meaning)
    return {choice.name for choice in question.choices}


def test_every_kind_of_help_of_the_form_meets_a_need_of_the_plan_or_none() -> None:
    kinds, needs = choices("assistance", "assistance.kind"), choices("reintegration_plan", "service.kind")
    assert needs >= NEEDS
    assert {kind for kind in kinds if need_met_by(kind) not in needs} == {"reception"}
