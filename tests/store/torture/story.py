"""A device whose every save is known beforehand, and so what it must hold after any number of them."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import shutil
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from app.store import Identity, Snapshot, Store, Transaction, connection, drafts, form_library
from app.store.folder import FolderLock
from app.store.form_library import StoredForm
from app.store.keys import StoreKeys

KEYS = StoreKeys("5f0c7a1e-0000-4000-8000-000000000001", bytes(range(32)))
OTHER_KEYS = StoreKeys("5f0c7a1e-0000-4000-8000-000000000002", bytes(range(1, 33)))
DEVICE = Identity("0000000a", "mira", "Mira", "officer", "tirana", "Europe/Tirane", token="t")
VISIT = StoredForm("visit", "1", "h", "<form/>", {"en": "Visit"}, {"story": "both"})
FILES = (connection.FILE_NAME, "store.anchor")


def make_device(folder: Path, keys: StoreKeys = KEYS) -> None:
    """A new device with its form, a few finished records, and pages that hold nothing any more."""
    folder.mkdir(mode=0o700, parents=True)
    connection.create_file(folder, keys, DEVICE)
    store = open_device(folder, keys)
    store.write(lambda db: form_library.put(db, VISIT))
    store.write(lambda db: db.run("INSERT INTO meta VALUES ('filler', ?)", "x" * 20_000))
    store.write(lambda db: db.run("DELETE FROM meta WHERE key = 'filler'"))
    store.close()


def open_device(folder: Path, keys: StoreKeys = KEYS) -> Store:
    """Open it as `Store.open` does, with keys that were derived once."""
    moment = itertools.count(1_790_000_000_000, 10)
    lock = FolderLock(folder)
    try:
        return Store(
            folder,
            lock,
            keys,
            *connection.open_file(folder, keys),
            lambda: next(moment),
            lambda: str(uuid.uuid4()),
            lambda: (None, None),
        )
    except BaseException:
        lock.release()
        raise


def copy_device(source: Path, target: Path, *names: str) -> Path:
    """A copy of its files, journals too; nothing else is left in `target`."""
    target.mkdir(mode=0o700, exist_ok=True)
    for old in target.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    for file in source.iterdir():
        if file.is_file() and (not names or file.name in names) and not file.name.endswith(("-shm", ".lock")):
            shutil.copyfile(file, target / file.name)
            (target / file.name).chmod(0o600)
    return target


def save(number: int) -> Callable[[Transaction], None]:
    """The save of this number: an answer, now and then a new record or the end of one."""
    record, dice = f"record-{number // 5}", random.Random(number)

    def work(db: Transaction) -> None:
        drafts.begin(db, record, "case", "visit", "1")
        if number % 5 == 0:
            drafts.open_draft(db, record)
        length = dice.choice((3, 30, 900, 6000))
        drafts.save_answers(db, record, {f"q{number}": number, "story": f"{number} " + "x" * length})
        if number % 5 == 4:
            drafts.finish(db, record)

    return work


def content(db: Snapshot) -> str:
    """Everything that a worker would miss, in short; two stores that hold the same work have the same."""
    told: list[Any] = [
        db.rows("SELECT id, case_id, form, form_version FROM record ORDER BY id"),
        db.rows("SELECT record FROM draft ORDER BY record"),
        db.rows("SELECT record, path, value FROM answer ORDER BY record, path"),
        db.rows("SELECT value FROM meta WHERE key = 'outbox.sequence'"),
        db.rows("SELECT id, version FROM form"),
    ]
    for sequence, state, text in db.rows("SELECT sequence, state, change_set FROM outbox ORDER BY place"):
        change_set = json.loads(text)
        told.append([sequence, state, change_set["record"], sorted(change_set["values"].items())])
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def content_of(store: Store) -> str:
    return store.read(content)


@cache
def contents(folder: Path, saves: int) -> tuple[str, ...]:
    """What a device, made in `folder`, holds after 0, 1, … saves."""
    shutil.rmtree(folder, ignore_errors=True)
    make_device(folder)
    store = open_device(folder)
    found = [content_of(store)]
    for number in range(saves):
        store.write(save(number))
        found.append(content_of(store))
    store.close()
    shutil.rmtree(folder)
    return tuple(found)


class InTheWay:
    """A screen that reads while somebody saves: no checkpoint gets past it, and the journal stands."""

    def __init__(self, store: Store) -> None:
        self._reader = store._reader
        self._reader.execute("BEGIN")
        self._reader.execute("SELECT count(*) FROM meta").fetchone()

    def go(self) -> None:
        self._reader.execute("ROLLBACK")
