"""Records in files: HTCDS as CSV, JSON lines, JSON or the XML of its form; our answers as JSON lines.

In a table, a text that a spreadsheet would take for a formula has an apostrophe before it, which is taken
away again when it is read. JSON lines hold everything exactly.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from forms.casework.htcds.crosswalk import Crosswalk, standard
from forms.casework.htcds.record import Read, Value
from forms.errors import FormProblem
from forms.xform.names import local
from forms.xlsform.form_file import text_of

Record = Mapping[str, Any]

TABLE: Final = ".csv"
LINES: Final = ".jsonl"
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_TAMED: Final = re.compile(r"'+[=+\-@\t\r]")


def records_in(path: Path) -> list[Record]:
    """The records of a file. A name that comes twice in one is told apart by a number behind it, so that
    nothing of it is lost.

    Raises FormProblem: form.htcds.unknown_kind, form.htcds.not_readable, and those of reading any file.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise FormProblem("form.htcds.unknown_kind", file=path.name)
    text = text_of(path)
    try:
        found = list(reader(text))
    except (csv.Error, ValueError, ParseError, DefusedXmlException, RecursionError) as problem:
        raise FormProblem("form.htcds.not_readable", file=path.name) from problem
    if not all(isinstance(each, dict) for each in found):
        raise FormProblem("form.htcds.not_readable", file=path.name)
    return found


def answers_in(path: Path) -> list[Read]:
    """Our answers, as `lines_of_answers` wrote them. Problems as of `records_in`."""
    if path.suffix.lower() != LINES:
        raise FormProblem("form.htcds.unknown_kind", file=path.name)
    found = [each.get("values") for each in records_in(path)]
    if not all(isinstance(each, dict) for each in found):
        raise FormProblem("form.htcds.not_readable", file=path.name)
    return [Read(each) for each in found if each is not None]


def lines_of_answers(found: Iterable[Read]) -> str:
    """A record a line: `values` by our meanings, and `aside`, what they do not say, with the reason."""
    return _lines(
        {
            "values": each.values,
            "aside": [{"name": one.name, "value": one.value, "why": one.why} for one in each.aside],
        }
        for each in found
    )


def lines_of_records(records: Iterable[Mapping[str, Value]]) -> str:
    """A record of HTCDS a line; what is not known is not in it, several choices are a list."""
    return _lines(records)


def table_of_records(records: Iterable[Mapping[str, Value]], crosswalk: Crosswalk | None = None) -> str:
    """CSV with a column for each field of HTCDS in its order; several choices have spaces between them."""
    names = list((crosswalk or standard()).fields)
    content = io.StringIO(newline="")
    writer = csv.writer(content)
    writer.writerow(names)
    for each in records:
        writer.writerow([_cell(each.get(name, "")) for name in names])
    return content.getvalue()


def _cell(value: Value) -> str:
    text = value if isinstance(value, str) else " ".join(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _lines(rows: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(each, ensure_ascii=False, default=str)}\n" for each in rows)


# Reading


def _rows(text: str) -> Iterator[Record]:
    """A spreadsheet of some countries writes a semicolon where others have a comma."""
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names = next(rows, [])
    for row in rows:
        if any(cell.strip() for cell in row):
            yield _told_apart(
                (names[place] if place < len(names) else f"column {place + 1}", _untamed(cell))
                for place, cell in enumerate(row)
            )


def _untamed(cell: str) -> str:
    return cell[1:] if _TAMED.match(cell) else cell


def _json_lines(text: str) -> Iterator[Any]:
    # Not splitlines: a text may have other ends of lines in it.
    for line in text.split("\n"):
        if line.strip():
            yield json.loads(line, object_pairs_hook=_told_apart)


def _json(text: str) -> Iterator[Any]:
    found = json.loads(text, object_pairs_hook=_told_apart)
    yield from found if isinstance(found, list) else [found]


def _xml(text: str) -> Iterator[Record]:
    """One record: the answers of a submission, wherever their groups are."""
    root: Xml = ElementTree.fromstring(text, forbid_dtd=True)
    leaves = (each for each in root.iter() if each is not root and not len(each))
    yield _told_apart((local(each.tag), each.text or "") for each in leaves)


def _told_apart(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        free, count = name, 1
        while free in found:
            count += 1
            free = f"{name} ({count})"
        found[free] = value
    return found


_READERS: Final = {TABLE: _rows, LINES: _json_lines, ".json": _json, ".xml": _xml}
