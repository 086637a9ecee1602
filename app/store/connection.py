"""Opening the encrypted file, in the order that damage, theft and planted files demand.

The facts behind the order: a missing or empty file would open as a fresh, valid store; plain SQLite
would open it without any encryption; a `-wal` or `-journal` of another key, once it is replayed,
destroys the store for good; an old copy of it opens as well as the newest. So: look at the file, try
it on a copy if a journal lies there, open it for reading and writing but never for creating, assert
every setting instead of trusting it, check every page, and compare it with its anchor.
docs/opening.md tells the whole order, and what it cannot defend.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote

from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store import anchor
from app.store.anchor import Anchor, Kept
from app.store.folder import COULD_NOT_WRITE, QUARANTINE, refuse_unwritable, set_aside, writing
from app.store.identity import Identity, identity_rows
from app.store.keys import StoreKeys, sync_folder
from app.store.migrations import migrate, outdated
from app.store.upgrade import remove_copy, upgrade

FILE_NAME: Final = "store.db"
_JOURNALS: Final = ("-wal", "-journal")
_BESIDE: Final = (*_JOURNALS, "-shm")

#: How long a transaction waits for another process (a copy of the app that is just closing).
_BUSY_MS: Final = 10_000

#: What is asserted after it was set: name, how it is set, what it must then say.
_SETTINGS: Final = (
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("synchronous", "FULL", 2),
)


def create_file(
    folder: Path, keys: StoreKeys, identity: Identity, also: Callable[[Any], None] = lambda connection: None
) -> None:
    """Make a new store with its schema, sentinel and owner, and what `also` puts in. Problem
    store.file.exists: never over an old one.

    It is made under another name, so that one whose making was cut off is none.
    """
    path = folder / FILE_NAME
    if os.path.lexists(path):
        raise Problem("store.file.exists", {"name": FILE_NAME})
    part, mark = path.with_suffix(".part"), anchor.NEVER.after()
    for left in (part, *(part.with_name(part.name + suffix) for suffix in _BESIDE)):
        left.unlink(missing_ok=True)

    def fill(connection: Any) -> None:
        connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", identity_rows(identity))
        connection.execute("INSERT INTO sentinel VALUES (1, 'homeward', ?)", [keys.store])
        also(connection)
        anchor.put_mark(connection, mark)

    make_file(part, keys, fill)
    Anchor(path, keys).create(mark, part)
    os.replace(part, path)
    sync_folder(folder)


def make_file(path: Path, keys: StoreKeys, fill: Callable[[Any], None]) -> None:
    """Make a file, which must not be there, with this build's schema and what `fill` puts in; durably.
    Problem store.write.failed, and the errors of SQLite."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = connect(path, keys)
    try:
        # Neither raises where the disk fails; and a store whose first opening changes it is no more what
        # its anchor says.
        if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
            raise Problem("store.write.failed", {"kind": "journal_mode"})
        migrate(connection)
        connection.execute("BEGIN IMMEDIATE")
        fill(connection)
        connection.execute("COMMIT")
        if not checkpoint(connection):
            raise Problem("store.write.failed", {"kind": "checkpoint"})
    finally:
        connection.close()


def open_file(folder: Path, keys: StoreKeys) -> tuple[Any, Any, Anchor]:
    """The store's two connections, one that writes and one that only reads, for one thread each at a
    time; and its anchor, which the next commit moves on.

    Problems: store.file.missing, store.file.empty, store.file.linked, store.file.exposed,
    store.file.damaged, store.file.foreign, store.file.replayed, store.anchor.missing,
    store.anchor.damaged, store.journal.damaged, store.version.newer, store.migration.failed; and,
    where the disk is full or the folder cannot be written to, those of `unsaved`.
    """
    path = folder / FILE_NAME
    refuse_unfit(path)
    _remove_trials(folder)
    anchored = Anchor(path, keys)
    kept = anchored.read()
    if journals_of(path):
        _try_on_a_copy(path, keys, anchored, kept)
    writer = _checked(path, keys, anchored, kept)
    try:
        if outdated(writer):
            if not checkpoint(writer):
                raise Problem("store.file.busy")
            writer.close()
            upgrade(path, keys, connect, _check_whole)
            writer = _checked(path, keys, anchored, kept)
        _expect(writer, "journal_mode", "wal", "WAL")
        anchored.follow(writer)
        reader = connect(path, keys)
    except Exception:
        writer.close()
        raise
    reader.execute("PRAGMA query_only = ON")
    return writer, reader, anchored


def _checked(path: Path, keys: StoreKeys, anchored: Anchor, kept: Kept | None) -> Any:
    """A connection to a store that is whole, ours, and where its anchor says it is."""
    connection = connect(path, keys)
    try:
        # A power cut during a checkpoint leaves torn pages that the journal makes whole again; the check
        # of the pages reads the file alone.
        _empty_journal(connection, path.parent)
        _check_whole(connection, path.parent, keys)
        # A newer app may keep its anchor in another way.
        outdated(connection)
        anchored.check(connection, path, kept)
    except Exception:
        connection.close()
        raise
    return connection


def check_file(path: Path, keys: StoreKeys) -> None:
    """Refuse a file that is not a whole store of these keys, whatever its anchor. Problems as of
    `open_file`."""
    connection = connect(path, keys)
    try:
        _check_whole(connection, path.parent, keys)
    finally:
        connection.close()


def refuse_damaged_pages(connection: Any, folder: Path) -> None:
    """Problem store.file.damaged where a page is not what was written, or a table is not sound."""
    try:
        damaged = _unauthentic_pages(connection) or _unsound(connection)
    except dbapi2.DatabaseError as error:
        _refuse_damaged(folder, error)
    if damaged:
        raise Problem("store.file.damaged", {"name": FILE_NAME})


