"""Offices and authorities of two states tell each other of a case: what has to be looked at first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.consent import may_send
from forms.casework.due import agenda
from forms.casework.indicators.figures import report
from forms.casework.indicators.population import Office, Period, Person
from forms.casework.pathway import NAMED, STANDARD
from forms.definition import FormDefinition
from forms.library import EXCHANGE
from tests.forms.filler import fill
from tests.library.said import said
from tests.library.test_stories import Filling

TODAY = date(2026, 3, 2)
ASKED = date(2026, 2, 10)
BOY = Case(code="AL-7Q4KD2M-X", country="al", office="tirana")


@pytest.fixture
def exchange(definitions: dict[str, FormDefinition]) -> Filling:
    """Athens asks child protection in Tirana what is known of the aunt's husband."""
    filling = Filling(definitions[EXCHANGE], **{"case.code": BOY.code})
    filling.answer(
        direction="asked", exchanged_on="2026-02-10", from_state="al", to_state="gr",
        with_kind="child_protection", post="Duty officer, child protection, Tirana", looked_up="yes",
        purpose=["family"], ground="consent_guardian", consent_seen="yes", categories=["code", "family"],
        how="official", exchange_state="open",
    )  # fmt: skip
    return filling


def counted(*found: Filling) -> dict[tuple[str, ...], int]:
    """Exchanges by who told whom."""
    evidence = tuple(said(each, ASKED, record=f"r{place}") for place, each in enumerate(found))
    office = Office((Person("p", BOY, evidence),))
    made = report(office, Period(date(2026, 1, 1), date(2026, 12, 31)), date(2026, 12, 31))
    return {
        tuple(name for _, name in each.group): int(each.value or 0)
        for each in made
        if each.indicator == "exchanges"
    }


def test_a_question_is_on_the_desk_until_it_is_answered_whole(exchange: Filling) -> None:
    """Vignette 2: the husband is unknown."""
    assert exchange.missing() == set()
    assert exchange.entry.state(exchange.path("case_code")).value == BOY.code
    (due,) = agenda(BOY, [said(exchange, ASKED)], TODAY)
    assert (due.kind, due.form, due.due, due.overdue) == (
        "exchange.answer",
        EXCHANGE,
        date(2026, 2, 24),
        True,
    )
    assert due.subject == "al"
    exchange.answer(answer_by="2026-03-09")
    assert agenda(BOY, [said(exchange, ASKED)], TODAY)[0].due == date(2026, 3, 9)
    exchange.answer(exchange_state="partly", answered_on="2026-02-20")
    assert [each.kind for each in agenda(BOY, [said(exchange, ASKED)], TODAY)] == ["exchange.answer"]
    exchange.answer(exchange_state="answered", results=["family"], outcome_words="A home visit on 3 March")
    assert agenda(BOY, [said(exchange, ASKED)], TODAY) == ()


@pytest.mark.parametrize(
    ("direction", "state", "due"),
    [
        ("asked_us", "open", True), ("asked_us", "partly", True), ("asked", "refused", False),
        ("asked", "recalled", False), ("asked", "not_sent", False), ("told", "open", False),
        ("told_us", "open", False),
    ],
)  # fmt: skip
def test_an_answer_is_owed_only_to_a_question(
    exchange: Filling, direction: str, state: str, due: bool
) -> None:
    exchange.answer(direction=direction, exchange_state=state)
    assert bool(agenda(BOY, [said(exchange, ASKED)], TODAY)) is due


def test_exchanges_between_states_are_counted_by_who_told_whom(
    exchange: Filling, definitions: dict[str, FormDefinition]
) -> None:
    within = Filling(definitions[EXCHANGE])
    within.answer(direction="told", from_state="al", to_state="al", exchange_state="answered")
    kept = Filling(definitions[EXCHANGE])
    kept.answer(direction="told", from_state="gr", to_state="al", ground="none", exchange_state="not_sent")
    assert counted(exchange, within, kept) == {(): 1, ("al", "gr"): 1}


