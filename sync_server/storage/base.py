"""What the server asks of a database, without saying which.

`Storage` gives transactions: a function is handed a `Ledger` and runs wholly or not at all. It may
run more than once, when the database has to resolve a collision of transactions, so it must not
do anything but through its ledger.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.messages import ConflictNotice, RecordDelta
from sync_server.storage.denied_base import DeniedLedger
from sync_server.storage.file_base import FileLedger
from sync_server.storage.shared_base import SharedLedger

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class User:
    login: str
    display_name: str
    role: str
    office: str
    password_hash: str
    zone: str


@dataclass(frozen=True, slots=True)
class Device:
    """`revoked_ms` is None while the device may still call."""

    id: str
    login: str
    label: str
    enrolled_ms: int
    revoked_ms: int | None
    last_contact_ms: int | None
    clock_offset_ms: int
    received: int


@dataclass(frozen=True, slots=True)
class NewForm:
    id: str
    version: str
    xml: str
    hash: str


@dataclass(frozen=True, slots=True)
class PublishedForm:
    id: str
    version: str
    hash: str
    published_ms: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record with the sequences of its first and its latest change; `delta` is all of it."""

    delta: RecordDelta
    created: int
    changed: int
    size: int


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """An accepted change set, with what corrects its claims: when it came, and the clock's error."""

    change_set: ChangeSet
    received_ms: int
    clock_offset_ms: int


