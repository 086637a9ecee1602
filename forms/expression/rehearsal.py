"""Compiling without an entry: what cannot be compiled is a problem of the form, found when it is loaded.

An entry compiles an expression at its first use, which may be the first answer to a question that was
hidden, or in a repeat that was empty until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from random import Random

from forms.expression.compile import Expression
from forms.expression.functions import checked_function
from forms.expression.nodes import Node
from forms.expression.parser import Binary, Call, Negation, Path, Tree, Union_, operands, parse


class _Nowhere:
    """A world in which nothing is; nothing is evaluated in it."""

    zone: tzinfo = UTC
    language = ""
    random = Random(0)  # noqa: S311 - nothing is drawn
    version = ""
    root = Node("root", "")

    def now(self) -> datetime:
        return datetime.min.replace(tzinfo=UTC)

    def instance(self, name: str) -> Node | None:
        return None

    def choice_label(self, node: Node, name: str) -> str:
        return name

    def text(self, key: str) -> str:
        return ""

    def property(self, name: str) -> str:
        return ""


_NOWHERE = _Nowhere()
_NO_NODE = Node("element", "")


def rehearse(source: str) -> None:
    """Raises the FormProblem that compiling the expression would raise in an entry, in every branch of it."""
    for call in calls(parse(source)):
        checked_function(call)
    Expression(source, _NOWHERE, _NO_NODE, "value")


def calls(tree: Tree) -> Iterator[Call]:
    """Every call of a function in a tree, wherever it stands."""
    if isinstance(tree, Call):
        yield tree
        for argument in tree.arguments:
            yield from calls(argument)
    elif isinstance(tree, Binary):
        for _, operand in operands(tree):
            yield from calls(operand)
    elif isinstance(tree, Negation):
        yield from calls(tree.operand)
    elif isinstance(tree, Union_):
        yield from calls(tree.left)
        yield from calls(tree.right)
    elif isinstance(tree, Path):
        inner = (*tree.filters, *(predicate for step in tree.steps for predicate in step.predicates))
        for part in (*inner, *([tree.start] if tree.start is not None else [])):
            yield from calls(part)
