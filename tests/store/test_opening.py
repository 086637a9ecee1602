"""Opening tells damage from theft from mistakes, and a planted file never harms the store."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store import KeyCost, Store, connection, drafts, migrations, records
from app.store import folder as folder_module
from app.store.connection import FILE_NAME
from app.store.keys import create_keys
from app.store.migrations import Migration, migrate

CHEAP = KeyCost(8, 1)
ROOT = Path(__file__).resolve().parents[2]


def save(device, record="r", **answers):
    def work(db):
        drafts.begin(db, record, "c", "visit", "1")
        drafts.save_answers(db, record, answers)

    device.store.write(work)


def values(device, record="r"):
    return device.store.read(lambda db: records.values(db, record))


def code_of(device):
    with pytest.raises(Problem) as caught:
        device.reopen()
    return caught.value.code


@pytest.fixture
def closed(mira):
    """A device with something saved, its store closed."""
    save(mira, outcome="met", story="x" * 20_000)
    mira.store.close()
    return mira


def test_a_missing_store_is_refused_and_not_made_anew(closed):
    (closed.folder / FILE_NAME).unlink()
    assert code_of(closed) == "store.file.missing"
    assert not (closed.folder / FILE_NAME).exists()


def test_an_empty_store_is_refused(closed):
    (closed.folder / FILE_NAME).write_bytes(b"")
    assert code_of(closed) == "store.file.empty"


def test_a_link_is_refused(closed):
    path = closed.folder / FILE_NAME
    path.rename(closed.folder / "elsewhere")
    path.symlink_to(closed.folder / "elsewhere")
    assert code_of(closed) == "store.file.linked"


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX")
def test_a_store_that_everybody_can_read_is_refused(closed):
    (closed.folder / FILE_NAME).chmod(0o644)
    assert code_of(closed) == "store.file.exposed"


def test_a_flipped_byte_anywhere_is_damage_and_never_a_wrong_passphrase(closed):
    path = closed.folder / FILE_NAME
    whole = path.read_bytes()
    for place in [0, 20, 100, 4095, *range(4096 + 50, len(whole), 4096)]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert code_of(closed) == "store.file.damaged", place
    path.write_bytes(whole)
    closed.reopen()
    assert values(closed)["outcome"] == "met"


def test_a_cut_store_is_damage(closed):
    path = closed.folder / FILE_NAME
    path.write_bytes(path.read_bytes()[: 4096 * 5 + 7])
    assert code_of(closed) == "store.file.damaged"


def test_a_plain_sqlite_file_is_refused(closed):
    path = closed.folder / FILE_NAME
    path.unlink()
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE sentinel (id, magic, store)")
    plain.execute("INSERT INTO sentinel VALUES (1, 'homeward', 'x')")
    plain.commit()
    plain.close()
    path.chmod(0o600)
    assert code_of(closed) == "store.file.damaged"


def test_the_store_of_other_keys_is_refused(closed, arben):
    arben.store.close()
    shutil.copyfile(arben.folder / FILE_NAME, closed.folder / FILE_NAME)
    assert code_of(closed) == "store.file.damaged"


def test_a_store_without_its_sentinel_is_refused(mira):
    mira.store.write(lambda db: db.run("DELETE FROM sentinel"))
    assert code_of(mira) == "store.file.foreign"


def live_copy(device, target):
    """The store's files while it is open, as a crash would leave them: with a journal."""
    target.mkdir(mode=0o700)
    for file in device.folder.iterdir():
        if file.is_file() and not file.name.endswith("-shm"):
            shutil.copy2(file, target / file.name)


@pytest.fixture
def crashed(mira, tmp_path):
    """A device whose last save stands in the journal only: its process ended before the checkpoint."""
    save(mira, outcome="met")
    reader = mira.store._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM meta").fetchone()  # in the checkpoint's way
    save(mira, outcome="phone")
    live_copy(mira, tmp_path / "crashed")
    reader.execute("ROLLBACK")
    mira.store.close()
    mira.folder = tmp_path / "crashed"
    assert (mira.folder / f"{FILE_NAME}-wal").stat().st_size > 0
    return mira


