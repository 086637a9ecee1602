"""A differencing attack on public reports finds nobody; on what is less careful it does.

The attacker has every public report so far, knows that they are about the same persons, that what was told
is never revised, and when who entered. From these it writes down every equation and asks, for each small
number of the truth, between which bounds it must lie: an exact linear program over the crossings of two
tables and of all reports, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators import public
from forms.casework.indicators.population import Office, Person
from forms.casework.indicators.public import PERSONS, K, Ledger, Table, publish
from tests.casework.office_of_130 import office_of_130

NEVER = 99
"""The report in which one is told who was in none."""


# The linear program


class Program:
    """Whole numbers x >= 0 that satisfy equations: between which bounds can the sum of some of them lie?

    A simplex in integers (Edmonds: all entries over one common denominator), so that nothing is rounded.
    """

    def __init__(self, variables: int, equations: Sequence[tuple[Iterable[int], int]]) -> None:
        self.variables = variables
        self.width = variables + len(equations)
        self.scale = 1
        self.rows: list[list[int]] = []
        for place, (members, total) in enumerate(equations):
            row = [0] * (self.width + 1)
            for member in members:
                row[member] += 1
            row[variables + place] = 1
            row[-1] = total
            self.rows.append(row)
        self.basis = list(range(variables, self.width))
        self.chosen: set[int] = set()
        self.seen: set[int] = set()
        cost = [0] * (self.width + 1)
        for column in range(variables, self.width):
            cost[column] = 1
        goal = self._minimise(cost, self.width)
        assert goal[0] == 0, "no persons at all satisfy these reports"
        self._drop_artificial()

    def bounds(self, members: Iterable[int]) -> tuple[int, int]:
        """The least and the greatest sum of these variables, rounded to whole numbers: no sum of whole
        persons lies outside. `seen` has the sums of the solutions in whole persons that were met on the way.
        """
        chosen = set(members)
        low = [1 if column in chosen else 0 for column in range(self.width)] + [0]
        high = [-entry for entry in low]
        self.chosen, self.seen = chosen, set()
        least, scale = self._minimise(low, self.variables)
        most, other = self._minimise(high, self.variables)
        return -(-least // scale), -most // other

    def apart(self, k: int) -> bool:
        """Whether two solutions in whole persons were seen whose sums are k apart. Where the ends of the
        bounds are no whole persons, others of the same sum are looked for by a cost of little weight.
        """
        random = Random(k)
        for _ in range(60):
            if max(self.seen) - min(self.seen) >= k:
                return True
            for sign in (10_000, -10_000):
                cost = [random.randrange(10) for _ in range(self.width)]
                for column in self.chosen:
                    cost[column] += sign
                self._minimise([*cost, 0], self.variables)
        return max(self.seen) - min(self.seen) >= k

    def _look(self) -> None:
        if all(row[-1] % self.scale == 0 for row in self.rows):
            here = (row[-1] for row, base in zip(self.rows, self.basis, strict=True) if base in self.chosen)
            self.seen.add(sum(here) // self.scale)

    def _minimise(self, cost: Sequence[int], columns: int) -> tuple[int, int]:
        goal = [entry * self.scale for entry in cost]
        for place, column in enumerate(self.basis):
            if cost[column]:
                goal = [a - cost[column] * b for a, b in zip(goal, self.rows[place], strict=True)]
        while True:
            entering = next((c for c in range(columns) if goal[c] < 0), None)
            self._look()
            if entering is None:
                return -goal[-1], self.scale
            leaving = None
            for place, row in enumerate(self.rows):
                if row[entering] > 0:
                    rate = (row[-1], row[entering], self.basis[place])
                    if leaving is None or self._smaller(rate, leaving[1]):
                        leaving = (place, rate)
            assert leaving is not None, "no bound at all"
            goal = self._pivot(leaving[0], entering, goal)

    @staticmethod
    def _smaller(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
        here, there = one[0] * other[1], other[0] * one[1]
        return here < there or (here == there and one[2] < other[2])  # Bland: it always ends

    def _pivot(self, place: int, column: int, goal: list[int]) -> list[int]:
        pivot, at = self.rows[place], self.rows[place][column]

        def eliminated(row: list[int]) -> list[int]:
            factor = row[column]
            if not factor:
                return row if at == self.scale else [a * at // self.scale for a in row]
            return [(a * at - factor * b) // self.scale for a, b in zip(row, pivot, strict=True)]

        goal = eliminated(goal)
        self.rows = [row if row is pivot else eliminated(row) for row in self.rows]
        self.basis[place] = column
        self.scale = at
        return goal

    def _drop_artificial(self) -> None:
        """What the first phase needed leaves the basis; a row that says nothing new leaves altogether."""
        for place in range(len(self.rows) - 1, -1, -1):
            if self.basis[place] < self.variables:
                continue
            row = self.rows[place]
            column = next((c for c in range(self.variables) if row[c]), None)
            if column is None:
                del self.rows[place], self.basis[place]
                continue
            if row[column] < 0:
                self.rows[place] = [-entry for entry in row]
            self._pivot(place, column, [0] * (self.width + 1))


def test_the_program_finds_the_bounds_of_a_table_of_two_by_two() -> None:
    # rows 7 and 5, columns 9 and 3
    program = Program(4, [((0, 1), 7), ((2, 3), 5), ((0, 2), 9), ((1, 3), 3)])
    assert [program.bounds([cell]) for cell in range(4)] == [(4, 7), (0, 3), (2, 5), (0, 3)]
    assert program.bounds([0, 3]) == (4, 10)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), st.sets(st.integers(0, 5), min_size=1))
def test_the_program_agrees_with_trying_everything(truth: list[int], chosen: set[int]) -> None:
    equations = [((0, 1, 2), 0), ((3, 4, 5), 0), ((0, 3), 0), ((1, 4), 0), ((4, 5), 0)]
    known = [(members, sum(truth[m] for m in members)) for members, _ in equations]
    fitting = []
    for tried in product(*(range(min(t for ms, t in known if v in ms) + 1) for v in range(6))):
        if all(sum(tried[m] for m in members) == total for members, total in known):
            fitting.append(sum(tried[m] for m in chosen))
    low, high = Program(6, known).bounds(chosen)
    assert (low, high) == (min(fitting), max(fitting))


# The attack

Reports = Sequence[Sequence[Table]]
State = tuple[int, str] | None
"""In which report a person was told in a table, and the row; none who is not of the table's persons."""


