"""The forms around a child, a shelter, a referral: as a worker meets them, and what keeps them safe."""

from __future__ import annotations

import re
from typing import Any

import pytest

from forms.casework import meanings
from forms.definition import FormDefinition
from forms.library import (
    ASSISTANCE,
    BEST_INTEREST,
    FAMILY_ASSESSMENT,
    FEEDBACK,
    GUARDIAN_AND_TRACING,
    REFERRAL,
    SAFETY_INCIDENT,
    SCREENING,
    SHELTER_INTAKE,
)
from tests.forms.filler import fill
from tests.library.test_stories import Filling

FORMS = (
    SCREENING, SHELTER_INTAKE, BEST_INTEREST, GUARDIAN_AND_TRACING, FAMILY_ASSESSMENT, ASSISTANCE,
    SAFETY_INCIDENT, REFERRAL, FEEDBACK,
)  # fmt: skip

# A person asked about herself may always keep silent; that is no value that a rule acts on.

USUAL: dict[str, dict[str, Any]] = {
    SCREENING: {"referred_by": "ngo", "can_talk": "yes", "screening_outcome": "possible"},
    SHELTER_INTAKE: {"children_here": "no", "wants_to_stay": "yes"},
    BEST_INTEREST: {"age_established": "minor", "bid_outcome": "in_favour"},
    GUARDIAN_AND_TRACING: {"guardian_appointed": "yes", "traced": "no"},
    FAMILY_ASSESSMENT: {"taken_in_by": "family"},
    ASSISTANCE: {"received": "yes", "in_plan": "yes", "paid_by": "us"},
    SAFETY_INCIDENT: {"danger_now": "no", "next_step": "Call again"},
    REFERRAL: {"direction": "out", "consent_covers": "yes", "referral_state": "completed"},
    FEEDBACK: {"writer_concerned": "no", "feedback_kind": "complaint", "feedback_state": "received"},
}


