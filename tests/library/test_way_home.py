"""The forms of the way home as a worker meets them: what is asked, what is refused, what is said."""

from __future__ import annotations

from typing import Any

import pytest

from forms.casework import meanings
from forms.casework.facts import Evidence, evidence
from forms.casework.pathway import NAMED
from forms.definition import FormDefinition, Question
from forms.library import forms
from forms.record import Record
from tests.forms.filler import fill
from tests.library.test_stories import NOW, Filling

WAY_HOME = (
    "consent", "needs_and_risks", "durable_solution", "travel", "clearance", "reintegration_plan",
    "testimony", "closure",
)  # fmt: skip
CODE = {"case.code": "AL-7Q4KD2M-X"}


def filling(definitions: dict[str, FormDefinition], form: str, language: str = "en") -> Filling:
    return Filling(definitions[form], language, **CODE)


def rows(filling: Filling, repeat: str, *answers: dict[str, Any]) -> list[str]:
    """Answers each instance of a repeat in turn; the kinds of violation that came of them."""
    (path,) = [n.path for n in filling.entry.outline() if n.kind == "repeat" and n.path.endswith(repeat)]

    def instances() -> list[str]:
        return [
            n.path for n in filling.entry.outline() if n.kind == "instance" and n.path.startswith(f"{path}[")
        ]

    while len(instances()) < len(answers):
        filling.entry.add_instance(path)
    violations = []
    for instance, given in zip(instances(), answers, strict=True):
        for name, raw in given.items():
            change = filling.entry.answer(f"{instance}/{name}", raw)
            violations += [change.violation.kind] if change.violation is not None else []
    return violations


def said(filling: Filling) -> Evidence:
    """The record as casework's rules read it."""
    form = filling.entry.definition
    record = Record("1", "1", form.id, form.version, "finished", filling.entry.values())
    return evidence(form, record, on=NOW.date())


