"""Two files of one person, on each database: what protects her in one of them protects her in both, as long
as they are said to be of one person; and neither gives the other one to anybody."""

from __future__ import annotations

import random
import threading
from functools import partial
from typing import Any

import pytest

from forms.check import check_table
from sync_server.catch_up import CatchUp
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.shared_cases import SharedCases
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, meet, outside_of_its_grants

MUTE = """
| settings |
| | form_id | version | form_title |
| | deny_list | 2 | Who must not see this case |
| survey |
| | type | name | label |
| | text | remark | Remark |
"""


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(23))


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def ana(country: Country) -> Tablet:
    return country.tablet("ana", "tirana", "coordinator")


@pytest.fixture
def drin(country: Country) -> Tablet:
    """Another coordinator: the uncle of the person, as it turns out."""
    return country.tablet("drin", "tirana", "coordinator")


@pytest.fixture
def eleni(country: Country) -> Tablet:
    return country.tablet("eleni", "athens")


@pytest.fixture
def files(country: Country, arta: Tablet, ana: Tablet, drin: Tablet, eleni: Tablet) -> tuple[str, str]:
    """Two files in Tirana. The second one is shared with Athens, as the person agreed."""
    first, second = arta.open_case(), arta.open_case()
    country.now += 1_000
    arta.write(second, "visit", {"status": "calm"})
    arta.consent(second, "athens")
    arta.share(second, "athens")
    meet(arta, ana, drin, eleni)
    assert eleni.of_case(second) == country.held(second)
    country.now += 1_000
    return first, second


def join(tablet: Tablet, duplicate: str, original: str) -> str:
    return tablet.write(
        duplicate, "same_person", {"original": original, "state": "same", "because": "The same paper"}
    )


def part(tablet: Tablet, record: str) -> None:
    tablet.write("", "same_person", {"state": "apart"}, record)


def report(tablet: Tablet, case: str) -> str:
    """Share a case with Athens since a law asks for it."""
    told = {"share_ground": "duty_to_report", "share_reason": "A child at the border"}
    return tablet.share(case, "athens", **told)


def nothing_went_wrong(*tablets: Tablet) -> bool:
    return outside_of_its_grants(tablets) == [] and not any(each.got_though_denied for each in tablets)


