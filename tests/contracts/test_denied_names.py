"""Names that a case denies, on each database: how they are written, and what who is denied may say."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from sync_server.catch_up import CatchUp
from sync_server.form_catalogue import FormCatalogue
from sync_server.permissions import fingerprint
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, meet


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(17))


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def ana(country: Country) -> Tablet:
    return country.tablet("ana", "tirana", "coordinator")


@pytest.fixture
def case(arta: Tablet, ana: Tablet) -> str:
    """A case of Tirana's that everybody there has."""
    case = arta.open_case()
    meet(arta, ana)
    return case


def test_the_names_of_before_are_decided_anew_as_names_are_compared_now(
    country: Country, arta: Tablet, case: str
) -> None:
    """The server that took the denial in held ' for the end of a word, and \u02bc for a letter."""
    maryana = country.tablet("mar\u02bcyana", "tirana")
    arta.deny(case, "mar'yana")
    arta.sync()
    with country.database.engine.begin() as connection:
        facts = {"name": fingerprint("mar yana"), "case": case}
        connection.execute(text('UPDATE denied_names SET name = :name WHERE "case" = :case'), facts)
    country.database.set_meta("caught_up", "1")
    assert maryana.sync().page.items != ()
    catalogue = FormCatalogue(country.database, lambda: country.now)
    assert CatchUp(country.database, catalogue, lambda: country.now).run() == 1
    assert CatchUp(country.database, catalogue, lambda: country.now).run() == 0
    maryana.sync()
    assert maryana.of_case(case) == {}


@pytest.mark.parametrize(
    ("form", "who", "decision"),
    [
        ("deny_list", "who", "decision"),
        ("case_file", "denied/deny_who", "denied/deny_decision"),
        ("case_file", "denied[0123456789abcdef]/deny_who", "denied[0123456789abcdef]/deny_decision"),
    ],
)
def test_a_denied_coordinator_does_not_lift_it_in_a_record_of_her_own(
    country: Country, arta: Tablet, ana: Tablet, case: str, form: str, who: str, decision: str
) -> None:
    """She was denied while her tablet was away, and its clock lags: by it, she had the case."""
    arta.deny(case, "ana")
    arta.sync()
    denied = country.denies(case, ana.actor)
    country.now -= 30_000
    ana.write(case, form, {who: "ana" + country.sign, decision: "lifted"})
    ana.write(case, "deny_list", {"who": "somebody", "decision": "denied"})
    country.now += 30_000
    ana.sync()
    assert ana.codes() == ["sync.case.not_granted"]
    assert (denied, country.denies(case, ana.actor)) == (True, True)
    assert ana.of_case(case) == {}


@pytest.fixture
def shared(country: Country, arta: Tablet, ana: Tablet, case: str) -> str:
    """The record by which Athens has the case."""
    arta.consent(case, "athens")
    record = arta.share(case, "athens")
    meet(arta, ana)
    assert country.holders(case) == {country.office("tirana"), country.office("athens")}
    return record


def test_a_sharing_that_somebody_ended_before_she_was_denied_has_ended(
    country: Country, arta: Tablet, ana: Tablet, case: str, shared: str
) -> None:
    eleni = country.tablet("eleni", "athens")
    eleni.sync()
    ana.end(shared)
    country.now += 1_000
    arta.deny(case, "ana")
    meet(arta, ana, eleni)
    assert ana.codes() == []
    assert country.holders(case) == {country.office("tirana")}
    assert ana.of_case(case) == eleni.of_case(case) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"share_state": "shared"},
        {"share_office": "rabat"},
        {"share_state": "ended", "share_ground": "vital_interest"},
        {"share_reason": "to be told her address"},
        {"share_state": None},
    ],
)
def test_who_is_denied_says_no_more_of_a_sharing_than_that_it_ended(
    country: Country, arta: Tablet, ana: Tablet, case: str, shared: str, said: dict[str, str | None]
) -> None:
    ana.write(case, "sharing", said, shared)
    country.now += 1_000
    arta.deny(case, "ana")
    before = country.held(case)[shared]
    meet(arta, ana)
    assert ana.codes() == ["sync.case.not_granted"]
    assert country.held(case)[shared] == before


def test_who_is_denied_ends_nothing_from_then_on_nor_from_another_office(
    country: Country, arta: Tablet, ana: Tablet, case: str, shared: str
) -> None:
    eleni = country.tablet("eleni", "athens")
    eleni.sync()
    eleni.end(shared)
    country.now += 1_000
    arta.deny(case, "ana", "eleni")
    arta.sync()
    country.now += 1_000
    ana.end(shared)
    meet(ana, eleni)
    assert ana.codes() == ["sync.case.not_granted"]
    assert eleni.codes() == ["sync.case.not_yours_to_share"]
    assert country.held(case)[shared]["share_state"].value == "shared"
