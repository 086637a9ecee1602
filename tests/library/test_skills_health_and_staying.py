"""Skills and contacts, the check-up, the plan of who stays: as a worker meets them, and what rules read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms import paths
from forms.casework import meanings
from forms.casework.case import Case
from forms.casework.due import agenda
from forms.casework.facts import Evidence
from forms.casework.indicators.journey import checked_up
from forms.casework.indicators.population import Person
from forms.casework.pathway import NAMED, STANDARD
from forms.casework.plan import Plan
from forms.casework.programme import programme
from forms.definition import FormDefinition, Question
from forms.library import CHECK_UP, INTEGRATION_PLAN, REINTEGRATION_PLAN, SKILLS_AND_CONTACTS
from tests.casework.journeys import asked as gate
from tests.casework.journeys import codes
from tests.casework.journeys import said as record
from tests.library.test_stories import NOW, Filling
from tests.library.test_way_home import rows, said

FORMS = (CHECK_UP, SKILLS_AND_CONTACTS, INTEGRATION_PLAN)
TODAY = NOW.date()


def opened(definitions: dict[str, FormDefinition], form: str, **facts: str) -> Filling:
    known = {name.replace("__", "."): value for name, value in facts.items()}
    return Filling(definitions[form], **{"case.code": "MA-7Q4KD2M-X"} | known)


def row(filling: Filling, name: str, place: int = 0) -> str:
    """The path of a question in the instance at this place of its repeat."""
    return [path for path in filling.paths() if path.rpartition("/")[2] == name][place]


def open_steps(found: list[Evidence], today: date = TODAY) -> list[tuple[str, str, str]]:
    items = agenda(Case(stage="decision", country="MA"), found, today)
    return [(i.owner, i.subject, i.due.isoformat()) for i in items if i.kind == "action.agreed"]


# --- all three -------------------------------------------------------------------------------


def asks(definition: FormDefinition, filling: Filling) -> list[str]:
    """The questions on the screen that somebody has to answer, those of each row too."""
    questions = definition.questions
    found = []
    for path in filling.paths():
        question = questions.get(paths.template(path))
        if question is not None and question.asks and not question.readonly:
            found.append(path)
    return found


def test_the_talk_on_skills_has_at_most_25_questions_and_each_chance_twelve(
    definitions: dict[str, FormDefinition],
) -> None:
    skills = opened(definitions, SKILLS_AND_CONTACTS)
    skills.answer(can_go_on="yes", contact_consent="given")
    rows(skills, "tongue", {"tongue_which": "tzm"})
    rows(skills, "chance", {"chance_kind": "course", "next_step": "Visit"})
    found = asks(definitions[SKILLS_AND_CONTACTS], skills)
    chance = [path for path in found if "/chance[" in path]
    assert len(found) - len(chance) <= 25, found
    assert 8 <= len(chance) <= 12, chance


def test_a_check_up_has_at_most_25_questions_on_its_usual_path(
    definitions: dict[str, FormDefinition],
) -> None:
    health = opened(definitions, CHECK_UP)
    health.answer(agreed="yes", kinds=["medical", "psychosocial"], medicine="none", travel="possible")
    health.answer(urgent=["none"], pregnancy="no", self_harm="no", referral_wish="yes")
    assert 12 <= len(asks(definitions[CHECK_UP], health)) <= 25


def test_a_plan_for_staying_has_at_most_25_questions_on_its_usual_path(
    definitions: dict[str, FormDefinition],
) -> None:
    plan = opened(definitions, INTEGRATION_PLAN)
    plan.answer(state="confirmed", monitoring="confirmed", programme_pays="no", signed="written")
    rows(plan, "step", {"service_kind": "language"})
    assert 12 <= len(asks(definitions[INTEGRATION_PLAN], plan)) <= 25


@pytest.mark.parametrize("form_id", FORMS)
def test_who_is_asked_about_herself_may_leave_it_out_or_prefer_not_to_say(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    written_by_the_worker = {
        "agreed", "kinds", "done_by", "travel_conditions", "self_harm_done", "asked_whom", "chance_kind",
        "red_flags", "verified", "step_owner", "step_state", "may_tell", "state", "service_kind",
        "provider_agreed", "allowed", "service_state", "service_owner", "programme_pays", "monitoring",
        "rhythm", "signed", "guardian_signed", "copy_kept", "budget_currency", "spoken_with",
    }  # fmt: skip
    about_herself = [
        q
        for q in definitions[form_id].questions.values()
        if q.asks and q.chooses and q.name not in written_by_the_worker
    ]
    assert about_herself
    for question in about_herself:
        assert "no_answer" in {choice.name for choice in question.choices}, question.name
        alone_required = question.name in ("urgent", "tongue_which")
        assert question.required is None or alone_required, question.name


@pytest.mark.parametrize("form_id", FORMS)
def test_no_stop_clears_what_was_answered_before(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """A stop is a note; nothing that was said is hidden by it."""
    stops = {"can_go_on", "safe_here", "contact_consent", "verified"}
    hidden = {
        element.path
        for element in (*definitions[form_id].questions.values(), *definitions[form_id].groups.values())
        if getattr(element, "asks", True) and any(f"/{stop} " in (element.relevant or "") for stop in stops)
    }
    assert hidden == ({"contacts/may_tell"} if form_id == SKILLS_AND_CONTACTS else set())


def test_every_meaning_of_these_forms_is_listed_and_asked(definitions: dict[str, FormDefinition]) -> None:
    marked = {q.meaning for form in FORMS for q in definitions[form].questions.values() if q.meaning}
    for block in (meanings.CHECK_UP, meanings.SKILLS, meanings.INTEGRATION):
        assert set(block) <= marked
    assert marked - set(meanings.KNOWN) == {"case.code"}


def test_each_form_is_offered_where_it_belongs() -> None:
    offered = {form: {plan.id for plan in STANDARD if form in plan.forms} for form in FORMS}
    assert set(FORMS) <= NAMED
    assert offered[SKILLS_AND_CONTACTS] == {"decision", "pre_departure"}
    assert offered[INTEGRATION_PLAN] == {"decision", "reintegration"}
    assert offered[CHECK_UP] == {"shelter", "pre_departure", "arrival", "reintegration"}
    (own,) = [plan for plan in programme("example").stages if plan.id == "apprenticeship"]
    assert own.forms[0] == INTEGRATION_PLAN


@pytest.mark.parametrize("form_id", FORMS)
def test_what_is_told_about_health_or_a_wish_is_private(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    open_to_the_team = {
        "checkup.on", "checkup.kind", "checkup.agreed", "checkup.follow_up_on",
    }  # fmt: skip
    for question in definitions[form_id].questions.values():
        meaning = question.meaning or ""
        if meaning.startswith("checkup.") and meaning not in open_to_the_team:
            assert question.safety == "private", question.name


# --- skills and contacts ---------------------------------------------------------------------


def test_a_tailor_from_a_village_is_asked_for_without_her_name_and_a_course_is_found(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 4: she reads neither Arabic nor French; her brothers must not know."""
    skills = opened(definitions, SKILLS_AND_CONTACTS, person__language="other")
    state = skills.entry.state(skills.path("spoken_with"))
    assert (state.value, state.readonly) == ("other", True)
    skills.answer(talked_on="2026-02-20", can_go_on="yes", schooling="some_primary")
    rows(
        skills,
        "tongue",
        {"tongue_which": "tzm", "tongue_spoken": "fluent", "tongue_read": "no", "tongue_written": "no"},
        {"tongue_which": "ary", "tongue_spoken": "well", "tongue_read": "no"},
        {"tongue_which": "fr", "tongue_spoken": "some", "tongue_read": "no"},
    )
    assert skills.answer(work_done=["none", "sewing"]) == ["constraint"]
    skills.answer(
        work_done=["sewing", "farm", "household"],
        work_liked="Hems and collars",
        informal_skills="Bargains at the market; embroiders without a pattern",
        work_limits=["lifting", "standing"],
        work_refused=["sleep_there", "relative"],
        wish_words="A room with a window and a machine of my own",
        strengths="Her mother; patience",
        worries="That the brothers hear of it",
        first_wish="rest",
        training_wanted=["trade", "reading"],
        business="idea",
        care_needs=["expected"],
    )
    assert "no_consent_note" in skills.asked(), "nobody has asked her yet"
    skills.answer(contact_consent="not_asked")
    assert {"no_consent_note"} <= skills.asked()
    assert "may_tell" not in skills.asked()
    skills.answer(contact_consent="given")
    assert "no_consent_note" not in skills.asked()
    assert skills.missing() == {"may_tell"}
    assert skills.answer(may_tell=["nothing", "skills"]) == ["constraint"]
    assert skills.answer(may_tell=["skills", "limits"]) == []
    found = {
        "asked_by": "Office in Rabat",
        "asked_whom": "peer",
        "asked_name": "A. Z., by the office in Rabat only",
        "asked_on": "2026-02-25",
        "chance_kind": "course",
        "chance_what": "Sewing co-operative in another town, six months, bus fare paid",
        "red_flags": ["none"],
        "verified": "safe",
        "next_step": "Keep a place from May",
        "step_owner": "other_country",
        "step_due": "2026-03-20",
    }
    assert rows(skills, "chance", found) == []
    assert skills.missing() == set()
    assert "1" in skills.entry.state(skills.path("safe_note")).label
    told = said(skills)
    assert [each["tongue.read"] for each in told.rows["tongue"]] == ["no", "no", "no"]
    assert told.rows["chance"][0]["chance.verified"] == "safe"
    assert open_steps([told]) == [("other_country", "course", "2026-03-20")]
    skills.entry.answer(row(skills, "step_state"), "done")
    assert open_steps([said(skills)]) == []


