"""XLSForm -> XForm, through pyxform; the only place that imports it, and only when it is needed.

Forms are written as Excel workbooks or, reviewable, as Markdown tables. Our own columns
(`bind::homeward:merge` …) need a namespace in the settings; it is put in where it is missing.
"""

from __future__ import annotations

import codecs
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forms.errors import FormProblem
from forms.translations import language_code
from forms.xform.external_data import with_external_choices
from forms.xlsform.form_file import content_of
from forms.xlsform.markdown_table import LINE_BREAK, Table, with_line_breaks
from forms.xlsform.problems import located, problem_of
from forms.xlsform.workbook import Sheet, read_workbook

NAMESPACE = "https://homeward.invalid/xforms"
PREFIX = "homeward"
#: The sheet that says what a form is for.
ABOUT = "about"
_MARKDOWN_SHEET = re.compile(r"^\s*\|\s*survey\s*\|", re.MULTILINE)
_TEXTS = frozenset({".csv", ".md"})
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"}) | _TEXTS
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_SAMPLE = re.compile(r'\shomeward:sample="([^"]*)"')
_LACKING = re.compile(r"Language '(.+?)' is missing the ")
#: The stream in which an office program keeps a workbook that asks for a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class XFormSource:
    """The XForm's text, and what pyxform had to say about the XLSForm."""

    xml: str
    warnings: tuple[str, ...]


def is_markdown(text: str) -> bool:
    """Whether the text is an XLSForm as Markdown tables."""
    return _MARKDOWN_SHEET.search(text) is not None


def xform_from_xlsform(path_or_text: Path | str) -> XFormSource:
    """The XForm of a workbook, a Markdown file or a Markdown text.

    As the standard says, a form without an id or a title has the file's name. Raises FormProblem for
    whatever is wrong with it, an exception inside the converter included, with the sheet, the row and
    the name where they can be found.
    """
    source = _source(path_or_text)
    try:
        return _convert(source)
    except FormProblem as problem:
        if problem.code.startswith("form.file."):
            # What is no readable file has no sheets, and shall not be opened again.
            raise
        workbook = read_workbook(source)
        found = problem
        if problem.code == "form.xlsform.converter_failed" and not workbook.sheet("survey").rows:
            found = FormProblem("form.xlsform.no_tables")
        if isinstance(source, Path):
            found = FormProblem(found.code, **{"file": source.name, **found.params})
        raise located(found, workbook) from problem


def _source(path_or_text: Path | str) -> Path | str:
    if isinstance(path_or_text, str) and ("\n" in path_or_text or is_markdown(path_or_text)):
        return path_or_text
    return Path(path_or_text)


def _convert(source: Path | str) -> XFormSource:
    with _problems_told():
        from pyxform.xls2xform import convert

        converted = convert(_read(source))
    xml = _declare_namespace(converted.xform)
    if converted.itemsets:
        xml = with_external_choices(xml, converted.itemsets)
    return XFormSource(xml, tuple(_worth_telling(converted.warnings, xml)))


def _worth_telling(warnings: Iterable[str], xml: str) -> Iterator[str]:
    """Not that a sample of a language has not every column: it says so itself."""
    said = _SAMPLE.search(xml)
    samples = said[1].split() if said else []
    for warning in warnings:
        lacking = _LACKING.match(warning)
        if lacking is None or language_code(lacking[1]) not in samples:
            yield warning


def tables(source: Path | str) -> dict[str, Table]:
    """The sheets of an XLSForm as the converter reads them: each cell a text, dates, truths and numbers
    too; a formula is the result that was last saved. Sheets that mean nothing in an XLSForm are left out,
    but for our own, `about`.

    Raises FormProblem for what cannot be read.
    """
    with _problems_told():
        book = _read(_source(source))
    found: dict[str, Table] = {}
    for name in (name for name in book if f"{name}_header" in book):
        rows = tuple(
            {heading: cell for heading, cell in row.items() if heading and cell} for row in book[name] or ()
        )
        headings = (book[f"{name}_header"] or [{}])[0]
        # A column of a Markdown table without a heading is called None there.
        named = (each for each in headings if each != "None" or any(each in row for row in rows))
        found[name] = Table(tuple(named), rows)
    if (about := read_workbook(_source(source)).sheet(ABOUT)).header:
        found[ABOUT] = _own_table(about)
    return found


