"""The folder of a store: one program at a time works in it, and nothing in it is ever deleted as unfit."""

from __future__ import annotations

import errno
import os
import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store.keys import sync_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_NAME: Final = "store.lock"
QUARANTINE: Final = "quarantine"

#: The problems of `unsaved`.
COULD_NOT_WRITE: Final = frozenset({"store.folder.read_only", "store.write.failed"})

_NOT_ALLOWED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

#: What SQLite says of a page that is not what was written; to SQLCipher it is not authentic either.
_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
#: What SQLite says where it may not write.
_READ_ONLY: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
#: As much as SQLite writes beside a store before it opens it.
_ROOM_TO_OPEN: Final = 64 * 1024

#: How long to wait for another program: a copy of the app that is just closing.
_PATIENCE_S: Final = 2.0


def unsaved(error: OSError | dbapi2.Error) -> Problem:
    """Why something was not written: store.folder.read_only, store.file.damaged, or store.write.failed, as
    of a full disk."""
    if says_damaged(error):
        return Problem("store.file.damaged")
    read_only = (
        error.errno in _NOT_ALLOWED
        if isinstance(error, OSError)
        else getattr(error, "sqlite_errorname", "").startswith(_READ_ONLY)
    )
    if read_only:
        return Problem("store.folder.read_only")
    return Problem("store.write.failed", {"kind": type(error).__name__})


def says_damaged(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGED)


def refuse_unwritable(folder: Path) -> None:
    """Try to write a file as long as what opening a store takes; the problem of `unsaved` where it fails.

    SQLite tells a fault of the disk without saying whether it read or wrote.
    """
    trial = folder / f"trial-{secrets.token_hex(4)}"
    with writing():
        try:
            trial.write_bytes(bytes(_ROOM_TO_OPEN))
        finally:
            trial.unlink(missing_ok=True)


@contextmanager
def writing() -> Iterator[None]:
    """Writing files: whatever the system refuses ends as the problem of `unsaved`."""
    try:
        yield
    except OSError as error:
        raise unsaved(error) from error


class FolderLock:
    """Held by the one open store of a folder. The system lets go of it when the process ends, however.

    Two programs with one store would each give the same stamps and numbers to different work.
    """

    def __init__(self, folder: Path) -> None:
        """Problem store.file.busy when another program has it and does not let go soon, or `unsaved`'s."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            self._file = os.open(folder / LOCK_NAME, flags, 0o600)
        except OSError as error:
            raise unsaved(error) from error
        deadline = time.monotonic() + _PATIENCE_S
        while not _taken(self._file):
            if time.monotonic() >= deadline:
                os.close(self._file)
                raise Problem("store.file.busy")
            time.sleep(0.05)

    def release(self) -> None:
        """Let others in; once. The file stays: who deletes it might delete the lock of somebody else."""
        os.close(self._file)


def _taken(file: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def set_aside(folder: Path, files: Iterable[Path]) -> None:
    """Move files out of the way into `quarantine`, where somebody who understands them can look."""
    quarantine = folder / QUARANTINE
    quarantine.mkdir(mode=0o700, exist_ok=True)
    for file in files:
        os.replace(file, quarantine / f"{secrets.token_hex(4)}-{file.name}")
    sync_folder(quarantine)
    sync_folder(folder)
