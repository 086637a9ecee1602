"""Repairing a store that does not open: what can be read goes into a new one, the server brings the rest.

    for line in repair(folder, passphrase).records: …

The new store has the same keys, pulls everything again with its next sync, and sends what was salvaged and
not sent. The damaged one, its journals and its anchor stay in `quarantine`; nothing of it is deleted. A
store that was put back to an older state is repaired in the same way: what it has is kept, and the server
tells what it lacks.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from app.problems import Problem
from app.store import anchor, attachments, cases, form_library, meta
from app.store import connection as connections
from app.store import keys as key_files
from app.store.anchor import Anchor, Kept, Mark
from app.store.attempts import Attempts
from app.store.folder import QUARANTINE, FolderLock, writing
from app.store.identity import Identity, from_note, of_rows, told, write_identity
from app.store.keys import FLOOR, KeyCost, StoreKeys, sync_folder
from app.store.leaving import finish_leaving
from app.store.salvage import Table, read_all, readable
from app.store.transaction import Snapshot, Transaction
from sync_server.protocol.clock import HybridClock

#: The problems of opening a store that a repair can do something about.
REPAIRABLE: Final = frozenset(
    {
        "store.file.damaged",
        "store.file.foreign",
        "store.file.replayed",
        "store.anchor.missing",
        "store.anchor.damaged",
        "store.migration.failed",
    }
)

Fate = Literal["saved", "server", "lost"]
#: What a repair is at: whether it is needed, reading, writing the new store, and checking it.
Step = Literal["look", "read", "write", "check"]
#: Told of each step, and how much of it is done, from 0 to 1.
OnStep = Callable[[Step, float], object]

#: Made anew by this build, or by what is made anew.
_NOT_CARRIED_OVER: Final = ("sentinel", "anchor", "case_index", "case_search")
_NEW_NAME: Final = "store.repaired"
_FORGOTTEN: Final = (meta.CURSOR, "sync.forms")
_AWAITED: Final = "repair.awaited"


@dataclass(frozen=True, slots=True)
class RepairedRecord:
    """What became of one record. `code` and `form` are empty where nobody could read them.

    `saved`: it is in the new store, with whatever of it was not sent. `server`: it could not be read, and
    was not known to hold unsent work; the next sync brings it if the server has it. `lost`: some of its
    unsent work could not be read.
    """

    record: str
    code: str
    form: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Repaired:
    """`complete`: these are all records that there were; else there may have been others. `titles`: what
    their forms are called, by form and language, as far as that could be read."""

    records: tuple[RepairedRecord, ...]
    complete: bool
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def count(self, fate: Fate) -> int:
        return sum(1 for each in self.records if each.fate == fate)


def repair(
    folder: Path,
    passphrase: str,
    *,
    now_ms: Callable[[], int],
    floor: KeyCost = FLOOR,
    attempts: Attempts | None = None,
    on_step: OnStep = lambda step, part: None,
) -> Repaired:
    """Put a new store with everything readable in the place of one that does not open.

    `attempts` counts wrong passphrases, as of unlocking. `on_step` is called on this thread.

    Problems: store.unlock.wait, .code_needed, store.repair.needless (it opens), store.repair.nothing
    (nothing can be read; it stays as it is), those of the keys, store.file.missing, .empty, .linked,
    .exposed, .busy, and those of `unsaved`.
    """
    finish_leaving(folder)
    connections.refuse_unfit(folder / connections.FILE_NAME)
    lock = FolderLock(folder)
    try:
        if attempts is None:
            keys = key_files.unwrap_keys(folder, passphrase, floor)
        else:
            keys = attempts.judge(lambda: key_files.unwrap_keys(folder, passphrase, floor))
        return repair_with(folder, keys, now_ms, on_step)
    finally:
        lock.release()


def repair_with(
    folder: Path,
    keys: StoreKeys,
    now_ms: Callable[[], int],
    on_step: OnStep = lambda step, part: None,
) -> Repaired:
    """`repair` for who has the keys, and the folder's lock."""
    on_step("look", 0)
    _refuse_sound(folder, keys)
    work = folder / f"probe-{secrets.token_hex(4)}"
    with writing():
        work.mkdir(mode=0o700)
    try:
        return _repair(folder, keys, work, now_ms, on_step)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with suppress(OSError):
            _remove_new(folder)