@dataclass(frozen=True)
class Found:
    """A number below k that must lie within bounds less than k apart."""

    cell: str
    truth: int
    bounds: tuple[int, int]


def attack(
    reports: Reports, truth: Mapping[str, Mapping[str, State]], k: int = K, tables: int = 2
) -> list[Found]:
    """Every small number of the truth that the reports give away, over all crossings of so many tables.

    `truth` has for each table, by person, the state; for `persons`, the report in which they entered. It
    tells the attacker which rows exist, and which numbers are worth trying; the bounds use reports only.
    """
    names = [name for name in truth if name != PERSONS]
    found: list[Found] = []
    for count in range(1, tables + 1):
        for crossed in combinations(names, count):
            found += _attack_on(crossed, reports, truth, k)
    return found


def _attack_on(
    names: tuple[str, ...], reports: Reports, truth: Mapping[str, Mapping[str, State]], k: int
) -> list[Found]:
    wanted = [*dict.fromkeys(part for name in names for part in _around(name))]
    rows = {name: sorted({s[1] for s in truth[name].values() if s}) for name in wanted}
    told = [{table.code: table for table in report} for report in reports]
    atoms = list(_atoms(wanted, rows, told))
    equations = list(_equations(wanted, rows, told, atoms))
    program = Program(len(atoms), equations)
    people: dict[tuple[State, ...], int] = {}
    for person, entered in truth[PERSONS].items():
        state = (entered, *(truth[name].get(person) for name in wanted))
        people[state] = people.get(state, 0) + 1
    for members, total in equations:  # the attacker's equations are true
        assert sum(people.get(atoms[member], 0) for member in members) == total

    found = []
    for label, belongs in _cells(wanted, rows, len(reports)):
        count = sum(number for state, number in people.items() if belongs(state))
        if not 1 <= count < k:
            continue
        low, high = program.bounds(place for place, atom in enumerate(atoms) if belongs(atom))
        assert low <= count <= high
        if high - low < k:
            found.append(Found(label, count, (low, high)))
        else:  # the bounds could be narrower for whole persons: two such solutions show that they are not
            program.seen.add(count)
            assert program.apart(k), (label, count, (low, high), sorted(program.seen))
    return found


def _around(name: str) -> Iterator[str]:
    """A table, after those that it lies within."""
    steps = name.split("/")
    if len(steps) > 1:
        yield steps[0]
    yield name


