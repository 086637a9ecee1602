"""What the server asks of a database about people whom a case denies, those of its own office too.

Who is denied is kept by name, not by person: so whoever comes to work later and bears such a name is denied
from her first call. A name stands here as its *fingerprint*, which is all that comparing asks for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync_server.storage.shared_base import Withdrawn


@dataclass(frozen=True, slots=True)
class DeniedName:
    """That a case of this office, its home, denies a name, or did once and does not any more.

    `since_ms` is the moment at which the server decided so, `decided_on` the day, where the home office is,
    for which it last did.
    """

    office: str
    case: str
    name: str
    denied: bool
    since_ms: int
    decided_on: str


@dataclass(frozen=True, slots=True)
class TakenAway:
    """That somebody of the office is to have a record of it no more, under a number of its sequence."""

    sequence: int
    login: str
    case: str
    record: str


class DeniedLedger(ABC):
    """The part of a transaction that is about whom cases deny."""

    @abstractmethod
    def deny_lists(self, cases: Collection[str]) -> list[DeniedName]:
        """All that was decided of these cases, in the order of case and name."""

    @abstractmethod
    def denied_to(self, names: Collection[str]) -> dict[str, int]:
        """The cases that deny any of these names, of whichever office, and since when."""

    @abstractmethod
    def put_denied_names(self, rows: Sequence[DeniedName]) -> None:
        """Insert these, or replace what is there of the same case and name. The `shares` of the offices
        change, which must be locked."""

    @abstractmethod
    def take_away(self, office: str, taken: Sequence[TakenAway]) -> None:
        """Let people of the office have these records no more; again under the new number, when they are
        taken away already."""

    @abstractmethod
    def taken_after(self, office: str, login: str, sequence: int, limit: int) -> list[Withdrawn]:
        """At most `limit` records that were taken away from this person after `sequence`, in that order."""

    @abstractmethod
    def taken_cases(self, office: str, login: str) -> set[str]:
        """The cases that this person once had and has no more."""

    @abstractmethod
    def give_back(
        self, office: str, case: str, logins: Collection[str], records: Sequence[str], first: int
    ) -> None:
        """Let these people have a case again: nothing of it is taken away from them any more, and its
        records get the numbers from `first` on, as if they were new, so that they come whole. The number
        after the last one's is that of the conflicts in which these people lost."""
