"""The messages of the protocol, as plain immutable objects. schema.py puts them on the wire."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sync_server.protocol.change import ChangeSet, Json
from sync_server.protocol.clock import device_of
from sync_server.protocol.merge import FieldState, Head, RecordState
from sync_server.protocol.problems import Param, Problem
from sync_server.protocol.version import PROTOCOL

ConflictState = Literal["open", "restored", "accepted"]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The device's clock as it sends: wall clock, boot, and milliseconds since that boot."""

    now: int
    boot: str | None = None
    uptime: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The author of a lost value has decided what becomes of it."""

    conflict: str
    state: Literal["restored", "accepted"]


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """One sync: work that the device has, and a request for what it has not.

    `batch` names the pushed change sets, so that a repetition gets the reply of the first time;
    it is None where nothing is pushed. `cursor` is what the last page gave, None for everything.
    `limit` bounds the page in bytes. `forms` is the fingerprint of the device's list of forms, `reference`
    that of what it knows of colleagues and programmes.
    """

    clock: ClockReading
    batch: str | None = None
    changes: tuple[ChangeSet, ...] = ()
    settled: tuple[Settled, ...] = ()
    cursor: str | None = None
    limit: int = 1_000_000
    forms: str | None = None
    reference: str | None = None
    demo: bool = False
    protocol: int = PROTOCOL


@dataclass(frozen=True, slots=True)
class Refused:
    """One change set that the server does not take; it stays on the device, with the reason."""

    sequence: int
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordDelta:
    """What changed in one record since the cursor: the state of each changed path.

    `stamp`, `effective` and `author` hold for every path but those in `stamps`, `effectives` and
    `authors`; the effective stamp of a path in `stamps` that is not in `effectives` is its claim.
    `rivals` tells the heads of each path that has several.
    """

    record: str
    case: str
    form: str
    form_version: str
    author: str
    stamp: str
    values: Mapping[str, Json]
    effective: str | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    effectives: Mapping[str, str] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[Head, ...]] = field(default_factory=dict)

    def states(self) -> dict[str, FieldState]:
        """The state of each path in the delta: it replaces what the device held from the server."""
        own = self.effective or self.stamp
        states = {}
        for path, value in self.values.items():
            rivals = self.rivals.get(path, ())
            if rivals:
                latest = rivals[-1]
                stamp, effective, author = latest.stamp, latest.effective, latest.author
                heads = tuple(sorted(head.stamp for head in rivals))
            else:
                claim = self.stamps.get(path)
                stamp = claim or self.stamp
                effective = self.effectives.get(path) or claim or own
                author = self.authors.get(path, self.author)
                heads = (stamp,)
            states[path] = FieldState(value, heads, effective, author, device_of(stamp), rivals)
        return states

    @property
    def latest(self) -> str:
        """The greatest effective stamp in the delta."""
        claims = (stamp for path, stamp in self.stamps.items() if path not in self.effectives)
        heads = (head.effective for rivals in self.rivals.values() for head in rivals)
        return max(self.effective or self.stamp, *claims, *self.effectives.values(), *heads, "")

    @classmethod
    def of_first(cls, change_set: ChangeSet, effective: Mapping[str, str]) -> RecordDelta:
        """The delta of a record that has this one change set, without a merge: there is nothing to
        merge it with. `effective` has the effective stamp of each of its claims."""
        own = effective[change_set.stamp]
        return cls(
            record=change_set.record,
            case=change_set.case,
            form=change_set.form,
            form_version=change_set.form_version,
            author=change_set.author,
            stamp=change_set.stamp,
            values=change_set.values,
            effective=None if own == change_set.stamp else own,
            stamps=change_set.stamps,
            effectives={
                path: effective[stamp]
                for path, stamp in change_set.stamps.items()
                if effective[stamp] != stamp
            },
        )

    @classmethod
    def of(cls, record: str, case: str, form: str, form_version: str, states: RecordState) -> RecordDelta:
        """The delta that tells these states, as briefly as it can. `states` must not be empty."""
        facts = {
            path: (state.heads[0], state.effective, state.author)
            for path, state in states.items()
            if not state.rivals
        }
        if facts:
            common = Counter(facts.values()).most_common(1)[0][0]
        else:
            latest = max((state.rivals[-1] for state in states.values()), key=lambda head: head.order)
            common = (latest.stamp, latest.effective, latest.author)
        stamp, effective, author = common
        stamps, effectives, authors = {}, {}, {}
        for path, (own_stamp, own_effective, own_author) in facts.items():
            if own_stamp != stamp:
                stamps[path] = own_stamp
                if own_effective != own_stamp:
                    effectives[path] = own_effective
            elif own_effective != effective:
                effectives[path] = own_effective
            if own_author != author:
                authors[path] = own_author
        return cls(
            record=record,
            case=case,
            form=form,
            form_version=form_version,
            author=author,
            stamp=stamp,
            values={path: state.value for path, state in states.items()},
            effective=None if effective == stamp else effective,
            stamps=stamps,
            effectives=effectives,
            authors=authors,
            rivals={path: state.rivals for path, state in states.items() if state.rivals},
        )


@dataclass(frozen=True, slots=True)
class ConflictNotice:
    """To the author of a value that lost: what was kept instead, and whose it is.

    `*_stamp` are claims; `*_effective` what the server made of them.
    """

    id: str
    record: str
    case: str
    form: str
    path: str
    rule: str
    state: ConflictState
    kept: Json
    kept_author: str
    kept_stamp: str
    kept_effective: str
    lost: Json
    lost_author: str
    lost_stamp: str
    lost_effective: str


@dataclass(frozen=True, slots=True)
class Page:
    """Changes after a cursor, and the next cursor; `more` when there are further ones."""

    items: tuple[RecordDelta, ...]
    cursor: str
    more: bool = False
    purged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormListing:
    id: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who else works with this server, so that a device knows whose word a record is. `country` is a code
    in small letters, as of the office; `zone` is the one in which she writes down days."""

    login: str
    display_name: str
    role: str
    office: str
    country: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class UnlockCode:
    """What a device keeps of a code that a coordinator can be given for it: its number, and its hash."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class CoverPolicy:
    """How the office wants a device left alone; a device may be stricter, never less strict.

    `lock_after` and `cover_lasts` are the most seconds without a touch and under the cover; None leaves them
    to the device. `without_pin`: no PIN takes the cover off; else one of so many digits at least.
    """

    lock_after: int | None = None
    cover_lasts: int | None = None
    without_pin: bool = False
    pin_least: int = 4


@dataclass(frozen=True, slots=True)
class Reference:
    """What devices read and never write: colleagues, the programmes' files as their texts by id, the public
    half of the office's recovery key (empty where there is none), the device's own unlock codes, and how the
    office wants the device left alone."""

    colleagues: tuple[Colleague, ...] = ()
    programmes: Mapping[str, str] = field(default_factory=dict)
    recovery_key: str = ""
    unlock_codes: tuple[UnlockCode, ...] = ()
    cover: CoverPolicy | None = None

    @property
    def fingerprint(self) -> str:
        """A short text that is equal when two are."""
        lines = sorted(
            json.dumps([each.login, each.display_name, each.role, each.office, each.country, each.zone])
            for each in self.colleagues
        )
        parts: list[object] = [lines, sorted(self.programmes.items())]
        if self.recovery_key or self.unlock_codes:
            parts += [self.recovery_key, [[each.number, each.hash] for each in self.unlock_codes]]
        if self.cover is not None:
            parts.append(
                [self.cover.lock_after, self.cover.cover_lasts, self.cover.without_pin, self.cover.pin_least]
            )
        told = json.dumps(parts)
        return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class AlarmNotice:
    """What must not wait, as the server sees it. `case` is None where the office does not hold the case.

    It names nobody: the case by its code, the matter by a stable one. `since` is when it began and
    `raised` when the server saw it, in milliseconds.
    """

    code: str
    case_code: str
    since: int
    raised: int
    case: str | None = None


@dataclass(frozen=True, slots=True)
class Alarms:
    """All that stand for an office."""

    alarms: tuple[AlarmNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncResponse:
    """The answer to a sync.

    `accepted` and `refused` are device sequences of the request's change sets; `received` is the
    highest sequence of this device that the server has decided. `forms` and `reference` are None when
    the device's are up to date. The device's clock observes `max_stamp`, the greatest effective stamp.
    `alarms` are all that stand for the caller's office.
    """

    page: Page
    now: int
    max_stamp: str | None = None
    accepted: tuple[int, ...] = ()
    refused: tuple[Refused, ...] = ()
    received: int = 0
    conflicts: tuple[ConflictNotice, ...] = ()
    forms: tuple[FormListing, ...] | None = None
    reference: Reference | None = None
    alarms: tuple[AlarmNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What a server tells to anybody: `GET /v1/about`."""

    server: str
    name: str
    demo: bool
    now: int
    protocols: tuple[int, ...] = (PROTOCOL,)


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    login: str
    password: str
    label: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class EnrolledUser:
    login: str
    display_name: str
    role: str
    office: str
    zone: str