def test_an_offer_that_may_be_a_trap_stops_and_is_never_called_safe(
    definitions: dict[str, FormDefinition],
) -> None:
    skills = opened(definitions, SKILLS_AND_CONTACTS)
    offer = {"asked_whom": "internet", "chance_kind": "work", "chance_what": "Hotel in Dubai, 2,000 EUR"}
    assert rows(skills, "chance", {**offer, "verified": "safe"}) == ["constraint"], "nobody looked at it"
    verdict, flags = row(skills, "verified"), row(skills, "red_flags")
    skills.entry.answer(flags, ["pay", "onward", "none"])
    assert skills.entry.answer(flags, ["pay", "onward"]).violation is None
    change = skills.entry.answer(verdict, "safe")
    assert change.violation is not None
    skills.entry.answer(verdict, "doubtful")
    assert "unverified_note" in skills.asked()
    assert "trap_note" not in skills.asked()
    skills.entry.answer(flags, ["pay", "knows_person"])
    assert "trap_note" in skills.asked(), "somebody knows what nobody was told"
    skills.entry.answer(flags, ["pay"])
    skills.entry.answer(verdict, "trap")
    assert "trap_note" in skills.asked()
    assert "safe_note" not in skills.asked()


def test_an_offer_that_was_safe_is_not_when_a_sign_turns_up_later(
    definitions: dict[str, FormDefinition],
) -> None:
    skills = opened(definitions, SKILLS_AND_CONTACTS)
    offer = {"asked_whom": "employer", "chance_kind": "work", "chance_what": "Bakery", "red_flags": ["none"]}
    assert rows(skills, "chance", {**offer, "verified": "safe"}) == []
    skills.entry.answer(row(skills, "red_flags"), ["fee"])
    assert "verified" in skills.missing()


