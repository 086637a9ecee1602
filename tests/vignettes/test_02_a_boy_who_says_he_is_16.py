"""A child until the contrary is established, and not a step of the way alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.casework.age import age
from forms.casework.consent import in_force
from forms.casework.due import agenda
from forms.casework.gates import GateResult
from tests.vignettes.conftest import Told
from tests.vignettes.story import Story
from tests.vignettes.usual import (
    asked,
    assessment,
    case_file,
    codes,
    consent,
    day,
    hazard,
    host,
    leg,
    plan,
    travel,
    without,
)

TODAY = day("2026-09-10")
ATHENS = host("GR", "athens", "eleni")


def gate(story: Story, *leaving_out: str) -> GateResult:
    return asked("clear_to_travel", story.case(), without(story.evidence(), *leaving_out), TODAY)


def test_a_boy_who_says_he_is_16_travels_with_all_that_a_child_needs_and_not_before(told: Told) -> None:
    story = told(
        """A boy of 14, begging in Athens for a man who is not his father, says he is 16; no papers. An aunt
        in Tirana is willing to take him; her husband is unknown. The guardian is a Greek social worker.
        He wants to go to school and fears the journey."""
    )
    case_file(story, day("2026-07-20"), host_country="gr").fact("A boy", sex="male")
    screening = story.sheet("screening", day("2026-07-20"), **ATHENS).usual(
        referred_by="police", can_talk="yes"
    )
    screening.fact("of 14", age_estimate="14")
    screening.fact("begging", exploitation=["begging"], sector="street")
    screening.fact("for a man who is not his father", profited="false_relative")
    screening.usual(screening_outcome="possible")
    story.rule("A boy of 14, begging", {"child_note", "likely_note"} <= screening.shown())

    guardian = story.sheet("guardian_and_tracing", day("2026-07-25"), **ATHENS).usual(
        guardian_appointed="yes"
    )
    guardian.fact(
        "The guardian is a Greek",
        guardian_name="Eleni P., social service of Athens",
        guardian_document="court",
    )
    guardian.fact("social worker", guardian_kind="social_worker")
    guardian.usual(document_expires="2028-01-01", conflict_check="none")
    guardian.usual(family_signs=["none"], risk_screen="clear")
    family_first = asked("contact_family", story.case(), story.evidence(), TODAY)
    assert codes(family_first) == {"consent_guardian_missing", "consent_child_missing"}
    consent(story, day("2026-07-26"), ["tracing"], where=ATHENS, decided_by="both", recipient="His aunt")
    assert asked("contact_family", story.case(), story.evidence(), TODAY).open

    interest = story.sheet("best_interest", day("2026-08-20"), **ATHENS)
    interest.fact("says he is 16", age_basis=["said", "looks"], age_said="16")
    assert interest.refuses(age_established="adult"), "words and looks make nobody an adult"
    interest.usual(age_established="unclear", views_how="alone", option_kinds=["relatives", "foster_home"])
    interest.fact(
        "He wants to go to school and fears the journey", child_views="School. He is afraid of the journey."
    )
    interest.usual(
        options_weighed="The aunt: kin and school. A foster family here: safe, no kin.",
        decision_makers="The guardian, the prosecutor for minors, a psychologist",
        bid_outcome="in_favour",
        bid_reasons="Kin and school, once the household is known",
        review_on="2026-10-20",
        bid_expires="2026-12-20",
    )

    family = story.sheet("family_assessment", day("2026-08-25")).usual(
        taken_in_by="family", concerns=["none"]
    )
    family.fact("An aunt", relation="aunt_uncle")
    family.fact("is willing to take him", willing="yes", child_wants="yes")
    family.fact("her husband is unknown", household_known="no")
    assert family.refuses(family_outcome="positive")
    family.usual(family_outcome="open")

    in_host = assessment(story, day("2026-08-25"), "host", where=ATHENS)
    in_host.fact("no papers", papers="missing")
    hazard(
        in_host, "journey", "high", "The guardian goes along; he has seen pictures of the way", "host_office"
    )
    assessment(story, day("2026-08-26"), "return")
    plan(story, day("2026-08-27")).row("service").fact(
        "to school", service_kind="training", service_what="School, class 8"
    )
    agreed = consent(story, day("2026-08-28"), ["return"], where=ATHENS, decided_by="both")
    assert "guardian_note" not in agreed.shown()
    way = travel(
        story, day("2026-09-01"), "2026-09-13T09:00:00+03:00", "2026-09-13T12:40:00+02:00",
        document_kinds=["emergency", "child_permission"],
    )  # fmt: skip
    first = leg(way, "Athens", "Rome", "2026-09-13T09:00:00+03:00", "guardian", "Eleni P.")
    first.fact("in Athens", leg_from="Athens")
    row = way.row("leg").usual(leg_from="Rome", leg_at="2026-09-13T11:00:00+02:00")
    row.fact("in Tirana", leg_to="Tirana").usual(leg_escort="none")
    way.usual(itinerary="complete", reception="arranged", received_by="His guardian in Tirana")

    # He says 16, others think 14: neither makes him an adult for years.
    known = age(story.case(), story.evidence(), TODAY)
    story.rule("says he is 16; no papers", known.minor_on(TODAY) and known.minor_on(day("2028-01-01")))
    story.rule("her husband is unknown", "minor_home_missing" in codes(gate(story)))
    story.rule("fears the journey", "minor_escort_missing" in codes(gate(story)))
    assert codes(gate(story)) == {"minor_home_missing", "minor_escort_missing"}

    story.sheet("family_assessment", day("2026-09-05")).usual(
        taken_in_by="family", concerns=["none"], willing="yes", child_wants="yes", relation="aunt_uncle",
        household_known="yes", lawful_custody="yes", custody_basis="court", family_outcome="positive",
    )  # fmt: skip
    again = travel(story, day("2026-09-06"), "2026-09-13T09:00:00+03:00", "2026-09-13T12:40:00+02:00")
    leg(again, "Athens", "Rome", "2026-09-13T09:00:00+03:00", "guardian", "Eleni P.")
    leg(again, "Rome", "Tirana", "2026-09-13T11:00:00+02:00", "staff", "Ana D.")
    again.usual(itinerary="complete", reception="arranged", received_by="His guardian in Tirana")
    open_now = gate(story)
    story.rule("An aunt in Tirana is willing to take him", (open_now.open, codes(open_now)) == (True, set()))

    # At home he is asked for his school, and is not forgotten where it has not begun.
    visit = story.sheet("child_monitoring", day("2026-09-20"))
    visit.usual(outcome="met", present=["nobody"], safe_to_talk="yes", danger_now="no", child_agrees="yes")
    visit.fact("He wants to go to school", school="enrolled_only", child_words="I want to go in already.")
    visit.usual(school_absence=["papers"], needs_any="yes", bid_review="unsure", risk_level="medium")
    visit.row("need").usual(need_kind="training", need_action="The school sees his papers")
    home = agenda(replace(story.case(), arrived_on=day("2026-09-13")), story.evidence(), day("2026-09-21"))
    asks = {item.kind: item for item in home}
    story.rule("to go to school", asks["action.agreed"].subject == "training")
    assert asks["determination.review"].due == day("2026-09-20"), "the visit brings the review forward"
    assert asks["contact.week_2"].form == "child_monitoring"

    # Every row of the gate, one taken away at a time.
    for form, lacking in CHILD_ROWS.items():
        assert lacking <= codes(gate(story, form)), form
    story.rule(
        "The guardian is a Greek social worker",
        "minor_guardian_missing" in CHILD_ROWS["guardian_and_tracing"],
    )
    alone = in_force(
        "return", "", without(story.evidence(), "guardian_and_tracing", "consent"), TODAY, case=story.case()
    )
    assert {each.code for each in alone.reasons} == {"consent.guardian_missing", "consent.child_missing"}
    story.end()


#: What a child's gate asks for, by the form that answers it.
CHILD_ROWS = {
    "best_interest": {"minor_bid_missing"},
    "guardian_and_tracing": {"minor_guardian_missing", "minor_guardian_conflict_unchecked"},
    "family_assessment": {"minor_home_missing"},
    "travel": {"minor_legs_missing", "itinerary_missing", "documents_missing", "reception_missing"},
    "needs_and_risks": {"assessment_host_missing", "assessment_return_missing"},
    "consent": {"consent_guardian_missing", "consent_child_missing"},
    "reintegration_plan": {"plan_missing", "monitoring_plan_missing"},
}


@pytest.mark.parametrize("escort", ["staff", "none"])
def test_a_girl_of_16_without_kin_is_taken_in_by_an_organisation_that_says_so_in_writing(
    told: Told, escort: str
) -> None:
    story = told(
        """A girl of 16 from Ukraine, in domestic work in Rome for a couple that passes for her godparents.
        Her birth certificate is with them. Her mother has died, no family is known; a children's house in
        Lviv admits her. The guardian is a lawyer. She does not want to speak with a man."""
    )
    file = case_file(story, day("2026-07-20"), language="uk", host_country="it")
    file.fact("A girl", sex="female")
    file.fact("from Ukraine", country="ua")
    rome = host("IT", "rome", "chiara")
    screening = story.sheet("screening", day("2026-07-20"), **rome).usual(
        referred_by="hotline", can_talk="yes"
    )
    screening.fact("of 16", age_estimate="16")
    screening.fact("domestic work", exploitation=["servitude"], sector="domestic")
    screening.fact("a couple that passes for her godparents", profited="false_relative")
    screening.usual(screening_outcome="possible")
    intake = story.sheet("shelter_intake", day("2026-07-20"), **rome)
    intake.usual(came_in_at="2026-07-20T18:00:00+02:00", wants_to_stay="yes")
    intake.fact("Her birth certificate is with them", papers="taken")
    intake.fact("She does not want to speak with a man", doctor="woman")
    guardian = story.sheet("guardian_and_tracing", day("2026-07-22"), **rome)
    guardian.usual(guardian_appointed="yes", guardian_document="authority")
    guardian.usual(document_expires="2028-01-01", conflict_check="none")
    guardian.fact("The guardian is a lawyer", guardian_kind="lawyer")
    guardian.usual(family_signs=["not_known"], risk_screen="possible", traced="yes")
    step = guardian.row("trace").usual(traced_by="red_cross", revealed="no")
    step.fact("no family is known", trace_outcome="not_found")
    interest = story.sheet("best_interest", day("2026-08-20"), **rome)
    interest.usual(age_established="minor", views_how="alone", option_kinds=["organisation", "foster_home"])
    interest.fact("Her mother has died", child_views="My mother has died. I want to go to Lviv.")
    interest.usual(
        options_weighed="The house: her language. A foster family here: no one she knows",
        decision_makers="The guardian, the juvenile court",
        bid_outcome="in_favour",
        bid_reasons="Language and school",
        review_on="2026-10-20",
        bid_expires="2026-12-20",
    )
    house = story.sheet("family_assessment", day("2026-08-22")).usual(
        taken_in_by="organisation", licensed="yes"
    )
    house.fact("a children's house in Lviv", organisation="Children's house, Lviv")
    house.fact("admits her", admission_confirmed="yes", care_confirmed="yes", pick_up_confirmed="yes")
    assessment(story, day("2026-08-25"), "host", where=rome)
    assessment(story, day("2026-08-26"), "return", where=host("UA", "lviv", "oksana"))
    plan(story, day("2026-08-27"))
    consent(story, day("2026-08-28"), ["return"], where=rome, decided_by="both", spoken="uk")
    way = travel(story, day("2026-09-01"), "2026-09-13T09:00:00+02:00", "2026-09-13T20:40:00+03:00")
    from_rome = leg(
        way, "Rome", "Lviv", "2026-09-13T09:00:00+02:00", escort, "Ana D." if escort == "staff" else ""
    )
    from_rome.fact("in Rome", leg_from="Rome")
    way.usual(itinerary="complete", reception="arranged", received_by="The house")
    result = gate(story)
    story.rule("a children's house in Lviv admits her", "minor_home_missing" not in codes(result))
    story.rule("A girl of 16", codes(result) == (set() if escort == "staff" else {"minor_escort_missing"}))
    # A family of whom nobody knows anything is not written to.
    story.rule("no family is known", "relatives_may_be_complicit" in codes(
        asked("contact_family", story.case(), story.evidence(), TODAY)
    ))  # fmt: skip
    story.end()
