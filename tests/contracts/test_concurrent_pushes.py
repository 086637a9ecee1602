"""Two transactions at once: numbers become visible in their order, and no merge is overwritten."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from sync_server.accounts import Actor
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue, FormFacts
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import Contact, format_stamp
from sync_server.protocol.merge import LAST, Rules
from sync_server.protocol.messages import FormListing, RecordDelta
from sync_server.protocol.problems import Problem
from sync_server.storage.base import Ledger, NewForm, Office, StoredRecord, User
from sync_server.storage.database import Database

NOW = 1_700_000_000_000


class AnyForm:
    def current(self) -> tuple[FormListing, ...]:
        return ()

    def rules(self, id: str, version: str) -> Rules | None:
        return lambda path: LAST

    def meanings(self, id: str, version: str) -> frozenset[str]:
        return frozenset()

    files = denials = lifts = denied_names = meanings

    def sharing(self, id: str, version: str) -> dict[str, str]:
        return {}

    joining = sharing


def furnish(storage: Database) -> dict[str, Actor]:
    storage.add_office(Office("tirana", "Tirana", "al"))
    actors = {}
    for login in ("anna", "ben"):
        storage.add_user(User(login, login, "officer", "tirana", "-", "UTC"))
        device = login[0] * 8
        storage.add_device(device, login, "tablet", device * 8, NOW)
        actors[login] = Actor(login, login, "officer", "tirana", "UTC", device)
    return actors


def put_one(ledger: Ledger) -> int:
    number = ledger.take_sequences("tirana", 1)
    stamp = format_stamp(number, 0, "aaaaaaaa")
    delta = RecordDelta(str(uuid.uuid4()), str(uuid.uuid4()), "f", "1", "anna", stamp, {"number": number})
    ledger.put_records("tirana", [StoredRecord(delta, number, number, 0)], [])
    return number


def test_a_pull_between_two_open_transactions_skips_no_row(storage: Database) -> None:
    furnish(storage)
    first_wrote, first_may_end = threading.Event(), threading.Event()

    def slow(ledger: Ledger) -> int:
        number = put_one(ledger)
        first_wrote.set()
        assert first_may_end.wait(20)
        return number

    seen: list[int] = []

    def pull() -> int:
        def work(ledger: Ledger) -> int:
            found = ledger.changed_after("tirana", cursor, 100)
            seen.extend(stored.changed for stored in found)
            return ledger.latest("tirana")

        return storage.read(work)

    cursor = 0
    ended: list[int] = []
    one = threading.Thread(target=lambda: ended.append(storage.write(slow)))
    one.start()
    assert first_wrote.wait(20)
    other = threading.Thread(target=lambda: ended.append(storage.write(put_one)))
    other.start()
    other.join(0.5)
    cursor = pull()
    assert cursor == 0
    first_may_end.set()
    one.join(20)
    other.join(20)
    cursor = pull()
    assert (sorted(ended), seen, cursor) == ([1, 2], [1, 2], 2)


def test_two_devices_that_push_the_same_record_at_once_are_both_heard(storage: Database) -> None:
    actors = furnish(storage)
    exchange = Exchange(storage, AnyForm(), lambda: NOW)
    contact = Contact(now=NOW, received=NOW)
    case, record = str(uuid.uuid4()), str(uuid.uuid4())
    rounds = 12

    def pushing(login: str, together: threading.Barrier) -> Callable[[], None]:
        actor = actors[login]

        def work() -> None:
            for number in range(1, rounds + 1):
                stamp = format_stamp(NOW - 1_000 + number, 0, actor.device)
                values: dict[str, Any] = {f"{login}{number}": number, "common": f"{login}{number}"}
                change_set = ChangeSet(
                    str(uuid.uuid4()), record, case, "f", "1", stamp, login, actor.device, number, values
                )
                together.wait(20)
                assert exchange.push(actor, contact, None, [change_set]).accepted == (number,)

        return work

    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=pushing(login, barrier)) for login in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (delta,) = exchange.pull(actors["anna"], None, 1_000_000).page.items
    for login in actors:
        assert all(delta.values[f"{login}{number}"] == number for number in range(1, rounds + 1))
    assert len(delta.rivals["common"]) == 2 * rounds
    assert delta.values["common"] == f"ben{rounds}"


class _Refusal(Exception):
    sqlstate = "40001"


def test_a_transaction_that_others_were_in_the_way_of_is_repeated_wholly(storage: Database) -> None:
    furnish(storage)
    attempts, pauses = [], []
    storage._pause = pauses.append

    def work(ledger: Ledger) -> int:
        number = put_one(ledger)
        attempts.append(number)
        if len(attempts) < 3:
            raise OperationalError("statement", {}, _Refusal())
        return number

    assert storage.write(work) == 1
    assert attempts == [1, 1, 1]
    assert len(pauses) == 2
    assert storage.read(lambda ledger: ledger.latest("tirana")) == 1


def test_a_server_that_never_gets_through_says_that_it_is_busy(storage: Database) -> None:
    furnish(storage)
    storage._pause = lambda seconds: None

    def work(ledger: Ledger) -> None:
        raise OperationalError("statement", {}, _Refusal())

    with pytest.raises(Problem, match=r"server\.busy"):
        storage.write(work)


def test_more_pushes_at_once_than_connections_all_get_through(embedded: Database) -> None:
    embedded.migrate()
    embedded.add_office(Office("tirana", "Tirana", "al"))
    embedded.add_user(User("anna", "Anna", "officer", "tirana", "-", "UTC"))
    embedded.publish_forms([NewForm("f", "1", "xml", "hash")], NOW)
    exchange = Exchange(
        embedded, FormCatalogue(embedded, lambda: NOW, lambda xml: FormFacts("f", "1", {})), lambda: NOW
    )
    accepted: list[tuple[int, ...]] = []

    def work(device: str) -> None:
        actor = Actor("anna", "Anna", "officer", "tirana", "UTC", device)
        stamp = format_stamp(NOW, 0, device)
        change_set = ChangeSet(
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            "f",
            "1",
            stamp,
            "anna",
            device,
            1,
            {"a": 1},
        )
        accepted.append(exchange.push(actor, Contact(now=NOW, received=NOW), None, [change_set]).accepted)

    devices = [f"{number:08x}" for number in range(24)]
    for device in devices:
        embedded.add_device(device, "anna", "tablet", device * 8, NOW)
    threads = [threading.Thread(target=work, args=[device]) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert accepted == [(1,)] * 24