def test_who_was_asked_and_had_nothing_leaves_no_verdict(definitions: dict[str, FormDefinition]) -> None:
    skills = opened(definitions, SKILLS_AND_CONTACTS)
    skills.answer(can_go_on="yes")
    rows(skills, "chance", {"asked_whom": "employment", "chance_kind": "none", "next_step": "Ask in May"})
    assert not {"red_flags", "verified", "trap_note"} & skills.asked()
    assert skills.missing() == set()
    assert open_steps([said(skills)]) == [("worker", "none", "2026-03-16")], "two weeks, where no day is told"


def test_the_talk_breaks_off_when_it_is_too_much_and_keeps_what_was_said(
    definitions: dict[str, FormDefinition],
) -> None:
    skills = opened(definitions, SKILLS_AND_CONTACTS)
    skills.answer(work_refused=["bars", "other"], refused_words="No music like that")
    skills.answer(can_go_on="tired")
    assert "pause_note" in skills.asked()
    skills.answer(can_go_on="no")
    assert "stop_note" in skills.asked()
    assert skills.value("work_refused") == ["bars", "other"]
    assert skills.missing() == set(), "a talk that was broken off can be kept"
    skills.answer(work_refused=["bars"])
    assert "refused_words" not in skills.asked()


# --- check-up --------------------------------------------------------------------------------