@dataclass(frozen=True, slots=True)
class EnrolResponse:
    """`token` is shown this once; the server keeps only its hash. An older server sends no `reference`."""

    device: str
    token: str
    user: EnrolledUser
    server: str
    epoch: str
    now: int
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in an office's changes. Opaque to devices: they keep and return its text.

    Pages follow each other in a *run*, until one says that there is no more. `sequence` is how far
    the run has come; `complete` where it began, which is how far the device is complete: a record
    that was changed again has left the pages ahead for later ones, and its earlier changes with it.
    Only the end of the run makes the device complete up to `sequence`; then `complete` is None.

    A cursor of another epoch or scope is answered with everything from the start.
    """

    epoch: str
    scope: str
    sequence: int
    complete: int | None = None

    @property
    def complete_to(self) -> int:
        """The sequence up to which whoever holds this cursor lacks nothing."""
        return self.sequence if self.complete is None else self.complete

    def __str__(self) -> str:
        parts = [self.epoch, self.scope, self.sequence]
        if self.complete is not None:
            parts.append(self.complete)
        text = json.dumps(parts, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises Problem('sync.cursor.invalid') for a text that no server gave."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            epoch, scope, *numbers = json.loads(base64.b64decode(padded, b"-_", validate=True))
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise Problem("sync.cursor.invalid") from None
        if not (
            isinstance(epoch, str)
            and isinstance(scope, str)
            and len(numbers) in (1, 2)
            and all(type(number) is int and 0 <= number <= numbers[0] for number in numbers)
        ):
            raise Problem("sync.cursor.invalid")
        return cls(epoch, scope, *numbers)


def forms_fingerprint(forms: tuple[FormListing, ...]) -> str:
    """A short text that is equal when two lists of forms are, whatever their order."""
    lines = sorted(f"{form.id}\n{form.version}\n{form.hash}" for form in forms)
    return hashlib.blake2b("\n\n".join(lines).encode(), digest_size=16).hexdigest()
