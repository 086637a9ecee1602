"""What was typed and belongs to no record: there after the next unlocking, once, and only in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.fieldbook import Fieldbook

TYPED = {"new_case": {"given_name": "Секретенко", "family_name": "السرّية"}}
UNREAD = {"contact/contact_date": "5 or 6 May"}


def begin_draft(book: Fieldbook) -> str:
    case = book.new_case("al", "sq").wait(30)
    draft = book.begin(case, "monitoring_contact").wait(30)
    book.save(draft.record, draft.entry.answer("contact/outcome", "met")).wait(30)
    return draft.record


def test_what_was_typed_outlives_the_lock_and_is_handed_back_once(
    open_book: Callable[[], Fieldbook], folder: Path
) -> None:
    before = open_book()
    typed = {**TYPED, f"entry.{begin_draft(before)}": UNREAD}
    before.unfinished.keep(typed)
    before.close().wait(30)
    for word in ("Секретенко", "السرّية", "5 or 6 May"):
        assert not [
            file for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes()
        ]

    after = open_book()
    assert after.unfinished.take().wait(30) == typed
    assert after.unfinished.take().wait(30) == {}


def test_a_lock_with_nothing_unfinished_forgets_what_was(open_book: Callable[[], Fieldbook]) -> None:
    book = open_book()
    book.unfinished.keep(TYPED)
    book.unfinished.keep({})
    assert book.unfinished.take().wait(30) == {}


def test_of_a_draft_that_was_thrown_away_nothing_comes_back(open_book: Callable[[], Fieldbook]) -> None:
    book = open_book()
    record = begin_draft(book)
    book.unfinished.keep({f"entry.{record}": UNREAD})
    book.discard(record).wait(30)
    assert book.unfinished.take().wait(30) == {}
