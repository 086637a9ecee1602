"""A complaint about the staff is on nobody's Today but a coordinator's who has not the case herself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from tests.fieldbook.test_persons import answer, case_file, person


def done(job: Any) -> Any:
    return job.wait(30)


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


def feedback(book: Fieldbook, case: str, **answers: Any) -> None:
    opened = done(book.begin(case, "feedback"))
    usual = {"writer_concerned": "no", "feedback_state": "received", "answer_wanted": "yes", **answers}
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, value in usual.items():
        change = opened.entry.answer(paths[name], value)
        assert change.violation is None, name
        done(book.save(opened.record, change))
    assert done(book.finish(opened.record)) == ()


def on_todays_desk(book: Fieldbook, case: str) -> set[str]:
    today = done(book.today())
    return {item.kind for item in (*today.overdue, *today.today) if item.case == case}


def complaint(book: Fieldbook, case: str, about: str) -> None:
    handler = "coordinator" if about == "worker" else "complaints"
    answers = {"feedback_kind": "complaint", "feedback_about": [about], "handler": handler}
    feedback(book, case, given_on="2026-05-01", **answers, answer_by="2026-05-03")


@pytest.mark.parametrize(("about", "seen"), [("worker", False), ("service", True)])
def test_arta_does_not_learn_from_today_that_somebody_complains_of_her(
    book: Fieldbook, about: str, seen: bool
) -> None:
    case = person(book, given_name="Drita")
    complaint(book, case, about)
    assert ("feedback.answer" in on_todays_desk(book, case)) is seen
    assert ("feedback.answer" in {item.kind for item in done(book.case(case)).due}) is seen


def test_a_closed_case_that_is_to_be_erased_is_on_the_desk(book: Fieldbook) -> None:
    case = person(book, given_name="Drita")
    feedback(book, case, given_on="2026-05-02", feedback_kind="erasure", identity_check="met",
             handler="data_protection", answer_by="2026-05-30")  # fmt: skip
    answer(book, case_file(book, case), stage="closed")
    assert "erasure.asked" in on_todays_desk(book, case)
