"""Erasing a device: first what opens its store, then the store and everything beside it.

`keys.json` is renamed, which is one step and needs no room on the disk: before it the store opens whole,
after it no passphrase opens anything, and the new name says that an erasing has begun. Then the slots are
overwritten where they lie, and only then files go. Whatever cuts this off, the next start of the app
ends it: `finish`.

What is overwritten may still lie in a flash disk's spare sectors. Where the store was bound to the keyring
of a system account its factor is forgotten as well, and without it an old slot opens nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.store import key_file
from app.store.folder import QUARANTINE
from app.store.keys import FindKeyring
from app.store.system_keyring import system_keyring

#: The keys' file of a store that is being erased.
MARK: Final = "keys.erased"

_BESIDE: Final = ("-wal", "-journal", "-shm")
#: What the app makes in a device's folder. What somebody else has put there is not touched; nor is the
#: office's `settings.toml`, nor the lock, which may be somebody's.
_FILES: Final = (
    "store.anchor",
    "store.anchor.part",
    "attempts.json",
    "unlock-codes.json",
    "unlock-codes.part",
    "window.json",
    "window.json.new",
)
#: In these folders, only what is called so.
_INSIDE: Final = {"attachments": ("*.sealed", "*.part"), "logs": ("app.log*",), "kivy": ("*",)}
#: Where a departure makes the store that takes this one's place.
OF_A_JOURNEY: Final = ("store.next", "store.next.part")
_KEYS: Final = (
    MARK,
    *(key_file.FILE_NAME, "keys.part"),
    *(f"{place}/{name}" for place in OF_A_JOURNEY for name in (key_file.FILE_NAME, "keys.part")),
)


def is_begun(folder: Path) -> bool:
    return os.path.lexists(folder / MARK)


def begin(folder: Path) -> None:
    """Have nothing open this store any more. When this returns that is durable. Errors of the system as they
    are; whether it is begun all the same `is_begun` tells."""
    keys, mark = folder / key_file.FILE_NAME, folder / MARK
    if os.path.lexists(keys):
        os.replace(keys, mark)
    elif not os.path.lexists(mark):
        os.close(os.open(mark, os.O_CREAT | os.O_WRONLY, 0o600))
    key_file.sync_folder(folder)
    _destroy_keys(folder)


def finish(folder: Path, find_keyring: FindKeyring = system_keyring) -> bool:
    """Remove everything of a store whose erasing has begun; whether all of it is gone. What could not be
    deleted now, as it is in use, goes with the next call. Errors of the system as they are."""
    if not is_begun(folder):
        return True
    _destroy_keys(folder)
    left = [path for path in _own(folder) if not remove(path)]
    keys = [folder / name for name in _KEYS if (folder / name).is_file()]
    forget_factors([key_file.overwritten_of(path) for path in keys], find_keyring)
    for path in keys:
        if path.name != MARK:
            remove(path)
    for name in OF_A_JOURNEY:
        remove(folder / name)
    for name in _INSIDE:
        remove_empty(folder / name)
    key_file.sync_folder(folder)
    if left:
        return False
    (folder / MARK).unlink(missing_ok=True)
    key_file.sync_folder(folder)
    return True


def _destroy_keys(folder: Path) -> None:
    """A key file of another name, too: one that was just being written, or that of a journey."""
    for name in _KEYS:
        path = folder / name
        if os.path.lexists(path) and stat.S_ISREG(path.lstat().st_mode):
            key_file.overwrite(path)


def forget_factors(destroyed: list[key_file.Destroyed], find_keyring: FindKeyring) -> None:
    """Forget the second factors of stores whose keys are destroyed."""
    bound = {each.store for each in destroyed if each.keyring and each.store}
    keyring = find_keyring() if bound else None
    for store in sorted(bound):
        if keyring is not None:
            keyring.forget(store)


def leftovers(folder: Path) -> Iterator[Path]:
    """What openings and repairs have made on their way and left behind, all of it copies, and what was set
    aside."""
    for pattern in ("probe-*", "trial-*", "restore-*"):
        yield from folder.glob(pattern)
    for name in ("store.part", "store.upgrade", "store.repaired"):
        yield from (folder / f"{name}{suffix}" for suffix in ("", *_BESIDE))
    yield folder / QUARANTINE


def journals(folder: Path) -> Iterator[Path]:
    yield from (folder / f"store.db{suffix}" for suffix in _BESIDE)


def sealed_files(folder: Path) -> Iterator[Path]:
    for pattern in _INSIDE["attachments"]:
        yield from (folder / "attachments").glob(pattern)


def _own(folder: Path) -> Iterator[Path]:
    """Everything but the files of keys, and the folders in which those of a journey lie."""
    yield folder / "store.db"
    yield from journals(folder)
    yield from (folder / name for name in _FILES)
    yield from leftovers(folder)
    for name, patterns in _INSIDE.items():
        for pattern in patterns:
            yield from (folder / name).glob(pattern)
    for name in OF_A_JOURNEY:
        inside = (folder / name).glob("*")
        yield from (each for each in inside if f"{name}/{each.name}" not in _KEYS)


def remove(path: Path) -> bool:
    """Delete a file, a link, or a folder with all that is in it; whether it is gone."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            for each in list(path.iterdir()):
                remove(each)
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
