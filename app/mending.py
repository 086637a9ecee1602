"""A store that does not open any more: whether a repair can do something about it, and the repair itself.

The lock of the folder, the keys and the count of wrong passphrases are those of unlocking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.background import Deliver, Job, Worker, deliver_here
from app.problems import Problem
from app.settings import Settings
from app.store import KeyCost
from app.store.keys import FLOOR
from app.store.repair import REPAIRABLE, Fate, Repaired, RepairedRecord, Step, repair
from app.store.store import system_now_ms
from app.unlocking import attempts_at

__all__ = ["Fate", "MendedView", "RepairedRecord", "Step", "can_mend", "mend"]


@dataclass(frozen=True, slots=True)
class MendedView:
    """What became of the records of a damaged store: by case code and form, never by a name.

    `complete`: these are all there were. `titles` of their forms by form and language.
    """

    records: tuple[RepairedRecord, ...]
    complete: bool
    titles: Mapping[str, Mapping[str, str]]

    def of(self, fate: Fate) -> tuple[RepairedRecord, ...]:
        return tuple(each for each in self.records if each.fate == fate)


def can_mend(problem: Problem) -> bool:
    """Whether this is what a repair is for. Each of those is met only after the passphrase was right."""
    return problem.code in REPAIRABLE


def mend(
    settings: Settings,
    passphrase: str,
    deliver: Deliver = deliver_here,
    on_step: Callable[[Step, float], object] = lambda step, part: None,
    floor: KeyCost = FLOOR,
) -> Job[MendedView]:
    """Repair the store in `settings.folder`, on a thread of its own. `on_step` is told on the thread of the
    window. Problems as of `app.store.repair.repair`."""
    worker = Worker("repair", deliver)

    def work() -> MendedView:
        done = repair(
            settings.folder,
            passphrase,
            now_ms=system_now_ms,
            floor=floor,
            attempts=attempts_at(settings.folder),
            on_step=lambda step, part: deliver(lambda: on_step(step, part)),
        )
        return _view(done)

    job = worker.submit(work)
    worker.close(0)
    return job


def _view(done: Repaired) -> MendedView:
    return MendedView(done.records, done.complete, done.titles)
