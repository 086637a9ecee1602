"""The file of an office, on each database: of that office alone, whoever works out its id."""

from __future__ import annotations

import random

import pytest

from forms.casework.office_file import office_file
from sync_server.storage.base import Ledger
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, meet, outside_of_its_grants

HELD = {"activity/held_on": "2026-09-20", "activity/activity_kind": "meeting"}
AGREED = {"mechanism/mechanism_name": "Tirana and Athens"}


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(7))


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def besnik(country: Country) -> Tablet:
    return country.tablet("besnik", "tirana")


@pytest.fixture
def eleni(country: Country) -> Tablet:
    return country.tablet("eleni", "athens")


@pytest.fixture
def tirana(country: Country) -> str:
    """The id of the file of Tirana."""
    return office_file(country.office("tirana"))


def home(country: Country, case: str) -> str | None:
    def work(ledger: Ledger) -> str | None:
        return ledger.offices_of([case]).get(case)

    return country.database.read(work)


def test_two_tablets_that_begin_it_apart_meet_in_one_file(
    country: Country, arta: Tablet, besnik: Tablet, tirana: str
) -> None:
    hers, his = arta.write(tirana, "meeting", HELD), besnik.write(tirana, "coordination", AGREED)
    meet(arta, besnik, arta)
    assert (arta.codes(), besnik.codes()) == ([], [])
    assert arta.of_case(tirana) == besnik.of_case(tirana) == country.held(tirana)
    assert set(country.held(tirana)) == {hers, his}
    assert home(country, tirana) == country.office("tirana")


def test_who_guesses_the_id_does_not_open_the_file_first(
    country: Country, arta: Tablet, eleni: Tablet, tirana: str
) -> None:
    eleni.write(tirana, "meeting", HELD)
    eleni.sync()
    assert eleni.codes() == ["sync.office_file.not_yours"]
    assert home(country, tirana) is None
    hers = arta.write(tirana, "meeting", HELD)
    meet(arta, eleni)
    assert arta.codes() == []
    assert set(country.held(tirana)) == {hers}
    assert eleni.base == {}


def test_nobody_of_another_office_writes_in_it_once_it_is_there(
    country: Country, arta: Tablet, eleni: Tablet, tirana: str
) -> None:
    hers = arta.write(tirana, "meeting", HELD)
    arta.sync()
    eleni.write(tirana, "meeting", {"activity/place": "Athens"}, hers)
    eleni.write(tirana, "coordination", AGREED)
    meet(eleni, arta)
    assert eleni.codes() == ["sync.office_file.not_yours"] * 2
    assert "activity/place" not in arta.values(hers)
    assert set(country.held(tirana)) == {hers}


def test_the_file_of_an_office_that_is_not_yet_there_is_nobody_elses_either(
    country: Country, eleni: Tablet
) -> None:
    to_come = office_file("lviv")
    eleni.write(to_come, "meeting", HELD)
    eleni.sync()
    assert eleni.codes() == ["sync.office_file.not_yours"]
    assert home(country, to_come) is None


def test_it_cannot_be_shared_and_no_person_comes_of_it(
    country: Country, arta: Tablet, eleni: Tablet, tirana: str
) -> None:
    hers = arta.write(tirana, "meeting", HELD)
    arta.consent(tirana, "athens")
    arta.share(tirana, "athens")
    arta.write(tirana, "case_file", {"language": "sq", "stage": "shelter"})
    meet(arta, eleni)
    assert arta.codes() == ["sync.office_file.other_form"] * 3
    assert set(country.held(tirana)) == {hers}
    assert country.holders(tirana) == {country.office("tirana")}
    assert eleni.base == {}
    assert outside_of_its_grants([arta, eleni]) == []


def test_cases_of_persons_are_opened_as_before(country: Country, arta: Tablet, eleni: Tablet) -> None:
    case = arta.open_case()
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    assert (arta.codes(), eleni.codes()) == ([], [])
    assert country.holders(case) == {country.office("tirana"), country.office("athens")}
