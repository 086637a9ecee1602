"""`python -m forms convert`: a workbook as text and back is the same form, whatever is in its cells."""

import io
import os
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from forms import library
from forms.__main__ import main
from forms.errors import FormProblem
from forms.xlsform.convert import MAX_CELL, convert
from forms.xlsform.markdown_table import LINE_BREAK, with_line_breaks, written
from forms.xlsform.to_xform import tables, xform_from_xlsform

WILD = Path(__file__).parents[3] / "shared" / "wild_forms"
#: Every seventh of them; all with HOMEWARD_EVERY_FORM=1.
SOME_OF_OTHERS = sorted(WILD.glob("*.xls*"))[:: 1 if os.environ.get("HOMEWARD_EVERY_FORM") else 7]


SMALL = b"| survey |\n| | type | name | label |\n| | text | a | A |\n"


def workbook(path, sheets):
    """A workbook of {sheet: rows}, its cells of whatever type they are given in."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None and value != "":
                    cell = sheet.cell(number, column, value)
                    if isinstance(value, str):
                        cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    path.write_bytes(content.getvalue())
    return path


def xform(path):
    return xform_from_xlsform(path).xml.replace("\r\n", "\n").replace("\r", "\n")


def through(folder, source, *kinds):
    """The file after being converted to each of the kinds in turn."""
    for kind in kinds:
        target = folder / f"{source.stem}{kind}"
        target.write_bytes(convert(source, target).content)
        source = target
    return source


def there_and_back(folder, sheets):
    """(the source, as text, as a workbook again)"""
    source = workbook(folder / "form.xlsx", sheets)
    text = through(folder, source, ".md")
    (folder / "back").mkdir(exist_ok=True)
    again = folder / "back" / "form.xlsx"
    again.write_bytes(convert(text, again).content)
    return source, text, again


def cells(path):
    """What the converter reads, without what is empty."""
    return {
        name: [tuple(sorted(row.items())) for row in table.rows if row]
        for name, table in tables(path).items()
    }


TEXT = st.text(
    st.one_of(
        st.sampled_from(list("|\\#-␤ \n<>&\"'=_+@0x1’“")),
        st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="$"),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip())
VALUE = st.one_of(
    TEXT,
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 6)),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)).map(lambda day: datetime(day.year, day.month, day.day)),
    st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(
        ["007", "=1+1", "1e5", "TRUE", "-", "---", "#a", "a | b", "\\|", "_x0041_", "#N/A", "<br>"]
    ),
    st.none(),
)


@st.composite
def forms(draw):
    count = draw(st.integers(1, 6))
    gap = st.sampled_from([0, 0, 0, 1, 3])
    heads = [
        "type",
        "name",
        "label::English (en)",
        "hint::English (en)",
        None,
        "default",
        "comment",
        "note to self",
    ]
    survey = [heads]
    for number in range(count):
        survey += [[None] * len(heads)] * draw(gap)
        kind = draw(st.sampled_from(["text", "integer", "select_one list", "note", "calculate"]))
        name = None if kind == "note" and draw(st.booleans()) else f"q{number}"
        survey.append([kind, name, draw(TEXT), draw(VALUE), None, draw(VALUE), draw(VALUE), draw(VALUE)])
        if kind == "calculate":
            survey[-1][5] = "1 + 1"
    names = draw(
        st.lists(st.sampled_from(["007", 7, "a", "b-b", True, 1.5, "x|y"]), min_size=1, unique_by=str)
    )
    choices = [["list_name", "name", "label::English (en)", "extra"]]
    choices += [["list", name, draw(TEXT), draw(VALUE)] for name in names]
    sheets = {"survey": survey, "choices": choices, "Read me": [["any", "thing"], ["at", "all"]]}
    if draw(st.booleans()):
        sheets["settings"] = [["form_title", "version", "form_id"], [draw(TEXT), draw(VALUE), "id_1"]]
    return sheets


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=forms())
def test_a_form_is_the_same_there_and_back_whatever_is_in_its_cells(tmp_path, sheets):
    source, text, again = there_and_back(tmp_path, sheets)
    try:
        wanted = xform(source)
    except FormProblem:
        wanted = None
    event(f"a form: {wanted is not None}")
    if wanted is not None:
        assert xform(text) == wanted
        assert xform(again) == wanted
    assert cells(text) == cells(again)
    if wanted is None or "generated_note_name" not in wanted:
        assert cells(text) == cells(source)


@given(text=st.text(alphabet="\\␤\n|ab "))
def test_any_cell_reads_back_as_it_was(text):
    on_one_line = written(text)
    assert "\n" not in on_one_line
    assert with_line_breaks(on_one_line.replace("\\|", "|")) == text


def test_a_form_with_every_sheet_is_the_same_there_and_back(tmp_path):
    sheets = {
        "Survey": [
            ["type", "name", "label", "choice_filter", "save_to", "calculation", "comments"],
            ["select_one_external town", "town", "Town", "state=${state}", None, None, "ask\nthe boss"],
            ["text", "state", "State | region", None, "state", None, None],
            ["osm tags", "building", "Building", None, None, None, None],
        ],
        "external_choices": [["list_name", "name", "state"], ["town", "001", "x"], ["town", 2, True]],
        "osm": [["list_name", "name", "label"], ["tags", "height", "Height"]],
        "entities": [["list_name", "label"], ["places", "concat(${state}, '|')"]],
        "choices": [["list_name", "name", "label"]],
        "settings": [["form_title", "version"], ["Ünïcode العربية", datetime(2026, 11, 22)]],
    }
    source, text, again = there_and_back(tmp_path, sheets)
    assert xform(text) == xform(again) == xform(source)
    written_text = text.read_text("utf-8")
    assert "| 2026-11-22 00:00:00 |" in written_text
    assert f"ask{LINE_BREAK}the boss" in written_text
    assert "State \\| region" in written_text
    assert "| town | 001 | x |" in written_text


def test_line_breaks_reach_the_form(tmp_path):
    _, text, _ = there_and_back(
        tmp_path, {"survey": [["type", "name", "label"], ["note", "n", "One\n\nTwo \\\n␤ three"]]}
    )
    assert "One\n\nTwo \\\n␤ three" in xform(text)


def test_a_formula_is_the_result_that_was_saved(tmp_path):
    path = tmp_path / "form.xlsx"
    workbook(path, {"survey": [["type", "name", "label"], ["text", "a", "=A1"]]})
    book = openpyxl.load_workbook(path)
    book["survey"]["C2"] = '="A" & "B"'
    book.save(path)
    # Nothing has been calculated yet, so there is no result.
    with pytest.raises(FormProblem):
        xform(path)
    assert "=A1" not in through(tmp_path, path, ".md").read_text("utf-8")


def test_names_made_of_row_numbers_stay_although_empty_rows_go(tmp_path):
    rows = [
        ["type", "name", "label"],
        [None] * 3,
        ["note", None, "First"],
        [None] * 3,
        ["note", None, "Second"],
    ]
    source, text, again = there_and_back(tmp_path, {"survey": rows})
    assert "generated_note_name_3" in xform(source)
    assert xform(text) == xform(again) == xform(source)


def test_empty_rows_and_columns_are_not_written(tmp_path):
    rows = [["type", None, "name", "label", "name it"], [], ["text", "x", "a", "A"], [], []]
    _, text, _ = there_and_back(tmp_path, {"survey": rows})
    assert (
        text.read_text("utf-8")
        == "| survey |\n|  | type | name | label | name it |\n|  | text | a | A |  |\n"
    )


def test_a_form_named_by_its_file_keeps_its_id_under_another_name(tmp_path):
    source = workbook(tmp_path / "visit.xlsx", {"survey": [["type", "name", "label"], ["text", "a", "A"]]})
    target = tmp_path / "other.md"
    target.write_bytes(convert(source, target).content)
    assert xform(target) == xform(source)
    assert 'id="visit"' in xform(target)


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in library.forms()])
def test_a_form_of_the_library_is_the_same_as_a_workbook(tmp_path, form_id):
    source = tmp_path / f"{form_id}.md"
    source.write_text(library.read(form_id), "utf-8")
    assert xform(through(tmp_path, source, ".xlsx")) == xform(source)


def test_a_cell_that_a_workbook_cannot_hold_is_refused_with_its_place(tmp_path):
    source = tmp_path / "form.md"
    source.write_text(f"| survey |\n| | type | name | label |\n| | text | a | {'x' * (MAX_CELL + 1)} |\n")
    with pytest.raises(FormProblem) as raised:
        convert(source, tmp_path / "form.xlsx")
    assert raised.value.params == {"sheet": "survey", "row": 2, "column": "label"}


def test_a_form_that_would_change_is_not_written(tmp_path, monkeypatch):
    source = workbook(tmp_path / "form.xlsx", {"survey": [["type", "name", "label"], ["text", "a", "A | B"]]})
    monkeypatch.setattr("forms.xlsform.markdown_table.written", lambda cell: cell.replace("|", "/"))
    with pytest.raises(FormProblem) as raised:
        convert(source, tmp_path / "form.md")
    assert raised.value.code == "form.convert.differs"


# The command


def test_the_command_writes_beside_the_source_and_never_over_a_file(tmp_path, capsys):
    source = workbook(
        tmp_path / "form.xlsx",
        {"survey": [["type", "name", "label"], ["text", "a", "A"]], "Notes": [["keep", "this"]]},
    )
    assert main(["convert", str(source)]) == 0
    told = capsys.readouterr()
    assert told.out == f"{tmp_path / 'form.md'}\n"
    assert told.err == "Left out: the sheet 'Notes'.\n"
    assert main(["convert", str(source)]) == 1
    assert "form.convert.target_exists" in capsys.readouterr().err
    (tmp_path / "form.md").write_text("old")
    assert main(["convert", "--force", str(source)]) == 0
    assert "| text | a | A |" in (tmp_path / "form.md").read_text("utf-8")
    assert main(["convert", str(tmp_path / "form.md"), "--out", str(tmp_path / "again.xlsx")]) == 0
    assert xform(tmp_path / "again.xlsx") == xform(source)


def test_comments_that_stay_behind_are_told(tmp_path, capsys):
    source = tmp_path / "form.md"
    source.write_text("# why\n| survey |\n| | type | name | label |\n| | text | a | A |\n")
    assert main(["convert", str(source)]) == 0
    assert capsys.readouterr().err == "Left out: 1 lines of comments.\n"


def test_a_form_that_cannot_be_used_is_converted_to_be_put_right(tmp_path, capsys):
    source = workbook(tmp_path / "form.xlsx", {"survey": [["type", "name", "label"], ["txet", "a", "A"]]})
    assert main(["convert", str(source)]) == 0
    assert "form.xlsform.unknown_type" in capsys.readouterr().err
    assert "| txet | a | A |" in (tmp_path / "form.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "out", "code"),
    [
        ("form.xlsx", b"\x00garbage", "form.md", "form.xlsform.no_tables"),
        ("form.md", b"", "form.xlsx", "form.file.empty"),
        ("form.md", SMALL, "form.pdf", "form.convert.unknown_kind"),
        ("form.md", SMALL, "no/where.md", "form.convert.not_written"),
        ("absent.md", None, "form.xlsx", "form.file.unreadable"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_told(tmp_path, capsys, name, content, out, code):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["convert", str(tmp_path / name), "--out", str(tmp_path / out)]) == 1
    told = capsys.readouterr().err
    assert f"problem: {code}" in told
    assert "remedy: " in told


@pytest.mark.skipif(not WILD.is_dir(), reason="needs ../shared/wild_forms, the forms of others")
@pytest.mark.parametrize("path", SOME_OF_OTHERS, ids=lambda path: path.name[:60])
def test_a_form_of_others_is_the_same_there_and_back(tmp_path, path):
    try:
        wanted = xform(path)
    except FormProblem as problem:
        pytest.skip(f"no form: {problem.code}")
    assert xform(through(tmp_path, path, ".md", ".xlsx")) == wanted
