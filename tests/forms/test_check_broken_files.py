"""Broken XLSForms: each is told with sheet, row and name, a cause and a remedy; none brings a traceback."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from pyxform import xls2xform

from forms import check
from forms.__main__ import main
from forms.check import check_file
from forms.problem_texts import explain
from forms.xlsform.workbook import read_workbook

HEAD = ("type", "name", "label", "relevant", "calculation")
TEXT = ("text", "who", "Who", "", "")

#: What is wrong -> rows of 'survey' below the heading, rows of 'choices', code, and where it is.
BROKEN = {
    "a type that does not exist": (
        [TEXT, ("hologram", "ghost", "Ghost", "", "")],
        [],
        "form.xlsform.unknown_type",
        "sheet 'survey', row 3, column 'type', name 'ghost'",
    ),
    "a question without label": (
        [TEXT, ("integer", "age", "", "", "")],
        [],
        "form.xlsform.label_missing",
        "sheet 'survey', row 3, name 'age'",
    ),
    "a list that is not there": (
        [TEXT, ("select_one colour", "favourite", "Favourite", "", "")],
        [("animal", "cat", "Cat")],
        "form.xlsform.list_unknown",
        "sheet 'survey', row 3, name 'favourite'",
    ),
    "no sheet of choices": (
        [("select_one colour", "favourite", "Favourite", "", "")],
        [],
        "form.xlsform.choices_missing",
        "sheet 'choices'",
    ),
    "two questions of one name": (
        [TEXT, TEXT],
        [],
        "form.xlsform.name_twice",
        "sheet 'survey', row 3, column 'name', name 'who'",
    ),
    "two choices of one name": (
        [("select_one animal", "pet", "Pet", "", "")],
        [("animal", "cat", "Cat"), ("animal", "dog", "Dog"), ("animal", "cat", "Other cat")],
        "form.xlsform.choice_twice",
        "sheet 'choices', row 4, column 'name', name 'cat'",
    ),
    "a choice without name": (
        [("select_one animal", "pet", "Pet", "", "")],
        [("animal", "", "Cat")],
        "form.xlsform.choice_unnamed",
        "sheet 'choices', row 2, column 'name'",
    ),
    "a question without name": (
        [TEXT, ("text", "", "Nobody", "", "")],
        [],
        "form.xlsform.name_missing",
        "sheet 'survey', row 3",
    ),
    "a name with a blank": (
        [TEXT, ("text", "first name", "First name", "", "")],
        [],
        "form.xlsform.name_invalid",
        "sheet 'survey', row 3, column 'name', name 'first name'",
    ),
    "an expression that cannot be read": (
        [TEXT, ("text", "b", "B", "${who} = = 'x'", "")],
        [],
        "form.expression.not_understood",
        "sheet 'survey', row 3, column 'relevant', name 'b'",
    ),
    "a function that does not exist": (
        [TEXT, ("calculate", "c", "", "", "conjure(${who})")],
        [],
        "form.expression.unknown_function",
        "sheet 'survey', row 3, column 'calculation', name 'c'",
    ),
    "a reference to nothing": (
        [TEXT, ("text", "b", "B", "${nobody} = 'x'", "")],
        [],
        "form.xlsform.reference_unknown",
        "sheet 'survey', row 3, column 'relevant', name 'b'",
    ),
    "a circle of calculations": (
        [TEXT, ("calculate", "a", "", "", "${b} + 1"), ("calculate", "b", "", "", "${a} + 1")],
        [],
        "form.dependency.cycle",
        "sheet 'survey', row 3, name 'a'",
    ),
    "a group that never ends": (
        [("begin_group", "home", "Home", "", ""), TEXT],
        [],
        "form.xlsform.not_ended",
        "sheet 'survey', row 2, name 'home'",
    ),
    "a group that never began": (
        [TEXT, ("end_group", "", "", "", "")],
        [],
        "form.xlsform.not_begun",
        "sheet 'survey', row 3",
    ),
    "a repeat that is ended as a group": (
        [("begin_repeat", "child", "Child", "", ""), TEXT, ("end_group", "", "", "", "")],
        [],
        "form.xlsform.not_begun",
        "sheet 'survey', row 4",
    ),
    "a calculation without anything to calculate": (
        [TEXT, ("calculate", "c", "", "", "")],
        [],
        "form.xlsform.calculation_missing",
        "sheet 'survey', row 3, name 'c'",
    ),
}


def as_workbook(path: Path, survey: list[tuple[str, ...]], choices: list[tuple[str, ...]]) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (HEAD, *survey):
        sheet.append([cell or None for cell in row])
    if choices:
        lists = book.create_sheet("choices")
        for row in (("list_name", "name", "label"), *choices):
            lists.append([cell or None for cell in row])
    book.save(path)
    return path


def as_markdown(path: Path, survey: list[tuple[str, ...]], choices: list[tuple[str, ...]]) -> Path:
    def table(name: str, rows: list[tuple[str, ...]]) -> str:
        return f"| {name} |\n" + "".join(f"| | {' | '.join(row)} |\n" for row in rows)

    text = table("survey", [HEAD, *survey])
    if choices:
        text += table("choices", [("list_name", "name", "label"), *choices])
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("write", [as_workbook, as_markdown])
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_is_told_with_its_place_in_the_sheet(tmp_path, what, write):
    survey, choices, code, where = BROKEN[what]
    path = write(tmp_path / ("form.xlsx" if write is as_workbook else "form.md"), survey, choices)
    report = check_file(path)
    lines = list(report.lines())
    assert lines[:3] == [f"{path.name}: cannot be used", f"  problem: {code}", f"  where: {where}"]
    assert [line.split(":")[0] for line in lines[3:]] == ["  cause", "  remedy"]
    assert report.xml == ""


@pytest.mark.parametrize("write", [as_workbook, as_markdown])
def test_a_form_that_is_mended_has_nothing_wrong(tmp_path, write):
    path = write(tmp_path / ("form.xlsx" if write is as_workbook else "form.md"), [TEXT], [])
    report = check_file(path)
    assert report.problem is None
    assert report.definition.id == "form"
    assert report.definition.version


def test_rows_are_counted_over_empty_ones_as_the_spreadsheet_counts(tmp_path):
    empty = ("", "", "", "", "")
    path = as_workbook(tmp_path / "form.xlsx", [TEXT, empty, empty, ("hologram", "g", "G", "", "")], [])
    assert explain(check_file(path).problem).where.startswith("sheet 'survey', row 5")


def test_a_question_is_found_below_the_group_that_it_stands_in(tmp_path):
    rows = [
        ("begin_group", "one", "One", "", ""),
        ("text", "same", "Same", "", ""),
        ("end_group", "", "", "", ""),
        ("begin_group", "two", "Two", "", ""),
        ("text", "same", "Same", "nope()", ""),
        ("end_group", "", "", "", ""),
    ]
    path = as_workbook(tmp_path / "form.xlsx", rows, [])
    assert explain(check_file(path).problem).where == "sheet 'survey', row 6, column 'relevant', name 'same'"


def test_a_heading_that_is_there_twice_is_found_on_its_sheet(tmp_path):
    path = as_workbook(tmp_path / "form.xlsx", [("select_one a", "b", "B", "", "")], [("a", "x", "X")])
    from openpyxl import load_workbook

    book = load_workbook(path)
    book["choices"]["D1"] = "label"
    book.save(path)
    problem = check_file(path).problem
    assert problem.code == "form.xlsform.heading_twice"
    assert explain(problem).where == "sheet 'choices', row 1, column 'label'"


@pytest.mark.parametrize("write", [as_workbook, as_markdown])
@pytest.mark.parametrize(
    ("at", "heading"),
    [
        # The converter stumbles over the first two, takes the third for 'type', and leaves the others out.
        (3, "label::French (fr)label::English (en)"),
        (2, "label::English (en) hint::English (en)"),
        (0, "type, name"),
        (3, "relevant constraint"),
        (3, "media::image::English (en) media::audio::English (en)"),
    ],
)
def test_a_heading_cell_that_holds_two_headings_is_told_with_its_text(
    tmp_path, monkeypatch, write, at, heading
):
    headings = [*HEAD[:at], heading, *HEAD[at + 1 :]]
    monkeypatch.setitem(globals(), "HEAD", tuple(headings))
    path = write(tmp_path / ("form.xlsx" if write is as_workbook else "form.md"), [TEXT], [])
    problem = check_file(path).problem
    assert problem.code == "form.xlsform.headings_joined"
    told = explain(problem)
    assert told.where == "sheet 'survey', row 1"
    assert told.cause == f"One cell holds two headings: {heading}."


@pytest.mark.parametrize(
    "heading", ["constraint message", "repeat count", "media::image::English (en)", "bind::homeward:merge"]
)
def test_a_heading_of_two_words_is_one_heading(tmp_path, monkeypatch, heading):
    monkeypatch.setitem(globals(), "HEAD", (*HEAD[:3], heading, HEAD[4]))
    assert check_file(as_workbook(tmp_path / "form.xlsx", [TEXT], [])).problem is None


def test_a_sheet_that_is_no_part_of_a_form_may_have_any_heading(tmp_path):
    from openpyxl import load_workbook

    path = as_workbook(tmp_path / "form.xlsx", [TEXT], [])
    book = load_workbook(path)
    book.create_sheet("remarks").append(["name, label"])
    book.save(path)
    assert check_file(path).problem is None


@pytest.mark.parametrize(
    "rows",
    [
        [("note", "hello", "Hello", "", "")],
        [("calculate", "sum", "", "", "1 + 1"), ("hidden", "unseen", "", "", "")],
        [("begin_group", "home", "Home", "", ""), ("note", "n", "N", "", ""), ("end_group", "", "", "", "")],
    ],
)
def test_a_form_that_asks_nothing_is_told_and_not_published(tmp_path, rows):
    report = check_file(as_workbook(tmp_path / "form.xlsx", rows, []))
    assert report.problem.code == "form.question.missing"
    assert report.xml == ""
    assert "asks nothing" in explain(report.problem).cause
    assert check_file(as_workbook(tmp_path / "form.xlsx", [*rows, TEXT], [])).problem is None


def test_a_form_without_the_column_of_labels_is_told(tmp_path):
    path = tmp_path / "form.md"
    path.write_text("| survey |\n| | type | name |\n| | text | who |\n", "utf-8")
    problem = check_file(path).problem
    assert problem.code == "form.xlsform.label_missing"
    assert "'label'" in explain(problem).remedy


def ole(inside: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + inside + bytes(2000)


def zipped(name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.xlsx", b"", "form.file.empty"),
        ("blank.md", b" \n\n", "form.file.empty"),
        ("letter.xlsx", b"Dear colleague, here is the form.", "form.xlsform.no_tables"),
        ("cut.xlsx", zipped("xl/workbook.xml")[:60], "form.xlsform.no_tables"),
        ("photos.xlsx", zipped("photo.png"), "form.xlsform.no_tables"),
        ("secret.xlsx", ole("EncryptedPackage".encode("utf-16-le")), "form.file.encrypted"),
        ("old.xlsx", ole(b"Workbook"), "form.file.renamed"),
        ("new.xls", zipped("xl/workbook.xml"), "form.file.renamed"),
        ("new.md", zipped("xl/workbook.xml"), "form.file.renamed"),
        ("page.xls", b"<html><table></table></html>", "form.xlsform.no_tables"),
        ("broken.xls", ole(b"nothing"), "form.xlsform.no_tables"),
        ("list.csv", b"a,b\nsome,thing\n", "form.xlsform.no_tables"),
        ("odd.csv", b"\xff\xfe,\x00", "form.file.unreadable"),
        ("form.ods", b"PK", "form.file.not_a_form"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, capsys, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["check", str(path)]) == 1
    printed = capsys.readouterr()
    assert f"problem: {code}" in printed.out
    assert "remedy: " in printed.out
    assert printed.err == ""


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path):
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    assert check_file(folder).problem.code == "form.file.unreadable"
    assert check_file(tmp_path / "absent.xlsx").problem.code == "form.file.unreadable"


def test_a_workbook_that_unpacks_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("forms.xlsform.form_file.MAX_UNPACKED", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped("xl/workbook.xml", bytes(2_000_000)))
    assert check_file(path).problem.code == "form.file.too_large"


def test_a_file_that_is_too_large_is_not_opened_again_to_find_a_place_in_it(tmp_path, monkeypatch):
    opened = []
    path = as_workbook(tmp_path / "form.xlsx", [TEXT], [])
    monkeypatch.setattr("forms.xlsform.form_file.MAX_UNPACKED", 1000)
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_words, **_more: opened.append(1))
    assert check_file(path).problem.code == "form.file.too_large"
    assert read_workbook(path).sheets == {}
    assert not opened


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("name", ["form.xml", "form.xlsx", "form.md"])
def test_what_never_ends_is_not_read(tmp_path, name, monkeypatch):
    path = tmp_path / name
    path.symlink_to("/dev/zero")
    assert check_file(path).problem.code == "form.file.unreadable"
    path.unlink()
    os.mkfifo(path)
    assert check_file(path).problem.code == "form.file.unreadable"
    path.unlink()
    monkeypatch.setattr("forms.xlsform.form_file.MAX_FILE", 1000)
    path.write_bytes(b"x" * 1001)
    assert check_file(path).problem.code == "form.file.too_large"


def test_whatever_the_converter_raises_is_a_problem_of_the_form(tmp_path, monkeypatch):
    def stumble(*_words, **_more):
        raise KeyError("deep inside a library")

    monkeypatch.setattr(xls2xform, "convert", stumble)
    problem = check_file(as_workbook(tmp_path / "form.xlsx", [TEXT], [])).problem
    assert problem.code == "form.xlsform.converter_failed"
    assert "KeyError" in explain(problem).cause


def test_groups_that_are_too_deep_for_the_converter_are_told_as_such(tmp_path):
    groups = [("begin_group", f"g{number}", "G", "", "") for number in range(1500)]
    ends = [("end_group", "", "", "", "")] * 1500
    problem = check_file(as_workbook(tmp_path / "form.xlsx", [*groups, TEXT, *ends], [])).problem
    assert problem.code == "form.xlsform.too_deep"
    assert "nested too deep" in explain(problem).cause


@pytest.mark.parametrize("name", ["form.md", "form.csv"])
def test_the_mark_that_some_editors_put_first_is_no_part_of_a_table(tmp_path, name):
    table = as_markdown(tmp_path / name, [TEXT], []).read_text("utf-8")
    if name.endswith("csv"):
        table = "survey,,,\n,type,name,label\n,text,who,Who\n"
    (tmp_path / name).write_text(table, "utf-8-sig")
    report = check_file(tmp_path / name)
    assert report.problem is None
    assert [each.path for each in report.definition.questions.values() if each.asks] == ["who"]
    assert read_workbook(tmp_path / name).sheet("survey").header[:2] == ("type", "name")


def test_an_encoding_that_does_not_exist_is_no_xml(tmp_path):
    path = tmp_path / "form.xml"
    path.write_text('<?xml version="1.0" encoding="martian"?><a/>', "utf-8")
    assert check_file(path).problem.code == "form.xml.not_well_formed"


def test_whatever_the_reading_raises_is_a_problem_of_the_form(tmp_path, monkeypatch):
    def stumble(_xml):
        raise ZeroDivisionError

    monkeypatch.setattr(check, "load_form", stumble)
    problem = check_file(as_workbook(tmp_path / "form.xlsx", [TEXT], [])).problem
    assert problem.code == "form.check.failed"


@pytest.mark.parametrize(
    ("form_id", "version", "code"),
    [
        ("a/b", "1", "form.id.unusable"),
        ("..", "1", "form.id.unusable"),
        ("x" * 201, "1", "form.id.unusable"),
        ("visit", "1/2", "form.version.unusable"),
        ("vi\u202esit", "1", "form.id.unusable"),
        ("vi\u200bsit", "1", "form.id.unusable"),
        ("visit", "1\u20282", "form.version.unusable"),
        ("visit", "1\x852", "form.version.unusable"),
    ],
)
def test_a_name_that_no_address_can_hold_is_refused(tmp_path, form_id, version, code):
    path = tmp_path / "form.md"
    path.write_text(
        f"| settings |\n| | form_id | version |\n| | {form_id} | {version} |\n"
        "| survey |\n| | type | name | label |\n| | text | a | A |\n",
        "utf-8",
    )
    assert check_file(path).problem.code == code


def test_a_version_made_from_the_content_stays_until_the_form_is_changed(tmp_path):
    path = as_workbook(tmp_path / "form.xlsx", [TEXT], [])
    first, again = check_file(path), check_file(path)
    assert first.definition.version == again.definition.version
    assert first.xml == again.xml
    as_workbook(path, [("text", "who", "Who is it", "", "")], [])
    assert check_file(path).definition.version != first.definition.version
    assert any(finding.code == "lint.version.missing" for finding in first.lint)
