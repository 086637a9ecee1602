"""Filters of lists that are answered without asking every item.

`instance('town')/root/item[region = …]` and a `choice_filter` look up the rows of a value; what else the
filter says (`and …`) is asked of these rows alone. Other comparisons go along a column instead of from
node to node. A filter that reads nothing outside of the list lets the same items through every time, and
is worked out once. Whatever is not understood here is evaluated item by item, as any other predicate.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import TYPE_CHECKING

from forms.expression import compile_paths
from forms.expression.focus import Closure, Focus
from forms.expression.functions.odk import is_chosen
from forms.expression.nodes import Node
from forms.expression.operators import COMPARE
from forms.expression.parser import Binary, Call, Literal, Negation, Number, Path, Tree, Union_, operands
from forms.expression.tables import NO_ROWS, Column, Table, tables_of
from forms.expression.values import Moment, Value

if TYPE_CHECKING:
    from forms.expression.compile import Compiler

Mask = Closure[list[bool]]

_STEADY = frozenset(
    {"true", "false", "not", "boolean", "number", "string", "concat", "contains", "starts-with", "ends-with"}
    | {"substring", "substr", "substring-before", "substring-after", "string-length", "normalize-space"}
    | {"translate", "selected", "is-selected", "count-selected", "selected-at", "count", "round", "floor"}
    | {"ceiling", "int", "abs", "coalesce", "if", "regex", "position", "last"}
)
"""Functions whose result depends on their arguments and the place in the list alone."""
_OF_THE_CONTEXT = frozenset(
    {"position", "last", "string", "number", "string-length", "normalize-space", "name", "local-name"}
    | {"namespace-uri"}
)
"""Functions that speak of the context node when they have no argument."""
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_CHANGEFUL = frozenset({"random", "uuid", "randomize", "once"})


def filtered(compiler: Compiler, path: Path) -> Closure[list[Node]] | None:
    """The nodes of a path into a list of the form; None when the path is not one, or its list not there."""
    start, tables = path.start, tables_of(compiler.environment)
    if tables is None or path.filters or not isinstance(start, Call) or start.name != "instance":
        return None
    if len(start.arguments) != 1 or not isinstance(start.arguments[0], Literal):
        return None
    names: list[str] = []
    for step in path.steps:
        if step.axis != "child" or not _plain(step.test):
            break
        names.append(step.test)
        if step.predicates:
            break
    table = tables.table(start.arguments[0].value, tuple(names))
    if table is None or not names:
        return None
    predicates = path.steps[len(names) - 1].predicates
    rest = [compile_paths.step_of(compiler, step) for step in path.steps[len(names) :]]
    if not predicates:
        rows = table.rows
        return (lambda focus: compile_paths.through(rest, rows)) if rest else (lambda focus: rows)
    first = _first(compiler, table, predicates[0])
    compiler.work.used = True
    walk = [*(compile_paths.predicate_of(compiler, each) for each in predicates[1:]), *rest]
    if not walk:
        return first
    return lambda focus: compile_paths.through(walk, first(focus))


def _plain(test: str) -> bool:
    return test != "*" and not test.endswith(")") and ":" not in test


def _first(compiler: Compiler, table: Table, tree: Tree) -> Closure[list[Node]]:
    """The rows that the first predicate lets through."""
    if _closed(tree):
        return _worked_out_once(compiler, table, tree)
    if not _positional(tree) and compiler.inside_predicate().kind(tree) == "boolean":
        found = _looked_up(compiler, table, tree)
        if found is not None:
            return found
        mask = _mask(compiler, table, tree)
        if mask is not None:
            rows = table.rows
            return lambda focus: list(compress(rows, mask(focus)))
    keep = compile_paths.predicate_of(compiler, tree)
    return lambda focus: keep(table.rows)


# What a filter reads


def _parts(tree: Tree) -> tuple[Tree, ...]:
    """What a tree consists of, the inside of paths left out."""
    if isinstance(tree, Binary):
        return tuple(operand for _, operand in operands(tree))
    if isinstance(tree, Negation):
        return (tree.operand,)
    if isinstance(tree, Union_):
        return tree.left, tree.right
    if isinstance(tree, Call):
        return tree.arguments
    return ()


def _inside(path: Path) -> tuple[Tree, ...]:
    return (*path.filters, *(predicate for step in path.steps for predicate in step.predicates))


def _closed(tree: Tree) -> bool:
    """Whether it reads nothing but the list."""
    if isinstance(tree, Path):
        return not tree.absolute and tree.start is None and all(_closed(part) for part in _inside(tree))
    if isinstance(tree, Call) and tree.name not in _STEADY:
        return False
    return all(_closed(part) for part in _parts(tree))


def _positional(tree: Tree) -> bool:
    """Whether it asks for the place in the list, or might give it."""
    if isinstance(tree, Call) and tree.name in ("position", "last"):
        return True
    inner = (*_inside(tree), *([tree.start] if tree.start else [])) if isinstance(tree, Path) else ()
    return any(_positional(part) for part in (*_parts(tree), *inner))


def _free(tree: Tree) -> bool:
    """Whether it is the same for every row: it says where it starts, and knows no context."""
    if isinstance(tree, Number | Literal):
        return True
    if isinstance(tree, Path):
        start = tree.start
        return tree.absolute or (
            isinstance(start, Call) and start.name in ("current", "instance") and _free(start)
        )
    if isinstance(tree, Call):
        if tree.name in _CHANGEFUL or (not tree.arguments and tree.name in _OF_THE_CONTEXT):
            return False
        return all(_free(part) for part in tree.arguments)
    return all(_free(part) for part in _parts(tree))


def _column(table: Table, tree: Tree) -> Column | None:
    if isinstance(tree, Path) and not tree.absolute and tree.start is None and len(tree.steps) == 1:
        step = tree.steps[0]
        if step.axis == "child" and not step.predicates and _plain(step.test):
            return table.column(step.test)
    return None


def _compared(table: Table, tree: Tree) -> tuple[str, Column, Tree] | None:
    """The operator, the column and the free side of a comparison, the column on its left."""
    if not isinstance(tree, Binary) or tree.operator not in _MIRROR:
        return None
    for operator, one, other in (
        (tree.operator, tree.left, tree.right),
        (_MIRROR[tree.operator], tree.right, tree.left),
    ):
        if _free(other):
            column = _column(table, one)
            if column is not None:
                return operator, column, other
    return None


# Rows


def _worked_out_once(
    compiler: Compiler, table: Table, tree: Tree, *, whole: bool = True
) -> Closure[list[Node]]:
    """The rows of a whole predicate, where a number is a place, or of a part of one, where it is a truth."""
    keep = (compile_paths.predicate_of if whole else compile_paths.test_of)(compiler, tree)
    key = (tree, whole, compiler.zone)

    def found(focus: Focus) -> list[Node]:
        kept = table.kept.get(key)
        if kept is None:
            kept = table.kept[key] = keep(table.rows)
        return kept

    return found


def _looked_up(compiler: Compiler, table: Table, tree: Tree) -> Closure[list[Node]] | None:
    """The rows by the value of one column; the other conditions are asked of these alone."""
    conjunct = isinstance(tree, Binary) and tree.operator == "and"
    parts = [part for _, part in operands(tree)] if isinstance(tree, Binary) and conjunct else [tree]
    for part in parts:
        compared = _compared(table, part)
        if compared is None or compared[0] != "=":
            continue
        look = _look(compiler, table, part, compared[1], compared[2])
        if look is None:
            continue
        others = [compile_paths.test_of(compiler, other) for other in parts if other is not part]
        if not others:
            return look
        return lambda focus: compile_paths.through(others, look(focus))
    return None


def _look(
    compiler: Compiler, table: Table, part: Tree, column: Column, value: Tree
) -> Closure[list[Node]] | None:
    inner, zone = compiler.inside_predicate(), compiler.zone
    kind = inner.kind(value)
    if kind == "boolean":
        return None
    if kind == "text" or compile_paths.single(inner, value) is not None:
        text = inner.text(value)
        return lambda focus: column.by_text().get(text(focus), NO_ROWS)
    if kind == "number":
        number = inner.number(value)
        return lambda focus: column.by_number(zone).get(number(focus), NO_ROWS)
    any_value = inner.value(value)
    keep = compile_paths.test_of(compiler, part)

    def found(focus: Focus) -> list[Node]:
        wanted: Value = any_value(focus)
        if isinstance(wanted, list) and len(wanted) < 2:
            return column.by_text().get(wanted[0].text, NO_ROWS) if wanted else NO_ROWS
        if isinstance(wanted, str):
            return column.by_text().get(wanted, NO_ROWS)
        if isinstance(wanted, Moment):
            wanted = wanted.number()
        if isinstance(wanted, float) and not isinstance(wanted, bool):
            return column.by_number(zone).get(wanted, NO_ROWS)
        return keep(table.rows)

    return found


# Masks: which rows, one truth a row


def _mask(compiler: Compiler, table: Table, tree: Tree) -> Mask | None:
    if _closed(tree):
        return _steady_mask(compiler, table, tree)
    if isinstance(tree, Binary) and tree.operator in ("and", "or"):
        parts = [_mask(compiler, table, part) for _, part in operands(tree)]
        known = [part for part in parts if part is not None]
        return _combined(tree.operator, known) if len(known) == len(parts) else None
    if isinstance(tree, Call):
        return _called_mask(compiler, table, tree)
    compared = _compared(table, tree)
    return _compared_mask(compiler, *compared) if compared is not None else None


def _steady_mask(compiler: Compiler, table: Table, tree: Tree) -> Mask:
    rows = _worked_out_once(compiler, table, tree, whole=False)
    mask: list[bool] = []

    def steady(focus: Focus) -> list[bool]:
        if not mask:
            kept = {id(row) for row in rows(focus)}
            mask.extend(id(row) in kept for row in table.rows)
        return mask

    return steady


def _combined(operator: str, masks: list[Mask]) -> Mask:
    first, *others = masks

    def both(focus: Focus) -> list[bool]:
        result = first(focus)
        for other in others:
            if operator == "and":
                result = [one and two for one, two in zip(result, other(focus), strict=True)]
            else:
                result = [one or two for one, two in zip(result, other(focus), strict=True)]
        return result

    return both


def _compared_mask(compiler: Compiler, operator: str, column: Column, value: Tree) -> Mask | None:
    inner, zone = compiler.inside_predicate(), compiler.zone
    kind = inner.kind(value)
    single = compile_paths.single(inner, value) is not None
    if kind == "boolean" or not (column.complete and (single or kind in ("text", "number"))):
        return None
    if operator in COMPARE or kind == "number":
        return _number_mask(operator, column, inner.number(value), zone)
    text = inner.text(value)
    if operator == "=":

        def equal(focus: Focus) -> list[bool]:
            wanted = text(focus)
            return [cell == wanted for cell in column.texts]

        return equal

    def unequal(focus: Focus) -> list[bool]:
        wanted = text(focus)
        return [cell != wanted for cell in column.texts]

    return unequal


_NUMBER_MASKS: dict[str, Callable[[list[float], float], list[bool]]] = {
    "=": lambda cells, limit: [cell == limit for cell in cells],
    "!=": lambda cells, limit: [cell != limit for cell in cells],
    "<": lambda cells, limit: [cell < limit for cell in cells],
    "<=": lambda cells, limit: [cell <= limit for cell in cells],
    ">": lambda cells, limit: [cell > limit for cell in cells],
    ">=": lambda cells, limit: [cell >= limit for cell in cells],
}


def _number_mask(operator: str, column: Column, number: Closure[float], zone: object) -> Mask:
    compare = _NUMBER_MASKS[operator]
    return lambda focus: compare(column.numbers(zone), number(focus))  # type: ignore[arg-type]


def _called_mask(compiler: Compiler, table: Table, tree: Call) -> Mask | None:
    """not(…), and functions of a column's text and a text that is the same for every row."""
    if tree.name == "not" and len(tree.arguments) == 1:
        negated = _mask(compiler, table, tree.arguments[0])
        return (lambda focus: [not each for each in negated(focus)]) if negated is not None else None
    if len(tree.arguments) != 2:
        return None
    column, other = _column(table, tree.arguments[0]), tree.arguments[1]
    if column is not None and _free(other):
        along = _COLUMN_FIRST.get(tree.name)
    else:
        column, other = _column(table, tree.arguments[1]), tree.arguments[0]
        along = _COLUMN_SECOND.get(tree.name)
    if column is None or along is None or not _free(other):
        return None
    texts, text, apply = column.texts, compiler.inside_predicate().text(other), along
    return lambda focus: apply(texts, text(focus))


def _contained(cells: list[str], names: str) -> list[bool]:
    chosen = set(names.split())
    # What one look does not settle: no name, blanks around it, or several words.
    unsettled = {
        cell: is_chosen(names, cell) for cell in cells if cell not in chosen and len(cell.split()) != 1
    }
    return [cell in chosen or unsettled.get(cell, cell.strip() in chosen) for cell in cells]


_COLUMN_FIRST: dict[str, Callable[[list[str], str], list[bool]]] = {
    "contains": lambda cells, part: [part in cell for cell in cells],
    "starts-with": lambda cells, part: [cell.startswith(part) for cell in cells],
    "ends-with": lambda cells, part: [cell.endswith(part) for cell in cells],
}
_COLUMN_SECOND: dict[str, Callable[[list[str], str], list[bool]]] = {
    "contains": lambda cells, whole: [cell in whole for cell in cells],
    "selected": _contained,
    "is-selected": _contained,
}
