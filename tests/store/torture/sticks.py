"""A stick that fails, is full or is pulled out while a device is backed up to it: at each call in turn."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Final

from app.problems import TEXTS, Problem
from app.store import backup, recovery
from app.store import keys as key_files
from app.store.keys import KeyCost
from app.store.restore import restore
from app.store.store import Store
from sync_server.protocol.recovery_key import RecoveryKey
from tests.store.torture import story
from tests.store.torture.rows import Found, Share, row
from tests.store.torture.shim import Call, Shim

_SAVES: Final = 30
_CHEAP: Final = KeyCost(8, 1)
_PASSPHRASE: Final = "five small words of hers"
_KEY: Final = RecoveryKey(bytes(range(32)))


@row(
    "stick",
    "the Nth open, write, fsync or rename on the stick fails, is out of room or finds it read-only",
    "what has the name of a backup can be restored whole; an error with a text where none was made",
    shim=True,
)
def failing_sticks(share: Share) -> Found:
    found = Found()
    device, stick, other = (share.folder / name for name in ("device", "stick", "other"))
    store = _device(device)
    held = story.content_of(store)
    shim = Shim()
    shim.watch(stick)
    # A stick that is pulled out lets nobody tidy up, either.
    kinds = Call.OPEN | Call.WRITE | Call.SYNC | Call.RENAME | Call.UNLINK
    for error in (errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENOENT):
        for nth in share.those(10_000):
            shutil.rmtree(stick, ignore_errors=True)
            stick.mkdir()
            shim.arm(kinds, nth + 1, error, lasting=error != errno.EIO)
            told = _backed_up(store, stick)
            if not shim.disarm():
                break
            wrong = _wrong_with(stick, other, told, held)
            if wrong:
                found.bad(wrong, f"{errno.errorcode[error]} at call {nth + 1}: {told or 'said to be done'}")
            else:
                found.good("told" if told else "nobody noticed")
    store.close()
    return found


def _device(folder: Path) -> Store:
    story.make_device(folder)
    keys = story.KEYS
    key_files.key_file.write(
        folder / key_files.FILE_NAME,
        key_files._file(keys, _PASSPHRASE, _CHEAP, _KEY.public, lambda: None),
    )
    store = story.open_device(folder)
    store.write(lambda db: recovery.take(db, _KEY.public))
    for number in range(_SAVES):
        store.write(story.save(number))
    return store


def _backed_up(store: Store, stick: Path) -> str:
    """The code of what went wrong; another text for what has none."""
    try:
        backup.back_up(store, stick, now_ms=1_790_000_000_000)
    except Problem as problem:
        return problem.code if problem.code in TEXTS else f"no text: {problem.code}"
    except Exception as error:
        return f"no problem: {type(error).__name__}"
    return ""


def _wrong_with(stick: Path, other: Path, told: str, held: str) -> str:
    if told.startswith("no "):
        return told
    made = [path for path in stick.iterdir() if path.name.endswith(backup.SUFFIX)]
    if not told and len(made) != 1:
        return "a backup that is not there is said to be done"
    for path in made:
        shutil.rmtree(other, ignore_errors=True)
        try:
            restore(other, path, _KEY, _PASSPHRASE, now_ms=lambda: 1_790_000_100_000, cost=_CHEAP)
            store = Store.open(other, _PASSPHRASE, floor=_CHEAP)
        except Problem as problem:
            return f"what looks like a backup is none: {problem.code}"
        same = story.content_of(store) == held
        store.close()
        if not same:
            return "a backup that lacks something"
    return ""
