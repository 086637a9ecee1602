"""Lists that never change, as tables: their items, the texts of a column, the items by a column's value.

A form's lists are the same for every entry of it, so what has been worked out for one serves them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from forms.expression.nodes import Node
from forms.expression.parser import Tree

if TYPE_CHECKING:
    from forms.expression.focus import Environment

NO_ROWS: list[Node] = []


class Column:
    """One child of each row, by its name."""

    def __init__(self, cells: list[Node | None]) -> None:
        self._cells = cells
        self.complete = None not in cells
        self.texts = [cell.text if cell is not None else "" for cell in cells]
        """As functions read it: what is missing is empty."""
        self._by_text: dict[str, list[Node]] | None = None
        self._numbers: dict[tzinfo, list[float]] = {}
        self._by_number: dict[tzinfo, dict[float, list[Node]]] = {}

    def by_text(self) -> dict[str, list[Node]]:
        """The rows of each text; a row without the child has none, not an empty one."""
        if self._by_text is None:
            self._by_text = {}
            for cell in self._cells:
                if cell is not None and cell.parent is not None:
                    self._by_text.setdefault(cell.text, []).append(cell.parent)
        return self._by_text

    def numbers(self, zone: tzinfo) -> list[float]:
        """The cells as numbers, NaN where there is none."""
        found = self._numbers.get(zone)
        if found is None:
            nan = float("nan")
            found = [cell.number(zone) if cell is not None else nan for cell in self._cells]
            self._numbers[zone] = found
        return found

    def by_number(self, zone: tzinfo) -> dict[float, list[Node]]:
        """The rows of each number; what is no number is no row's."""
        found = self._by_number.get(zone)
        if found is None:
            found = self._by_number[zone] = {}
            for cell, number in zip(self._cells, self.numbers(zone), strict=True):
                if cell is not None and cell.parent is not None and number == number:
                    found.setdefault(number, []).append(cell.parent)
        return found


class Table:
    """The items of one list, in their order."""

    def __init__(self, rows: list[Node]) -> None:
        self.rows = rows
        self._columns: dict[str, Column | None] = {}
        self.kept: dict[tuple[Tree, tzinfo], list[Node]] = {}
        """The rows that a filter lets through which depends on nothing but the list."""

    def column(self, name: str) -> Column | None:
        """The column of that name; None when a row has two of them, which a column cannot tell."""
        if name not in self._columns:
            cells: list[Node | None] = []
            single = True
            for row in self.rows:
                found = row.named(name)
                single = single and len(found) < 2
                cells.append(found[0] if found else None)
            self._columns[name] = Column(cells) if single else None
        return self._columns[name]


class Tables:
    """The lists of a form, by the list's name and the steps to its items."""

    def __init__(self, lists: Mapping[str, Node]) -> None:
        self._lists = lists
        self._known: dict[tuple[str, tuple[str, ...]], Table] = {}

    def table(self, name: str, steps: tuple[str, ...]) -> Table | None:
        """The items at the end of the steps; None when there is no such list."""
        root = self._lists.get(name)
        if root is None:
            return None
        known = self._known.get((name, steps))
        if known is None:
            rows = [root]
            for step in steps:
                rows = [child for row in rows for child in row.named(step)]
            known = self._known[(name, steps)] = Table(rows)
        return known


def tables_of(environment: Environment) -> Tables | None:
    """The lists of the world that an expression is in; None where it knows none that never change."""
    return getattr(environment, "tables", None)
