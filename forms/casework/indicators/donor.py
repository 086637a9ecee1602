"""A donor's output: the totals that were agreed, and tables without rows of fewer than k persons.

Each table is protected by itself: a row of fewer than k persons is withheld, with as many others as it
takes for the withheld persons to be k (or all). It does not protect against who subtracts one of a donor's
tables or reports from another, so it is for the donor, never for the public: that is `public`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from forms.casework.indicators.definitions import BY_CODE, Definition
from forms.casework.indicators.figures import ALL, Figure, Group, report
from forms.casework.indicators.population import GROUPS, Office, Period
from forms.errors import FormProblem

#: When a programme says nothing.
DEFAULT_K: Final = 5
#: Counts that speak of people, though a record of no case says so.
_OF_PEOPLE: Final = frozenset({"complaint"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a donor gets: tables as (indicator, groups), k, and indicators whose total is exact as agreed."""

    tables: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exact: frozenset[str] = frozenset({"assisted", "assisted.minors"})
    k: int = DEFAULT_K

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Agreement:
        """From a programme's file: `k = 5`, `exact = ["assisted"]`, `tables = [{indicator = "returned",
        by = ["country"]}]`. FormProblem when it names what is not counted, or k protects nobody.
        """
        k = table.get("k", DEFAULT_K)
        if isinstance(k, bool) or not isinstance(k, int) or k < 2:
            raise FormProblem("indicators.agreement.k")
        tables = []
        listed = table.get("tables", ())
        if not isinstance(listed, list | tuple) or not all(isinstance(each, Mapping) for each in listed):
            raise FormProblem("form.programme.value_invalid", name="tables")
        for each in listed:
            code, by = str(each.get("indicator", "")), tuple(str(name) for name in each.get("by", ()))
            if code not in BY_CODE:
                raise FormProblem("indicators.agreement.indicator", indicator=code)
            if unknown := [name for name in by if name not in GROUPS]:
                raise FormProblem("indicators.agreement.group", group=unknown[0])
            tables.append((code, by))
        exact = frozenset(str(code) for code in table.get("exact", cls().exact))
        if unknown := sorted(exact - BY_CODE.keys()):
            raise FormProblem("indicators.agreement.indicator", indicator=unknown[0])
        return cls(tuple(tables), exact, k)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a donor's report. What is withheld is None, and `withheld` says so."""

    indicator: str
    group: Group
    value: Decimal | None
    of: Decimal | None
    missing: int | None
    withheld: bool = False


def donor_report(office: Office, period: Period, as_of: date, agreed: Agreement) -> tuple[Line, ...]:
    """The tables that were agreed, in their order; of each first the line over all."""
    lines: list[Line] = []
    for code, by in agreed.tables:
        definition = BY_CODE[code]
        total, *rows = report(office, period, as_of, [definition], by)
        shown = _shown(definition, rows, agreed.k)
        whole = code in agreed.exact or _enough(definition, total, agreed.k) or total.value == 0
        lines.append(_line(total, whole, agreed.k))
        lines += [_line(row, row.group in shown, agreed.k) for row in rows]
    return tuple(lines)


def _shown(definition: Definition, rows: Sequence[Figure], k: int) -> frozenset[Group]:
    """The rows that are told. Those that share a denominator are protected together, and so are all."""
    shown = {row.group for row in rows if _enough(definition, row, k) or _nobody(definition, row)}
    around: dict[Group, list[Figure]] = {ALL: list(rows)}
    for row in rows:
        around.setdefault(row.group[:-1], []).append(row)
    settled = False
    while not settled:
        settled = True
        for together in around.values():
            withheld = [row for row in together if row.group not in shown]
            if withheld and len(_people(definition, withheld)) < k:
                told = [row for row in together if row.group in shown and not _nobody(definition, row)]
                if told:
                    shown.discard(min(told, key=lambda row: (row.persons, row.group)).group)
                    settled = False
    return frozenset(shown)


def _enough(definition: Definition, figure: Figure, k: int) -> bool:
    """Whether at least k persons are in it, and as many or none are in the denominator only."""
    people = len(_people(definition, [figure]))
    if _nobody(definition, figure):
        return True
    if people < k:
        return False
    others = {entry.person for entry in figure.whole if not entry.missing} - {
        entry.person for entry in figure.entries if not entry.missing
    }
    return not 0 < len(others) < k


def _nobody(definition: Definition, figure: Figure) -> bool:
    """Whether it counts no persons at all, but meetings or leaflets."""
    return not _people(definition, [figure]) and bool(figure.entries)


def _people(definition: Definition, figures: Iterable[Figure]) -> set[str]:
    entries = [
        entry
        for figure in figures
        for entry in figure.entries
        if not entry.missing or definition.missing == "own_row"
    ]
    people = {entry.person for entry in entries if entry.person}
    if definition.numerator in _OF_PEOPLE:
        people |= {entry.key for entry in entries if not entry.person}
    return people


def _line(figure: Figure, shown: bool, k: int) -> Line:
    if not shown:
        return Line(figure.indicator, figure.group, None, None, None, withheld=True)
    few = 0 < figure.missing < k
    return Line(figure.indicator, figure.group, figure.value, figure.of, None if few else figure.missing)
