"""Paths -> closures. What can be followed when an expression is bound is followed then, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.expression import axes, indexes
from forms.expression.focus import Closure, Focus, Shape, Work, shape_of
from forms.expression.functions import function_of
from forms.expression.nodes import Node
from forms.expression.parser import Binary, Call, Number, Path, Step, Tree, Union_, operands, subtrees
from forms.expression.values import to_boolean

if TYPE_CHECKING:
    from forms.expression.compile import Compiler

Walk = Callable[[list[Node]], list[Node]]
NO_NODES: list[Node] = []
_NEAR = frozenset({"child", "self", "parent", "attribute"})


def single(compiler: Compiler, tree: Tree) -> Node | None:
    """The one node that a path can only ever mean, when that is known already."""
    if not isinstance(tree, Path):
        return None
    node, rest = _follow(compiler, tree)
    return node if not rest else None


def compile_path(compiler: Compiler, path: Path) -> Closure[list[Node]]:
    """The nodes of a path, in document order."""
    found = indexes.filtered(compiler, path)
    if found is not None:
        return found
    node, rest = _follow(compiler, path)
    walk = [step_of(compiler, step) for step in rest]
    if node is not None:
        if not walk:
            return lambda focus: [node] if node.counts else []
        alone = [node]
        shape = shape_of(compiler.environment)
        if shape is not None and all(_by_shape(step) for step in rest):
            return _remembered(shape, lambda focus: through(walk, alone))
        if len(walk) == 1:
            only = walk[0]
            return lambda focus: only(alone)
        return lambda focus: through(walk, alone)
    if path.start is not None:
        start = compiler.nodes(path.start)
        filters = [predicate_of(compiler, predicate) for predicate in path.filters]

        def from_start(focus: Focus) -> list[Node]:
            nodes = start(focus)
            for keep in filters:
                nodes = keep(nodes)
            return through(walk, nodes)

        return from_start
    if path.absolute:
        return lambda focus: through(walk, [axes.root_of(focus.node)])
    return lambda focus: through(walk, [focus.node])


def compile_union(compiler: Compiler, tree: Union_) -> Closure[list[Node]]:
    """The nodes of both sides, each once, in document order."""
    left, right = compiler.nodes(tree.left), compiler.nodes(tree.right)

    def both(focus: Focus) -> list[Node]:
        return axes.in_order([*left(focus), *right(focus)])

    shape = shape_of(compiler.environment)
    return both if shape is None or not _tells_by_shape(compiler, tree) else _remembered(shape, both)


def _tells_by_shape(compiler: Compiler, tree: Tree) -> bool:
    if isinstance(tree, Union_):
        return _tells_by_shape(compiler, tree.left) and _tells_by_shape(compiler, tree.right)
    if not isinstance(tree, Path):
        return False
    node, rest = _follow(compiler, tree)
    return node is not None and all(_by_shape(step) for step in rest)


def _by_shape(step: Step) -> bool:
    """Whether a step finds the same nodes until one comes, goes, appears or is hidden."""
    return all(_placed(predicate) for predicate in step.predicates)


def _placed(tree: Tree) -> bool:
    """Whether a predicate speaks of nothing but places: `1`, `last()`, `position() < 3`."""
    if isinstance(tree, Call):
        return tree.name in ("position", "last") and not tree.arguments
    if isinstance(tree, Binary):
        return all(_placed(operand) for _, operand in operands(tree))
    return isinstance(tree, Number)


def _remembered(shape: Shape, run: Closure[list[Node]]) -> Closure[list[Node]]:
    at, found = -1, NO_NODES

    def remembered(focus: Focus) -> list[Node]:
        nonlocal at, found
        if at != shape.version:
            found = run(focus)
            at = shape.version
        return found

    return remembered


def weighed(compiler: Compiler, tree: Tree, nodes: Closure[list[Node]]) -> Closure[list[Node]]:
    """The nodes, whose values are wanted. The value of a group is the text of all in it: where many ask for
    the same group, each of them pays for all of it. What lies below the context is asked for by few, and so
    is what a whole expression finds step by step.
    """
    below = {"child", "self", "attribute", "descendant", "descendant-or-self"}
    if compiler.bound is not None and isinstance(tree, Path) and all(s.axis in _NEAR for s in tree.steps):
        return nodes
    if (
        isinstance(tree, Path)
        and not tree.absolute
        and tree.start is None
        and all(step.axis in below for step in tree.steps)
    ):
        return nodes
    work = compiler.work
    work.used = True

    def with_weight(focus: Focus) -> list[Node]:
        found = nodes(focus)
        for node in found:
            if node.children:
                work.spend(sum(1 for _ in node.descendants()))
        return found

    return with_weight


def _follow(compiler: Compiler, path: Path) -> tuple[Node | None, tuple[Step, ...]]:
    """How far a path can be followed now, and the steps that are left for run time.

    An absolute path into a repeat that the bound node is itself in means its own instance, as
    ODK reads it, unless the path ends at the repeat (`count(/data/member)` counts all of them).
    """
    if path.filters:
        return None, path.steps
    if path.start is not None:
        if isinstance(path.start, Call) and path.start.name == "current" and not path.start.arguments:
            node: Node | None = compiler.current
        else:
            return None, path.steps
    else:
        node = compiler.environment.root if path.absolute else compiler.bound
    if node is None:
        return None, path.steps
    own = (
        {id(ancestor) for ancestor in (compiler.current, *compiler.current.ancestors())}
        if path.absolute
        else set()
    )
    for index, step in enumerate(path.steps):
        following = _certain(node, step)
        if following is None and step.axis == "child" and not step.predicates and index + 1 < len(path.steps):
            following = next(
                (child for child in node.children if id(child) in own and child.name == step.test), None
            )
        if following is None:
            return node, path.steps[index:]
        node = following
    return node, ()


def _certain(node: Node, step: Step) -> Node | None:
    if step.predicates:
        return None
    if step.axis == "child":
        return node.only_child(step.test)
    if step.axis == "self" and step.test == "node()":
        return node
    if step.axis == "parent" and step.test == "node()":
        return node.parent
    return None


def through(walk: list[Walk], nodes: list[Node]) -> list[Node]:
    """One step after the other, as long as there are nodes."""
    for step in walk:
        if not nodes:
            return nodes
        nodes = step(nodes)
    return nodes


def step_of(compiler: Compiler, step: Step) -> Walk:
    """One step with its predicates."""
    find = axes.finder(step.axis, step.test, compiler.resolve)
    if step.axis in axes.SIDEWAYS:
        find = _paying_for_siblings(find, compiler.work)
    predicates = [predicate_of(compiler, predicate) for predicate in step.predicates]
    reverse = step.axis in axes.REVERSE
    disjoint = step.axis in axes.DISJOINT
    work = compiler.work
    work.used = True

    def one(nodes: list[Node]) -> list[Node]:
        if len(nodes) == 1:
            found = find(nodes[0])
            work.left -= len(found) + 1
            if work.left < 0:
                work.exhausted()
            for keep in predicates:
                found = keep(found)
            return found[::-1] if reverse else found
        gathered: list[Node] = []
        for node in nodes:
            found = find(node)
            work.left -= len(found) + 1
            if work.left < 0:
                work.exhausted()
            for keep in predicates:
                found = keep(found)
            gathered += found
        return gathered if disjoint else axes.in_order(gathered)

    return one


def test_of(compiler: Compiler, tree: Tree) -> Walk:
    """A condition, whatever it gives, as one that nodes keep to or not."""
    return _keeping(compiler.inside_predicate().boolean(tree), compiler.work, _weight(tree))


def predicate_of(compiler: Compiler, tree: Tree) -> Walk:
    """What a predicate leaves of nodes: a number is a place, anything else a condition."""
    inner = compiler.inside_predicate()
    if isinstance(tree, Number):
        place = tree.value
        return lambda nodes: (
            [nodes[int(place) - 1]] if place == int(place) and 0 < place <= len(nodes) else []
        )
    kind, weight = inner.kind(tree), _weight(tree)
    if kind == "value":
        value = inner.value(tree)

        def either(focus: Focus) -> bool:
            result = value(focus)
            is_number = isinstance(result, float) and not isinstance(result, bool)
            return result == focus.position if is_number else to_boolean(result)

        return _keeping(either, compiler.work, weight)
    if kind == "number":
        number = inner.number(tree)
        return _keeping(lambda focus: number(focus) == focus.position, compiler.work, weight)
    return _keeping(inner.boolean(tree), compiler.work, weight)


def _paying_for_siblings(find: axes.Find, work: Work) -> axes.Find:
    """A node has to be found among its siblings first, however few come after it."""

    def found(node: Node) -> list[Node]:
        if node.parent is not None:
            work.spend(len(node.parent.children) // 8)
        return find(node)

    return found


def _weight(tree: Tree) -> int:
    """What it takes to evaluate a predicate once, in nodes looked at; searches in it count for themselves."""
    parts = list(subtrees(tree))
    calls = (function_of(part).cost for part in parts if isinstance(part, Call))
    return (len(parts) * 2 + sum(calls)) // 8 + 1


def _keeping(test: Closure[bool], work: Work, weight: int) -> Walk:
    def keep(nodes: list[Node]) -> list[Node]:
        if not nodes:
            return nodes
        work.spend(len(nodes) * weight)
        focus = Focus(nodes[0], 0, len(nodes))
        kept = []
        for position, node in enumerate(nodes, 1):
            focus.node, focus.position = node, position
            if test(focus):
                kept.append(node)
        return kept

    return keep