def test_the_journal_of_a_crash_is_replayed(crashed):
    crashed.reopen()
    assert values(crashed) == {"outcome": "phone"}
    assert not list(crashed.folder.glob("probe-*"))


def test_the_journal_is_tried_on_a_copy_before_the_store_is_opened(crashed, monkeypatch):
    original = (crashed.folder / FILE_NAME).read_bytes()
    opened = []

    def watch(path, keys, connect=connection.connect):
        opened.append(path.parent)
        if path.parent == crashed.folder:
            assert opened[0].name.startswith("probe-")
        else:
            assert (crashed.folder / FILE_NAME).read_bytes() == original
        return connect(path, keys)

    monkeypatch.setattr(connection, "connect", watch)
    crashed.reopen()
    assert crashed.folder in opened


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_planted_journal_is_put_aside_and_the_store_stays_as_it_was(closed, arben, tmp_path, suffix):
    reader = arben.store._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM meta").fetchone()
    save(arben, outcome="evil")
    foreign = (arben.folder / f"{FILE_NAME}-wal").read_bytes()
    reader.execute("ROLLBACK")
    assert foreign
    before = (closed.folder / FILE_NAME).read_bytes()
    (closed.folder / f"{FILE_NAME}{suffix}").write_bytes(foreign)
    if suffix == "-wal":
        assert code_of(closed) == "store.journal.damaged"
        assert (closed.folder / FILE_NAME).read_bytes() == before
        assert list((closed.folder / "quarantine").iterdir())
    closed.reopen()  # what is no rollback journal at all, SQLite itself ignores
    assert values(closed)["outcome"] == "met"
    assert not list(closed.folder.glob("probe-*"))


def test_a_linked_journal_is_put_aside(closed, tmp_path):
    (tmp_path / "target").write_bytes(b"x" * 5000)
    (closed.folder / f"{FILE_NAME}-wal").symlink_to(tmp_path / "target")
    assert code_of(closed) == "store.journal.damaged"
    closed.reopen()
    assert (tmp_path / "target").read_bytes() == b"x" * 5000


def test_every_setting_holds_on_both_connections(mira):
    for opened in (mira.store._writer, mira.store._reader):
        says = {
            name: opened.execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode", "synchronous", "secure_delete", "temp_store", "trusted_schema",
                "cell_size_check",
            )
        }  # fmt: skip
        assert says == {
            "journal_mode": "wal",
            "synchronous": 2,
            "secure_delete": 1,
            "temp_store": 2,
            "trusted_schema": 0,
            "cell_size_check": 1,
        }


def test_the_reading_connection_cannot_write(mira):
    with pytest.raises(Problem, match=r"store\.read\.failed"):
        mira.store.read(lambda db: db.rows("DELETE FROM meta"))


def test_nothing_stands_in_the_journal_after_a_save(mira):
    save(mira, outcome="met")
    assert (mira.folder / f"{FILE_NAME}-wal").stat().st_size == 0


def test_a_store_is_never_made_over_another(closed):
    with pytest.raises(Problem, match=r"store\.file\.exists"):
        Store.create(closed.folder, "other", closed.identity)
    closed.reopen()
    assert values(closed)["outcome"] == "met"


def test_a_closed_store_says_so(closed):
    closed.store.close()
    with pytest.raises(Problem, match=r"store\.closed\.already"):
        values(closed)


def test_a_store_of_a_newer_app_is_refused_unharmed(mira):
    mira.store._writer.execute("PRAGMA user_version = 999")
    assert code_of(mira) == "store.version.newer"


def test_a_migration_that_fails_leaves_the_store_as_it_was(mira):
    version = len(migrations.shipped())
    broken = Migration(
        version + 1,
        "broken",
        "CREATE TABLE half (x);\nINSERT INTO half VALUES (1);\nSELECT nonsense FROM nowhere;",
    )
    save(mira, outcome="met")
    writer = mira.store._writer
    with pytest.raises(Problem, match=r"store\.migration\.failed"):
        migrate(writer, [*migrations.shipped(), broken])
    assert writer.execute("PRAGMA user_version").fetchone() == (version,)
    assert writer.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").fetchone() == (0,)
    assert values(mira) == {"outcome": "met"}


