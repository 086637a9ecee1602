"""A child at home, visited: seen alone, the carer heard apart; when to break off; what rules make of it."""

from __future__ import annotations

import random
import re
from datetime import date
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.due import Due, DueRules, Finished, agenda
from forms.casework.facts import Evidence
from forms.casework.indicators import follow_up
from forms.casework.indicators.population import Person
from forms.casework.referral import NEVER_SENT
from forms.casework.risk import advice
from forms.definition import FormDefinition
from forms.library import CHILD_MONITORING, MONITORING_CONTACT
from tests.forms.filler import fill
from tests.library.said import said
from tests.library.test_stories import Filling

#: The boy of 14 came home on 2 February; Elira visits him on 2 March.
ARRIVED = date(2026, 2, 2)
VISIT = date(2026, 3, 2)
BOY = Case(code="AL-1", country="al", stage="reintegration", arrived_on=ARRIVED, birth_date=date(2011, 9, 1))


@pytest.fixture
def visit(definitions: dict[str, FormDefinition]) -> Filling:
    """Elira sits with him in the park near his school."""
    filling = Filling(definitions[CHILD_MONITORING])
    filling.answer(contact_date="2026-03-02", outcome="met", danger_now="no", safe_to_talk="yes")
    return filling


def bid(on: date, **more: str) -> Evidence:
    values = {"bid.outcome": "in_favour", "bid.expires": "2026-12-31", "bid.review_on": "2026-11-01"}
    return Evidence("bid", "best_interest", on, {**values, **more}, order="0")


def item(found: tuple[Due, ...], kind: str) -> Due:
    (one,) = [each for each in found if each.kind == kind]
    return one


# --- stories -----------------------------------------------------------------------------------


def test_a_boy_with_his_aunt_goes_to_school_and_the_visit_is_complete(visit: Filling) -> None:
    """Vignette 2, a month later."""
    answers: dict[str, Any] = {
        "seen_where": "outside",
        "present": ["nobody"],
        "channel_still_safe": "yes",
        "child_agrees": "yes",
        "as_arranged": "yes",
        "school": "attends",
        "play": "friends",
        "health": "good",
        "own_safety": "4",
        "home": ["well"],
        "threats": ["none"],
        "offers_abroad": "no",
        "child_work": ["helps"],
        "marriage_talk": "none",
        "wellbeing": ["sleep"],
        "child_words": "I like the school, I want my own bed.",
        "tell_nobody": "That I miss my mother.",
        "carer_heard": "apart",
        "carer_strain": "tired",
        "carer_needs": ["school_costs", "rest"],
        "carer_words": "He is quiet, but he eats well.",
        "siblings_risk": "no",
        "guardianship": "in_force",
        "own_documents": "shared",
        "plan_progress": "on_track",
        "needs_any": "no",
        "care_seen": ["bed"],
        "observation": "Laughs with the neighbours' boys.",
        "bid_review": "no",
        "further_contact": "as_planned",
        "next_agreed": "2026-03-30",
        "risk_level": "low",
    }
    assert visit.answer(**answers) == []
    assert visit.missing() == set()
    assert visit.value("suggested_risk") == "low"
    stops = {name for name in visit.asked() if name.endswith("_note")}
    assert stops == set()


def test_a_visit_to_a_child_has_at_most_forty_questions_on_its_usual_path(visit: Filling) -> None:
    visit.answer(outcome="met", carer_heard="apart", school="attends", needs_any="no")
    questions = visit.entry.definition.questions
    asked = [path for path in visit.paths() if path in questions and questions[path].asks]
    assert 30 <= len(asked) - 2 <= 40, asked  # two of them are only shown


def test_what_was_arranged_is_shown_and_not_asked_again(definitions: dict[str, FormDefinition]) -> None:
    known = {"family.relation": "aunt_uncle", "guardian.document_expires": "2029-09-01"}
    visit = Filling(definitions[CHILD_MONITORING], **known)
    visit.answer(outcome="met", danger_now="no")
    for name, value in (("arranged_with", "aunt_uncle"), ("guardian_ends", "2029-09-01")):
        state = visit.entry.state(visit.path(name))
        assert (state.value, state.readonly) == (value, True)
    told = said(visit, VISIT)
    assert told.text("family.relation") == ""
    assert told.text("guardian.document_expires") == "", "an old copy does not outlive its correction"