@pytest.mark.parametrize("form_id", FORMS)
def test_whatever_is_answered_an_entry_shows_what_a_full_recalculation_shows(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    for seed in range(2):
        filler, failures, _, _ = fill(definitions[form_id], f"{seed}:{form_id}", 100)
        assert failures == []
        assert filler.answers >= 100


@pytest.mark.parametrize("form_id", FORMS)
def test_the_usual_path_has_at_most_twenty_five_questions(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    filling = Filling(definitions[form_id])
    filling.answer(**USUAL[form_id])
    asked = [
        path
        for path in filling.paths()
        if path in definitions[form_id].questions and definitions[form_id].questions[path].asks
    ]
    assert 8 <= len(asked) <= 25, asked


def test_every_meaning_of_these_forms_that_rules_read_is_asked(
    definitions: dict[str, FormDefinition],
) -> None:
    marked = {q.meaning for form_id in FORMS for q in definitions[form_id].questions.values() if q.meaning}
    blocks = (
        meanings.TRACING, meanings.MINOR, meanings.SCREENING, meanings.TRACING_STEPS, meanings.ASSISTANCE,
        meanings.INCIDENT, meanings.FEEDBACK,
    )  # fmt: skip
    assert {code for block in blocks for code in block} <= marked
    assert not meanings.OLDER.keys() & marked


@pytest.mark.parametrize("form_id", FORMS)
def test_who_is_asked_about_threats_wishes_or_health_may_prefer_not_to_say(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    about_herself = {
        "deception", "coercion", "vulnerability", "exploitation", "conditions", "needs_first",
        "asylum_status", "wants_to_stay", "dangers", "health_now", "doctor", "papers", "child_wish",
        "wants_contact", "child_wants", "declined_because", "helped", "caused_by",
        "police_wish", "own_view_service", "feedback_about", "unsafe_now", "answer_wanted", "satisfied",
        "recruited_by", "promised_work", "sector", "profited", "reads",
    }  # fmt: skip
    found = [q for q in definitions[form_id].questions.values() if q.name in about_herself]
    assert found
    for question in found:
        assert "no_answer" in [choice.name for choice in question.choices], question.name


@pytest.mark.parametrize("form_id", FORMS)
def test_no_answer_given_is_cleared_because_it_became_unsafe_to_talk(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    hiding = re.compile(r"\$\{(can_talk|danger_now|writer_concerned|unsafe_now)\}|/(can_talk|danger_now)\b")
    form = definitions[form_id]
    for element in (*form.questions.values(), *form.groups.values()):
        asks = getattr(element, "asks", True)
        assert not (asks and hiding.search(element.relevant or "")), element.path


# --- stories -----------------------------------------------------------------------------------


def test_a_woman_held_by_debt_and_threats_to_her_brother_is_a_likely_victim(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 1: recruited by her uncle for hotel work, no French."""
    screening = Filling(definitions[SCREENING])
    screening.answer(screened_on="2026-03-01", referred_by="police", interpreter="close_person")
    assert "interpreter_note" in screening.asked()
    screening.answer(interpreter="independent", can_talk="yes", explained="yes", age_estimate="23")
    assert "child_note" not in screening.asked()
    screening.answer(deception=["other_work"], coercion=["debt", "threat_family"])
    assert screening.value("suggested") == "likely"
    assert "3" in screening.entry.state(screening.path("likely_note")).label
    screening.answer(screening_outcome="possible")
    assert screening.missing() == set()
    assert "safe_note" in screening.asked()


def test_a_screening_stops_when_it_is_not_safe_and_keeps_what_was_seen(
    definitions: dict[str, FormDefinition],
) -> None:
    screening = Filling(definitions[SCREENING])
    screening.answer(screened_on="2026-03-02", can_talk="yes", coercion=["watched"])
    screening.answer(can_talk="unsure", referred_by="health", screening_outcome="stopped")
    assert {"stop_note", "talk_again_on"} <= screening.asked()
    assert screening.value("coercion") == ["watched"]
    assert screening.answer(talk_again_on="2026-03-01") == ["constraint"]
    assert screening.answer(coercion=["none", "watched"]) == ["constraint"]


def test_an_asylum_seeker_with_two_strong_signs_keeps_the_embassy_out(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 5."""
    screening = Filling(definitions[SCREENING])
    screening.answer(referred_by="asylum", asylum_status="applied", age_estimate="19")
    assert "asylum_note" in screening.asked()
    screening.answer(coercion=["papers", "locked_in"], exploitation=["servitude"])
    assert screening.value("suggested") == "likely"


def test_few_signs_are_never_called_nothing(definitions: dict[str, FormDefinition]) -> None:
    screening = Filling(definitions[SCREENING])
    assert screening.value("suggested") == "open"
    screening.answer(vulnerability=["poverty"])
    assert screening.value("suggested") == "some"
    screening.answer(vulnerability=["none"])
    assert screening.value("suggested") == "open"
    screening.answer(vulnerability=["child"], exploitation=["labour"], age_estimate="17")
    assert screening.value("suggested") == "likely"
    assert "child_note" in screening.asked()


def test_a_pregnant_woman_who_shares_a_danger_with_a_resident_gets_another_place(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 4, on her first evening: her mother may know, her brothers must not."""
    intake = Filling(definitions[SHELTER_INTAKE])
    intake.answer(came_in_at="2026-03-01T20:10:00+01:00", wants_to_stay="yes", dangers=["resident"])
    assert "danger_note" in intake.asked()
    intake.answer(
        must_not_know="Her brothers. Her mother may know.", health_now=["pregnancy"], doctor="woman"
    )
    assert "health_note" in intake.asked()
    assert intake.answer(dangers=["none", "resident"]) == ["constraint"]
    intake.answer(dangers=["no_answer"], rules_explained="doubtful")
    assert "danger_note" not in intake.asked()
    assert "later_note" in intake.asked()
    assert intake.missing() == set()


def test_children_in_the_shelter_are_written_down_one_by_one(definitions: dict[str, FormDefinition]) -> None:
    intake = Filling(definitions[SHELTER_INTAKE])
    intake.answer(children_here="yes")
    repeat = next(node.path for node in intake.entry.outline() if node.kind == "repeat")
    intake.entry.add_instance(repeat)
    instance = next(node.path for node in intake.entry.outline() if node.kind == "instance")
    assert intake.entry.answer(f"{instance}/dependant_age", "18").violation is not None
    assert intake.entry.answer(f"{instance}/dependant_age", "0").violation is None
    assert intake.entry.answer(f"{instance}/dependant_needs", ["milk", "none"]).violation is not None


def test_a_boy_who_says_he_is_16_is_a_child_and_is_heard(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 2: no papers; he wants to go to school and fears the journey."""
    interest = Filling(definitions[BEST_INTEREST])
    interest.answer(determined_on="2026-02-20", age_basis=["said", "looks"])
    assert interest.answer(age_established="adult") == ["constraint"]
    assert interest.answer(age_established="unclear") == []
    interest.answer(views_how="not_heard")
    assert "not_heard_note" in interest.asked()
    assert interest.answer(bid_outcome="in_favour") == ["constraint"]
    interest.answer(views_how="alone", bid_outcome="in_favour")
    assert {"child_views", "options_weighed", "decision_makers", "bid_reasons", "bid_expires"} <= (
        interest.missing()
    )
    assert interest.answer(option_kinds=["relatives"]) == ["constraint"]
    interest.answer(
        option_kinds=["relatives", "stay"],
        child_views="Wants to go to school. Is afraid of the journey.",
        options_weighed="Aunt: ties, school. Husband unknown. Foster family here: safe, no kin.",
        decision_makers="Guardian, prosecutor for minors, psychologist of the shelter",
        bid_reasons="School and kin, once the household is checked",
        bid_expires="2026-02-27",
    )
    assert interest.missing() == set()
    assert "expired_note" in interest.asked()
    assert interest.answer(bid_expires="2026-02-19") == ["constraint"]
    assert interest.answer(review_on="2026-02-19") == ["constraint"]


def test_an_adult_by_papers_needs_no_determination(definitions: dict[str, FormDefinition]) -> None:
    interest = Filling(definitions[BEST_INTEREST])
    interest.answer(age_basis=["papers"], age_established="adult")
    assert "bid_outcome" not in interest.asked()
    assert interest.missing() == set()


def test_nobody_is_contacted_before_screen_and_conflict_check_are_clear_and_consent_is_asked_in_one_form(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 2: the guardian is a Greek social worker; an aunt in Tirana."""
    tracing = Filling(definitions[GUARDIAN_AND_TRACING])
    assert "stop_tracing_note" in tracing.asked()
    tracing.answer(
        guardian_appointed="yes",
        guardian_kind="social_worker",
        guardian_document="court",
        document_expires="2026-03-01",
        conflict_check="none",
    )
    assert "document_note" in tracing.asked()
    tracing.answer(document_expires="2028-01-01", family_signs=["not_known"])
    assert "document_note" not in tracing.asked()
    assert tracing.answer(risk_screen="clear") == ["constraint"]
    tracing.answer(family_signs=["none"])
    assert tracing.answer(risk_screen="clear", child_says="Only my aunt", wants_contact="yes") == []
    assert "stop_tracing_note" not in tracing.asked()
    assert {"consent_note", "return_note"} <= tracing.asked()
    assert tracing.missing() == set()
    tracing.answer(document_expires="2026-03-01")
    assert "stop_tracing_note" in tracing.asked()


def test_a_tracing_that_should_not_have_been_can_be_recorded_and_alarms(
    definitions: dict[str, FormDefinition],
) -> None:
    tracing = Filling(definitions[GUARDIAN_AND_TRACING])
    tracing.answer(guardian_appointed="no", risk_screen="complicit", traced="yes")
    assert {"no_guardian_note", "stop_tracing_note"} <= tracing.asked()
    if not any(node.kind == "instance" for node in tracing.entry.outline()):
        repeat = next(node.path for node in tracing.entry.outline() if node.kind == "repeat")
        tracing.entry.add_instance(repeat)
    tracing.answer(traced_by="consulate", trace_outcome="found", revealed="unsure")
    assert "revealed_note" in tracing.asked()


def test_an_aunt_with_an_unknown_husband_is_not_yet_a_family_for_a_child(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 2."""
    family = Filling(definitions[FAMILY_ASSESSMENT])
    family.answer(taken_in_by="family", relation="aunt_uncle", household_known="no", concerns=["none"])
    assert family.answer(family_outcome="positive") == ["constraint"]
    assert family.answer(family_outcome="open") == []
    assert family.missing() == set()
    family.answer(household_known="yes", willing="yes", child_wants="yes", lawful_custody="yes")
    assert family.missing() == {"custody_basis"}
    assert family.answer(custody_basis="court", family_outcome="positive") == []
    family.answer(concerns=["exploiters"])
    assert "family_outcome" in family.missing()


def test_an_organisation_confirms_admission_care_and_pick_up_each(
    definitions: dict[str, FormDefinition],
) -> None:
    family = Filling(definitions[FAMILY_ASSESSMENT])
    family.answer(taken_in_by="organisation", licensed="unsure")
    assert "licensed_note" in family.asked()
    assert "family_outcome" not in family.asked()
    assert family.missing() == {
        "organisation", "admission_confirmed", "care_confirmed", "pick_up_confirmed",
    }  # fmt: skip


def test_a_receipt_of_35000_lek_has_one_donor_one_line_and_no_euro(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 10."""
    help_given = Filling(definitions[ASSISTANCE])
    help_given.answer(
        delivered_on="2025-05-14",
        assistance_kind="income",
        received="yes",
        in_plan="yes",
        paid_by="us",
        currency="ALL",
        amount="35000",
    )
    assert help_given.missing() == {"donor", "budget_line"}
    assert "receipt_note" in help_given.asked()
    help_given.answer(donor="AMIF", budget_line="4.2", receipt="117/25")
    assert help_given.missing() == set()
    assert "receipt_note" not in help_given.asked()
    assert help_given.answer(amount="0") == ["constraint"]
    assert help_given.answer(amount="-5") == ["constraint"]


def test_what_another_organisation_paid_is_not_counted_as_ours(
    definitions: dict[str, FormDefinition],
) -> None:
    help_given = Filling(definitions[ASSISTANCE])
    help_given.answer(assistance_kind="medical", received="yes", paid_by="us", currency="MAD", amount="400")
    help_given.answer(paid_by="public")
    assert not {"amount", "currency", "donor", "budget_line", "receipt"} & help_given.asked()
    assert help_given.value("amount") is None
    help_given.answer(received="declined")
    assert "paid_by" not in help_given.asked()
    assert help_given.missing() == set()


def test_who_went_to_italy_unreachable_is_not_searched_for_alone(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 10: the neighbour says that she went to Italy."""
    incident = Filling(definitions[SAFETY_INCIDENT])
    incident.answer(danger_now="unsure", incident_on="2026-03-01", incident_kind=["missing"])
    assert {"danger_now_note", "retrafficking_note", "told_note"} <= incident.asked()
    incident.answer(
        facts="A neighbour says: gone to Italy.", incident_source="relative", incident_risk="high"
    )
    assert incident.missing() == set()
    incident.answer(told_at="2026-03-02T08:00:00+00:00")
    assert "told_note" not in incident.asked()
    assert incident.answer(told_at="2026-03-02T12:00:00+00:00") == ["constraint"]


def test_a_danger_from_the_staff_goes_past_the_staff(definitions: dict[str, FormDefinition]) -> None:
    incident = Filling(definitions[SAFETY_INCIDENT])
    incident.answer(caused_by=["staff"])
    assert "insider_note" in incident.asked()
    incident.answer(caused_by=["official"])
    assert "official_note" in incident.asked()
    assert incident.answer(caused_by=["no_answer", "official"]) == ["constraint"]


def test_a_lost_tablet_is_locked_first(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 12."""
    incident = Filling(definitions[SAFETY_INCIDENT])
    incident.answer(incident_kind=["lost_device"])
    assert "lost_note" in incident.asked()


def test_a_man_who_wants_only_a_lawyer_is_referred_with_two_facts(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 3: no shelter, his wages and a lawyer."""
    referral = Filling(definitions[REFERRAL])
    referral.answer(
        sent_on="2026-02-10",
        direction="out_abroad",
        referral_partner="Legal aid of the trade union",
        vetted="known",
        services=["legal"],
        consent_covers="not_asked",
    )
    assert "no_consent_note" in referral.asked()
    referral.answer(consent_covers="yes", referral_state="sent")
    assert referral.missing() == {"agreed_fields"}
    assert referral.answer(agreed_fields=["nothing", "code"]) == ["constraint"]
    assert referral.answer(agreed_fields=["code", "language"], answer_by="2026-02-09") == ["constraint"]
    referral.answer(answer_by="2026-02-17", referral_state="declined")
    assert referral.missing() == {"declined_reason"}
    referral.answer(declined_reason="full", answered_on="2026-02-12")
    assert "instead" in referral.asked()
    assert referral.missing() == set()


def test_a_referral_without_consent_says_why_and_who_decided(definitions: dict[str, FormDefinition]) -> None:
    referral = Filling(definitions[REFERRAL])
    referral.answer(
        direction="out", referral_partner="Hospital", services=["medical"], referral_state="accepted"
    )
    referral.answer(consent_covers="vital_interest")
    assert referral.missing() == {"without_consent_why"}


def test_a_complaint_on_the_coordinator_never_goes_to_the_coordinator(
    definitions: dict[str, FormDefinition],
) -> None:
    complaint = Filling(definitions[FEEDBACK])
    complaint.answer(writer_concerned="yes")
    state = complaint.path("feedback_state")
    assert complaint.entry.answer(state, "closed").violation is not None, "nobody closes what is about her"
    assert complaint.entry.answer(state, "received").violation is None
    complaint.answer(taken_over="yes")
    assert complaint.entry.answer(state, "closed").violation is None, "a colleague does"
    assert "writer_note" in complaint.asked()
    complaint.answer(
        writer_concerned="no",
        given_by="no_name",
        feedback_kind="complaint",
        feedback_about=["coordinator"],
        feedback_state="received",
    )
    assert complaint.answer(handler="coordinator") == ["constraint"]
    assert complaint.answer(handler="worker") == ["constraint"]
    assert complaint.answer(handler="other_coordinator") == []
    assert complaint.missing() == set()
    complaint.answer(feedback_kind="misconduct")
    assert "unsafe_note" in complaint.asked()
    assert complaint.answer(handler="coordinator") == ["constraint"]


def test_who_asks_for_the_own_file_is_known_first(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 12: she asks to be forgotten."""
    wish = Filling(definitions[FEEDBACK])
    wish.answer(writer_concerned="no", feedback_kind="erasure", handler="data_protection")
    wish.answer(feedback_state="received")
    assert wish.missing() == {"identity_check"}
    wish.answer(identity_check="no")
    assert "identity_note" in wish.asked()
    assert "feedback_about" not in wish.asked()