@pytest.mark.parametrize(
    ("answers", "note"),
    [
        ({"looked_up": "no"}, "look_up_note"),
        ({"ground": "none"}, "no_ground_note"),
        ({"consent_seen": "unsure"}, "consent_note"),
        ({"consent_seen": "no"}, "consent_note"),
        ({"ground": "vital_interest"}, "without_note"),
        ({"ground": "duty_to_report"}, "without_note"),
        ({"categories": ["whereabouts"]}, "place_note"),
        ({"categories": ["exploitation", "code"]}, "story_note"),
        ({"how": "open"}, "open_note"),
        ({"exchange_state": "recalled"}, "recalled_note"),
    ],
)
def test_a_stop_is_shown_before_something_goes_wrong_and_only_then(
    exchange: Filling, answers: dict[str, Any], note: str
) -> None:
    assert note not in exchange.asked()
    exchange.answer(**answers)
    assert note in exchange.asked()


def test_the_authorities_of_the_country_that_somebody_fled_learn_nothing(exchange: Filling) -> None:
    """Vignette 5: she asks for asylum."""
    for kind, shown in (("consulate", True), ("police", True), ("own_office", False), ("ngo", False)):
        exchange.answer(with_kind=kind)
        assert ("asylum_note" in exchange.asked()) is shown, kind
    exchange.answer(with_kind="consulate", direction="told_us")
    assert "asylum_note" not in exchange.asked()


def test_what_went_without_a_ground_can_be_recorded_and_is_a_breach(exchange: Filling) -> None:
    """A form never keeps anybody from writing down what happened."""
    exchange.answer(ground="none", exchange_state="not_sent")
    assert "breach_note" not in exchange.asked()
    assert not {"results", "person_told", "answer_by"} & exchange.asked()
    assert exchange.answer(exchange_state="answered") == []
    assert "breach_note" in exchange.asked()
    assert exchange.missing() == set()


def test_what_we_were_told_is_recorded_whatever_the_others_ground(exchange: Filling) -> None:
    exchange.answer(direction="told_us", ground="none")
    assert exchange.answer(exchange_state="answered") == []
    assert not {"looked_up", "no_ground_note", "breach_note", "person_told"} & exchange.asked()


def test_what_goes_without_consent_to_save_a_life_is_logged_as_the_rule_on_consent_reads_it(
    exchange: Filling,
) -> None:
    exchange.answer(direction="told", ground="vital_interest")
    assert {"recipient", "reason"} <= exchange.missing()
    assert "consent_seen" not in exchange.asked()
    exchange.answer(recipient="Child protection Tirana", reason="The man from Athens waits at his school")
    sent = may_send(
        "share_with_organisation", "child protection tirana", [said(exchange, ASKED)], ASKED, case=BOY
    )
    assert (sent.allowed, sent.basis) == (True, "vital_interest")
    exchange.answer(ground="court")
    assert said(exchange, ASKED).text("disclosure.basis") == ""
    sent = may_send(
        "share_with_organisation", "child protection tirana", [said(exchange, ASKED)], ASKED, case=BOY
    )
    assert not sent.allowed


def test_dates_follow_each_other(exchange: Filling) -> None:
    assert exchange.answer(exchanged_on="2026-03-03") == ["constraint"]
    exchange.answer(exchanged_on="2026-02-10")
    assert exchange.answer(answer_by="2026-02-09") == ["constraint"]
    exchange.answer(exchange_state="answered")
    assert exchange.answer(answered_on="2026-02-09") == ["constraint"]
    assert exchange.answer(answered_on="2026-02-10") == []
    assert exchange.answer(results=["none", "papers"]) == ["constraint"]


def test_an_exchange_is_offered_wherever_two_states_have_to_do_with_a_case() -> None:
    assert EXCHANGE in NAMED
    stages = {plan.id for plan in STANDARD if EXCHANGE in plan.forms}
    assert stages == {plan.id for plan in STANDARD} - {"closed"}


def test_whatever_is_answered_an_entry_shows_what_a_full_recalculation_shows(
    definitions: dict[str, FormDefinition],
) -> None:
    for seed in range(2):
        filler, failures, _, _ = fill(definitions[EXCHANGE], f"{seed}:exchange", 100)
        assert failures == []
        assert filler.answers >= 100
