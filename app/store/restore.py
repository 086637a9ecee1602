"""Restoring a backup into a new device's folder, by the office's recovery key and with a new passphrase.

Nothing of the folder is touched before all of the backup was read and found whole. The restored store has
keys of its own: whoever has the old tablet and its passphrase has no key of the new one. It works under a
provisional name, and knows which device it comes from (inherited.py).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.problems import Problem
from app.store import anchor, attachments, backup_contents, inherited, meta, outbox
from app.store import attempts as attempt_files
from app.store import connection as connections
from app.store import keys as key_files
from app.store.anchor import Anchor
from app.store.backup_contents import About, Sink
from app.store.folder import FolderLock, set_aside, writing
from app.store.identity import Identity, read_identity
from app.store.keys import FLOOR, KeyCost, StoreKeys, sync_folder
from app.store.leaving import finish_leaving, refuse_unfinished
from app.store.migrations import migrate
from app.store.sealed_stream import SealedReader, key_of, read_head
from app.store.transaction import Snapshot, Transaction
from sync_server.protocol.clock import HybridClock
from sync_server.protocol.recovery_key import RecoveryKey

_WORK: Final = "restore-"
_SEALED: Final = "attachments"
_NOBODY: Final = Identity("", "", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: of which device and worker, made when by that device's clock; how many change sets
    no server was known to have, and how many drafts."""

    device: str
    login: str
    server: str
    made_ms: int
    unsent: int
    drafts: int


def restore(
    folder: Path,
    backup: Path,
    key: RecoveryKey,
    passphrase: str,
    *,
    now_ms: Callable[[], int],
    cost: KeyCost = FLOOR,
) -> Restored:
    """Make a device of the backup in `folder`, which must have no store yet.

    Problems: store.file.exists, store.folder.erasing; backup.file.missing, .foreign, .damaged,
    backup.version.newer; store.recovery.other; store.file.damaged, store.file.foreign (what is in the backup
    is no whole store of its keys), store.version.newer; those of `unsaved`.
    """
    with writing():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    finish_leaving(folder)
    refuse_unfinished(folder)
    lock = FolderLock(folder)
    try:
        if os.path.lexists(folder / connections.FILE_NAME):
            raise Problem("store.file.exists", {"name": folder.name})
        for left in folder.glob(f"{_WORK}*"):
            shutil.rmtree(left, ignore_errors=True)
        work = folder / f"{_WORK}{secrets.token_hex(4)}"
        with writing():
            work.mkdir(mode=0o700)
            (work / _SEALED).mkdir(mode=0o700)
        try:
            about = _unpacked(backup, key, work)
            return _made(folder, work, about, key, passphrase, now_ms, cost)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        lock.release()


def _unpacked(backup: Path, key: RecoveryKey, work: Path) -> About:
    """All files of the backup below `work`, durable; what is sealed stays sealed."""

    def keep(name: str) -> Sink:
        at = work / name if name == backup_contents.STORE_NAME else work / _SEALED / name
        with writing():
            return _Durable(os.open(at, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    try:
        file = backup.open("rb")
    except OSError:
        raise Problem("backup.file.missing", {"name": backup.name}) from None
    with file:
        try:
            head = read_head(file)
            reader = SealedReader(file, head, key_of(head, key))
            about, _ = backup_contents.read(reader, keep, lambda size: None)
        except OSError as error:
            raise Problem("backup.file.unreadable", {"kind": type(error).__name__}) from error
    if not isinstance(about, About) or about.keys.demo != head.demo:
        raise Problem("backup.file.damaged")
    with writing():
        sync_folder(work / _SEALED)
        sync_folder(work)
    return about


class _Durable:
    """A file that is on the disk when it is closed; what the disk refuses is told as such."""

    def __init__(self, handle: int) -> None:
        self._file = os.fdopen(handle, "wb")

    def write(self, piece: bytes) -> int:
        with writing():
            return self._file.write(piece)

    def close(self) -> None:
        with writing(), self._file:
            self._file.flush()
            os.fsync(self._file.fileno())


def _made(
    folder: Path,
    work: Path,
    about: About,
    key: RecoveryKey,
    passphrase: str,
    now_ms: Callable[[], int],
    cost: KeyCost,
) -> Restored:
    copy = work / connections.FILE_NAME
    connections.check_file(copy, about.keys)
    with writing():
        # Left by something that was cut off, or the rest of a store that is gone: out of the way.
        beside = (folder / name for name in (key_files.FILE_NAME, anchor.FILE_NAME, _SEALED))
        if left := [path for path in beside if os.path.lexists(path)]:
            set_aside(folder, left)
        attempt_files.begin(folder)
        keys = key_files.create_keys(folder, passphrase, cost, about.keys.demo, key.public, lambda: None)
    try:
        found, mark = _as_restored(copy, about, keys, now_ms)
        connections.check_file(copy, keys)
        with writing():
            os.replace(work / _SEALED, folder / _SEALED)
            Anchor(folder / connections.FILE_NAME, keys).create(mark, copy)
            os.replace(copy, folder / connections.FILE_NAME)
            sync_folder(folder)
    except BaseException:
        if not os.path.lexists(folder / connections.FILE_NAME):
            _take_away(folder)
        raise
    return found


def _take_away(folder: Path) -> None:
    """What a restore that was broken off has put beside the store, which is not there yet."""
    with suppress(OSError):
        shutil.rmtree(folder / _SEALED, ignore_errors=True)
        for name in (key_files.FILE_NAME, anchor.FILE_NAME):
            (folder / name).unlink(missing_ok=True)


def _as_restored(
    copy: Path, about: About, keys: StoreKeys, now_ms: Callable[[], int]
) -> tuple[Restored, anchor.Mark]:
    """Bring the copy to this build's schema, give it its new keys, and have it be a restored store."""
    connection = connections.connect(copy, about.keys)
    try:
        migrate(connection)
        # SQLCipher rekeys page by page, through the journal of its old kind.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute(f"PRAGMA rekey = \"x'{keys.database.hex()}'\"").fetchall()
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        old = read_identity(Snapshot(connection, _NOBODY))
        provisional = secrets.token_hex(4)
        db = Transaction(
            connection,
            old,
            HybridClock(provisional, now_ms, meta.get(Snapshot(connection, old), meta.CLOCK)),
            now_ms,
            lambda: secrets.token_hex(16),
            lambda: (None, None),
        )
        inherited.begin(db, old, provisional, about.made_ms)
        attachments.find_again(db, copy.parent)
        found = _told(db, old, about)
        connection.execute("UPDATE sentinel SET store = ?", [keys.store])
        mark = anchor.mark_of(connection).after()
        anchor.put_mark(connection, mark)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    return found, mark


def _told(db: Any, old: Identity, about: About) -> Restored:
    counts = outbox.counts(db)
    drafts = db.value("SELECT count(DISTINCT record) FROM answer")
    return Restored(
        about.device, old.login, old.server, about.made_ms, counts["waiting"] + counts["refused"], drafts
    )
