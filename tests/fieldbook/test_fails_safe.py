"""Where a tablet cannot know it says so, and opens nothing: rules that it cannot read, journeys that did not
happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.fieldbook import Fieldbook, World, unlock
from app.settings import Settings
from app.store import form_library, reference
from forms.xform.load import load_form
from sync_server.protocol.messages import Colleague, Reference
from tests.fieldbook.conftest import CHEAP, IDENTITY, PASSPHRASE, Clock, device_of
from tests.fieldbook.test_midnight_between_offices import PEOPLE, ThreeOffices

NEWER = """
id = "newer"
title = "Of next year"
rules_of_next_year = 3
"""


@pytest.fixture(scope="module")
def tirana(tmp_path_factory: pytest.TempPathFactory, xforms: dict[str, str]) -> Iterator[ThreeOffices]:
    """One tablet, of the office that holds the case; what the others write comes by the server."""
    clock = Clock()
    who = replace(IDENTITY, login="mira", role="coordinator")
    where = device_of(who, tmp_path_factory.mktemp("tirana") / "device", xforms, clock)
    world = World(now_ms=clock, floor=CHEAP)
    book: Fieldbook = unlock(Settings(where, auto_sync=False), PASSPHRASE, world=world).wait(30)
    forms = book._store.read(lambda db: {each.id: load_form(each.xml) for each in form_library.newest(db)})
    yield ThreeOffices({"Tirana": book}, forms, clock)
    book.close()


@pytest.fixture
def journey(tirana: ThreeOffices) -> ThreeOffices:
    """A journey that is cleared, and a programme that everybody can read: the standard."""
    know(tirana, {})
    tirana.open_case("Tirana", datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    tirana.clear()
    given = tirana.books["Tirana"].case(tirana.case).wait(30).protection.clearance
    assert given.stands, given.reasons
    return tirana


def know(offices: ThreeOffices, programmes: dict[str, str], people: tuple[Colleague, ...] = PEOPLE) -> None:
    offices.books["Tirana"]._store.write(lambda db: reference.put(db, Reference(people, programmes)))


def test_under_a_programme_that_cannot_be_read_no_gate_opens_and_everything_can_be_recorded(
    journey: ThreeOffices,
) -> None:
    book = journey.books["Tirana"]
    know(journey, {"newer": NEWER})
    seen = book.case(journey.case).wait(30).protection
    for gate in seen.gates:
        codes = {each.code for each in gate.reasons if each.hard}
        unread = f"gate.{gate.gate}.programme_unread"
        assert (unread in codes) == (gate.gate != "close_arrival"), (
            "how a journey ended is no rule of anybody"
        )
    assert not seen.clearance.stands
    (told,) = book.today().wait(30).alarms
    assert [each.code for each in told.reasons] == ["gate.clear_to_travel.programme_unread"]
    opened = book.begin(journey.case, "clearance").wait(30)
    book.save(opened.record, opened.entry.answer("decision", "not_cleared")).wait(30)
    book.discard(opened.record).wait(30)

    know(journey, {})
    assert book.case(journey.case).wait(30).protection.clearance.stands
    assert book.today().wait(30).alarms == ()


def test_a_closed_case_whose_journey_was_cleared_and_did_not_happen_tells_that_it_lapsed(
    journey: ThreeOffices,
) -> None:
    book = journey.books["Tirana"]
    journey.write("Tirana", "case_file", case_code="AL-9", language="sq", office="Tirana", stage="closed")
    assert book.today().wait(30).alarms == ()
    journey.take_back("Athens", "return")
    (told,) = book.today().wait(30).alarms
    assert (told.kind, told.case) == ("alarm.clearance.lapsed", journey.case)

    journey.write("Tirana", "airport_reception", reception_outcome="received")
    assert book.today().wait(30).alarms == (), "it happened"


def test_only_a_coordinator_of_the_office_that_holds_a_case_lifts_a_denial_of_it(
    journey: ThreeOffices,
) -> None:
    """As on the server, which asks nobody else."""
    book = journey.books["Tirana"]
    journey.consent("Tirana", "share_with_country", recipient="Athens")
    journey.write("Tirana", "sharing", share_office="Athens", share_state="shared", share_ground="consent")
    row = "denied[00000000000000bb]"

    def denied(by: str, decision: str) -> list[str]:
        facts = {"case_code": "AL-8", "language": "sq", "office": "Tirana", "birth_date": "1990-01-05"}
        who = {row: 1, f"{row}/deny_who": "Athens", f"{row}/deny_decision": decision}
        journey.write(by, "case_file", **facts, **who)
        (told,) = book.decisions.shares(journey.case).wait(30)
        return [each.code for each in told.reasons]

    assert denied("Tirana", "lifted") == []
    assert denied("Athens", "lifted") == ["sharing.office.denied"]