def test_a_trigger_is_one_statement_of_a_migration(mira):
    version = len(migrations.shipped())
    step = Migration(
        version + 1,
        "trigger",
        "CREATE TABLE t (x);\n"
        "CREATE TRIGGER tt AFTER INSERT ON t BEGIN\n  DELETE FROM t;\n  SELECT 1;\nEND;\n",
    )
    assert migrate(mira.store._writer, [*migrations.shipped(), step]) == version + 1


def test_the_identity_is_kept_and_its_token_is_not_shown(mira):
    mira.store.identify(replace(mira.identity, token="secret-token", server="https://office.example"))
    mira.reopen()
    assert mira.store.identity.token == "secret-token"
    assert mira.store.identity.demo is True
    assert "secret-token" not in repr(mira.store.identity)


def test_a_file_that_goes_away_while_it_is_opened_is_not_made_anew(mira, monkeypatch):
    mira.store.close()
    (mira.folder / FILE_NAME).unlink()
    monkeypatch.setattr(connection, "refuse_unfit", lambda path: None)
    assert code_of(mira) in {"store.file.missing", "store.file.damaged"}
    assert not (mira.folder / FILE_NAME).exists()


def test_a_making_that_was_cut_off_between_keys_and_store_can_be_begun_again(tmp_path, mira):
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    create_keys(folder, "old", CHEAP)
    left = (folder / "keys.json").read_bytes()
    Store.create(folder, "new", mira.identity, cost=CHEAP).close()
    Store.open(folder, "new", floor=CHEAP).close()
    (aside,) = (folder / "quarantine").iterdir()
    assert aside.read_bytes() == left


def test_a_store_that_was_half_made_is_none_and_is_made_anew(tmp_path, mira, monkeypatch):
    folder = tmp_path / "new"

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(connection, "migrate", die)
        with pytest.raises(KeyboardInterrupt):
            Store.create(folder, "pw", mira.identity, cost=CHEAP)
    assert not Store.exists(folder)
    Store.create(folder, "pw", mira.identity, cost=CHEAP).close()
    assert not list(folder.glob("store.part*"))
    with pytest.raises(Problem, match=r"store\.file\.exists"):
        Store.create(folder, "pw", mira.identity, cost=CHEAP)


def test_a_full_disk_after_the_commit_does_not_say_that_nothing_was_saved(mira, monkeypatch):
    def full(_):
        raise dbapi2.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(connection, "checkpoint", full)
        save(mira, outcome="met")
    assert values(mira) == {"outcome": "met"}
    mira.reopen()
    assert values(mira) == {"outcome": "met"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("suffix", ["-wal", "-journal", "-shm"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling link"])
def test_what_is_no_file_beside_the_store_is_moved_aside(closed, suffix, kind):
    planted = closed.folder / f"{FILE_NAME}{suffix}"
    if kind == "pipe":
        os.mkfifo(planted)
    elif kind == "folder":
        planted.mkdir()
    else:
        planted.symlink_to("/nowhere/at/all")
    assert code_of(closed) == "store.journal.damaged"
    closed.reopen()
    assert values(closed)["outcome"] == "met"


def test_a_key_file_nested_beyond_reason_is_damaged(closed):
    (closed.folder / "keys.json").write_bytes(b"[" * 16_000)
    assert code_of(closed) == "store.keys.damaged"


def test_a_store_that_is_open_elsewhere_is_busy_until_that_program_ends(mira, monkeypatch):
    monkeypatch.setattr(folder_module, "_PATIENCE_S", 0.1)
    mira.store.close()
    words = "import sys; from pathlib import Path; from app.store import KeyCost, Store\n"
    words += "store = Store.open(Path(sys.argv[1]), sys.argv[2], floor=KeyCost(8, 1))\n"
    words += "print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", words, str(mira.folder), mira.passphrase],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert other.stdout.readline() == b"open\n"
        assert code_of(mira) == "store.file.busy"
    finally:
        other.kill()
        other.wait()
        other.stdin.close()
        other.stdout.close()
    mira.reopen()


def test_a_wrong_passphrase_leaves_the_store_free(closed):
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        Store.open(closed.folder, "wrong", floor=CHEAP)
    closed.reopen()
