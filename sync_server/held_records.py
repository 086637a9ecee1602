"""What the server holds of the records that a batch touches: their state, and the log where it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import corrected
from sync_server.protocol.merge import FieldState, Known, Rules, follows, last_everywhere
from sync_server.storage.base import Ledger, LoggedChange, StoredRecord


class HeldRecords:
    """Read once for a batch, in few queries. Records that are new are simply not there. `changes` are by the
    office in whose tables they belong; `rules` are those of each form that they name.

    The log is read of *contested* records only: those where a change set of the batch does not
    simply follow what there is.
    """

    def __init__(
        self,
        ledger: Ledger,
        changes: Mapping[str, Sequence[ChangeSet]],
        rules: Mapping[tuple[str, str], Rules | None],
    ) -> None:
        self._rules = rules
        self._stored: dict[str, StoredRecord] = {}
        # In one order for everybody, so that two pushes never wait for each other's rows.
        for office in sorted(changes):
            self._stored.update(ledger.records(office, {change_set.record for change_set in changes[office]}))
        self._states = {id: stored.delta.states() for id, stored in self._stored.items()}
        self._log: dict[str, list[LoggedChange]] = {}
        for office, of_office in changes.items():
            contested = {
                change_set.record
                for change_set in of_office
                if change_set.record in self._states and self._contests(change_set)
            }
            if contested:
                self._log.update(ledger.history(office, contested))

    def _contests(self, change_set: ChangeSet) -> bool:
        states = self._states[change_set.record]
        rules = self._rules[(change_set.form, change_set.form_version)] or last_everywhere
        return any(not follows(states.get(change.path), change, rules) for change in change_set.changes())

    def __contains__(self, record: str) -> bool:
        return record in self._stored

    def __getitem__(self, record: str) -> StoredRecord:
        return self._stored[record]

    def homes(self) -> dict[str, tuple[str, str]]:
        """The case and form of each record."""
        return {id: (stored.delta.case, stored.delta.form) for id, stored in self._stored.items()}

    def version(self, record: str) -> str:
        """The version of its form in which a record is."""
        return self._stored[record].delta.form_version

    def states(self, record: str) -> Mapping[str, FieldState]:
        return self._states.get(record, {})

    def log(self, record: str) -> Collection[LoggedChange]:
        """Everything in the log of a contested record; of another one, nothing."""
        return self._log.get(record, ())

    def history(self, record: str) -> History:
        return History(self.log(record))


class History:
    """The log of one record, by path; sorted out only when a merge asks."""

    def __init__(self, logged: Collection[LoggedChange]) -> None:
        self._logged = logged
        self._by_path: dict[str, list[Known]] | None = None

    def __call__(self, path: str) -> Iterable[Known]:
        if self._by_path is None:
            self._by_path = {}
            for logged in self._logged:
                for known in known_of(logged):
                    self._by_path.setdefault(known.change.path, []).append(known)
        return self._by_path.get(path, ())


def effective_stamps(logged: LoggedChange) -> dict[str, str]:
    """The own effective stamp of each claim of an accepted change set."""
    return {
        stamp: corrected(stamp, logged.clock_offset_ms, logged.received_ms)
        for stamp in {logged.change_set.stamp, *logged.change_set.stamps.values()}
    }


def known_of(logged: LoggedChange) -> Iterable[Known]:
    """The changes of an accepted change set with their own effective stamps."""
    effective = effective_stamps(logged)
    return [Known(change, effective[change.stamp]) for change in logged.change_set.changes()]
