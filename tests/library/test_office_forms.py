"""What an office does for no single person: a training, a meeting, leaflets, agreements; and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from forms.casework import office_file
from forms.casework.case import Case
from forms.casework.due import agenda
from forms.casework.facts import Evidence
from forms.casework.indicators.figures import Figure, report
from forms.casework.indicators.population import Office, Period, Person
from forms.definition import FormDefinition
from forms.library import COORDINATION, MEETING, ORGANISATION
from tests.forms.filler import fill
from tests.library.said import said
from tests.library.test_stories import Filling

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TODAY = date(2026, 3, 2)
TIRANA = "tirana"


@pytest.fixture
def meeting(definitions: dict[str, FormDefinition]) -> Filling:
    return Filling(definitions[MEETING])


@pytest.fixture
def mechanism(definitions: dict[str, FormDefinition]) -> Filling:
    return Filling(definitions[COORDINATION])


def add_rows(filling: Filling, repeat: str, *rows: Mapping[str, Any]) -> None:
    """Each row's answers, by the question's name, in an instance of its own."""
    path = next(node.path for node in filling.entry.outline() if node.path.endswith(repeat))
    for place, answers in enumerate(rows, 1):
        while sum(node.kind == "instance" for node in _below(filling, path)) < place:
            filling.entry.add_instance(path)
        instance = [node.path for node in _below(filling, path) if node.kind == "instance"][place - 1]
        for name, raw in answers.items():
            change = filling.entry.answer(f"{instance}/{name}", raw)
            assert change.violation is None, (name, change.violation)


def _below(filling: Filling, path: str) -> list[Any]:
    return [node for node in filling.entry.outline() if node.path.startswith(f"{path}[")]


def training(filling: Filling, on: str = "2026-02-27", **more: Any) -> Filling:
    """Arta trains border guards and child protection, above all on children."""
    filling.answer(
        held_on=on, activity_kind="training", place="Durres", organisers=["own", "authority"],
        topics=["identification", "referral"], children_focus="main", tested="yes", same_questions="yes",
        points=20, papers_before=25, mean_before="9.6", papers_after=20, mean_after="15", leaflets_any="no",
        agreed_any="no", disclosure="no", **more,
    )  # fmt: skip
    add_rows(
        filling, "people/attendance",
        {"organisation": "border", "women": 4, "men": 14},
        {"organisation": "child_protection", "women": 6, "men": 0, "others": 1},
    )  # fmt: skip
    return filling


def figures(*activities: Evidence, persons: tuple[Person, ...] = ()) -> dict[tuple[str, ...], Figure]:
    """All figures of the year by the indicator's code and the names of its row."""
    made = report(Office(persons, activities), YEAR, date(2026, 12, 31))
    return {(each.indicator, *(name for _, name in each.group)): each for each in made}


def value(found: Mapping[tuple[str, ...], Figure], *row: str) -> Decimal | None:
    return found[row].value if row in found else None


# --- meetings, trainings, leaflets ----------------------------------------------------------------


def test_a_training_of_border_guards_is_counted_with_what_they_learned_about_children(
    meeting: Filling,
) -> None:
    """From the form to the figures, without a name anywhere."""
    training(meeting)
    assert meeting.missing() == set()
    assert "25" in meeting.entry.state(meeting.path("participants_note")).label
    told = meeting.entry.state(meeting.path("knowledge_note")).label
    assert {"48", "75"} <= set(told.split())
    found = figures(said(meeting, date(2026, 2, 27)))
    assert value(found, "trainings") == value(found, "trainings", "main") == 1
    assert value(found, "participants") == value(found, "participants", "training") == 25
    assert value(found, "participants.organisation", "border", "male") == 14
    assert value(found, "participants.organisation", "child_protection", "other") == 1
    assert value(found, "participants.organisation") == 25
    gained = found["knowledge.gained",]
    assert (gained.value, gained.of, gained.missing) == (1, 1, 0)
    assert found["knowledge.before",].share == Decimal("0.48")
    assert found["knowledge.after", "main"].share == Decimal("0.75")
    assert value(found, "meetings") == 0


def test_two_trainings_weigh_by_their_papers_and_not_by_their_number(
    definitions: dict[str, FormDefinition],
) -> None:
    large, small = training(Filling(definitions[MEETING])), training(Filling(definitions[MEETING]))
    small.answer(papers_before=5, mean_before=20, papers_after=5, mean_after=20)
    found = figures(
        said(large, date(2026, 2, 27), record="large"), said(small, date(2026, 2, 28), record="small")
    )
    assert found["knowledge.before",].share == (25 * Decimal("0.48") + 5) / 30
    gained = found["knowledge.gained",]
    assert (gained.value, gained.of) == (1, 2), "who knew everything before has gained nothing"


