"""The public output: fixed tables from which nobody can work out a number below k, however many are read.

The mechanism, whole: **each table tells each person once, in a row of at least k persons, and those whom
it has not told yet are none or at least k.** Told rows are never revised. So at any time each table divides
all persons told of into parts of at least k, and what a later report adds to a row is at least k as well.

- A row is told when at least k persons wait for it. If the rest who wait would be 1 to k-1, the
  smallest row that could be told waits with them (complementary suppression).
- A table within a row (regions of one country) divides the persons of that row, by the same rule.
- All tables are of the same persons, who entered `persons` in waves of at least k. The fixed tables are
  such that no row of one decides the row of another, save by a table within a row.

Why it holds: with parts of at least k, any crossing of rows a and b of T persons lies between
max(0, a + b - T) and min(a, b), and these are min(a, b, T-a, T-b) apart: at least k, or both are one part.

What it does not protect against:
- who knows some of the persons counts them out first (k-1 colluding persons leave one);
- who knows how rows are chosen knows that one of the rows that wait is below k, though not which one; who
  also knows the country may guess which;
- a fact that is not a number here: that a row of the list exists, or that *all* of a part share it;
- rows that decide each other in life (one village, one trade) in ways that the tables do not know;
- a second publisher of the same persons, an internal or a donor's report that gets out, or another k;
- numbers that are not of persons (money, days, contacts): they are not published at all;
- a ledger that is lost: without it no second report may be made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from forms.casework.consent import ConsentRules, in_force
from forms.casework.facts import latest
from forms.casework.indicators.journey import assisted
from forms.casework.indicators.population import GROUPS, Office, Person
from forms.errors import FormProblem

#: Fewer persons than these are nobody's to count. A programme cannot lower it.
K: Final = 11
#: The name of the table of all persons.
PERSONS: Final = "persons"
_CONSENTS: Final = ConsentRules()
#: The row of each person, by the person's key.
Rows = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FixedTable:
    """One table of the public output, and the table within each of its rows, if there is one."""

    code: str
    row: Callable[[Person], str]
    within: FixedTable | None = None


def _solution(person: Person) -> str:
    told = latest(person.evidence, "solution.decision")
    found = told.text("solution.decision") if told else ""
    return "" if found in ("", "undecided") else found


#: All tables. `solution` waits until it is decided; the others have a row 'unknown'. More tables need the
#: proof above: none may decide the row of another, such as 'received' does 'returned'.
TABLES: Final = (
    FixedTable("country", GROUPS["country"], FixedTable("region", GROUPS["region"])),
    FixedTable("host_state", GROUPS["host_state"]),
    FixedTable("sector", GROUPS["sector"]),
    FixedTable("sex", GROUPS["sex"]),
    FixedTable("minority", GROUPS["minority"]),
    FixedTable("solution", _solution),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One published table: its rows with the persons told in each, and how many of `total` wait."""

    code: str
    total: int
    rows: Mapping[str, int]
    waiting: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who was told in which row of which table, by the persons' keys. Secret, kept for ever, only added to.

    A table within a row is named by it: `country/al`.
    """

    told: Mapping[str, Rows] = field(default_factory=dict)
    published: str = ""

    def as_data(self) -> dict[str, Any]:
        """In plain values, to be kept in the encrypted store."""
        return {
            "told": {table: dict(sorted(rows.items())) for table, rows in sorted(self.told.items())},
            "published": self.published,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Ledger:
        """The ledger that was kept. FormProblem when it is none: to begin anew would undo all protection."""
        told = data.get("told")
        if not isinstance(told, Mapping) or not all(isinstance(rows, Mapping) for rows in told.values()):
            raise FormProblem("indicators.ledger.damaged")
        return cls(told, str(data.get("published", "")))


@dataclass(frozen=True, slots=True)
class PublicReport:
    """What is published: tables of persons told of so far, and nothing else."""

    as_of: date
    k: int
    tables: tuple[Table, ...]

    def as_data(self) -> dict[str, Any]:
        """In plain values."""
        return {
            "as_of": self.as_of.isoformat(),
            "k": self.k,
            "tables": [
                {"code": t.code, "total": t.total, "rows": dict(sorted(t.rows.items())), "waiting": t.waiting}
                for t in self.tables
            ],
        }


def publish(
    office: Office, as_of: date, ledger: Ledger, consents: ConsentRules = _CONSENTS
) -> tuple[PublicReport, Ledger]:
    """The public report of who was assisted up to `as_of`, and the ledger to be kept with it.

    Told of is only who agreed to statistics. The caller keeps the new ledger before the report is shown
    to anybody, and never publishes two from one ledger. FormProblem when one was published later than
    `as_of`: what was told then may not be told anew as something older.
    """
    if ledger.published and as_of.isoformat() < ledger.published:
        raise FormProblem("indicators.ledger.later", published=ledger.published)
    agreed = [each.until(as_of) for each in office.persons if _may_be_told(each, as_of, consents)]
    persons = {key: each for each in agreed for key in (each.key, *each.also)}
    told = {table: dict(rows) for table, rows in ledger.told.items()}
    everybody = told.setdefault(PERSONS, {})
    entered = [each.key for each in agreed if not everybody.keys() & {each.key, *each.also}]
    if len(entered) >= K:
        everybody.update(dict.fromkeys(entered, "assisted"))
    tables = [Table(PERSONS, len(everybody), {"assisted": len(everybody)} if everybody else {}, 0)]
    for table in TABLES:
        tables += _tell(table, table.code, everybody, persons, told)
    return PublicReport(as_of, K, tuple(tables)), Ledger(told, as_of.isoformat())


def _tell(
    table: FixedTable,
    name: str,
    universe: Rows,
    persons: Mapping[str, Person],
    told: dict[str, dict[str, str]],
) -> list[Table]:
    """The table for the persons of a universe, after telling who can be told; then those within its rows."""
    rows = told.setdefault(name, {})
    waiting = {key: table.row(persons[key]) if key in persons else "" for key in universe if key not in rows}
    rows.update({key: row for key, row in waiting.items() if row in tellable(waiting, K)})
    counts: dict[str, int] = {}
    for row in rows.values():
        counts[row] = counts.get(row, 0) + 1
    found = [Table(name, len(universe), counts, len(universe) - len(rows))]
    if table.within is not None:
        for row in sorted(counts):
            members = {key: here for key, here in rows.items() if here == row}
            found += _tell(table.within, f"{name}/{row}", members, persons, told)
    return found


def tellable(waiting: Rows, k: int) -> frozenset[str]:
    """The rows that can be told now, of those that persons wait for; '' is a row that is not known yet.

    Each has at least k persons; the others, who go on waiting, are none or at least k. If there are two
    rows only, and one is too small, neither is told.
    """
    counts: dict[str, int] = {}
    for row in waiting.values():
        counts[row] = counts.get(row, 0) + 1
    tell = sorted((row for row in counts if row and counts[row] >= k), key=lambda row: (counts[row], row))
    rest = {row: count for row, count in counts.items() if row not in tell}
    while tell and rest and sum(rest.values()) < k:
        smallest = tell.pop(0)
        rest[smallest] = counts[smallest]
    return frozenset(tell)


def _may_be_told(person: Person, as_of: date, consents: ConsentRules) -> bool:
    """Who was assisted up to that day, and whose consent to statistics is in force; a withdrawal that came
    since counts.
    """
    if not any(True for _ in assisted(person.until(as_of), as_of)):
        return False
    return in_force("statistics", "", person.evidence, as_of, case=person.case, rules=consents).in_force
