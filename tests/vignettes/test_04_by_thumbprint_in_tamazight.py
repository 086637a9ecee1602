"""What somebody agrees to who does not read, in a language that few of the staff speak."""

from __future__ import annotations

from dataclasses import replace

from forms.casework.consent import in_force
from forms.casework.deny_list import deny_list
from forms.casework.due import agenda
from forms.casework.facts import Evidence
from forms.casework.plan import Plan
from forms.casework.safe_contact import may_remind, safe_contact
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
    host,
    plan,
    taken_back,
)

TODAY = day("2026-09-10")
MADRID = host("ES", "madrid", "lola")


def test_a_pregnant_woman_agrees_by_thumbprint_and_her_brothers_do_not_learn_of_it(told: Told) -> None:
    story = told(
        """A woman of 30 from a village near Beni Mellal, returns from Spain pregnant; reads neither Arabic
        nor French, speaks Tamazight; gives consent by thumbprint with an interpreter present. Her mother
        may know, her brothers must not. She asks for a midwife and for tailoring equipment."""
    )
    file = case_file(story, day("2026-08-01"), language="zgh", country="ma")
    file.fact("A woman", sex="female")
    file.fact("from Spain", host_country="es")
    file.fact("Beni Mellal", region="Béni Mellal")
    file.fact(
        "Her mother may know", safe_channel=["trusted_person"], safe_times="Through her mother, mornings"
    )
    file.fact("her brothers must not", safe_never="Her brothers; never when one of them is at home")
    denied(file, "Said Amrani", "Youssef Amrani")
    screening = story.sheet("screening", day("2026-08-01"), **MADRID).usual(referred_by="ngo", can_talk="yes")
    screening.fact("of 30", age_estimate="30")
    screening.fact("reads neither Arabic nor French", reads="no")
    screening.usual(interpreter="independent", screening_outcome="possible")
    intake = story.sheet("shelter_intake", day("2026-08-01"), **MADRID)
    intake.usual(came_in_at="2026-08-01T18:00:00+02:00", wants_to_stay="yes")
    intake.fact("pregnant", health_now=["pregnancy"], doctor="woman")
    intake.usual(must_not_know="Her brothers")
    story.sheet("durable_solution", day("2026-08-15"), **MADRID).usual(
        explained=["return", "stay"], decided_by="person", wish="return"
    ).fact("returns", decision="return").fact(
        "a village near Beni Mellal", place="A village near Beni Mellal"
    )
    agreed = consent(story, day("2026-08-20"), ["return", "monitoring"], where=MADRID)
    agreed.fact("speaks Tamazight", spoken="zgh")
    agreed.fact("gives consent by thumbprint", how_given="thumbprint")
    agreed.usual(witness="A nurse of the shelter", witness_fits="yes")
    agreed.fact("with an interpreter present", interpreter="Tiziri A., interpreters of the town")
    agreed.usual(limits="My mother may know. My brothers must not.")
    steps = plan(story, day("2026-08-25"), signed="thumbprint", plan_witness="A nurse", copy_kept="office")
    steps.row("service").fact(
        "She asks for a midwife", service_kind="health", service_what="A midwife", service_due="2026-10-01",
        service_line="Health",
    )  # fmt: skip
    steps.row("service").fact(
        "for tailoring equipment",
        service_kind="income",
        service_what="Sewing machine and cloth",
        service_line="Income",
    )
    steps.row("milestone").usual(milestone_what="The first dress is sold", milestone_due="2027-03-01")
    steps.row("budget").usual(budget_line="Health", budget_amount="3000", budget_currency="MAD")
    steps.row("budget").usual(budget_line="Income", budget_amount="600")

    found, case = story.evidence(), story.case()
    given = in_force("return", "", found, TODAY, case=case)
    story.rule("gives consent by thumbprint with an interpreter present", given.in_force)
    in_french = {"consent.language": "fr"}
    for taken_away, said_in, lacking in (
        ("interpreter", {}, set()),  # in her own language, by somebody who speaks it
        ("interpreter", in_french, {"consent.interpreter_missing"}),
        ("witness", {}, {"consent.witness_missing"}),
    ):
        less = [
            each if each.form != "consent" else _without(each, f"consent.{taken_away}", said_in)
            for each in story.evidence()
        ]
        reasons = {r.code for r in in_force("return", "", less, TODAY, case=case).reasons}
        assert reasons == lacking
    story.rule("her brothers must not", deny_list(found, COORDINATORS, TODAY).denies("Youssef  AMRANI"))
    safe = safe_contact(found, TODAY)
    story.rule("Her mother may know", safe.channels == ("trusted_person",))
    assert may_remind(safe, "text_message").code == "reminder.channel_not_safe"
    story.rule("pregnant", {"health_note"} <= intake.shown())
    (midwife, machine) = Plan.of(found, TODAY).services
    story.rule(
        "for a midwife and for tailoring equipment", (midwife.line, machine.line) == ("Health", "Income")
    )
    due = [(item.due, item.subject) for item in agenda(case, found, TODAY) if item.kind == "plan.milestone"]
    assert due == [(day("2026-10-01"), "health"), (day("2027-03-01"), "")]
    # The family is looked for only when she agrees to that as well.
    assert "consent_missing" in codes(asked("contact_family", case, found, TODAY))
    taken_back(story, day("2026-09-01"), [])
    everything = in_force("monitoring", "", story.evidence(), TODAY, case=case)
    assert {reason.code for reason in everything.reasons} == {"consent.withdrawn"}
    story.end()


