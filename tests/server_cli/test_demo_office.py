"""The demo office is full of life, wholly invented, and the same on the same day."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forms.casework.case import Case, check_case_code
from forms.casework.due import Due, Finished, due
from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.xform.load import load_form
from sync_server.accounts import Accounts, Actor, Passwords, Throttle, found_server
from sync_server.config import SetupProblem
from sync_server.demo_office import people
from sync_server.demo_office.diary import diary
from sync_server.demo_office.office import make_demo_office
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.protocol.clock import milliseconds_of
from sync_server.protocol.messages import ClockReading, RecordDelta, SyncRequest, SyncResponse
from sync_server.storage.database import Database
from tests.compiled_library import library_definitions, library_sources

ZONE = ZoneInfo(people.OFFICE_ZONE)
TODAY = date(2026, 11, 22)


def at_noon(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, 12, tzinfo=ZONE).timestamp() * 1000)


class DemoServer:
    """An embedded server in a folder, with the library's forms and, once made, the office."""

    def __init__(self, folder: Path, xforms: list[str], today: date, demo: bool = True) -> None:
        self.today = today
        self.storage = Database.embedded(folder / "server.db", bytes(32))
        self.storage.migrate()
        found_server(self.storage, "Demo", demo)
        catalogue = FormCatalogue(self.storage, self.now_ms)
        for xml in xforms:
            catalogue.publish(xml)
        self.definitions: dict[str, FormDefinition] = {}
        for xml in xforms:
            definition = load_form(xml)
            self.definitions[definition.id] = definition
        passwords = Passwords(operations=1, memory=8 * 1024)
        self.accounts = Accounts(self.storage, self.now_ms, passwords, Throttle(time.monotonic))

    def now_ms(self) -> int:
        return at_noon(self.today)

    def make(self) -> int:
        return make_demo_office(
            self.accounts,
            self.storage,
            lambda clock: Exchange(self.storage, FormCatalogue(self.storage, clock), clock, demo=True),
            self.definitions,
            self.today,
        )

    def first_sync(self, login: str) -> SyncResponse:
        device = f"{len(self.storage.devices()):08x}"
        self.storage.add_device(device, login, "new", device, self.now_ms())
        exchange = Exchange(
            self.storage, FormCatalogue(self.storage, self.now_ms), self.now_ms, demo=self.accounts.demo
        )
        actor = Actor(login, "", login, people.OFFICE, people.OFFICE_ZONE, device)
        return exchange.sync(actor, SyncRequest(ClockReading(self.now_ms()), limit=16_000_000, demo=True))


@pytest.fixture(scope="module")
def xforms() -> list[str]:
    library_definitions()  # held from now on
    return [source.xml for source in library_sources().values()]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, xforms: list[str]) -> Iterator[Callable[..., DemoServer]]:
    built: list[DemoServer] = []

    def make(today: date = TODAY, demo: bool = True) -> DemoServer:
        built.append(DemoServer(tmp_path_factory.mktemp("demo"), xforms, today, demo))
        return built[-1]

    yield make
    for server in built:
        server.storage.close()


@pytest.fixture(scope="module")
def server(build: Callable[..., DemoServer]) -> DemoServer:
    server = build()
    assert server.make() == 30
    return server


@pytest.fixture(scope="module")
def pulled(server: DemoServer) -> SyncResponse:
    return server.first_sync("officer")


def values_of(item: RecordDelta) -> dict[str, Any]:
    return {path: value for path, value in item.values.items() if value is not None}


def cases_of(pulled: SyncResponse) -> dict[str, Case]:
    return {
        item.case: Case.from_values(values_of(item)) for item in pulled.page.items if item.form == "case_file"
    }


def dues_of(pulled: SyncResponse, today: date) -> list[tuple[Case, Due]]:
    finished: dict[str, list[Finished]] = {}
    for item in pulled.page.items:
        if item.form != "case_file":
            finished.setdefault(item.case, []).append(Finished.from_values(item.form, values_of(item), today))
    return [
        (case, one) for id, case in cases_of(pulled).items() for one in due(case, finished.get(id, []), today)
    ]


def test_thirty_cases_in_three_countries_spread_over_all_stages(pulled: SyncResponse) -> None:
    cases = list(cases_of(pulled).values())
    assert len(cases) == 30
    assert set(Counter(case.country for case in cases)) == {"al", "ma", "ua"}
    assert {case.stage for case in cases} == {
        "identified", "shelter", "decision", "pre_departure", "travel", "arrival", "reintegration", "closed",
    }  # fmt: skip
    assert {case.risk for case in cases} == {"high", "medium", "low", "unknown"}
    for case in cases:
        assert check_case_code(case.code) == case.code
        assert case.code[:2] == case.country.upper()


