"""Nobody near those who sold her learns that she comes, when or where to."""

from __future__ import annotations

import pytest

from forms.casework.deny_list import deny_list, may_see
from forms.casework.gates import check
from forms.casework.programme import NONE_NAMED
from forms.casework.referral import Agreement, Parcel, Refused, parcel
from forms.casework.safe_contact import safe_contact
from forms.errors import FormProblem
from tests.vignettes.conftest import Told
from tests.vignettes.usual import (
    COORDINATORS,
    asked,
    assessment,
    case_file,
    codes,
    consent,
    day,
    denied,
    hazard,
    host,
    leg,
    plan,
    travel,
    without,
)

TODAY = day("2026-09-10")
LYON = host("FR", "lyon", "claire")


def test_a_woman_recruited_by_her_uncle_returns_to_another_town_and_nobody_is_told(told: Told) -> None:
    story = told(
        """A woman of 23 returns from France to northern Albania; recruited by her uncle with a promise of
        hotel work, held by debt and threats to her brother. The uncle lives next door to her parents. She
        wants to return to another town; nobody may tell the family the date. She speaks no French."""
    )
    file = case_file(story, day("2026-08-01"), safe_channel=["messenger"], code_word_agreed="yes")
    file.fact("A woman", sex="female")
    file.fact("Albania", country="al")
    file.fact("from France", host_country="fr")
    file.fact("nobody may tell the family", safe_never="Not through my parents, my uncle or my brother")
    file.fact("northern", region="Shkodër")
    denied(file, "Fatmir Hoxha", "Agim Hoxha", "Drita Hoxha")

    screening = story.sheet("screening", day("2026-08-01"), **LYON)
    screening.usual(referred_by="ngo", can_talk="yes")
    screening.fact("of 23", age_estimate="23")
    screening.fact("She speaks no French", interpreter="independent")
    screening.fact("a promise of", deception=["other_work"])
    screening.fact("recruited by her uncle", recruited_by="relative")
    screening.fact("hotel work", promised_work="hospitality")
    screening.fact("held by debt", coercion=["debt", "threat_family"])
    screening.usual(screening_outcome="possible")
    story.rule("a promise of hotel work, held by debt and threats", screening.value("suggested") == "likely")

    solution = story.sheet("durable_solution", day("2026-08-20"), **LYON)
    solution.usual(explained=["return", "stay", "third_country"], decided_by="person", wish="return")
    solution.fact("returns", decision="return")
    solution.fact("to another town", place="Durrës, not the town of her parents")

    tracing = story.sheet("guardian_and_tracing", day("2026-08-21"))
    tracing.usual(guardian_appointed="no", family_signs=["recruited", "contact"], risk_screen="complicit")
    assert tracing.refuses(risk_screen="clear"), "nobody calls such a family clear"

    in_host = assessment(story, day("2026-08-25"), "host", where=LYON)
    in_host.fact("threats to her brother", threats_since=["family"])
    in_host.usual(debt_to="recruiter")
    hazard(in_host, "debt", "medium", "The lawyer writes that nothing is owed")
    hazard(in_host, "retaliation", "high", "The police of Shkodër know of her brother")
    there = assessment(story, day("2026-08-26"), "return")
    there.fact("The uncle", circle="known")
    there.fact("lives next door to her parents", known_to_exploiters=["family"])
    there.fact("She wants to return", person_view="elsewhere")
    hazard(there, "relatives", "high", "She lives in Durrës; nobody of the family is told")

    consent(story, day("2026-08-28"), ["return"], where=LYON)
    consent(story, day("2026-08-28"), ["share_with_country"], where=LYON, recipient="Shelter of Durrës")
    plan(story, day("2026-08-29"))
    way = travel(story, day("2026-09-01"), "2026-09-13T09:00:00+02:00", "2026-09-13T12:40:00+02:00")
    way.fact("nobody may tell the family the date", keep_from="Her parents, her uncle, her brother")
    leg(way, "Lyon", "Tirana", "2026-09-13T09:00:00+02:00")
    leg(way, "Tirana", "Durrës", "2026-09-13T14:00:00+02:00")
    way.usual(itinerary="complete", reception="arranged", received_by="The duty worker of Durrës")

    found, case = story.evidence(), story.case()
    kept_out = deny_list(found, COORDINATORS, TODAY)
    story.rule(
        "her uncle",
        not may_see(True, kept_out, "f.hoxha", "Hoxha Fatmir") and may_see(True, kept_out, "mira"),
    )
    safe = safe_contact(found, TODAY)
    story.rule("nobody may tell the family", "parents" in safe.never and not safe.allows("trusted_person"))

    family = check("contact_family", case, found, TODAY, NONE_NAMED)
    story.rule(
        "The uncle lives next door to her parents",
        codes(family) == {"relatives_may_be_complicit", "consent_missing"},
    )
    reasons = {each for reason in family.reasons for each in reason.evidence}
    assert {tracing.id, there.id} <= reasons
    first_day = asked("contact_family", case, [screening.evidence()], TODAY)
    assert "relatives_may_be_complicit" in codes(first_day), "from the first talk on"

    journey = asked("clear_to_travel", case, found, TODAY)
    story.rule("returns from France to", (journey.open, codes(journey)) == (True, set()))
    alone = asked("clear_to_travel", case, without(found, "needs_and_risks"), TODAY)
    assert {"assessment_host_missing", "assessment_return_missing"} <= codes(alone)

    # A search for the family never tells where she is: of what is agreed with others, the search is no part.
    with pytest.raises(FormProblem):
        Agreement.from_table(
            {
                "recipient": "Police of Shkodër",
                "purpose": "share_with_organisation",
                "fields": ["tracing.begun"],
            }
        )
    shelter = Agreement(
        "Shelter of Durrës", "share_with_country", frozenset({"travel.arrival_at", "tracing.remarks"})
    )
    sent = parcel("Shelter of Durrës", found, [shelter], TODAY, case=case, denied=kept_out.names)
    assert isinstance(sent, Parcel)
    story.rule("the date", sent.fields == ("travel.arrival_at",))
    uncle = Agreement("Fatmir HOXHA", "share_with_country", frozenset({"travel.arrival_at"}))
    refused = parcel("Fatmir HOXHA", found, [uncle], TODAY, case=case, denied=kept_out.names)
    assert refused == Refused("referral.recipient.denied", "Fatmir HOXHA")
    story.end()