def test_the_aunts_husband_stays_in_the_room_and_the_visit_is_planned_anew(visit: Filling) -> None:
    """Vignette 2: her husband is unknown."""
    visit.answer(outcome="not_alone")
    assert {"not_alone_why", "danger_now"} <= visit.asked()
    assert visit.missing() == set(), "with him in the room she cannot answer more"
    visit.answer(not_alone_why="somebody_stayed", present=["carer", "unknown"], safe_to_talk="no")
    assert {"carer_refused_note", "not_safe_note"} <= visit.asked()
    visit.answer(risk_level="medium", bid_review="unsure", as_arranged="unsure")
    assert visit.missing() == set()
    assert visit.value("suggested_risk") == "medium"
    found = agenda(BOY, [bid(ARRIVED), said(visit, VISIT)], VISIT)
    again = item(found, "contact.again")
    assert (again.form, again.due) == (CHILD_MONITORING, date(2026, 3, 9))
    assert item(found, "determination.review").due == VISIT


def test_a_child_who_wanted_company_is_no_alarm(visit: Filling) -> None:
    visit.answer(outcome="not_alone", not_alone_why="child_wish")
    assert "carer_refused_note" not in visit.asked()
    visit.answer(outcome="met")
    assert "not_alone_why" not in visit.asked()


def test_a_boy_who_begs_again_for_another_mans_purse_is_at_high_risk(visit: Filling) -> None:
    """Vignette 2: the man from Athens has found him."""
    visit.answer(
        school="enrolled_only", school_absence=["work", "fear"], threats=["contact"],
        child_work=["begging", "for_someone"],
    )  # fmt: skip
    assert "work_note" in visit.asked()
    assert "bullying" not in visit.asked()
    assert visit.value("suggested_risk") == "high"
    visit.answer(danger_now="yes")
    assert "danger_note" in visit.asked()
    assert {"child_work", "threats", "child_words"} <= visit.asked(), "what was told is not lost by a stop"


def test_who_was_moved_to_people_unknown_calls_for_a_new_determination(visit: Filling) -> None:
    visit.answer(as_arranged="changed", lives_with=["unknown"])
    assert {"what_changed", "changed_note"} <= visit.asked()
    visit.answer(what_changed="His aunt sent him to a cousin in Durres in February", bid_review="yes")
    told = said(visit, VISIT)
    found = agenda(BOY, [bid(ARRIVED), told], VISIT)
    assert item(found, "determination.review").due == VISIT
    later = bid(date(2026, 3, 10), **{"bid.review_on": "2026-09-10"})
    found = agenda(BOY, [bid(ARRIVED), told, later], date(2026, 3, 11))
    assert item(found, "determination.review").due == date(2026, 9, 10)


@pytest.mark.parametrize(
    ("answers", "note"),
    [
        ({"danger_now": "yes"}, "danger_note"),
        ({"danger_now": "unsure"}, "danger_doubt_note"),
        ({"child_agrees": "no"}, "child_no_note"),
        ({"safe_to_talk": "unsure"}, "not_safe_note"),
        ({"home": ["hurt"]}, "hurt_note"),
        ({"home": ["locked_in"]}, "hurt_note"),
        ({"child_work": ["night"]}, "work_note"),
        ({"child_work": ["dangerous"]}, "work_note"),
        ({"marriage_talk": "planned"}, "marriage_note"),
        ({"marriage_talk": "married"}, "marriage_note"),
        ({"wellbeing": ["self_harm", "fear"]}, "self_harm_note"),
        ({"carer_heard": "apart", "carer_strain": "gives_up"}, "gives_up_note"),
        ({"carer_heard": "no_carer"}, "no_carer_note"),
        ({"siblings_risk": "yes"}, "siblings_note"),
        ({"siblings_risk": "unsure"}, "siblings_note"),
        ({"guardianship": "ended"}, "guardianship_note"),
        ({"guardianship": "disputed"}, "guardianship_note"),
        ({"care_seen": ["injuries"]}, "injuries_note"),
        ({"further_contact": "stop"}, "stop_note"),
        ({"outcome": "moved"}, "missing_note"),
        ({"outcome": "suspected_retrafficking"}, "missing_note"),
        ({"outcome": "unreachable", "attempts": 2}, "missing_note"),
    ],
)
def test_a_stop_is_shown_when_it_is_needed_and_only_then(
    visit: Filling, answers: dict[str, Any], note: str
) -> None:
    assert note not in visit.asked()
    visit.answer(**answers)
    assert note in visit.asked()


