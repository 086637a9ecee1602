"""Whom a tablet shows as having a file, where another file of the same person speaks against it: as the
server decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.fieldbook import Fieldbook, World, unlock
from app.problems import Problem
from app.settings import Settings
from app.store import form_library, reference
from forms.xform.load import load_form
from sync_server.protocol.messages import Reference
from tests.fieldbook.conftest import CHEAP, IDENTITY, PASSPHRASE, Clock, device_of
from tests.fieldbook.test_midnight_between_offices import PEOPLE, ThreeOffices


@pytest.fixture(scope="module")
def tablet(tmp_path_factory: pytest.TempPathFactory, xforms: dict[str, str]) -> Iterator[ThreeOffices]:
    """Of the office that holds the cases; what the others write comes by the server."""
    clock = Clock()
    who = replace(IDENTITY, login="mira", role="coordinator")
    where = device_of(who, tmp_path_factory.mktemp("tirana") / "device", xforms, clock)
    world = World(now_ms=clock, floor=CHEAP)
    book = unlock(Settings(where, auto_sync=False), PASSPHRASE, world=world).wait(30)
    book._store.write(lambda db: reference.put(db, Reference(PEOPLE, {})))
    forms = book._store.read(lambda db: {each.id: load_form(each.xml) for each in form_library.newest(db)})
    yield ThreeOffices({"Tirana": book}, forms, clock)
    book.close()


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


@pytest.fixture
def files(tablet: ThreeOffices) -> tuple[str, str]:
    """Two files; the second one is shared with Athens."""
    first = opened(tablet, "Tirana")
    second = opened(tablet, "Tirana")
    share(tablet)
    assert of_athens(tablet, second) == []
    return first, second


def opened(tablet: ThreeOffices, home: str, born: str = "1990-01-05") -> str:
    tablet.open_case(home, datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    tablet.write(
        home, "case_file", case_code=f"AL-{tablet.case[:6]}", language="sq", office=home, birth_date=born
    )
    return tablet.case


def share(tablet: ThreeOffices, **other: str) -> None:
    tablet.consent("Tirana", "share_with_country", recipient="Athens")
    told = {"share_office": "Athens", "share_state": "shared", "share_ground": "consent", **other}
    tablet.write("Tirana", "sharing", **told)


def join(tablet: ThreeOffices, duplicate: str, original: str) -> None:
    job = tablet.books["Tirana"].decisions.join_files(duplicate, original, "The same paper")
    job.wait(30)


def of_athens(tablet: ThreeOffices, case: str) -> list[str]:
    """Why Athens does not have the case; nothing where it has."""
    (told,) = tablet.books["Tirana"].decisions.shares(case).wait(30)
    assert told.shared == (not told.reasons)
    return [each.code for each in told.reasons]


def deny(tablet: ThreeOffices, case: str, who: str) -> None:
    tablet.case = case
    row = "denied[00000000000000bb]"
    facts = {"case_code": f"AL-{case[:6]}", "language": "sq", "office": "Tirana", "birth_date": "1990-01-05"}
    told = {row: 1, f"{row}/deny_who": who, f"{row}/deny_decision": "denied"}
    tablet.write("Tirana", "case_file", **facts, **told)


@pytest.mark.parametrize("original", [0, 1])
def test_what_was_taken_back_in_the_other_file_counts_while_they_are_joined(
    tablet: ThreeOffices, files: tuple[str, str], original: int
) -> None:
    first, second = files
    tablet.case = first
    tablet.take_back("Tirana", "share_with_country")
    assert of_athens(tablet, second) == [], "two people so far"
    join(tablet, files[1 - original], files[original])
    assert of_athens(tablet, second) == ["consent.withdrawn"]
    tablet.books["Tirana"].decisions.part_files(second, "Two mothers").wait(30)
    assert of_athens(tablet, second) == []


def test_what_another_office_said_of_a_file_of_its_own_is_not_taken_back_here(
    tablet: ThreeOffices, files: tuple[str, str]
) -> None:
    first, second = files
    decisions = tablet.books["Tirana"].decisions
    theirs = opened(tablet, "Rabat")
    tablet.case = theirs
    tablet.write("Rabat", "same_person", original=second, state="same", because="The same paper")
    with pytest.raises(Problem, match=r"person\.part\.not_home"):
        decisions.part_files(second, "Two mothers").wait(30)
    join(tablet, second, first)
    decisions.part_files(second, "Two mothers").wait(30)
    with pytest.raises(Problem, match=r"person\.part\.not_home"):
        decisions.part_files(second, "Two mothers").wait(30)


def test_an_officer_joins_files_and_asks_the_coordinator_to_part_them(book: Fieldbook) -> None:
    first, second = (book.new_case("al", "sq").wait(30) for _ in range(2))
    book.decisions.join_files(second, first, "The same paper").wait(30)
    book.decisions.part_files(first, "Another mother, I have looked again").wait(30)
    assert book.case(first).wait(30).other_files == (), "nobody else has seen it yet"
    said = book.decisions.join_files(second, first, "The same paper").wait(30)
    book._store.write(lambda db: db.run("UPDATE record SET on_server_ms = 1 WHERE id = ?", said))
    with pytest.raises(Problem, match=r"person\.part\.not_coordinator"):
        book.decisions.part_files(first, "Two mothers").wait(30)
    opened = book.edit(said).wait(30)
    book.save(said, opened.entry.answer("state", "apart")).wait(30)
    with pytest.raises(Problem, match=r"person\.part\.not_coordinator"):
        book.finish(said).wait(30)
    assert [each.id for each in book.case(first).wait(30).other_files] == [second]


def test_of_two_offices_files_the_own_one_is_that_to_work_in(
    tablet: ThreeOffices, files: tuple[str, str]
) -> None:
    """What is written in the other one goes to that office, and goes with it."""
    first, _ = files
    theirs = opened(tablet, "Rabat")
    book = tablet.books["Tirana"]
    book.decisions.join_files(theirs, first, "The same paper").wait(30)
    assert [each.case for each in book.case(theirs).wait(30).files] == [first, theirs]


def test_files_are_joined_in_a_file_of_the_own_office(tablet: ThreeOffices, files: tuple[str, str]) -> None:
    first, _ = files
    theirs, others = opened(tablet, "Rabat"), opened(tablet, "Athens")
    book = tablet.books["Tirana"]
    with pytest.raises(Problem, match=r"person\.files\.not_home"):
        book.decisions.join_files(theirs, others, "The same paper").wait(30)
    said = book.decisions.join_files(theirs, first, "The same paper").wait(30)
    assert said in {row.id for row in book.case(first).wait(30).records}


def test_whom_the_other_file_denies_has_neither(tablet: ThreeOffices, files: tuple[str, str]) -> None:
    """Somebody who works in Athens."""
    first, second = files
    join(tablet, second, first)
    deny(tablet, first, "eleni")
    assert of_athens(tablet, second) == ["sharing.office.denied"]


def test_a_file_by_which_she_is_an_adult_ends_a_duty_to_report(tablet: ThreeOffices) -> None:
    first = opened(tablet, "Tirana")
    second = opened(tablet, "Tirana", born="2012-01-05")
    share(tablet, share_ground="duty_to_report", share_reason="A child at the border")
    assert of_athens(tablet, second) == []
    join(tablet, second, first)
    assert of_athens(tablet, second) == ["sharing.ground.adult"]
    with pytest.raises(Problem, match=r"share\.ground\.adult"):
        tablet.books["Tirana"].decisions.share(second, "Athens", "duty_to_report", "A child").wait(30)


def test_no_consent_of_the_other_file_shares_this_one(tablet: ThreeOffices, files: tuple[str, str]) -> None:
    first, second = files
    join(tablet, first, second)
    assert tablet.books["Tirana"].decisions.shares(first).wait(30) == ()
    tablet.case = first
    tablet.write("Tirana", "sharing", share_office="Athens", share_state="shared", share_ground="consent")
    assert of_athens(tablet, first) == ["consent.missing"]


def test_a_file_of_another_office_takes_nothing_from_this_one(
    tablet: ThreeOffices, files: tuple[str, str]
) -> None:
    _, second = files
    theirs = opened(tablet, "Rabat")
    tablet.take_back("Rabat", "share_with_country")
    join(tablet, second, theirs)
    assert of_athens(tablet, second) == []
