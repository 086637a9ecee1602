"""`python -m forms convert FILE`: a workbook becomes reviewable text, and text a workbook.

The XForm of the result is that of the source, or nothing is written. A form that cannot be used yet is
converted cell by cell all the same, so that it can be put right in either. Not carried over: colours and
widths of a workbook, sheets that mean nothing in an XLSForm, and comments of a .md; what is left out is told.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forms.errors import FormProblem
from forms.problem_texts import explain
from forms.xlsform.form_file import content_of
from forms.xlsform.markdown_table import Table, markdown
from forms.xlsform.to_xform import tables, xform_from_xlsform
from forms.xlsform.workbook import read_workbook

#: A cell of a workbook holds no more.
MAX_CELL: Final = 32_767
#: What no workbook and no XForm can hold.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Names that the converter makes of a row's number: then a row that is empty must stay.
_NUMBERED: Final = re.compile(
    r"generated_(?:note_name|table_list_label)_\d|reserved_name_for_field_list_labels_\d"
)
_ID_HEADINGS: Final = frozenset({"form_id", "id_string", "set_form_id"})
_SWITCHED_OFF: Final = {"disabled": "yes"}


@dataclass(frozen=True, slots=True)
class Converted:
    """What the result holds, and what was not carried over."""

    content: bytes
    left_out: tuple[str, ...]
    problem: FormProblem | None
    """Why the form cannot be used, source and result alike; None when it can."""


def convert(source: Path, target: Path) -> Converted:
    """The content of `target`, by its ending .md or .xlsx, made of an XLSForm. Writes nothing.

    Raises FormProblem for a source that cannot be read, for what the target cannot hold, and
    `form.convert.differs` when the XForm would be another one.
    """
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise FormProblem("form.convert.unknown_kind", file=target.name)
    sheets = tables(source)
    if not any(table.headings for table in sheets.values()):
        raise FormProblem("form.xlsform.no_tables", file=source.name)
    before, problem = _xform(source)
    if _NUMBERED.search(before):
        sheets = {**sheets, "survey": _with_row_numbers(sheets["survey"])}
    if source.stem != target.stem:
        sheets = _named(sheets, source.stem)
    content = write(sheets)
    after, _ = _compiled(content, target)
    if problem is None and _as_parsed(before) != _as_parsed(after):
        raise FormProblem("form.convert.differs", file=source.name)
    return Converted(content, tuple(_left_out(source, sheets)), problem)


def _compiled(content: bytes, target: Path) -> tuple[str, FormProblem | None]:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / target.name
        written.write_bytes(content)
        return _xform(written)


def _xform(path: Path) -> tuple[str, FormProblem | None]:
    try:
        return xform_from_xlsform(path).xml, None
    except FormProblem as problem:
        return "", problem


def _as_parsed(xml: str) -> str:
    """XML readers make one line break of each kind of it."""
    return xml.replace("\r\n", "\n").replace("\r", "\n")


def _with_row_numbers(survey: Table) -> Table:
    """The survey with each empty row kept in its place, switched off."""
    headings = survey.headings if "disabled" in survey.headings else (*survey.headings, "disabled")
    return Table(headings, tuple(row or _SWITCHED_OFF for row in survey.rows))


def _named(sheets: Mapping[str, Table], name: str) -> dict[str, Table]:
    """With the id that the form has had from its file's name."""
    settings = sheets.get("settings", Table((), ()))
    if any("_".join(heading.lower().split()) in _ID_HEADINGS for heading in settings.headings):
        return dict(sheets)
    first, *others = settings.rows or ({},)
    rows = ({**first, "form_id": name}, *others)
    return {**sheets, "settings": Table((*settings.headings, "form_id"), rows)}


def _left_out(source: Path, sheets: Mapping[str, Table]) -> Iterator[str]:
    for name, sheet in read_workbook(source).sheets.items():
        if name not in sheets and any(any(row) for row in sheet.rows):
            yield f"the sheet '{sheet.name}'"
    if source.suffix.lower() == ".md":
        comments = re.findall(r"^\s*#.*$", content_of(source).decode("utf-8-sig"), re.MULTILINE)
        if comments:
            yield f"{len(comments)} lines of comments"


def _markdown(sheets: Mapping[str, Table]) -> bytes:
    return markdown(sheets).encode("utf-8")


def _workbook(sheets: Mapping[str, Table]) -> bytes:
    """Every cell a text: what looks like a number, a date or a formula stays as it is written."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    _check_cells(sheets)
    book = Workbook(write_only=True)
    for name, table in sheets.items():
        if not table.headings:
            continue
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in _with_headings(table):
            cells = []
            for heading in table.headings:
                text = row.get(heading, "")
                cell = WriteOnlyCell(sheet, text or None)
                if text:
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _check_cells(sheets: Mapping[str, Table]) -> None:
    for name, table in sheets.items():
        for number, row in enumerate(_with_headings(table), start=1):
            for heading, text in row.items():
                if len(text) > MAX_CELL or _UNPRINTABLE.search(text):
                    raise FormProblem("form.convert.cell_unwritable", sheet=name, row=number, column=heading)


def _with_headings(table: Table) -> Iterator[Mapping[str, str]]:
    yield dict(zip(table.headings, table.headings, strict=True))
    yield from table.rows


_WRITERS: Final = {".md": _markdown, ".xlsx": _workbook}


# The command


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments of `convert`."""
    parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xlsm, .xls, .csv or .md")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=".md or .xlsx; without it, beside the source"
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(options: argparse.Namespace) -> int:
    """Writes the result and says where; 1 when there is none."""
    source: Path = options.file
    target: Path = options.out or source.with_suffix(".xlsx" if source.suffix.lower() == ".md" else ".md")
    try:
        if target.exists() and not options.force:
            raise FormProblem("form.convert.target_exists", file=target.name)
        converted = convert(source, target)
        try:
            target.write_bytes(converted.content)
        except OSError as problem:
            raise FormProblem("form.convert.not_written", file=target.name) from problem
    except FormProblem as problem:
        _tell(f"{source.name}: not converted", problem)
        return 1
    print(target)
    for what in converted.left_out:
        print(f"Left out: {what}.", file=sys.stderr)
    if converted.problem is not None:
        _tell(f"{target.name}: converted as it is; it cannot be used", converted.problem)
    return 0


def _tell(head: str, problem: FormProblem) -> None:
    told = explain(problem)
    print(f"{head}\n  problem: {problem.code}", file=sys.stderr)
    if told.where:
        print(f"  where: {told.where}", file=sys.stderr)
    print(f"  cause: {told.cause}\n  remedy: {told.remedy}", file=sys.stderr)
