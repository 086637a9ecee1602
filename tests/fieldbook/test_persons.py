"""Files of one person: shown before a new one is made, read as one, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.persons import NewPerson
from app.problems import Problem
from app.views import CaseView


def done(job: Any) -> Any:
    return job.wait(30)


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


def person(book: Fieldbook, **facts: Any) -> str:
    """A case of a person with these facts in its file; the case's id."""
    case: str = done(book.new_case("al", "sq"))
    answer(book, case_file(book, case), **facts)
    return case


def case_file(book: Fieldbook, case: str) -> str:
    return next(row.id for row in view(book, case).records if row.form == "case_file")


def view(book: Fieldbook, case: str) -> CaseView:
    found: CaseView = done(book.case(case))
    return found


def answer(book: Fieldbook, record: str, **answers: Any) -> None:
    opened = done(book.edit(record))
    for name, value in answers.items():
        change = opened.entry.answer(name, value)
        assert change.violation is None, name
        done(book.save(record, change))
    assert done(book.finish(record)) == ()


def test_who_may_be_here_already_is_shown_before_a_new_file_is_made(book: Fieldbook) -> None:
    """Written in another script, with the year of birth alone."""
    mira = person(book, given_name="Оксана", family_name="Шевченко", birth_date="1998-05-12", sex="female")
    person(book, given_name="Arben", family_name="Hoxha")
    (found,) = done(book.decisions.likely_same(NewPerson("Oksana", "Shevchenko", birth="1998", sex="female")))
    assert found.case == mira
    assert found.code == view(book, mira).row.code
    assert "duplicate.name.full" in found.because
    assert done(book.decisions.likely_same(NewPerson("Luljeta", "Dervishi"))) == ()
    assert done(book.decisions.likely_same(NewPerson())) == ()


def test_a_telephone_or_a_paper_shows_a_file_under_another_name(book: Fieldbook) -> None:
    """She gave another name, and the number that she had given in spring, as it is dialled at home."""
    mira = person(
        book, given_name="Drita", phone="drita@example.org\n+355 69 123 4567", birth_date="1990-01-05"
    )
    papers = person(book, given_name="Arben", documents="BA 1234567\n AL-77-1")
    new = NewPerson("Ardita", phones=("069 1234567",), birth="1990-01-05", country="al")
    (found,) = done(book.likely_same(new))
    assert (found.case, set(found.because)) == (
        mira,
        {"duplicate.phone", "duplicate.birth.same", "duplicate.name.differs"},
    )
    (found,) = done(book.likely_same(NewPerson("Luan", documents=("ba1234567",))))
    assert (found.case, "duplicate.document" in found.because) == (papers, True)
    assert done(book.likely_same(NewPerson("Luan", documents=("BA 7654321",)))) == ()
    assert done(book.likely_same(NewPerson("Luan", phones=("069 7654321",), country="al"))) == ()
    # Numbers are not among the facts that a screen shows of a case.
    shown = [text["en"] for case in (mira, papers) for _, text in view(book, case).facts]
    assert not [text for text in shown if "123" in text or "example" in text]


def test_two_files_are_read_as_one_and_both_keep_what_was_written(book: Fieldbook) -> None:
    first = person(book, given_name="Drita", stage="reintegration", arrived_on="2026-04-20", risk="low")
    expected = "2026-05-04T06:00:00.000+02:00"
    second = person(book, given_name="Dritë", stage="travel", expected_arrival=expected, risk="high")
    before = {each.case for each in done(book.today()).overdue}
    assert before == {first, second}
    done(book.decisions.join_files(second, first, "She told both offices of the same brother"))
    today = done(book.today())
    assert {each.case for each in (*today.overdue, *today.today)} <= {first}, "one person, one visit"
    shown = view(book, first)
    assert [each.id for each in shown.other_files] == [second]
    assert "risk" in {each.fact for each in shown.file_conflicts}
    assert [row.form for row in view(book, second).records].count("case_file") == 1

    done(book.decisions.part_files(first))
    assert view(book, first).other_files == ()
    assert {each.case for each in done(book.today()).overdue} == before


def test_what_one_file_says_closes_the_gate_of_the_person(book: Fieldbook) -> None:
    """Her consent to tracing stands in one file, and its withdrawal in the other."""
    first, second = (person(book, given_name="Drita", birth_date="1990-01-05") for _ in range(2))
    for case, decision in ((first, "given"), (second, "withdrawn")):
        opened = done(book.begin(case, "consent"))
        answers: dict[str, Any] = {"decided_by": "person", "purpose": ["tracing"], "decision": decision}
        if decision == "given":
            answers |= {"in_private": "yes", "spoken": "sq", "understood": "yes", "pressure": "no",
                        "valid_until": "2026-08-01", "how_given": "written"}  # fmt: skip
        paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
        for name, value in answers.items():
            done(book.save(opened.record, opened.entry.answer(paths[name], value)))
        assert done(book.finish(opened.record)) == ()
    assert missing(book, first) == {"gate.contact_family.risk_screen_missing"}
    done(book.decisions.join_files(second, first, "The same fingerprint on both papers"))
    assert "gate.contact_family.consent_withdrawn" in missing(book, first)


def missing(book: Fieldbook, case: str) -> set[str]:
    gates = view(book, case).protection.gates
    return {each.code for gate in gates if gate.gate == "contact_family" for each in gate.reasons}


def test_files_are_not_joined_without_a_reason_nor_with_themselves(book: Fieldbook) -> None:
    first, second = person(book), person(book)
    for duplicate, original, because, code in (
        (first, first, "The same", "person.files.same"),
        (first, second, " ", "person.reason.missing"),
        (first, "00000000-0000-4000-8000-000000000000", "The same", "case.row.unknown"),
    ):
        with pytest.raises(Problem) as refused:
            done(book.decisions.join_files(duplicate, original, because))
        assert refused.value.code == code
    with pytest.raises(Problem) as refused:
        done(book.decisions.part_files(first))
    assert refused.value.code == "person.files.single"
    assert [row.form for row in view(book, first).records] == ["case_file"], (
        "nothing is kept of what was refused"
    )
