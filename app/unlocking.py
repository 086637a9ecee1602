"""Before anything is open: how long the next attempt has to wait, and the code that lifts the wait."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.background import Deliver, Job, Worker, deliver_here
from app.boot import boot_facts
from app.settings import Settings
from app.store import Store
from app.store.attempts import Attempts, Standing, read_codes
from app.store.folder import FolderLock

__all__ = ["Standing", "attempts_at", "device_number", "enter_code", "standing"]


@cache
def attempts_at(folder: Path) -> Attempts:
    """The attempts at the store of a folder. One object a process: it knows when the process began."""
    return Attempts(folder, boot_facts)


def standing(settings: Settings) -> Standing:
    """Whether a passphrase may be tried now. Nothing has to wait where there is no store."""
    return attempts_at(settings.folder).standing() if Store.exists(settings.folder) else Standing()


def enter_code(settings: Settings, typed: str, deliver: Deliver = deliver_here) -> Job[None]:
    """Lift the wait. Problems store.unlock.code_wrong, store.unlock.wait, store.file.busy."""
    worker = Worker("unlock", deliver)

    def enter() -> None:
        lock = FolderLock(settings.folder)
        try:
            attempts_at(settings.folder).enter_code(typed)
        finally:
            lock.release()

    job = worker.submit(enter)
    worker.close(0)
    return job


def device_number(settings: Settings) -> str:
    """By which a coordinator finds the code for this device; empty where there are no codes."""
    return read_codes(settings.folder).device