def _without(each: Evidence, meaning: str, instead: dict[str, str]) -> Evidence:
    left = {key: value for key, value in each.values.items() if key != meaning}
    return replace(each, values={**left, **instead})


def test_a_deaf_man_agrees_before_a_witness_and_his_employer_is_kept_out(told: Told) -> None:
    story = told(
        """A man of 45 from Moldova, back from Poland, deaf; his sign language has an interpreter in Chisinau
        who comes along. He agrees by word of hand before a witness to be visited. His sister may receive
        messages, his employer must learn nothing. He asks for hearing aids and for a driving course."""
    )
    file = case_file(story, day("2026-08-01"), language="sgn", stage="reintegration")
    file.fact("A man", sex="male")
    file.fact("from Moldova", country="md")
    file.fact("back from Poland", host_country="pl")
    file.fact("His sister may receive messages", safe_channel=["messenger", "trusted_person"])
    file.fact("his employer must learn nothing", safe_never="His employer")
    denied(file, "Agro-Nord")
    screening = story.sheet("screening", day("2026-08-01")).usual(referred_by="self", can_talk="yes")
    screening.fact("of 45", age_estimate="45")
    screening.usual(vulnerability=["illness", "language"])
    screening.usual(screening_outcome="possible")
    here = assessment(story, day("2026-08-03"), "return")
    here.fact("deaf", health_needs=["disability"], support=["interpreter"])
    agreed = consent(story, day("2026-08-05"), ["monitoring"])
    agreed.fact("his sign language", spoken="sgn")
    assert agreed.entry.validate(), "without an interpreter nobody has agreed to anything"
    agreed.fact("an interpreter in Chisinau who comes along", interpreter="Ion C., sign interpreter")
    agreed.fact(
        "by word of hand before a witness",
        how_given="verbal_witnessed",
        witness="A social worker of the town",
    )
    agreed.usual(witness_fits="yes")
    agreed.fact("He agrees", decision="given")
    agreed.fact("to be visited", purpose=["monitoring"])
    steps = plan(
        story,
        day("2026-08-10"),
        state="confirmed",
        goals="To drive",
        signed="verbal_witnessed",
        plan_witness="I. C.",
    )
    steps.row("service").fact("He asks for hearing aids", service_kind="health", service_what="Hearing aids")
    steps.row("service").fact("a driving course", service_kind="training", service_what="Driving course")
    steps.usual(monitoring="confirmed")
    found, case = story.evidence(), story.case()
    story.rule(
        "He agrees by word of hand before a witness",
        in_force("monitoring", "", found, TODAY, case=case).in_force,
    )
    story.rule("his employer must learn nothing", deny_list(found, COORDINATORS, TODAY).denies("agro nord"))
    story.rule("He asks for", {s.kind for s in Plan.of(found, TODAY).services} == {"health", "training"})
    # To be visited is no return.
    assert not in_force("return", "", found, TODAY, case=case).in_force
    safe = safe_contact(found, TODAY)
    story.rule("messages", may_remind(safe, "messenger").code == "reminder.code_word_needed")
    story.end()
