"""The days of a case: those of the office that holds it, wherever its records were written.

Midnight comes sooner in the east. So that two devices that hold the same records come to the same verdict,
every record of a case is dated in one zone, and today is the day there. What a worker writes down as a day is
one of her own office: who writes today's date means the moment of writing, and that moment has its day in the
case. Ends (until when a consent or an assessment holds) are days of the case as they were written down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forms.casework.case import local_date, moment


def zone_named(name: str) -> ZoneInfo:
    """The zone; UTC where the system does not know its name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zones_of_offices(people: Iterable[tuple[str, str, bool]]) -> Mapping[str, ZoneInfo]:
    """The zone of each office: the one of most of its people, who are told as (office, zone, whether she is a
    coordinator); of two with as many, the one of more coordinators, then the first by name. An office whose
    zone is not known is left out."""
    counted: dict[str, Counter[str]] = {}
    leading: Counter[tuple[str, str]] = Counter()
    for office, zone, coordinator in people:
        counted.setdefault(office, Counter())[zone] += 1
        leading[office, zone] += coordinator
    found = {}
    for office, count in counted.items():
        name = min(count, key=lambda each: (-count[each], -leading[office, each], each))
        try:
            found[office] = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return found


def as_told_here(value: Any, written: datetime, there: tzinfo, here: tzinfo) -> Any:
    """A day or a moment that was written down `there`, at the moment `written`, as a day of a case `here`.

    A moment keeps being it, and has the day that it had here. A day that was the day of writing is the day
    here at that time. Any other day, and what is neither, is left as it was written.
    """
    at = moment(value)
    if at is not None:
        return value if at.tzinfo is None else at.astimezone(here).isoformat()
    told = local_date(value)
    if told is None or told != written.astimezone(there).date():
        return value
    return written.astimezone(here).date().isoformat()


def last_of(zones: Iterable[tzinfo], now: datetime) -> tzinfo | None:
    """The zone that is furthest in the day; None where there is none."""
    return max(zones, key=lambda each: now.astimezone(each).replace(tzinfo=UTC), default=None)
