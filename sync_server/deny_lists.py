"""Whom the cases of one transaction deny: what of it changes, and who has to lose a case or gets it back.

A case denies names. Who bears one of them gets nothing of the case any more, in its own office too: each
pull and each push asks for the names of who calls, so whoever comes to work later is denied from her first
call. Here is what more a denial asks for: that devices which have the case already lose it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync_server.accounts import Actor
from sync_server.grants import Decision
from sync_server.permissions import Denial, fingerprint, names_of
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.storage.base import Ledger, Storage, User
from sync_server.storage.denied_base import DeniedName


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changes: rows to keep, and people of the home office, by login.

    `lifted`: some name is not denied any more, whoever bears it.
    """

    rows: tuple[DeniedName, ...] = ()
    taken_from: tuple[str, ...] = ()
    given_to: tuple[str, ...] = ()
    lifted: bool = False


class DenyLists:
    """The deny lists of these cases as they were decided last. Where no case of the offices that this
    transaction has to do with ever denied anybody, `asked` is False, and nothing is read."""

    def __init__(self, ledger: Ledger, cases: Iterable[str], sender: Actor | None, asked: bool) -> None:
        self._known: dict[str, dict[str, DeniedName]] = {}
        for row in ledger.deny_lists({*cases}) if asked else ():
            self._known.setdefault(row.case, {})[row.name] = row
        self._sender = sender
        self._denied: dict[str, int] = {}
        self._had: set[str] = set()
        if asked and sender is not None:
            self._denied = ledger.denied_to(names_of(sender))
            self._had = ledger.taken_cases(sender.office, sender.login) if self._denied else set()

    def __contains__(self, case: str) -> bool:
        """Whether the case denies anybody, or ever did."""
        return case in self._known

    def denial(self, case: str) -> Denial | None:
        """How this case denies the sender; None where it does not."""
        since = self._denied.get(case)
        return None if since is None else Denial(since, case in self._had)

    def compare(self, home: str, case: str, decision: Decision, now_ms: int) -> Change:
        """What a new decision changes."""
        before = self._known.get(case, {})
        names = frozenset(map(fingerprint, decision.denied))
        rows = []
        for name in sorted({*before, *names}):
            old, denied = before.get(name), name in names
            since = old.since_ms if old is not None and old.denied == denied else now_ms
            row = DeniedName(home, case, name, denied, since, decision.today)
            if row != old:
                rows.append(row)
        had = frozenset(name for name, row in before.items() if row.denied)
        was, now = _borne(decision.staff, had), _borne(decision.staff, names)
        return Change(tuple(rows), tuple(sorted(now - was)), tuple(sorted(was - now)), bool(had - names))

    def denies_sender(self, home: str, case: str, decision: Decision | None) -> bool:
        """Whether the sender is of the home of this case and denied; by a new decision, if there is one."""
        sender = self._sender
        if sender is None or sender.office != home:
            return False
        if decision is None:
            return case in self._denied
        return not names_of(sender).isdisjoint(map(fingerprint, decision.denied))


def without_coordinator(storage: Storage) -> int:
    """How many cases deny every coordinator of their home office, so that nobody there can lift it.

    Such a case stays as it is: a denial that would not hold where it leaves nobody could be undone by
    denying the others as well. The administrator makes another coordinator.
    """
    coordinators: dict[str, list[User]] = {}
    for user in storage.users():
        if user.role == COORDINATOR:
            coordinators.setdefault(user.office, []).append(user)

    def work(ledger: Ledger) -> int:
        count = 0
        for office, people in coordinators.items():
            cases = set.intersection(*(set(ledger.denied_to(names_of(each))) for each in people))
            count += list(ledger.offices_of(cases).values()).count(office)
        return count

    return storage.read(work)


def _borne(staff: Iterable[User], names: frozenset[str]) -> frozenset[str]:
    """The people who bear one of these names."""
    return frozenset(user.login for user in staff if not names.isdisjoint(names_of(user)))
