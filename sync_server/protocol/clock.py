"""The order of changes: hybrid logical clocks, and what the server makes of a device's claim.

A stamp is text that sorts as time does: `{milliseconds:012x}-{counter:04x}-{device}`. A device's
stamp is a *claim*. At each contact the server learns how far the device's clock is off, and gives
every claim an *effective* stamp, which alone orders: never later than the moment it arrived, and
always later than the changes that it replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.problems import Problem

MAX_MS: Final = 0xFFFF_FFFF_FFFF
MAX_COUNTER: Final = 0xFFFF

#: A clock that seems off by less than this is taken as right: it is the way of the request
#: through the network that is measured, and an unchanged claim costs no bytes in the pull.
TRUSTED_OFFSET_MS: Final = 2_000

#: A device's stamps that are further ahead than this come from a time when its clock was wrong.
STRAYED_MS: Final = 3_600_000

_STAMP = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{8}", re.ASCII)


class Stamp(NamedTuple):
    ms: int
    counter: int
    device: str


def is_stamp(text: object) -> bool:
    return isinstance(text, str) and _STAMP.fullmatch(text) is not None


def parse_stamp(text: str) -> Stamp:
    """The parts of a stamp. Raises Problem('sync.change.invalid') when it is none."""
    if not is_stamp(text):
        raise Problem("sync.change.invalid", {"what": "stamp"})
    return Stamp(int(text[:12], 16), int(text[13:17], 16), text[18:])


def format_stamp(ms: int, counter: int, device: str) -> str:
    """The text of a stamp; a moment before 1970 or beyond 48 bits is moved to the nearest end."""
    return f"{min(max(ms, 0), MAX_MS):012x}-{counter:04x}-{device}"


def device_of(stamp: str) -> str:
    return stamp[18:]


def milliseconds_of(stamp: str) -> int:
    return int(stamp[:12], 16)


class HybridClock:
    """The clock of one device: never goes back, whatever the wall clock does, but by `step_back`.

    `last` is the greatest stamp given or observed; keep it in the transaction that uses it and
    hand it in again at the next start. Observe only *effective* stamps (the server's `max_stamp`):
    claims of a clock that is years ahead would drag every device along.
    """

    def __init__(self, device: str, now_ms: Callable[[], int], last: str | None = None) -> None:
        self._device = device
        self._now_ms = now_ms
        self._ms, self._counter = parse_stamp(last)[:2] if last else (0, 0)

    @property
    def last(self) -> str:
        return format_stamp(self._ms, self._counter, self._device)

    def tick(self) -> str:
        """A new stamp, greater than every one before it."""
        now = min(max(self._now_ms(), 0), MAX_MS)
        if now > self._ms:
            self._ms, self._counter = now, 0
        else:
            self._ms, self._counter = _next(self._ms, self._counter)
        return self.last

    def observe(self, stamp: str) -> None:
        """Make sure that the next tick is greater than `stamp`."""
        seen = parse_stamp(stamp)
        self._ms, self._counter = max((self._ms, self._counter), seen[:2])

    def step_back(self, server_now: int, max_stamp: str | None) -> bool:
        """Leave a future that a wall clock, wrong for a while, has led to; whether there was one.

        Otherwise one answer given in 2099 would stamp all later ones in 2099, and the server, which
        lets none be later than it arrived, could not tell any more when each was written. Call it at
        a contact, when nothing unsent is left whose stamps must stay below the next one. The clock
        goes on from the server's time, after everything that the device has observed. While the
        wall clock is still wrong it does nothing, so that no claim is given twice.
        """
        if self._ms - max(server_now, self._now_ms()) <= STRAYED_MS:
            return False
        self._ms, self._counter = min(max(server_now, 0), MAX_MS), 0
        if max_stamp is not None:
            self.observe(max_stamp)
        return True


@dataclass(frozen=True, slots=True)
class Contact:
    """What the server knows of a device's clock at the moment of a request.

    `now` is the device's wall clock, `boot` and `uptime` its boot and the milliseconds since it
    by a clock that nobody can set; `received` is the server's own time.
    """

    now: int
    received: int
    boot: str | None = None
    uptime: int | None = None

    @property
    def offset(self) -> int:
        """How far the device's clock is ahead now, in milliseconds; 0 when it is as good as right."""
        return _trusted(self.now - self.received)

    def offset_at(self, change_set: ChangeSet) -> int:
        """How far the device's clock was ahead when it stamped `change_set`.

        Within one boot this is known exactly, even when the clock was set in between; across
        boots the offset of today stands for it.
        """
        if (
            change_set.boot is None
            or change_set.boot != self.boot
            or change_set.uptime is None
            or self.uptime is None
            or change_set.uptime > self.uptime
        ):
            return self.offset
        truly = self.received - (self.uptime - change_set.uptime)
        return _trusted(milliseconds_of(change_set.stamp) - truly)


def corrected(claim: str, offset: int, received: int) -> str:
    """The effective stamp of a claim, not yet lifted: corrected by the clock's `offset`, and never
    later than it arrived."""
    if not offset and int(claim[:12], 16) <= received:
        return claim
    ms, counter, device = parse_stamp(claim)
    return format_stamp(min(ms - offset, received), counter, device)


def lifted(own: str, parents: Iterable[str]) -> str:
    """The effective stamp of a change, lifted above those of the changes that it replaced."""
    highest = max(parents, default=None)
    if highest is None:
        return own
    ms, counter, _ = parse_stamp(highest)
    return max(own, format_stamp(*_next(ms, counter), device_of(own)))


def _next(ms: int, counter: int) -> tuple[int, int]:
    return (ms, counter + 1) if counter < MAX_COUNTER else (min(ms + 1, MAX_MS), 0)


def _trusted(offset: int) -> int:
    return 0 if abs(offset) < TRUSTED_OFFSET_MS else offset
