"""The page of each form says what the form says, and every form says what it is for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from forms import library
from forms.about import PARTS, PLACES, read_about
from forms.check import check_of_library, check_table
from forms.xlsform.convert import convert
from forms.xlsform.to_xform import xform_from_xlsform
from forms.xlsform.workbook import read_workbook

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "forms"
IDS = [form_id for form_id, _ in library.forms()]
SURVEY = "| survey |\n| | type | name | label |\n| | text | a | A |\n"


def said(*rows: str) -> str:
    """A form whose sheet `about` has these rows."""
    return "| about |\n| | what | text |\n" + "".join(f"| | {row} |\n" for row in rows) + "\n" + SURVEY


def test_the_pages_of_the_forms_are_what_the_forms_say() -> None:
    done = subprocess.run(
        [sys.executable, "packaging/form_pages.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in FOLDER.glob("*.md")} == {"index", *IDS}


@pytest.mark.parametrize("form_id", IDS)
def test_a_form_of_the_library_says_what_it_is_for_and_where_its_structure_comes_from(form_id: str) -> None:
    about = read_about(read_workbook(library.read(form_id)))
    assert about.purpose.endswith(".")
    assert about.stage in PLACES
    assert about.sources
    assert about.not_validated
    page = (FOLDER / f"{form_id}.md").read_text("utf-8")
    assert all(text in page for text in (about.purpose, about.who, about.when, *about.not_validated))


@pytest.mark.parametrize("form_id", IDS)
def test_every_question_of_a_form_and_every_stop_stands_on_its_page(form_id: str) -> None:
    page = (FOLDER / f"{form_id}.md").read_text("utf-8")
    form = check_of_library(form_id).definition
    assert form is not None
    for question in form.questions.values():
        if question.asks:
            assert f"`{question.name}`" in page
        if question.type == "note":
            assert " ".join((question.label.plain("en") or "").split()) in page


@pytest.mark.parametrize("part", PARTS)
def test_a_form_of_the_library_that_leaves_something_out_is_told_so(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    about, settings, form = library.read("consent").partition("| settings |")
    lines = [line for line in about.splitlines() if not line.startswith(f"| | {part} |")]
    assert len(lines) < len(about.splitlines())
    monkeypatch.setattr(library, "read", lambda _form_id: "\n".join([*lines, settings + form]))
    report = check_of_library("consent")
    assert [(finding.code, finding.params["part"]) for finding in report.lint] == [
        ("lint.about.missing", part)
    ]


def test_a_form_of_somebody_else_need_not_say_what_it_is_for() -> None:
    assert not [one for one in check_table("visit.md", SURVEY).lint if one.code.startswith("lint.about")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("stage | somewhere", "lint.about.unknown"),
        ("minutes | a quarter of an hour", "lint.about.unknown"),
        ("source | a report that I remember", "lint.about.unknown"),
        ("source | unverified: a scale", "lint.about.unknown"),
        ("porpoise | To swim.", "lint.about.unknown"),
        ("who | Anybody.", "lint.about.twice"),
        ("usual | b: yes", "lint.about.unknown"),
        ("left in English | zgh: all of it", "lint.about.unknown"),
    ],
)
def test_a_row_that_says_nothing_is_told(row: str, code: str) -> None:
    report = check_table("visit.md", said("who | The worker.", row))
    assert [one.code for one in report.lint if one.code.startswith("lint.about")] == [code]


def test_what_a_form_is_for_survives_a_workbook_and_changes_nothing_of_the_form(tmp_path: Path) -> None:
    text = library.read("consent")
    (tmp_path / "consent.md").write_text(text, "utf-8")
    book, back = tmp_path / "book" / "consent.xlsx", tmp_path / "consent.md"
    book.parent.mkdir()
    book.write_bytes(convert(back, book).content)
    again = convert(book, back).content.decode("utf-8")
    about = read_about(read_workbook(text))
    assert about.purpose
    assert read_about(read_workbook(book)) == about
    assert read_about(read_workbook(again)) == about
    without = text[text.index("| settings |") :]
    assert xform_from_xlsform(without).xml == xform_from_xlsform(text).xml
