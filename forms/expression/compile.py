"""Tree -> closures over a bound node.

An expression is compiled for the node that it belongs to. A path that can only ever mean one node is
followed while compiling, and what is left at run time is a read of that node's cached cast. Paths that
cross a repeat, have predicates or search are followed each time. The compiler is asked for the type
that the caller needs (`number`, `text`, `boolean`, `nodes`, `value`), so that casts are chosen once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from random import Random
from typing import Protocol, TypeVar

from forms.errors import FormProblem
from forms.expression import axes
from forms.expression.functions import functions_by_name
from forms.expression.nodes import Node
from forms.expression.operators import ARITHMETIC, COMPARE, compare, difference
from forms.expression.parser import (
    Binary,
    Call,
    Literal,
    Negation,
    Number,
    Path,
    Step,
    Tree,
    Union_,
    operands,
    parse,
)
from forms.expression.values import Value, to_boolean, to_number, to_text


class Focus:
    """Where an expression is being evaluated: the context node, its place among its fellows, their number."""

    __slots__ = ("node", "position", "size")

    def __init__(self, node: Node, position: int = 1, size: int = 1) -> None:
        self.node = node
        self.position = position
        self.size = size


T = TypeVar("T")
Closure = Callable[[Focus], T]


class Environment(Protocol):
    """What an expression can ask of the world around it."""

    @property
    def zone(self) -> tzinfo: ...
    @property
    def language(self) -> str: ...
    @property
    def random(self) -> Random: ...
    @property
    def root(self) -> Node: ...
    def now(self) -> datetime: ...
    def instance(self, name: str) -> Node | None: ...
    def choice_label(self, node: Node, name: str) -> str: ...
    def text(self, key: str) -> Value: ...


class Compiler:
    """Compiles for one node. `bound` is the context when it is known beforehand; in a predicate it is not."""

    def __init__(self, environment: Environment, current: Node, bound: Node | None) -> None:
        self.environment = environment
        self.zone = environment.zone
        self.current = current
        self.bound = bound
        self.resolve = axes.resolver(current)

    def inside_predicate(self) -> Compiler:
        return Compiler(self.environment, self.current, None)

    # What a caller asks for

    def value(self, tree: Tree) -> Closure[Value]:
        """The value as it is; a path gives a list of nodes."""
        if isinstance(tree, Number | Literal):
            constant = tree.value
            return lambda focus: constant
        if isinstance(tree, Call):
            return self.call(tree)[1]
        kind = self.kind(tree)
        if kind == "number":
            return self.number(tree)
        if kind == "boolean":
            return self.boolean(tree)
        node = self.single(tree)
        if node is not None:
            alone = [node]
            return lambda focus: alone
        return self.nodes(tree)

    def kind(self, tree: Tree) -> str:
        """'number', 'text', 'boolean', 'nodes', or 'value' when only evaluation tells."""
        if isinstance(tree, Number | Negation):
            return "number"
        if isinstance(tree, Literal):
            return "text"
        if isinstance(tree, Binary):
            return "number" if tree.operator in ARITHMETIC else "boolean"
        if isinstance(tree, Call):
            return functions_by_name(tree.name).returns
        return "nodes"

    def number(self, tree: Tree) -> Closure[float]:
        zone = self.zone
        if isinstance(tree, Number):
            constant = tree.value
            return lambda focus: constant
        if isinstance(tree, Negation):
            operand = self.number(tree.operand)
            return lambda focus: -operand(focus)
        if isinstance(tree, Binary) and tree.operator in ARITHMETIC:
            return self._arithmetic(tree)
        node = self.single(tree)
        if node is not None:
            return lambda focus: node.number(zone)
        value = self.value(tree)
        if self.kind(tree) == "number":
            return value  # type: ignore[return-value]
        return lambda focus: to_number(value(focus), zone)

    def text(self, tree: Tree) -> Closure[str]:
        if isinstance(tree, Literal):
            constant = tree.value
            return lambda focus: constant
        node = self.single(tree)
        if node is not None:
            return lambda focus: node.text
        value = self.value(tree)
        if self.kind(tree) == "text":
            return value  # type: ignore[return-value]
        return lambda focus: to_text(value(focus))

    def boolean(self, tree: Tree) -> Closure[bool]:
        if isinstance(tree, Binary) and tree.operator in ("and", "or"):
            return self._logic(tree)
        if isinstance(tree, Binary) and tree.operator not in ARITHMETIC:
            return self._comparison(tree)
        value = self.value(tree)
        if self.kind(tree) == "boolean":
            return value  # type: ignore[return-value]
        return lambda focus: to_boolean(value(focus))

    def nodes(self, tree: Tree) -> Closure[list[Node]]:
        """The nodes of a path, in document order."""
        if isinstance(tree, Path):
            return self._path(tree)
        if isinstance(tree, Union_):
            left, right = self.nodes(tree.left), self.nodes(tree.right)
            return lambda focus: axes.in_order([*left(focus), *right(focus)])
        if isinstance(tree, Call):
            value = self.call(tree)[1]

            def checked(focus: Focus) -> list[Node]:
                found = value(focus)
                return found if isinstance(found, list) else []

            if functions_by_name(tree.name).returns in ("nodes", "value"):
                return checked
        raise FormProblem("form.expression.nodes_wanted", expression=describe(tree))

    def call(self, tree: Call) -> tuple[str, Closure[Value]]:
        function = functions_by_name(tree.name)
        count = len(tree.arguments)
        if count < function.least or (function.most is not None and count > function.most):
            raise FormProblem("form.expression.arguments", function=tree.name, given=count)
        return function.returns, function.compile(self, tree.arguments)

    # Operators

    def _logic(self, tree: Binary) -> Closure[bool]:
        parts = [self.boolean(operand) for _, operand in operands(tree)]
        if len(parts) == 2:
            left, right = parts
            if tree.operator == "and":
                return lambda focus: left(focus) and right(focus)
            return lambda focus: left(focus) or right(focus)
        if tree.operator == "and":
            return lambda focus: all(part(focus) for part in parts)
        return lambda focus: any(part(focus) for part in parts)

    def _arithmetic(self, tree: Binary) -> Closure[float]:
        chain = operands(tree)
        if len(chain) > 2:
            first = self.number(chain[0][1])
            rest = [(ARITHMETIC[symbol], self.number(operand)) for symbol, operand in chain[1:]]

            def along(focus: Focus) -> float:
                result = first(focus)
                for apply, operand in rest:
                    result = apply(result, operand(focus))
                return result

            return along
        left, right = self.number(tree.left), self.number(tree.right)
        if tree.operator == "+":
            return lambda focus: left(focus) + right(focus)
        if tree.operator == "-":
            if not {self.kind(tree.left), self.kind(tree.right)} & {"number", "text", "boolean"}:
                return lambda focus: difference(left(focus), right(focus))
            return lambda focus: left(focus) - right(focus)
        if tree.operator == "*":
            return lambda focus: left(focus) * right(focus)
        apply = ARITHMETIC[tree.operator]
        return lambda focus: apply(left(focus), right(focus))

    def _comparison(self, tree: Binary) -> Closure[bool]:
        left_node, right_node = self.single(tree.left), self.single(tree.right)
        left_kind = "node" if left_node is not None else self.kind(tree.left)
        right_kind = "node" if right_node is not None else self.kind(tree.right)
        kinds = {left_kind, right_kind}
        if not kinds & {"nodes", "value"}:
            if tree.operator in COMPARE:
                return self._ordered(tree)
            if "boolean" not in kinds:
                equal = self._equal_numbers(tree) if "number" in kinds else self._equal_texts(tree)
                return equal if tree.operator == "=" else _inverse(equal)
        left, right = self.value(tree.left), self.value(tree.right)
        symbol, zone = tree.operator, self.zone
        return lambda focus: compare(symbol, left(focus), right(focus), zone)

    def _ordered(self, tree: Binary) -> Closure[bool]:
        left, right = self.number(tree.left), self.number(tree.right)
        apply = COMPARE[tree.operator]
        return lambda focus: apply(left(focus), right(focus))

    def _equal_numbers(self, tree: Binary) -> Closure[bool]:
        left, right = self.number(tree.left), self.number(tree.right)
        return lambda focus: left(focus) == right(focus)

    def _equal_texts(self, tree: Binary) -> Closure[bool]:
        left_node, right_node = self.single(tree.left), self.single(tree.right)
        if left_node is not None and isinstance(tree.right, Literal):
            constant = tree.right.value
            return lambda focus: left_node.text == constant
        if left_node is not None and right_node is not None:
            return lambda focus: left_node.text == right_node.text
        left, right = self.text(tree.left), self.text(tree.right)
        return lambda focus: left(focus) == right(focus)

    # Paths

    def single(self, tree: Tree) -> Node | None:
        """The one node that a path can only ever mean, when that is known already."""
        if not isinstance(tree, Path):
            return None
        node, rest = self._follow(tree)
        return node if not rest else None

    def _follow(self, path: Path) -> tuple[Node | None, tuple[Step, ...]]:
        """How far a path can be followed now, and the steps that are left for run time.

        An absolute path into a repeat that the bound node is itself in means its own instance, as
        ODK reads it, unless the path ends at the repeat (`count(/data/member)` counts all of them).
        """
        if path.filters:
            return None, path.steps
        if path.start is not None:
            if isinstance(path.start, Call) and path.start.name == "current" and not path.start.arguments:
                node: Node | None = self.current
            else:
                return None, path.steps
        else:
            node = self.environment.root if path.absolute else self.bound
        if node is None:
            return None, path.steps
        own = (
            {id(ancestor) for ancestor in (self.current, *self.current.ancestors())}
            if path.absolute
            else set()
        )
        for index, step in enumerate(path.steps):
            following = _certain(node, step)
            if (
                following is None
                and step.axis == "child"
                and not step.predicates
                and index + 1 < len(path.steps)
            ):
                following = next(
                    (child for child in node.children if id(child) in own and child.name == step.test), None
                )
            if following is None:
                return node, path.steps[index:]
            node = following
        return node, ()

    def _path(self, path: Path) -> Closure[list[Node]]:
        node, rest = self._follow(path)
        walk = [self._step(step) for step in rest]
        if node is not None:
            if not walk:
                return lambda focus: [node] if node.counts else []
            if len(walk) == 1:
                only = walk[0]
                return lambda focus: only([node])
            return lambda focus: _through(walk, [node])
        if path.start is not None:
            start = self.nodes(path.start)
            filters = [self._predicate(predicate) for predicate in path.filters]

            def from_start(focus: Focus) -> list[Node]:
                nodes = start(focus)
                for keep in filters:
                    nodes = keep(nodes)
                return _through(walk, nodes)

            return from_start
        if path.absolute:
            return lambda focus: _through(walk, [axes.root_of(focus.node)])
        return lambda focus: _through(walk, [focus.node])

    def _step(self, step: Step) -> Callable[[list[Node]], list[Node]]:
        find = axes.finder(step.axis, step.test, self.resolve)
        predicates = [self._predicate(predicate) for predicate in step.predicates]
        reverse = step.axis in axes.REVERSE

        def one(nodes: list[Node]) -> list[Node]:
            if len(nodes) == 1:
                found = find(nodes[0])
                for keep in predicates:
                    found = keep(found)
                return found[::-1] if reverse else found
            gathered: list[Node] = []
            for node in nodes:
                found = find(node)
                for keep in predicates:
                    found = keep(found)
                gathered += found
            if step.axis in axes.DISJOINT:
                return gathered
            return axes.in_order(gathered)

        return one

    def _predicate(self, tree: Tree) -> Callable[[list[Node]], list[Node]]:
        inner = self.inside_predicate()
        kind = inner.kind(tree)
        if isinstance(tree, Number):
            place = tree.value
            return lambda nodes: (
                [nodes[int(place) - 1]] if place == int(place) and 0 < place <= len(nodes) else []
            )
        if kind == "value":
            value = inner.value(tree)

            def either(focus: Focus) -> bool:
                result = value(focus)
                is_number = isinstance(result, float) and not isinstance(result, bool)
                return result == focus.position if is_number else to_boolean(result)

            return _keeping(either)
        if kind == "number":
            number = inner.number(tree)
            return _keeping(lambda focus: number(focus) == focus.position)
        return _keeping(inner.boolean(tree))


def _keeping(test: Closure[bool]) -> Callable[[list[Node]], list[Node]]:
    def keep(nodes: list[Node]) -> list[Node]:
        focus = Focus(nodes[0], 0, len(nodes)) if nodes else None
        kept = []
        for position, node in enumerate(nodes, 1):
            assert focus is not None
            focus.node, focus.position = node, position
            if test(focus):
                kept.append(node)
        return kept

    return keep


def _inverse(test: Closure[bool]) -> Closure[bool]:
    return lambda focus: not test(focus)


def _through(walk: list[Callable[[list[Node]], list[Node]]], nodes: list[Node]) -> list[Node]:
    for step in walk:
        if not nodes:
            return nodes
        nodes = step(nodes)
    return nodes


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


def describe(tree: Tree) -> str:
    """A few words on a tree, for messages."""
    return f"{tree.name}()" if isinstance(tree, Call) else type(tree).__name__.lower().rstrip("_")


class Expression:
    """An expression bound to a node: what an entry keeps and evaluates."""

    __slots__ = ("_focus", "_kind", "_run")

    def __init__(self, source: str, environment: Environment, node: Node, kind: str) -> None:
        compiler = Compiler(environment, node, node)
        tree = parse(source)
        self._focus = Focus(node)
        self._kind = kind
        self._run: Closure[Value]
        if kind == "boolean":
            self._run = compiler.boolean(tree)
        elif kind == "number":
            self._run = compiler.number(tree)
        elif kind == "text":
            self._run = compiler.text(tree)
        elif kind == "nodes":
            self._run = compiler.nodes(tree)
        else:
            self._run = compiler.value(tree)

    def evaluate(self) -> Value:
        """The value now, of the kind that was asked for."""
        return self._run(self._focus)

    def holds(self) -> bool:
        return to_boolean(self._run(self._focus))