def _atoms(
    names: Sequence[str], rows: Mapping[str, list[str]], told: Sequence[Mapping[str, Table]]
) -> Iterator[tuple[State, ...]]:
    """Every crossing of states that a person may be in."""

    def states(name: str, since: int) -> list[State]:
        can: list[State] = [(NEVER, row) for row in rows[name]]
        for report in range(since, len(told)):
            for row in rows[name]:
                if _told(told, report, name, row) > (_told(told, report - 1, name, row) if report else 0):
                    can.append((report, row))
        return can

    for entered in range(len(told)):
        chains: list[tuple[State, ...]] = [((entered, ""),)]
        for name in names:
            longer = []
            for chain in chains:
                since = _in_universe(name, names, chain)
                longer += [(*chain, state) for state in ([None] if since is None else states(name, since))]
            chains = longer
        yield from chains


def _in_universe(name: str, names: Sequence[str], chain: tuple[State, ...]) -> int | None:
    """Since which report a person is of a table's persons; None when never."""
    if "/" not in name:
        return chain[0][0] if chain[0] else None
    outer, row = name.split("/")
    state = chain[1 + names.index(outer)]
    return state[0] if state and state[1] == row and state[0] != NEVER else None


def _told(told: Sequence[Mapping[str, Table]], report: int, name: str, row: str) -> int:
    table = told[report].get(name)
    return table.rows.get(row, 0) if table else 0


def _equations(
    names: Sequence[str],
    rows: Mapping[str, list[str]],
    told: Sequence[Mapping[str, Table]],
    atoms: Sequence[tuple[State, ...]],
) -> Iterator[tuple[list[int], int]]:
    for report in range(len(told)):
        entered = told[report][PERSONS].total
        yield [p for p, atom in enumerate(atoms) if atom[0] and atom[0][0] <= report], entered
        for place, name in enumerate(names, 1):
            for row in rows[name]:
                members = [
                    p
                    for p, atom in enumerate(atoms)
                    if (state := atom[place]) and state[1] == row and state[0] <= report
                ]
                yield members, _told(told, report, name, row)
            if name in told[report]:
                waits = [
                    p
                    for p, atom in enumerate(atoms)
                    if (state := atom[place])
                    and state[0] > report
                    and (since := _in_universe(name, names, atom)) is not None
                    and since <= report
                ]
                yield waits, told[report][name].waiting


def _cells(
    names: Sequence[str], rows: Mapping[str, list[str]], reports: int
) -> Iterator[tuple[str, Callable[[tuple[State, ...]], bool]]]:
    """Each row, or any; who entered when, or any time; told when, or any time: crossed over the tables."""
    times: list[int | None] = [None, *range(reports)]
    per_table: list[list[tuple[str | None, int | None]]] = [
        [(row, when) for row in [None, *rows[name]] for when in [*times, NEVER]] for name in names
    ]
    for entered, *chosen in product(times, *per_table):

        def belongs(
            atom: tuple[State, ...], entered: Any = entered, chosen: Sequence[Any] = tuple(chosen)
        ) -> bool:
            if entered is not None and (not atom[0] or atom[0][0] != entered):
                return False
            for state, (row, when) in zip(atom[1:], chosen, strict=True):
                if row is not None and (state is None or state[1] != row):
                    return False
                if when is not None and (state is None or state[0] != when):
                    return False
            return True

        yield f"entered {entered}, {list(zip(names, chosen, strict=True))}", belongs


# What is published, and the truth behind it


def published(office: Office, days: Sequence[date]) -> tuple[Reports, dict[str, dict[str, State]]]:
    """The public reports of these days, and the truth of each person in them."""
    ledger, reports, ledgers = Ledger(), [], []
    for day in days:
        report, ledger = publish(office, day, ledger)
        reports.append(report.tables)
        ledgers.append(ledger)
    return reports, _truth(office, ledgers)


def _truth(office: Office, ledgers: Sequence[Ledger]) -> dict[str, dict[str, State]]:
    def when(table: str, person: str) -> int:
        times = (at for at, ledger in enumerate(ledgers) if person in ledger.told.get(table, {}))
        return next(times, NEVER)

    persons = {person.key: person for person in office.persons}
    told = {key: (when(PERSONS, key), "") for key in persons if when(PERSONS, key) != NEVER}
    truth: dict[str, dict[str, State]] = {PERSONS: dict(told)}
    for table in public.TABLES:
        truth[table.code] = {key: (when(table.code, key), table.row(persons[key]) or "-") for key in told}
        if table.within is not None:
            last = ledgers[-1].told.get(table.code, {})
            for row in sorted(set(last.values())):
                name = f"{table.code}/{row}"
                members = [key for key in told if last.get(key) == row]
                truth[name] = {key: (when(name, key), table.within.row(persons[key])) for key in members}
    return truth


DAYS = (date(2026, 8, 31), date(2027, 4, 30))


