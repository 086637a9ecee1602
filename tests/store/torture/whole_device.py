"""A device with everything that can be on one: keys in both slots, cases, photos, a conflict, files set
aside; and what of it somebody finds who has the passphrase, or the files alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from app.problems import Problem
from app.store import (
    KeyCost,
    Snapshot,
    Store,
    attachments,
    conflicts,
    drafts,
    key_file,
    meta,
    outbox,
    reports,
)
from app.store import attempts as attempt_files
from app.store import keys as key_files
from app.store import pages as page_files
from app.store.keys import StoreKeys
from app.store.transaction import Transaction
from sync_server.protocol.messages import ConflictNotice, Page, RecordDelta
from sync_server.protocol.recovery_key import RecoveryKey
from tests.store.torture import story

CHEAP: Final = KeyCost(8, 1)
OLD: Final = "five small words of mine"
NEW: Final = "other words that nobody knows"
CANARY: Final = "Kanarina Fshehtaj"
OFFICE: Final = RecoveryKey(bytes(range(7, 39)))
_STAMP: Final = f"{1_790_000_000_000:012x}-0000-0000000b"

#: The files of keys under whatever name an erasing or a journey has given them.
_KEYS: Final = ("keys.json", "keys.erased", "keys.part")


def make(folder: Path) -> None:
    """As after a sync that sent everything."""
    story.make_device(folder)
    key_files.set_passphrase(folder, story.KEYS, OLD, CHEAP, no_keyring, OFFICE.public)
    attempt_files.begin(folder)
    store = story.open_device(folder)
    for number in range(10):
        store.write(story.save(number))
    store.write(_as_synced)
    photo = attachments.seal_file(folder, b"a photo " * 1000)
    store.write(lambda db: attachments.add(db, "file", photo))
    store.write(lambda db: attachments.sent(db, photo.hash))
    store.close()
    (folder / "quarantine").mkdir()
    (folder / "quarantine" / "0123abcd-store.db-wal").write_bytes(b"set aside")


def _as_synced(db: Transaction) -> None:
    outbox.acknowledge(db, range(1, 100))
    told = RecordDelta("file", "case", "case_file", "1", "mira", _STAMP, {"given_name": CANARY})
    page_files.apply_page(db, Page((told,), "7", more=False))
    lost = (CANARY, "mira", _STAMP, _STAMP)
    conflicts.take_in(
        db,
        [ConflictNotice("c", "file", "case", "case_file", "notes", "last", "open", "x", "arben", _STAMP,
                        _STAMP, *lost)],
    )  # fmt: skip


def _a_draft(db: Transaction) -> None:
    drafts.open_draft(db, "file")
    drafts.save_answers(db, "file", {"notes": "not finished"})


def _finished(db: Transaction) -> None:
    _a_draft(db)
    drafts.finish(db, "file")


def _refused(db: Transaction) -> None:
    _finished(db)
    (change_set,) = outbox.batch(db)
    outbox.refuse(db, change_set.sequence, "sync.case.not_granted")


#: What keeps a device from travelling, each alone.
UNSENT: Final[Mapping[str, Callable[[Transaction], object]]] = {
    "a draft": _a_draft,
    "finished work": _finished,
    "refused work": _refused,
    "a photo": lambda db: attachments.add(db, "file", attachments.Sealed("x", "a" * 64, 9)),
    "a decided conflict": lambda db: conflicts.accept(db, "c"),
    "a case that is being typed": lambda db: meta.put(db, meta.TYPED, '{"new_case": {"given_name": "B"}}'),
    "text in a form": lambda db: meta.put(db, meta.TYPED, '{"entry.file": {"notes": "12.x"}}'),
    "a frozen report": lambda db: reports.put(db, "r", {}, {}),
}


def no_keyring() -> None:
    """The account has no key store."""


def copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.lock", "*-shm"))


def open_by(folder: Path, passphrase: str) -> Store:
    """As who knows the passphrase does. Problems as of `Store.open`."""
    return Store.open(folder, passphrase, floor=CHEAP, find_keyring=no_keyring)


def held(store: Store) -> str:
    """Everything on the device that a worker would miss, files too, in short."""

    def told(db: Snapshot) -> list[object]:
        return [
            story.content(db),
            db.rows("SELECT id, field_values FROM record ORDER BY id"),
            db.rows("SELECT id, state, lost FROM conflict ORDER BY id"),
            db.rows("SELECT hash, here FROM attachment ORDER BY hash"),
            db.rows("SELECT id, code FROM case_index ORDER BY id"),
        ]

    files = sorted(file.name for file in (store.folder / "attachments").glob("*.sealed"))
    whole = json.dumps([store.read(told), files]).encode()
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def left_behind(store: Store) -> str:
    """What of a case is still in a store that travels, or what it lacks to come back; empty where nothing."""
    for table in (
        "record",
        "draft",
        "answer",
        "outbox",
        "conflict",
        "attachment",
        "case_index",
        "case_search",
    ):
        if store.read(lambda db, table=table: db.value(f"SELECT count(*) FROM {table}")):
            return f"rows in {table}"
    if store.identity != story.DEVICE:
        return "nobody works here"
    if store.read(lambda db: meta.get(db, meta.SEQUENCE)) != "2":
        return "the count of what was sent is gone"
    return "a canary" if any(word in store.read(dumped) for word in CANARY.split()) else ""


def files_of_cases(folder: Path) -> list[Path]:
    return [*(folder / "attachments").glob("*"), *(folder / "quarantine").glob("*")]


def dumped(db: Snapshot) -> str:
    """Every row of every table, as who has the key reads them."""
    tables = [name for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return "\n".join(str(row) for name in tables for row in db.rows(f'SELECT * FROM "{name}"'))


def keys_that_open(folder: Path, passphrase: str, names: Sequence[str] = _KEYS) -> list[StoreKeys]:
    """What somebody gets who has the passphrase and looks into every file of keys that lies there."""
    found = []
    for name in names:
        if not (folder / name).is_file():
            continue
        looked = folder.parent / "looked"
        looked.mkdir(exist_ok=True)
        shutil.copyfile(folder / name, looked / key_file.FILE_NAME)
        try:
            found.append(key_files.unwrap_keys(looked, passphrase, CHEAP, no_keyring))
        except Problem:
            continue
    return found


def half_of(folder: Path, wanted: str) -> str:
    """Whether keys that open lie beside a store that is not whole, as the crash left it; empty where not."""
    for keys in keys_that_open(folder, OLD):
        if keys.store != story.KEYS.store:
            continue
        looked = copy(folder, folder.parent / "as-found")
        try:
            store = story.open_device(looked, keys)
        except Problem as problem:
            return f"keys that open, and a store that does not: {problem.code}"
        try:
            if held(store) != wanted:
                return "keys that open, and a part of the cases"
        finally:
            store.close()
    return ""
