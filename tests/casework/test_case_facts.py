from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.case import RISKS, STAGES, Case, add_years, local_date, moment

VALUES: dict[str, Any] = {
    "case_code": "UA-4T9XW2C-7",
    "country": "ua",
    "office": "lviv",
    "stage": "reintegration",
    "risk": "high",
    "language": "uk",
    "given_name": "Олена",
    "family_name": "Коваль",
    "other_names": "Olena Koval, Kowal",
    "birth_date": "2008-02-29",
    "sex": "female",
    "safe_channel": ["messenger", "in_person"],
    "safe_never": "her cousin",
    "code_word_agreed": "yes",
    "expected_arrival": "2026-03-01T22:40:00.000+02:00",
    "arrived_on": "2026-03-01",
    "carer": "officer",
    "host_country": "gr",
    "programme": "care",
}


def test_a_case_has_the_facts_of_its_case_file() -> None:
    case = Case.from_values(VALUES)
    assert case.code == "UA-4T9XW2C-7"
    assert (case.host_country, case.programme) == ("gr", "care")
    assert (case.stage, case.risk) == ("reintegration", "high")
    assert case.name == "Олена Коваль"
    assert case.safe_channel == ("messenger", "in_person")
    assert case.code_word_agreed is True
    assert case.arrived_on == date(2026, 3, 1)
    assert case.expected_arrival == datetime(2026, 3, 1, 20, 40, tzinfo=UTC)
    assert case.expected_arrival.utcoffset() == timedelta(hours=2)


def test_a_case_is_found_by_its_code_and_by_every_name() -> None:
    assert Case.from_values(VALUES).searchable == "UA-4T9XW2C-7 Олена Коваль Olena Koval, Kowal"


def test_a_person_with_one_name_only_has_a_name() -> None:
    assert Case(given_name="Besmira").name == "Besmira"
    assert Case(family_name="Aït").name == "Aït"
    assert Case().name == ""


def test_a_stage_or_a_risk_that_is_not_known_does_not_hide_the_case() -> None:
    case = Case.from_values({"stage": "integration", "risk": "extreme", "country": "ma"})
    assert (case.stage, case.risk, case.country) == ("identified", "unknown", "ma")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(VALUES)), anything))
def test_no_value_whatever_keeps_a_case_from_being_shown(values: dict[str, Any]) -> None:
    case = Case.from_values(values)
    assert case.stage in STAGES
    assert case.risk in RISKS


@pytest.mark.parametrize("value", [None, "", "soon", "2026-13-01", 20260301, "2026-02-30"])
def test_a_date_that_is_none_is_none(value: object) -> None:
    assert local_date(value) is None
    assert moment(value) is None


def test_the_date_of_a_moment_is_the_one_of_the_place_where_it_was_written() -> None:
    assert local_date("2026-03-01T00:30:00.000+02:00") == date(2026, 3, 1)
    assert moment("2026-03-01T00:30:00+02:00") == datetime(
        2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))
    )


def test_who_may_be_a_minor_is_one_until_the_contrary_is_known() -> None:
    assert Case().may_be_minor(date(2026, 3, 1))
    born = Case(birth_date=date(2008, 2, 29))
    assert born.may_be_minor(date(2026, 2, 28))
    assert not born.may_be_minor(date(2026, 3, 1))


def test_a_birthday_on_the_29th_of_february_is_kept_on_the_first_of_march() -> None:
    assert add_years(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert add_years(date(2008, 2, 29), 4) == date(2012, 2, 29)