@pytest.mark.parametrize(
    ("answers", "appear", "vanish"),
    [
        ({"outcome": "unreachable"}, {"attempts", "news"}, {"as_arranged", "child_words", "care_seen"}),
        ({"outcome": "phone_only"}, {"child_words", "school"}, {"seen_where", "care_seen"}),
        ({"outcome": "refused"}, {"further_contact", "bid_review"}, {"child_words", "carer_heard"}),
        ({"school": "not_enrolled"}, {"school_absence"}, {"bullying"}),
        ({"school": "sometimes", "play": "friends"}, {"school_absence", "bullying"}, set()),
        ({"school": "attends", "play": "friends"}, {"bullying"}, set()),
        ({"school": "attends", "play": "little"}, {"bullying"}, set()),
        ({"as_arranged": "yes"}, set(), {"lives_with", "what_changed"}),
        ({"as_arranged": "unsure"}, {"lives_with"}, {"what_changed"}),
        ({"as_arranged": "agreed_change"}, {"lives_with", "what_changed"}, set()),
        ({"carer_heard": "apart", "carer_strain": "copes"}, set(), {"carer_words", "carer_needs"}),
        ({"carer_heard": "apart", "carer_strain": "tired"}, {"carer_words", "carer_needs"}, set()),
        ({"school": "too_young"}, set(), {"school_absence", "bullying"}),
        ({"carer_heard": "refused"}, set(), {"carer_strain", "carer_needs", "carer_words"}),
        ({"carer_heard": "child_near"}, {"carer_strain", "carer_words"}, set()),
        ({"further_contact": "stop"}, set(), {"next_agreed"}),
        ({"risk_level": "low"}, {"risk_lowered_because"}, set()),
    ],
)
def test_only_what_fits_is_asked(
    visit: Filling, answers: dict[str, Any], appear: set[str], vanish: set[str]
) -> None:
    visit.answer(**answers)
    assert appear <= visit.asked()
    assert not vanish & visit.asked()


def test_no_answer_of_a_child_is_cleared_because_it_became_unsafe_to_talk(
    definitions: dict[str, FormDefinition],
) -> None:
    hiding = re.compile(r"(safe_to_talk|danger_now|child_agrees)\b")
    form = definitions[CHILD_MONITORING]
    for element in (*form.questions.values(), *form.groups.values()):
        assert not (getattr(element, "asks", True) and hiding.search(element.relevant or "")), element.path


def test_answers_that_contradict_each_other_are_refused(visit: Filling) -> None:
    for name in ("home", "threats", "child_work", "wellbeing"):
        other = visit.entry.definition.questions[f"safety/{name}"].choices[0].name
        assert visit.answer(**{name: [other, "no_answer"]}) == ["constraint"], name
    assert visit.answer(contact_date="2026-03-03") == ["constraint"]
    assert visit.answer(next_agreed="2026-03-01") == ["constraint"]
    assert visit.answer(care_seen=["none", "ill"]) == ["constraint"]
    assert visit.answer(as_arranged="unsure", lives_with=["alone", "mother"]) == ["constraint"]


# --- what the rules make of it -------------------------------------------------------------------


def test_a_visit_to_a_child_is_the_contact_that_was_due(visit: Filling) -> None:
    before = agenda(BOY, [bid(ARRIVED)], VISIT)
    late = next(each for each in before if each.overdue and each.kind.startswith("contact."))
    assert late.form == CHILD_MONITORING
    visit.answer(risk_level="low", further_contact="less_often")
    found = agenda(BOY, [bid(ARRIVED), said(visit, VISIT)], VISIT)
    contacts = [each for each in found if each.kind.startswith("contact.")]
    assert [(each.kind, each.overdue) for each in contacts] == [("contact.month_2", False)]
    person = Person("p", BOY, (said(visit, VISIT),))
    assert [entry.labels["month"] for entry in follow_up.contact_done(person, VISIT)] == ["2026-03"]


def test_a_device_that_knows_only_questions_names_takes_it_for_a_contact_too(visit: Filling) -> None:
    visit.answer(risk_level="medium", further_contact="stop")
    done = Finished.from_values(CHILD_MONITORING, visit.entry.values(), VISIT)
    assert (done.is_contact, done.outcome, done.risk, done.further) == (True, "met", "medium", "stop")


