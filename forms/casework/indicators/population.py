"""Whom indicators count, and by what they are told apart: persons with their evidence, groups, periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from forms.casework.case import Case, add_years
from forms.casework.facts import Evidence, latest, saying

#: What is not known has a row of its own, so that the rows of a table add up to its total.
UNKNOWN: Final = "unknown"
#: Age groups by their first year of age; 18 is a border, so that minors are the sum of whole groups.
AGE_GROUPS: Final = ((0, "0-11"), (12, "12-15"), (16, "16-17"), (18, "18-24"), (25, "25-39"), (40, "40+"))

Minority = Literal["minor", "adult", "not_established"]


@dataclass(frozen=True, slots=True)
class Period:
    """From a first to a last day, both in it."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the office: the case, and all finished records of it. `key` is the case's record id.

    Two cases of one person are to be merged before (`case_merge.merged_view`), or the person counts twice;
    `also` has the record ids of those that were merged into this one.
    """

    key: str
    case: Case
    evidence: tuple[Evidence, ...] = ()
    also: frozenset[str] = frozenset()

    def until(self, day: date) -> Person:
        """The person as known by records of this day and before: those dated later say nothing yet."""
        return replace(self, evidence=tuple(each for each in self.evidence if each.on <= day))


@dataclass(frozen=True, slots=True)
class Office:
    """What a report is made from: persons, records that are of no case (trainings), and agreed targets.

    Targets are by the code of the indicator, such as `{"assisted": 130, "assisted.minors": 10}`.
    """

    persons: tuple[Person, ...] = ()
    activities: tuple[Evidence, ...] = ()
    targets: Mapping[str, int] | None = None

    def until(self, day: date) -> Office:
        """The office as known by records of this day and before; of its activities, those held by then."""
        return replace(
            self,
            persons=tuple(person.until(day) for person in self.persons),
            activities=tuple(each for each in self.activities if held_on(each) <= day),
        )


def held_on(activity: Evidence) -> date:
    """The day of an activity as its record tells it: who changes the record later, because what was agreed is
    done, does not move the activity. One that is dated after its record was written is a slip.
    """
    told = activity.day("activity.on")
    return activity.on if told is None else min(told, activity.on)


def boarded(person: Person) -> Evidence | None:
    """The record of the first journey that was begun; None when there was none."""
    told = saying(person.evidence, "travel.boarded")
    return next((each for each in told if each.text("travel.boarded") == "yes"), None)


def departed_on(person: Person) -> date | None:
    """The day of the first departure."""
    journey = boarded(person)
    if journey is None:
        return None
    return journey.day("travel.departure_at") or journey.on


def arrivals(person: Person) -> list[tuple[date, str]]:
    """Each expected arrival and how it ended, the oldest first."""
    told = saying(person.evidence, "arrival.outcome")
    return sorted(((each.day("arrival.at") or each.on), each.text("arrival.outcome")) for each in told)


def arrived_on(person: Person) -> date | None:
    """The day of the first arrival: by a reception, or by the case file; a no-show is none."""
    days = [day for day, outcome in arrivals(person) if outcome in ("received", "declined", "unknown_person")]
    if person.case.arrived_on is not None:
        days.append(person.case.arrived_on)
    return min(days, default=None)


def age(person: Person, on: date) -> int | None:
    """The age in whole years by the date of birth, or by an estimate; None when neither is known."""
    born = person.case.birth_date
    if born is not None:
        years = on.year - born.year
        return max(years - (on < add_years(born, years)), 0)
    found = latest(person.evidence, "age.estimate")
    estimate = None if found is None else number(found.get("age.estimate"))
    return None if estimate is None or estimate < 0 else int(estimate)


def minority(person: Person, on: date) -> Minority:
    """Whether the person was a minor then. An estimate of 18 or more establishes nothing, and of two
    facts that contradict each other the younger one holds.
    """
    told = latest(person.evidence, "age.established")
    said = "" if told is None else told.text("age.established")
    born = person.case.birth_date
    years = age(person, on)
    if said == "minor" and (born is None or on < add_years(born, 18)):
        return "minor"
    if years is not None and years < 18:
        return "minor"
    if born is not None or said == "adult":
        return "adult"
    return "not_established"


def entered_on(person: Person) -> date:
    """The day at which a person's age is told: of the first record, or of a date far off when there is none.

    A person is in one age group for the whole programme, so that nobody moves between rows of two reports.
    """
    return min((each.on for each in person.evidence), default=date.max)


def number(value: Any) -> Decimal | None:
    """The number of an answer; None where it is none, or none that can be added up."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _said(*meanings: str) -> Callable[[Person], str]:
    """By the first of these meanings that anything was said of."""

    def of(person: Person) -> str:
        for meaning in meanings:
            found = latest(person.evidence, meaning)
            if found is not None and found.text(meaning):
                return found.text(meaning)
        return UNKNOWN

    return of


def _age_group(person: Person) -> str:
    on = entered_on(person)
    years, minor = age(person, on), minority(person, on)
    if years is None or (minor == "not_established"):
        return "not_established"
    if (years < 18) != (minor == "minor"):
        return "not_established"
    return [name for first, name in AGE_GROUPS if years >= first][-1]


#: By what persons are told apart in a table.
GROUPS: Final[Mapping[str, Callable[[Person], str]]] = {
    "programme": _said("case.programme", "programme.code"),
    "donor": _said("programme.donor"),
    "host_state": _said("case.host_country"),
    "country": lambda person: person.case.country or UNKNOWN,
    "region": _said("case.region"),
    "sector": _said("exploitation.sector"),
    "sex": lambda person: person.case.sex or UNKNOWN,
    "age_group": _age_group,
    "minority": lambda person: minority(person, entered_on(person)),
}


def groups_of(person: Person, names: Iterable[str]) -> dict[str, str]:
    """The groups of a person, by their names."""
    return {name: GROUPS[name](person) for name in names if name in GROUPS}