def awaited(db: Snapshot) -> tuple[RepairedRecord, ...]:
    """The records that a repair could not read and that no sync has brought back until now; those of which
    unsent work was lost stay among them also when the server's version is here."""
    listed = json.loads(meta.get(db, _AWAITED) or "[]")
    here = {record for (record,) in db.rows("SELECT id FROM record")}
    found = (RepairedRecord(*each) for each in listed)
    return tuple(each for each in found if each.fate == "lost" or each.record not in here)


def forget_awaited(db: Transaction) -> None:
    """The worker has read which records are missing, and does not want to be told again."""
    meta.put(db, _AWAITED, None)


def _refuse_sound(folder: Path, keys: StoreKeys) -> None:
    """A store that opens is left alone, also one that opens once a damaged journal was set aside."""
    try:
        try:
            writer, reader, _ = connections.open_file(folder, keys)
        except Problem as problem:
            if problem.code != "store.journal.damaged":
                raise
            writer, reader, _ = connections.open_file(folder, keys)
    except Problem as problem:
        if problem.code not in REPAIRABLE:
            raise
        return
    reader.close()
    writer.close()
    raise Problem("store.repair.needless")


def _repair(
    folder: Path, keys: StoreKeys, work: Path, now_ms: Callable[[], int], on_step: OnStep
) -> Repaired:
    path = folder / connections.FILE_NAME
    anchored = Anchor(path, keys)
    kept = _kept(anchored)
    tables = _salvaged(path, keys, work, kept, lambda part: on_step("read", part))
    identity = _identity(tables, kept)
    mark = _next_mark(tables, kept)
    found: list[Repaired] = []

    def fill(connection: Any) -> None:
        db = Transaction(
            connection,
            identity,
            HybridClock(identity.device, now_ms, None),
            now_ms,
            lambda: secrets.token_hex(16),
            lambda: (None, None),
        )
        _carry_over(db, tables)
        _make_consistent(db, folder, tables)
        found.append(_told(db, tables))
        awaited = [
            [each.record, each.code, each.form, each.fate]
            for each in found[0].records
            if each.fate != "saved"
        ]
        meta.put(db, _AWAITED, json.dumps(awaited))
        connection.execute("INSERT INTO sentinel VALUES (1, 'homeward', ?)", [keys.store])
        anchor.put_mark(connection, mark)

    new = folder / _NEW_NAME
    on_step("write", 0)
    with writing():
        _remove_new(folder)
        connections.make_file(new, keys, fill)
    on_step("check", 0)
    connections.check_file(new, keys)
    with writing():
        _put_in_place(folder, new)
        anchored.create(mark)
    return found[0]


# -- reading the damaged one


def _kept(anchored: Anchor) -> Kept | None:
    try:
        return anchored.read()
    except Problem:
        return None


def _salvaged(
    path: Path, keys: StoreKeys, work: Path, kept: Kept | None, on_part: Callable[[float], object]
) -> dict[str, Table]:
    """What can be read with the journals, and what of the rest can be read without them."""
    journals = [file for file in connections.journals_of(path) if file.is_file() and not file.is_symlink()]
    salt = kept.salt if kept else None
    tables: dict[str, Table] = {}
    sources = ([path, *journals], [path]) if journals else ([path],)
    for number, files in enumerate(sources):
        reader = readable(files, work, keys, salt, connections.connect)
        if reader is None:
            continue
        try:
            done = partial(_of_several, on_part, number, len(sources))
            _join(tables, read_all(reader, skipped=("case_search",), on_part=done))
        finally:
            reader.close()
    if not any(table.rows for table in tables.values()):
        raise Problem("store.repair.nothing")
    return tables


