"""Dates and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from forms.expression.functions.registry import function
from forms.expression.values import INVALID, NAN, Moment, Value, moment_of_number, parse_moment, to_text

if TYPE_CHECKING:
    from forms.expression.focus import Environment


def moment_of(world: Environment, value: Value) -> Moment | None:
    """The moment that a value means: a text by ISO 8601, a number as days since 1970."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, float) and not isinstance(value, bool):
        return moment_of_number(value, world.zone)
    return parse_moment(to_text(value), world.zone)


@function("today", "", "value", world=True, cost=10)
def today(world: Environment) -> Moment:
    return Moment(world.now().astimezone(world.zone).date(), None, world.zone)


@function("now", "", "value", world=True, cost=10)
def now(world: Environment) -> Moment:
    at = world.now().astimezone(world.zone)
    return Moment(at.date(), at, world.zone)


@function("date", "value", "value", world=True, cost=20)
def date(world: Environment, value: Value) -> Value:
    """What is no date stays empty, or becomes 'Invalid Date', which equals no date and is false."""
    if not isinstance(value, float) and not to_text(value).strip():
        return ""
    if isinstance(value, bool):
        return INVALID
    moment = moment_of(world, value)
    return moment if moment is not None else INVALID


function("date-time", "value", "value", world=True, cost=20)(date)


@function("decimal-date-time", "value", "number", world=True, cost=20)
def decimal_date_time(world: Environment, value: Value) -> float:
    """Days since 1970-01-01, with the time of day as a fraction."""
    moment = moment_of(world, value)
    return moment.number() if moment is not None else NAN


@function("decimal-time", "value", "number", world=True, cost=20)
def decimal_time(world: Environment, value: Value) -> float:
    """The time of day as a fraction of the day, in the world's zone; of a moment its time there."""
    if isinstance(value, float) and not isinstance(value, bool):
        return value % 1.0
    moment = value if isinstance(value, Moment) else _time_of_day(to_text(value).strip(), world)
    if moment is None:
        return NAN
    at = moment.local() if moment.at is None else moment.at.astimezone(world.zone)
    return (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6) / 86400


def _time_of_day(text: str, world: Environment) -> Moment | None:
    return parse_moment(text if "T" in text else f"2000-01-01T{text}", world.zone)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse("ar_MA" if language == "ar" else language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@function("format-date", "value text", "text", world=True, cost=400)
def format_date(world: Environment, value: Value, pattern: str) -> str:
    """ODK's patterns: %Y %y %m %n %b %d %e %H %h %M %S %3 %a %W; names in the form's language."""
    if not isinstance(value, float) and not to_text(value).strip():
        return ""
    moment = moment_of(world, value)
    if moment is None:
        return INVALID
    at = moment.local()
    if moment.at is not None:
        at = moment.at.astimezone(world.zone)
    locale = _locale(world.language)
    shown = {
        "Y": f"{at.year:04d}",
        "y": f"{at.year % 100:02d}",
        "m": f"{at.month:02d}",
        "n": str(at.month),
        "d": f"{at.day:02d}",
        "e": str(at.day),
        "H": f"{at.hour:02d}",
        "h": str(at.hour),
        "M": f"{at.minute:02d}",
        "S": f"{at.second:02d}",
        "3": f"{at.microsecond // 1000:03d}",
        "W": f"{at.isocalendar().week:02d}",
        "%": "%",
    }
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character != "%" or place + 1 == len(pattern):
            parts.append(character)
            place += 1
            continue
        code = pattern[place + 1]
        if code == "b":
            parts.append(format_datetime(at, "LLL", locale=locale))
        elif code == "B":
            parts.append(format_datetime(at, "LLLL", locale=locale))
        elif code == "a":
            parts.append(format_datetime(at, "ccc", locale=locale))
        else:
            parts.append(shown.get(code, f"%{code}"))
        place += 2
    return "".join(parts)


function("format-date-time", "value text", "text", world=True, cost=400)(format_date)
