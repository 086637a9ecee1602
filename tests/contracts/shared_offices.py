"""Three offices on one server, and tablets that are only as clever as the protocol asks.

The server decides by the forms of the library who has a case; a plain form `visit` holds what people write.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache

from forms.casework.deny_list import same_name
from forms.check import check_table
from forms.library import read
from sync_server.accounts import Actor
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.grants import Grants
from sync_server.protocol import schema
from sync_server.protocol.change import ChangeSet, Json
from sync_server.protocol.clock import HybridClock
from sync_server.protocol.merge import FieldState, Known, merge
from sync_server.protocol.messages import (
    ClockReading,
    ConflictNotice,
    Refused,
    Settled,
    SyncRequest,
    SyncResponse,
)
from sync_server.share_watch import ShareWatch
from sync_server.storage.base import Ledger, LoggedConflict, Office, User
from sync_server.storage.database import Database

START = 1_790_000_000_000
DAY = 24 * 3_600_000
OFFICES = {
    "athens": Office("athens", "Support Centre Athens", "gr"),
    "rabat": Office("rabat", "Rabat", "ma"),
    "tirana": Office("tirana", "Tirana", "al"),
}
VISIT = """
| settings |
| | form_id | version | form_title |
| | visit | 1 | Visit |
| survey |
| | type | name | label | bind::homeward:merge |
| | text | status | Status | |
| | text | weight | Weight | |
| | text | narrative | Narrative | both |
"""
DENY = """
| settings |
| | form_id | version | form_title |
| | deny_list | 1 | Who must not see this case |
| survey |
| | type | name | label | bind::homeward:meaning |
| | text | who | Who must not see this case? | deny.who |
| | select_one decision | decision | Decision | deny.decision |
| choices |
| | list_name | name | label |
| | decision | denied | Denied |
| | decision | lifted | Lifted |
"""
PICTURE = """
| settings |
| | form_id | version | form_title |
| | picture | 1 | Picture |
| survey |
| | type | name | label |
| | text | told | What was told? |
| | image | photo | Photo |
| | begin_repeat | shown | Shown |
| | image | photo | Another |
| | end_repeat | | |
"""
_LIBRARY = ("case_file", "consent", "sharing", "meeting", "coordination", "same_person")


#: It keeps the forms that it has read, which are the same in every run.
_GRANTS = Grants()


@cache
def published() -> tuple[str, ...]:
    tables = {
        "visit": VISIT,
        "deny_list": DENY,
        "picture": PICTURE,
        **{form: read(form) for form in _LIBRARY},
    }
    return tuple(check_table(form, table).xml for form, table in tables.items())


class Country:
    """The server with its offices, its time, and all tablets."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self.database = database
        self.chance = chance
        self.now = START
        catalogue = FormCatalogue(database, lambda: self.now)
        catalogue.publish_all(published())
        self.versions = {form.id: form.version for form in catalogue.current()}
        self.rules = catalogue.rules
        self.exchange = Exchange(database, catalogue, lambda: self.now)
        self.watch = ShareWatch(database, lambda: self.now)
        #: Each run has offices of its own in the one database.
        self.sign = "" if not database.offices() else f"-{len(database.offices())}"
        for office in OFFICES.values():
            database.add_office(Office(self.office(office.id), office.name + self.sign, office.country))

    def office(self, name: str) -> str:
        return name + self.sign

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def today(self, days: int = 0) -> str:
        day: date = datetime.fromtimestamp(self.now / 1000, UTC).date() + timedelta(days=days)
        return day.isoformat()

    def tablet(self, login: str, office: str, role: str = "officer", zone: str = "UTC") -> Tablet:
        login = login + self.sign
        if self.database.user_by_login(login) is None:
            self.database.add_user(User(login, login, role, self.office(office), "-", zone))
        device = f"{self.chance.getrandbits(32):08x}"
        self.database.add_device(device, login, "tablet", f"{device}{self.new_id()}", START)
        return Tablet(self, Actor(login, login, role, self.office(office), zone, device))

    def holders(self, case: str) -> set[str]:
        """The offices that have a case at this moment, decided from nothing but its records."""
        return self.decided(case)[0]

    def denies(self, case: str, actor: Actor) -> bool:
        """Whether the case denies somebody at this moment, decided from nothing but its records."""
        return bears_one(actor, self.decided(case)[1])

    def decided(self, case: str) -> tuple[set[str], frozenset[str]]:
        """The offices that have a case, and the names that it denies."""

        def work(ledger: Ledger) -> tuple[set[str], frozenset[str]]:
            home = ledger.offices_of([case]).get(case)
            if home is None:
                return set(), frozenset()
            every = ledger.offices_named({self.office(name) for name in OFFICES})
            decided = _GRANTS.decide(ledger, home, case, (), every, self.now)
            return {home, *(row.office for row in decided.rows if row.shared)}, decided.denied

        return self.database.read(work)

    def held(self, case: str) -> dict[str, dict[str, FieldState]]:
        """The records of a case as its home holds them."""

        def work(ledger: Ledger) -> dict[str, dict[str, FieldState]]:
            home = ledger.offices_of([case]).get(case, "")
            return {each.delta.record: each.delta.states() for each in ledger.records_of_case(home, case)}

        return self.database.read(work)

    def log(self, office: str) -> list[LoggedConflict]:
        return self.database.read(lambda ledger: ledger.conflict_log(self.office(office)))

    def a_day_passes(self) -> None:
        self.now += DAY
        self.watch.look()