def test_names_come_in_the_scripts_of_the_offices_people() -> None:
    letters = {
        letter
        for person in people.PEOPLE
        for letter in person.given_name + person.family_name + person.other_names
        if letter.isalpha()
    }
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert {"LATIN", "ARABIC", "CYRILLIC", "TIFINAGH"} <= scripts
    assert {"ë", "Ë"} <= letters


def test_something_is_overdue_something_is_due_today_and_one_person_arrives_today(
    pulled: SyncResponse,
) -> None:
    dues = dues_of(pulled, TODAY)
    overdue = [one.form for _, one in dues if one.overdue]
    today = [one.form for _, one in dues if one.due == TODAY]
    assert {"monitoring_contact", "airport_reception"} <= set(overdue)
    assert today.count("airport_reception") == 1
    assert today.count("monitoring_contact") >= 2


def test_past_receptions_and_contacts_are_there_and_valid_by_their_own_form(
    server: DemoServer, pulled: SyncResponse
) -> None:
    assert Counter(item.form for item in pulled.page.items)["airport_reception"] >= 10
    assert Counter(item.form for item in pulled.page.items)["monitoring_contact"] >= 20
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZONE)
    for item in pulled.page.items:
        definition = server.definitions[item.form]
        entry = FormEntry(definition, values_of(item), language="en", now=lambda: noon, random=Random(1))
        assert entry.validate() == ()
        assert entry.values() == values_of(item)


def test_the_stamps_tell_the_months_of_the_story_and_nothing_of_the_future(pulled: SyncResponse) -> None:
    stamps = [milliseconds_of(item.stamp) for item in pulled.page.items]
    assert max(stamps) < at_noon(TODAY)
    assert min(stamps) < at_noon(TODAY - timedelta(days=300))


def test_the_officer_finds_one_real_conflict_and_the_disjoint_edits_kept(pulled: SyncResponse) -> None:
    (conflict,) = pulled.conflicts
    assert (conflict.path, conflict.lost_author, conflict.kept_author) == (
        "expected_arrival", "officer", "coordinator",
    )  # fmt: skip
    record = next(item for item in pulled.page.items if item.record == conflict.record)
    assert record.values["expected_arrival"] == conflict.kept
    assert record.values["safe_times"] == "16-18"
    assert record.values["risk"] == "high"


def test_who_lost_nothing_has_an_empty_inbox(server: DemoServer) -> None:
    assert server.first_sync("coordinator").conflicts == ()
    assert server.first_sync("reception").conflicts == ()


def test_the_same_day_gives_the_same_office(build: Callable[..., DemoServer], pulled: SyncResponse) -> None:
    again = build()
    again.make()
    repeated = again.first_sync("officer")
    assert repeated.page.items == pulled.page.items
    assert repeated.conflicts == pulled.conflicts


@pytest.mark.parametrize("today", [date(2027, 3, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_the_office_can_be_made_on_any_day(build: Callable[..., DemoServer], today: date) -> None:
    server = build(today)
    server.make()
    pulled = server.first_sync("officer")
    assert len(pulled.conflicts) == 1
    assert any(one.due == today and one.form == "airport_reception" for _, one in dues_of(pulled, today))


def test_nothing_in_the_diary_lies_in_the_future_of_any_day() -> None:
    day = date(2026, 1, 1)
    while day < date(2028, 1, 1):
        entries = diary(people.PEOPLE, day, ZONE)
        assert entries[-1].at.date() < day
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        day += timedelta(days=13)


def test_a_real_server_gets_no_invented_people(build: Callable[..., DemoServer]) -> None:
    server = build(demo=False)
    with pytest.raises(SetupProblem) as raised:
        server.make()
    assert raised.value.code == "demo.server.not_a_demo"
    assert server.storage.users() == []


def test_a_database_that_belongs_to_a_server_founds_no_other(build: Callable[..., DemoServer]) -> None:
    real = build(demo=False)
    with pytest.raises(SetupProblem) as raised:
        found_server(real.storage, "Demo", demo=True)
    assert raised.value.code == "server.database.in_use"
    assert (real.storage.meta("name"), real.storage.meta("demo")) == ("Demo", "false")


def test_an_office_with_users_is_left_alone(server: DemoServer) -> None:
    with pytest.raises(SetupProblem) as raised:
        server.make()
    assert raised.value.code == "demo.server.not_empty"
