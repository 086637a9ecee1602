"""A hand-counted office gives the indicators: each expected number is a sum over groups, added on paper.

The groups are those of office_of_130; beside each number stand the groups that it comes from.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators.definitions import BY_CODE, INDICATORS, OF_PERSON, OF_RECORD, TARGET
from forms.casework.indicators.figures import ALL, Figure, report
from forms.casework.indicators.journey import in_euros
from forms.casework.indicators.population import GROUPS, Office, Period, Person
from forms.casework.meanings import INDICATORS as MEANINGS
from forms.casework.meanings import KNOWN
from tests.casework.office_of_130 import TARGETS, office_of_130

OFFICE: Office = office_of_130()
PROGRAMME = Period(date(2026, 1, 1), date(2027, 6, 30))
AS_OF = date(2027, 4, 30)
FIGURES = report(OFFICE, PROGRAMME, AS_OF)


def figure(code: str, *names: str) -> Figure:
    """The figure of one row, named by its groups; of all without names."""
    found = [f for f in FIGURES if f.indicator == code and tuple(name for _, name in f.group) == names]
    assert len(found) == 1, (code, names)
    return found[0]


def told(code: str, *names: str) -> tuple[str | None, str | None, int]:
    """A figure's number, its denominator, and how many are missing."""
    found = figure(code, *names)
    return (
        None if found.value is None else str(found.value),
        None if found.of is None else str(found.of),
        found.missing,
    )


def table(by: str, code: str = "assisted") -> dict[str, int]:
    """One indicator broken down by one group."""
    figures = report(OFFICE, PROGRAMME, AS_OF, [BY_CODE[code]], by=[by])
    return {f.group[-1][1]: int(f.value or 0) for f in figures if f.group}