def test_a_withdrawal_and_a_denial_in_one_file_count_in_the_other(
    country: Country, arta: Tablet, ana: Tablet, drin: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    join(arta, second, first)
    arta.take_back(first)
    arta.deny(first, "drin")
    meet(arta, drin, eleni, ana)
    assert drin.of_case(first) == drin.of_case(second) == {}
    assert eleni.of_case(second) == {}
    assert ana.of_case(second) == arta.of_case(second) == country.held(second)
    later = arta.write(second, "visit", {"status": "not for him"})
    meet(arta, drin, eleni)
    assert later in country.held(second)
    assert nothing_went_wrong(arta, ana, drin, eleni)


def test_whichever_of_the_three_comes_last_and_whichever_file_is_the_original(
    country: Country, arta: Tablet, drin: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    arta.deny(first, "drin")
    arta.take_back(first)
    meet(arta, drin, eleni)
    assert (drin.of_case(first), drin.of_case(second)) == ({}, country.held(second)), "two people so far"
    assert eleni.of_case(second) == country.held(second)
    join(arta, first, second)
    meet(arta, drin, eleni)
    assert drin.of_case(second) == eleni.of_case(second) == {}
    assert nothing_went_wrong(arta, drin, eleni)


@pytest.mark.parametrize("said", ["denied", "withdrawn"])
def test_each_word_counts_by_itself_when_it_comes_after_the_files_were_joined(
    country: Country, arta: Tablet, eleni: Tablet, files: tuple[str, str], said: str
) -> None:
    first, second = files
    join(arta, second, first)
    meet(arta, eleni)
    assert eleni.of_case(second) == country.held(second), "to be joined takes nothing from anybody"
    country.now += 1_000
    if said == "denied":
        arta.deny(first, "athens")
    else:
        arta.take_back(first)
    meet(arta, eleni)
    assert eleni.of_case(second) == {}
    assert nothing_went_wrong(arta, eleni)


def test_files_that_are_parted_again_are_two_and_each_has_its_own_word(
    country: Country, arta: Tablet, ana: Tablet, drin: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    joined = join(arta, second, first)
    arta.deny(first, "drin")
    arta.take_back(first)
    meet(arta, ana, drin, eleni)
    part(ana, joined)
    meet(ana, arta, drin, eleni)
    assert drin.of_case(first) == {}
    assert drin.of_case(second) == eleni.of_case(second) == ana.of_case(second) == country.held(second)
    assert nothing_went_wrong(arta, ana, drin, eleni)


@pytest.mark.parametrize("said", [{"state": "apart"}, {"original": "another"}, {"because": "Ask her uncle"}])
def test_another_office_says_nothing_of_which_files_are_one_here(
    country: Country,
    arta: Tablet,
    ana: Tablet,
    drin: Tablet,
    eleni: Tablet,
    files: tuple[str, str],
    said: dict[str, str],
) -> None:
    """It would end what protects her in both: the uncle, who has a friend in Athens, would have her file."""
    first, second = files
    joined = join(arta, second, first)
    arta.deny(first, "drin")
    meet(arta, drin, eleni)
    assert joined in eleni.of_case(second)
    country.now += 1_000
    eleni.write("", "same_person", said, joined)
    join(eleni, second, country.new_id())
    eleni.write(second, "visit", {"status": "seen"})
    meet(eleni, arta, ana, drin)
    assert eleni.codes() == ["sync.case.not_yours_to_join"] * 2
    assert ana.values(joined)["state"] == "same"
    assert len(ana.of_case(second)) == len(eleni.of_case(second)), "what else she wrote is taken in"
    assert drin.of_case(first) == drin.of_case(second) == {}
    theirs = eleni.open_case()
    join(eleni, theirs, second)
    eleni.sync()
    assert len(eleni.codes()) == 2, "in a case of its own it may say so"
    assert nothing_went_wrong(arta, ana, drin, eleni)


@pytest.mark.parametrize("said", [{"state": "apart"}, {"original": "another"}, {"state": None}])
def test_only_a_coordinator_parts_files_as_only_she_lifts_a_denial(
    country: Country,
    arta: Tablet,
    ana: Tablet,
    drin: Tablet,
    files: tuple[str, str],
    said: dict[str, str | None],
) -> None:
    first, second = files
    luan = country.tablet("luan", "tirana")
    joined = join(arta, second, first)
    arta.deny(first, "drin")
    meet(arta, drin, luan, ana)
    country.now += 1_000
    luan.write("", "same_person", said, joined)
    arta.write("", "same_person", {"because": "The same paper, and the same mother"}, joined)
    meet(luan, arta, drin)
    assert (luan.codes(), arta.codes()) == (["sync.files.not_coordinator"], [])
    assert drin.of_case(second) == {}
    part(ana, joined)
    meet(ana, drin)
    assert drin.of_case(second) == country.held(second)
    assert nothing_went_wrong(arta, ana, drin)


def test_a_name_is_taken_off_those_who_are_denied_by_a_coordinator_of_the_home_only(
    country: Country, arta: Tablet, ana: Tablet, drin: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    """To write another name in its place lifts a denial as well as the word for it does."""
    _, second = files
    denial = arta.deny(second, "drin", "leka")
    meet(arta, drin, eleni, ana)
    country.now += 1_000
    for tablet, who in ((eleni, "somebody else"), (arta, None), (arta, "leka")):
        tablet.write("", "deny_list", {"who": who}, denial)
        tablet.sync()
    assert {*arta.codes(), *eleni.codes()} <= {"sync.denial.not_coordinator", "sync.parent.refused"}
    assert arta.codes()
    assert eleni.codes()
    assert drin.of_case(second) == {}
    sign = country.sign
    luan = country.tablet("luan", "tirana")
    luan.sync()
    luan.write("", "deny_list", {"who": f"leka{sign}\ndrin{sign}\nbesa"}, denial)
    luan.sync()
    assert luan.codes() == [], "whoever adds a name takes nobody off"
    ana.sync()
    ana.write("", "deny_list", {"who": f"leka{sign}"}, denial)
    meet(ana, drin)
    assert ana.codes() == []
    assert drin.of_case(second) == country.held(second)


def test_a_record_stays_in_the_version_of_its_form(
    country: Country, storage: Database, arta: Tablet, drin: Tablet, files: tuple[str, str]
) -> None:
    """In another one that means nothing a denial would be over."""
    first, _ = files
    denial = arta.deny(first, "drin")
    meet(arta, drin)
    mute = check_table("deny_list", MUTE).xml
    FormCatalogue(storage, lambda: country.now).publish_all([mute])
    country.versions["deny_list"] = "2"
    luan = country.tablet("luan", "tirana")
    luan.sync()
    luan.write("", "deny_list", {"remark": "x"}, denial)
    meet(luan, drin)
    assert luan.codes() == ["sync.record.other_version"]
    assert drin.of_case(first) == {}


def test_what_was_refused_of_files_can_be_said_again_as_it_stands(
    country: Country, arta: Tablet, ana: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    joined = join(arta, second, first)
    meet(arta, ana)
    country.now += 1_000
    part(arta, joined)
    arta.sync()
    assert arta.codes() == ["sync.files.not_coordinator"]
    other = country.tablet("luan", "tirana")
    other.sync()
    other.write("", "same_person", {"state": "same", "because": "The same paper, looked at again"}, joined)
    other.sync()
    assert other.codes() == []


def test_a_third_file_is_reached_by_way_of_the_second(
    country: Country, arta: Tablet, drin: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    third = arta.open_case()
    meet(arta, drin)
    join(arta, second, first)
    join(arta, third, second)
    arta.deny(third, "drin")
    meet(arta, drin)
    assert [drin.of_case(case) for case in (first, second, third)] == [{}, {}, {}]


def test_no_file_is_shared_by_what_stands_in_another_one(
    country: Country, arta: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    """Neither the consent of the second file nor its sharing."""
    first, second = files
    join(arta, second, first)
    meet(arta, eleni)
    assert country.holders(first) == {country.office("tirana")}
    arta.share(first, "athens")
    meet(arta, eleni)
    assert eleni.of_case(first) == {}
    assert eleni.of_case(second) == country.held(second)


def test_a_denial_is_lifted_in_the_file_in_which_it_stands(
    country: Country, arta: Tablet, ana: Tablet, drin: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    join(arta, second, first)
    arta.deny(first, "drin")
    meet(arta, ana, drin)
    country.now += 1_000
    ana.lift(second, "drin")
    meet(ana, drin)
    assert drin.of_case(first) == drin.of_case(second) == {}
    ana.lift(first, "drin")
    meet(ana, drin)
    assert drin.of_case(second) == country.held(second)
    assert drin.of_case(first) == country.held(first)


def test_who_is_denied_does_not_part_the_files_whatever_his_clock_claims(
    country: Country, arta: Tablet, drin: Tablet, files: tuple[str, str]
) -> None:
    first, second = files
    joined = join(arta, second, first)
    meet(arta, drin)
    country.now += 60_000
    arta.deny(first, "drin")
    arta.sync()
    country.now -= 30_000
    part(drin, joined)
    country.now += 30_000
    drin.sync()
    assert drin.codes() == ["sync.case.not_granted"]
    assert drin.of_case(second) == {}
    assert nothing_went_wrong(arta, drin)


def test_a_duty_to_report_ends_where_the_other_file_makes_her_an_adult(
    country: Country, arta: Tablet, eleni: Tablet
) -> None:
    first, second = arta.open_case(), country.new_id()
    arta.write(second, "case_file", {"language": "sq", "birth_date": country.today(-15 * 365)})
    report(arta, second)
    meet(arta, eleni)
    assert eleni.of_case(second) == country.held(second)
    join(arta, first, second)
    meet(arta, eleni)
    assert eleni.of_case(second) == {}


def test_a_file_of_another_office_is_none_of_these(
    country: Country, arta: Tablet, drin: Tablet, eleni: Tablet, files: tuple[str, str]
) -> None:
    """Nor is what no case could be called."""
    _, second = files
    theirs = eleni.open_case()
    eleni.deny(theirs, "drin")
    eleni.sync()
    join(arta, second, theirs)
    join(arta, second, "\0 nobody's")
    meet(arta, drin)
    assert drin.of_case(second) == country.held(second)
    assert arta.codes() == ["sync.change.invalid"]


def test_what_was_taken_in_before_the_server_knew_is_decided_once(
    country: Country,
    storage: Database,
    arta: Tablet,
    drin: Tablet,
    files: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = files
    with monkeypatch.context() as earlier:
        earlier.setattr("sync_server.grants.joins", lambda meaning: False)
        earlier.setattr("sync_server.form_catalogue.joins", lambda meaning: False)
        catalogue = FormCatalogue(storage, lambda: country.now)
        earlier.setattr(country, "exchange", Exchange(storage, catalogue, lambda: country.now))
        join(arta, first, second)
        arta.deny(first, "drin")
        arta.sync()
    drin.sync()
    assert drin.of_case(second) == country.held(second)
    storage.set_meta("caught_up", "1")
    assert CatchUp(storage, FormCatalogue(storage, lambda: country.now), lambda: country.now).run() > 0
    drin.sync()
    assert drin.of_case(second) == {}


def test_files_that_are_joined_while_a_denial_is_on_its_way(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.migrate()
    country = Country(postgres, random.Random(7))
    arta, drin = country.tablet("arta", "tirana"), country.tablet("drin", "tirana")
    ana = country.tablet("ana", "tirana", "coordinator")
    first, second = arta.open_case(), arta.open_case()
    meet(arta, drin, ana)
    on_its_way, joined = threading.Event(), threading.Event()
    lock = SharedCases.lock

    def slow(self: SharedCases, *wanted: Any) -> dict[str, int]:
        if threading.current_thread().name == "ana" and not on_its_way.is_set():
            on_its_way.set()
            assert joined.wait(20)
        return lock(self, *wanted)

    monkeypatch.setattr(SharedCases, "lock", slow)
    ana.deny(first, "drin")
    pushing = threading.Thread(target=partial(ana.sync), name="ana")
    pushing.start()
    assert on_its_way.wait(20)
    join(arta, second, first)
    arta.sync()
    joined.set()
    pushing.join(60)
    drin.sync()
    assert drin.of_case(first) == drin.of_case(second) == {}
