"""The watch over shared cases: what is shared on a consent ends with it, whether a device calls or not.

Who has a case depends on its records, on the day, and on who works where: the deny list of a case may name
somebody whom a partner hires. Each change of a record decides it anew at once; this decides it anew once for
each day of the home office, so that a sharing ends on the day after its consent, and one that was dated ahead
begins on its day; and whenever the directory of colleagues has changed, at its next look.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sync_server.grants import Grants
from sync_server.office_zones import office_zones
from sync_server.reference import Programmes
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Ledger, Storage, User

#: Under this name the server keeps for which people it was last decided who has the cases.
_PEOPLE: Final = "shares_decided_for"
#: Later than any day.
_EVERY_DAY: Final = "9999-12-31"


class ShareWatch:
    """Looks at every office, case by case. For one thread: the scheduler runs one look at a time."""

    def __init__(self, storage: Storage, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._now_ms = now_ms
        self._programmes = Programmes(storage)
        self._grants = Grants(lambda case: self._programmes.of(case).consent)

    def look(self) -> int:
        """Decide what was last decided for an earlier day or for other people; how many offices got a case or
        lost one."""
        self._programmes.refresh()
        people = self._storage.users()
        told = _fingerprint(people)
        anew = self._storage.meta(_PEOPLE) != told
        zones = office_zones(people)
        changed = sum(self._look_at(office.id, zones, anew) for office in self._storage.offices())
        if anew:
            self._storage.set_meta(_PEOPLE, told)
        return changed

    def _look_at(self, home: str, zones: Mapping[str, ZoneInfo], anew: bool) -> int:
        zone = zones.get(home, ZoneInfo("UTC"))
        today = datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(zone).date().isoformat()
        before = _EVERY_DAY if anew else today
        due = self._storage.read(lambda ledger: ledger.decided_before(home, before))
        return sum(self._storage.write(partial(self._decide, home=home, case=case)) for case in due)

    def _decide(self, ledger: Ledger, home: str, case: str) -> int:
        shared = SharedCases(ledger, self._grants, home, {case: home})
        had = shared.holders(case)
        shared.lock({home: 0}, {case}, ())
        shared.tell({}, {case}, (), self._now_ms())
        return len(had ^ SharedCases(ledger, self._grants, home, {case: home}).holders(case))


def _fingerprint(people: Iterable[User]) -> str:
    """Of all that the rule reads of them, in a fixed order."""
    told = sorted((each.login, each.display_name, each.role, each.office, each.zone) for each in people)
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