@dataclass(frozen=True, slots=True)
class LoggedConflict:
    """`sequence` is that of the change which caused it, or of its settling.

    Where the value of somebody of another office lost, `partner` is that office, and `partner_sequence`
    the number in its sequence; 0 while it is not to be told there.
    """

    notice: ConflictNotice
    sequence: int
    partner: str | None = None
    partner_sequence: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something of a case that must not wait, with the countries whose offices have to know of it.

    `case_code` is the pseudonym by which the offices know the case; an alarm names nobody. `raised_ms` is
    when the server found it, 0 until it is kept.
    """

    office: str
    case: str
    code: str
    case_code: str
    since_ms: int
    countries: tuple[str, ...]
    raised_ms: int = 0


class Taken(NamedTuple):
    """The first of some numbers of an office, and its `shares` behind the lock that comes with them."""

    first: int
    shares: int


class Collision(Exception):
    """Another transaction has changed what this one was built on: it is run again from its beginning."""


class Ledger(SharedLedger, DeniedLedger, FileLedger):
    """One transaction over the cases of all offices. Shared cases, whom cases deny, and whose files are
    whose have a part of their own."""

    # what is there

    @abstractmethod
    def lock_device(self, device: str) -> int:
        """The highest sequence decided of this device; nobody else pushes for it until the end."""

    @abstractmethod
    def device(self, device: str) -> Device:
        """What is known of a device that is enrolled."""

    @abstractmethod
    def logged(self, office: str, device: str, sequences: Collection[int]) -> dict[int, str]:
        """The ids of those of the device's change sets that were accepted, by sequence."""

    @abstractmethod
    def reply(self, office: str, device: str, batch: str) -> str | None:
        """What `keep_reply` kept, or None."""

    @abstractmethod
    def offices_of(self, cases: Collection[str]) -> dict[str, str]:
        """The office of each case that exists in any."""

    @abstractmethod
    def records(self, office: str, ids: Collection[str]) -> dict[str, StoredRecord]:
        """The records that exist among `ids`, in as few queries as the database allows.

        In a writing transaction nobody else changes them until its end.
        """

    @abstractmethod
    def history(self, office: str, records: Collection[str]) -> dict[str, list[LoggedChange]]:
        """Everything in the log of these records, oldest first."""

    @abstractmethod
    def log_after(self, office: str, sequence: int, limit: int) -> list[tuple[int, LoggedChange]]:
        """At most `limit` change sets of the office's log after `sequence`, with theirs, in that order."""

    @abstractmethod
    def conflicts(self, office: str, ids: Collection[str]) -> dict[str, LoggedConflict]:
        """The conflicts that exist among `ids`."""

    @abstractmethod
    def open_conflicts(self, office: str, author: str, records: Collection[str]) -> list[LoggedConflict]:
        """The open conflicts of these records in which a value of `author` lost."""

    @abstractmethod
    def conflict_log(self, office: str) -> list[LoggedConflict]:
        """Every conflict of the office, in the order of sequence."""

    # pulling

    @abstractmethod
    def latest(self, office: str) -> int:
        """The sequence of the office's latest committed change."""

    @abstractmethod
    def changed_after(
        self, office: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[StoredRecord]:
        """At most `limit` records whose latest change is after `sequence`, in that order, but none of the
        cases `without`."""

    @abstractmethod
    def paths_after(self, office: str, sequence: int, records: Collection[str]) -> dict[str, set[str]]:
        """The paths of these records that change sets after `sequence` touched."""

    @abstractmethod
    def conflicts_after(
        self, office: str, author: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[LoggedConflict]:
        """The author's conflicts after `sequence`, in that order: `limit` of them, and then as
        many as share the last one's sequence; but none of the cases `without`."""

    # writing

    @abstractmethod
    def take(self, office: str, count: int) -> Taken:
        """`count` numbers that are this transaction's, all greater than any committed.

        Call it last before the writes that need them: it holds the office until the end, so that
        numbers become visible in their order and a pull by number misses nothing. Who needs several
        offices takes them in the order of their ids, with a `count` of 0 where it is not known yet.
        """

    def take_sequences(self, office: str, count: int) -> int:
        """The first of the numbers that `take` gives."""
        return self.take(office, count).first

    @abstractmethod
    def add_cases(self, office: str, ids: Iterable[str], now_ms: int) -> None: ...

    @abstractmethod
    def put_records(self, office: str, new: Sequence[StoredRecord], changed: Sequence[StoredRecord]) -> None:
        """Insert the new and replace the changed; `size` of what is put is not looked at."""

    @abstractmethod
    def log_changes(self, office: str, entries: Sequence[tuple[int, LoggedChange]]) -> None:
        """Append change sets with their sequences to the log."""

    @abstractmethod
    def log_conflicts(self, office: str, entries: Sequence[LoggedConflict], now_ms: int) -> int:
        """Append conflicts; one that is in the log stays as it is. How many were added."""

    @abstractmethod
    def settle_conflicts(
        self,
        office: str,
        settled: Mapping[str, Literal["restored", "accepted"]],
        sequence: int,
        partner_sequence: int = 0,
    ) -> None:
        """Give these conflicts their state, and `sequence`, so that other devices learn of it; where their
        author is of another office, also that one's `partner_sequence`."""

    @abstractmethod
    def keep_reply(self, office: str, device: str, batch: str, reply: str, now_ms: int) -> None: ...

    @abstractmethod
    def note_device(self, device: str, received: int, clock_offset_ms: int, now_ms: int) -> None:
        """Remember how far a device has come and how its clock goes."""


class Storage(ABC):
    """A database with the facts of one server. Safe to use from many threads."""

    @abstractmethod
    def write(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` in one durable transaction; run it again when others were in its way, or it raises
        Collision.

        Raises Problem('server.busy') when they still were after several attempts.
        """

    @abstractmethod
    def read(self, work: Callable[[Ledger], T]) -> T:
        """Run `work` over one consistent view; what it writes is refused."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def checkpoint(self) -> None:
        """Fold what an embedded database has pending into its file; nothing elsewhere."""

    # facts of the server

    @property
    @abstractmethod
    def epoch(self) -> str:
        """Changes when this database is no longer the continuation of what devices have seen."""

    @abstractmethod
    def meta(self, name: str) -> str | None: ...

    @abstractmethod
    def set_meta(self, name: str, value: str) -> None: ...

    # people and devices

    @abstractmethod
    def add_office(self, office: Office) -> None:
        """Add an office, or change the name and country of the one with this id."""

    @abstractmethod
    def offices(self) -> list[Office]: ...

    @abstractmethod
    def add_user(self, user: User) -> None:
        """Add a user. Raises ValueError when the login is taken or the office unknown."""

    @abstractmethod
    def user_by_login(self, login: str) -> User | None: ...

    @abstractmethod
    def users(self) -> list[User]: ...

    @abstractmethod
    def add_device(self, device: str, login: str, label: str, token_hash: str, now_ms: int) -> None:
        """Enrol a device. Raises ValueError when its id is taken: draw another one."""

    @abstractmethod
    def device_by_token_hash(self, token_hash: str) -> tuple[Device, User] | None:
        """The device with this token and its user, revoked or not."""

    @abstractmethod
    def devices(self) -> list[Device]: ...

    @abstractmethod
    def touch_device(self, device: str, clock_offset_ms: int, now_ms: int) -> None:
        """Remember when a device was last heard of and how its clock goes."""

    @abstractmethod
    def revoke_device(self, device: str, now_ms: int) -> None: ...

    # forms

    @abstractmethod
    def publish_forms(self, forms: Sequence[NewForm], now_ms: int) -> list[bool]:
        """Publish versions of forms, all or none; False for each that was there already.

        Raises Problem('form.version.published') when one is there with another content.
        """

    @abstractmethod
    def forms(self) -> list[PublishedForm]: ...

    @abstractmethod
    def form(self, id: str, version: str) -> str | None:
        """The XForm of a published version, or None."""

    # alarms

    @abstractmethod
    def put_alarms(self, office: str, standing: Sequence[Alarm], now_ms: int) -> int:
        """Make these the alarms of the office's cases: raise those that are new and end the others.

        How many were raised or ended. One that stands already keeps the moment at which it was raised.
        """

    @abstractmethod
    def alarms(
        self, office: str, country: str, person: Collection[str] = (), place: Collection[str] = ()
    ) -> list[Alarm]:
        """The standing alarms of the office's own cases, of those that others share with it, and of others
        that name its country, unless the case denies itself to the office; the oldest first.

        None of a case that denies one of the names `person`, nor of another office's case that denies one
        of the names `place`; both as fingerprints.
        """

    # housekeeping

    @abstractmethod
    def attachment_hashes(self) -> set[str]:
        """Every file that anybody ever sent."""

    @abstractmethod
    def forget_replies(self, before_ms: int) -> int:
        """Drop the replies given before that moment; how many there were."""
