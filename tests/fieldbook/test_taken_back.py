"""What a worker takes back by one tap is taken back and on its way, or she is told that it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.problems import Problem
from app.store import records

#: Only a coordinator parts files.
pytestmark = pytest.mark.usefixtures("as_coordinator")


def done(job: Any) -> Any:
    return job.wait(30)


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


def write(book: Fieldbook, case: str, form: str, **answers: str) -> str:
    opened = done(book.begin(case, form))
    change(book, opened, **answers)
    assert done(book.finish(opened.record)) == ()
    return str(opened.record)


def change(book: Fieldbook, opened: Any, **answers: str | None) -> None:
    for name, value in answers.items():
        done(book.save(opened.record, opened.entry.answer(name, value)))


def state(book: Fieldbook, case: str, record: str) -> str:
    return next(str(row.state) for row in done(book.case(case)).records if row.id == record)


def answer(book: Fieldbook, record: str, name: str) -> Any:
    return book._store.read(lambda db: records.values(db, record)).get(name)


def test_a_sharing_whose_record_is_not_complete_is_not_told_as_taken_back(book: Fieldbook) -> None:
    """She had begun to change the ground when she was called away."""
    case = done(book.new_case("al", "sq"))
    given = {"share_office": "Athens", "share_state": "shared"}
    first = write(book, case, "sharing", **given, share_ground="vital_interest", share_reason="A threat")
    second = write(book, case, "sharing", **given, share_ground="vital_interest", share_reason="Another")
    change(book, done(book.edit(second)), share_ground=None)
    with pytest.raises(Problem, match=r"decision\.record\.open"):
        done(book.decisions.unshare(case, "Athens"))
    # Nor is it half done: the other record still says what it said, and her draft is as she left it.
    assert (state(book, case, first), state(book, case, second)) == ("only_here", "draft")
    assert answer(book, second, "share_state") == "shared"
    change(book, done(book.edit(second)), share_ground="vital_interest")
    done(book.decisions.unshare(case, "Athens"))
    assert {state(book, case, record) for record in (first, second)} == {"only_here"}
    assert {answer(book, record, "share_state") for record in (first, second)} == {"ended"}


def test_files_that_an_unfinished_record_joins_are_not_told_as_parted(book: Fieldbook) -> None:
    first, second = (done(book.new_case("al", "sq")) for _ in range(2))
    joined = done(book.decisions.join_files(second, first, "The same passport"))
    change(book, done(book.edit(joined)), original=None)
    with pytest.raises(Problem, match=r"decision\.record\.open"):
        done(book.decisions.part_files(first, "They have two mothers"))
    assert state(book, second, joined) == "draft"
    assert (answer(book, joined, "state"), answer(book, joined, "because")) == ("same", "The same passport")
