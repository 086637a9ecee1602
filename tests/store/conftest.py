"""Stores with a cheap key, a clock that the test moves, and an office that answers as the server does."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.store import Identity, KeyCost, Store, Transaction, conflicts, form_library, meta, outbox, pages
from app.store.form_library import StoredForm
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import Contact, corrected
from sync_server.protocol.merge import FieldState, Known, merge
from sync_server.protocol.messages import ConflictNotice, Page, RecordDelta, Refused, SyncResponse

CHEAP = KeyCost(8, 1)
VISIT = StoredForm("visit", "1", "h", "<form/>", {"en": "Visit"}, {"story": "both", "outcome": "last"})


class Clock:
    """A wall clock that stands until it is moved."""

    def __init__(self, ms: int = 1_790_000_000_000) -> None:
        self.ms = ms
        self._booted = ms

    def __call__(self) -> int:
        return self.ms

    @property
    def uptime(self) -> int:
        return self.ms - self._booted

    def later(self, ms: int = 1000) -> None:
        self.ms += ms

    def set(self, ms: int) -> None:
        """Somebody sets it: it jumps, and the time since the boot does not."""
        self._booted += ms - self.ms
        self.ms = ms


@dataclass
class Device:
    """One worker's store in a folder, and how to open it again."""

    folder: Path
    identity: Identity
    clock: Clock
    store: Store = field(init=False)

    passphrase = "five small words of mine"
    boot: str | None = "boot-1"

    def __post_init__(self) -> None:
        ids = random.Random(self.identity.device)
        self.new_id = lambda: str(uuid.UUID(int=ids.getrandbits(128), version=4))
        self.store = Store.create(
            self.folder,
            self.passphrase,
            self.identity,
            now_ms=self.clock,
            new_id=self.new_id,
            boot_facts=self.boot_facts,
            cost=CHEAP,
        )
        self.store.write(lambda db: form_library.put(db, VISIT))

    def reopen(self) -> Store:
        self.store.close()
        self.store = Store.open(
            self.folder,
            self.passphrase,
            now_ms=self.clock,
            new_id=self.new_id,
            boot_facts=self.boot_facts,
            floor=CHEAP,
        )
        return self.store

    def boot_facts(self) -> tuple[str | None, int | None]:
        """The boot began with the clock, and setting the clock does not move it."""
        return self.boot, self.clock.uptime if self.boot else None


