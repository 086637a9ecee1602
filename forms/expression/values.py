"""The values of expressions and the casts between them, as XPath 1.0 and OpenRosa define them.

A value is a number (float), a text, a truth, a `Moment` (date or date and time) or a list of nodes.
A date as a number is days since 1970-01-01 at UTC, so that midnight of a place has a fraction. The
fraction of a bare date is that of the zone's standard time in summer too: the days between two dates
are a whole number, whatever the clocks did between them.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from forms.expression.nodes import Node

_NUMBER = re.compile(
    r"[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?[ \t\r\n]*", re.ASCII
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.ASCII,
)
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAN = math.nan


class Moment:
    """A date (`at` is None) or a date and time. Not a Python datetime, because a date has no zone."""

    __slots__ = ("at", "day", "zone")

    def __init__(self, day: date, at: datetime | None, zone: tzinfo) -> None:
        self.day = day
        self.at = at
        self.zone = zone

    def number(self) -> float:
        """Days since 1970-01-01 at UTC."""
        if self.at is not None:
            return (self.at - _EPOCH) / _DAY
        return (self.day - _EPOCH.date()).days - standard_offset(self.zone, self.day) / _DAY

    def text(self) -> str:
        if self.at is None:
            return self.day.isoformat()
        return self.at.isoformat(timespec="milliseconds")

    def local(self) -> datetime:
        """As the wall clock of its own offset shows it."""
        return self.at if self.at is not None else datetime(self.day.year, self.day.month, self.day.day)  # noqa: DTZ001


class Days(float):
    """Days since 1970 that number() made of a date. As a number they have the fraction that the zone gives
    them; as a text they are whole days, those of the date or, of a moment, those passed at UTC."""

    __slots__ = ("whole",)
    whole: int

    @classmethod
    def of(cls, moment: Moment) -> Days:
        days = cls(moment.number())
        days.whole = (moment.day - _EPOCH.date()).days if moment.at is None else math.floor(days)
        return days


class NoDate(str):
    """What date() makes of a text that is no date: it shows as 'Invalid Date', and is false."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


INVALID = NoDate("Invalid Date")

Value = Union[float, str, bool, Moment, "list[Node]"]


def standard_offset(zone: tzinfo, day: date) -> timedelta:
    """How far the zone is ahead of UTC on that day, without summer time."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return (noon.utcoffset() or timedelta()) - (noon.dst() or timedelta())


def parse_moment(text: str, zone: tzinfo) -> Moment | None:
    """A date, or a date and time, from its ISO 8601 text; None when it is neither or does not exist.

    A time without an offset is local.
    """
    text = text.strip()
    match = _DATE.fullmatch(text)
    try:
        if match:
            return Moment(date(int(match[1]), int(match[2]), int(match[3])), None, zone)
        match = _DATE_TIME.fullmatch(text)
        if match is None:
            return None
        year, month, day = (int(part) for part in match[1].split("-"))
        micros = int((match[5] or "0").ljust(6, "0")[:6])
        at = datetime(
            year, month, day, int(match[2]), int(match[3]), int(match[4] or 0), micros, _zone(match[6], zone)
        )
        return Moment(at.date(), at, zone)
    except ValueError:
        return None


def _zone(offset: str | None, zone: tzinfo) -> tzinfo:
    if offset is None:
        return zone
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    if int(digits[2:] or 0) > 59:
        raise ValueError(offset)
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def moment_of_number(days: float, zone: tzinfo) -> Moment | None:
    """The moment so many days after 1970; a date when that is midnight of standard time in the zone."""
    if math.isnan(days) or abs(days) > 2_900_000:
        return None
    try:
        instant = _EPOCH + timedelta(milliseconds=round(days * 86_400_000))
        local = instant + standard_offset(zone, instant.date())
    except OverflowError:
        return None
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return Moment(local.date(), None, zone)
    at = instant.astimezone(zone)
    return Moment(at.date(), at, zone)


def text_to_number(text: str, zone: tzinfo) -> float:
    """XPath's number() of a text; the text of a date counts as that date."""
    if _NUMBER.fullmatch(text):
        return float(text)
    if len(text) >= 8 and text[4:5] == "-":
        moment = parse_moment(text, zone)
        if moment is not None:
            return moment.number()
    return NAN


def number_to_text(number: float) -> str:
    """XPath's string() of a number: no exponent, no `.0`."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if isinstance(number, Days):
        return str(number.whole)
    if number == int(number):
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text


def to_number(value: Value, zone: tzinfo) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        return text_to_number(value, zone)
    if isinstance(value, Moment):
        return value.number()
    return value[0].number(zone) if value else NAN


def to_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_to_text(value)
    if isinstance(value, Moment):
        return value.text()
    return value[0].text if value else ""


def to_boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value == value and value != 0.0
    if isinstance(value, Moment):
        return True
    return bool(value)
