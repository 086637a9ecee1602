"""The shared cases of one transaction: who has them, and what has to reach whom because of it.

A record of a shared case is written in the tables of its home and *delivered* to each other office under a
number of that office's own sequence. Offices are locked in the order of their ids, so that two transactions
never wait for each other; what was known before the locks is looked at again behind them, and where it has
changed, the transaction is run anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sync_server.grants import Decision, Grants
from sync_server.storage.base import Collision, Ledger
from sync_server.storage.shared_base import Delivery, SharedCase


@dataclass
class _Post:
    """What goes to one office: records to have, records to have no more, and word of conflicts."""

    to_deliver: list[tuple[str, str, str]] = field(default_factory=list)
    to_withdraw: list[tuple[str, str, str]] = field(default_factory=list)
    anew: list[tuple[str, str]] = field(default_factory=list)


class SharedCases:
    """The cases that a transaction touches, of the offices that one office has to do with.

    `homes` has the home of each case. Of an office that shares nothing, nothing more is read.
    """

    def __init__(self, ledger: Ledger, grants: Grants, office: str, homes: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._grants = grants
        self._office = office
        self._homes = homes
        self._shares = ledger.shares({office})
        self.involved = self._shares.get(office, 0) > 0
        if self.involved:
            self._shares = ledger.shares({office, *homes.values()})
        self._rows = self._read() if self.involved else {}
        self._locked: frozenset[str] = frozenset()

    def of(self, case: str) -> SharedCase | None:
        """What the office has of this case of another one."""
        return next((row for row in self._rows.get(case, ()) if row.office == self._office), None)

    def has_partners(self, case: str) -> bool:
        """Whether another office than its home has ever been named to this case."""
        return case in self._rows

    def holders(self, case: str) -> set[str]:
        """The other offices that have this case."""
        return {row.office for row in self._rows.get(case, ()) if row.shared}

    def lock(
        self, counts: Mapping[str, int], cases: Collection[str], named: Collection[str]
    ) -> dict[str, int]:
        """Lock the offices of these cases and those `named`; the first number of each, and as many as
        `counts` says.

        Raises Collision when who has the cases has changed meanwhile.
        """
        wanted = {row.office for case in cases for row in self._rows.get(case, ())} | set(named)
        there = self._ledger.offices_named(wanted - counts.keys()) if wanted else {}
        self._locked = frozenset({*counts, *there})
        firsts = {}
        for office in sorted(self._locked):
            firsts[office], shares = self._ledger.take(office, counts.get(office, 0))
            if shares != self._shares.get(office, shares):
                raise Collision
        return firsts

    def tell(
        self,
        touched: Mapping[str, Collection[str]],
        to_decide: Collection[str],
        losers: Collection[str],
        now_ms: int,
    ) -> dict[str, int]:
        """Decide who has the cases `to_decide`, and let every office have what it is to have.

        `touched` has the records that changed, by case. `losers` are the offices that are to hear of a
        conflict: a number for each of them comes back.
        """
        posts: dict[str, _Post] = {}
        changed: list[SharedCase] = []
        for case in sorted({*touched, *to_decide}):
            before = self._rows.get(case, [])
            if case not in to_decide:
                for row in before:
                    if row.shared:
                        self._deliver(posts, row, touched[case])
                self._keep_from_who_sent_it(posts, before, touched[case])
                continue
            decision = self._decide(case, before, now_ms)
            changed += [row for row in decision.rows if row not in before]
            self._compare(posts, before, decision, touched.get(case, ()))
            had = [row for row in before if row.shared]
            ended = [row for row in decision.rows if row.office not in {each.office for each in had}]
            self._keep_from_who_sent_it(posts, ended, touched.get(case, ()))
        self._ledger.put_shared_cases(changed, now_ms)
        return self._send(posts, losers)

    def _decide(self, case: str, before: Sequence[SharedCase], now_ms: int) -> Decision:
        offices = self._ledger.offices_named(self._locked)
        return self._grants.decide(self._ledger, self._homes[case], case, before, offices, now_ms)

    def _compare(
        self,
        posts: dict[str, _Post],
        before: Sequence[SharedCase],
        decision: Decision,
        touched: Collection[str],
    ) -> None:
        had = {row.office for row in before if row.shared}
        for row in decision.rows:
            if row.shared and row.office in had:
                self._deliver(posts, row, touched)
            elif row.shared:
                self._deliver(posts, row, decision.records)
                posts[row.office].anew.append((row.home, row.case))
            elif row.office in had:
                # What its own people have just sent was never given to it.
                gone = {*self._ledger.delivered(row.office, row.home, row.case), *touched}
                post = posts.setdefault(row.office, _Post())
                post.to_withdraw += [(row.home, row.case, record) for record in sorted(gone)]

    def _keep_from_who_sent_it(
        self, posts: dict[str, _Post], rows: Iterable[SharedCase], touched: Collection[str]
    ) -> None:
        """What was written before the end and came after it stays at home: its device loses it."""
        for row in rows:
            if row.office == self._office and row.standing == "ended":
                post = posts.setdefault(row.office, _Post())
                post.to_withdraw += [(row.home, row.case, record) for record in sorted(touched)]

    def _deliver(self, posts: dict[str, _Post], row: SharedCase, records: Iterable[str]) -> None:
        post = posts.setdefault(row.office, _Post())
        post.to_deliver += [(row.home, row.case, record) for record in records]

    def _send(self, posts: Mapping[str, _Post], losers: Collection[str]) -> dict[str, int]:
        numbers: dict[str, int] = {}
        for office in sorted({*posts, *losers} & self._locked):
            post = posts.get(office) or _Post()
            everything = [*post.to_deliver, *post.to_withdraw]
            first = self._ledger.take_sequences(office, len(everything) + 1)
            given = [Delivery(number, *each) for number, each in enumerate(everything, first)]
            self._ledger.deliver(office, given[: len(post.to_deliver)])
            self._ledger.withdraw(office, given[len(post.to_deliver) :])
            numbers[office] = first + len(everything)
            for home, case in post.anew:
                self._ledger.tell_conflicts(office, home, case, numbers[office])
        return numbers

    def _read(self) -> dict[str, list[SharedCase]]:
        found: dict[str, list[SharedCase]] = {}
        for row in self._ledger.shared_cases(self._homes):
            if row.home == self._homes[row.case]:
                found.setdefault(row.case, []).append(row)
        return found
