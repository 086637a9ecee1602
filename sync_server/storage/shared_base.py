"""What the server asks of a database about cases that several offices work on.

Such a case stays in the tables of its home office. Each other office has rows of its own: who has which
case, and which records of it came when, by its own sequence, so that one cursor tells all of its devices
where they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sync_server.storage.base import LoggedConflict, Office, StoredRecord, User

#: Asked for and never granted; granted; granted once and over.
Standing = Literal["asked", "shared", "ended"]


@dataclass(frozen=True, slots=True)
class SharedCase:
    """Whether an office has a case of another one, its home; `code` says why it has not.

    `decided_on` is the day, where the home office is, for which that was decided. `ended_ms` is the moment at
    which it lost the case; None while it has it, or where it never had it.
    """

    office: str
    case: str
    home: str
    standing: Standing
    code: str
    ground: str
    decided_on: str
    ended_ms: int | None = None

    @property
    def shared(self) -> bool:
        return self.standing == "shared"


@dataclass(frozen=True, slots=True)
class Delivery:
    """That an office is to have a record of another one, under a number of its own sequence."""

    sequence: int
    home: str
    case: str
    record: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That an office is to have a record no more."""

    record: str
    changed: int


class SharedLedger(ABC):
    """The part of a transaction that is about shared cases."""

    @abstractmethod
    def shares(self, offices: Collection[str]) -> dict[str, int]:
        """Of each office how often it changed what it shares with others, or they with it, or whom its cases
        deny; 0 is never."""

    @abstractmethod
    def shared_cases(self, cases: Collection[str]) -> list[SharedCase]:
        """All that is known of these cases, in the order of case and office."""

    @abstractmethod
    def homes_shared_with(self, office: str) -> set[str]:
        """The offices of which this one has, or once had, a case."""

    @abstractmethod
    def decided_before(self, home: str, day: str) -> list[str]:
        """The cases of this home of which something was last decided for an earlier day, in their order: who
        has them, or whom they deny."""

    @abstractmethod
    def put_shared_cases(self, rows: Sequence[SharedCase], now_ms: int) -> None:
        """Insert these, or replace what is there of the same office and case. The `shares` of the offices
        change, which must be locked."""

    @abstractmethod
    def records_of_case(self, office: str, case: str) -> list[StoredRecord]:
        """All records of a case in its home office."""

    @abstractmethod
    def joining_records(self, office: str) -> list[StoredRecord]:
        """The office's records that were noted as saying which of its files are of one person, by id."""

    @abstractmethod
    def note_joining(self, office: str, records: Collection[str]) -> None:
        """Remember that these records say so, or said so once. The office must be locked."""

    @abstractmethod
    def foreign_homes(self, office: str, records: Collection[str]) -> dict[str, set[str]]:
        """Under which homes this office was ever given these records of others."""

    @abstractmethod
    def existing(self, office: str, records: Collection[str]) -> set[str]:
        """Those of these records that are the office's own."""

    @abstractmethod
    def form(self, id: str, version: str) -> str | None:
        """The XForm of a published version, or None."""

    @abstractmethod
    def offices_named(self, ids: Collection[str]) -> dict[str, Office]:
        """Those of these offices that there are."""

    @abstractmethod
    def staff(self, office: str) -> list[User]: ...

    @abstractmethod
    def offices_of_people(self, logins: Collection[str]) -> dict[str, str]:
        """The office of each of these users."""

    # the other office's feed

    @abstractmethod
    def shared_after(
        self, office: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[StoredRecord | Withdrawn]:
        """At most `limit` records of others that were given to the office, changed or withdrawn after
        `sequence`, in that order. `created` and `changed` are numbers of this office's sequence. Of the
        cases `without` only what is withdrawn."""

    @abstractmethod
    def conflicts_abroad_after(
        self, office: str, author: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[LoggedConflict]:
        """Like `conflicts_after`, in cases that the author's office has of others, under its own numbers."""

    @abstractmethod
    def deliver(self, office: str, deliveries: Sequence[Delivery]) -> None:
        """Give records to an office; again, when it had them before."""

    @abstractmethod
    def delivered(self, office: str, home: str, case: str) -> list[str]:
        """The records of a case that the office has now, by id."""

    @abstractmethod
    def withdraw(self, office: str, deliveries: Sequence[Delivery]) -> None:
        """Let an office have these records no more, whether it was given them or wrote them itself."""

    @abstractmethod
    def tell_conflicts(self, office: str, home: str, case: str, sequence: int) -> None:
        """Give the conflicts of a case in which values of people of this office lost a new number in its
        sequence, so that their authors learn of them (again)."""

    @abstractmethod
    def told_conflicts(self, office: str, ids: Collection[str]) -> dict[str, str]:
        """Those of these conflicts that are of cases of others which the office has now, with their homes."""
