"""What has to be told long after it happened: an old copy of the records was put back, a repair lost some.

Each is told until the worker says that she has heard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.background import Job
from app.store import Snapshot, Transaction, form_library
from app.store.repair import RepairedRecord, awaited, forget_awaited
from app.sync import receipt
from app.sync.receipt import PUT_BACK

__all__ = ["PUT_BACK", "Aftermath", "AftermathView"]


@dataclass(frozen=True, slots=True)
class AftermathView:
    """`put_back`: when it was seen that an old copy of the records had been put back, if nobody has heard
    it yet. `missing`: what a repair could not read and no sync has brought until now."""

    put_back: datetime | None = None
    missing: tuple[RepairedRecord, ...] = ()
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def lost(self) -> tuple[RepairedRecord, ...]:
        """Those of which unsent work is gone for good."""
        return tuple(each for each in self.missing if each.fate == "lost")


class Aftermath:
    """`read` and `write` are those of the fieldbook, `now` its clock in the office's zone."""

    def __init__(
        self,
        read: Callable[[Callable[[Snapshot], Any]], Job[Any]],
        write: Callable[[Callable[[Transaction], Any]], Job[Any]],
        now: Callable[[], datetime],
    ) -> None:
        self._read, self._write, self._now = read, write, now

    def view(self) -> Job[AftermathView]:
        return self._read(self._view)

    def heard_put_back(self) -> Job[None]:
        """The worker has read what it means, and is not told again of this time."""
        return self._write(receipt.hear_put_back)

    def heard_missing(self) -> Job[None]:
        """The worker has taken down which records are missing."""
        return self._write(forget_awaited)

    def _view(self, db: Snapshot) -> AftermathView:
        seen = receipt.unheard_put_back(db)
        missing = awaited(db)
        forms = {each.form for each in missing}
        known = form_library.newest(db) if forms else ()
        return AftermathView(
            put_back=seen.astimezone(self._now().tzinfo) if seen else None,
            missing=missing,
            titles={each.id: each.titles for each in known if each.id in forms},
        )
