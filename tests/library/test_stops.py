"""When a worker is told to break off, to wait or to call; and what nobody may conclude from too little."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from forms.casework.dangers import DANGERS, Danger, unmet
from forms.casework.risk import advice
from forms.definition import FormDefinition
from tests.library.said import said
from tests.library.test_stories import Filling

TODAY = date(2026, 3, 2)
MET = {"outcome": "met", "safe_to_talk": "yes"}
SENT = {"direction": "out", "referral_partner": "A shelter", "services": ["legal"]}

#: Form, what was answered before, the answer that calls for the stop, one that does not, the stop.
STOPS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    (
        "airport_reception",
        {},
        {"reception_outcome": "unknown_person"},
        {"reception_outcome": "received"},
        "left_note",
    ),
    (
        "airport_reception",
        {},
        {"reception_outcome": "declined"},
        {"reception_outcome": "received"},
        "declined_note",
    ),
    (
        "airport_reception",
        {"reception_outcome": "received"},
        {"feels_safe": "unsure"},
        {"feels_safe": "yes"},
        "unsafe_note",
    ),
    ("needs_and_risks", {}, {"threats_since": ["watched"]}, {"threats_since": ["none"]}, "act_now_note"),
    (
        "needs_and_risks",
        {},
        {"known_to_exploiters": ["return_plan"]},
        {"known_to_exploiters": ["family"]},
        "act_now_note",
    ),
    ("needs_and_risks", {}, {"circle": "possible"}, {"circle": "no_sign"}, "no_step_circle"),
    ("needs_and_risks", {}, {"welcome": "danger"}, {"welcome": "mixed"}, "no_step_welcome"),
    ("needs_and_risks", {}, {"self_harm": "unsure"}, {"self_harm": "no"}, "no_step_self_harm"),
    ("needs_and_risks", {}, {"self_harm": "no_answer"}, {"self_harm": "not_asked"}, "no_step_self_harm"),
    (
        "guardian_and_tracing",
        {"guardian_appointed": "yes"},
        {"guardian_document": "copy"},
        {"guardian_document": "certified"},
        "copy_note",
    ),
    (
        "best_interest",
        {"age_established": "minor"},
        {"guardian_view": "no_guardian"},
        {"guardian_view": "for"},
        "no_guardian_note",
    ),
    (
        "guardian_and_tracing",
        {
            "guardian_appointed": "yes",
            "guardian_document": "court",
            "conflict_check": "none",
            "family_signs": ["none"],
            "risk_screen": "clear",
        },
        {"wants_contact": "no"},
        {"wants_contact": "yes"},
        "stop_tracing_note",
    ),
    (
        "guardian_and_tracing",
        {
            "guardian_appointed": "yes",
            "conflict_check": "none",
            "family_signs": ["none"],
            "risk_screen": "clear",
        },
        {"wants_contact": "yes"},
        {"guardian_document": "court"},
        "stop_tracing_note",
    ),
    (
        "durable_solution",
        {"explained": ["return", "stay", "third_country"], "decision": "return"},
        {},
        {"wish": "return"},
        "against_wish",
    ),
    (
        "durable_solution",
        {"wish": "return", "decision": "return"},
        {"pressed": "unsure"},
        {"pressed": "no"},
        "against_wish",
    ),
    ("durable_solution", {"decision": "return"}, {"decided_by": "person"}, {"decided_by": ""}, "minor_note"),
    ("durable_solution", {}, {}, {"explained": ["return", "stay", "third_country"]}, "explain_rest"),
    ("travel", {}, {"fit_to_travel": "no"}, {"fit_to_travel": "yes"}, "not_fit_note"),
    ("monitoring_contact", MET, {"home": ["locked_in"]}, {"home": ["well"]}, "danger_note"),
    ("monitoring_contact", MET, {"threats": ["watched"]}, {"threats": ["online"]}, "danger_note"),
    (
        "monitoring_contact",
        MET | {"work": "training"},
        {"work_conditions": ["papers_kept"]},
        {"work_conditions": ["hours"]},
        "work_note",
    ),
    (
        "safety_incident",
        {},
        {"incident_kind": ["self_harm"]},
        {"incident_kind": ["threat"]},
        "self_harm_note",
    ),
    ("safety_incident", {}, {"incident_kind": ["sexual"]}, {"incident_kind": ["threat"]}, "hours_note"),
    ("safety_incident", {}, {"incident_kind": ["detained"]}, {"incident_kind": ["threat"]}, "detained_note"),
    ("safety_incident", {}, {"place_known": "unsure"}, {"place_known": "no"}, "place_note"),
    ("referral", {}, {"direction": "out_abroad"}, {"direction": "out"}, "asylum_note"),
    ("referral", SENT, {"sent_by": "open"}, {"sent_by": "by_hand"}, "open_note"),
    (
        "referral",
        SENT | {"consent_covers": "not_asked"},
        {"referral_state": "sent"},
        {"referral_state": "draft"},
        "breach_note",
    ),
    ("clearance", {}, {"new_danger": "unsure"}, {"new_danger": "no"}, "news_note"),
    ("clearance", {}, {"other_office": "no"}, {"other_office": "yes"}, "other_office_note"),
    (
        "feedback",
        {"given_by": "child"},
        {"feedback_kind": "misconduct"},
        {"feedback_kind": "praise"},
        "child_note",
    ),
    (
        "feedback",
        {"feedback_kind": "access"},
        {"identity_check": "guardian"},
        {"identity_check": "met"},
        "guardian_note",
    ),
    (
        "feedback",
        {"feedback_kind": "erasure"},
        {"identity_check": "met"},
        {"identity_check": "no"},
        "access_note",
    ),
    (
        "exchange",
        {"direction": "told", "ground": "consent", "exchange_state": "answered"},
        {"consent_seen": "no"},
        {"consent_seen": "yes"},
        "breach_note",
    ),
    ("testimony", {}, {"pressed": "unsure"}, {"pressed": "no"}, "pressed_note"),
    ("testimony", {"wish": "no"}, {"court_date": "2026-04-01"}, {"court_date": ""}, "keep_from"),
]


@pytest.mark.parametrize(
    ("form_id", "before", "answers", "other", "stop"), STOPS, ids=[f"{each[0]}-{each[4]}" for each in STOPS]
)
def test_a_stop_is_shown_when_it_is_needed_and_only_then(
    form_id: str,
    before: dict[str, Any],
    answers: dict[str, Any],
    other: dict[str, Any],
    stop: str,
    definitions: dict[str, FormDefinition],
) -> None:
    form = Filling(definitions[form_id])
    form.answer(**before, **answers)
    assert stop in form.asked()
    form.answer(**other)
    assert stop not in form.asked()


@pytest.mark.parametrize("danger", DANGERS, ids=lambda danger: danger.code)
def test_a_danger_is_asked_for_where_steps_are_written_until_one_is_written(
    danger: Danger, definitions: dict[str, FormDefinition]
) -> None:
    """Besa names it above; Arta enters it with a step against it, and the reminder goes. What the form
    reminds of is what closes the gate, and both are quiet about the same steps."""
    form = Filling(definitions["needs_and_risks"])
    question = next(q for q in form.entry.definition.questions.values() if q.meaning == danger.meaning)
    several = question.type == "select_multiple"
    for answer in sorted(danger.answers):
        form.answer(side="host", outcome="proceed", **{question.name: [answer] if several else answer})
        shown = {name for name in form.asked() if name.startswith("no_step_")}
        closed = unmet(said(form, date(2026, 3, 2)), said(form, date(2026, 3, 2)).rows.get("hazard", ()))
        assert len(shown) == (1 if danger.kinds else 0), "what no step meets has its own stop"
        assert closed == [danger.code]
    assert danger.kinds or "self_harm_stop" in form.asked()
    (first,) = form.entry.repeat("hazards/hazard").instances or [form.entry.add_instance("hazards/hazard")]
    kinds = {choice.name for choice in form.entry.state(f"{first}/hazard_kind").choices}
    assert danger.kinds < kinds
    for kind in sorted(kinds):
        form.entry.answer(f"{first}/hazard_kind", kind)
        form.entry.answer(f"{first}/hazard_mitigation", "")
        assert {name for name in form.asked() if name.startswith("no_step_")} == shown
        form.entry.answer(f"{first}/hazard_mitigation", "Somebody is with her until the morning")
        quiet = not {name for name in form.asked() if name.startswith("no_step_")}
        assert quiet == (kind in danger.kinds or not danger.kinds)
        told = said(form, date(2026, 3, 2))
        assert (unmet(told, told.rows["hazard"]) == []) == (kind in danger.kinds)


GOOD_HOME: dict[str, Any] = {
    "taken_in_by": "family", "assessed_how": "visit", "household_known": "yes", "concerns": ["debt"],
    "willing": "yes", "child_wants": "yes",
}  # fmt: skip


@pytest.mark.parametrize(
    "doubt",
    [
        {"concerns": ["marriage"]},
        {"concerns": ["earn"]},
        {"assessed_how": "papers"},
        {"child_wants": ""},
        {"child_wants": "no"},
    ],
)
def test_a_family_is_not_positive_while_a_marriage_a_wage_or_silence_stands_against_it(
    doubt: dict[str, Any], definitions: dict[str, FormDefinition]
) -> None:
    home = Filling(definitions["family_assessment"])
    home.answer(**GOOD_HOME)
    assert home.answer(family_outcome="positive") == []
    home.answer(family_outcome="", **doubt)
    assert home.answer(family_outcome="positive") == ["constraint"]


def test_a_baby_is_not_asked_and_may_still_have_a_home(definitions: dict[str, FormDefinition]) -> None:
    home = Filling(definitions["family_assessment"])
    home.answer(**GOOD_HOME | {"child_wants": "too_young"})
    assert home.answer(family_outcome="positive") == []


def test_a_determination_holds_a_year_at_most_and_never_without_the_child(
    definitions: dict[str, FormDefinition],
) -> None:
    interest = Filling(definitions["best_interest"])
    interest.answer(determined_on="2026-03-02", age_established="minor")
    assert interest.answer(bid_outcome="in_favour") == ["constraint"]
    assert interest.answer(views_how=["alone", "not_heard"]) == ["constraint"]
    interest.answer(bid_outcome="", views_how=["alone", "interpreter"])
    assert interest.answer(bid_outcome="in_favour") == []
    assert interest.answer(bid_expires="2027-06-01") == ["constraint"]
    assert interest.answer(bid_expires="2026-09-01") == []


def test_who_went_on_alone_was_handed_over_to_nobody(definitions: dict[str, FormDefinition]) -> None:
    reception = Filling(definitions["airport_reception"])
    reception.answer(reception_outcome="received", escorted_to="shelter")
    assert "handed_over_to" in reception.missing()
    reception.answer(escorted_to="own_way")
    assert "handed_over_to" not in reception.missing()


def test_at_the_gate_nobody_has_to_ask_about_health_in_front_of_others(
    definitions: dict[str, FormDefinition],
) -> None:
    reception = Filling(definitions["airport_reception"])
    reception.answer(reception_outcome="received")
    assert reception.answer(urgent_health=["not_asked", "injury"]) == ["constraint"]
    assert reception.answer(urgent_health=["not_asked"]) == []


def test_what_is_kept_for_her_is_written_down_though_her_papers_are_with_her(
    definitions: dict[str, FormDefinition],
) -> None:
    intake = Filling(definitions["shelter_intake"])
    intake.answer(papers="self")
    assert "belongings" in intake.asked()


def test_a_friend_whom_she_chose_goes_along_and_is_no_escort_of_a_child(
    definitions: dict[str, FormDefinition],
) -> None:
    journey = Filling(definitions["travel"])
    (leg,) = journey.entry.repeat("route/leg").instances or [journey.entry.add_instance("route/leg")]
    journey.entry.answer(f"{leg}/leg_from", "Athens")
    journey.entry.answer(f"{leg}/leg_escort", "staff")
    assert "unescorted_note" not in journey.asked()
    journey.entry.answer(f"{leg}/leg_escort", "chosen")
    assert "unescorted_note" in journey.asked()


def test_a_contact_suggests_on_the_screen_what_the_rules_suggest(
    definitions: dict[str, FormDefinition],
) -> None:
    """The worker in the kitchen and the coordinator at her desk read the same level."""
    form = definitions["monitoring_contact"]
    chance = random.Random(11)
    names = (
        "safe_to_talk", "work_conditions", "own_documents", "debt", "threats", "home", "offers_abroad",
        "own_safety", "wellbeing",
    )  # fmt: skip
    questions = {q.name: q for q in form.questions.values() if q.name in names}
    seen = set()
    for _ in range(200):
        contact = Filling(form)
        contact.answer(outcome=chance.choice(("met", "met", "not_alone", "unreachable")))
        if "work" in contact.asked():
            contact.answer(work=chance.choice(("informal", "caring", "none")))
        for name in chance.sample(names, 3):
            if name in contact.asked():
                choice = chance.choice(questions[name].choices).name
                contact.answer(**{name: [choice] if questions[name].type == "select_multiple" else choice})
        told = said(contact, TODAY)
        assert contact.value("suggested_risk") == advice(told).level, told.values
        seen.add(advice(told).level)
    assert seen == {"high", "medium", "low", "unknown"}


@pytest.mark.parametrize("form_id", ["monitoring_contact", "child_monitoring"])
def test_who_keeps_the_papers_is_not_asked_where_the_keeper_looks_on(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    (documents,) = [q for q in definitions[form_id].questions.values() if q.name == "own_documents"]
    assert documents.safety == "private"
