"""The axes of paths: from one node to the nodes that a step finds.

A step gives nodes in document order, but predicates on a reverse axis count from the near end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forms.expression.nodes import Node

REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})
DISJOINT = frozenset({"child", "attribute", "self"})
"""Axes that give no node twice and keep the order of the nodes they start from."""

Find = Callable[[Node], list[Node]]


def root_of(node: Node) -> Node:
    """The top of the node's tree."""
    while node.parent is not None:
        node = node.parent
    return node


def in_order(nodes: list[Node]) -> list[Node]:
    """The nodes once each, in document order."""
    unique = list({id(node): node for node in nodes}.values())
    if len(unique) > 1:
        unique.sort(key=Node.order)
    return unique


def finder(axis: str, test: str) -> Find:
    """The function that takes one step."""
    if (
        axis == "child"
        and test not in ("*", "node()", "text()")
        and not test.endswith(":*")
        and ":" not in test
    ):
        return lambda node: node.named(test)
    along = _ALONG[axis]
    matches = _matcher(axis, test)
    return lambda node: [found for found in along(node) if matches(found)]


def _matcher(axis: str, test: str) -> Callable[[Node], bool]:
    principal = "attribute" if axis == "attribute" else "element"
    if test == "node()":
        return lambda node: node.counts
    if test == "text()":
        return lambda node: node.kind == "text"
    if test.endswith("()"):
        return lambda node: False
    if test == "*":
        return lambda node: node.kind == principal and node.counts
    if test.endswith(":*"):
        prefix = test[:-1]
        return lambda node: node.kind == principal and node.counts and node.name.startswith(prefix)
    local = test.partition(":")[2]
    return lambda node: node.kind == principal and node.counts and node.name in (test, local)


def _self(node: Node) -> list[Node]:
    return [node]


def _parent(node: Node) -> list[Node]:
    return [node.parent] if node.parent is not None else []


def _child(node: Node) -> list[Node]:
    return node.children


def _attribute(node: Node) -> list[Node]:
    return node.attributes


def _descendant(node: Node) -> Iterable[Node]:
    return node.descendants()


def _descendant_or_self(node: Node) -> Iterable[Node]:
    return [node, *node.descendants()]


def _ancestor(node: Node) -> Iterable[Node]:
    return node.ancestors()


def _ancestor_or_self(node: Node) -> Iterable[Node]:
    return [node, *node.ancestors()]


def _siblings(node: Node) -> tuple[list[Node], int]:
    if node.parent is None or node.kind == "attribute":
        return [], 0
    siblings = node.parent.children
    return siblings, next(i for i, sibling in enumerate(siblings) if sibling is node)


def _following_sibling(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return siblings[place + 1 :]


def _preceding_sibling(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return siblings[:place][::-1]


def _following(node: Node) -> Iterable[Node]:
    for ancestor in (node, *node.ancestors()):
        for sibling in _following_sibling(ancestor):
            yield sibling
            yield from sibling.descendants()


def _preceding(node: Node) -> Iterable[Node]:
    for ancestor in (node, *node.ancestors()):
        for sibling in _preceding_sibling(ancestor):
            yield from reversed([sibling, *sibling.descendants()])


def _nothing(node: Node) -> list[Node]:
    return []


_ALONG: dict[str, Callable[[Node], Iterable[Node]]] = {
    "self": _self,
    "parent": _parent,
    "child": _child,
    "attribute": _attribute,
    "descendant": _descendant,
    "descendant-or-self": _descendant_or_self,
    "ancestor": _ancestor,
    "ancestor-or-self": _ancestor_or_self,
    "following-sibling": _following_sibling,
    "preceding-sibling": _preceding_sibling,
    "following": _following,
    "preceding": _preceding,
    "namespace": _nothing,
}
