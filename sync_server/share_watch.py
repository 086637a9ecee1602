"""The watch over shared cases: what is shared on a consent ends with it, whether a device calls or not.

Who has a case depends on its records and on the day. Each change of a record decides it anew at once; this
decides it anew once for each day of the home office, so that a sharing ends on the day after its consent,
and one that was dated ahead begins on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sync_server.grants import Grants
from sync_server.office_zones import office_zones
from sync_server.reference import Programmes
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Ledger, Storage


class ShareWatch:
    """Looks at every office, case by case. For one thread: the scheduler runs one look at a time."""

    def __init__(self, storage: Storage, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._now_ms = now_ms
        self._programmes = Programmes(storage)
        self._grants = Grants(lambda case: self._programmes.of(case).consent)

    def look(self) -> int:
        """Decide what was last decided for an earlier day; how many offices got a case or lost one."""
        self._programmes.refresh()
        zones = office_zones(self._storage.users())
        return sum(self._look_at(office.id, zones) for office in self._storage.offices())

    def _look_at(self, home: str, zones: Mapping[str, ZoneInfo]) -> int:
        zone = zones.get(home, ZoneInfo("UTC"))
        today = datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(zone).date().isoformat()
        due = self._storage.read(lambda ledger: ledger.decided_before(home, today))
        return sum(self._storage.write(partial(self._decide, home=home, case=case)) for case in due)

    def _decide(self, ledger: Ledger, home: str, case: str) -> int:
        shared = SharedCases(ledger, self._grants, home, {case: home})
        had = shared.holders(case)
        shared.lock({home: 0}, {case}, ())
        shared.tell({}, {case}, (), self._now_ms())
        return len(had ^ SharedCases(ledger, self._grants, home, {case: home}).holders(case))