def test_a_man_sold_by_his_cousin_goes_to_the_capital_and_the_village_is_not_asked(told: Told) -> None:
    story = told(
        """A man of 34 returns from Italy to Morocco; his wife's cousin found him work on a farm and kept his
        pay. The cousin is a clerk of the commune. He wants to live in Rabat; the village must not hear of
        it. He agrees that his father is looked for."""
    )
    file = case_file(story, day("2026-08-01"), language="ar", safe_channel=["phone_call"])
    file.fact("A man", sex="male")
    file.fact("to Morocco", country="ma")
    file.fact("returns from Italy", host_country="it")
    file.fact("the village must not hear of it", safe_never="Nobody of the village")
    file.row("denied").fact(
        "The cousin is a clerk of the commune", deny_who="Commune of Aït Melloul", deny_decision="denied"
    )
    turin = host("IT", "turin", "paolo")
    screening = story.sheet("screening", day("2026-08-01"), **turin)
    screening.usual(referred_by="labour", can_talk="yes")
    screening.fact("of 34", age_estimate="34")
    screening.fact("his wife's cousin found him work", recruited_by="relative")
    screening.fact("on a farm", sector="agriculture")
    screening.fact("kept his pay", coercion=["pay_kept"], conditions=["no_pay"])
    screening.fact("The cousin", profited="relative")
    screening.usual(screening_outcome="possible")
    solution = story.sheet("durable_solution", day("2026-08-20"), **turin)
    solution.usual(explained=["return"], decided_by="person", decision="return")
    solution.fact("He wants to live in Rabat", place="Rabat")
    agreed = consent(story, day("2026-08-22"), ["tracing"], where=turin, spoken="ar")
    agreed.fact("He agrees that his father is looked for", limits="My father, nobody else")

    found, case = story.evidence(), story.case()
    kept_out = deny_list(found, COORDINATORS, TODAY)
    story.rule("The cousin is a clerk of the commune", kept_out.denies("commune of ait melloul"))
    # Nobody has screened the risk: that a cousin recruited him is enough.
    family = asked("contact_family", case, found, TODAY)
    story.rule("his wife's cousin", codes(family) == {"risk_screen_missing", "relatives_may_be_complicit"})

    screen = story.sheet("guardian_and_tracing", day("2026-09-01"))
    screen.usual(guardian_appointed="no", family_signs=["none"], risk_screen="clear")
    opened = asked("contact_family", case, story.evidence(), TODAY)
    story.rule("his father", (opened.open, codes(opened)) == (True, set()))

    later = assessment(story, day("2026-09-05"), "return", outcome="postpone")
    later.usual(circle="possible")
    later.row("hazard").fact(
        "The cousin is a clerk of the commune",
        hazard_kind="authorities",
        hazard_level="high",
        hazard_mitigation="Papers are asked for in Rabat",
        hazard_owner="return_office",
    )
    again = asked("contact_family", case, story.evidence(), TODAY)
    assert codes(again) == {"relatives_may_be_complicit"}, "a newer sign closes it again"
    story.end()
