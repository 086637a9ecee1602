"""Files of one person: shown before a new one is made, read as one, and parted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.persons import NewPerson
from app.problems import Problem
from app.views import CaseView
from tests.fieldbook.conftest import Clock

#: Only a coordinator parts files.
pytestmark = pytest.mark.usefixtures("as_coordinator")


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
    (found,) = done(book.decisions.likely_same(new))
    assert (found.case, set(found.because)) == (
        mira,
        {"duplicate.phone", "duplicate.birth.same", "duplicate.name.differs"},
    )
    (found,) = done(book.decisions.likely_same(NewPerson("Luan", documents=("ba1234567",))))
    assert (found.case, "duplicate.document" in found.because) == (papers, True)
    assert done(book.decisions.likely_same(NewPerson("Luan", documents=("BA 7654321",)))) == ()
    assert done(book.decisions.likely_same(NewPerson("Luan", phones=("069 7654321",), country="al"))) == ()
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

    with pytest.raises(Problem, match=r"person\.part\.reason_missing"):
        done(book.decisions.part_files(first, " "))
    done(book.decisions.part_files(first, "The brothers have two mothers"))
    assert view(book, first).other_files == ()
    assert {each.case for each in done(book.today()).overdue} == before


def test_a_file_is_joined_by_its_whole_code_only(book: Fieldbook) -> None:
    first, second = person(book, given_name="Drita"), person(book, given_name="Besa")
    code = view(book, second).row.code
    for typed in ("besa", code[:-2], code[:-1] + ("A" if code[-1] != "A" else "B"), ""):
        with pytest.raises(Problem, match=r"person\.code\.unknown"):
            done(book.decisions.join_by_code(first, typed, "The same paper"))
    with pytest.raises(Problem, match=r"person\.reason\.missing"):
        done(book.decisions.join_by_code(first, code, " "))
    done(book.decisions.join_by_code(first, code.lower().replace("-", " "), "The same paper"))
    assert [each.id for each in view(book, first).other_files] == [second]
    with pytest.raises(Problem, match=r"person\.files\.same"):
        done(book.decisions.join_by_code(second, code, "The same paper"))


def test_whichever_file_it_is_joined_from_the_first_one_is_that_to_work_in(book: Fieldbook) -> None:
    for turned in (False, True):
        old, new = person(book), person(book)
        here, there = (new, old) if turned else (old, new)
        done(book.decisions.join_by_code(here, view(book, there).row.code, "The same paper"))
        assert [each.case for each in view(book, here).files] == [old, new]


def test_why_files_were_joined_and_why_they_were_parted_both_stay(book: Fieldbook) -> None:
    first, second = person(book), person(book)
    statement = done(book.decisions.join_files(second, first, "The same name"))
    done(book.decisions.part_files(first, "Another mother"))
    values = done(book.edit(statement)).entry.values()
    assert values["because"] == "The same name\nAnother mother"
    assert values["state"] == "apart"


def test_what_files_tell_differently_is_shown_in_words_and_safe_contact_first(book: Fieldbook) -> None:
    first = person(book, birth_date="1990-01-05", safe_channel=["phone_call"])
    second = person(book, birth_date="1991-01-05", safe_channel=["email"])
    done(book.decisions.join_files(second, first, "The same woman"))
    shown = view(book, second)
    contact, *others = shown.file_conflicts
    assert (contact.fact, contact.freezes) == ("safe_channel", True)
    assert contact.titles["fr"] == "Moyens de contact sûrs"
    told = {code: text["en"] for (code, _), text in zip(contact.values, contact.texts, strict=True)}
    codes = {case: view(book, case).row.code for case in (first, second)}
    assert told == {codes[first]: "Phone call", codes[second]: "E-mail"}
    assert ("birth_date", False) in {(each.fact, each.freezes) for each in others}
    # The way to resolve it: each file's own facts, the one that lies open as a draft told from the others.
    assert [each.code for each in shown.files] == [codes[first], codes[second]]
    assert not any(each.begun for each in shown.files)
    done(book.save(shown.files[0].record, done(book.edit(shown.files[0].record)).entry.answer("region", "n")))
    assert [each.begun for each in view(book, second).files] == [True, False]
    done(book.discard(shown.files[0].record))
    answer(book, shown.files[0].record, safe_channel=["email"])
    assert not any(each.freezes for each in view(book, first).file_conflicts), "both files say the same"


def test_that_names_differ_is_shown_and_the_names_are_not(book: Fieldbook) -> None:
    first, second = person(book, given_name="Drita"), person(book, given_name="Besa")
    done(book.decisions.join_files(second, first, "The same woman"))
    (name,) = (each for each in view(book, first).file_conflicts if each.fact == "given_name")
    assert (name.named, name.texts, name.titles["en"]) == (True, (), "Given name")
    assert len(name.values) == 2


def test_others_that_may_be_of_a_person_are_offered_until_they_are_joined(book: Fieldbook) -> None:
    first = person(book, given_name="Oksana", family_name="Shevchenko", born="1990")
    second = person(book, given_name="Оксана", family_name="Шевченко", born="1990")
    person(book, given_name="Arben", family_name="Kola")
    (found,) = done(book.decisions.likely_others(first))
    assert found.case == second
    assert "duplicate.birth.partly" in found.because, "a year of birth counts where no day is known"
    done(book.decisions.join_files(first, second, "The same woman"))
    assert done(book.decisions.likely_others(first)) == ()
    assert done(book.decisions.likely_others(second)) == ()


def test_what_one_file_says_closes_the_gate_of_the_person(book: Fieldbook) -> None:
    """Her consent to tracing stands in one file, and its withdrawal in the other."""
    first, second = (person(book, given_name="Drita", birth_date="1990-01-05") for _ in range(2))
    consent(book, first, "given")
    consent(book, second, "withdrawn")
    assert missing(book, first) == {"gate.contact_family.risk_screen_missing"}
    done(book.decisions.join_files(second, first, "The same fingerprint on both papers"))
    assert "gate.contact_family.consent_withdrawn" in missing(book, first)


@pytest.mark.parametrize("where", ["in the file that is worked in", "in the duplicate"])
def test_what_is_taken_back_while_two_files_are_one_is_taken_back_in_both_for_good(
    book: Fieldbook, clock: Clock, where: str
) -> None:
    """Nobody could tell then which of the two women it was."""
    first, second = (person(book, given_name="Drita", birth_date="1990-01-05") for _ in range(2))
    consent(book, first, "given")
    consent(book, second, "given")
    clock.now += timedelta(days=1)
    done(book.decisions.join_files(second, first, "The same name and the same village"))
    clock.now += timedelta(days=1)
    consent(book, second if "duplicate" in where else first, "withdrawn")
    clock.now += timedelta(days=1)
    done(book.decisions.part_files(first, "Two women"))
    for case in (first, second):
        assert view(book, case).other_files == ()
        assert "gate.contact_family.consent_withdrawn" in missing(book, case)


def test_what_is_said_before_and_after_two_files_were_one_stays_in_its_own(
    book: Fieldbook, clock: Clock
) -> None:
    first, second = (person(book, given_name="Drita", birth_date="1990-01-05") for _ in range(2))
    consent(book, first, "given")
    consent(book, second, "withdrawn")
    clock.now += timedelta(days=1)
    done(book.decisions.join_files(second, first, "The same name"))
    clock.now += timedelta(days=1)
    done(book.decisions.part_files(first, "Two women"))
    clock.now += timedelta(days=1)
    assert missing(book, first) == {"gate.contact_family.risk_screen_missing"}
    consent(book, second, "withdrawn")
    assert missing(book, first) == {"gate.contact_family.risk_screen_missing"}


def consent(book: Fieldbook, case: str, decision: str) -> None:
    opened = done(book.begin(case, "consent"))
    answers: dict[str, Any] = {"decided_by": "person", "purpose": ["tracing"], "decision": decision}
    if decision == "given":
        answers |= {"in_private": "yes", "spoken": "sq", "understood": "yes", "pressure": "no",
                    "valid_until": "2026-08-01", "how_given": "written"}  # fmt: skip
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, value in answers.items():
        done(book.save(opened.record, opened.entry.answer(paths[name], value)))
    assert done(book.finish(opened.record)) == ()


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
        done(book.decisions.part_files(first, "Two people"))
    assert refused.value.code == "person.files.single"
    assert [row.form for row in view(book, first).records] == ["case_file"], (
        "nothing is kept of what was refused"
    )


def filled(book: Fieldbook, case: str, form: str, **answers: Any) -> str:
    opened = done(book.begin(case, form))
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, value in answers.items():
        done(book.save(opened.record, opened.entry.answer(paths[name], value)))
    assert done(book.finish(opened.record)) == ()
    return str(opened.record)


def test_what_is_hard_is_not_brought_along_from_a_file_that_is_said_to_be_hers(book: Fieldbook) -> None:
    """Whoever joined a stranger's file to hers would clear her family by a stranger's consent."""
    hers, strangers = (person(book, given_name="Drita", birth_date="1990-01-05") for _ in range(2))
    filled(book, hers, "guardian_and_tracing", guardian_appointed="no", family_signs=["none"],
           risk_screen="clear")  # fmt: skip
    filled(book, strangers, "consent", decided_by="person", purpose=["tracing"], decision="given",
           in_private="yes", spoken="sq", understood="yes", pressure="no", valid_until="2026-08-01",
           how_given="written")  # fmt: skip
    assert missing(book, hers) == {"gate.contact_family.consent_missing"}
    done(book.decisions.join_files(strangers, hers, "The same name and the same village"))
    for file in (hers, strangers):
        assert missing(book, file) != set()
    filled(book, strangers, "guardian_and_tracing", guardian_appointed="no", family_signs=["none"],
           risk_screen="clear")  # fmt: skip
    assert missing(book, hers) == set(), "one of the files has all of it"


def test_a_file_that_is_closed_as_the_other_ones_double_hides_nothing_of_the_person(book: Fieldbook) -> None:
    """The old file is closed; in the new one she is on her way."""
    old = person(book, given_name="Drita", stage="closed", arrived_on="2024-04-20")
    expected = "2026-05-04T06:00:00.000+02:00"
    new = person(book, given_name="Drita", stage="travel", expected_arrival=expected)
    done(book.decisions.join_files(new, old, "The same woman, recruited again"))
    assert "arrival" in {each.kind for each in done(book.today()).overdue}


def test_an_arrival_is_awaited_although_another_file_is_further_on(book: Fieldbook) -> None:
    old = person(book, given_name="Drita", stage="reintegration", arrived_on="2026-04-20")
    expected = "2026-05-04T06:00:00.000+02:00"
    new = person(book, given_name="Drita", stage="travel", expected_arrival=expected)
    done(book.decisions.join_files(new, old, "The same woman, recruited again"))
    assert {"arrival", "contact.hours_48"} <= {each.kind for each in done(book.today()).overdue}


def test_she_is_reached_as_all_of_her_files_allow(book: Fieldbook) -> None:
    first = person(book, given_name="Drita", safe_channel=["phone_call"], safe_never="Not her uncle")
    second = person(book, given_name="Drita", safe_channel=["email"], safe_never="Never at the shop")
    done(book.decisions.join_files(second, first, "The same woman"))
    for file in (first, second):
        shown = view(book, file)
        assert "contact.frozen.conflict" in shown.protection.frozen
        for warning in ("Not her uncle", "Never at the shop"):
            assert warning in shown.safe_contact["en"]
