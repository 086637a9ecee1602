"""What was begun with the whole device and cut off: an erasing, a departure."""

from __future__ import annotations

import os
from pathlib import Path

from app.problems import Problem
from app.store import connection, erase, key_file, travel
from app.store.folder import FolderLock, writing
from app.store.keys import FindKeyring
from app.store.system_keyring import system_keyring


def finish_leaving(folder: Path, find_keyring: FindKeyring = system_keyring) -> None:
    """End it; before anything else of the folder is looked at. Problems store.file.busy and those of
    `unsaved`."""
    if not (erase.is_begun(folder) or travel.is_begun(folder)):
        if not _may_be_opened(folder):
            # What a sync that was under way has put down after an erasing: noise.
            for path in erase.sealed_files(folder):
                erase.remove(path)
            erase.remove_empty(folder / "attachments")
        return
    lock = FolderLock(folder)
    try:
        with writing():
            erase.finish(folder, find_keyring)
            if not erase.is_begun(folder):
                travel.finish(folder, find_keyring)
    finally:
        lock.release()


def refuse_unfinished(folder: Path) -> None:
    """Problem store.folder.erasing where an erasing goes on with the next start: it would destroy whatever
    is made there meanwhile."""
    if erase.is_begun(folder):
        raise Problem("store.folder.erasing")


def erase_unopened(folder: Path, find_keyring: FindKeyring = system_keyring) -> None:
    """Erase the device in a folder that nobody has open, whether it would open or not. Problems as of
    `departures.erase`, and store.file.busy, store.file.missing."""
    if not _may_be_opened(folder):
        raise Problem("store.file.missing", {"name": connection.FILE_NAME})
    lock = FolderLock(folder)
    try:
        with writing():
            erase.begin(folder)
            erase.finish(folder, find_keyring)
    finally:
        lock.release()


def _may_be_opened(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in (connection.FILE_NAME, key_file.FILE_NAME))