def test_other_questions_afterwards_compare_nothing(meeting: Filling) -> None:
    training(meeting)
    meeting.answer(same_questions="no")
    assert "not_comparable_note" in meeting.asked()
    assert "knowledge_note" not in meeting.asked()
    found = figures(said(meeting, date(2026, 2, 27)))
    assert (found["knowledge.gained",].of, found["knowledge.gained",].missing) == (0, 1)
    assert found["knowledge.after",].share is None


def test_where_most_papers_did_not_come_back_the_figure_is_told_with_care(meeting: Filling) -> None:
    training(meeting)
    assert "few_papers_note" not in meeting.asked()
    meeting.answer(papers_after=12)
    assert "few_papers_note" in meeting.asked()
    meeting.answer(papers_after=0)
    assert "mean_after" not in meeting.asked()
    found = figures(said(meeting, date(2026, 2, 27)))
    assert (found["knowledge.gained",].of, found["knowledge.gained",].missing) == (0, 1)


def test_a_mean_above_the_highest_score_is_a_slip(meeting: Filling) -> None:
    training(meeting)
    assert meeting.answer(mean_after="20.5") == ["constraint"]
    assert meeting.answer(mean_after="-1") == ["constraint"]
    assert meeting.answer(feedback_papers=10) == []
    assert meeting.answer(found_useful=11) == ["constraint"]
    assert meeting.answer(held_on="2026-03-03") == ["constraint"]


def test_an_information_meeting_hands_out_leaflets_in_the_languages_of_their_readers(
    meeting: Filling,
) -> None:
    """Seed duty S21: to organisations, and to the people themselves."""
    meeting.answer(
        held_on="2026-02-20", activity_kind="meeting", organisers=["own"], topics=["referral"],
        children_focus="no", tested="no", leaflets_any="yes", agreed_any="no",
    )  # fmt: skip
    assert "leaflets_note" in meeting.asked()
    assert "points" not in meeting.asked()
    add_rows(meeting, "people/attendance", {"organisation": "ngo", "women": 7, "men": 2})
    add_rows(
        meeting, "leaflets/leaflet",
        {"leaflet_kind": "return", "leaflet_language": "fr", "leaflet_to": "organisations", "copies": 300},
        {"leaflet_kind": "audio", "leaflet_language": "zgh", "leaflet_to": "beneficiaries", "copies": 12},
    )  # fmt: skip
    assert meeting.missing() == set()
    found = figures(said(meeting, date(2026, 2, 20)))
    assert value(found, "meetings") == 1
    assert value(found, "leaflets") == value(found, "leaflets.reader") == 312
    assert value(found, "leaflets.reader", "beneficiaries", "zgh") == 12
    assert found["knowledge.gained",].of == 0
    meeting.answer(leaflets_any="no")
    assert value(figures(said(meeting, date(2026, 2, 20))), "leaflets") in (0, None)


def test_who_only_hands_out_leaflets_is_asked_for_no_participants(meeting: Filling) -> None:
    meeting.answer(held_on="2026-02-20", activity_kind="leaflets", organisers=["own"], leaflets_any="yes")
    assert not {"attendance", "topics", "children_focus", "tested", "feedback_words"} & meeting.asked()
    found = figures(said(meeting, date(2026, 2, 20)))
    assert (value(found, "participants"), found["participants",].missing) == (0, 0)


def test_who_tells_of_herself_in_a_training_is_spoken_to_apart(meeting: Filling) -> None:
    training(meeting)
    assert "disclosure_note" not in meeting.asked()
    for said_so in ("yes", "unsure"):
        meeting.answer(disclosure=said_so)
        assert "disclosure_note" in meeting.asked()


def test_what_was_agreed_is_on_the_desk_until_it_is_done(meeting: Filling) -> None:
    training(meeting)
    meeting.answer(agreed_any="yes")
    add_rows(
        meeting, "afterwards/agreed",
        {"agreed_what": "Send the list of signs", "agreed_owner": "worker", "agreed_due": "2026-03-01"},
        {"agreed_what": "Name a focal point", "agreed_owner": "authority", "agreed_state": "open"},
    )  # fmt: skip
    kinds = [
        (each.kind, each.due, each.overdue, each.owner)
        for each in agenda(Case(), [said(meeting, date(2026, 2, 27))], TODAY)
    ]
    assert kinds == [
        ("action.agreed", date(2026, 3, 1), True, "worker"),
        ("action.agreed", date(2026, 3, 13), False, "authority"),
    ]
    add_rows(meeting, "afterwards/agreed", {"agreed_state": "done"}, {"agreed_state": "dropped"})
    assert agenda(Case(), [said(meeting, date(2026, 2, 27))], TODAY) == ()


# --- mechanisms of coordination --------------------------------------------------------------------


def agreement(filling: Filling, **more: Any) -> Filling:
    """Tirana and Athens have agreed how boys from the streets come home."""
    answers: dict[str, Any] = {
        "written_on": "2026-02-10", "mechanism_kind": "agreement", "mechanism_name": "Tirana and Athens",
        "countries": ["al", "gr"], "mechanism_state": "in_force", "since": "2026-01-15",
        "until": "2026-04-30", "document": "signed", "covers": ["family", "reception", "exchange"],
        "children": "yes", "data_rules": "yes", **more,
    }  # fmt: skip
    assert filling.answer(**answers) == []
    return filling


