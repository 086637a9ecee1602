"""Compiling without an entry: what cannot be compiled is a problem of the form, found when it is loaded.

An entry compiles an expression at its first use, which may be the first answer to a question that was
hidden, or in a repeat that was empty until then.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from random import Random

from forms.expression.compile import Expression
from forms.expression.functions import checked_function
from forms.expression.nodes import Node
from forms.expression.parser import Call, parse, subtrees


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
    for tree in subtrees(parse(source)):
        if isinstance(tree, Call):
            checked_function(tree)
    Expression(source, _NOWHERE, _NO_NODE, "value")
