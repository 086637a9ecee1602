"""A form tried out: the screens of a form find all that they ask for, and nothing is written anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.background import deliver_here
from app.preview import PreviewBook
from app.problems import Problem
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

ROOT = Path(__file__).parents[2]
FORM = "| survey |\n| | type | name | label | required |\n| | text | a | A | yes |\n| | image | p | P | |\n"


@pytest.fixture
def book() -> PreviewBook:
    return PreviewBook(load_form(xform_from_xlsform(FORM).xml), "form.md", deliver_here)


def test_all_that_the_screens_of_a_form_call_is_there(book: PreviewBook) -> None:
    screens = ROOT / "app" / "ui" / "screens"
    called = {
        name
        for screen in ("entry", "review", "screen")
        for name in re.findall(r"self\.book\.(\w+)", (screens / f"{screen}.py").read_text("utf-8"))
    }
    # A finished record is opened again to be changed; in a preview nothing is ever finished.
    assert called - {"edit"}
    assert called - {"edit"} <= set(dir(book))


def test_an_entry_is_checked_and_begins_anew(book: PreviewBook) -> None:
    opened = book.open("en")
    book.save(opened.record, opened.entry.answer("a", "x")).wait()
    assert book.finish(opened.record).wait() == ()
    again = book.open("en")
    assert again.entry.values() == {}
    assert [violation.kind for violation in book.finish(again.record).wait()] == ["required"]


def test_a_photo_is_in_memory_only(book: PreviewBook, tmp_path: Path) -> None:
    book.open("en")
    source = tmp_path / "tag.png"
    source.write_bytes(b"a picture")
    name = book.attach("", "p", source).wait()
    source.unlink()
    assert book.attachment(name).wait() == b"a picture"
    assert list(tmp_path.iterdir()) == []
    told: list[Problem] = []
    book.on_problem.append(told.append)
    book.attach("", "p", source).then(None)
    assert [problem.code for problem in told] == ["attachment.source.missing"]
    book.open("en")
    with pytest.raises(Problem, match=r"attachment\.file\.missing"):
        book.attachment(name).wait()
