"""Which files of an office are of one person, as far as that decides who has them and whom they deny.

What a file says against somebody counts in each file that is joined to it (`forms.casework.joined_files`). So
when one of them changes, the others are decided anew with it; also those that are parted by this very change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from forms.casework.joined_files import reached
from sync_server.grants import Grants
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.messages import RecordDelta
from sync_server.storage.base import Collision, Ledger


class JoinedFiles:
    """The other files of the persons of some cases, by all that was ever said, or is said by these changes.

    `homes` has the home of each case of the changes; of a home in which nobody ever joined two files, and
    nobody does now, only that is asked.
    """

    def __init__(
        self, ledger: Ledger, grants: Grants, homes: Mapping[str, str], changes: Iterable[ChangeSet]
    ) -> None:
        self._ledger = ledger
        self._grants = grants
        self._asked = dict(homes)
        self._said: dict[str, set[tuple[str, str]]] = {}
        listed = list(changes)
        for each in listed:
            self._said.setdefault(homes[each.case], set()).update(self._links(each.case, each))
        self._cases = {each.case for each in listed}
        self._found = self._find()

    def of(self, case: str) -> frozenset[str]:
        """Other files in the home of this case; those that were parted again are among them."""
        return self._found.get(case, frozenset())

    @property
    def homes(self) -> dict[str, str]:
        """The home of each of those files."""
        return {other: self._asked[case] for case, others in self._found.items() for other in others}

    def check(self) -> None:
        """Behind the locks: raises Collision when somebody has joined files meanwhile."""
        if self._find() != self._found:
            raise Collision

    def _find(self) -> dict[str, frozenset[str]]:
        links = {home: self._said[home] | self._stored(home) for home in self._said}
        near = {case: reached(case, links[self._asked[case]]) for case in self._cases}
        others = frozenset[str]().union(*near.values())
        if not others:
            return {}
        homes = {**self._ledger.offices_of(others), **self._asked}
        return {
            case: here
            for case, found in near.items()
            if (here := frozenset(each for each in found if homes.get(each) == self._asked[case]))
        }

    def _stored(self, home: str) -> set[tuple[str, str]]:
        return {
            link
            for record in self._ledger.joining_records(home)
            for link in self._links(record.delta.case, record.delta)
        }

    def _links(self, case: str, said: ChangeSet | RecordDelta) -> Collection[tuple[str, str]]:
        return {(case, original) for original in self._grants.originals(self._ledger, said)}