def test_a_man_with_a_back_injury_may_travel_by_land_with_somebody_to_lift(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 3: he goes to his sister in another oblast."""
    health = opened(definitions, CHECK_UP)
    health.answer(checked_on="2026-02-12", agreed="partly")
    assert health.missing() == {"kinds", "done_by", "urgent"}
    health.answer(kinds=["medical"], done_by="doctor", urgent=["none"], injuries="specialist")
    health.answer(pregnancy="does_not_apply", travel="conditions")
    assert health.missing() == {"travel_conditions"}
    health.answer(travel_conditions=["no_flight", "company", "seat"], travel_word_until="2026-05-01")
    assert health.answer(travel_word_until="2026-02-01") == ["constraint"]
    health.answer(travel_word_until="2026-05-01", medicine="yes")
    assert health.missing() == {"medicine_what"}
    assert "medicine_note" in health.asked()
    health.answer(medicine_what="Two packages, twice a day", medicine_until="2026-04-10")
    health.answer(vaccination="no_child", referral_wish="yes")
    assert health.missing() == {"referral_where"}
    health.answer(referral_where="Spine clinic in the oblast of his sister")
    assert health.answer(follow_up_on="2026-02-12") == ["constraint"]
    assert health.answer(follow_up_on="2026-03-12", nobody_knows="His old foreman; no letters home") == []
    assert health.missing() == set()
    assert open_steps([said(health)]) == [("worker", "", "2026-03-12")]
    health.answer(travel="not_yet")
    assert "not_yet_note" in health.asked()
    assert not {"travel_conditions", "travel_word_until"} & health.asked()


def test_a_word_of_self_harm_stops_everything_and_asks_what_was_done_at_once(
    definitions: dict[str, FormDefinition],
) -> None:
    health = opened(definitions, CHECK_UP)
    health.answer(agreed="yes", kinds=["psychosocial"], done_by="psychologist", urgent=["none"])
    health.answer(sleep="hard", fear="some", self_harm="no_answer")
    assert "self_harm_note" not in health.asked()
    for answer in ("unsure", "yes"):
        health.answer(self_harm=answer)
        assert "self_harm_note" in health.asked()
        assert health.missing() == {"self_harm_done"}
    assert health.answer(self_harm_done=["not_yet", "coordinator"]) == ["constraint"]
    health.answer(self_harm_done=["somebody_stays", "emergency", "coordinator", "out_of_reach"])
    assert health.missing() == set()


@pytest.mark.parametrize(
    ("answers", "notes"),
    [
        ({"urgent": ["injury"]}, {"urgent_note"}),
        ({"urgent": ["pregnancy"]}, {"urgent_note"}),
        ({"urgent": ["illness", "medicine"]}, {"urgent_note"}),
        ({"urgent": ["violence"]}, {"hours_note"}),
        ({"urgent": ["medicine"]}, set()),
        ({"urgent": ["none"], "substances": "withdrawal"}, {"withdrawal_note"}),
        ({"urgent": ["none"], "substances": "wished"}, set()),
        ({"urgent": ["no_answer"], "travel": "not_yet"}, {"not_yet_note"}),
    ],
)
def test_what_cannot_wait_is_said_at_once(
    answers: dict[str, Any], notes: set[str], definitions: dict[str, FormDefinition]
) -> None:
    health = opened(definitions, CHECK_UP)
    health.answer(agreed="yes", kinds=["medical"], done_by="nurse", **answers)
    stops = {"urgent_note", "hours_note", "withdrawal_note", "not_yet_note", "self_harm_note"}
    assert stops & health.asked() == notes
    assert health.answer(urgent=["none", "injury"]) == ["constraint"]


def test_a_child_that_is_expected_has_a_month_and_the_papers_of_the_one_at_her_hand_are_asked_for(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 4: she asks for a midwife."""
    health = opened(definitions, CHECK_UP)
    health.answer(checked_on="2026-02-20", agreed="yes", kinds=["medical"], done_by="midwife")
    assert "birth_expected" not in health.asked()
    health.answer(pregnancy="yes")
    assert health.answer(birth_expected="2027-06-01") == ["constraint"]
    assert health.answer(birth_expected="2025-12-01") == ["constraint"]
    assert health.answer(birth_expected="2026-07-10", vaccination="asked_for") == []


def test_a_check_up_that_was_declined_is_none_and_takes_back_the_next_date(
    definitions: dict[str, FormDefinition],
) -> None:
    health = opened(definitions, CHECK_UP)
    health.answer(agreed="declined")
    assert "declined_note" in health.asked()
    assert not {"kinds", "done_by", "urgent", "pregnancy", "travel", "sleep", "self_harm"} & health.asked()
    assert {"medicine", "referral_wish", "nobody_knows"} <= health.asked()
    assert health.missing() == set()
    declined = said(health)
    home = replace(record("home")({"arrival.outcome": "received"}), on=date(2026, 2, 27))
    person = Person("p", Case(country="MA"), (home, declined))
    assert [entry.missing for entry in checked_up(person, TODAY)] == [True, True]
    health.answer(agreed="yes", kinds=["medical", "psychosocial"])
    done = Person("p", Case(country="MA"), (home, said(health)))
    assert [(entry.labels["kind"], entry.amount) for entry in checked_up(done, TODAY)] == [
        ("medical", 3), ("psychosocial", 3),
    ]  # fmt: skip
    earlier = replace(record("before")({"checkup.follow_up_on": "2026-02-01"}), on=date(2026, 1, 1))
    assert open_steps([earlier]) == [("worker", "", "2026-02-01")]
    assert open_steps([earlier, declined]) == []


# --- integration plan ------------------------------------------------------------------------


def bakery(definitions: dict[str, FormDefinition]) -> Filling:
    """Vignette 5: an asylum seeker of 19 in Cyprus; a language course, an apprenticeship in a bakery."""
    plan = opened(definitions, INTEGRATION_PLAN)
    plan.answer(
        plan_on="2026-02-20",
        state="confirmed",
        safe_here="no",
        goals="A room of my own and bread that I baked",
        programme_pays="no",
        monitoring="confirmed",
        rhythm="two_weeks",
        return_open="told",
        signed="written",
        guardian_signed="not_needed",
        copy_kept="office",
    )
    rows(
        plan,
        "step",
        {
            "service_kind": "language",
            "service_what": "I can ask for flour without a phone",
            "provider": "Evening school",
            "service_starts": "2026-02-23",
            "service_due": "2026-06-30",
            "service_owner": "person",
        },
        {
            "service_kind": "apprenticeship",
            "service_what": "I bake alone",
            "provider": "Bakery",
            "allowed": "applied",
            "service_due": "2026-09-01",
        },
        {
            "service_kind": "status",
            "service_what": "The interview is behind me",
            "service_due": "2026-03-01",
            "service_owner": "worker",
        },
    )
    return plan


STAYS = replace(record("decision")({"solution.decision": "stay"}), on=date(2026, 2, 15))
HER = Case(country="MD", stage="reintegration", birth_date=date(2007, 1, 9), language="fr")


def test_an_apprentice_in_a_bakery_settles_in_by_the_same_rules_as_who_returns(
    definitions: dict[str, FormDefinition],
) -> None:
    plan = bakery(definitions)
    assert plan.missing() == set()
    found = said(plan)
    assert found.text("plan.way") == "stay"
    assert gate("start_reintegration", HER, [STAYS, found], TODAY).open
    assert not gate("start_reintegration", HER, [found], TODAY).open, "nobody has decided that she stays"
    services = Plan.of([found], TODAY).services
    assert [(each.kind, each.provider, each.state) for each in services] == [
        ("language", "Evening school", "open"), ("apprenticeship", "Bakery", "open"), ("status", "", "open"),
    ]  # fmt: skip
    items = agenda(HER, [STAYS, found], TODAY)
    steps = [(i.subject, i.overdue) for i in items if i.kind == "plan.milestone"]
    assert steps == [("status", True), ("language", False), ("apprenticeship", False)]
    contacts = [(i.kind, i.due.isoformat(), i.overdue) for i in items if i.kind.startswith("contact.")]
    assert contacts[0] == ("contact.hours_48", "2026-02-22", True)
    assert not [i for i in items if i.kind.startswith("arrival")], "there is no journey to wait for"


def test_contacts_of_who_stays_stop_at_her_word_and_are_missed_like_any_other(
    definitions: dict[str, FormDefinition],
) -> None:
    found = [STAYS, said(bakery(definitions))]

    def kinds(found: list[Evidence], today: date = TODAY) -> set[str]:
        return {i.kind.partition(".")[0] for i in agenda(HER, found, today)}

    assert kinds(found) == {"plan", "contact"}
    assert kinds(found, date(2026, 3, 20)) == {"plan", "contact", "escalation"}
    met = replace(record("met")({"contact.outcome": "met"}), on=date(2026, 3, 19))
    assert kinds([*found, met], date(2026, 3, 20)) == {"plan", "contact"}
    no_more = record("no")({"consent.purpose": ["monitoring"], "consent.decision": "withdrawn"})
    assert kinds([*found, replace(no_more, on=TODAY)]) == {"plan"}
    confirmed = record("journey")({"plan.state": "confirmed", "plan.way": "journey"})
    assert kinds([STAYS, replace(confirmed, on=TODAY)]) == set(), "a plan for a journey settles nobody here"


def test_a_draft_for_staying_starts_nothing_and_waits_for_no_arrival(
    definitions: dict[str, FormDefinition],
) -> None:
    plan = bakery(definitions)
    assert plan.answer(signed="no") == ["constraint"]
    plan.answer(state="draft", signed="no")
    assert plan.missing() == set()
    found = said(plan)
    assert codes(gate("start_reintegration", HER, [STAYS, found], TODAY)) == {
        "plan_unconfirmed", "plan_unsigned",
    }  # fmt: skip
    assert {i.kind for i in agenda(HER, [STAYS, found], TODAY)} == {"plan.milestone"}


def test_a_plan_for_staying_is_no_plan_for_a_journey_and_the_other_way_round(
    definitions: dict[str, FormDefinition],
) -> None:
    """Vignette 5: the return may be taken up later; then it begins anew."""
    staying = said(bakery(definitions))
    later = replace(record("later")({"solution.decision": "return"}), on=date(2026, 3, 1))
    closed = codes(gate("clear_to_travel", HER, [STAYS, staying, later], TODAY))
    assert {"plan_missing", "monitoring_plan_missing"} <= closed
    journey = opened(definitions, REINTEGRATION_PLAN)
    journey.answer(state="draft", monitoring="draft", signed="no")
    closed = codes(gate("clear_to_travel", HER, [STAYS, staying, later, said(journey)], TODAY))
    assert not {"plan_missing", "monitoring_plan_missing"} & closed
    journey.answer(state="confirmed", monitoring="confirmed", goals="Home", signed="written")
    assert said(journey).text("plan.way") == "journey"
    closed = codes(gate("start_reintegration", HER, [STAYS, said(journey)], TODAY))
    assert closed == {"plan_unconfirmed", "monitoring_plan_unconfirmed", "plan_unsigned"}


def test_work_without_the_right_to_it_waits(definitions: dict[str, FormDefinition]) -> None:
    plan = bakery(definitions)
    allowed = row(plan, "allowed")
    assert "allowed_note" not in plan.asked()
    for answer, waits in (("no", True), ("not_known", True), ("applied", False), ("yes", False)):
        plan.entry.answer(allowed, answer)
        assert ("allowed_note" in plan.asked()) is waits
    assert len([path for path in plan.paths() if path.endswith("/allowed")]) == 1, "a course needs no permit"


def test_what_became_unsafe_here_stops_the_plan(definitions: dict[str, FormDefinition]) -> None:
    plan = bakery(definitions)
    for answer in ("unsure", "yes"):
        plan.answer(safe_here=answer)
        assert "danger_note" in plan.asked()
    assert plan.value("goals"), "what she wants is kept"
    plan.answer(safe_here="no_answer")
    assert "danger_note" not in plan.asked()


def test_who_asks_about_the_return_hears_that_it_begins_anew(definitions: dict[str, FormDefinition]) -> None:
    plan = bakery(definitions)
    assert "return_note" not in plan.asked()
    plan.answer(return_open="asks", if_return="Wages of February; the certificate of the course")
    assert "return_note" in plan.asked()


def test_a_spoken_agreement_has_a_witness_and_money_a_line(definitions: dict[str, FormDefinition]) -> None:
    plan = bakery(definitions)
    plan.answer(signed="verbal_witnessed")
    assert plan.missing() == {"plan_witness"}
    plan.answer(plan_witness="An interpreter of the shelter")
    assert "service_line" not in plan.asked()
    plan.answer(programme_pays="yes")
    assert "service_line" in plan.asked()
    rows(plan, "budget", {"budget_line": "Courses", "budget_amount": "300", "budget_donor": "AMIF"})
    plan.entry.answer(row(plan, "service_line"), "Courses")
    assert plan.missing() == set()
    lines = Plan.of([said(plan)], TODAY)
    assert [line.id for line in lines.lines_for("language")] == ["Courses"]
    plan.answer(programme_pays="no")
    assert Plan.of([said(plan)], TODAY).lines == ()


def test_a_milestone_ends_after_it_begins(definitions: dict[str, FormDefinition]) -> None:
    plan = opened(definitions, INTEGRATION_PLAN)
    course = {"service_kind": "language", "service_what": "Read", "service_starts": "2026-03-10"}
    assert rows(plan, "step", {**course, "service_due": "2026-03-09"}) == ["constraint"]
    assert rows(plan, "step", {**course, "service_due": "2026-03-01"}) == ["constraint"]
    assert rows(plan, "step", {**course, "service_due": "2026-03-10"}) == []


def test_a_person_has_one_plan_so_both_ask_for_the_same_facts(
    definitions: dict[str, FormDefinition],
) -> None:
    def facts(form: str) -> set[str]:
        return {q.meaning for q in definitions[form].questions.values() if typed(q) and q.meaning}

    shared = facts(INTEGRATION_PLAN) & facts(REINTEGRATION_PLAN)
    assert {"plan.state", "plan.monitoring", "plan.signed", "service.kind", "service.due"} <= shared
    others = {meaning for form in definitions if form not in (INTEGRATION_PLAN, REINTEGRATION_PLAN)
              for meaning in facts(form)}  # fmt: skip
    assert not (facts(INTEGRATION_PLAN) & others)


def typed(question: Question) -> bool:
    return question.asks and not question.readonly and not question.calculate