class Tablet:
    """A device as the protocol describes it. Everything passes through the wire's JSON."""

    def __init__(self, country: Country, actor: Actor) -> None:
        self.country = country
        self.actor = actor
        self.clock = HybridClock(actor.device, lambda: country.now)
        self.cursor: str | None = None
        self.sequence = 0
        self.base: dict[str, dict[str, FieldState]] = {}
        #: Of each record that is or was here: case and form.
        self.homes: dict[str, tuple[str, str]] = {}
        self.pending: list[ChangeSet] = []
        self.settled: list[Settled] = []
        self.notices: dict[str, ConflictNotice] = {}
        self.refused: list[Refused] = []
        self.accepted: list[int] = []
        self.saved: dict[int, ChangeSet] = {}
        #: Every case of which something ever came here, with who had it then.
        self.got: list[tuple[str, set[str]]] = []
        #: Every case of which something ever came here although it denied her at that moment.
        self.got_though_denied: list[str] = []
        self.purged: set[str] = set()
        self.told: list[ConflictNotice] = []

    # -- working

    def state(self, record: str) -> dict[str, FieldState]:
        """What the worker sees: the server's state with her unsent work over it."""
        unsent = [change_set for change_set in self.pending if change_set.record == record]
        incoming = [Known(change, change.stamp) for change_set in unsent for change in change_set.changes()]
        form = self.homes[record][1]
        rules = self.country.rules(form, self.country.versions[form])
        assert rules is not None
        return merge(self.base.get(record, {}), incoming, rules).state

    def values(self, record: str) -> dict[str, Json]:
        return {path: field.value for path, field in self.state(record).items()}

    def of_case(self, case: str) -> dict[str, dict[str, FieldState]]:
        """What the server gave it of a case and did not take back."""
        return {record: states for record, states in self.base.items() if self.homes[record][0] == case}

    def write(self, case: str, form: str, values: Mapping[str, Json], record: str = "") -> str:
        """Finish a new record, or change one; its id."""
        record = record or self.country.new_id()
        self.homes.setdefault(record, (case, form))
        self.sequence += 1
        seen = self.state(record)
        change_set = ChangeSet(
            id=self.country.new_id(),
            record=record,
            case=self.homes[record][0],
            form=form,
            form_version=self.country.versions[form],
            stamp=self.clock.tick(),
            author=self.actor.login,
            device=self.actor.device,
            sequence=self.sequence,
            values=dict(values),
            path_parents={path: seen[path].heads for path in values if path in seen},
        )
        self.pending.append(change_set)
        self.saved[self.sequence] = change_set
        return record

    def open_case(self) -> str:
        """A case of a grown-up woman who speaks Albanian."""
        case = self.country.new_id()
        self.write(case, "case_file", {"language": "sq", "birth_date": "1999-03-08", "stage": "shelter"})
        return case

    def consent(self, case: str, office: str, *, until: int = 60, **other: Json) -> str:
        values = {
            "choice/purpose": ["share_with_country"],
            "choice/recipient": self.country.office(office),
            "choice/decision": "given",
            "choice/decided_by": "person",
            "choice/consented_on": self.country.today(),
            "given/how_given": "written",
            "given/spoken": "sq",
            "given/valid_until": self.country.today(until),
        }
        return self.write(case, "consent", {**values, **other})

    def take_back(self, case: str) -> str:
        return self.write(case, "consent", {"choice/decision": "withdrawn", "choice/decided_by": "person"})

    def share(self, case: str, office: str, **other: Json) -> str:
        named = {
            "share_office": self.country.office(office),
            "share_state": "shared",
            "share_ground": "consent",
        }
        return self.write(case, "sharing", {**named, **other})

    def end(self, record: str) -> None:
        self.write("", "sharing", {"share_state": "ended"}, record)

    def deny(self, case: str, *names: str) -> str:
        """Put people on the deny list, by the logins that they have without the sign of this run."""
        who = "\n".join(name + self.country.sign for name in names)
        return self.write(case, "deny_list", {"who": who, "decision": "denied"})

    def lift(self, case: str, name: str) -> str:
        return self.write(case, "deny_list", {"who": name + self.country.sign, "decision": "lifted"})

    def settle_one(self) -> None:
        """Let be what lost first and is still open."""
        waiting = {one.conflict for one in self.settled}
        open_ones = [id for id, each in self.notices.items() if each.state == "open" and id not in waiting]
        if open_ones:
            self.settled.append(Settled(min(open_ones), "accepted"))

    # -- syncing

    def request(self, limit: int = 1_000_000, most: int = 1_000) -> SyncRequest:
        return SyncRequest(
            clock=ClockReading(now=self.country.now),
            batch=self.country.new_id() if self.pending or self.settled else None,
            changes=tuple(self.pending[:most]),
            settled=tuple(self.settled),
            cursor=self.cursor,
            limit=limit,
        )

    def send(self, request: SyncRequest) -> SyncResponse:
        body = schema.encode(request)
        response = self.country.exchange.sync(self.actor, schema.decode(SyncRequest, body))
        response = schema.decode(SyncResponse, schema.encode(response))
        cases = {delta.case for delta in response.page.items} | {each.case for each in response.conflicts}
        for case in sorted(cases):
            holders, denied = self.country.decided(case)
            self.got.append((case, holders))
            if bears_one(self.actor, denied):
                self.got_though_denied.append(case)
        return response

    def take(self, response: SyncResponse) -> None:
        decided = {*response.accepted, *(one.sequence for one in response.refused)}
        self.pending = [change_set for change_set in self.pending if change_set.sequence not in decided]
        self.refused += response.refused
        self.accepted += response.accepted
        self.settled = []
        for delta in response.page.items:
            self.base.setdefault(delta.record, {}).update(delta.states())
            self.homes[delta.record] = (delta.case, delta.form)
        self.purged.update(response.page.purged)
        self.told += response.conflicts
        for record in response.page.purged:
            self.base.pop(record, None)
            self.notices = {id: each for id, each in self.notices.items() if each.record != record}
        self.notices.update({notice.id: notice for notice in response.conflicts})
        self.cursor = response.page.cursor
        if response.max_stamp:
            self.clock.observe(response.max_stamp)

    def sync(self, limit: int = 1_000_000, most: int = 1_000) -> SyncResponse:
        """Sync until there is nothing more to fetch or to send."""
        while True:
            response = self.send(self.request(limit, most))
            self.take(response)
            if not response.page.more and not self.pending:
                return response

    def codes(self) -> list[str]:
        return [one.code for one in self.refused]


def bears_one(actor: Actor, names: Collection[str]) -> bool:
    """Whether somebody is called by one of these names."""
    return not {same_name(actor.login), same_name(actor.display_name)}.isdisjoint(names)


def meet(*tablets: Tablet) -> None:
    """They sync one after the other, and time goes on."""
    for tablet in tablets:
        tablet.country.now += 1_000
        tablet.sync()


def outside_of_its_grants(tablets: Collection[Tablet]) -> list[str]:
    """Cases of which something went to an office that did not have them at that moment."""
    return [case for each in tablets for case, holders in each.got if each.actor.office not in holders]
