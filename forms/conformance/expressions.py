"""Runs one recorded case of the expression language: an expression, its context, what it should give."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import re2

from forms.errors import FormProblem
from forms.expression import axes
from forms.expression.compile import Expression
from forms.expression.nodes import Node
from forms.expression.values import Value, to_text
from forms.expression.xml_tree import read_document

_KINDS = {
    "boolean": "boolean",
    "number": "number",
    "number_rounded": "number",
    "string": "text",
    "string_length": "text",
    "string_matches": "text",
    "nodeset": "nodes",
    "nodeset_unordered": "nodes",
    "node": "nodes",
}
_STEP = re.compile(
    r"/(?:(\*|text\(\)|comment\(\)|processing-instruction\(\))\[([0-9]+)\]|@\*\[name\(\)='([^']+)'\])"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a case passed; if it did not, why."""

    passed: bool
    reason: str = ""


def run_expression_case(case: dict[str, Any]) -> Outcome:
    """Evaluates the case's expression at its context node and compares. Never raises for what is wrong
    with the expression: a problem is an outcome too (and the right one, where an error is expected)."""
    kind, expected = case["kind"], case["expected"]
    if kind == "observed":
        kind, expected = expected["type"], expected["value"]
    try:
        world = _CaseWorld(case)
        node = node_at(world.document, case.get("context_node") or "/")
        world.enter(node)
        found = Expression(case["expression"], world, node, _KINDS.get(kind, "value")).evaluate()
    except FormProblem as problem:
        return Outcome(kind == "error", "" if kind == "error" else str(problem))
    except Exception as bug:
        # A defect of the engine fails its case, and the cases after it are still run.
        return Outcome(False, f"crashed: {bug!r}")
    reason = _difference(kind, found, expected)
    return Outcome(not reason, reason)


def _difference(kind: str, found: Value, expected: Any) -> str:
    """Why the value is not what was recorded; empty when it is."""
    shown = [path_of(node) for node in found] if isinstance(found, list) else found
    if kind in ("number", "number_rounded"):
        assert isinstance(found, float)
        factor = expected["factor"] if kind == "number_rounded" else 0
        value = _number(expected["value"] if factor else expected)
        right = _same(round(found * factor), round(value * factor)) if factor else _same(found, value)
    elif kind == "string_length":
        right = len(to_text(found)) == int(expected)
    elif kind == "string_matches":
        pattern = expected["source"] if "source" in expected else expected["regex"]
        insensitive = "(?i)" if "i" in expected.get("flags", "") else ""
        try:
            right = re2.search(insensitive + pattern, to_text(found)) is not None
        except re2.error:
            return f"the pattern {pattern!r} cannot be read"
    elif kind in ("nodeset", "nodeset_unordered"):
        paths = [node if isinstance(node, str) else node["path"] for node in expected]
        assert isinstance(shown, list)
        right = sorted(shown) == sorted(paths) if kind == "nodeset_unordered" else shown == paths
        expected = paths
    elif kind == "node":
        first = expected["path"] if isinstance(expected, dict) else expected
        assert isinstance(shown, list)
        right = (shown[0] if shown else None) == first
    elif kind == "error":
        right = False
    else:
        right = found == expected
    return "" if right else f"{shown!r} where {expected!r} is expected"


def _number(expected: Any) -> float:
    return float(expected) if not isinstance(expected, str) else float(expected.replace("Infinity", "inf"))


def _same(left: float, right: float) -> bool:
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right or math.isclose(left, right, rel_tol=1e-12)


def node_at(document: Node, path: str) -> Node:
    """The node at a positional path such as `/*[1]/text()[2]` or `/*[1]/@*[name()='id']`.

    Raises FormProblem when there is none.
    """
    node, place = document, 0
    while path not in ("", "/") and place < len(path):
        step = _STEP.match(path, place)
        candidates: list[Node] = []
        if step is not None and step[3]:
            candidates = [mark for mark in node.marks() if _written_name(mark) == step[3]]
        elif step is not None:
            kind = "element" if step[1] == "*" else step[1][:-2]
            candidates = [child for child in node.children if child.kind == kind][int(step[2]) - 1 :]
        if step is None or not candidates:
            raise FormProblem("form.path.unknown", path=path)
        node, place = candidates[0], step.end()
    return node


def path_of(node: Node) -> str:
    """The positional path of a node; a namespace is written as the attribute that declares it."""
    steps: list[str] = []
    while node.parent is not None:
        if node.kind in ("attribute", "namespace"):
            steps.append(f"/@*[name()='{_written_name(node)}']")
        else:
            fellows = [child for child in node.parent.children if child.kind == node.kind]
            place = next(i for i, fellow in enumerate(fellows, 1) if fellow is node)
            test = "*" if node.kind == "element" else f"{node.kind}()"
            steps.append(f"/{test}[{place}]")
        node = node.parent
    return "".join(reversed(steps)) or "/"


def _written_name(mark: Node) -> str:
    prefix = "xmlns" if mark.kind == "namespace" else mark.prefix
    return ":".join(part for part in (prefix, mark.name) if part)


class _CaseWorld:
    """The world of a case: its document, its clock. In an XForm the primary instance is the root of paths,
    the other instances are found by their ids, and texts in the `itext` of the model."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.document = read_document(case.get("context") or "<root/>")
        self.root: Node = self.document
        self.zone: tzinfo = ZoneInfo(case.get("tz") or "UTC")
        self.random = Random(case["id"])  # noqa: S311 - the same draw for the same case
        self.moment = datetime.fromisoformat(
            (case.get("now") or "2026-11-22T05:15:30Z").replace("Z", "+00:00")
        )
        self.spoken: str | None = case.get("language")

    @property
    def language(self) -> str:
        return self.spoken or "en"

    def enter(self, node: Node) -> None:
        """Paths of the expression that belongs to this node start at the instance that it is in."""
        for around in (node, *node.ancestors()):
            if around.name == "instance" and around.namespace == axes.XFORMS:
                self.root = around

    def now(self) -> datetime:
        return self.moment

    @property
    def version(self) -> str:
        return next((_attribute(root, "version") or "" for root in self.root.elements()), "")

    def property(self, name: str) -> str:
        return ""

    def _all(self, name: str) -> list[Node]:
        return [node for node in self.document.descendants() if node.kind == "element" and node.name == name]

    def instance(self, name: str) -> Node | None:
        """The instance of that id; the first one is also known by the id of its root element."""
        instances = [node for node in self._all("instance") if node.parent and node.parent.name == "model"]
        for node in instances:
            if _attribute(node, "id") == name:
                return node
        first = instances[:1]
        return next((n for n in first for root in n.elements() if _attribute(root, "id") == name), None)

    def choice_label(self, node: Node, name: str) -> str:
        return name

    def text(self, key: str) -> Value:
        """The nodes `value` of the text in the language, or in the form's default one."""
        translations = self._all("translation")
        chosen = [node for node in translations if _attribute(node, "lang") == self.spoken]
        default = [node for node in translations if _attribute(node, "default") is not None]
        for translation in (*chosen, *default, *translations)[:1]:
            for text in translation.named("text"):
                if _attribute(text, "id") == key:
                    return [value for value in text.named("value") if _attribute(value, "form") is None]
        return []


def _attribute(node: Node, name: str) -> str | None:
    found = node.attribute(name)
    return found.text if found is not None else None


__all__ = ["Outcome", "node_at", "path_of", "run_expression_case"]
