"""An office on a real embedded database, and tablets that are only as clever as the protocol asks."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sync_server.accounts import Actor
from sync_server.exchange import Exchange
from sync_server.protocol import schema
from sync_server.protocol.change import ChangeSet, Json
from sync_server.protocol.clock import HybridClock
from sync_server.protocol.merge import LAST, FieldState, Known, Rules, merge
from sync_server.protocol.messages import (
    ClockReading,
    ConflictNotice,
    FormListing,
    Refused,
    Settled,
    SyncRequest,
    SyncResponse,
)
from sync_server.storage.base import LoggedConflict, Office, User
from sync_server.storage.database import Database

START = 1_700_000_000_000


def rules_of_visit(path: str) -> str:
    return "both" if path.endswith("narrative") else LAST


class Catalogue:
    """One form, `visit` 1, whose narrative keeps both texts."""

    listing = FormListing("visit", "1", "0" * 32)

    def current(self) -> tuple[FormListing, ...]:
        return (self.listing,)

    def rules(self, id: str, version: str) -> Rules | None:
        return rules_of_visit if (id, version) == ("visit", "1") else None

    def meanings(self, id: str, version: str) -> frozenset[str]:
        return frozenset()

    files = denials = lifts = denied_names = meanings

    def sharing(self, id: str, version: str) -> dict[str, str]:
        return {}

    joining = sharing


class Tablet:
    """A device as the protocol describes it. Everything passes through the wire's JSON."""

    def __init__(self, town: Town, login: str, device: str, offset: int = 0) -> None:
        self.town = town
        self.actor = Actor(login, login.title(), "officer", town.office, "Europe/Tirane", device)
        self.offset = offset
        self.clock = HybridClock(device, lambda: town.now + offset)
        self.cursor: str | None = None
        self.fingerprint: str | None = None
        self.reference: str | None = None
        self.sequence = 0
        self.base: dict[str, dict[str, FieldState]] = {}
        self.cases: dict[str, str] = {}
        self.pending: list[ChangeSet] = []
        self.settled: list[Settled] = []
        self.notices: dict[str, ConflictNotice] = {}
        self.refused: list[Refused] = []

    def state(self, record: str) -> dict[str, FieldState]:
        """What the worker sees: the server's state with her unsent work over it."""
        unsent = [change_set for change_set in self.pending if change_set.record == record]
        incoming = [Known(change, change.stamp) for change_set in unsent for change in change_set.changes()]
        return merge(self.base.get(record, {}), incoming, rules_of_visit).state

    def values(self, record: str) -> dict[str, Json]:
        return {path: field.value for path, field in self.state(record).items()}

    def save(self, record: str, values: Mapping[str, Json], case: str | None = None) -> ChangeSet:
        self.sequence += 1
        seen = self.state(record)
        self.cases.setdefault(record, case or self.town.case)
        change_set = ChangeSet(
            id=self.town.new_id(),
            record=record,
            case=self.cases[record],
            form="visit",
            form_version="1",
            stamp=self.clock.tick(),
            author=self.actor.login,
            device=self.actor.device,
            sequence=self.sequence,
            values=dict(values),
            path_parents={path: seen[path].heads for path in values if path in seen},
        )
        self.pending.append(change_set)
        return change_set

    def restore(self, conflict: str) -> None:
        notice = self.notices[conflict]
        self.save(notice.record, {notice.path: notice.lost})
        self.settled.append(Settled(conflict, "restored"))

    def request(self, limit: int = 1_000_000, most: int = 1_000) -> SyncRequest:
        return SyncRequest(
            clock=ClockReading(now=self.town.now + self.offset),
            batch=self.town.new_id() if self.pending or self.settled else None,
            changes=tuple(self.pending[:most]),
            settled=tuple(self.settled),
            cursor=self.cursor,
            limit=limit,
            forms=self.fingerprint,
            reference=self.reference,
        )

    def send(self, request: SyncRequest) -> SyncResponse:
        body = schema.encode(request)
        response = self.town.exchange.sync(self.actor, schema.decode(SyncRequest, body))
        return schema.decode(SyncResponse, schema.encode(response))

    def take(self, response: SyncResponse) -> None:
        decided = {*response.accepted, *(one.sequence for one in response.refused)}
        self.pending = [change_set for change_set in self.pending if change_set.sequence not in decided]
        self.refused += response.refused
        self.settled = []
        for delta in response.page.items:
            self.base.setdefault(delta.record, {}).update(delta.states())
            self.cases[delta.record] = delta.case
        self.notices.update({notice.id: notice for notice in response.conflicts})
        self.cursor = response.page.cursor
        if response.reference is not None:
            self.reference = response.reference.fingerprint
        if response.max_stamp:
            self.clock.observe(response.max_stamp)

    def sync(self, limit: int = 1_000_000, most: int = 1_000) -> SyncResponse:
        """Sync until there is nothing more to fetch or to send."""
        while True:
            response = self.send(self.request(limit, most))
            self.take(response)
            if not response.page.more and not self.pending:
                return response


class Town:
    """An office with its server, its time, and its tablets."""

    def __init__(self, database: Database, chance: random.Random, office: str = "tirana") -> None:
        self.database = database
        self.office = office
        self.now = START
        self.chance = chance
        self.exchange = Exchange(database, Catalogue(), lambda: self.now)
        self.case = self.new_id()
        self.database.add_office(Office(office, office.title(), "al"))
        self.database.add_office(Office("rabat", "Rabat", "ma"))

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def tablet(self, login: str, offset: int = 0) -> Tablet:
        if self.database.user_by_login(login) is None:
            self.database.add_user(User(login, login.title(), "officer", self.office, "-", "Europe/Tirane"))
        device = f"{self.chance.getrandbits(32):08x}"
        self.database.add_device(device, login, "tablet", device * 8, START)
        return Tablet(self, login, device, offset)

    def log(self) -> list[LoggedConflict]:
        return self.database.read(lambda ledger: ledger.conflict_log(self.office))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.embedded(tmp_path / "server.db", b"k" * 32)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database, random.Random(7))


@pytest.fixture(scope="session")
def new_town() -> type[Town]:
    """To make towns where one test needs many."""
    return Town
