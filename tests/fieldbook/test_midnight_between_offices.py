"""Midnight comes to Athens first, then to Tirana, then to Rabat. In the hours between, two offices do not
have one date; all the same their tablets agree on a case, and take no word of today for one of tomorrow.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.fieldbook import Fieldbook, World, unlock
from app.settings import Settings
from app.store import form_library, reference
from app.store.pages import apply_page
from app.views import ProtectionView
from forms.definition import FormDefinition
from forms.xform.load import load_form
from sync_server.protocol.messages import Colleague, Page, RecordDelta, Reference
from tests.fieldbook.conftest import CHEAP, IDENTITY, PASSPHRASE, Clock, device_of

#: By office: its officer, its country, its zone.
OFFICES = {
    "Athens": ("eleni", "gr", "Europe/Athens"),
    "Tirana": ("mira", "al", "Europe/Tirane"),
    "Rabat": ("youssef", "ma", "Africa/Casablanca"),
}
PEOPLE = tuple(
    Colleague(login, login, "coordinator", office, country, zone)
    for office, (login, country, zone) in OFFICES.items()
)
#: In which Athens alone has the next day, and Tirana too; the rules themselves are tried around many more
#: midnights in tests/casework/test_days.py.
MOMENTS = [datetime(2026, 11, 27, 22, 10, tzinfo=UTC), datetime(2027, 2, 7, 23, 10, tzinfo=UTC)]


@dataclass
class ThreeOffices:
    """A tablet in each office. What is written reaches all of them at once."""

    books: Mapping[str, Fieldbook]
    forms: Mapping[str, FormDefinition]
    clock: Clock
    case: str = ""
    home: str = ""
    _ticks: Iterator[int] = field(default_factory=itertools.count)

    def open_case(self, home: str, now: datetime) -> None:
        self.case, self.home, self.clock.now = str(uuid.uuid4()), home, now
        facts = {"case_code": f"AL-{next(self._ticks)}", "country": "al", "language": "sq", "office": home}
        self.write(home, "case_file", **facts, stage="travel", birth_date="1990-01-05")

    def today(self, office: str, days: int = 0) -> str:
        """The date on the wall of an office."""
        return (self.clock.now.astimezone(ZoneInfo(OFFICES[office][2])).date() + timedelta(days)).isoformat()

    def write(self, office: str, form: str, /, **answers: Any) -> str:
        """A record of an office's officer, some seconds after the last one; the id."""
        self.clock.now += timedelta(seconds=5)
        definition = self.forms[form]
        paths = {path.rpartition("/")[2]: path for path in definition.questions}
        values = {paths.get(name, name): value for name, value in answers.items()}
        stamp = f"{self.clock():012x}-{next(self._ticks):04x}-0b0b0b0b"
        delta = RecordDelta(
            str(uuid.uuid4()), self.case, form, definition.version, OFFICES[office][0], stamp, values, stamp
        )
        for book in self.books.values():
            book._store.write(lambda db: apply_page(db, Page((delta,), "cursor", False)))
        return delta.record

    def consent(self, office: str, *purposes: str, **other: Any) -> str:
        answers = {
            "decided_by": "person", "purpose": list(purposes), "decision": "given",
            "consented_on": self.today(office), "in_private": "yes", "spoken": "sq", "understood": "yes",
            "how_given": "written", "valid_until": self.today(office, 100), **other,
        }  # fmt: skip
        return self.write(office, "consent", **answers)

    def take_back(self, office: str, *purposes: str) -> str:
        return self.write(
            office, "consent", decided_by="person", purpose=list(purposes), decision="withdrawn",
            consented_on=self.today(office),
        )  # fmt: skip

    def assess(self, office: str, side: str) -> str:
        return self.write(
            office, "needs_and_risks", side=side, assessed_on=self.today(office), outcome="proceed",
            expires=self.today(office, 30),
        )  # fmt: skip

    def clear(self) -> None:
        """Everything for a journey, written by who has it to write, and the clearance."""
        self.consent(self.home, "return")
        self.assess("Athens", "host")
        self.assess("Tirana" if self.home != "Rabat" else "Rabat", "return")
        self.write(
            "Tirana", "reintegration_plan", plan_on=self.today("Tirana"), state="draft", monitoring="draft"
        )
        leg = "route/leg[00000000000000aa]"
        self.write(
            "Athens", "travel", documents="ready", document_expires=self.today("Athens", 400),
            departure_at=f"{self.today('Athens', 5)}T09:00:00.000+02:00", itinerary="complete",
            reception="arranged",
            **{leg: 1, f"{leg}/leg_from": "Athens", f"{leg}/leg_to": "Tirana", f"{leg}/leg_escort": "none"},
        )  # fmt: skip
        self.write(self.home, "clearance", decision="cleared", decided_on=self.today(self.home))

    def seen(self) -> dict[str, ProtectionView]:
        """What protects the person, as the tablet of each office shows it."""
        return {office: book.case(self.case).wait(30).protection for office, book in self.books.items()}

    def agreed(self) -> ProtectionView:
        """The same, which has to be the same on all of them."""
        athens, tirana, rabat = self.seen().values()
        assert athens == tirana == rabat
        return athens


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory, xforms: dict[str, str]) -> Iterator[ThreeOffices]:
    clock = Clock()
    books = {}
    for number, (office, (login, _, zone)) in enumerate(OFFICES.items()):
        who = replace(
            IDENTITY, device=f"0000000{number}", login=login, office=office, zone=zone, role="coordinator"
        )
        where = device_of(who, tmp_path_factory.mktemp(office) / "device", xforms, clock)
        books[office] = unlock(
            Settings(where, auto_sync=False), PASSPHRASE, world=World(now_ms=clock, floor=CHEAP)
        ).wait(30)
        books[office]._store.write(lambda db: reference.put(db, Reference(PEOPLE, {})))

    def newest(db: Any) -> dict[str, FormDefinition]:
        return {each.id: load_form(each.xml) for each in form_library.newest(db)}

    yield ThreeOffices(books, books["Athens"]._store.read(newest), clock)
    for book in books.values():
        book.close()