def _own_table(sheet: Sheet) -> Table:
    """A sheet that the converter does not know."""
    header = sheet.header
    rows = (
        {heading: cell for heading, cell in zip(header, row, strict=False) if heading and cell.strip()}
        for row in sheet.rows[1:]
    )
    return Table(tuple(heading for heading in header if heading), tuple(rows))


def _read(source: Path | str) -> dict[str, Any]:
    """What the converter is given: the rows of each sheet by its name, and their headings."""
    from pyxform.xls2json_backends import Definition, SupportedFileTypes

    suffix, stem = ".md", None
    if isinstance(source, Path):
        suffix, stem = source.suffix.lower(), source.stem
        content = _content(source, suffix)
    else:
        content = source.encode("utf-8")
    definition = Definition(data=io.BytesIO(content), file_type=None, file_path_stem=stem)
    book = SupportedFileTypes.get_processors()[SupportedFileTypes(suffix)](definition)
    if suffix == ".md" and LINE_BREAK.encode() in content:
        book = {name: _with_line_breaks(sheet) for name, sheet in book.items()}
    return {**book, "fallback_form_name": stem}


def _with_line_breaks(sheet: Any) -> Any:
    if not all(isinstance(row, dict) for row in sheet):
        return sheet
    return [
        {with_line_breaks(heading): cell and with_line_breaks(cell) for heading, cell in row.items()}
        for row in sheet
    ]


@contextmanager
def _problems_told() -> Iterator[None]:
    """Whatever the converter raises is a problem of the form, and so is it where there is no converter."""
    try:
        from pyxform.errors import PyXFormError
    except ModuleNotFoundError as missing:
        raise FormProblem("form.xlsform.converter_missing") from missing
    try:
        with warnings.catch_warnings():
            # What a workbook has beside its cells is no concern of a form.
            warnings.simplefilter("ignore")
            yield
    except FormProblem:
        raise
    except PyXFormError as problem:
        raise problem_of(str(problem)) from problem
    except RecursionError as problem:
        raise FormProblem("form.xlsform.too_deep") from problem
    except Exception as problem:
        # A form that is broken in a way that the converter, or the library below it, does not expect.
        raise FormProblem("form.xlsform.converter_failed", error=type(problem).__name__) from problem


def _declare_namespace(xml: str) -> str:
    if f"{PREFIX}:" not in xml or f"xmlns:{PREFIX}=" in xml:
        return xml
    return xml.replace("<h:html ", f'<h:html xmlns:{PREFIX}="{NAMESPACE}" ', 1)


def _content(path: Path, suffix: str) -> bytes:
    """What is in the file, if it is what its name says, before a library reads it."""
    if suffix not in _SUFFIXES:
        raise FormProblem("form.file.not_a_form", file=path.name)
    content = content_of(path)
    if suffix in _TEXTS and not content.startswith((_ZIP, _OLE)):
        content = content.removeprefix(codecs.BOM_UTF8)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise FormProblem("form.file.unreadable", file=path.name) from problem
    if not content.strip():
        raise FormProblem("form.file.empty", file=path.name)
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise FormProblem("form.file.encrypted", file=path.name)
    inside = ".xlsx" if content.startswith(_ZIP) else ".xls" if content.startswith(_OLE) else suffix
    if inside != suffix and not (inside == ".xlsx" and suffix == ".xlsm"):
        raise FormProblem("form.file.renamed", file=path.name, kind=inside)
    return content