@pytest.mark.parametrize(
    ("code", "names", "expected"),
    [
        # all groups; the minors are G 6, H 2, I 2; of L 3 nobody has established the age
        ("assisted", (), ("130", "130", 0)),
        ("assisted.minors", (), ("10", "10", 3)),
        ("identified", (), ("130", None, 0)),
        ("identified", ("possible",), ("14", None, 0)),  # J 11, L 3
        ("identified", ("victim",), ("116", None, 0)),
        ("decided", (), ("127", None, 0)),  # all but L 3
        ("decided", ("return",), ("110", None, 0)),  # all but I 2, J 11, K 4, L 3
        ("decided", ("stay",), ("13", None, 0)),  # I 2, J 11
        ("decided", ("third_country",), ("4", None, 0)),  # K
        ("returned", (), ("110", None, 0)),
        ("returned", ("fr", "al"), ("30", None, 0)),  # A
        ("returned", ("fr", "ma"), ("8", None, 0)),  # D
        ("returned", ("it", "al"), ("23", None, 0)),  # B 22, M 1
        ("returned", ("es", "ma"), ("12", None, 0)),  # C
        ("returned", ("pl", "ua"), ("29", None, 0)),  # E 24, F 5
        ("returned", ("gr", "al"), ("8", None, 0)),  # G 6, H 2
        ("assessed", ("host", "proceed"), ("110", None, 0)),  # who returned
        ("assessed", ("host", "not_advised"), ("2", None, 0)),  # I
        ("assessed", ("return", "proceed"), ("100", None, 0)),  # of these without D 8, H 2
        ("assessed", ("return", "not_advised"), ("2", None, 0)),  # H
        ("assessed.both", (), ("102", "110", 0)),  # without D 8
        ("plan.agreed", (), ("111", "130", 0)),  # A 30, B 22, C 12, E 24, F 5, G 6, J 11, M 1
        ("reception", ("received",), ("93", None, 0)),  # A 30, B 22, D 8, E 24, G 6, H 2, M 1
        ("reception", ("declined",), ("12", None, 0)),  # C
        ("reception", ("not_arrived",), ("5", None, 0)),  # F
        ("reception.no_show", (), ("5", "110", 0)),
        # days 1: A 30, B 22, D 8, G 6, M 1 = 67 of 103 · 2: E 24 · 5: C 12 · none: H 2
        ("first_contact.days", (), ("1", None, 2)),
        # days 1: G 6, H 2 · 3: A 30 · 7: D 8 · 10: E 24; of 70 the 35th and 36th have 3; none: B, C, M
        ("check_up.days", ("medical",), ("3", None, 35)),
        # days 2: G 6 · 5: A 30; none: 105 - 36
        ("check_up.days", ("psychosocial",), ("5", None, 69)),
        ("assistance", (), ("196", None, 0)),
        ("assistance", ("housing",), ("43", None, 0)),  # A 30, D 8, I 2, L 3
        ("assistance", ("psychosocial",), ("30", None, 0)),  # A
        ("assistance", ("income",), ("59", None, 0)),  # B 22, C 12, E 24, M 1
        ("assistance", ("medical",), ("12", None, 0)),  # C
        ("assistance", ("legal",), ("28", None, 0)),  # E 24, K 4
        ("assistance", ("transport",), ("5", None, 0)),  # F
        ("assistance", ("school",), ("8", None, 0)),  # G 6, H 2
        ("assistance", ("language",), ("11", None, 0)),  # J
        ("assistance.cost", (), ("40886.00", None, 24)),  # the legal help of E has no cost
        # A 6000, D 1600, F 150, I 300, L 450
        ("assistance.cost", ("L1",), ("8500.00", None, 0)),
        # A 1500, C 966, G 600, H 200, K 160
        ("assistance.cost", ("L2",), ("3426.00", None, 24)),
        # B 11000, C 4800, E 12000, M 500
        ("assistance.cost", ("L3",), ("28300.00", None, 0)),
        ("assistance.cost", ("L4",), ("660.00", None, 0)),  # J
        ("assistance.cost.kind", ("income",), ("28300.00", None, 0)),
        # A 5 each 150, B 4 each 88, C 2 each 24, D 8, E 4 each 96 (one refused), G 4 each 24, M 1
        ("contacts.done", (), ("391", None, 0)),
        ("contacts.done", ("2026-02",), ("24", None, 0)),  # E
        ("contacts.done", ("2026-03",), ("54", None, 0)),  # A 30, E 24
        ("contacts.done", ("2026-04",), ("53", None, 0)),  # A 30, B 22, M 1
        ("contacts.done", ("2026-05",), ("34", None, 0)),  # B 22, C 12
        ("contacts.done", ("2026-06",), ("38", None, 0)),  # A 30, D 8
        ("contacts.done", ("2026-07",), ("22", None, 0)),  # B
        ("contacts.done", ("2026-08",), ("36", None, 0)),  # C 12, E 24
        ("contacts.done", ("2026-09",), ("36", None, 0)),  # A 30, G 6
        ("contacts.done", ("2026-10",), ("28", None, 0)),  # B 22, G 6
        ("contacts.done", ("2026-12",), ("6", None, 0)),  # G
        ("contacts.done", ("2027-02",), ("24", None, 0)),  # E
        ("contacts.done", ("2027-03",), ("36", None, 0)),  # A 30, G 6
        # nine by month 12: A 270, B 198, E 216, M 9 · eight by month 9: D 64 · seven by month 6: G 42,
        # H 14 · six until they ended it: C 72
        ("contacts.due", (), ("885", None, 0)),
        ("contacts.due", ("2026-02",), ("72", None, 0)),  # E: 48 hours, weeks 1 and 2
        ("contacts.due", ("2026-03",), ("114", None, 0)),  # A 90, and month 1 of E
        # B months 9 and 12 (44), D all but the first (56), H all seven (14), M all but the first (8)
        ("contacts.overdue", (), ("122", "885", 0)),
        ("contacts.overdue", ("2027-01",), ("23", "23", 0)),  # month 9 of B 22, M 1
        ("contacts.overdue", ("2026-02",), ("0", "72", 0)),
        # arrived: the 110 without F 5
        ("lost", (), ("8", "105", 0)),  # D
        ("refused", (), ("24", "105", 0)),  # E
        ("dropped_out", (), ("12", "105", 0)),  # C
        ("risk.month", ("1", "high"), ("30", "105", 0)),  # A
        ("risk.month", ("1", "medium"), ("52", "105", 0)),  # B 22, E 24, G 6
        ("risk.month", ("1", "unknown"), ("23", "105", 23)),  # C 12, D 8, H 2, M 1
        ("risk.month", ("3", "medium"), ("52", "105", 0)),  # A 30, B 22
        ("risk.month", ("3", "low"), ("18", "105", 0)),  # C 12, G 6
        ("risk.month", ("3", "unknown"), ("35", "105", 35)),  # D 8, E 24 (refused), H 2, M 1
        ("risk.month", ("6", "low"), ("82", "105", 0)),  # A 30, B 22, E 24, G 6
        ("risk.month", ("6", "unknown"), ("23", "105", 23)),  # C 12, D 8, H 2, M 1
        ("risk.month", ("12", "low"), ("54", "77", 0)),  # A 30, E 24 of A, B, E, M
        ("risk.month", ("12", "unknown"), ("23", "77", 23)),  # B 22, M 1
        ("retrafficking.suspected", (), ("1", "105", 0)),  # M
        ("retrafficking.confirmed", (), ("1", "105", 0)),  # M
        ("minors.determination", (), ("6", "8", 0)),  # G of G 6, H 2
        ("referrals.made", (), ("77", None, 0)),  # A 30, B 22, D 8, G 6, J 11
        ("referrals.accepted", (), ("58", "77", 0)),  # A 30, B 22, G 6
        ("referrals.completed", (), ("36", "77", 0)),  # A 30, G 6
        ("needs.unmet", (), ("46", "76", 0)),  # B 22, E 24; asked: A 30 too
        ("needs.unmet", ("income",), ("22", "76", 0)),
        ("needs.unmet", ("health",), ("24", "76", 0)),
        ("needs.unmet", ("housing",), ("24", "76", 0)),
        ("complaints", (), ("3", None, 0)),
        ("complaints", ("service",), ("2", None, 0)),
        ("complaints", ("staff",), ("1", None, 0)),
        ("meetings", (), ("4", None, 0)),
        ("trainings", (), ("3", None, 0)),
        ("trainings", ("main",), ("1", None, 0)),
        ("awareness", (), ("1", None, 0)),
        ("participants", (), ("115", None, 1)),
        ("participants", ("awareness",), ("40", None, 0)),
        ("participants", ("meeting",), ("30", None, 1)),  # 12, 8, 10, and one that nobody counted
        ("participants", ("training",), ("45", None, 0)),  # 20, 15, 10
        ("participants.organisation", (), ("115", None, 1)),
        ("participants.organisation", ("police", "female"), ("13", None, 0)),  # 12, 1
        ("participants.organisation", ("child_protection", "male"), ("4", None, 0)),
        ("participants.organisation", ("unknown", "unknown"), ("80", None, 1)),  # 30, 40, 10
        ("knowledge.gained", (), ("3", "3", 0)),  # 43 → 68 by 18 papers, 43 → 75 by 15, 8 → 15 of 20 points
        (
            "knowledge.before",
            (),
            ("4.0", "10", 2),
        ),  # 10 papers with 8 of 20 points; of two nobody told points
        ("knowledge.after", (), ("6.00", "8", 2)),  # 8 papers with 15 of 20
        ("leaflets", (), ("750", None, 0)),
        ("leaflets.reader", ("organisations", "sq"), ("300", None, 0)),
        ("leaflets.reader", ("unknown", "unknown"), ("250", None, 0)),
        ("exchanges", ("fr", "al"), ("3", None, 0)),
        ("exchanges", ("pl", "ua"), ("2", None, 0)),
    ],
)
def test_the_office_gives_the_number_that_was_counted_on_paper(
    code: str, names: tuple[str, ...], expected: tuple[str, str | None, int]
) -> None:
    assert told(code, *names) == expected


