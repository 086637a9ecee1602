"""Sets of nodes: counted, summed, named, chosen by place, shuffled; what other instances hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.errors import FormProblem
from forms.expression import axes
from forms.expression.functions.registry import function, special
from forms.expression.nodes import Node, numbers
from forms.expression.operators import compare
from forms.expression.shuffle import ParkMiller, seed_of, shuffled
from forms.expression.values import NAN, Value, to_number, to_text

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Environment, Focus, Work
    from forms.expression.parser import Tree


@function("sum", "nodes", "number", world=True)
def sum_(world: Environment, nodes: list[Node]) -> float:
    """NaN as soon as one of the nodes is no number, an empty one too."""
    zone = world.zone
    return math.fsum(numbers(nodes, zone))


@function("min", "value*", "number", world=True)
def min_(world: Environment, *values: Value) -> float:
    return _extreme(world, values, min)


@function("max", "value*", "number", world=True)
def max_(world: Environment, *values: Value) -> float:
    return _extreme(world, values, max)


def _extreme(world: Environment, values: tuple[Value, ...], choose: Callable[[list[float]], float]) -> float:
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found += numbers(value, world.zone)
        else:
            found.append(to_number(value, world.zone))
    return NAN if not found or any(number != number for number in found) else choose(found)


@function("count", "nodes", "number")
def count(nodes: list[Node]) -> float:
    return float(len(nodes))


@function("count-non-empty", "nodes", "number")
def count_non_empty(nodes: list[Node]) -> float:
    return float(sum(1 for node in nodes if node.text))


@special("position", 0, 1, "number")
def position(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[float]:
    """Of the context among its fellows, or of a given node among its siblings of the same name."""
    if not arguments:
        return lambda focus: float(focus.position)
    nodes = compiler.nodes(arguments[0])
    work = compiler.work
    work.used = True

    def among_fellows(focus: Focus) -> float:
        found = nodes(focus)
        if not found:
            return NAN
        fellows = _fellows(found[0])
        work.spend(len(fellows))
        return float(next((place for place, node in enumerate(fellows, 1) if node is found[0]), NAN))

    return among_fellows


@special("last", 0, 0, "number")
def last(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[float]:
    return lambda focus: float(focus.size)


@special("current", 0, 0, "nodes")
def current(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """The node that the whole expression belongs to, inside a predicate too."""
    alone = [compiler.current]
    return lambda focus: alone


def _of_first(compiler: Compiler, arguments: tuple[Tree, ...], tell: Callable[[Node], str]) -> Closure[str]:
    if not arguments:
        return lambda focus: tell(focus.node)
    nodes = compiler.nodes(arguments[0])

    def of_first(focus: Focus) -> str:
        found = nodes(focus)
        return tell(found[0]) if found else ""

    return of_first


@special("name", 0, 1, "text")
def name(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """With the prefix that is written there; of a node without a name the empty text."""
    return _of_first(
        compiler, arguments, lambda node: f"{node.prefix}:{node.name}" if node.prefix else node.name
    )


@special("local-name", 0, 1, "text")
def local_name(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    return _of_first(compiler, arguments, lambda node: node.name)


@special("namespace-uri", 0, 1, "text")
def namespace_uri(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """The namespace of an element or attribute; a form's own questions have none."""
    return _of_first(compiler, arguments, lambda node: node.namespace or "")


