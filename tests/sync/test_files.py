"""Photos after the rows that name them: one that cannot go stops no other, and only what is meant goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.problems import Problem
from app.store import attachments, drafts
from app.store.attachments import LARGEST, LARGEST_SEALED
from app.sync import receipt
from sync_server.storage.blobs import MAX_BLOB
from tests.sync.workers import FORM, VERSION, Server, Worker


def test_a_photo_that_rots_on_the_server_stops_no_other(server: Server, mira: Worker, arben: Worker) -> None:
    _, rotten = mira.photograph(b"one" * 100)
    _, sound = mira.photograph(b"two" * 1000)
    mira.sync()
    server.blobs[rotten.hash] = b"damaged"
    outcome = arben.syncer.sync()
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.attachments_received) == ("attachment.file.damaged", 1)
    assert attachments.open_file(arben.folder, sound.name) == b"two" * 1000
    assert arben.store.read(attachments.to_fetch) == (rotten.hash,)


def test_a_photo_that_is_gone_stops_no_other_and_is_told(server: Server, mira: Worker) -> None:
    _, gone = mira.photograph(b"one" * 100)
    _, sound = mira.photograph(b"two" * 1000)
    attachments.path_of(mira.folder, gone.hash).unlink()
    outcome = mira.syncer.sync()
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.attachments_sent) == ("attachment.file.lost", 1)
    assert set(server.blobs) == {sound.hash}
    told = mira.store.read(receipt.receipt)
    assert (told.problem, told.last_try) == ("attachment.file.lost", outcome.ended)


def test_a_photo_that_the_server_refuses_keeps_none_from_coming_down(
    mira: Worker, arben: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    arben.photograph(b"refused" * 100)
    mira.photograph(b"fine" * 100)
    mira.sync()

    def refuse(name: str, sealed: Path) -> None:
        raise Problem("attachment.too_large", {"limit": 1})

    monkeypatch.setattr(arben.line, "put_attachment", refuse)
    outcome = arben.syncer.sync()
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.attachments_received) == ("attachment.too_large", 1)


def test_a_fault_of_the_device_in_a_sync_is_told_by_the_receipt_too(
    mira: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("of a person")

    monkeypatch.setattr(mira.line, "sync", fail)
    outcome = mira.syncer.sync()
    assert str(outcome.problem) == "app.work.failed (kind=ValueError)"
    assert mira.store.read(receipt.receipt).problem == "app.work.failed"


def test_photos_that_nobody_answers_with_are_never_sent_and_go_at_the_end_of_the_form(
    server: Server, mira: Worker
) -> None:
    replaced, kept, unused = (attachments.seal_file(mira.folder, each * 9) for each in (b"a", b"b", b"c"))
    record = mira.new_id()

    def fill(db) -> None:
        drafts.begin(db, record, mira.new_id(), FORM, VERSION)
        for sealed in (replaced, kept, unused):
            attachments.add(db, record, sealed)
        drafts.save_answers(db, record, {"photo": replaced.name})
        drafts.save_answers(db, record, {"photo": kept.name})

    mira.store.write(fill)
    mira.sync()
    assert server.blobs == {}
    assert mira.store.read(attachments.waiting) == 0
    mira.store.write(lambda db: drafts.finish(db, record))
    assert mira.store.read(attachments.waiting) == 1
    mira.sync()
    assert set(server.blobs) == {kept.hash}
    assert [file.name for file in (mira.folder / "attachments").iterdir()] == [f"{kept.hash}.sealed"]


def test_a_photo_of_an_answer_that_lost_is_sent_all_the_same(
    server: Server, mira: Worker, arben: Worker
) -> None:
    record = mira.fill(photo=None, note="n")
    mira.sync()
    arben.sync()
    mine = attachments.seal_file(mira.folder, b"mine" * 9)
    mira.store.write(lambda db: attachments.add(db, record, mine))
    mira.change(record, photo=mine.name)
    server.world.later()
    arben.change(record, photo="x")
    arben.sync()
    mira.sync()
    assert server.values(record)["photo"] == "x"
    assert set(server.blobs) == {mine.hash}


def test_at_the_start_what_a_crash_left_is_removed(mira: Worker) -> None:
    _, kept = mira.photograph(b"kept" * 9)
    never_noted = attachments.seal_file(mira.folder, b"stray" * 9)
    never_answered = attachments.seal_file(mira.folder, b"stray" * 9)
    mira.store.write(lambda db: attachments.add(db, mira.new_id(), never_answered))
    (mira.folder / "attachments" / "0011.part").write_bytes(b"x")
    mira.store.write(attachments.forget_all_unused)
    mira.store.read(lambda db: attachments.remove_strays(mira.folder, db))
    assert never_noted.hash != never_answered.hash
    assert [file.name for file in (mira.folder / "attachments").iterdir()] == [f"{kept.hash}.sealed"]


def test_the_largest_file_is_one_that_the_server_takes() -> None:
    chunks = -(-LARGEST // attachments.CHUNK)
    assert LARGEST + 24 + 16 * chunks <= LARGEST_SEALED == MAX_BLOB
