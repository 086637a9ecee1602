"""What a donor gets, and what nobody gets: rows of few persons, alone or by subtraction."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.indicators.definitions import BY_CODE
from forms.casework.indicators.donor import Agreement, Line, donor_report
from forms.casework.indicators.figures import report
from forms.casework.indicators.population import Office, Period
from forms.casework.indicators.public import tellable
from forms.errors import FormProblem
from tests.casework.office_of_130 import office_of_130

OFFICE = office_of_130()
PROGRAMME = Period(date(2026, 1, 1), date(2027, 6, 30))
AS_OF = date(2027, 4, 30)


def donor(table: tuple[str, tuple[str, ...]], k: int = 5, exact: frozenset[str] = frozenset()) -> list[Line]:
    return list(donor_report(OFFICE, PROGRAMME, AS_OF, Agreement((table,), exact, k)))


def shown(lines: list[Line]) -> dict[tuple[str, ...], int | None]:
    return {
        tuple(name for _, name in line.group): None if line.value is None else int(line.value)
        for line in lines
    }


def test_an_agreed_total_is_exact_however_small() -> None:
    agreed = frozenset({"assisted.minors"})
    assert shown(donor(("assisted.minors", ()), 11, agreed)) == {(): 10}
    assert shown(donor(("assisted.minors", ()), 11)) == {(): None}


def test_a_small_row_is_withheld_with_the_smallest_other_so_that_the_total_does_not_tell_it() -> None:
    # Durres 2 and Kyiv 6 are 8 together: for k = 5 they hide each other, for k = 11 Casablanca's 11 join
    regions = shown(donor(("assisted", ("region",)), 5))
    assert regions == {
        (): 130, ("Tirana",): 39, ("Shkoder",): 23, ("Durres",): None, ("BeniMellal",): 12, ("Tanger",): 8,
        ("Casablanca",): 11, ("Lviv",): 29, ("Kyiv",): 6,
    } | {("Kyiv",): None}  # fmt: skip


def test_nobody_is_told_by_what_is_left_of_the_denominator() -> None:
    # three of the 130 have not been decided on
    lines = donor(("reception.no_show", ()), 11)
    assert shown(lines) == {(): None}
    # 102 of 110 were assessed by both sides: the other 8 are D
    assert shown(donor(("assessed.both", ()), 11)) == {(): None}
    assert shown(donor(("assessed.both", ()), 8)) == {(): 102}


def test_rows_that_share_a_denominator_are_protected_together() -> None:
    lines = shown(donor(("risk.month", ()), 19))
    # month 3: medium 52, low 18, unknown 35 of 105: the 18 are few, and 35 join them
    assert {names[1]: value for names, value in lines.items() if names[:1] == ("3",)} == {
        "medium": 52,
        "low": None,
        "unknown": None,
    }


def test_costs_are_protected_by_the_number_of_persons() -> None:
    lines = shown(donor(("assistance.cost.kind", ()), 5))
    assert lines[("income",)] == 28300
    assert lines[("language",)] == 660  # 11 persons


def test_meetings_and_leaflets_are_of_nobody_and_complaints_of_somebody() -> None:
    assert shown(donor(("meetings", ()), 11)) == {(): 4}
    assert shown(donor(("leaflets", ()), 11)) == {(): 750}
    assert set(shown(donor(("complaints", ()), 11)).values()) == {None}


def test_few_of_whom_a_fact_is_missing_are_not_told() -> None:
    # of H 2 there was no contact yet
    assert [line.missing for line in donor(("first_contact.days", ()), 2)] == [2]
    assert [line.missing for line in donor(("first_contact.days", ()), 3)] == [None]


@pytest.mark.parametrize("k", [2, 5, 8, 11, 20])
@pytest.mark.parametrize("by", ["country", "host_state", "region", "sector", "sex", "age_group"])
@pytest.mark.parametrize("code", ["assisted", "returned", "lost", "assistance", "risk.month", "decided"])
def test_what_is_withheld_of_a_table_that_has_a_total_is_k_persons(code: str, by: str, k: int) -> None:
    lines = donor((code, (by,)), k)
    exact = {
        figure.group: figure
        for figure in report(OFFICE, PROGRAMME, AS_OF, [BY_CODE[code]], [by])
        if figure.group
    }
    total, rows = lines[0], lines[1:]
    withheld = [row for row in rows if row.withheld]
    hidden = {entry.person for row in withheld for entry in exact[row.group].entries}
    if withheld and (len(withheld) < len(rows)):
        assert len(hidden) >= k
    if not total.withheld and total.value:
        assert not withheld or len(hidden) >= k
    for row in rows:
        assert row.withheld or exact[row.group].persons >= k


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"k": 1}, "indicators.agreement.k"),
        ({"k": True}, "indicators.agreement.k"),
        ({"k": "5"}, "indicators.agreement.k"),
        ({"tables": [{"indicator": "assited"}]}, "indicators.agreement.indicator"),
        ({"exact": ["all"]}, "indicators.agreement.indicator"),
        ({"tables": [{"indicator": "assisted", "by": ["village"]}]}, "indicators.agreement.group"),
    ],
)
def test_an_agreement_that_protects_nobody_or_names_nothing_is_refused(
    table: dict[str, object], code: str
) -> None:
    with pytest.raises(FormProblem) as problem:
        Agreement.from_table(table)
    assert problem.value.code == code


def test_an_agreement_is_read_from_a_programmes_file() -> None:
    table = {"k": 7, "exact": ["assisted"], "tables": [{"indicator": "returned", "by": ["country"]}]}
    assert Agreement.from_table(table) == Agreement((("returned", ("country",)),), frozenset({"assisted"}), 7)
    assert Agreement.from_table({}) == Agreement()


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, set()),
        ({"a": 10}, set()),
        ({"a": 11}, {"a"}),
        ({"a": 60, "b": 8, "c": 62}, {"c"}),  # a, the smaller, waits with b
        ({"a": 60, "b": 8, "c": 3}, {"a"}),  # b and c are eleven together
        ({"a": 60, "b": 8, "c": 2}, set()),  # ten are too few, and nobody else is left
        ({"a": 60, "": 20}, {"a"}),
        ({"": 20}, set()),
    ],
)
def test_the_rows_that_can_be_told(counts: dict[str, int], told: set[str]) -> None:
    waiting = {f"{row}{n}": row for row, count in counts.items() for n in range(count)}
    assert tellable(waiting, 11) == told


@given(st.dictionaries(st.sampled_from(["", "a", "b", "c", "d"]), st.integers(1, 40)), st.integers(2, 15))
def test_what_is_told_and_what_waits_are_k_or_none(counts: dict[str, int], k: int) -> None:
    waiting = {f"{row}{n}": row for row, count in counts.items() for n in range(count)}
    told = tellable(waiting, k)
    rest = sum(count for row, count in counts.items() if row not in told)
    assert all(counts[row] >= k for row in told)
    assert "" not in told
    assert not told or rest == 0 or rest >= k


def test_an_office_without_anybody_tells_nothing() -> None:
    lines = donor_report(Office(), PROGRAMME, AS_OF, Agreement((("returned", ("country",)),)))
    assert [(line.value, line.withheld) for line in lines] == [(0, False)]