class Office:
    """The server's half as a test needs it: the real merge, a log, a cursor, answers that can get lost."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.log: dict[tuple[str, str], list[Known]] = {}
        self.states: dict[str, dict[str, FieldState]] = {}
        self.about: dict[str, ChangeSet] = {}
        self.moved: dict[tuple[str, str], int] = {}
        self.decided: set[tuple[str, int]] = set()
        self.conflicts: dict[str, ConflictNotice] = {}
        self.refusing: str | None = None
        self.max_stamp: str | None = None
        self._numbers = itertools.count(1)

    def sync(
        self,
        device: Device,
        *,
        lose_request: bool = False,
        lose_answer: bool = False,
        page: int = 1000,
        batch: int = 1000,
    ) -> None:
        """One sync of a device, page by page, `batch` change sets each time; a lost answer ends it."""
        while True:
            changes, cursor, settled = device.store.read(
                lambda db: (outbox.batch(db, limit=batch), meta.cursor(db), conflicts.to_tell(db))
            )
            if lose_request:
                return
            answer = self.answer(device, changes, cursor, page)
            if lose_answer:
                return

            def take(db: Transaction, answer: SyncResponse = answer, settled: tuple = settled) -> None:
                outbox.acknowledge(db, answer.accepted)
                for refused in answer.refused:
                    outbox.refuse(db, refused.sequence, refused.code)
                conflicts.told(db, settled)
                pages.apply_page(db, answer.page, answer.max_stamp)
                conflicts.take_in(db, answer.conflicts)

            device.store.write(take)
            if not answer.page.more:
                return

    def answer(
        self, device: Device, changes: tuple[ChangeSet, ...], cursor: str | None, page: int
    ) -> SyncResponse:
        contact = Contact(device.clock.ms, self.clock.ms)
        accepted, refused = [], []
        for change_set in changes:
            if self.refusing and (change_set.device, change_set.sequence) not in self.decided:
                refused.append(Refused(change_set.sequence, self.refusing))
                continue
            self._take_in(change_set, contact)
            accepted.append(change_set.sequence)
        items, next_cursor, more = self._page(int(cursor or 0), page)
        mine = [c for c in self.conflicts.values() if c.lost_author == device.identity.login]
        return SyncResponse(
            page=Page(items, str(next_cursor), more),
            now=self.clock.ms,
            max_stamp=self.max_stamp,
            accepted=tuple(accepted),
            refused=tuple(refused),
            conflicts=tuple(mine),
        )

    def _take_in(self, change_set: ChangeSet, contact: Contact) -> None:
        key = (change_set.device, change_set.sequence)
        if key in self.decided:
            return
        self.decided.add(key)
        record = change_set.record
        self.about.setdefault(record, change_set)
        offset = contact.offset_at(change_set)
        incoming = [
            Known(change, corrected(change.stamp, offset, contact.received))
            for change in change_set.changes()
        ]
        merged = merge(
            self.states.get(record, {}),
            incoming,
            lambda path: VISIT.merge_rules.get(path, "last"),
            lambda path: self.log.get((record, path), []),
        )
        for known in incoming:
            self.log.setdefault((record, known.change.path), []).append(known)
        self.states[record] = merged.state
        number = next(self._numbers)
        for path in merged.applied:
            self.moved[record, path] = number
        greatest = [state.effective for state in merged.state.values()]
        self.max_stamp = max([*greatest, self.max_stamp or ""])
        for conflict in merged.conflicts:
            kept, lost = conflict.kept, conflict.lost
            name = conflict.id_in(record)
            self.conflicts[name] = ConflictNotice(
                id=name,
                record=record,
                case=change_set.case,
                form=change_set.form,
                path=conflict.path,
                rule=conflict.rule,
                state="open",
                kept=kept.value,
                kept_author=kept.author,
                kept_stamp=kept.stamp,
                kept_effective=kept.effective,
                lost=lost.value,
                lost_author=lost.author,
                lost_stamp=lost.stamp,
                lost_effective=lost.effective,
            )

    def _page(self, since: int, limit: int) -> tuple[tuple[RecordDelta, ...], int, bool]:
        newest = {record: max(n for (r, _), n in self.moved.items() if r == record) for record in self.states}
        due = sorted((number, record) for record, number in newest.items() if number > since)
        items = []
        for _, record in due[:limit]:
            about = self.about[record]
            states = {
                path: state
                for path, state in self.states[record].items()
                if self.moved.get((record, path), 0) > since
            }
            items.append(RecordDelta.of(record, about.case, about.form, about.form_version, states))
        more = len(due) > limit
        return tuple(items), due[limit - 1][0] if more else max([since, *newest.values()]), more


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(clock: Clock) -> Office:
    return Office(clock)


@pytest.fixture
def new_device(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Device]]:
    """Make the device of a worker: `new_device('mira')`."""
    made: list[Device] = []

    def make(login: str, own_clock: Clock | None = None) -> Device:
        number = len(made) + 1
        identity = Identity(
            f"{number:08x}", login, login.title(), "officer", "tirana", "Europe/Tirane", demo=True
        )
        device = Device(tmp_path / login, identity, own_clock or clock)
        made.append(device)
        return device

    yield make
    for device in made:
        device.store.close()


@pytest.fixture
def mira(new_device: Callable[..., Device]) -> Device:
    return new_device("mira")


@pytest.fixture
def arben(mira: Device, new_device: Callable[..., Device]) -> Device:
    return new_device("arben")


@pytest.fixture(scope="session")
def parts_of_an_office() -> tuple[type, type, type]:
    """The classes, for tests that build whole offices by themselves."""
    return Device, Office, Clock
