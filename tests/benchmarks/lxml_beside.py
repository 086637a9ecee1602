"""The same entry for lxml: its data as one document, its lists, and expressions compiled beforehand.

`selected()` and `count-selected()` of a path are written with lxml's own functions, which run in C. What
is left is registered as functions in Python: `instance()` (a look-up), `if()`, `int()`, `today()` …
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from forms.entry import FormEntry
from forms.expression.compile import Expression
from forms.expression.nodes import Node
from forms.expression.values import Moment, parse_moment, to_boolean, to_text
from forms.instance import InstanceNode

_PATH = r"\s*((?:\.\.?|/|[\w\-])+(?:/(?:\.\.|[\w\-]+))*)\s*"
_SELECTED = re.compile(rf"\bselected\({_PATH},\s*'([^']*)'\s*\)")
_COUNT_SELECTED = re.compile(rf"\bcount-selected\({_PATH}\)")
_CALL = re.compile(r"([a-zA-Z][\w:.\-]*)\s*\(")
_OWN = frozenset(
    [
        "last",
        "position",
        "count",
        "id",
        "local-name",
        "namespace-uri",
        "name",
        "string",
        "concat",
        "starts-with",
        "contains",
        "substring-before",
        "substring-after",
        "substring",
        "string-length",
        "normalize-space",
        "translate",
        "boolean",
        "not",
        "true",
        "false",
        "lang",
        "number",
        "sum",
        "floor",
        "ceiling",
        "round",
        "text",
        "node",
        "and",
        "or",
        "div",
        "mod",
        "instance",
    ]
)


class Translated:
    """One expression of lxml, bound to its node. `extended`: it calls a function that lxml lacks."""

    __slots__ = ("_compiled", "_element", "extended")

    def __init__(self, compiled: etree.XPath, element: Any, extended: bool) -> None:
        self._compiled = compiled
        self._element = element
        self.extended = extended

    def __call__(self) -> Any:
        return self._compiled(self._element)


class LxmlDocument:
    """The data of an entry as lxml has it. What changes in the entry later does not change here."""

    def __init__(self, entry: FormEntry) -> None:
        self._elements: dict[Node, Any] = {}
        self._entry = entry
        root = entry._document.root
        self.root = self._copy(root)
        # In the same document: an absolute path in a filter starts at the root of what it filters.
        beside = etree.SubElement(self.root, "lists")
        self._lists = {name: self._list(top, beside) for name, top in entry.definition.lists.items()}
        self._functions = {(None, name): body for name, body in _functions(entry, self._lists).items()}

    def _copy(self, node: Node) -> Any:
        element = etree.Element(node.name)
        self._elements[node] = element
        if node.children:
            element.extend(self._copy(child) for child in node.children)
        else:
            element.text = node.text
        return element

    def _list(self, top: Node, beside: Any) -> Any:
        holder = etree.SubElement(beside, "list")
        holder.extend(self._copy(child) for child in top.children)
        return holder

    def compile(self, source: str, node: InstanceNode) -> Translated:
        native = _COUNT_SELECTED.sub(
            r"(string-length(normalize-space(\1)) - string-length(translate(normalize-space(\1), ' ', ''))"
            r" + (normalize-space(\1) != ''))",
            _SELECTED.sub(r"contains(concat(' ', normalize-space(\1), ' '), ' \2 ')", source),
        )
        extended = any(name not in _OWN for name in _CALL.findall(native))
        return Translated(etree.XPath(native, extensions=self._functions), self._elements[node], extended)

    def agrees(self, ours: Expression, theirs: Translated, kind: str) -> bool:
        """Whether both have the same result, as the kind that is asked for."""
        mine, other = ours.evaluate(), theirs()
        if isinstance(mine, list):
            return isinstance(other, list) and [self._elements[node] for node in mine] == other
        if isinstance(other, list):
            other = "".join(other[0].itertext()) if other else ""
        if kind == "boolean":
            return to_boolean(mine) == bool(other)
        return to_text(mine) == to_text(other)


def _functions(entry: FormEntry, lists: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    zone, now = entry._world.zone, entry._world.now

    def text(value: Any) -> str:
        if isinstance(value, list):
            return str(value[0].text or "") if value else ""
        return to_text(value) if isinstance(value, bool | float) else str(value)

    def number(value: Any) -> float:
        try:
            return float(text(value))
        except ValueError:
            return math.nan

    def truth(value: Any) -> bool:
        return value == value and bool(value)

    def date(context: Any, value: Any) -> float:
        moment = parse_moment(text(value), zone)
        return moment.number() if moment is not None else math.nan

    def whole(context: Any, value: Any) -> float:
        read = number(value)
        return float(int(read)) if math.isfinite(read) else read

    return {
        "instance": lambda context, name: [lists[text(name)]],
        "if": lambda context, test, then, otherwise: then if truth(test) else otherwise,
        "int": whole,
        "selected": lambda context, names, name: text(name) in text(names).split(),
        "count-selected": lambda context, names: float(len(text(names).split())),
        "today": lambda context: Moment(now().date(), None, zone).number(),
        "now": lambda context: Moment(now().date(), now(), zone).number(),
        "date": date,
    }