def _of_several(on_part: Callable[[float], object], number: int, several: int, part: float) -> None:
    on_part((number + part) / several)


def _join(tables: dict[str, Table], more: Mapping[str, Table]) -> None:
    """What the first reading has stays; the second one fills in what it lacks."""
    for name, table in more.items():
        if name not in tables:
            tables[name] = table
        elif not tables[name].complete:
            first = tables[name]
            first.rows = {**table.rows, **first.rows}
            first.named = {**table.named, **first.named}


def _identity(tables: Mapping[str, Table], kept: Kept | None) -> Identity:
    """Who works here, as the store tells it or else the anchor's note."""
    rows = tables.get("meta", Table()).rows.values()
    kept_rows = {
        row["key"].partition(".")[2]: row["value"] for row in rows if row["key"].startswith("identity.")
    }
    noted = from_note(kept.note) if kept else None
    try:
        return of_rows({**(told(noted) if noted else {}), **kept_rows})
    except TypeError:
        raise Problem("store.repair.nothing") from None


def _next_mark(tables: Mapping[str, Table], kept: Kept | None) -> Mark:
    """The commit after the latest that is known of: a crash before the anchor was written is just that."""
    if kept is not None:
        return kept.mark.after()
    rows = tables.get("anchor", Table()).rows.values()
    return Mark(max((row["generation"] for row in rows), default=0), secrets.token_bytes(32)).after()


# -- writing the new one


def _carry_over(db: Transaction, tables: Mapping[str, Table]) -> None:
    for name, table in tables.items():
        if name.startswith(_NOT_CARRIED_OVER):
            continue
        here = {column for (column,) in db.rows("SELECT name FROM pragma_table_info(?)", name)}
        columns = [column for column in table.columns if column in here]
        if not columns:
            continue
        db.run_many(
            f'INSERT OR IGNORE INTO "{name}" (rowid, {", ".join(columns)})'
            f" VALUES ({', '.join('?' * (len(columns) + 1))})",
            [(number, *(row[column] for column in columns)) for number, row in sorted(table.rows.items())],
        )


def _make_consistent(db: Transaction, folder: Path, tables: Mapping[str, Table]) -> None:
    """Complete what belongs together, and have the next sync bring everything and count anew."""
    write_identity(db, db.identity)
    for key in _FORGOTTEN:
        meta.put(db, key, None)
    _give_rows_to_unsent_work(db, tables)
    for (record,) in db.rows("SELECT DISTINCT record FROM answer"):
        db.run(
            "INSERT OR IGNORE INTO draft (record, seen, opened_ms, saved_ms) VALUES (?1, '{}', ?2, ?2)",
            record,
            db.now_ms(),
        )
    meta.put(db, meta.CLOCK, _latest_claim(db))
    meta.put(db, meta.SEQUENCE, str(_latest_sequence(db)))
    meta.put(db, meta.RECOUNT, "true")
    attachments.find_again(db, folder)
    cases.rebuild(db)


def _give_rows_to_unsent_work(db: Transaction, tables: Mapping[str, Table]) -> None:
    """A record whose own row is lost gets one from its change sets, or from what the indexes tell of it."""
    newest = {form.id: form.version for form in form_library.newest(db)}
    indexed = {facts["id"]: facts for facts in tables.get("record", Table()).named.values() if "id" in facts}
    for (text,) in db.rows("SELECT change_set FROM outbox ORDER BY place"):
        told = json.loads(text)
        _give_row(db, told["record"], told["case"], told["form"], told["form_version"], told["author"])
    for (record,) in db.rows("SELECT DISTINCT record FROM answer"):
        facts = indexed.get(record, {})
        case, form = facts.get("case_id"), facts.get("form")
        if case and form:
            _give_row(db, record, case, form, newest.get(form, "1"), db.identity.login)


