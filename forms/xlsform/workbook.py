"""The cells of an XLSForm as its author sees them, to find the place that a problem is about.

Reads what the converter refuses, and takes no part in converting: where a file cannot be read, there
are no sheets, and no place is told.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from forms.xlsform.form_file import content_of

#: How far a sheet is read: no form has more rows, and a damaged one may claim millions.
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 500
_CELL_BORDER = re.compile(r"(?<!\\)\|")
#: Headings that the standard gives the sheets, without blanks and underscores.
_HEADINGS: Final = frozenset((
    "type", "name", "label", "hint", "guidancehint", "relevant", "relevance", "calculation",
    "calculate", "constraint", "constraintmessage", "required", "requiredmessage", "readonly",
    "appearance", "default", "choicefilter", "parameters", "repeatcount", "trigger", "listname",
    "formid", "formtitle", "version", "defaultlanguage", "instancename",
))  # fmt: skip
#: Of these, the ones that are there once for each language, as in 'label::French (fr)'.
_OF_LANGUAGES: Final = r"(?:label|(?:guidance_)?hint|(?:constraint|required)_?message|image|audio|video)::"
_JOINED_LANGUAGES = re.compile(rf"(?:media::)?{_OF_LANGUAGES}.+?{_OF_LANGUAGES}.+", re.IGNORECASE)
_BETWEEN_HEADINGS = re.compile(r"[\s,;/|]+")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's header and its rows. Row numbers are those of the spreadsheet: the header is row 1."""

    name: str
    rows: tuple[Row, ...]

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(" ".join(cell.split()) for cell in self.rows[0]) if self.rows else ()

    def column(self, name: str) -> int | None:
        """Where a column is, whatever its case, underscores or blanks."""
        wanted = _plain(name)
        return next((at for at, heading in enumerate(self.header) if _plain(heading) == wanted), None)

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """The rows below the header with their numbers."""
        yield from enumerate(self.rows[1:], start=2)

    def cell(self, number: int, column: str) -> str:
        """A cell, by the row's number; empty where there is none."""
        at = self.column(column)
        row = self.rows[number - 1] if 0 < number <= len(self.rows) else ()
        return row[at].strip() if at is not None and at < len(row) else ""

    def twice(self) -> str | None:
        """A heading that is there twice."""
        seen: set[str] = set()
        for heading in self.header:
            if heading and heading in seen:
                return heading
            seen.add(heading)
        return None

    def joined(self) -> str | None:
        """A cell that holds two headings: the converter stumbles over it, or leaves the column out."""
        return next(filter(_holds_two, self.header), None)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets by name, in lower case."""

    sheets: Mapping[str, Sheet] = field(default_factory=dict)

    def sheet(self, name: str) -> Sheet:
        """A sheet; an empty one where the workbook has none of that name."""
        return self.sheets.get(name.lower(), Sheet(name, ()))


def read_workbook(source: Path | str) -> Workbook:
    """The sheets of a file, or of a Markdown text; none where it cannot be read, or is too large."""
    try:
        if isinstance(source, str):
            return _workbook(_markdown(source))
        return _workbook(_READERS[source.suffix.lower()](content_of(source)))
    except Exception:
        # Whatever a library does with a damaged file: then no place is told.
        return Workbook()


def _workbook(sheets: Iterable[tuple[str, Sequence[Row]]]) -> Workbook:
    found = {name.strip().lower(): Sheet(name.strip(), tuple(rows)) for name, rows in sheets}
    if len(found) == 1 and "survey" not in found:
        # As the converter does: a sheet that is alone is the survey.
        (only,) = found.values()
        return Workbook({"survey": only})
    return Workbook(found)


def _xlsx(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
            yield sheet.title, [tuple(map(_text, row)) for row in rows]
        book.close()


def _xls(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    from xlrd import open_workbook

    book = open_workbook(file_contents=content, logfile=io.StringIO())
    for sheet in book.sheets():
        yield (
            sheet.name,
            [tuple(map(_text, sheet.row_values(at))) for at in range(min(sheet.nrows, MOST_ROWS))],
        )


def _markdown(text: str) -> Iterator[tuple[str, list[Row]]]:
    """Tables whose first cell names the sheet and is empty in the sheet's rows."""
    name, rows = "", []  # type: str, list[Row]
    for line in text.split("\n"):
        if not line.strip().startswith("|"):
            continue
        first, *cells = (
            cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(line.strip().strip("|"))
        )
        if first:
            if name:
                yield name, rows
            name, rows = first, []
        if any(cells):
            rows.append(tuple(cells))
    if name:
        yield name, rows


def _csv(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    name, rows = "", []  # type: str, list[Row]
    for first, *cells in filter(None, csv.reader(io.StringIO(content.decode("utf-8-sig")))):
        if first.strip():
            if name:
                yield name, rows
            name, rows = first.strip(), []
        if any(cell.strip() for cell in cells):
            rows.append(tuple(cells))
    if name:
        yield name, rows


_READERS: Final = {
    ".xlsx": _xlsx,
    ".xlsm": _xlsx,
    ".xls": _xls,
    ".csv": _csv,
    ".md": lambda content: _markdown(content.decode("utf-8-sig")),
}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\xa0", " ")


def _holds_two(heading: str) -> bool:
    if _JOINED_LANGUAGES.fullmatch(heading):
        return True
    parts = [_plain(part) for part in _BETWEEN_HEADINGS.split(heading) if part]
    return len(parts) > 1 and _plain(heading) not in _HEADINGS and _HEADINGS.issuperset(parts)


def _plain(heading: str) -> str:
    return heading.replace(" ", "").replace("_", "").lower()
