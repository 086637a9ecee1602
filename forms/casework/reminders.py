"""Reminders to the worker: how much is due, in numbers; never whose it is, nor what.

A reminder may be read by whoever stands beside her, also on a covered screen. So it is a code and counts.
It obeys the safe contact of the persons behind it: a contact is not called to mind at a time at which the
person must not be contacted, lest the worker does it at once, nor while nobody knows how she may be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

from forms.casework.case import Case
from forms.casework.due.items import Due
from forms.casework.tables import Table, names_of

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: From which hour to which; the night goes over midnight.
PARTS: Final[Mapping[str, tuple[int, int]]] = {
    "morning": (6, 12),
    "afternoon": (12, 18),
    "evening": (18, 22),
    "night": (22, 6),
}

ReminderCode = Literal["reminder.alarm", "reminder.overdue", "reminder.today"]


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The section `office_hours` of a programme: when workers are reminded. An alarm keeps no hours."""

    days: tuple[str, ...] = WEEKDAYS[:5]
    opens: str = "08:00"
    closes: str = "17:00"

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> OfficeHours:
        """Problem form.programme.section_invalid."""
        given, usual = Table("office_hours", table, names_of(cls)), cls()
        days = given.words("days") if "days" in given else usual.days
        if not days or not set(days) <= set(WEEKDAYS):
            raise given.wrong("days")
        made = cls(days, given.text("opens", usual.opens), given.text("closes", usual.closes))
        for name in ("opens", "closes"):
            try:
                time.fromisoformat(getattr(made, name))
            except ValueError:
                raise given.wrong(name) from None
        if made._opens >= made._closes:
            raise given.wrong("closes")
        return made

    @property
    def _opens(self) -> time:
        return time.fromisoformat(self.opens)

    @property
    def _closes(self) -> time:
        return time.fromisoformat(self.closes)

    def open_at(self, now: datetime) -> bool:
        """`now` is in the office's zone."""
        return WEEKDAYS[now.weekday()] in self.days and self._opens <= now.time() < self._closes


@dataclass(frozen=True, slots=True)
class SafeTimes:
    """When a person may be contacted, as far as it can be told by rule.

    `never` are parts of the day and weekdays. `frozen`: how she may be reached is in conflict, and nobody
    contacts her until a person has resolved it. `read_first`: there are words of her own, which only a
    person can understand.
    """

    never: frozenset[str] = frozenset()
    frozen: bool = False
    read_first: bool = False

    @classmethod
    def of(cls, case: Case, never: Iterable[str] = (), *, frozen: bool = False) -> SafeTimes:
        """What is neither a part of the day nor a weekday is words: they are to be read."""
        told = {str(each) for each in never}
        words = told - set(PARTS) - set(WEEKDAYS)
        said = bool(case.safe_never.strip() or case.safe_times.strip() or words)
        return cls(frozenset(told - words), frozen, said)

    def excludes(self, now: datetime) -> bool:
        """Whether the person must not be contacted at `now`, local time of the office."""
        return self.frozen or any(_is_in(slot, now) for slot in self.never)


@dataclass(frozen=True, slots=True)
class Pending:
    """One due thing with the safe times of the person behind it."""

    item: Due
    safe: SafeTimes = SafeTimes()

    @property
    def is_contact(self) -> bool:
        """Whether to do it is to contact the person."""
        return self.item.kind.startswith("contact.")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What the worker is told: how many things, no more.

    `held` are contacts whose persons must not be contacted now; `read_first` tells that for some of those
    counted the safe contact is to be read before anything is done.
    """

    code: ReminderCode
    overdue: int
    today: int
    held: int = 0
    read_first: bool = False


def reminder(pending: Iterable[Pending], now: datetime, hours: OfficeHours | None = None) -> Reminder | None:
    """What there is to be reminded of at `now` (in the office's zone), or None.

    An overdue arrival or a suspicion is told at any hour; all else only while the office is open.
    """
    seen = [each for each in pending if each.item.on_desk(now.date())]
    alarms = [each for each in seen if _is_alarm(each.item)]
    if not (hours or OfficeHours()).open_at(now):
        seen = alarms
    held = [each for each in seen if each.is_contact and each.safe.excludes(now)]
    told = [each for each in seen if each not in held]
    overdue = sum(1 for each in told if each.item.overdue)
    if not told:
        return None
    code: ReminderCode = "reminder.alarm" if alarms else "reminder.overdue" if overdue else "reminder.today"
    read_first = any(each.is_contact and each.safe.read_first for each in told)
    return Reminder(code, overdue, len(told) - overdue, len(held), read_first)


def next_look(now: datetime, every: timedelta = timedelta(minutes=15)) -> datetime:
    """When to look again: at the next even step of the day, so that a part of the day ends in time."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = (now - midnight) // every + 1
    return midnight + steps * every


def _is_alarm(item: Due) -> bool:
    return (
        (item.kind == "arrival" and item.overdue)
        or item.kind == "escalation.suspected_retrafficking"
        or item.kind.startswith("alarm.")
    )


def _is_in(slot: str, now: datetime) -> bool:
    if slot in PARTS:
        start, end = PARTS[slot]
        return start <= now.hour < end if start < end else now.hour >= start or now.hour < end
    return slot == WEEKDAYS[now.weekday()]