def _empty_journal(connection: Any, folder: Path) -> None:
    try:
        checkpoint(connection)
    except dbapi2.DatabaseError as error:
        _refuse_damaged(folder, error)


def refuse_unfit(path: Path) -> None:
    """Refuse a file that is missing, empty, a link, or readable by every user of the machine."""
    try:
        facts = path.lstat()
    except FileNotFoundError:
        raise Problem("store.file.missing", {"name": path.name}) from None
    if stat.S_ISLNK(facts.st_mode) or not stat.S_ISREG(facts.st_mode):
        raise Problem("store.file.linked", {"name": path.name})
    if facts.st_size == 0:
        raise Problem("store.file.empty", {"name": path.name})
    if sys.platform != "win32" and facts.st_mode & stat.S_IRWXO:
        raise Problem("store.file.exposed", {"name": path.name})


def checkpoint(connection: Any) -> bool:
    """Move the journal into the main file and empty it; False, at once, while a reader is in the way."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return not busy


def connect(path: Path, keys: StoreKeys) -> Any:
    """One connection with every setting asserted. `mode=rw`: what is not there is not made."""
    try:
        connection = dbapi2.connect(
            f"file:{quote(str(path.absolute()))}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_MS / 1000,
        )
    except dbapi2.Error:
        raise Problem("store.file.missing", {"name": path.name}) from None
    try:
        # What it says of each damaged page on standard error, we say in our own words.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{keys.database.hex()}'\"")
        if not connection.execute("PRAGMA cipher_version").fetchone():
            raise Problem("store.cipher.missing")
        for name, setting, value in _SETTINGS:
            _expect(connection, name, value, setting)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except dbapi2.DatabaseError as error:
        connection.close()
        _refuse_damaged(path.parent, error)
    except Exception:
        connection.close()
        raise
    return connection


def _refuse_damaged(folder: Path, error: dbapi2.Error) -> NoReturn:
    """A full disk or a folder that cannot be written to must not be called damage: nothing is lost by it."""
    if isinstance(error, dbapi2.OperationalError):
        refuse_unwritable(folder)
    raise Problem("store.file.damaged", {"name": FILE_NAME}) from error


def _expect(connection: Any, name: str, value: object, setting: str) -> None:
    connection.execute(f"PRAGMA {name} = {setting}").fetchall()
    if connection.execute(f"PRAGMA {name}").fetchone() != (value,):
        raise Problem("store.setting.refused", {"name": name})


def _check_whole(connection: Any, folder: Path, keys: StoreKeys) -> None:
    """Every page authentic, every table sound, and this the store that the keys belong to."""
    try:
        refuse_damaged_pages(connection, folder)
        sentinel = connection.execute("SELECT magic, store FROM sentinel").fetchall()
    except dbapi2.DatabaseError as error:
        _refuse_damaged(folder, error)
    if sentinel != [("homeward", keys.store)]:
        raise Problem("store.file.foreign", {"name": FILE_NAME})


def _unauthentic_pages(connection: Any) -> list[Any]:
    """The pages that are not what was written under this key, those that hold nothing any more too."""
    found: list[Any] = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    return found


def _unsound(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA quick_check").fetchall() != [("ok",)])


def _remove_trials(folder: Path) -> None:
    """Delete the copies that an opening has left which was cut off, or leave them to a later one."""
    with suppress(OSError):
        remove_copy(folder)
        for probe in folder.glob("probe-*"):
            shutil.rmtree(probe, ignore_errors=True)
        for trial in folder.glob("trial-*"):
            trial.unlink(missing_ok=True)


def journals_of(path: Path) -> list[Path]:
    """The journals that SQLite would replay, and whatever else was put in their places.

    One that is empty holds nothing to replay.
    """
    journals = [path.with_name(path.name + suffix) for suffix in _JOURNALS]
    beside = [path.with_name(path.name + suffix) for suffix in _BESIDE]
    return [
        file
        for file in beside
        if _irregular(file) or (file in journals and file.exists() and file.stat().st_size)
    ]


def _irregular(path: Path) -> bool:
    """Whether there is something that is no plain file: a link, a folder, a pipe."""
    return os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode)


def _try_on_a_copy(path: Path, keys: StoreKeys, anchored: Anchor, kept: Kept | None) -> None:
    """Replay the journals on a copy first; on failure take them away, and leave the store untouched.

    They are taken away only where the store is sound without them, and as new as its anchor. Where it
    is not, it may be a checkpoint that was cut off and needs them, or the only trace of a save:
    everything stays where it is, for a repair.
    """
    probe = path.parent / f"probe-{secrets.token_hex(4)}"
    with writing():
        probe.mkdir(mode=0o700)
    try:
        journals = journals_of(path)
        if not any(map(_irregular, journals)) and not _fault(probe, [path, *journals], keys, anchored, kept):
            return
        if fault := _fault(probe, [path], keys, anchored, kept):
            raise fault
    finally:
        shutil.rmtree(probe, ignore_errors=True)
    set_aside(path.parent, journals)
    raise Problem("store.journal.damaged", {"folder": QUARANTINE})


def _fault(
    probe: Path, files: list[Path], keys: StoreKeys, anchored: Anchor, kept: Kept | None
) -> Problem | None:
    """Why copies of these files do not open as a whole store, as new as the anchor; None where they do."""
    for old in probe.iterdir():
        old.unlink()
    with writing():
        for file in files:
            shutil.copyfile(file, probe / file.name)
    try:
        _checked(probe / FILE_NAME, keys, anchored, kept).close()
    except Problem as problem:
        # Where the copy could not be written, nothing is known of what was copied.
        if problem.code in COULD_NOT_WRITE:
            raise
        return problem
    return None
