"""What the server does by itself, over a real database and real files."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server import jobs
from sync_server.accounts import Actor
from sync_server.arrival_watch import ArrivalWatch
from sync_server.attachments import Attachments
from sync_server.form_catalogue import FormCatalogue
from sync_server.jobs import ORPHANS_KEPT_MS, REPLIES_KEPT_MS, Housekeeping
from sync_server.share_watch import ShareWatch
from sync_server.storage.base import Office, User
from sync_server.storage.blobs import Blobs
from sync_server.storage.database import Database

NOW = 1_795_000_000_000
ACTOR = Actor("mira", "Mira", "officer", "Tirana", "Europe/Tirane", "0a0b0c0d")


class House:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "blobs"
        self.storage = Database.embedded(folder / "server.db", bytes(32))
        self.storage.migrate()
        self.storage.add_office(Office("Tirana", "Tirana", "al"))
        self.storage.add_user(User("mira", "Mira", "officer", "Tirana", "no hash", "Europe/Tirane"))
        self.storage.add_device("0a0b0c0d", "mira", "tablet", "0" * 64, NOW)
        self.now = NOW
        self.blobs = Blobs(self.folder)
        self.attachments = Attachments(self.storage, self.blobs, lambda: self.now)
        self.forms = FormCatalogue(self.storage, lambda: self.now)
        arrivals = ArrivalWatch(self.storage, self.forms, lambda: self.now)
        shares = ShareWatch(self.storage, lambda: self.now)
        self.keeping = Housekeeping(self.storage, self.attachments, lambda: self.now, arrivals, shares)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.storage.close()


def name_of(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def test_a_file_that_nobody_refers_to_goes_after_a_day_and_the_others_stay(house: House) -> None:
    wanted, orphan = b"sealed", b"nobody's"
    house.attachments.put(ACTOR, name_of(wanted), [wanted])
    house.blobs.put(name_of(orphan), [orphan])
    (house.folder / ".partial-cut").write_bytes(b"half")
    for path in house.folder.iterdir():
        os.utime(path, (NOW / 1000, NOW / 1000))
    house.now = NOW + ORPHANS_KEPT_MS - 1000
    assert house.keeping.remove_orphans() == 0
    house.now = NOW + ORPHANS_KEPT_MS + 1000
    assert house.keeping.remove_orphans() == 2
    assert [path.name for path in house.folder.iterdir()] == [name_of(wanted)]


def test_replies_are_forgotten_when_no_device_can_still_want_them(house: House) -> None:
    house.storage.write(lambda ledger: ledger.keep_reply("Tirana", "0a0b0c0d", "batch", "[]", NOW))
    house.now = NOW + REPLIES_KEPT_MS - 1
    assert house.keeping.forget_replies() == 0
    house.now = NOW + REPLIES_KEPT_MS + 1
    assert house.keeping.forget_replies() == 1
    assert house.storage.read(lambda ledger: ledger.reply("Tirana", "0a0b0c0d", "batch")) is None


def test_a_checkpoint_leaves_no_standing_log(house: House, tmp_path: Path) -> None:
    house.storage.set_meta("something", "new")
    assert (tmp_path / "server.db-wal").stat().st_size > 0
    house.keeping.checkpoint()
    assert (tmp_path / "server.db-wal").stat().st_size == 0


def test_all_jobs_are_on_the_schedule_and_end_with_it(house: House) -> None:
    scheduler = jobs.start(house.keeping)
    try:
        assert {job.id for job in scheduler.get_jobs()} == {
            "forget_replies", "remove_orphans", "checkpoint", "watch_arrivals", "watch_shares",
            "count_cases_without_coordinator",
        }  # fmt: skip
    finally:
        scheduler.shutdown(wait=True)


def test_a_job_that_fails_leaves_a_line_without_what_went_through_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise RuntimeError("Mira Shembulli")

    with caplog.at_level(logging.INFO):
        jobs.logged(fail)()
    (record,) = caplog.records
    assert (record.msg, record.__dict__["job"], record.__dict__["error"]) == (
        "job.failed", "fail", "RuntimeError",
    )  # fmt: skip
    assert "Mira" not in str(vars(record))
