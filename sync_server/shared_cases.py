"""The shared cases of one transaction: who has them, whom they deny, and what reaches whom by it.

A record of a shared case is written in the tables of its home and *delivered* to each other office under a
number of that office's own sequence. Offices are locked in the order of their ids, so that two transactions
never wait for each other; what was known before the locks is looked at again behind them, and where it has
changed, the transaction is run anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sync_server.accounts import Actor
from sync_server.deny_lists import DenyLists
from sync_server.grants import Decision, Grants
from sync_server.permissions import Denial
from sync_server.storage.base import Collision, Ledger
from sync_server.storage.denied_base import DeniedName, TakenAway
from sync_server.storage.shared_base import Delivery, SharedCase


@dataclass
class _Post:
    """What goes to one office: records to have, records to have no more, and word of conflicts; and to
    people of it, what they are to have no more, and cases that they have again."""

    to_deliver: list[tuple[str, str, str]] = field(default_factory=list)
    to_withdraw: list[tuple[str, str, str]] = field(default_factory=list)
    anew: list[tuple[str, str]] = field(default_factory=list)
    to_take: list[tuple[str, str, str]] = field(default_factory=list)
    to_give: list[tuple[str, Sequence[str], Sequence[str]]] = field(default_factory=list)


class SharedCases:
    """The cases that a transaction touches, of the offices that one office has to do with.

    `homes` has the home of each case. Of an office that shares nothing, and whose cases deny nobody, nothing
    more is read. `sender` is who calls, where somebody does.
    """

    def __init__(
        self,
        ledger: Ledger,
        grants: Grants,
        office: str,
        homes: Mapping[str, str],
        sender: Actor | None = None,
    ) -> None:
        self._ledger = ledger
        self._grants = grants
        self._office = office
        self._homes = homes
        self._shares = ledger.shares({office})
        self.involved = self._shares.get(office, 0) > 0
        if self.involved:
            self._shares = ledger.shares({office, *homes.values()})
        self._rows = self._read() if self.involved else {}
        self._sender = sender
        self._lists = DenyLists(ledger, homes, sender, self.involved)
        self._names: list[DeniedName] = []
        self._locked: frozenset[str] = frozenset()

    def of(self, case: str) -> SharedCase | None:
        """What the office has of this case of another one."""
        return next((row for row in self._rows.get(case, ()) if row.office == self._office), None)

    def has_partners(self, case: str) -> bool:
        """Whether another office than its home has ever been named to this case."""
        return case in self._rows

    def has_deny_list(self, case: str) -> bool:
        """Whether the case denies anybody, or ever did."""
        return case in self._lists

    def denial(self, case: str) -> Denial | None:
        """How this case denies the sender; None where it does not."""
        return self._lists.denial(case)

    def holders(self, case: str) -> set[str]:
        """The other offices that have this case."""
        return {row.office for row in self._rows.get(case, ()) if row.shared}

    def lock(
        self, counts: Mapping[str, int], cases: Collection[str], named: Collection[str]
    ) -> dict[str, int]:
        """Lock the offices of these cases and those `named`; the first number of each, and as many as
        `counts` says.

        Raises Collision when who has the cases, or whom they deny, has changed meanwhile.
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
        """Decide who has the cases `to_decide` and whom they deny, and let everybody have what he is to have.

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
                if self._lists.denies_sender(self._homes[case], case, None):
                    self._take_from_sender(posts, case, touched[case])
                continue
            decision = self._decide(case, before, now_ms)
            changed += [row for row in decision.rows if row not in before]
            lifted = self._deny(posts, case, decision, touched.get(case, ()), now_ms)
            self._compare(posts, before, decision, decision.records if lifted else touched.get(case, ()))
            had = [row for row in before if row.shared]
            ended = [row for row in decision.rows if row.office not in {each.office for each in had}]
            self._keep_from_who_sent_it(posts, ended, touched.get(case, ()))
        self._ledger.put_shared_cases(changed, now_ms)
        self._ledger.put_denied_names(self._names)
        return self._send(posts, losers)

    def _decide(self, case: str, before: Sequence[SharedCase], now_ms: int) -> Decision:
        offices = self._ledger.offices_named(self._locked)
        return self._grants.decide(self._ledger, self._homes[case], case, before, offices, now_ms)

    def _deny(
        self,
        posts: dict[str, _Post],
        case: str,
        decision: Decision,
        touched: Collection[str],
        now_ms: int,
    ) -> bool:
        """Take the case from people of its home whom it denies from now on, and give it back to those whom
        it denies no more. Whether anybody's denial was lifted."""
        home = self._homes[case]
        change = self._lists.compare(home, case, decision, now_ms)
        self._names += change.rows
        post = posts.setdefault(home, _Post())
        post.to_take += [(login, case, record) for login in change.taken_from for record in decision.records]
        if change.given_to:
            post.to_give.append((case, change.given_to, decision.records))
        told = self._sender is not None and self._sender.login in change.taken_from
        if not told and self._lists.denies_sender(home, case, decision):
            self._take_from_sender(posts, case, touched)
        return change.lifted

    def _take_from_sender(self, posts: dict[str, _Post], case: str, touched: Collection[str]) -> None:
        """What she wrote before she was denied, and sends only now, is heard; her devices do not keep it."""
        assert self._sender is not None, "a case denies nobody where nobody calls"
        post = posts.setdefault(self._homes[case], _Post())
        post.to_take += [(self._sender.login, case, record) for record in sorted(touched)]

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
            back = sum(len(records) + 1 for *_, records in post.to_give)
            count = len(everything) + len(post.to_take) + back
            if not count and office not in losers:
                continue
            first = self._ledger.take_sequences(office, count + 1)
            given = [Delivery(number, *each) for number, each in enumerate(everything, first)]
            self._ledger.deliver(office, given[: len(post.to_deliver)])
            self._ledger.withdraw(office, given[len(post.to_deliver) :])
            numbers[office] = first + count
            for home, case in post.anew:
                self._ledger.tell_conflicts(office, home, case, numbers[office])
            self._part_with(office, post, first + len(everything))
        return numbers

    def _part_with(self, office: str, post: _Post, first: int) -> None:
        """Under the numbers from `first` on, what its people are to have no more, and to have again."""
        taken = [TakenAway(number, *each) for number, each in enumerate(post.to_take, first)]
        self._ledger.take_away(office, taken)
        next_one = first + len(taken)
        for case, logins, records in post.to_give:
            self._ledger.give_back(office, case, logins, records, next_one)
            next_one += len(records) + 1

    def _read(self) -> dict[str, list[SharedCase]]:
        found: dict[str, list[SharedCase]] = {}
        for row in self._ledger.shared_cases(self._homes):
            if row.home == self._homes[row.case]:
                found.setdefault(row.case, []).append(row)
        return found
