"""The data of one entry as a tree of nodes, which expressions read and `FormEntry` keeps up to date."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from forms import paths
from forms.definition import FormDefinition, Group, Question, Repeat
from forms.errors import FormProblem
from forms.expression.focus import Shape
from forms.expression.nodes import Node, add_child
from forms.xform.names import local

if TYPE_CHECKING:
    from forms.expression.compile import Expression


_NOTHING: Final[dict[str, list[InstanceNode]]] = {}
"""Shared by all nodes that have nothing in them, which are most."""


class InstanceNode(Node):
    """A question, a group or one instance of a repeat in an entry.

    `answer` is what was given or calculated; `text` is what counts: nothing while the node is hidden.
    An answer that is hidden is kept in memory, so that a mistaken tap in a question above can be undone.
    """

    __slots__ = (
        "answer",
        "bound",
        "by_name",
        "definition",
        "hidden_by_itself",
        "instance_id",
        "order_number",
        "path",
        "ranges",
        "visible",
        "waiting",
    )

    parent: InstanceNode | None

    def __init__(
        self,
        definition: Question | Group | Repeat | None,
        name: str,
        template: str,
        parent: InstanceNode | None,
        instance_id: str | None = None,
        order_number: int = 0,
    ) -> None:
        super().__init__("root" if parent is None else "element", name, parent)
        self.definition = definition
        self.instance_id = instance_id
        self.order_number = order_number
        self.by_name: dict[str, list[InstanceNode]] = _NOTHING
        """What is in it by name, in its order; an answered attribute as `@name`."""
        self.answer = ""
        self.hidden_by_itself = False
        self.visible = True
        self.bound: dict[str, Expression] = {}
        """The expressions of this node that have been compiled, by what they are for."""
        self.waiting: dict[str, list[InstanceNode]] = {}
        """Instances that a repeat's count has taken away, by the repeat's name, to be brought back first."""
        self.ranges: dict[str, InstanceNode] = {}
        base = "" if parent is None or parent.parent is None else parent.path
        if name.startswith("@"):
            self.kind, self.name = "attribute", name[1:]
        own = paths.instance(name, instance_id) if instance_id else name
        self.path: str = "" if parent is None or definition is None else paths.join(base, own)

    @property
    def counts(self) -> bool:
        return self.visible

    def only_child(self, name: str) -> Node | None:
        found = self.by_name.get(name)
        return None if found is None or found[0].instance_id else found[0]

    def named(self, name: str) -> list[Node]:
        return [child for child in self.by_name.get(name, ()) if child.visible]

    def all_named(self, name: str) -> list[Node]:
        return list(self.by_name.get(name, ()))

    def place(self) -> tuple[int, int]:
        if self.parent is None or self.kind == "attribute":
            return super().place()
        try:
            place = self.parent.by_name[self.name].index(self) + 1
        except (KeyError, ValueError):
            # What stands for a repeat as a whole is none of its instances.
            return 0, 0
        return place, place // 8

    @property
    def leaf(self) -> bool:
        return isinstance(self.definition, Question)

    @property
    def template(self) -> str:
        return self.definition.path if self.definition is not None else ""

    @property
    def question(self) -> Question:
        """The question of a leaf; asking a group for it is an error of the caller."""
        assert isinstance(self.definition, Question)
        return self.definition

    def set_text(self, text: str) -> bool:
        """Makes this the text that counts; True when that changed something."""
        if text == self._text:
            return False
        self._text = text
        self._number = None
        return True

    def instances(self, name: str) -> list[InstanceNode]:
        """The instances of one repeat among the children, hidden ones too."""
        found = self.by_name.get(name)
        return list(found) if found and found[0].instance_id else []

    def fellows(self, name: str) -> list[InstanceNode]:
        """The list of what has this name, to be changed."""
        if self.by_name is _NOTHING:
            self.by_name = {}
        return self.by_name.setdefault(name, [])

    def range_of(self, repeat: Repeat) -> InstanceNode:
        """Stands for a repeat as a whole, however many instances it has: its count and relevance are
        expressions of a node beside the instances.
        """
        found = self.ranges.get(repeat.name)
        if found is None:
            found = self.ranges[repeat.name] = InstanceNode(repeat, repeat.name, repeat.path, self)
        return found

    def inner(self) -> list[InstanceNode]:
        return self.children  # type: ignore[return-value]

    def answered_attributes(self) -> list[InstanceNode]:
        """The attributes that are answers; the others are the same in every record."""
        return [node for node in self.attributes if isinstance(node, InstanceNode)]

    def everything(self) -> Iterator[InstanceNode]:
        """This node and all below it, parents first."""
        yield self
        if self.attributes:
            yield from self.answered_attributes()
        for child in self.inner():
            yield from child.everything()


class Document:
    """The whole tree of an entry, its nodes by path, and how nodes of one template are found."""

    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        self.below: dict[str, list[Question | Group | Repeat]] = {}
        self._repeats: dict[str, list[Repeat]] = {}
        self._rank: dict[str, int] = {}
        for rank, path in enumerate(definition.places):
            self._rank[path] = rank
            element = definition.groups.get(path) or definition.questions.get(path)
            if element is not None:
                self.below.setdefault(paths.parent(path), []).append(element)
            if isinstance(element, Repeat):
                self._repeats.setdefault(paths.parent(path), []).append(element)
        self.by_path: dict[str, InstanceNode] = {}
        self.shape = Shape()
        self.top = InstanceNode(None, "", "", None)
        self.root = InstanceNode(None, definition.root, "", self.top)
        self.top.children.append(self.root)
        self.top.fellows(self.root.name).append(self.root)
        self._fill(self.root, "")

    def _fill(self, node: InstanceNode, template: str) -> None:
        self._note_attributes(node, template)
        for element in self.below.get(template, ()):
            if isinstance(element, Repeat):
                continue
            child = InstanceNode(element, element.name, element.path, node)
            (node.attributes if child.kind == "attribute" else node.children).append(child)
            node.fellows(element.name).append(child)
            self.by_path[child.path] = child
            if isinstance(element, Group):
                self._fill(child, element.path)
            else:
                self._note_attributes(child, element.path)

    def _note_attributes(self, node: InstanceNode, template: str) -> None:
        """The attributes that are the same in every record: expressions can read them."""
        for tag, value in self.definition.places[template].attributes.items():
            if paths.join(template, f"@{local(tag)}") not in self.definition.questions:
                add_child(node, "attribute", local(tag), value)

    def repeats_in(self, node: InstanceNode) -> list[Repeat]:
        """The repeats that are directly below the node."""
        return self._repeats.get(node.template, [])

    def add(self, parent: InstanceNode, repeat: Repeat, instance_id: str, order_number: int) -> InstanceNode:
        """A new instance, empty, in its place by order number and id."""
        node = InstanceNode(repeat, repeat.name, repeat.path, parent, instance_id, order_number)
        self.by_path[node.path] = node
        self._fill(node, repeat.path)
        self.attach(parent, node)
        return node

    def attach(self, parent: InstanceNode, node: InstanceNode) -> None:
        """Puts an instance among its fellows, where the form has them."""
        self.shape.version += 1
        place = self._place_of(node)
        for siblings in (parent.inner(), parent.fellows(node.name)):
            if not siblings or self._place_of(siblings[-1]) < place:
                siblings.append(node)
            else:
                insort(siblings, node, key=self._place_of)
        for inner in node.everything():
            self.by_path[inner.path] = inner

    def _place_of(self, node: InstanceNode) -> tuple[int, int, str]:
        return self._rank[node.template], node.order_number, node.instance_id or ""

    def detach(self, node: InstanceNode) -> None:
        """Takes an instance out of the tree; it can be attached again."""
        assert node.parent is not None
        self.shape.version += 1
        for siblings in (node.parent.inner(), node.parent.fellows(node.name)):
            del siblings[bisect_left(siblings, self._place_of(node), key=self._place_of)]
        if not node.parent.fellows(node.name):
            del node.parent.by_name[node.name]
        for inner in node.everything():
            self.by_path.pop(inner.path, None)

    def at(self, path: str) -> InstanceNode:
        node = self.by_path.get(path)
        if node is None:
            raise FormProblem("entry.path.unknown", path=paths.template(path))
        return node

    def holder_of(self, path: str) -> tuple[InstanceNode, Repeat]:
        """For the path of a repeat: the node that its instances are in, and its definition."""
        repeat = self.definition.groups.get(paths.template(path))
        above = paths.parent(path)
        holder = self.by_path.get(above) if above else self.root
        if holder is None or not isinstance(repeat, Repeat) or path != paths.join(above, repeat.name):
            raise FormProblem("entry.path.unknown", path=paths.template(path))
        return holder, repeat

    def nodes(self, template: str, within: InstanceNode | None = None) -> list[InstanceNode]:
        """All nodes of a template below (or at) a node, in document order."""
        only = self.by_path.get(template)
        if only is not None:
            # Its path has no instance in it, so there is no other.
            return [only]
        start = self.root if within is None else within
        found = [start]
        if template == start.template:
            return found
        relative = template[len(start.template) + 1 :] if start.template else template
        for name in relative.split("/"):
            found = [child for node in found for child in node.by_name.get(name, ())]
        return found
