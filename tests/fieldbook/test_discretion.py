"""The short form on a device: its titles in lists, and how long it lasts."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from app.fieldbook import Fieldbook
from tests.fieldbook.test_fieldbook import answer, done


def titles(book: Fieldbook, case: str, record: str) -> set[str]:
    """What the record is called in English, on Today and on its case."""
    drafts = {each.titles["en"] for each in done(book.today()).drafts if each.record == record}
    rows = {each.titles["en"] for each in done(book.case(case)).records if each.id == record}
    return drafts | rows


def test_a_record_that_she_turned_has_a_neutral_title_in_every_list_and_no_other_has(
    book: Fieldbook,
) -> None:
    case = done(book.new_case("al", "sq"))
    visit, other = done(book.begin(case, "monitoring_contact")), done(book.begin(case, "monitoring_contact"))
    for opened in (visit, other):
        answer(book, opened, outcome="met", threats=["watched"])
    assert titles(book, case, visit.record) == {"Monitoring contact"}
    book.discretion.put_on(visit.record)
    assert titles(book, case, visit.record) == {"Visit"}
    assert titles(book, case, other.record) == {"Monitoring contact"}
    book.discretion.take_off(visit.record)
    assert titles(book, case, visit.record) == {"Monitoring contact"}


def test_it_lasts_over_leaving_and_coming_back_and_ends_with_the_lock(
    book: Fieldbook, open_book: Callable[[], Fieldbook]
) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    answer(book, opened, outcome="met", threats=["watched"], observation="The door.")
    book.discretion.put_on(opened.record)
    again = done(book.resume(opened.record))
    assert book.discretion.is_on(again.record)
    assert again.entry.values() == opened.entry.values()
    done(book.close())
    fresh = open_book()
    assert not fresh.discretion.is_on(opened.record)
    assert titles(fresh, case, opened.record) == {"Monitoring contact"}


def test_a_visit_ended_as_not_alone_is_finished_and_opened_again_with_all_answers(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    answer(book, opened, outcome="met", threats=["watched"], debt="pressure", observation="The door.")
    book.discretion.put_on(opened.record)
    assert done(book.finish(opened.record)) != (), "met, and without a risk: not complete"
    answer(book, opened, outcome="not_alone")
    assert done(book.finish(opened.record)) == ()
    again = done(book.edit(opened.record)).entry.values()
    assert (again["safety/threats"], again["daily_life/debt"], again["conclusion/observation"]) == (
        ["watched"], "pressure", "The door.",
    )  # fmt: skip


def test_no_log_line_is_written_by_it(book: Fieldbook, caplog: pytest.LogCaptureFixture) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    answer(book, opened, outcome="met")
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        book.discretion.put_on(opened.record)
        titles(book, case, opened.record)
        book.discretion.take_off(opened.record)
    assert caplog.records == []
