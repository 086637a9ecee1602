"""Lets the demo office live: its workers write their diary by real pushes, day after day.

The exchange's clock follows the story, so that stamps, histories and logs are what months of work
would have left. At the end two workers correct the same arrival time without having seen each
other, so that the officer finds a real conflict in her inbox.
"""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from forms.casework.case import new_case_code
from forms.casework.office_file import office_file
from forms.definition import FormDefinition
from sync_server.accounts import Accounts, Actor, token_hash
from sync_server.config import SetupProblem
from sync_server.demo_office import people
from sync_server.demo_office.diary import CASE_FILE, Entry, diary
from sync_server.demo_office.directory import ORGANISATION, organisations
from sync_server.demo_office.worker_device import Exchanges, WorkerDevice
from sync_server.storage.base import Storage

#: The same seed and the same day give the same office, ids included.
SEED: Final = 2026
_ZONE: Final = ZoneInfo(people.OFFICE_ZONE)


class StoryClock:
    """The time of the story. It is handed to the exchange and to all devices."""

    def __init__(self) -> None:
        self.now = datetime.combine(date(2000, 1, 1), time(), _ZONE)

    def __call__(self) -> datetime:
        return self.now

    def now_ms(self) -> int:
        return round(self.now.timestamp() * 1000)


def make_demo_office(
    accounts: Accounts,
    storage: Storage,
    build_exchange: Callable[[Callable[[], int]], Exchanges],
    definitions: dict[str, FormDefinition],
    today: date,
    tell: Callable[[str], None] = lambda text: None,
) -> int:
    """Fill the empty demo server and return the number of cases.

    `definitions` are the newest published versions by form id. Raises SetupProblem on a server
    that is no demo, or that has an office already.
    """
    if not accounts.demo:
        raise SetupProblem("demo.server.not_a_demo")
    if storage.users():
        raise SetupProblem("demo.server.not_empty")
    accounts.add_office(people.OFFICE, people.OFFICE_COUNTRY)
    for worker in people.WORKERS:
        accounts.add_user(
            worker.login, worker.display_name, worker.role, people.OFFICE, people.OFFICE_ZONE, people.PASSWORD
        )
    tell(f"users: {', '.join(worker.login for worker in people.WORKERS)}")
    _Office(storage, build_exchange, definitions, today).live()
    tell(f"cases: {len(people.PEOPLE)}")
    return len(people.PEOPLE)


class _Office:
    def __init__(
        self,
        storage: Storage,
        build_exchange: Callable[[Callable[[], int]], Exchanges],
        definitions: dict[str, FormDefinition],
        today: date,
    ) -> None:
        self._chance = random.Random(f"{SEED} {today}")  # noqa: S311 - the same office every time
        self._clock = StoryClock()
        self._definitions = definitions
        self._today = today
        self._entries = diary(people.PEOPLE, today, _ZONE)
        self._clock.now = self._entries[0].at - timedelta(days=1)
        self._cases = [self._uuid() for _ in people.PEOPLE]
        self._codes = [new_case_code(person.country, self._chance) for person in people.PEOPLE]
        self._records: dict[tuple[int, str], str] = {}
        exchange = build_exchange(self._clock.now_ms)
        self._devices = {
            worker.login: WorkerDevice(self._enrolled(storage, worker), exchange, self._clock, self._chance)
            for worker in people.WORKERS
        }

    def live(self) -> None:
        for _, entries in groupby(self._entries, key=lambda entry: (entry.at.date(), entry.login)):
            self._work(list(entries))
        self._correct_the_same_arrival_time()
        self._write_the_directory()

    def _work(self, entries: Iterable[Entry]) -> None:
        """One worker's stretch of work: she has pulled before, and pushes after it."""
        device: WorkerDevice | None = None
        for entry in entries:
            self._clock.now = max(entry.at, self._clock.now + timedelta(seconds=1))
            if device is None:
                device = self._devices[entry.login]
                device.sync()
            self._save(device, entry)
        assert device is not None
        self._clock.now += timedelta(minutes=2)
        device.sync()

    def _save(self, device: WorkerDevice, entry: Entry) -> None:
        key = (entry.person, entry.record)
        record = self._records.setdefault(key, self._uuid())
        facts = {"case.code": self._codes[entry.person], "case.office": people.OFFICE}
        device.save(self._cases[entry.person], record, self._definitions[entry.form], entry.answers, facts)

    def _correct_the_same_arrival_time(self) -> None:
        """The officer and the coordinator, both offline, the evening before the arrival."""
        number = next(at for at, person in enumerate(people.PEOPLE) if person.expected == 0)
        evening = datetime.combine(self._today - timedelta(days=1), time(21, 0), _ZONE)
        officer, coordinator = self._devices["officer"], self._devices["coordinator"]
        self._clock.now = max(evening, self._clock.now + timedelta(minutes=1))
        officer.sync()
        coordinator.sync()
        lost, kept = time(16, 45), time(20, 10)
        for login, device, hour, more in (
            ("officer", officer, lost, {"code_word_agreed": "yes", "safe_times": "16-18"}),
            ("coordinator", coordinator, kept, {"risk": "high"}),
        ):
            self._clock.now += timedelta(minutes=12)
            arrival = datetime.combine(self._today, hour, _ZONE).isoformat(timespec="seconds")
            answers = {"expected_arrival": arrival, **more}
            self._save(device, Entry(self._clock.now, login, number, "file", CASE_FILE, answers))
        self._clock.now += timedelta(minutes=5)
        coordinator.sync()
        self._clock.now += timedelta(minutes=5)
        officer.sync()

    def _write_the_directory(self) -> None:
        """The coordinator, in the office's own file."""
        form, device = self._definitions.get(ORGANISATION), self._devices["coordinator"]
        if form is None:
            return
        for answers in organisations(self._today):
            self._clock.now += timedelta(minutes=1)
            device.save(office_file(people.OFFICE), self._uuid(), form, answers, {})
        device.sync()

    def _enrolled(self, storage: Storage, worker: people.Worker) -> Actor:
        """A device whose token nobody ever saw: it cannot be used after the story."""
        device = f"{self._chance.getrandbits(32):08x}"
        storage.add_device(
            device, worker.login, "Demo story", token_hash(secrets.token_urlsafe(32)), self._clock.now_ms()
        )
        return Actor(
            worker.login, worker.display_name, worker.role, people.OFFICE, people.OFFICE_ZONE, device
        )

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
