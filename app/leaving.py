"""Before a border, and under duress: taking the cases off this device, and erasing it; and what either loses.

Travel mode loses nothing: it syncs, refuses while anything is here alone, and a sync brings everything back
after the journey. Erasing loses what is here alone, and says what that is before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from app.background import Deliver, Job, Worker, deliver_here
from app.problems import Problem
from app.settings import Settings
from app.store import KeyCost, Snapshot, Store, cases, departures, form_library, leaving, loss, travel
from app.store.keys import FLOOR
from app.store.loss import Loss, OnlyHere
from app.sync.outcome import Outcome
from app.unlocking import attempts_at
from app.views import Titles

__all__ = ["Leaving", "LossView", "LostRow", "TravelView", "erase_unopened", "finish", "told"]

#: What a sync may end with while everything of this device is on the server all the same.
_HARMLESS = ("form.", "sync.form.", "attachment.")


@dataclass(frozen=True, slots=True)
class LostRow:
    """One record that is, in part at least, on this device alone. `code`: of its case, or empty; `titles`: of
    its form, or none where it is not known. `parts`: draft, waiting, refused, typed, files."""

    record: str
    case: str
    code: str
    form: str
    titles: Titles
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LossView:
    """What is on no server. `finished` and `drafts` count records, `files` sealed files, `settled` decided
    conflicts, `typed` cases that are being typed, `reports` frozen reports, `set_aside` damaged files that a
    repair has read as far as they can be."""

    rows: tuple[LostRow, ...]
    finished: int
    drafts: int
    files: int
    settled: int
    typed: int
    reports: int
    set_aside: int

    @property
    def nothing(self) -> bool:
        return not (self.rows or self.settled or self.typed or self.reports)


@dataclass(frozen=True, slots=True)
class TravelView:
    """`since`: when the cases were taken off this device; None while they are here."""

    since: datetime | None
    loss: LossView


class Leaving:
    """`submit` runs something on the thread of the store, `sync` syncs; `owed` are records with answers
    that a full disk did not take; `resume` begins to sync by itself again; `zone` is the office's. `floor` is
    lower for tests only."""

    def __init__(
        self,
        store: Store,
        submit: Callable[[Callable[[], Any]], Job[Any]],
        sync: Callable[[], Job[Outcome]],
        owed: Collection[str],
        resume: Callable[[], None],
        zone: tzinfo,
        deliver: Deliver = deliver_here,
        floor: KeyCost = FLOOR,
    ) -> None:
        self._store, self._submit, self._sync, self._deliver = store, submit, sync, deliver
        self._owed, self._resume, self._floor = owed, resume, floor
        self._zone = zone
        self._attempts = attempts_at(store.folder)

    @property
    def gone(self) -> bool:
        """Whether the store is closed: it is erased, or the cases are off the device."""
        return self._store.is_closed

    @property
    def away(self) -> bool:
        """Whether the device travels, and so does not sync."""
        return self._store.read(travel.since) is not None

    def look(self) -> Job[TravelView]:
        """Whether the device travels, and what is on it alone."""

        def look() -> TravelView:
            since, loss_view = self._store.read(lambda db: (travel.since(db), _view(db, self._store.folder)))
            return TravelView(since.astimezone(self._zone) if since else None, loss_view)

        return self._submit(look)

    def begin_travel(self, passphrase: str) -> Job[None]:
        """Sync, then take every case off this device. When the job has ended well the store is closed: lock.

        Problems travel.work.unsent {count}, travel.mode.on, those of a sync that does not reach the server,
        store.passphrase.wrong, store.unlock.wait, .code_needed; then all cases are still here.
        """

        def refuse_owed() -> None:
            if self._owed:
                raise Problem("travel.work.unsent", {"count": len(self._owed)})

        def depart() -> None:
            refuse_owed()
            departures.begin_travel(
                self._store, passphrase, cost=self._floor, floor=self._floor, attempts=self._attempts
            )

        def begin() -> None:
            if self.away:
                raise Problem("travel.mode.on")
            refuse_owed()
            outcome = self._sync().wait()
            if outcome.problem is not None and not outcome.problem.code.startswith(_HARMLESS):
                raise outcome.problem
            self._submit(depart).wait()

        return self._apart(begin)

    def end_travel(self, passphrase: str) -> Job[None]:
        """Back: from the next sync on everything is here again. Problems as of changing the passphrase."""

        def end() -> None:
            away = self.away
            departures.end_travel(self._store, passphrase, floor=self._floor, attempts=self._attempts)
            if away:
                self._resume()

        return self._submit(end)

    def erase(self) -> Job[None]:
        """Destroy what opens this device, then everything on it, before whatever else waits to be done. When
        the job has ended the store is closed: lock. Problems as of `departures.erase`."""
        return self._apart(lambda: departures.erase(self._store))

    def _apart(self, work: Callable[[], None]) -> Job[None]:
        worker = Worker("leaving", self._deliver)
        job = worker.submit(work)
        worker.close(0)
        return job


def erase_unopened(settings: Settings, deliver: Deliver = deliver_here) -> Job[None]:
    """Erase a device that nobody has unlocked. Problems as of `Store.erase`, and store.file.busy."""
    worker = Worker("leaving", deliver)
    job = worker.submit(lambda: leaving.erase_unopened(settings.folder))
    worker.close(0)
    return job


def finish(settings: Settings) -> None:
    """At each start: end an erasing or a departure that was cut off. Problems as of `finish_leaving`."""
    leaving.finish_leaving(settings.folder)


def told(view: LossView) -> list[str]:
    """A loss on a terminal: a line a record, and one with the numbers of everything."""
    lines = [f"{each.code or '-':<12}  {each.form or '-':<20}  {', '.join(each.parts)}" for each in view.rows]
    counts = (
        (view.finished, "finished and not sent"),
        (view.drafts, "drafts"),
        (view.files, "files"),
        (view.settled, "decided conflicts"),
        (view.typed, "cases being typed"),
        (view.reports, "reports"),
        (view.set_aside, "damaged files in quarantine"),
    )
    return [*lines, "on no server: " + (", ".join(f"{n} {what}" for n, what in counts if n) or "nothing")]


def _view(db: Snapshot, folder: Path) -> LossView:
    found: Loss = loss.look(db)
    return LossView(
        tuple(_row(db, each) for each in found.records),
        found.finished,
        found.drafts,
        found.files,
        found.settled,
        found.typed,
        found.reports,
        loss.set_aside(folder),
    )


def _row(db: Snapshot, each: OnlyHere) -> LostRow:
    case = next(iter(cases.those(db, [each.case])), None)
    form = form_library.get(db, each.form, each.version)
    return LostRow(
        each.record,
        each.case,
        case.code if case else "",
        each.form,
        form.titles if form else {},
        each.parts,
    )
