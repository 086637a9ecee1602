"""Backing this device up to a stick: what holds, and one backup at a time, beside all else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.background import Deliver, Job, Worker
from app.problems import Problem
from app.store import Store, backup
from app.store.backup import Backup
from sync_server.protocol.recovery_key import fingerprint

__all__ = ["Backup", "BackupView", "Backups"]

log = logging.getLogger(__name__)

OnPart = Callable[[float], Any]


@dataclass(frozen=True, slots=True)
class BackupView:
    """`opened_by` is the fingerprint of the recovery key that a backup is for, empty where there is none and
    so no backup; `last`: when this device was backed up last, by its own clock. `part` of 1 tells how far the
    one under way has come."""

    opened_by: str
    last: datetime | None
    part: float | None


class Backups:
    """`submit` runs on the store's thread; a backup on one of its own, while saving and syncing go on."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        deliver: Deliver,
        submit: Callable[[Callable[[], Any]], Job[Any]],
    ) -> None:
        self._store, self._now, self._deliver, self._submit = store, now, deliver, submit
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._running: Job[Backup] | None = None
        self._part: float | None = None
        self._stopped = threading.Event()
        #: Told on the UI thread of how far the backup under way has come.
        self.on_part: list[OnPart] = []

    def view(self) -> Job[BackupView]:
        def look() -> BackupView:
            slot, last = self._store.recovery_standing().slot, self._store.read(backup.last_made)
            return BackupView(
                opened_by=fingerprint(slot) if slot else "",
                last=last.astimezone(self._now().tzinfo) if last else None,
                part=self._part,
            )

        return self._submit(look)

    def make(self, folder: Path) -> Job[Backup]:
        """Back this device up in `folder`; while one is under way, that one. Problems as of `back_up`."""
        with self._lock:
            if self._running is None or self._running.done:
                self._part = 0.0
                self._worker = self._worker or Worker("backup", self._deliver)
                self._running = self._worker.submit(lambda: self._make(folder))
            return self._running

    def stop(self) -> None:
        """Give up the one under way, and wait a moment for that."""
        self._stopped.set()
        if self._worker is not None:
            self._worker.close(2)

    def _make(self, folder: Path) -> Backup:
        try:
            made = backup.back_up(
                self._store,
                folder,
                now_ms=round(self._now().timestamp() * 1000),
                on_progress=self._part_is,
                refuse_to_go_on=self._refuse_when_stopped,
            )
            try:
                backup.note(self._store, made)
            except Problem as problem:
                # It is there and whole; on a full disk the device cannot write down that it is.
                log.warning("backup.not_noted", extra={"code": problem.code})
            log.info("backup.made")
            return made
        finally:
            self._part = None

    def _part_is(self, part: float) -> None:
        before, self._part = self._part or 0.0, part
        if int(part * 100) > int(before * 100):
            self._deliver(lambda: [told(part) for told in tuple(self.on_part)])

    def _refuse_when_stopped(self) -> None:
        if self._stopped.is_set():
            raise Problem("app.work.closed")
