"""What counts as said in a case: the newest word on a thing, and nothing good from a day still to come.

Rules that protect people ask here, so that all of them treat doubt alike. Two records of one day that
do not agree are both believed; a record dated ahead (a wrong year) says nothing for a person's travel
until its day, and says what it says against it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from forms.casework.facts import Evidence, saying


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a thing may not be done now: a stable code, the records it rests on, and the day of an expiry.

    What is `hard` cannot be passed by anyone.
    """

    code: str
    hard: bool = True
    evidence: tuple[str, ...] = ()
    expires: date | None = None


def in_order(found: Iterable[Evidence]) -> list[Evidence]:
    """The records in an order that does not depend on the one in which a device got them."""
    return sorted(found, key=lambda each: (each.on, each.order, each.record))


def newer(one: Evidence, other: Evidence, *of: str, than: tuple[str, ...] = ()) -> bool:
    """Whether a record certainly comes after the other. Of one day, only the order of both can tell.

    `of` are the meanings of the one that count, `than` those of the other: an answer is as old as when it was
    given, whatever else of its record was changed since. Without them the whole record counts.
    """
    (day, order), (other_day, other_order) = one.at(*of), other.at(*than)
    if day != other_day:
        return day > other_day
    return bool(order and other_order) and order > other_order


def last_word(
    found: Iterable[Evidence],
    today: date,
    *meanings: str,
    good: Callable[[Evidence], bool],
    dated: str = "",
) -> tuple[Evidence, ...]:
    """All records of the newest day that say any of these meanings; none where nothing was said.

    `good` tells a record that speaks for a person's plans. `dated` is the meaning of a day that such a
    record tells by itself: what is good is as old as the older of the two days, and as its answer, what is
    not as new as the newer.
    """
    said = []
    for each in saying(found, *meanings):
        fine = good(each)
        told = each.day(dated) if dated else None
        day = min(told or each.on, each.at(*meanings)[0]) if fine else max(each.on, told or each.on)
        if not fine or max(each.on, told or each.on) <= today:
            said.append((day, each))
    newest = max((day for day, _ in said), default=None)
    return tuple(each for day, each in said if day == newest)


def named(value: object) -> bool:
    """Whether an answer names something: a dash, a dot or a space does not."""
    if isinstance(value, list | tuple):
        return any(named(each) for each in value)
    return isinstance(value, str) and any(character.isalnum() for character in value)


def ids(found: Iterable[Evidence]) -> tuple[str, ...]:
    """The records' ids, each once, in a fixed order."""
    return tuple(sorted({each.record for each in found}))