def test_every_indicator_was_counted_on_paper() -> None:
    mark = next(
        mark
        for mark in test_the_office_gives_the_number_that_was_counted_on_paper.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    )
    counted = {code for code, _, _ in mark.args[1]}
    assert {each.code for each in INDICATORS} - counted == set()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("programme", {"CARE": 115, "TACT": 15}),  # J 11, K 4
        ("donor", {"EU": 130}),
        ("country", {"al": 64, "ma": 31, "ua": 35}),
        ("host_state", {"fr": 41, "it": 27, "es": 23, "pl": 31, "gr": 8}),
        (
            "region",
            {
                "Tirana": 39, "Shkoder": 23, "Durres": 2, "BeniMellal": 12, "Tanger": 8, "Casablanca": 11,
                "Lviv": 29, "Kyiv": 6,
            },
        ),
        ("sector", {"sexual": 44, "construction": 52, "agriculture": 12, "domestic": 12, "begging": 10}),
        ("sex", {"female": 72, "male": 58}),
        (
            "age_group",
            {"12-15": 8, "16-17": 2, "18-24": 41, "25-39": 47, "40+": 29, "not_established": 3},
        ),
        ("minority", {"minor": 10, "adult": 117, "not_established": 3}),
    ],
)  # fmt: skip
def test_each_breakdown_adds_up_to_the_hundred_and_thirty(by: str, expected: dict[str, int]) -> None:
    assert table(by) == expected
    assert sum(expected.values()) == 130