def test_an_agreement_names_posts_and_comes_up_before_it_ends(mechanism: Filling) -> None:
    """Seed duty S03."""
    agreement(mechanism)
    add_rows(
        mechanism, "parties/party",
        {"party_kind": "child_protection", "party_name": "State agency", "roles": ["assesses", "guardian"],
         "party_post": "Duty officer", "party_reach": "+355 4 000 000, day and night"},
        {"party_kind": "ngo", "roles": ["receives", "monitors"]},
    )  # fmt: skip
    assert mechanism.missing() == set()
    (due,) = agenda(Case(), [said(mechanism, date(2026, 2, 10))], TODAY)
    assert (due.kind, due.due, due.overdue) == ("agreement.expires", date(2026, 4, 30), False)
    assert [due.on_desk(day) for day in (date(2026, 2, 20), TODAY)] == [False, True]


def test_a_later_entry_of_the_same_name_takes_the_place_of_the_first(
    definitions: dict[str, FormDefinition],
) -> None:
    first = said(agreement(Filling(definitions[COORDINATION])), date(2026, 2, 10), record="a")
    renewed = agreement(
        Filling(definitions[COORDINATION]), mechanism_name="tirana  and ATHENS", until="2027-04-30"
    )
    later = said(renewed, date(2026, 2, 20), record="b", order="b")
    assert [each.due for each in agenda(Case(), [first, later], TODAY)] == [date(2027, 4, 30)]
    ended = agreement(Filling(definitions[COORDINATION]))
    ended.answer(mechanism_state="ended")
    last = said(ended, date(2026, 3, 1), record="c", order="c")
    assert agenda(Case(), [first, later, last], TODAY) == ()


def test_an_agreement_without_an_end_is_looked_at_after_a_year(mechanism: Filling) -> None:
    agreement(mechanism, until="")
    (due,) = agenda(Case(), [said(mechanism, date(2026, 2, 10))], TODAY)
    assert due.due == date(2027, 2, 10)
    mechanism.answer(mechanism_state="draft")
    assert not {"since", "until"} & mechanism.asked()
    assert agenda(Case(), [said(mechanism, date(2026, 2, 10))], TODAY) == ()


def test_an_agreement_does_not_end_before_it_begins_and_may_have_no_known_beginning(
    mechanism: Filling,
) -> None:
    agreement(mechanism)
    assert mechanism.answer(until="2026-01-01") == ["constraint"]
    mechanism.answer(since="")
    assert mechanism.answer(until="2026-01-01") == []


@pytest.mark.parametrize(("answer", "shown"), [("no", True), ("partly", True), ("yes", False)])
def test_until_it_protects_what_is_told_nothing_of_a_person_goes_that_way(
    mechanism: Filling, answer: str, shown: bool
) -> None:
    agreement(mechanism, data_rules=answer)
    assert ("data_note" in mechanism.asked()) is shown


# --- the office's file -----------------------------------------------------------------------------


def test_two_tablets_of_one_office_begin_the_same_file_without_having_met() -> None:
    assert office_file.office_file(TIRANA) == office_file.office_file(TIRANA)
    assert office_file.office_file(TIRANA) != office_file.office_file("lviv")
    with pytest.raises(ValueError, match="office"):
        office_file.office_file(" ")


def test_an_office_file_offers_only_what_is_of_no_person() -> None:
    available = ["case_file", "coordination", "exchange", "meeting", "monitoring_contact"]
    assert office_file.offered(available) == ("meeting", "coordination")
    assert office_file.offered(["case_file"]) == ()


def test_what_an_office_did_is_counted_once_and_of_no_person(meeting: Filling) -> None:
    held = said(training(meeting), date(2026, 2, 27))
    woman = Evidence("s", "screening", date(2026, 1, 5), {"screening.outcome": "victim"})
    cases = {office_file.office_file(TIRANA): [held], "c-1": [woman]}
    activities, persons = office_file.activities(cases, [TIRANA, "lviv"])
    assert (activities, list(persons)) == ((held,), ["c-1"])
    found = figures(
        *activities, persons=tuple(Person(case, Case(), tuple(told)) for case, told in persons.items())
    )
    assert (value(found, "identified"), value(found, "trainings")) == (1, 1)
    assert found["trainings",].persons == 0


@pytest.mark.parametrize("form_id", [MEETING, COORDINATION, ORGANISATION])
def test_whatever_is_answered_an_entry_shows_what_a_full_recalculation_shows(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    for seed in range(2):
        filler, failures, _, _ = fill(definitions[form_id], f"{seed}:{form_id}", 100)
        assert failures == []
        assert filler.answers >= 100
