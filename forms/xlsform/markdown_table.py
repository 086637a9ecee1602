"""XLSForms as Markdown tables: how the sheets of a workbook are written so that a diff shows each change.

The first cell of a table names its sheet and is empty in the sheet's rows; `\\|` is a bar in a cell. A row
is one line, so a line break in a cell is the sign `␤`, and the sign itself is `\\␤`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LINE_BREAK: Final = "␤"
_BREAK: Final = re.compile(r"(\\*)(\r\n|\r|\n|␤)")
_SIGN: Final = re.compile(r"(\\*)␤")
#: The order in which sheets are read best.
_ORDER: Final = ("about", "settings", "survey", "choices", "external_choices", "entities", "osm")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its headings in order, and its rows below them. A row that is empty is empty here too."""

    headings: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def written(cell: str) -> str:
    """A cell as it stands in a table. Backslashes before a sign are doubled, so that it reads back."""

    def sign(found: re.Match[str]) -> str:
        slashes = found[1] * 2
        return f"{slashes}\\{LINE_BREAK}" if found[2] == LINE_BREAK else f"{slashes}{LINE_BREAK}"

    return _BREAK.sub(sign, cell).replace("|", "\\|")


def with_line_breaks(cell: str) -> str:
    """A cell of a table with its line breaks; its bars have been read before."""

    def meant(found: re.Match[str]) -> str:
        slashes = found[1][: len(found[1]) // 2]
        return slashes + (LINE_BREAK if len(found[1]) % 2 else "\n")

    return _SIGN.sub(meant, cell)


def markdown(sheets: Mapping[str, Table]) -> str:
    """All sheets as one text. Columns without a heading and rows without a cell are not there."""
    known = [name for name in _ORDER if name in sheets]
    names = [*known, *(name for name in sheets if name not in known)]
    return "\n".join("\n".join([*_lines(name, sheets[name]), ""]) for name in names if sheets[name].headings)


def _lines(name: str, table: Table) -> Iterator[str]:
    yield _row([name])
    yield _row(["", *table.headings])
    for row in table.rows:
        if any(row.values()):
            yield _row(["", *(row.get(heading, "") for heading in table.headings)])


def _row(cells: Iterable[str] | Sequence[str]) -> str:
    return f"| {' | '.join(map(written, cells))} |"