def test_time_to_the_first_contact_differs_by_country() -> None:
    # Morocco: C 12 after five days, D 8 after one; Ukraine: E after two
    assert table("country", "first_contact.days") == {"al": 1, "ma": 5, "ua": 2}


def test_a_period_counts_what_is_dated_in_it_and_a_state_counts_up_to_its_end() -> None:
    spring = Period(date(2026, 3, 1), date(2026, 5, 31))
    found = {f.indicator: f for f in report(OFFICE, spring, AS_OF) if f.group == ALL}
    assert found["returned"].value == 30 + 22 + 12 + 1  # A in March, B and M in April, C in May
    assert found["assisted"].value == 104 - 2  # who entered in January: all but G 6, H 2, I 2, J 11, K 4, L 3
    assert found["lost"].value == 0  # the tries of D failed in July
    assert found["retrafficking.suspected"].value == 0


def test_what_is_dated_after_the_data_is_not_counted() -> None:
    early = report(OFFICE, PROGRAMME, date(2026, 2, 28), [BY_CODE["returned"], BY_CODE["contacts.done"]])
    assert [int(f.value or 0) for f in early if f.group == ALL] == [29, 24]  # E 24 and F 5; E


def test_every_definition_names_what_is_counted() -> None:
    countable = {*OF_PERSON, *OF_RECORD}
    for each in INDICATORS:
        assert each.numerator in countable
        assert each.denominator in {"", TARGET, *countable}
    assert len(BY_CODE) == len(INDICATORS)


def test_who_is_suspected_to_be_exploited_anew_counts_though_nobody_could_reach_her() -> None:
    gone = Person(
        "x",
        Case(arrived_on=date(2026, 1, 1)),
        (
            Evidence("1", "f", date(2026, 7, 1), {"contact.outcome": "unreachable"}),
            Evidence("2", "f", date(2026, 7, 9), {"incident.retrafficking": "suspected"}),
        ),
    )
    found = report(Office((gone,)), PROGRAMME, AS_OF, [BY_CODE["retrafficking.suspected"]])[0]
    assert (found.value, found.of) == (1, 1)


def test_who_was_reached_again_is_not_lost() -> None:
    def contacts(*outcomes: str) -> int:
        told = [
            Evidence(str(n), "f", date(2026, 2, 1 + n), {"contact.outcome": outcome})
            for n, outcome in enumerate(outcomes)
        ]
        person = Person("x", Case(arrived_on=date(2026, 1, 1)), tuple(told))
        return int(report(Office((person,)), PROGRAMME, AS_OF, [BY_CODE["lost"]])[0].value or 0)

    assert contacts("unreachable", "moved") == 1
    assert contacts("unreachable", "not_alone", "unreachable") == 0
    assert contacts("unreachable", "unreachable", "met") == 0
    assert contacts("met", "unreachable") == 0


def test_a_need_that_the_last_contact_closed_is_not_unmet() -> None:
    def kinds(*rows: tuple[str, str]) -> dict[str, int]:
        needs = tuple({"need.kind": kind, "need.state": state} for kind, state in rows)
        visit = Evidence("v", "f", date(2026, 3, 1), {"plan.unmet_needs": "yes"}, {"need": needs})
        office = Office((Person("p", Case(), (visit,)),))
        found = report(office, PROGRAMME, AS_OF, [BY_CODE["needs.unmet"]], by=["kind"])
        return {f.group[-1][1]: int(f.value or 0) for f in found if f.group and f.value != 0}

    assert kinds(("health", "done"), ("legal", "open")) == {"legal": 1}
    assert kinds(("health", "done"), ("legal", "dropped")) == {}
    assert kinds(("health", "open")) == {"health": 1}
    assert kinds() == {"unknown": 1}


def test_the_case_file_says_which_programme_pays_and_which_state_is_the_host() -> None:
    told = Evidence("a", "f", date(2026, 3, 1), {"programme.code": "care"})
    case_file = Evidence("c", "f", date(2026, 1, 1), {"case.programme": "tact", "case.host_country": "gr"})
    for evidence, programme in (((told, case_file), "tact"), ((told,), "care"), ((), "unknown")):
        assert GROUPS["programme"](Person("p", Case(), evidence)) == programme
    assert GROUPS["host_state"](Person("p", Case(), (told, case_file))) == "gr"


