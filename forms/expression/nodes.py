"""The nodes that expressions speak of: elements of an entry, of a choice list, of any XML.

One slim class serves all. An entry's nodes override what they know better (`forms.instance`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Literal

from forms.expression.values import text_to_number

Kind = Literal["root", "element", "attribute", "text", "comment", "processing-instruction", "namespace"]


class Node:
    """A named place in a tree, with a text and cached casts of it.

    `only_child` is what makes paths cheap: it answers when there can be no other node of that name,
    so that a path is followed once, when its expression is bound, and never again.

    `name` is the local name. A form's own nodes have no namespace (None), and any prefix finds them.
    """

    prefix: str = ""
    namespace: str | None = None

    __slots__ = ("_number", "_text", "attributes", "children", "kind", "name", "parent")

    def __init__(self, kind: Kind, name: str, parent: Node | None = None, text: str = "") -> None:
        self.kind: Kind = kind
        self.name = name
        self.parent = parent
        self.children: list[Node] = []
        self.attributes: list[Node] = []
        self._text = text
        self._number: float | None = None

    @property
    def text(self) -> str:
        """The string value: its own text, or that of everything in it."""
        if not self.children:
            return self._text
        return "".join(node._text for node in self.descendants() if not node.children)

    def number(self, zone: tzinfo) -> float:
        """The text as a number (a date is days since 1970), worked out once for a node's own text."""
        if self.children:
            return text_to_number(self.text, zone)
        if self._number is None:
            self._number = text_to_number(self.text, zone)
        return self._number

    @property
    def counts(self) -> bool:
        """Whether a search finds this node; what is hidden is not found."""
        return True

    @property
    def leaf(self) -> bool:
        """Whether it is known that nothing will ever be in it, so that its own text is all of its text."""
        return False

    def only_child(self, name: str) -> Node | None:
        """The child of this name if there can never be a second one and never none, else None."""
        return None

    def elements(self) -> Iterable[Node]:
        """The children that a search finds."""
        return [child for child in self.children if child.kind == "element" and child.counts]

    def named(self, name: str) -> list[Node]:
        """The children of this name that a search finds."""
        return [c for c in self.children if c.name == name and c.kind == "element" and c.counts]

    def attribute(self, name: str) -> Node | None:
        return next((node for node in self.attributes if node.name == name), None)

    def descendants(self) -> Iterator[Node]:
        """Everything below, in document order."""
        for child in self.children:
            yield child
            if child.children:
                yield from child.descendants()

    def ancestors(self) -> Iterator[Node]:
        """Parents up to the root, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def namespaces(self) -> list[Node]:
        """The nodes of the namespace axis; a form's own nodes have none."""
        return []

    def marks(self) -> list[Node]:
        """What is written in the start of an element, in its order: attributes, and namespaces in scope."""
        return self.attributes

    def namespace_of(self, prefix: str) -> str | None:
        """What a prefix stands for at this node, None when that is not declared."""
        return None


def numbers(nodes: list[Node], zone: tzinfo) -> list[float]:
    """The nodes as numbers; what was worked out before is taken without asking each node for it."""
    return [node.number(zone) if node._number is None else node._number for node in nodes]


def add_child(parent: Node, kind: Kind, name: str, text: str = "") -> Node:
    """A new node at the end of the parent's children (or attributes)."""
    node = Node(kind, name, parent, text)
    (parent.attributes if kind == "attribute" else parent.children).append(node)
    return node