def test_two_public_reports_of_the_hand_counted_office_give_nobody_away() -> None:
    reports, truth = published(office_of_130(), DAYS)
    found = attack(reports, truth)
    assert found == []


def test_the_hand_counted_office_tells_what_can_be_told() -> None:
    first, second = published(office_of_130(), DAYS)[0]
    tables = {table.code: table for table in first}
    # who entered by August, without D, who refused statistics: A 30, B 22, C 12, E 24, F 5, G 6, H 2, M 1
    assert tables[PERSONS].total == 102
    assert tables["country"].rows == {"al": 61, "ma": 12, "ua": 29}
    # of Albania: Tirana 36, Shkoder 23, Durres 2: so Shkoder waits with Durres
    assert tables["country/al"].rows == {"Tirana": 36}
    assert tables["country/al"].waiting == 25
    # sexual 30, construction 52, agriculture 12, begging 8: so agriculture waits with begging
    assert tables["sector"].rows == {"sexual": 30, "construction": 52}
    # 8 of them are minors: the adults wait with them
    assert tables["minority"].rows == {}
    later = {table.code: table for table in second}
    assert later[PERSONS].total == 122
    # of I 2, J 11, K 4, L 3 only Morocco's J could be told, and the 9 others cannot be left alone
    assert later["country"].rows == tables["country"].rows
    assert later["country"].waiting == 20
    # 10 minors, 3 of whom nobody knows, and 109 adults: more than k wait, of two rows; the adults are told
    assert later["minority"].rows == {"adult": 109}


# The attack finds what less careful reports give away


def careless(
    office: Office, days: Sequence[date], tellable: Any
) -> tuple[Reports, dict[str, dict[str, State]]]:
    """The same reports with another rule for what can be told."""
    kept = public.tellable
    public.tellable = tellable
    try:
        return published(office, days)
    finally:
        public.tellable = kept


def test_the_attack_finds_a_single_small_row_that_is_left_out() -> None:
    def without_complement(waiting: Mapping[str, str], k: int) -> frozenset[str]:
        rows = list(waiting.values())
        return frozenset(row for row in rows if row and rows.count(row) >= k)

    found = attack(*careless(office_of_130(), DAYS[:1], without_complement))
    # 8 minors among 102, 2 of Durres among Albania's 61
    assert {each.truth for each in found if each.bounds[0] == each.bounds[1]} >= {8, 2}


def test_the_attack_finds_what_two_cumulative_reports_differ_in() -> None:
    def all_or_none(waiting: Mapping[str, str], k: int) -> frozenset[str]:
        return frozenset(row for row in waiting.values() if row)

    found = attack(*careless(office_of_130(), DAYS, all_or_none))
    assert any("entered 1" in each.cell and each.bounds == (3, 3) for each in found)  # L, newly from Albania


