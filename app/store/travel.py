"""Travel mode: a new store without any case, under new keys, takes the place of the one with the cases.

Only who works here, for which server, the clock and the count of what was sent go over into it, and the
forms: with those the next sync after the journey brings everything back. It is made whole in a folder of its
own, `store.next.part`; one rename to `store.next` is the moment of departure. Before it the old store opens
and nothing has happened; after it the next start of the app ends what was begun: the old keys are
overwritten, the old files go, the new ones take their places.

A new key, and not only erased rows: what a flash disk keeps of the old pages is under the old key, and her
passphrase opens that no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from app.problems import Problem
from app.store import connection as connections
from app.store import erase, key_file, loss, meta, outbox, reference
from app.store import keys as key_files
from app.store.anchor import FILE_NAME as ANCHOR_NAME
from app.store.keys import FindKeyring, KeyCost, StoreKeys
from app.store.recovery import TAKEN
from app.store.transaction import Snapshot, Transaction

NEXT, PART = erase.OF_A_JOURNEY
_SINCE: Final = "travel.since"

#: Facts that go over. Everything else is of cases, or comes back with a sync.
_KEPT: Final = (meta.CLOCK, meta.SEQUENCE, meta.RECOUNT, TAKEN)
_FORM: Final = "INSERT INTO form (id, version, hash, xml, titles, merge_rules) VALUES (?, ?, ?, ?, ?, ?)"


def since(db: Snapshot) -> datetime | None:
    """Since when the device travels, by its own clock; None while it does not."""
    kept = meta.get(db, _SINCE)
    return datetime.fromtimestamp(int(kept) / 1000, UTC) if kept else None


def refuse(db: Snapshot) -> None:
    """Refuse a departure: travel.mode.on, travel.work.unsent {count}, travel.server.behind where the last
    sync showed that the server has lost what it had acknowledged."""
    if since(db) is not None:
        raise Problem("travel.mode.on")
    if outbox.server_lacks_work(db):
        raise Problem("travel.server.behind")
    found = loss.look(db)
    if not found.nothing:
        raise Problem("travel.work.unsent", {"count": found.count})


def end(db: Transaction) -> None:
    """Be back: from now on syncs bring everything."""
    meta.put(db, _SINCE, None)


def depart(
    folder: Path,
    db: Snapshot,
    keys: StoreKeys,
    passphrase: str,
    *,
    cost: KeyCost,
    find_keyring: FindKeyring,
    now_ms: int,
) -> None:
    """Have the store without cases be the one that the next start opens, and the old one none any more.

    Whoever calls it has asked `refuse`, and when it returns lets nobody write any more and calls `finish`.
    Errors of the system as they are, and problems; then nothing has happened.
    """
    part = folder / PART
    _remove_part(folder, find_keyring)
    part.mkdir(mode=0o700)
    try:
        public = key_files.recovery_key_in(folder, keys)
        new = key_files.create_keys(part, passphrase, cost, keys.demo, public, find_keyring)
        connections.create_file(part, new, db.identity, _filling(db, now_ms))
        _try_to_open(part, passphrase, cost, find_keyring)
        os.rename(part, folder / NEXT)
    except BaseException:
        _remove_part(folder, find_keyring)
        raise


def is_begun(folder: Path) -> bool:
    """Whether a departure was cut off, before or after its moment."""
    return any(os.path.lexists(folder / name) for name in (NEXT, PART))


def finish(folder: Path, find_keyring: FindKeyring) -> None:
    """End a departure that has happened, and tidy up after one that has not. Nobody has the store open.

    Errors of the system as they are; the next call goes on. A file that cannot be deleted keeps nobody from
    opening the device: without the old keys it is noise.
    """
    _remove_part(folder, find_keyring)
    new, keys = folder / NEXT, folder / key_file.FILE_NAME
    if not new.is_dir() or new.is_symlink():
        return
    # Nothing is destroyed before it is durable that the new one will be opened.
    key_file.sync_folder(folder)
    if (new / key_file.FILE_NAME).exists():
        if keys.is_file():
            key_file.overwrite(keys)
        for path in (*erase.journals(folder), *erase.leftovers(folder), *erase.sealed_files(folder)):
            erase.remove(path)
        for name in (connections.FILE_NAME, ANCHOR_NAME):
            if (new / name).exists():
                os.replace(new / name, folder / name)
        key_file.sync_folder(folder)
        erase.forget_factors([key_file.overwritten_of(keys)], find_keyring)
        os.replace(new / key_file.FILE_NAME, keys)
        key_file.sync_folder(folder)
    erase.remove(new)
    key_file.sync_folder(folder)


def _filling(db: Snapshot, now_ms: int) -> Callable[[Any], None]:
    kept = [(key, value) for key in _KEPT if (value := meta.get(db, key)) is not None]
    # How the office has its devices covered and locked holds on a journey too; of colleagues nothing goes.
    kept += reference.only_cover(db)
    forms = db.rows("SELECT id, version, hash, xml, titles, merge_rules FROM form")

    def fill(connection: Any) -> None:
        connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", [*kept, (_SINCE, str(now_ms))])
        connection.executemany(_FORM, forms)

    return fill


def _try_to_open(part: Path, passphrase: str, cost: KeyCost, find_keyring: FindKeyring) -> None:
    """What will be opened after the journey is opened once while the old one is still there."""
    keys = key_files.unwrap_keys(part, passphrase, cost, find_keyring)
    writer, reader, _ = connections.open_file(part, keys)
    reader.close()
    writer.close()


def _remove_part(folder: Path, find_keyring: FindKeyring) -> None:
    part = folder / PART
    if not os.path.lexists(part):
        return
    keys = part / key_file.FILE_NAME
    erase.forget_factors([key_file.overwritten_of(keys)], find_keyring)
    erase.remove(part)
