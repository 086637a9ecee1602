"""A case is made for somebody of whom little is known: nothing that was said then is asked again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.new_cases import birth_facts, several
from app.persons import NewPerson
from app.problems import Problem

TODAY = date(2026, 5, 4)


def done(job: Any) -> Any:
    return job.wait(30)


def facts(book: Fieldbook, case: str) -> dict[str, Any]:
    return dict(done(book.edit(done(book.case(case)).file)).entry.values())


def test_what_is_known_of_the_person_is_in_the_case_file_of_the_new_case(book: Fieldbook) -> None:
    person = NewPerson(
        "Оксана", "Шевченко", "Oksana, Ksenia", "12.5.1998", "female", "ua",
        ("067 123 45 67", "ksenia@example.org"), ("FB 123456",),
    )  # fmt: skip
    case = done(book.decisions.open_case("ua", "uk", person))
    told = facts(book, case)
    assert (
        told.items()
        >= {
            "given_name": "Оксана",
            "family_name": "Шевченко",
            "other_names": "Oksana, Ksenia",
            "birth_date": "1998-05-12",
            "sex": "female",
            "country": "ua",
            "language": "uk",
            "phone": "067 123 45 67\nksenia@example.org",
            "documents": "FB 123456",
            "stage": "identified",
            "carer": "officer",
        }.items()
    )
    assert told["case_code"].startswith("UA-")
    assert done(book.case(case)).name == "Оксана Шевченко"
    assert [row.code for row in done(book.cases("oksana"))] == [told["case_code"]]
    # The next worker is warned by it at once.
    (found,) = done(book.decisions.likely_same(NewPerson("Oxana", "Shevchenko", birth="1998")))
    assert found.case == case
    assert done(book.finish(done(book.case(case)).file)) == (), "the case file lacks nothing"


def test_of_whom_nothing_is_known_a_case_is_made_all_the_same(book: Fieldbook) -> None:
    case = done(book.decisions.open_case("al", "", NewPerson()))
    told = facts(book, case)
    assert told["country"] == "al"
    assert {"given_name", "birth_date", "born", "language", "sex", "phone"} & {
        name for name, value in told.items() if value
    } == set()
    (lacking,) = done(book.finish(done(book.case(case)).file))
    assert lacking.path == "language", "it is asked when the case file is opened next"


def test_a_year_of_birth_stays_a_year_and_a_day_a_day() -> None:
    for typed, kept in {
        "1998": {"born": "1998"},
        "5.1998": {"born": "1998-05"},
        "1998-05": {"born": "1998-05"},
        "12.5.1998": {"birth_date": "1998-05-12"},
        "1/1/1998": {"birth_date": "1998-01-01"},
        "١٢-٥-١٩٩٨": {"birth_date": "1998-05-12"},
        "4.5.2026": {"birth_date": "2026-05-04"},
        " ": {},
    }.items():
        assert birth_facts(typed, TODAY) == kept, typed


@pytest.mark.parametrize("typed", ["30.2.1998", "5.5.2026", "2027", "6.2026", "May", "98", "1.13.1998"])
def test_a_birth_that_cannot_be_makes_no_case(book: Fieldbook, typed: str) -> None:
    with pytest.raises(Problem, match=r"case\.birth\.unclear"):
        done(book.decisions.open_case("al", "sq", NewPerson("Drita", birth=typed)))
    assert done(book.cases()) == ()


def test_a_case_needs_the_country_with_which_its_code_begins(book: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"case\.country\.missing"):
        done(book.decisions.open_case("", "sq", NewPerson("Drita")))
    assert done(book.cases()) == ()


def test_several_numbers_are_told_apart_in_any_script() -> None:
    assert several("069 123 45 67, +355 69 1، 12;  ") == ("069 123 45 67", "+355 69 1", "12")


def test_what_can_be_chosen_is_told_in_every_language(book: Fieldbook) -> None:
    shown = done(book.decisions.new_case_choices())
    assert dict(shown.countries)["al"]["uk"] == "Албанія"
    assert dict(shown.languages)["zgh"]["fr"] == "Tamazight"
    assert [code for code, _ in shown.sexes] == ["female", "male", "other", "no_answer"]