def test_the_attack_finds_what_a_total_that_is_less_by_one_gives_away() -> None:
    def one_less(waiting: Mapping[str, str], k: int) -> frozenset[str]:
        return kept(waiting, k // 2)

    kept = public.tellable
    assert attack(*careless(office_of_130(), DAYS, one_less))


def test_the_attack_finds_regions_that_are_told_apart_from_their_country() -> None:
    # two tables of the same persons that decide each other: Tirana 50 of Albania's 60
    persons = [f"p{n}" for n in range(90)]
    country = {p: "al" if n < 60 else "ua" for n, p in enumerate(persons)}
    region = {p: "Tirana" if n < 50 else "Durres" if n < 60 else "Lviv" for n, p in enumerate(persons)}
    report = [
        Table(PERSONS, 90, {"assisted": 90}, 0),
        Table("country", 90, {"al": 60, "ua": 30}, 0),
        Table("country/al", 60, {"Tirana": 50}, 10),
    ]
    truth: dict[str, dict[str, State]] = {
        PERSONS: dict.fromkeys(persons, (0, "")),
        "country": {p: (0, row) for p, row in country.items()},
        "country/al": {
            p: (NEVER if row == "Durres" else 0, row) for p, row in region.items() if row != "Lviv"
        },
    }
    assert {each.truth for each in attack([report], truth)} == {10}


# Any office


def _statistics(decision: str, **more: object) -> dict[str, object]:
    return {
        "consent.purpose": ["statistics"], "consent.decision": decision, "consent.by": "person",
        "consent.how": "written", "consent.language": "sq", "consent.interpreter": "Ana D.", **more,
    }  # fmt: skip


def _person(number: int, entered: int, groups: Sequence[int], agreed: bool) -> Person:
    on = date(2026, 1 + 3 * entered, 5)
    values = {
        "case.host_country": f"host{groups[1]}", "case.region": f"region{groups[2]}",
        "exploitation.sector": f"sector{groups[3]}",
        "solution.decision": ("return", "stay", "undecided")[groups[4] % 3],
    }  # fmt: skip
    return Person(
        f"p{number}",
        Case(country=f"c{groups[0]}", sex=("female", "male", "")[groups[5] % 3], birth_date=date(1990, 1, 1)),
        (
            Evidence(f"{number}a", "f", on, values),
            Evidence(f"{number}b", "f", on, {"assistance.kind": "housing"}),
            Evidence(f"{number}c", "f", on, _statistics("given" if agreed else "refused")),
        ),
    )  # fmt: skip


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """Groups of persons alike, of sizes around k and below it, who entered in three waves."""
    persons: list[Person] = []
    for _ in range(draw(st.integers(2, 9))):
        entered, agreed = draw(st.integers(0, 2)), draw(st.integers(0, 9)) > 0
        groups = [draw(st.integers(0, 2)) for _ in range(6)]
        for _ in range(draw(st.sampled_from([1, 2, 5, 9, 10, 11, 12, 15, 22, 30]))):
            persons.append(_person(len(persons), entered, groups, agreed))
    return Office(tuple(persons))


THREE = (date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offices())
def test_every_part_of_every_table_has_k_persons_or_none(office: Office) -> None:
    reports, _ = published(office, THREE)
    before: dict[str, Table] = {}
    for report in reports:
        for table in report:
            earlier = before.get(table.code, Table(table.code, 0, {}, 0))
            parts = [table.waiting, table.total - earlier.total]
            parts += [count - earlier.rows.get(row, 0) for row, count in table.rows.items()]
            assert all(part == 0 or part >= K for part in parts)
            assert sum(table.rows.values()) + table.waiting == table.total
        before = {table.code: table for table in report}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offices(), st.randoms(use_true_random=False))
def test_three_reports_of_any_office_give_nobody_away(office: Office, random: Any) -> None:
    reports, truth = published(office, THREE)
    if not truth[PERSONS]:
        return
    names = [name for name in truth if name != PERSONS]
    chosen = random.sample(names, min(2, len(names)))
    assert (
        attack(reports, {name: truth[name] for name in (PERSONS, *{a for n in chosen for a in _around(n)})})
        == []
    )


def _alike(count: int, *more: Evidence) -> list[Person]:
    persons = [_person(number, 0, [0] * 6, agreed=True) for number in range(count)]
    return [replace(person, evidence=(*person.evidence, *more)) for person in persons]


def _total(persons: Sequence[Person], day: date = THREE[0], ledger: Ledger | None = None) -> int:
    return publish(Office(tuple(persons)), day, ledger or Ledger())[0].tables[0].total


def test_a_consent_to_statistics_that_has_ended_or_is_malformed_is_none() -> None:
    def until(value: object) -> Evidence:
        said = _statistics("given", **{"consent.until": value})
        return Evidence("u", "f", date(2026, 1, 20), said)

    assert _total(_alike(12, until("2026-02-01"))) == 12
    assert _total(_alike(12, until("2026-01-31"))) == _total(_alike(12, until("soon"))) == 0


def test_who_was_told_under_a_file_that_was_merged_since_is_not_told_twice() -> None:
    persons = _alike(12)
    _, ledger = publish(Office(tuple(persons)), THREE[0], Ledger())
    merged = [replace(person, key=f"new{person.key}", also=frozenset({person.key})) for person in persons]
    assert _total(merged, THREE[1], ledger) == 12
    assert _total([replace(person, also=frozenset()) for person in merged], THREE[1], ledger) == 24


def test_who_is_not_decided_on_waits_for_a_solution() -> None:
    undecided = Evidence("s", "f", date(2026, 1, 20), {"solution.decision": "undecided"})
    report, _ = publish(Office(tuple(_alike(12, undecided))), THREE[0], Ledger())
    table = next(each for each in report.tables if each.code == "solution")
    assert (table.rows, table.waiting) == ({}, 12)


def test_a_ledger_that_is_damaged_or_later_is_refused() -> None:
    _, ledger = publish(office_of_130(), DAYS[1], Ledger())
    assert Ledger.from_data(ledger.as_data()) == ledger
    with pytest.raises(Exception, match=r"indicators\.ledger\.later"):
        publish(office_of_130(), DAYS[0], ledger)
    with pytest.raises(Exception, match=r"indicators\.ledger\.damaged"):
        Ledger.from_data({})