@special("instance", 1, 1, "nodes")
def instance(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """A secondary instance, such as a list of choices; none of that name is an empty list."""
    wanted = compiler.text(arguments[0])
    find = compiler.environment.instance

    def found(focus: Focus) -> list[Node]:
        root = find(wanted(focus))
        return [root] if root is not None else []

    return found


@special("indexed-repeat", 3, 11, "nodes")
def indexed_repeat(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """indexed-repeat(node, repeat, 2, inner-repeat, 1): the node in the second instance, and so on.

    Where an inner repeat is left open it is the node in each of its instances.

    The paths mean all instances, those too where the expression itself is in one.
    """
    if len(arguments) % 2 == 0:
        raise FormProblem("form.expression.arguments", function="indexed-repeat", given=len(arguments))
    targets = compiler.nodes(arguments[0])
    pairs = [
        (compiler.nodes(arguments[place]), compiler.number(arguments[place + 1]))
        for place in range(1, len(arguments) - 1, 2)
    ]
    root, work = compiler.environment.root, compiler.work
    work.used = True

    def found(focus: Focus) -> list[Node]:
        nodes = _everywhere(targets(focus), root, work)
        for repeats, place in pairs:
            chosen = _at_place(_everywhere(repeats(focus), root, work), place(focus))
            nodes = [
                node for node in nodes if any(id(above) in chosen for above in (node, *node.ancestors()))
            ]
        return nodes

    return found


def _at_place(instances: list[Node], place: float) -> set[int]:
    """Those that are at this place among their fellows, by their ids; all fellows are given, in order."""
    passed: dict[int, int] = {}
    chosen = set()
    for node in instances:
        passed[id(node.parent)] = count = passed.get(id(node.parent), 0) + 1
        if count == place:
            chosen.add(id(node))
    return chosen


def _fellows(node: Node) -> list[Node]:
    """The node and its siblings of the same name; hidden ones keep their number."""
    if node.parent is None:
        return []
    return [
        fellow
        for fellow in node.parent.children
        if fellow.name == node.name and fellow.kind == node.kind and fellow.namespace == node.namespace
    ]


def _everywhere(nodes: list[Node], root: Node, work: Work) -> list[Node]:
    """The nodes and their namesakes in all other instances of the repeats that they are in."""
    if not nodes:
        return nodes
    steps: list[Node] = []
    node: Node | None = nodes[0]
    while node is not None and node is not root:
        steps.append(node)
        node = node.parent
    found = [root] if node is root else [axes.root_of(nodes[0])]
    for step in reversed(steps):
        found = [
            child
            for parent in found
            for child in parent.children
            if child.name == step.name and child.kind == step.kind and child.counts
        ]
        work.spend(2 * len(found) + 2)
    return found


@special("id", 1, 1, "nodes")
def id_(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """The elements with these ids, in document order (XPath 1.0, 4.1). Without a DTD, which nothing reads,
    an id is an attribute `id` or `xml:id`."""
    value = compiler.value(arguments[0])
    work = compiler.work
    work.used = True

    def found(focus: Focus) -> list[Node]:
        result = value(focus)
        texts = [node.text for node in result] if isinstance(result, list) else [to_text(result)]
        wanted = {name for text in texts for name in text.split()}
        top = axes.root_of(focus.node)
        everything = list(top.descendants())
        work.spend(len(everything))
        return [
            node
            for node in everything
            if node.attributes
            and any(
                mark.name == "id" and mark.prefix in ("", "xml") and mark.text in wanted
                for mark in node.attributes
            )
        ]

    return found


@special("lang", 1, 1, "boolean")
def lang(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[bool]:
    """Whether the nearest `xml:lang` is that language or a kind of it (XPath 1.0, 4.3)."""
    wanted = compiler.text(arguments[0])

    def speaks(focus: Focus) -> bool:
        for node in (focus.node, *focus.node.ancestors()):
            for mark in node.attributes:
                if mark.name == "lang" and (mark.namespace is None or mark.prefix == "xml"):
                    own, asked = mark.text.lower(), wanted(focus).lower()
                    return own == asked or own.startswith(f"{asked}-")
        return False

    return speaks


@special("randomize", 1, 2, "nodes")
def randomize(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """The nodes in a random order; with a seed always in the same one, which other clients give too."""
    nodes = compiler.nodes(arguments[0])
    random = compiler.environment.random
    if len(arguments) == 1:
        return lambda focus: shuffled(nodes(focus), random.random)
    seed, zone = compiler.value(arguments[1]), compiler.zone

    def in_order_of_seed(focus: Focus) -> list[Node]:
        value = seed(focus)
        draw = ParkMiller(seed_of(to_number(value, zone), to_text(value)))
        return shuffled(nodes(focus), draw.random)

    return in_order_of_seed


@special("pulldata", 4, 4, "text")
def pulldata(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """instance(file)/root/item[key = value]/column of the first such item; empty when there is none."""
    file, column, key = (compiler.text(argument) for argument in arguments[:3])
    value = compiler.value(arguments[3])
    environment, work = compiler.environment, compiler.work
    work.used = True

    def pulled(focus: Focus) -> str:
        root = environment.instance(file(focus).removesuffix(".csv"))
        items = [item for top in root.elements() for item in top.elements()] if root is not None else []
        wanted, name = value(focus), key(focus)
        for item in items:
            work.spend(4)
            if compare("=", item.named(name), wanted, environment.zone):
                return to_text(item.named(column(focus)))
        return ""

    return pulled