# --- all of them -----------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in forms()])
def test_filled_in_at_random_a_form_is_never_other_than_its_answers_say(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    filler, failures, _, checks = fill(definitions[form_id], form_id, answers=80)
    assert not failures
    assert filler.answers >= 80
    assert checks > 1


@pytest.mark.parametrize("form_id", WAY_HOME)
def test_the_answers_are_those_that_the_rules_understand(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    for question in _asked(definitions[form_id]):
        understood = meanings.KNOWN.get(question.meaning or "")
        if understood is None or question.meaning == "consent.language":
            continue
        names = {choice.name for choice in question.choices}
        assert names == set(understood), question.meaning


def test_every_fact_that_these_rules_read_is_asked(definitions: dict[str, FormDefinition]) -> None:
    asked = {question.meaning for form in definitions.values() for question in _asked(form)}
    blocks = (
        meanings.CONSENT, meanings.ASSESSMENT, meanings.TRAVEL, meanings.PLAN, meanings.CLOSURE,
    )  # fmt: skip
    for block in blocks:
        assert set(block) <= asked
    assert {"testimony.safety_assessment", "proceedings.court_date"} <= asked


@pytest.mark.parametrize("form_id", WAY_HOME)
def test_a_form_has_at_most_25_questions_on_its_usual_path(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """Those that only an exceptional answer shows (a witness, a declined reception) are not counted.

    The plan for the way home has one more: what the person does when danger comes.
    """
    exceptional = {"plan_witness", "witness", "fitness_conditions", "leg_escort_name", "tries"}
    usual = [q for q in _asked(definitions[form_id]) if q.name not in exceptional]
    assert len(usual) <= (26 if form_id == "reintegration_plan" else 25), [q.name for q in usual]


@pytest.mark.parametrize("form_id", WAY_HOME)
def test_who_is_asked_about_herself_need_not_answer(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """A sensitive question about the person can be left empty, or its answers have a way out."""
    judged_by_the_worker = {
        "decision", "outcome", "safety_assessment", "hazard_kind", "hazard_level", "service_kind",
        "asked_again", "new_danger", "documents",
    }  # fmt: skip
    for question in _asked(definitions[form_id]):
        if question.safety != "private" or not question.chooses or question.name in judged_by_the_worker:
            continue
        assert question.required in (None, "", "false()"), question.name


@pytest.mark.parametrize("form_id", WAY_HOME)
def test_a_form_of_the_way_home_is_offered_at_some_stage(form_id: str) -> None:
    assert form_id in NAMED


def _asked(form: FormDefinition) -> list[Question]:
    return [q for q in form.questions.values() if q.asks and not q.readonly]


# --- consent ---------------------------------------------------------------------------------

GIVEN: dict[str, Any] = {
    "decided_by": "person",
    "purpose": ["return"],
    "decision": "given",
    "in_private": "yes",
    "spoken": "sq",
    "understood": "yes",
    "pressure": "no",
    "valid_until": "2026-09-01",
    "how_given": "written",
    "told_withdrawal": "yes",
}


def test_a_thumbprint_takes_a_witness_and_a_language_of_her_own_an_interpreter(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 4."""
    consent = filling(definitions, "consent")
    assert consent.answer(**GIVEN | {"spoken": "other", "how_given": "thumbprint"}) == []
    assert consent.missing() == {"spoken_other", "interpreter", "witness", "witness_fits"}
    assert consent.answer(spoken_other="Romani") == []
    assert consent.answer(interpreter="F. T.", witness="f.t.") == []
    assert consent.answer(witness=" F.  T. ") == ["constraint"]
    assert consent.answer(witness="A nurse", limits="My brothers must not know") == []
    assert consent.answer(witness_fits="no") == ["constraint"]
    assert consent.answer(witness_fits="yes") == []
    assert consent.missing() == set()
    assert said(consent).chosen("consent.purpose") == {"return"}
    assert said(consent).text("consent.how") == "thumbprint"


def test_a_withdrawal_at_the_gate_takes_three_answers_and_no_reason(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 6."""
    consent = filling(definitions, "consent")
    consent.answer(decided_by="person", purpose=["return"], decision="withdrawn")
    assert consent.missing() == set()
    assert {"withdrawn_note", "what_stays"} <= consent.asked()
    assert not {"in_private", "how_given", "valid_until", "pressure", "recipient"} & consent.asked()


def test_everything_can_be_taken_back_without_naming_it(definitions: dict[str, FormDefinition]) -> None:
    consent = filling(definitions, "consent")
    consent.answer(decided_by="person", decision="withdrawn")
    assert consent.missing() == set()
    consent.answer(decision="given")
    assert "purpose" in consent.missing()


def test_what_is_not_understood_or_said_under_pressure_is_no_consent(
    definitions: dict[str, FormDefinition],
) -> None:
    consent = filling(definitions, "consent")
    assert consent.answer(**GIVEN | {"understood": "no"}) == ["constraint"]
    assert consent.answer(understood="yes", pressure="yes") == ["constraint"]
    assert "pressure" in consent.missing()
    consent.answer(decision="refused")
    assert consent.missing() == set()


def test_sharing_names_who_receives(definitions: dict[str, FormDefinition]) -> None:
    consent = filling(definitions, "consent")
    consent.answer(**GIVEN | {"purpose": ["share_with_country"]})
    assert consent.missing() == {"recipient"}
    consent.answer(recipient="Office in Tirana")
    assert consent.missing() == set()


def test_a_consent_has_an_end_that_is_no_slip_of_the_finger(definitions: dict[str, FormDefinition]) -> None:
    consent = filling(definitions, "consent")
    consent.answer(decision="given")
    assert consent.answer(valid_until="2026-03-01") == ["constraint"]
    assert consent.answer(valid_until="2206-09-01") == ["constraint"]
    assert consent.answer(valid_until="2026-03-02") == []


# --- needs and risks -------------------------------------------------------------------------

ASSESSED: dict[str, Any] = {
    "side": "return",
    "sources": ["other_office", "partner"],
    "outcome_reasons": "A shelter in another town has a place",
    "expires": "2026-05-01",
}


def test_an_uncle_next_door_is_a_high_risk_with_a_step_against_it(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 1: recruited by the uncle, held by debt, threats to the brother, another town."""
    form = filling(definitions, "needs_and_risks")
    form.answer(**ASSESSED, known_to_exploiters=["address", "family"], threats_since=["family"])
    form.answer(circle="known", debt_to="recruiter", place_to_live="shelter", person_view="elsewhere")
    assert "circle_note" in form.asked()
    rows(form, "hazard", {"hazard_kind": "relatives", "hazard_level": "high"}, {"hazard_kind": "debt"})
    form.answer(outcome="postpone")
    assert form.missing() == {"hazard_mitigation", "hazard_owner", "hazard_level"}
    assert "1" in form.entry.state(form.path("high_note")).label
    rows(
        form,
        "hazard",
        {"hazard_mitigation": "Lives in another town, nobody is told", "hazard_owner": "return_office"},
        {"hazard_level": "medium"},
    )
    assert form.missing() == set()
    assert [row["hazard.level"] for row in said(form).rows["hazard"]] == ["high", "medium"]
    assert said(form).text("assessment.side") == "return"


def test_a_step_that_is_one_sign_is_no_step(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "needs_and_risks")
    assert rows(form, "hazard", {"hazard_level": "high", "hazard_mitigation": " - "}) == ["constraint"]


def test_who_speaks_of_self_harm_is_listened_to_and_nothing_proceeds(
    definitions: dict[str, FormDefinition],
) -> None:
    form = filling(definitions, "needs_and_risks")
    form.answer(**ASSESSED, self_harm="yes", debt_to="lender")
    assert "self_harm_stop" in form.asked()
    assert form.answer(outcome="proceed") == ["constraint"]
    assert form.answer(outcome="postpone") == []
    assert form.value("debt_to") == "lender"


def test_no_return_proceeds_against_the_will_of_the_person(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "needs_and_risks")
    assert form.answer(**ASSESSED, person_view="no_return", outcome="proceed") == ["constraint"]


def test_an_assessment_expires_after_six_months_at_most(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "needs_and_risks")
    assert form.answer(expires="2027-03-02") == ["constraint"]
    assert form.answer(expires="2026-03-02") == ["constraint"]


# --- durable solution ------------------------------------------------------------------------


def test_who_stays_says_what_would_help_and_the_way_back_stays_open(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 5: language course and apprenticeship, the return may be opened later."""
    form = filling(definitions, "durable_solution")
    form.answer(explained=["return", "stay", "third_country"], wish="stay", decision="stay")
    form.answer(decided_by="person", integration_wishes=["language", "apprenticeship"], told_open="yes")
    assert form.missing() == set()
    assert not {"place", "against_wish", "explain_rest"} & form.asked()
    assert said(form).text("solution.decision") == "stay"


def test_a_return_that_the_person_does_not_wish_stops_the_worker(
    definitions: dict[str, FormDefinition],
) -> None:
    form = filling(definitions, "durable_solution")
    form.answer(explained=["return"], wish="stay", decision="return")
    assert {"against_wish", "explain_rest", "asylum_note"} <= form.asked()
    form.answer(wish="return", explained=["return", "stay", "third_country"], legal_advice="yes")
    assert not {"against_wish", "explain_rest", "asylum_note"} & form.asked()
    form.answer(pressed="yes")
    assert "against_wish" in form.asked()


def test_what_is_not_decided_yet_has_a_day_to_talk_again(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "durable_solution")
    form.answer(explained=["return"], decision="undecided")
    assert form.missing() == {"review_on"}
    assert form.answer(review_on="2026-03-02") == ["constraint"]


# --- travel and clearance --------------------------------------------------------------------


def test_a_boy_of_fourteen_has_somebody_beside_him_on_each_leg(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 2: with a member of staff, from the door in Athens to the door near Tirana."""
    form = filling(definitions, "travel")
    form.answer(documents="ready", document_kinds=["emergency", "child_permission"])
    form.answer(document_expires="2026-06-01", departure_at="2026-03-20T08:00:00+02:00")
    assert form.answer(arrival_at="2026-03-20T05:59:00+00:00") == ["constraint"]
    form.answer(arrival_at="2026-03-20T08:10:00+01:00")
    leg = {"leg_at": "2026-03-20T08:00:00+02:00"}
    rows(
        form,
        "leg",
        {"leg_from": "Athens", "leg_to": "Tirana", "leg_escort": "staff", "leg_escort_name": "E. P."} | leg,
        {"leg_from": "Tirana", "leg_to": "Elbasan", "leg_escort": "none"} | leg,
    )
    assert "1" in form.entry.state(form.path("unescorted_note")).label
    form.answer(itinerary="complete", reception="arranged", received_by="Organisation A, the duty worker")
    assert form.missing() == set()
    assert [row["leg.escort"] for row in said(form).rows["leg"]] == ["staff", "none"]
    assert said(form).day("travel.arrival_at") is not None


def test_a_route_without_legs_is_not_complete(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "travel")
    assert form.answer(itinerary="complete") == ["constraint"]
    assert form.answer(itinerary="open", documents="missing", reception="open") == []
    assert form.missing() == set()


def test_a_document_that_expires_before_the_departure_is_not_ready(
    definitions: dict[str, FormDefinition],
) -> None:
    form = filling(definitions, "travel")
    form.answer(documents="ready", departure_at="2026-03-20T08:00:00+02:00")
    assert form.answer(document_expires="2026-03-19") == ["constraint"]
    assert form.answer(document_expires="2026-03-20") == []


def test_a_declined_reception_is_an_adult_s_right_and_gets_a_number(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 3: he wants no shelter and no escort. Who may be a child does not travel on it."""
    ready = {"documents": "ready", "document_expires": "2027-01-01", "itinerary": "open"}
    for of_age in ({}, {"case.of_age": "no"}):
        child = Filling(definitions["travel"], "en", **CODE | of_age)
        assert child.answer(**ready, reception="declined") == [], "what happened can always be recorded"
        assert "declined_child_note" in child.asked()
        assert "declined_note" not in child.asked()
    form = Filling(definitions["travel"], "en", **CODE | {"case.of_age": "yes"})
    assert form.answer(**ready, reception="declined") == []
    assert "declined_note" in form.asked()
    assert "declined_child_note" not in form.asked()
    assert "received_by" not in form.asked()
    assert form.missing() == set()


def test_who_did_not_board_is_asked_for_no_reason(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "travel")
    form.answer(boarded="no")
    assert "not_boarded_note" in form.asked()


def test_nobody_is_cleared_who_hesitates_or_after_news(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 6: the flight is booked for Friday."""
    form = filling(definitions, "clearance")
    form.answer(asked_again="hesitates", new_danger="no", open_points=["none"])
    assert "stop_note" in form.asked()
    assert form.answer(decision="cleared") == ["constraint"]
    assert form.answer(asked_again="yes", new_danger="unsure", decision="cleared") == ["constraint"]
    form.answer(new_danger="no", decision="cleared")
    assert form.missing() == set()
    assert "lapses_note" in form.asked()


def test_what_is_passed_over_has_a_reason_and_so_has_a_no(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "clearance")
    form.answer(asked_again="yes", new_danger="no", open_points=["reception"], decision="cleared")
    assert form.missing() == {"reason"}
    form.answer(open_points=["none"], decision="not_cleared")
    assert form.missing() == {"reason"}
    assert form.answer(open_points=["none", "plan"]) == ["constraint"]


# --- plan ------------------------------------------------------------------------------------


def test_a_midwife_and_a_sewing_machine_have_a_provider_a_day_and_a_budget_line(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 4: by thumbprint; the copy stays with the office."""
    form = filling(definitions, "reintegration_plan")
    form.answer(state="confirmed", monitoring="confirmed", goals="To sew for a living", not_wanted="Brothers")
    rows(
        form,
        "service",
        {
            "service_kind": "health",
            "service_what": "A midwife",
            "provider": "Clinic",
            "service_due": "2026-04-01",
        },
        {"service_kind": "income", "service_what": "Sewing machine", "service_line": "Income"},
    )
    rows(form, "milestone", {"milestone_what": "The first dress is sold", "milestone_due": "2026-09-01"})
    rows(
        form,
        "budget",
        {"budget_line": "Income", "budget_amount": "600"},
        {"budget_line": "Health", "budget_amount": "1500", "budget_currency": "MAD"},
        {"budget_line": "Transport", "budget_amount": "40.5"},
    )
    assert form.answer(signed="no") == ["constraint"]
    form.answer(signed="thumbprint", copy_kept="office")
    assert form.missing() == {"plan_witness"}
    form.answer(plan_witness="A nurse")
    assert form.missing() == set()
    assert "640.5" in form.entry.state(form.path("total_note")).label
    services = said(form).rows["service"]
    assert [row["service.kind"] for row in services] == ["health", "income"]
    assert {row["service.state"] for row in services} == {"open"}
    assert [row["budget.currency"] for row in said(form).rows["budget"]] == ["EUR", "MAD", "EUR"]


def test_a_draft_needs_no_row_and_an_empty_row_says_nothing(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "reintegration_plan")
    form.answer(state="draft", monitoring="draft", signed="no")
    assert form.missing() == set()
    assert said(form).rows == {}


def test_money_has_a_name_and_a_name_has_its_money(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "reintegration_plan")
    rows(form, "budget", {"budget_amount": "640"})
    assert "budget_line" in form.missing()
    rows(form, "budget", {"budget_amount": None, "budget_line": "Income"})
    assert "budget_amount" in form.missing()
    assert rows(form, "budget", {"budget_amount": "-1"}) == ["constraint"]


# --- testimony -------------------------------------------------------------------------------


def test_wages_and_a_lawyer_and_a_word_by_video_only(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 3."""
    form = filling(definitions, "testimony")
    form.answer(wish="yes", pressed="no", claims=["wages"], manner=["video"], role="witness")
    form.answer(lawyer="requested", court_date="2026-06-01")
    form.answer(measures=["address_secret"], safety_assessment="safe")
    form.answer(safety_reasons="By video from another oblast")
    assert form.missing() == set()
    assert "consent_note" in form.asked()
    assert said(form).text("testimony.safety_assessment") == "safe"


def test_nothing_is_safe_while_somebody_presses_or_nothing_protects(
    definitions: dict[str, FormDefinition],
) -> None:
    form = filling(definitions, "testimony")
    form.answer(wish="yes", measures=["escort"])
    assert form.answer(safety_assessment="safe") == ["constraint"]
    assert form.answer(pressed="unsure", safety_assessment="safe") == ["constraint"]
    assert form.answer(pressed="no", safety_assessment="safe") == []
    assert form.answer(measures=[], safety_assessment="safe") == ["constraint"]


def test_a_no_to_testifying_ends_the_questions_on_it(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "testimony")
    form.answer(wish="yes", pressed="no", measures=["escort"], safety_assessment="safe")
    form.answer(wish="no")
    assert form.missing() == set()
    assert "no_note" in form.asked()
    assert not {"safety_assessment", "measures", "manner", "consent_note"} & form.asked()
    assert said(form).get("testimony.safety_assessment") is None
    assert "claims" in form.asked()


# --- closure ---------------------------------------------------------------------------------


def test_who_went_abroad_is_lost_only_after_the_safe_ways_were_tried(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 10: unreachable twice, a neighbour speaks of Italy, money and a receipt are open."""
    form = filling(definitions, "closure")
    form.answer(outcome="lost", services_open="yes", services_handed_over="no", kept="not_asked")
    assert form.missing() == {"tries"}
    assert form.answer(tries=["none", "visit"]) == ["constraint"]
    form.answer(tries=["agreed_way", "other_office"], summary="A neighbour speaks of Italy")
    assert form.missing() == set()
    assert not {"person_told", "settled", "own_safety"} & form.asked()


def test_who_asks_to_be_forgotten_can_say_so_at_the_end(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 12."""
    form = filling(definitions, "closure")
    form.answer(outcome="plan_reached", person_told="agrees", services_open="no", services_handed_over="yes")
    form.answer(kept="erase", contact_later="no", door_open="yes", own_safety="2")
    assert form.missing() == set()
    assert "low_note" in form.asked()
    assert "kept_note" not in form.asked()
    assert said(form).text("closure.services_handed_over") == "yes"
    later = form.entry.answer(form.path("contact_later"), "yes")
    assert later.violation is not None, "what is erased leads to no contact"
    assert "summary" in form.asked(), "until it is done, whoever opens it must know"
    form.answer(erased_on="2026-01-02")
    assert "summary" not in form.asked()


def test_what_is_handed_over_names_where_to(definitions: dict[str, FormDefinition]) -> None:
    form = filling(definitions, "closure")
    form.answer(outcome="transferred", person_told="agrees", kept="minimum")
    form.answer(services_open="yes", services_handed_over="yes")
    assert form.missing() == {"handed_to"}


def test_a_suspicion_of_new_exploitation_is_no_reason_to_close(
    definitions: dict[str, FormDefinition],
) -> None:
    form = filling(definitions, "closure")
    form.answer(outcome="retrafficking")
    assert "suspicion_note" in form.asked()


def test_the_words_of_a_withdrawal_follow_the_language(definitions: dict[str, FormDefinition]) -> None:
    consent = filling(definitions, "consent", "sq")
    assert consent.entry.state(consent.path("decision")).label == "Çfarë u vendos?"
    consent.entry.language = "ar"
    assert consent.entry.state(consent.path("decision")).label == "ما القرار؟"