def _give_row(db: Transaction, record: str, *about: str) -> None:
    db.run(
        "INSERT OR IGNORE INTO record (id, case_id, form, form_version, author) VALUES (?, ?, ?, ?, ?)",
        record,
        *about,
    )


def _latest_claim(db: Snapshot) -> str | None:
    claims = [meta.get(db, meta.CLOCK) or "", *(claim for (claim,) in db.rows("SELECT stamp FROM answer"))]
    claims += [claim for (claim,) in db.rows("SELECT changed FROM record")]
    for (text,) in db.rows("SELECT change_set FROM outbox"):
        told = json.loads(text)
        claims += [told["stamp"], *told["stamps"].values()]
    return max(claims) or None


def _latest_sequence(db: Snapshot) -> int:
    given = db.value("SELECT max(sequence) FROM outbox") or 0
    return max(int(given), int(meta.get(db, meta.SEQUENCE) or 0))


def _put_in_place(folder: Path, new: Path) -> None:
    """First everything old is in `quarantine` too, then the new store takes the old one's place, then the
    journals go, which belong to the old one: whatever cuts this off leaves one of the two."""
    path = folder / connections.FILE_NAME
    journals = connections.journals_of(path)
    quarantine = folder / QUARANTINE
    quarantine.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(4)
    for file in (path, *journals, folder / anchor.FILE_NAME):
        if file.is_file() and not file.is_symlink():
            _also_at(file, quarantine / f"{name}-{file.name}")
    sync_folder(quarantine)
    sync_folder(folder)
    os.replace(new, path)
    sync_folder(folder)
    for file in journals:
        if file.is_file() or file.is_symlink():
            file.unlink()
    sync_folder(folder)


def _also_at(file: Path, there: Path) -> None:
    try:
        os.link(file, there)
    except OSError:
        # A disk without hard links, as a FAT one.
        shutil.copyfile(file, there)
        handle = os.open(there, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_new(folder: Path) -> None:
    for suffix in ("", "-wal", "-journal", "-shm"):
        (folder / f"{_NEW_NAME}{suffix}").unlink(missing_ok=True)


# -- telling


def _told(db: Snapshot, tables: Mapping[str, Table]) -> Repaired:
    record, outgoing, answer = (tables.get(name, Table()) for name in ("record", "outbox", "answer"))
    here = {id: (case, form) for id, case, form in db.rows("SELECT id, case_id, form FROM record")}
    named = {facts["id"]: facts for facts in record.named.values() if "id" in facts}
    lost = {facts.get("record") for facts in outgoing.lost.values() if facts.get("state") != "sent"} | {
        facts.get("record") for facts in answer.lost.values()
    }
    lost |= {row["record"] for row in answer.rows.values() if row["record"] not in here}
    lost.discard(None)
    codes = {row["id"]: row["code"] for row in tables.get("case_index", Table()).rows.values()}
    codes |= dict(db.rows("SELECT id, code FROM case_index"))
    found = []
    for id in sorted({*here, *named, *lost}, key=str):
        case, form = here.get(id) or (named.get(id, {}).get("case_id", ""), named.get(id, {}).get("form", ""))
        fate: Fate = "lost" if id in lost else "saved" if id in here else "server"
        found.append(RepairedRecord(str(id), codes.get(case, ""), form, fate))
    found.sort(key=lambda each: (each.code, each.form, each.record))
    titles = {form.id: form.titles for form in form_library.newest(db)}
    return Repaired(tuple(found), _nothing_unknown(tables), titles)


def _nothing_unknown(tables: Mapping[str, Table]) -> bool:
    """Whether of each row that cannot be read at least the record is known."""
    for name, column in (("record", "id"), ("outbox", "record"), ("answer", "record")):
        table = tables.get(name, Table())
        named = table.indexed and all(column in facts for facts in table.lost.values())
        if not table.complete and not named:
            return False
    return True
