"""The anchor tells an old copy of a store from the newest one, and a crash from both."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from app.problems import Problem
from app.store import anchor, connection, drafts, migrations, records
from app.store.anchor import Anchor
from app.store.migrations import Migration

DB, ANCHOR = connection.FILE_NAME, anchor.FILE_NAME


def save(device, record="r", **answers):
    def work(db):
        drafts.begin(db, record, "c", "visit", "1")
        drafts.save_answers(db, record, answers)

    device.store.write(work)


def values(device, record="r"):
    return device.store.read(lambda db: records.values(db, record))


def files(device):
    """The store and its anchor as they lie on the disk now."""
    return {name: (device.folder / name).read_bytes() for name in (DB, ANCHOR)}


def put(device, *copies):
    for copy in copies:
        for name, content in copy.items():
            (device.folder / name).write_bytes(content)


def code_of(device):
    with pytest.raises(Problem) as caught:
        device.reopen()
    return caught.value.code


@pytest.fixture
def history(mira):
    """Copies of store and anchor after three saves, in order; the store is closed and at the third."""
    copies = []
    for outcome in ("first", "second", "third"):
        save(mira, outcome=outcome)
        copies.append(files(mira))
    mira.store.close()
    return copies


def test_a_store_and_the_anchor_of_the_same_save_open(mira, history):
    mira.reopen()
    assert values(mira) == {"outcome": "third"}


@pytest.mark.parametrize("age", [0, 1])
def test_an_old_copy_of_the_store_is_refused_and_nothing_is_deleted(mira, history, age):
    put(mira, {DB: history[age][DB]})
    before = files(mira)
    assert code_of(mira) == "store.file.replayed"
    assert files(mira) == before
    put(mira, history[2])
    mira.reopen()
    assert values(mira) == {"outcome": "third"}


def test_a_store_one_ahead_of_its_anchor_is_a_crash_and_opens(mira, history):
    put(mira, {ANCHOR: history[1][ANCHOR]})
    mira.reopen()
    assert values(mira) == {"outcome": "third"}
    # The anchor has come after: the copy before is behind again.
    mira.store.close()
    put(mira, {DB: history[1][DB]})
    assert code_of(mira) == "store.file.replayed"


def test_a_store_two_ahead_of_its_anchor_is_refused(mira, history):
    put(mira, {ANCHOR: history[0][ANCHOR]})
    assert code_of(mira) == "store.file.replayed"


def test_a_store_with_another_past_is_refused_whatever_its_number(mira, history):
    put(mira, history[1])
    mira.reopen()
    save(mira, outcome="another third")
    other = files(mira)
    save(mira, outcome="another fourth")
    ahead = files(mira)
    mira.store.close()
    for wrong in (other, ahead):
        put(mira, {DB: wrong[DB], ANCHOR: history[2][ANCHOR]})
        assert code_of(mira) == "store.file.replayed"


def test_one_old_page_that_was_put_back_is_refused_though_it_is_authentic(mira, history):
    save(mira.reopen() and mira, outcome="fourth")
    mira.store.close()
    new, old = files(mira)[DB], history[0][DB]
    assert len(new) == len(old)
    places = [at for at in range(0, len(new), 4096) if new[at : at + 4096] != old[at : at + 4096]]
    assert places
    for at in places:
        put(mira, {DB: new[:at] + old[at : at + 4096] + new[at + 4096 :]})
        assert code_of(mira) in {"store.file.replayed", "store.file.damaged"}, at
    put(mira, {DB: new})
    mira.reopen()
    assert values(mira) == {"outcome": "fourth"}


def test_the_journal_of_the_newest_save_over_an_old_store_is_refused(mira, tmp_path):
    save(mira, outcome="first", story="x" * 9000)
    old = files(mira)[DB]
    save(mira, outcome="second", story="y" * 9000)
    reader = mira.store._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM meta").fetchone()
    save(mira, record="s", outcome="third")
    crashed = tmp_path / "crashed"
    shutil.copytree(mira.folder, crashed, ignore=shutil.ignore_patterns("*-shm"))
    reader.execute("ROLLBACK")
    mira.store.close()
    mira.folder = crashed
    whole = files(mira)[DB]
    put(mira, {DB: old})
    journal = (crashed / f"{DB}-wal").read_bytes()
    assert code_of(mira) in {"store.file.replayed", "store.file.damaged"}
    put(mira, {DB: whole, f"{DB}-wal": journal})
    mira.reopen()
    assert values(mira, "s") == {"outcome": "third"}


def test_saves_while_a_screen_reads_keep_the_anchor_right(mira):
    reader = mira.store._reader
    for number in range(30):
        if number % 7 == 3:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM meta").fetchone()
        save(mira, record=f"r{number}", story="x" * 700 * number)
        if number % 7 == 6:
            reader.execute("ROLLBACK")
        if number % 10 == 9:
            with pytest.raises(ZeroDivisionError):
                mira.store.write(lambda db: (db.run("INSERT INTO meta VALUES ('y', ?)", "y" * 50_000), 1 / 0))
    if reader.in_transaction:
        reader.execute("ROLLBACK")
    mira.reopen()
    assert values(mira, "r29") == {"story": "x" * 20_300}


def test_store_and_anchor_put_back_together_open_which_is_for_the_next_sync_to_find(mira, history):
    put(mira, history[0])
    mira.reopen()
    assert values(mira) == {"outcome": "first"}


def test_a_write_of_the_anchor_that_a_power_cut_tore_is_a_crash(mira, history):
    before, after = history[1][ANCHOR], history[2][ANCHOR]
    (place,) = [at for at in (0, 4096) if before[at : at + 4096] != after[at : at + 4096]]
    for length in (1, 8, 40, 127):
        torn = before[:place] + after[place : place + length] + before[place + length :]
        put(mira, {DB: history[2][DB], ANCHOR: torn})
        mira.reopen()
        assert values(mira) == {"outcome": "third"}
        mira.store.close()


def test_to_spoil_the_newest_place_of_the_anchor_opens_no_older_store(mira, history):
    before, after = history[1][ANCHOR], history[2][ANCHOR]
    (place,) = [at for at in (0, 4096) if before[at : at + 4096] != after[at : at + 4096]]
    spoilt = after[:place] + bytes(100) + after[place + 100 :]
    for age, code in ((0, "store.file.replayed"), (1, "store.anchor.damaged")):
        put(mira, {DB: history[age][DB], ANCHOR: spoilt})
        assert code_of(mira) == code


@pytest.mark.parametrize("content", [b"", b"\0" * 8192, b"x" * 100])
def test_an_anchor_that_is_none_is_refused(mira, history, content):
    (mira.folder / ANCHOR).write_bytes(content)
    assert code_of(mira) == "store.anchor.damaged"


def test_a_link_in_the_place_of_the_anchor_is_refused(mira, history):
    (mira.folder / ANCHOR).rename(mira.folder / "elsewhere")
    (mira.folder / ANCHOR).symlink_to("elsewhere")
    assert code_of(mira) == "store.anchor.damaged"


def test_a_store_whose_anchor_is_gone_is_refused(mira, history):
    (mira.folder / ANCHOR).unlink()
    assert code_of(mira) == "store.anchor.missing"


def test_the_anchor_of_another_device_is_refused(mira, history, arben):
    shutil.copyfile(arben.folder / ANCHOR, mira.folder / ANCHOR)
    assert code_of(mira) == "store.anchor.damaged"


def test_every_byte_of_both_places_of_the_anchor_counts(mira, history):
    whole, before = history[2][ANCHOR], history[1][ANCHOR]
    (newest,) = [at for at in (0, 4096) if before[at : at + 4096] != whole[at : at + 4096]]
    for offset in range(128):
        older, newer = 4096 - newest + offset, newest + offset
        put(mira, {ANCHOR: whole[:older] + bytes([whole[older] ^ 1]) + whole[older + 1 :]})
        assert code_of(mira) == "store.anchor.damaged", offset
        put(mira, {ANCHOR: whole[:newer] + bytes([whole[newer] ^ 1]) + whole[newer + 1 :]})
        mira.reopen()  # as after a power cut, and mended
        mira.store.close()
        assert files(mira)[ANCHOR] == whole


def test_a_journal_whose_saves_were_made_to_vanish_is_not_taken_for_a_store_without_them(mira, tmp_path):
    save(mira, outcome="first")
    reader = mira.store._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM meta").fetchone()  # in the checkpoint's way
    save(mira, outcome="second")
    crashed = tmp_path / "crashed"
    shutil.copytree(mira.folder, crashed, ignore=shutil.ignore_patterns("*-shm"))
    reader.execute("ROLLBACK")
    mira.store.close()
    mira.folder = crashed
    journal = crashed / f"{DB}-wal"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    assert code_of(mira) == "store.file.replayed"
    assert not (crashed / "quarantine").exists()
    journal.write_bytes(whole)
    mira.reopen()
    assert values(mira) == {"outcome": "second"}


def test_a_save_is_durable_in_the_anchor_before_it_is_told(mira, monkeypatch):
    order = []
    sync, write = anchor._sync, mira.store.write
    monkeypatch.setattr(anchor, "_sync", lambda file: (sync(file), order.append("anchor")))
    monkeypatch.setattr(mira.store, "write", lambda work: (write(work), order.append("told"))[0])
    save(mira, outcome="met")
    assert order == ["anchor", "told"]


def test_a_write_that_changes_nothing_leaves_the_anchor_alone(mira):
    before = files(mira)[ANCHOR]
    mira.store.write(lambda db: records.exists(db, "r"))
    assert files(mira)[ANCHOR] == before


def test_an_anchor_that_cannot_be_written_stops_the_save_after_the_one_it_missed(mira, monkeypatch):
    def fail(_):
        raise OSError(5, "no")

    with monkeypatch.context() as disk:
        disk.setattr(anchor, "_sync", fail)
        save(mira, outcome="first")  # durable in the store: to call it unsaved would be wrong
        with pytest.raises(Problem, match=r"store\.write\.failed"):
            save(mira, outcome="second")
    assert values(mira) == {"outcome": "first"}
    save(mira, outcome="third")
    mira.reopen()
    assert values(mira) == {"outcome": "third"}


def test_a_store_from_before_there_were_anchors_gets_one(old_store):
    old_store.reopen()
    assert values(old_store) == {"outcome": "old"}
    assert (old_store.folder / ANCHOR).exists()
    save(old_store, outcome="new")
    old_store.reopen()
    assert values(old_store) == {"outcome": "new"}


def test_a_store_from_before_there_were_anchors_beside_an_anchor_is_a_replay(old_store):
    old = (old_store.folder / DB).read_bytes()
    old_store.reopen()
    save(old_store, outcome="new")
    old_store.store.close()
    put(old_store, {DB: old})
    assert code_of(old_store) == "store.file.replayed"


@pytest.fixture
def old_store(mira):
    """A store as the first schema left it, with something in it and no anchor."""
    save(mira, outcome="old")
    writer = mira.store._writer
    writer.execute("DROP TABLE anchor")
    writer.execute("DROP TABLE history")
    writer.execute("DROP TRIGGER history_goes_with_record")
    writer.execute("PRAGMA user_version = 1")
    mira.store.close()
    (mira.folder / ANCHOR).unlink()
    return mira


# -- migrations, on a copy


@pytest.fixture
def step(monkeypatch):
    """Have this build ship one migration more."""

    def add(sql):
        steps = migrations.shipped()
        added = (*steps, Migration(len(steps) + 1, f"{len(steps) + 1:04d}_more.sql", sql))
        for module in (migrations, connection, __import__("app.store.upgrade", fromlist=["x"])):
            if hasattr(module, "shipped"):
                monkeypatch.setattr(module, "shipped", lambda: added)

    return add


def test_a_migration_is_a_commit_of_the_chain_so_that_the_store_before_it_is_behind(mira, history, step):
    step("CREATE TABLE more (x) STRICT;".replace("(x)", "(x TEXT)"))
    mira.reopen()
    assert values(mira) == {"outcome": "third"}
    mira.store.close()
    put(mira, {DB: history[2][DB]})
    assert code_of(mira) == "store.file.replayed"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE half (x TEXT);\nSELECT nonsense FROM nowhere;",
        "DELETE FROM answer;",
        "DROP TABLE conflict;",
        "DELETE FROM sentinel;",
    ],
)
def test_a_migration_that_fails_or_loses_rows_leaves_the_old_store_in_its_place(mira, history, step, sql):
    with pytest.MonkeyPatch.context():
        step(sql)
        assert code_of(mira) == "store.migration.failed"
    assert files(mira) == history[2]
    assert not list(mira.folder.glob("store.upgrade*"))


def test_a_migration_may_change_the_rows_of_what_it_names(mira, history, step):
    step("-- changes the rows of: answer, conflict\nDELETE FROM answer;\nDROP TABLE conflict;")
    mira.reopen()
    assert values(mira) == {}


def test_a_copy_that_was_damaged_while_it_was_migrated_is_not_kept(mira, history, step, monkeypatch):
    step("CREATE TABLE more (x TEXT) STRICT;")
    connect, opened = connection.connect, []

    def damaged(path, keys):
        if path.name == "store.upgrade":
            opened.append(path)
            if len(opened) == 2:
                raw = path.read_bytes()
                path.write_bytes(raw[:9000] + bytes([raw[9000] ^ 1]) + raw[9001:])
        return connect(path, keys)

    with monkeypatch.context() as disk:
        disk.setattr(connection, "connect", damaged)
        assert code_of(mira) == "store.migration.failed"
    assert files(mira) == history[2]
    mira.reopen()
    assert values(mira) == {"outcome": "third"}


def test_a_full_disk_during_a_migration_is_not_called_a_failed_migration(mira, history, step, monkeypatch):
    step("CREATE TABLE more (x TEXT) STRICT;")

    def full(*_):
        raise OSError(28, "no space")

    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copyfile", full)
        assert code_of(mira) == "store.write.failed"
    assert files(mira) == history[2]


def test_saves_from_several_threads_are_one_chain(mira):
    def work(name):
        for number in range(10):
            save(mira, record=name, outcome=str(number))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mira.reopen()
    assert [values(mira, name) for name in "abc"] == [{"outcome": "9"}] * 3


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX")
def test_nobody_else_may_read_the_anchor_and_it_names_nobody(mira):
    save(mira, outcome="met")
    path: Path = mira.folder / ANCHOR
    assert path.stat().st_mode & 0o077 == 0
    raw = path.read_bytes()
    assert raw.count(b"HWANCHR1") == 2
    assert b"mira" not in raw.lower()


def test_the_key_of_the_anchor_comes_from_the_data_key(mira, arben):
    mira.store.close()
    keys = connection.StoreKeys("x", b"k" * 32)
    with pytest.raises(Problem, match=r"store\.anchor\.damaged"):
        Anchor(mira.folder / DB, keys).read()
