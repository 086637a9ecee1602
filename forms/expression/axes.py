"""The axes of paths: from one node to the nodes that a step finds.

A step gives nodes in document order, but predicates on a reverse axis count from the near end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forms.expression.nodes import Node

REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})
SIDEWAYS = frozenset({"following", "following-sibling", "preceding", "preceding-sibling"})
DISJOINT = frozenset({"child", "attribute", "self"})
"""Axes that give no node twice and keep the order of the nodes they start from."""

Find = Callable[[Node], list[Node]]
Resolve = Callable[[str], str | None]

XFORMS = "http://www.w3.org/2002/xforms"
WITHOUT = (None, "")
UNPREFIXED = (None, "", XFORMS)
"""The namespaces of the elements that a name without a prefix finds: XPath 1.0 knows none only, and in an
XForm the elements of an instance commonly inherit the default one, which is that of XForms."""
_PREFIXES = {
    "xml": "http://www.w3.org/XML/1998/namespace",
    "h": "http://www.w3.org/1999/xhtml",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xf": XFORMS,
    "jr": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
    "odk": "http://www.opendatakit.org/xforms",
    "ev": "http://www.w3.org/2001/xml-events",
    "xsd": "http://www.w3.org/2001/XMLSchema",
}


def resolver(node: Node) -> Resolve:
    """What prefixes stand for in an expression of this node: what is declared around it, else what they
    commonly stand for in XForms."""

    def resolve(prefix: str) -> str | None:
        declared = node.namespace_of(prefix)
        return declared if declared is not None else _PREFIXES.get(prefix)

    return resolve


def root_of(node: Node) -> Node:
    """The top of the node's tree."""
    while node.parent is not None:
        node = node.parent
    return node


def in_order(nodes: list[Node]) -> list[Node]:
    """The nodes once each, in document order. Nodes of several trees stay together by their tree."""
    unique = list({id(node): node for node in nodes}.values())
    if len(unique) > 1:
        places: dict[int, tuple[int, ...]] = {}
        unique.sort(key=lambda node: _place(node, places))
    return unique


def _place(node: Node, places: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    """Where a node is in its tree, as a key: those of the nodes around it are worked out on the way, once.

    An element's namespaces and attributes come first, as they are written, then its children.
    """
    found = places.get(id(node))
    if found is not None:
        return found
    above: list[Node] = []
    while node.parent is not None and id(node) not in places:
        above.append(node)
        node = node.parent
    if node.parent is None:
        places.setdefault(id(node), (id(node),))
    for lower in reversed(above):
        parent = lower.parent
        assert parent is not None
        base = places[id(parent)]
        if id(lower) in places:
            continue
        for group, fellows in enumerate((parent.marks(), parent.children)):
            for index, fellow in enumerate(fellows):
                places[id(fellow)] = (*base, group, index)
    return places[id(above[0] if above else node)]


def finder(axis: str, test: str, resolve: Resolve) -> Find:
    """The function that takes one step. `resolve` tells what a prefix stands for."""
    if axis == "child" and test != "*" and not test.endswith(")") and ":" not in test:
        return lambda node: node.named(test)
    along = _ALONG[axis]
    matches = _matcher(axis, test, resolve)
    return lambda node: [found for found in along(node) if matches(found)]


def _matcher(axis: str, test: str, resolve: Resolve) -> Callable[[Node], bool]:
    principal = axis if axis in ("attribute", "namespace") else "element"
    if test == "node()":
        return lambda node: node.counts
    if test.startswith("processing-instruction("):
        target = test[len("processing-instruction(") : -1]
        return lambda node: node.kind == "processing-instruction" and target in ("", node.name)
    if test.endswith("()"):
        kind = test[:-2]
        return lambda node: node.kind == kind
    if test == "*":
        return lambda node: node.kind == principal and node.counts
    prefix, _, local = test.rpartition(":")
    if not prefix:
        plain = UNPREFIXED if principal == "element" else WITHOUT
        return lambda node: (
            node.kind == principal and node.counts and node.name == test and node.namespace in plain
        )
    uri = resolve(prefix)

    def in_namespace(node: Node) -> bool:
        if node.kind != principal or not node.counts or local not in ("*", node.name):
            return False
        if node.namespace is None:
            return True
        return node.prefix == prefix if uri is None else node.namespace == uri

    return in_namespace


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
    if node.parent is None or node.kind in ("attribute", "namespace"):
        return [], 0
    siblings = node.parent.children
    # Nodes are equal only to themselves, so that this finds the node by its identity.
    return siblings, siblings.index(node)


def _following_sibling(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return siblings[place + 1 :]


def _preceding_sibling(node: Node) -> list[Node]:
    siblings, place = _siblings(node)
    return siblings[:place][::-1]


def _following(node: Node) -> Iterable[Node]:
    if node.kind in ("attribute", "namespace") and node.parent is not None:
        # What is inside the element comes after its attributes.
        yield from node.parent.descendants()
    for ancestor in (node, *node.ancestors()):
        for sibling in _following_sibling(ancestor):
            yield sibling
            yield from sibling.descendants()


def _preceding(node: Node) -> Iterable[Node]:
    for ancestor in (node, *node.ancestors()):
        for sibling in _preceding_sibling(ancestor):
            yield from reversed([sibling, *sibling.descendants()])


def _namespace(node: Node) -> list[Node]:
    return node.namespaces()


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
    "namespace": _namespace,
}
