"""What two offices write on the way home, as answers to the library's own forms. All days are near today's,
since the forms ask the clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from tests.scenarios.office import Tablet

TODAY: Final = date.today()


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


def consent(tablet: Tablet, case: str, *purposes: str, **other: Any) -> str:
    """Given by herself, in writing, in her own language; `other` says what is different."""
    first = {"decided_by": "person", "purpose": list(purposes), "decision": "given"}
    given = {
        "in_private": "yes",
        "spoken": "sq",
        "understood": "yes",
        "pressure": "no",
        "valid_until": day(150),
        "how_given": "written",
        "told_withdrawal": "yes",
    }
    answers = {**first, **{name: each for name, each in other.items() if name in first}}
    if answers["decision"] == "given":
        answers.update(given)
    return tablet.fill(case, "consent", **{**answers, **other})


def assessment(tablet: Tablet, case: str, side: str, outcome: str = "proceed", **other: Any) -> str:
    """With one high hazard and what is done about it."""
    opened = tablet.book.begin(case, "needs_and_risks").wait(30)
    tablet.answer(opened, {"side": side, "sources": ["person", "other_office"]})
    hazard = {
        "hazard_kind": "debt",
        "hazard_level": "high",
        "hazard_mitigation": "The fund pays the lender before the journey",
        "hazard_owner": "return_office",
    }
    tablet.answer_rows(opened, "hazard", hazard)
    conclusion = {
        "person_view": "return_soon",
        "outcome": outcome,
        "outcome_reasons": "Spoken about with the person and with the other office",
        "expires": day(30),
    }
    tablet.answer(opened, {**conclusion, **other})
    return tablet.finish(opened)


def plan(
    tablet: Tablet,
    case: str,
    state: str = "draft",
    signed: str = "no",
    form: str = "reintegration_plan",
    **other: Any,
) -> str:
    answers = {
        "state": state,
        "goals": "A room of her own, and the course for tailors",
        "monitoring": state,
        "signed": signed,
    }
    return tablet.fill(case, form, **{**answers, **other})


def travel(tablet: Tablet, case: str, escort: str = "none", **other: Any) -> str:
    """From Athens by way of Rome, yesterday: it is written down when there is time."""
    opened = tablet.book.begin(case, "travel").wait(30)
    answers = {
        "documents": "ready",
        "departure_at": f"{day(-1)}T09:00:00.000+02:00",
        "arrival_at": f"{day(-1)}T22:40:00.000+01:00",
        "document_expires": day(400),
        "reception": "arranged",
        "received_by": "Reception of Tirana",
    }
    tablet.answer(opened, {name: each for name, each in {**answers, **other}.items() if each is not None})
    who = {"leg_escort": escort, **({} if escort == "none" else {"leg_escort_name": "E. P."})}
    tablet.answer_rows(
        opened,
        "leg",
        {"leg_from": "Athens", "leg_to": "Rome", "leg_at": f"{day(-1)}T09:00:00.000+02:00", **who},
        {"leg_from": "Rome", "leg_to": "Tirana", "leg_at": f"{day(-1)}T19:00:00.000+01:00", **who},
    )
    tablet.answer(opened, {"itinerary": "complete"})
    return tablet.finish(opened)


def decide(tablet: Tablet, case: str, decision: str = "cleared", **other: Any) -> str:
    """The coordinator's clearance."""
    answers = {"asked_again": "yes", "new_danger": "no", "open_points": ["none"], "decision": decision}
    return tablet.fill(case, "clearance", **{**answers, **other})