def test_of_age_the_visit_is_written_as_a_grown_ups(definitions: dict[str, FormDefinition]) -> None:
    """Vignette 11: she turns 18 in month 5."""
    girl = Case(stage="reintegration", arrived_on=ARRIVED, birth_date=date(2008, 7, 2))
    eve, day = date(2026, 7, 1), date(2026, 7, 2)
    forms = {
        today: {each.form for each in agenda(girl, [], today) if each.kind.startswith("contact.")}
        for today in (eve, day)
    }
    assert forms == {eve: {CHILD_MONITORING}, day: {MONITORING_CONTACT}}
    assert "determination.review" not in {
        each.kind for each in agenda(girl, [bid(ARRIVED), review_asked(definitions)], day)
    }


def review_asked(definitions: dict[str, FormDefinition]) -> Evidence:
    visit = Filling(definitions[CHILD_MONITORING])
    visit.answer(outcome="met", danger_now="no", bid_review="yes")
    return said(visit, VISIT)


def test_who_has_no_birth_date_in_the_file_is_visited_as_a_child_only_if_something_says_so() -> None:
    unknown = Case(stage="reintegration", arrived_on=ARRIVED)
    doubt = Evidence("b", "best_interest", ARRIVED, {"age.established": "unclear"})
    assert {each.form for each in agenda(unknown, [], VISIT)} == {MONITORING_CONTACT}
    assert CHILD_MONITORING in {each.form for each in agenda(unknown, [doubt], VISIT)}


def test_a_programme_with_a_contact_form_of_its_own_uses_it_for_children_too() -> None:
    assert DueRules.from_table({"contact_form": "our_visit"}).child_contact_form == "our_visit"
    own = DueRules.from_table({"contact_form": "our_visit", "child_contact_form": "our_child"})
    assert (own.contact_form, own.child_contact_form) == ("our_visit", "our_child")
    contacts = [each for each in agenda(BOY, [], VISIT, rules=own) if each.kind.startswith("contact.")]
    assert {each.form for each in contacts} == {"our_child"}


def test_needs_that_a_visit_to_a_child_finds_are_due_as_any_others(visit: Filling) -> None:
    visit.answer(needs_any="yes")
    repeat = next(node.path for node in visit.entry.outline() if node.kind == "repeat")
    if not any(node.kind == "instance" for node in visit.entry.outline()):
        visit.entry.add_instance(repeat)
    visit.answer(need_kind="training", need_action="A school bag", need_owner="carer", need_due="2026-03-09")
    told = said(visit, VISIT)
    due = item(agenda(BOY, [told], VISIT), "action.agreed")
    assert (due.owner, due.subject, due.due) == ("carer", "training", date(2026, 3, 9))
    person = Person("p", BOY, (told,))
    assert [entry.labels for entry in follow_up.unmet_needs(person, VISIT)] == [{"kind": "training"}]


def test_the_form_suggests_what_the_rules_suggest(definitions: dict[str, FormDefinition]) -> None:
    """The note on the screen and the advice beside the case never differ, whatever is answered."""
    form = definitions[CHILD_MONITORING]
    chance = random.Random(11)
    names = (
        "outcome", "danger_now", "safe_to_talk", "as_arranged", "own_safety", "home", "threats",
        "offers_abroad", "child_work", "marriage_talk", "wellbeing", "own_documents", "carer_heard",
        "carer_strain", "care_seen",
    )  # fmt: skip
    questions = {q.name: q for q in form.questions.values() if q.name in names}
    seen = set()
    for _ in range(150):
        visit = Filling(form)
        visit.answer(outcome=chance.choice(("met", "met", "not_alone", "unreachable")))
        for name in chance.sample(names[1:], 4):
            shown = name in visit.asked()
            choice = chance.choice(questions[name].choices).name
            if shown:
                visit.answer(**{name: [choice] if questions[name].type == "select_multiple" else choice})
        told = said(visit, VISIT)
        assert visit.value("suggested_risk") == advice(told).level, told.values
        seen.add(advice(told).level)
    assert seen == {"high", "medium", "low", "unknown"}


def test_what_the_child_wants_told_to_nobody_never_leaves_with_a_referral() -> None:
    assert any("child.tell_nobody".startswith(each) for each in NEVER_SENT)


def test_whatever_is_answered_a_visit_shows_what_a_full_recalculation_shows(
    definitions: dict[str, FormDefinition],
) -> None:
    filler, failures, _, _ = fill(definitions[CHILD_MONITORING], "child", 120)
    assert failures == []
    assert filler.answers >= 120