def test_costs_in_another_currency_are_counted_by_the_offices_rates_or_missing() -> None:
    row = {"assistance.kind": "housing", "assistance.amount": "35000", "assistance.currency": "ALL"}
    person = Person("x", Case(), (Evidence("1", "f", date(2026, 5, 2), {}, {"assistance": (row, row)}),))

    def cost(person: Person) -> tuple[Decimal | None, int]:
        found = report(Office((person,)), PROGRAMME, AS_OF, [BY_CODE["assistance.cost"]])[0]
        return found.value, found.missing

    assert cost(person) == (0, 2)
    assert cost(in_euros(person, lambda amount, currency, on: amount / 100)) == (700, 0)
    assert cost(in_euros(person, lambda amount, currency, on: None)) == (0, 2)


def test_a_draft_of_a_referral_is_none() -> None:
    def counted(**values: str) -> list[int]:
        told = Evidence(
            "1", "f", date(2026, 5, 2), {f"referral.{name}": said for name, said in values.items()}
        )
        codes = ("referrals.made", "referrals.accepted", "referrals.completed")
        office = Office((Person("x", Case(), (told,)),))
        found = report(office, PROGRAMME, AS_OF, [BY_CODE[code] for code in codes])
        return [int(each.value or 0) for each in found if each.group == ALL]

    assert counted(state="draft") == counted(state="cancelled") == [0, 0, 0]
    assert counted(state="sent") == counted(state="sent", answer="declined") == [1, 0, 0]
    assert counted(state="sent", answer="accepted") == [1, 1, 0]
    assert counted(state="completed") == counted(state="sent", answer="completed") == [1, 1, 1]


def test_an_expired_determination_is_none_and_who_may_be_a_minor_needs_one() -> None:
    def child(*evidence: Evidence) -> Figure:
        journey = Evidence("j", "f", date(2026, 9, 1), {"travel.boarded": "yes"})
        found = Person("x", Case(), (journey, *evidence))
        return report(Office((found,)), PROGRAMME, AS_OF, [BY_CODE["minors.determination"]])[0]

    assert (child().value, child().of) == (0, 1)
    bid = Evidence("b", "f", date(2026, 8, 1), {"bid.outcome": "in_favour", "bid.expires": "2026-08-31"})
    assert child(bid).value == 0
    valid = replace(bid, values={"bid.outcome": "in_favour", "bid.expires": "2026-09-01"})
    assert child(valid).value == 1
    endless = replace(bid, values={"bid.outcome": "in_favour"})
    assert child(endless).value == 0
    assert child(Evidence("a", "f", date(2026, 8, 1), {"age.established": "adult"})).of == 0


JUNK = st.sampled_from([None, "", 7, -5, ["x"], "yes", "2026-13-40", "2026-05-05", "NaN", "-1"])
READ = (*MEANINGS, "travel.boarded", "assessment.outcome", "plan.state", "bid.outcome", "closure.outcome")


def _answer(meaning: str) -> st.SearchStrategy[tuple[str, object]]:
    choices = KNOWN[meaning] or ("lost", "2026-05-05", "2026-08-01", "12")
    return st.tuples(st.just(meaning), st.sampled_from(choices) | JUNK)


answers = st.lists(st.sampled_from(READ).flatmap(_answer), max_size=4).map(dict)
records = st.builds(
    lambda key, on, values, row: Evidence(str(key), "f", on, values, {"assistance": (row,), "need": (row,)}),
    st.integers(0, 99),
    st.dates(date(2025, 12, 1), date(2027, 12, 1)),
    answers,
    answers,
)
people = st.builds(
    Person,
    st.uuids().map(str),
    st.builds(Case, birth_date=st.none() | st.dates(date(1950, 1, 1), date(2030, 1, 1))),
    st.lists(records, max_size=5).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(people, max_size=2), st.sampled_from(sorted(GROUPS)))
def test_no_answer_whatever_breaks_a_report_and_no_share_is_above_one(persons: list[Person], by: str) -> None:
    office = Office(tuple(persons), (), TARGETS)
    for found in report(office, PROGRAMME, AS_OF, by=[by]):
        assert found.value is None or found.value >= 0
        if found.of is not None and BY_CODE[found.indicator].denominator != TARGET:
            assert found.value is not None
            assert found.value <= found.of
            assert isinstance(found.value, Decimal | int)
