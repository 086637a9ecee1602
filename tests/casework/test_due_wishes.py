"""What a person asks of her own file and of us is due for whoever has to act, also after the closure; and the
talks that were to be taken up again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.due import Due, DueRules, agenda, shown_to
from forms.casework.facts import Evidence
from tests.casework.test_due_agenda import said

CASE = Case(stage="decision", risk="low", country="AL", birth_date=date(1998, 3, 14), carer="mira")
CLOSED = replace(CASE, stage="closed")
TODAY = date(2026, 6, 15)


def due(*found: Evidence, case: Case = CASE, today: date = TODAY, **rules: Any) -> list[Due]:
    return list(agenda(case, found, today, rules=DueRules(**rules)))


def kinds(*found: Evidence, **other: Any) -> list[str]:
    return [item.kind for item in due(*found, **other)]


def wish(on: str = "2026-05-20", **other: Any) -> Evidence:
    answers = {"kind": "erasure", "state": "received", "on": on, "handler": "data_protection", **other}
    return said(on, form="feedback", **{f"feedback__{name}": value for name, value in answers.items()})


def complaint(**other: Any) -> Evidence:
    return wish(**{"kind": "complaint", "answer_by": "2026-06-10", "about": ["service"], **other})


CLOSURE = said("2026-05-20", form="closure", closure__kept="erase", closure__on="2026-05-20")


@pytest.mark.parametrize("case", [CASE, CLOSED])
@pytest.mark.parametrize(("asked", "subject"), [(CLOSURE, "closure.kept"), (wish(), "feedback.kind")])
def test_who_asks_to_be_forgotten_is_on_a_coordinators_desk_at_once(
    case: Case, asked: Evidence, subject: str
) -> None:
    (item,) = due(asked, case=case)
    assert (item.kind, item.owner, item.subject) == ("erasure.asked", "coordinator", subject)
    assert (item.due, item.opens, item.overdue) == (date(2026, 6, 19), date(2026, 5, 20), False)
    assert item.on_desk(TODAY)
    assert due(asked, case=case, today=date(2026, 6, 20))[0].overdue
    assert due(asked, case=case, erasure_days=10)[0].due == date(2026, 5, 30)


def test_it_waits_until_a_record_tells_the_day_on_which_it_was_done() -> None:
    assert kinds(wish(state="answered"), case=CLOSED) == ["erasure.asked"], "an answer erases nothing"
    assert kinds(wish(state="answered", erased_on="2026-05-30"), case=CLOSED) == []
    assert kinds(wish(state="closed"), case=CLOSED) == kinds(wish(state="withdrawn"), case=CLOSED) == []
    assert kinds(wish(erased_on="2026-05-19"), case=CLOSED) == ["erasure.asked"], "before it was asked"
    assert kinds(wish(erased_on="2026-07-01"), case=CLOSED) == ["erasure.asked"], "a day to come"
    done = wish("2026-06-01", state="answered", erased_on="2026-06-02")
    assert kinds(CLOSURE, done, case=CLOSED) == [], "the file of one person is erased once"
    kept = said("2026-06-01", closure__kept="minimum", closure__on="2026-06-01")
    assert kinds(CLOSURE, kept, case=CLOSED) == [], "the last closure counts"
    assert due(wish(answer_by="2026-06-01"))[0].due == date(2026, 6, 1), "the sooner of the two days"


def test_an_answer_is_due_for_who_looks_into_it() -> None:
    (item,) = due(complaint(handler="complaints"))
    assert (item.kind, item.owner, item.overdue) == ("feedback.answer", "complaints", True)
    assert item.due == date(2026, 6, 10)
    assert not item.confidential
    assert due(complaint(kind="suggestion", handler="worker"))[0].owner == ""
    assert kinds(complaint(state="examined"), case=CLOSED) == ["feedback.answer"]
    for over in ("answered", "closed", "withdrawn"):
        assert kinds(complaint(state=over)) == []
    assert kinds(complaint(answer_by=None)) == []


@pytest.mark.parametrize(
    "of_staff",
    [
        {"about": ["worker"]},
        {"about": ["service", "staff"]},
        {"about": ["coordinator"]},
        {"about": ["no_answer"]},
        {"kind": "misconduct", "about": []},
        {"about_writer": "yes"},
    ],
)
@pytest.mark.parametrize("handler", ["worker", "coordinator", "other_coordinator", "complaints", "outside"])
def test_a_complaint_about_staff_is_never_on_the_agenda_of_the_cases_own_worker(
    of_staff: dict[str, Any], handler: str
) -> None:
    items = due(complaint(handler=handler, **of_staff))
    (item,) = items
    assert item.confidential
    assert item.owner == ("other_coordinator" if handler == "worker" else handler)
    assert shown_to(items, coordinator=False, carer=True) == ()
    assert shown_to(items, coordinator=False, carer=False) == ()
    assert shown_to(items, coordinator=True, carer=True) == (), "a coordinator who has the case herself"
    seen = shown_to(items, coordinator=True, carer=False)
    assert seen == ((item,) if handler == "coordinator" else ())


def test_what_is_about_no_member_of_the_staff_is_seen_by_all_who_have_the_case() -> None:
    items = due(complaint(about=["service", "authority"]), wish())
    assert {item.kind for item in items} == {"feedback.answer", "erasure.asked"}
    assert shown_to(items, coordinator=False, carer=True) == tuple(items)


@pytest.mark.parametrize(
    ("kind", "said_as", "on"),
    [("solution.review", "solution__decision", "solution__review_on"),
     ("screening.again", "screening__outcome", "screening__again_on")],
)  # fmt: skip
def test_a_talk_is_taken_up_again_on_its_day_and_the_next_talk_ends_it(
    kind: str, said_as: str, on: str
) -> None:
    first = said("2026-05-01", form="talk", **{said_as: "undecided", on: "2026-06-01"})
    (item,) = due(first)
    assert (item.kind, item.form, item.due, item.overdue) == (kind, "talk", date(2026, 6, 1), True)
    assert not due(first, today=date(2026, 6, 1))[0].overdue
    assert kinds(first, said("2026-06-03", **{said_as: "decided"})) == []
    later = said("2026-06-03", **{said_as: "undecided", on: "2026-07-01"})
    assert [item.due for item in due(first, later)] == [date(2026, 7, 1)]
    assert kinds(first, case=CLOSED) == []


def test_a_consent_that_contradicts_a_withdrawal_is_somebodys_task() -> None:
    given = {"consent__by": "person", "consent__purpose": ["monitoring"], "consent__how": "written"}
    home = replace(CASE, stage="reintegration", arrived_on=date(2026, 5, 1))
    no = said("2026-05-10", "1", **{**given, "consent__decision": "withdrawn"})
    yes = said("2026-06-10", "2", form="consent", **given, consent__decision="given")
    found = [replace(no, author="besa"), replace(yes, author="luc")]
    (item,) = due(*found, case=home)
    assert (item.kind, item.form, item.subject) == ("consent.unclear", "consent", "monitoring")
    assert (item.due, item.overdue, item.record) == (date(2026, 6, 10), True, yes.record)
    knows = replace(found[1], values={**yes.values, "consent.withdrawn_on": "2026-05-10"})
    assert "consent.unclear" not in kinds(found[0], knows, case=home)
    assert any(kind.startswith("contact.") for kind in kinds(found[0], knows, case=home))
