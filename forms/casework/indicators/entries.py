"""One thing that an indicator counts: of whom, on which day, under which labels, how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from forms.casework.facts import Evidence
from forms.casework.indicators.population import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution to a figure.

    `key` names what is counted (a person, a record, a row of one), so that two reports can be compared
    entry by entry. `missing` marks one that belongs into the figure, but whose fact is not known.
    """

    key: str
    on: date
    person: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    amount: Decimal = Decimal(1)
    missing: bool = False


#: What one person contributes, as known on the day up to which the report speaks.
OfPerson = Callable[[Person, date], Iterable[Entry]]
#: What one record without a case contributes.
OfActivity = Callable[[Evidence], Iterable[Entry]]


def of(person: Person, on: date, amount: Decimal | int = 1, **labels: str) -> Entry:
    """An entry of which a person has only one under these labels."""
    key = "|".join([person.key, *(f"{name}={value}" for name, value in sorted(labels.items()))])
    return Entry(key, on, person.key, labels, Decimal(amount))


def unknown(person: Person, on: date, **labels: str) -> Entry:
    """An entry of a person whose fact is not known."""
    key = "|".join([person.key, *(f"{name}={value}" for name, value in sorted(labels.items()))])
    return Entry(key, on, person.key, labels, Decimal(0), missing=True)