@pytest.mark.parametrize("home", OFFICES)
@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_a_journey_that_is_cleared_near_midnight_stands_in_every_office(
    offices: ThreeOffices, home: str, now: datetime
) -> None:
    offices.open_case(home, now)
    offices.clear()
    for later in (0, 40, 160):
        offices.clock.now = now + timedelta(minutes=later)
        offices.write("Tirana", "assistance", delivered_on=offices.today("Tirana"))
        seen = offices.agreed()
        assert seen.clearance is not None
        assert seen.clearance.stands, seen.clearance.reasons


@pytest.mark.parametrize("home", OFFICES)
@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_what_is_taken_back_near_midnight_ends_and_what_is_given_anew_holds(
    offices: ThreeOffices, home: str, now: datetime
) -> None:
    offices.open_case(home, now)
    offices.clear()
    offices.clock.now += timedelta(minutes=3)
    offices.take_back("Athens", "return")
    seen = offices.agreed()
    assert {each.code for each in seen.clearance.reasons} == {"gate.clear_to_travel.consent_withdrawn"}

    # A colleague in the next office knows of it: she names the day that stands in the record.
    named = offices.today("Athens")
    offices.clock.now += timedelta(minutes=30)
    offices.consent("Athens", "return", taken_back_before=named)
    offices.write(home, "clearance", decision="cleared", decided_on=offices.today(home))
    assert offices.agreed().clearance.stands


@pytest.mark.parametrize("home", OFFICES)
@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_who_has_a_case_near_midnight_is_the_same_on_every_tablet(
    offices: ThreeOffices, home: str, now: datetime
) -> None:
    offices.open_case(home, now)
    other = "Rabat" if home != "Rabat" else "Tirana"
    offices.consent("Athens", "share_with_country", recipient=other)
    offices.write(home, "sharing", share_office=other, share_state="shared", share_ground="consent")
    for book in offices.books.values():
        (told,) = book.decisions.shares(offices.case).wait(30)
        assert told.shared, told.reasons


def test_a_day_that_no_office_has_yet_is_still_ahead(offices: ThreeOffices) -> None:
    offices.open_case("Tirana", datetime(2026, 11, 27, 22, 30, tzinfo=UTC))
    offices.clear()
    offices.consent("Athens", "tracing", consented_on="2026-11-29")
    offices.write("Athens", "guardian_and_tracing", guardian_appointed="no", risk_screen="clear")
    (gate,) = (each for each in offices.agreed().gates if each.gate == "contact_family")
    assert [each.code for each in gate.reasons] == ["gate.contact_family.consent_dated_ahead"]


def test_a_consent_ends_with_the_day_of_the_office_that_holds_the_case(offices: ThreeOffices) -> None:
    """At half past midnight in Athens the last day of her consent has half an hour to go in Tirana."""
    offices.open_case("Tirana", datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    offices.consent("Tirana", "tracing", valid_until="2026-11-27")
    offices.write("Tirana", "guardian_and_tracing", guardian_appointed="no", risk_screen="clear")

    def missing() -> list[str]:
        (gate,) = (each for each in offices.agreed().gates if each.gate == "contact_family")
        return [each.code for each in gate.reasons]

    offices.clock.now = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)
    assert missing() == []
    offices.clock.now = datetime(2026, 11, 27, 23, 1, tzinfo=UTC)
    assert missing() == ["gate.contact_family.consent_expired"]


def test_a_record_that_bears_the_day_of_a_colleague_further_east_can_be_changed_here(
    offices: ThreeOffices,
) -> None:
    """Its form asks that no date is one to come, and it is half past eleven in Tirana."""
    offices.open_case("Tirana", datetime(2026, 11, 27, 22, 30, tzinfo=UTC))
    record = offices.write(
        "Athens", "reintegration_plan", plan_on="2026-11-28", state="draft", goals="A room of her own",
        monitoring="draft", signed="no",
    )  # fmt: skip
    mira = offices.books["Tirana"]
    opened = mira.edit(record).wait(30)
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    mira.save(record, opened.entry.answer(paths["goals"], "A room, and a course")).wait(30)
    assert [each.kind for each in opened.entry.validate()] == []
    assert mira.finish(record).wait(30) == ()

    opened = mira.edit(record).wait(30)
    assert opened.entry.answer(paths["plan_on"], "2026-11-29").violation is not None, "no office has it yet"
