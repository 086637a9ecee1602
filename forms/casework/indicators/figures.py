"""The exact figures of an office, for who may see its cases: the internal output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from forms.casework.facts import Evidence
from forms.casework.indicators.definitions import (
    INDICATORS,
    OF_PERSON,
    OF_RECORD,
    TARGET,
    Definition,
)
from forms.casework.indicators.entries import Entry
from forms.casework.indicators.population import GROUPS, UNKNOWN, Office, Period, groups_of

Group = tuple[tuple[str, str], ...]
#: The row over all.
ALL: Final[Group] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report. `value` is None where nothing can be told (a median of nobody).

    `of` is the denominator, None where there is none. `persons` are distinct persons in the numerator,
    `missing` entries whose fact is not known, `entries` what was counted, `whole` what the denominator
    counted.
    """

    indicator: str
    group: Group
    value: Decimal | None
    of: Decimal | None
    persons: int
    missing: int
    entries: tuple[Entry, ...] = ()
    whole: tuple[Entry, ...] = ()

    @property
    def share(self) -> Decimal | None:
        """Numerator by denominator; None where there is no denominator, or it is zero."""
        return self.value / self.of if self.value is not None and self.of else None


def report(
    office: Office,
    period: Period,
    as_of: date,
    definitions: Sequence[Definition] = INDICATORS,
    by: Sequence[str] = (),
) -> tuple[Figure, ...]:
    """All figures of these indicators for a period, by data up to `as_of`; of each first the row over all.

    Records dated after the end of the period or after `as_of` are not read: what is not yet over is not
    counted, and the same report can be made again later. `by` breaks each down by groups (see `GROUPS`).
    """
    until = min(period.last, as_of)
    seen = office.until(until)
    return tuple(
        figure for definition in definitions for figure in figures(definition, seen, period, until, by)
    )


def figures(
    definition: Definition, office: Office, period: Period, until: date, by: Sequence[str] = ()
) -> Iterator[Figure]:
    """The figures of one indicator: over all, then each row in order of its groups."""
    rows = tuple(dict.fromkeys((*definition.by, *by)))
    numerator = entries(definition.numerator, office, until, rows)
    counted = [each for each in numerator if _in(definition, period, until, each)]
    whole: list[Entry] | None = None
    if definition.denominator and definition.denominator != TARGET:
        found = entries(definition.denominator, office, until, rows)
        whole = [each for each in found if _in(definition, period, until, each)]
    yield _figure(definition, ALL, counted, whole, office.targets)
    if not rows:
        return
    groups: dict[Group, list[Entry]] = {}
    for each in counted:
        groups.setdefault(_group(each, rows), []).append(each)
    for each in whole or ():
        if all(row in each.labels for row in rows):  # a row of which only the denominator has someone
            groups.setdefault(_group(each, rows), [])
    for group in sorted(groups):
        yield _figure(definition, group, groups[group], _matching(whole, group), None)


def entries(code: str, office: Office, until: date, rows: Sequence[str]) -> list[Entry]:
    """Everything that counts under a code, labelled with the groups that these rows ask for."""
    wanted = [row for row in rows if row in GROUPS]
    found: list[Entry] = []
    if code in OF_PERSON:
        for person in office.persons:
            groups = groups_of(person, wanted)
            found += [_labelled(each, groups) for each in OF_PERSON[code](person, until)]
        return found
    count = OF_RECORD[code]
    for record in office.activities:
        groups = {name: _of_record(record, name) for name in wanted}
        found += [_labelled(each, groups) for each in count(record)]
    for person in office.persons:
        groups = groups_of(person, wanted)
        for record in person.evidence:
            found += [replace(_labelled(each, groups), person=person.key) for each in count(record)]
    return found


def _labelled(entry: Entry, groups: Mapping[str, str]) -> Entry:
    return replace(entry, labels={**groups, **entry.labels}) if groups else entry


def _of_record(record: Evidence, group: str) -> str:
    """The group of a record that is of no case: as it says itself, the country also by its author."""
    meanings = {"programme": "programme.code", "donor": "programme.donor", "host_state": "case.host_country"}
    said = record.text(meanings[group]) if group in meanings else ""
    return said or (record.country if group == "country" else "") or UNKNOWN


def _in(definition: Definition, period: Period, until: date, entry: Entry) -> bool:
    if entry.on > until:
        return False
    return definition.cut_off == "until_end" or entry.on >= period.first


def _group(entry: Entry, rows: Sequence[str]) -> Group:
    return tuple((row, entry.labels.get(row, UNKNOWN)) for row in rows)


def _matching(whole: Iterable[Entry] | None, group: Group) -> list[Entry] | None:
    """What of the denominator belongs to a row: rows that it does not know do not divide it."""
    if whole is None:
        return None
    return [each for each in whole if all(each.labels.get(row, name) == name for row, name in group)]


def _figure(
    definition: Definition,
    group: Group,
    counted: list[Entry],
    whole: list[Entry] | None,
    targets: Mapping[str, int] | None,
) -> Figure:
    known = [each for each in counted if not each.missing or definition.missing == "own_row"]
    target = (targets or {}).get(definition.code) if definition.denominator == TARGET else None
    return Figure(
        definition.code,
        group,
        _measured(definition, known),
        Decimal(target) if target is not None else None if whole is None else _size(definition, whole),
        len({each.person for each in known if each.person}),
        sum(1 for each in counted if each.missing),
        tuple(counted),
        tuple(whole or ()),
    )


def _measured(definition: Definition, known: list[Entry]) -> Decimal | None:
    match definition.measure:
        case "persons":
            return Decimal(len({each.person for each in known}))
        case "entries":
            return Decimal(len(known))
        case "sum":
            return sum((each.amount for each in known), Decimal(0))
        case "median":
            return median(each.amount for each in known) if known else None


def _size(definition: Definition, whole: list[Entry]) -> Decimal:
    if definition.measure == "persons":
        return Decimal(len({each.person for each in whole if not each.missing}))
    return Decimal(sum(1 for each in whole if not each.missing))
