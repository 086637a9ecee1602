"""What every storage promises, on each database."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import format_stamp
from sync_server.protocol.merge import Head
from sync_server.protocol.messages import ConflictNotice, RecordDelta
from sync_server.protocol.problems import Problem
from sync_server.storage.base import (
    Alarm,
    Ledger,
    LoggedChange,
    LoggedConflict,
    NewForm,
    Office,
    StoredRecord,
    User,
)
from sync_server.storage.database import Database
from sync_server.storage.file_base import FileClaim
from sync_server.storage.shared_base import SharedCase, Standing

DEVICE = "aaaaaaaa"
STAMP = format_stamp(1_000, 2, DEVICE)


def new_id() -> str:
    return str(uuid.uuid4())


def furnish(storage: Database) -> None:
    storage.add_office(Office("tirana", "Tirana", "al"))
    storage.add_office(Office("rabat", "Rabat", "ma"))
    storage.add_user(User("anna", "Ana Ñ 木", "officer", "tirana", "hash", "Europe/Tirane"))
    storage.add_device(DEVICE, "anna", "her tablet", "t" * 64, 5)


def record(changed: int, created: int | None = None, id: str | None = None, **facts: object) -> StoredRecord:
    told = {"values": {"name": "Ľuboš مريم", "count": 3, "share": 0.5, "chosen": ["a", "b"], "gone": None}}
    delta = RecordDelta(
        id or new_id(),
        new_id(),
        "visit",
        "1",
        "anna",
        STAMP,
        **{**told, **facts},  # type: ignore[arg-type]
    )
    return StoredRecord(delta, changed if created is None else created, changed, 0)


def change_set(sequence: int, record: str, **facts: object) -> ChangeSet:
    plain = ChangeSet(
        new_id(), record, new_id(), "visit", "1", STAMP, "anna", DEVICE, sequence, {"a": "é", "b": None}
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def conflict(sequence: int, record: str, author: str = "anna", path: str = "a") -> LoggedConflict:
    notice = ConflictNotice(
        new_id(), record, new_id(), "visit", path, "last", "open",
        ["kept"], "ben", STAMP, STAMP, None, author, STAMP, STAMP,
    )  # fmt: skip
    return LoggedConflict(notice, sequence)


def test_people_devices_and_tokens_are_found_again(storage: Database) -> None:
    furnish(storage)
    found = storage.device_by_token_hash("t" * 64)
    assert found is not None
    device, user = found
    assert (device.id, device.login, device.label, device.enrolled_ms) == (DEVICE, "anna", "her tablet", 5)
    assert user == storage.user_by_login("anna") == storage.users()[0]
    assert user.display_name == "Ana Ñ 木"
    assert storage.device_by_token_hash("x" * 64) is None
    assert storage.user_by_login("nobody") is None
    storage.touch_device(DEVICE, -3_000, 9)
    storage.revoke_device(DEVICE, 10)
    storage.revoke_device(DEVICE, 11)
    (device,) = storage.devices()
    assert (device.clock_offset_ms, device.last_contact_ms, device.revoked_ms) == (-3_000, 9, 10)


def test_a_taken_login_device_or_unknown_office_is_an_error(storage: Database) -> None:
    furnish(storage)
    with pytest.raises(ValueError, match="login"):
        storage.add_user(User("anna", "Another", "officer", "tirana", "hash", "UTC"))
    with pytest.raises(ValueError, match="office"):
        storage.add_user(User("cleo", "Cleo", "officer", "nowhere", "hash", "UTC"))
    with pytest.raises(ValueError, match="device"):
        storage.add_device(DEVICE, "anna", "again", "u" * 64, 5)


def test_an_office_keeps_its_changes_when_it_is_renamed(storage: Database) -> None:
    furnish(storage)
    storage.write(lambda ledger: ledger.take_sequences("tirana", 5))
    storage.add_office(Office("tirana", "Tiranë", "al"))
    assert Office("tirana", "Tiranë", "al") in storage.offices()
    assert storage.read(lambda ledger: ledger.latest("tirana")) == 5


def test_a_form_version_is_published_once(storage: Database) -> None:
    visit = NewForm("visit", "1", "<x/>", "h1")
    assert storage.publish_forms([visit], 1) == [True]
    assert storage.publish_forms([visit], 2) == [False]
    with pytest.raises(Problem, match=r"form\.version\.published"):
        storage.publish_forms([NewForm("other", "1", "<z/>", "h3"), NewForm("visit", "1", "<y/>", "h2")], 3)
    assert storage.form("other", "1") is None, "of several forms all are published or none"
    assert storage.form("visit", "1") == "<x/>"
    assert storage.form("visit", "2") is None
    assert [(form.id, form.version, form.published_ms) for form in storage.forms()] == [("visit", "1", 1)]


def test_facts_of_the_server_stay_and_each_database_has_its_own_epoch(storage: Database) -> None:
    storage.set_meta("name", "One")
    storage.set_meta("name", "Two")
    assert storage.meta("name") == "Two"
    assert storage.meta("none") is None
    epoch = storage.epoch
    storage.migrate()
    assert storage.epoch == epoch


def test_records_come_back_as_they_were_put(storage: Database) -> None:
    furnish(storage)
    rivals = (Head("x", STAMP, STAMP, "anna"), Head(None, STAMP, STAMP, "ben"))
    plain = record(1)
    rich = record(
        2,
        effective=format_stamp(9, 9, DEVICE),
        stamps={"name": STAMP},
        effectives={"count": STAMP},
        authors={"name": "ben"},
        rivals={"share": rivals},
    )
    storage.write(lambda ledger: ledger.put_records("tirana", [plain, rich], []))
    ids = [plain.delta.record, rich.delta.record, new_id()]
    found = storage.read(lambda ledger: ledger.records("tirana", ids))
    assert {id: stored.delta for id, stored in found.items()} == {
        plain.delta.record: plain.delta,
        rich.delta.record: rich.delta,
    }
    assert storage.read(lambda ledger: ledger.records("rabat", ids)) == {}


def test_a_replaced_record_keeps_when_it_was_created(storage: Database) -> None:
    furnish(storage)
    first = record(1)
    storage.write(lambda ledger: ledger.put_records("tirana", [first], []))
    again = record(7, created=1, id=first.delta.record, values={"name": "new"})
    storage.write(lambda ledger: ledger.put_records("tirana", [], [again]))
    (found,) = storage.read(lambda ledger: ledger.changed_after("tirana", 6, 10))
    assert (found.created, found.changed, found.delta.values) == (1, 7, {"name": "new"})


def test_more_records_than_one_statement_takes(storage: Database) -> None:
    furnish(storage)
    many = [record(number) for number in range(1, 2_502)]
    storage.write(lambda ledger: ledger.put_records("tirana", many, []))
    found = storage.read(lambda ledger: ledger.records("tirana", [one.delta.record for one in many]))
    assert len(found) == 2_501
    page = storage.read(lambda ledger: ledger.changed_after("tirana", 2_000, 10))
    assert [stored.changed for stored in page] == list(range(2_001, 2_011))


def test_the_log_gives_back_every_change_set_as_it_came(storage: Database) -> None:
    furnish(storage)
    one, other = new_id(), new_id()
    entries = [
        (1, LoggedChange(change_set(1, one, boot="b", uptime=7), 50, -3)),
        (2, LoggedChange(change_set(2, other), 51, 0)),
        (3, LoggedChange(change_set(3, one, parents=(STAMP,), stamps={"a": STAMP}), 52, 0)),
        (4, LoggedChange(change_set(4, one, values={"c": 1}, path_parents={"c": (STAMP, STAMP)}), 53, 9)),
    ]
    storage.write(lambda ledger: ledger.log_changes("tirana", entries))
    history = storage.read(lambda ledger: ledger.history("tirana", [one, other]))
    assert history == {one: [entries[0][1], entries[2][1], entries[3][1]], other: [entries[1][1]]}
    logged = storage.read(lambda ledger: ledger.logged("tirana", DEVICE, range(2, 9)))
    assert logged == {sequence: entry.change_set.id for sequence, entry in entries[1:]}
    paths = storage.read(lambda ledger: ledger.paths_after("tirana", 2, [one, other]))
    assert paths == {one: {"a", "b", "c"}}


def test_a_device_sequence_is_logged_once(storage: Database) -> None:
    furnish(storage)
    entry = LoggedChange(change_set(1, new_id()), 50, 0)
    storage.write(lambda ledger: ledger.log_changes("tirana", [(1, entry)]))
    with pytest.raises(DBAPIError):
        storage.write(lambda ledger: ledger.log_changes("tirana", [(2, entry)]))


def test_a_conflict_is_logged_once_and_told_to_its_author_in_order(storage: Database) -> None:
    furnish(storage)
    record_id = new_id()
    mine = [conflict(number, record_id, path=f"p{number}") for number in (3, 4)]
    others = conflict(3, record_id, author="ben")
    assert storage.write(lambda ledger: ledger.log_conflicts("tirana", [*mine, others], 9)) == 3
    again = LoggedConflict(replace(mine[0].notice, kept="other"), 8)
    assert storage.write(lambda ledger: ledger.log_conflicts("tirana", [again], 9)) == 0
    assert storage.read(lambda ledger: ledger.conflicts_after("tirana", "anna", 2, 10)) == mine
    assert storage.read(lambda ledger: ledger.conflicts_after("tirana", "anna", 3, 10)) == mine[1:]
    storage.write(lambda ledger: ledger.settle_conflicts("tirana", {mine[0].notice.id: "accepted"}, 9))
    settled = LoggedConflict(replace(mine[0].notice, state="accepted"), 9)
    assert storage.read(lambda ledger: ledger.conflicts_after("tirana", "anna", 2, 10)) == [mine[1], settled]
    assert storage.read(lambda ledger: ledger.open_conflicts("tirana", "anna", [record_id])) == [mine[1]]
    assert len(storage.read(lambda ledger: ledger.conflict_log("tirana"))) == 3


def test_conflicts_of_one_change_are_never_torn_apart(storage: Database) -> None:
    furnish(storage)
    record_id = new_id()
    entries = [conflict(1 + number // 4, record_id) for number in range(12)]
    storage.write(lambda ledger: ledger.log_conflicts("tirana", entries, 9))
    found = storage.read(lambda ledger: ledger.conflicts_after("tirana", "anna", 0, 6))
    assert [logged.sequence for logged in found] == [1, 1, 1, 1, 2, 2, 2, 2]


def test_replies_are_given_again_until_they_are_forgotten(storage: Database) -> None:
    furnish(storage)
    batch = new_id()
    storage.write(lambda ledger: ledger.keep_reply("tirana", DEVICE, batch, "reply", 100))
    assert storage.read(lambda ledger: ledger.reply("tirana", DEVICE, batch)) == "reply"
    assert storage.read(lambda ledger: ledger.reply("tirana", "bbbbbbbb", batch)) is None
    assert storage.forget_replies(100) == 0
    assert storage.forget_replies(101) == 1
    assert storage.read(lambda ledger: ledger.reply("tirana", DEVICE, batch)) is None


def test_cases_belong_to_the_office_that_opened_them(storage: Database) -> None:
    furnish(storage)
    one, other = new_id(), new_id()
    storage.write(lambda ledger: ledger.add_cases("tirana", [one], 1))
    storage.write(lambda ledger: ledger.add_cases("rabat", [other], 1))
    found = storage.read(lambda ledger: ledger.offices_of([one, other, new_id()]))
    assert found == {one: "tirana", other: "rabat"}


def test_a_file_is_of_the_case_in_which_its_sender_named_it(storage: Database) -> None:
    furnish(storage)
    case, other, hash = new_id(), new_id(), "a" * 64

    def cases(office: str) -> set[str]:
        return storage.read(lambda ledger: ledger.cases_of_file(office, hash))

    def send(login: str) -> None:
        storage.write(lambda ledger: ledger.keep_file("tirana", hash, 10, DEVICE, login, 1))

    send("anna")
    assert cases("tirana") == set()
    for login, into in (("anna", case), ("anna", case), ("ben", other)):
        claim = FileClaim(into, hash, login)
        storage.write(lambda ledger, claim=claim: ledger.claim_files("tirana", [claim, claim]))
    send("anna")
    assert (cases("tirana"), cases("rabat")) == ({case}, set())
    send("ben")
    assert (cases("tirana"), cases("rabat")) == ({case, other}, set())
    assert storage.attachment_hashes() == {hash}


def test_what_fails_in_the_middle_leaves_nothing(storage: Database) -> None:
    furnish(storage)

    def work(ledger: Ledger) -> None:
        ledger.take_sequences("tirana", 3)
        ledger.put_records("tirana", [record(1)], [])
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        storage.write(work)
    assert storage.read(lambda ledger: ledger.latest("tirana")) == 0
    assert storage.read(lambda ledger: ledger.changed_after("tirana", 0, 9)) == []


def test_a_reading_transaction_sees_one_moment(storage: Database) -> None:
    furnish(storage)

    def work(ledger: Ledger) -> tuple[int, int]:
        before = ledger.latest("tirana")
        thread = threading.Thread(
            target=storage.write, args=[lambda other: other.take_sequences("tirana", 1)]
        )
        thread.start()
        thread.join()
        return before, ledger.latest("tirana")

    assert storage.read(work) == (0, 0)
    assert storage.read(lambda ledger: ledger.latest("tirana")) == 1


def test_a_reading_transaction_cannot_write(storage: Database) -> None:
    furnish(storage)
    with pytest.raises(DBAPIError):
        storage.read(lambda ledger: ledger.take_sequences("tirana", 1))
    assert storage.read(lambda ledger: ledger.latest("tirana")) == 0


def test_many_writers_at_once_get_every_number_once(storage: Database) -> None:
    furnish(storage)
    taken: list[int] = []

    def work() -> None:
        for _ in range(10):
            taken.append(storage.write(lambda ledger: ledger.take_sequences("tirana", 1)))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 61))


def test_alarms_are_raised_once_ended_and_raised_anew(storage: Database) -> None:
    furnish(storage)
    one = Alarm("tirana", new_id(), "alarm.a", "AL-1", 10, ("AL", "GR"))
    two = Alarm("tirana", new_id(), "alarm.b", "AL-2", 5, ())
    assert storage.put_alarms("tirana", [one, two], 100) == 2
    assert storage.put_alarms("tirana", [one, replace(two, since_ms=6)], 200) == 0
    assert storage.alarms("tirana", "al") == [
        replace(two, since_ms=6, raised_ms=100),
        replace(one, raised_ms=100),
    ]
    assert storage.put_alarms("tirana", [one], 300) == 1
    assert storage.put_alarms("rabat", [], 300) == 0
    assert storage.alarms("tirana", "al") == [replace(one, raised_ms=100)]
    assert storage.put_alarms("tirana", [one, two], 400) == 1
    assert storage.alarms("tirana", "") == [replace(two, raised_ms=400), replace(one, raised_ms=100)]


def test_an_alarm_is_read_by_the_offices_of_the_countries_that_it_names(storage: Database) -> None:
    furnish(storage)
    storage.put_alarms("tirana", [Alarm("tirana", new_id(), "alarm.a", "AL-1", 10, ("AL", "GR"))], 100)
    assert len(storage.alarms("athens", "gr")) == 1
    for country in ("ma", "A", "L", "%", "_R", ""):
        assert storage.alarms("rabat", country) == []


def test_an_alarm_reaches_who_has_the_case_too_and_nobody_whom_the_case_denies(storage: Database) -> None:
    furnish(storage)
    case = new_id()
    storage.put_alarms("tirana", [Alarm("tirana", case, "alarm.a", "AL-1", 10, ("AL", "GR"))], 100)

    def stands(office: str, standing: Standing, code: str) -> None:
        row = SharedCase(office, case, "tirana", standing, code, "", "2026-11-22")
        storage.write(lambda ledger: ledger.put_shared_cases([row], 100))

    assert storage.alarms("rabat", "ma") == []
    stands("rabat", "shared", "")
    assert len(storage.alarms("rabat", "ma")) == 1
    stands("rabat", "ended", "sharing.record.ended")
    assert storage.alarms("rabat", "ma") == []
    stands("athens", "ended", "sharing.office.denied")
    assert storage.alarms("athens", "gr") == []
    assert len(storage.alarms("corinth", "gr")) == 1
