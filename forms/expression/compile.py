"""Tree -> closures over a bound node.

An expression is compiled for the node that it belongs to. A path that can only ever mean one node is
followed while compiling, and what is left at run time is a read of that node's cached cast. Paths that
cross a repeat, have predicates or search are followed each time. The compiler is asked for the type
that the caller needs (`number`, `text`, `boolean`, `nodes`, `value`), so that casts are chosen once.
"""

from __future__ import annotations

import operator
from datetime import tzinfo

from forms.errors import FormProblem
from forms.expression import axes, compile_paths
from forms.expression.focus import MAX_VISITS, Closure, Environment, Focus, Work
from forms.expression.functions import function_of
from forms.expression.nodes import Node
from forms.expression.operators import ARITHMETIC, COMPARE, compare, difference
from forms.expression.parser import (
    Binary,
    Call,
    Literal,
    Negation,
    Number,
    Path,
    Tree,
    Union_,
    operands,
    parse,
)
from forms.expression.values import Value, to_boolean, to_number, to_text


class Compiler:
    """Compiles for one node. `bound` is the context when it is known beforehand; in a predicate it is not."""

    def __init__(
        self, environment: Environment, current: Node, bound: Node | None, work: Work | None = None
    ) -> None:
        self.environment = environment
        self.zone: tzinfo = environment.zone
        self.work = work if work is not None else Work()
        self.current = current
        self.bound = bound
        self.resolve = axes.resolver(current)

    def inside_predicate(self) -> Compiler:
        return Compiler(self.environment, self.current, None, self.work)

    def afresh(self) -> Compiler:
        """For an expression that evaluation makes: it may search as much as one of the form's."""
        return Compiler(self.environment, self.current, self.bound)

    # What a caller asks for

    def value(self, tree: Tree) -> Closure[Value]:
        """The value as it is; a path gives a list of nodes."""
        if isinstance(tree, Number | Literal):
            constant = tree.value
            return lambda focus: constant
        if isinstance(tree, Call):
            return self.call(tree)
        kind = self.kind(tree)
        if kind == "number":
            return self.number(tree)
        if kind == "boolean":
            return self.boolean(tree)
        node = compile_paths.single(self, tree)
        if node is None:
            return compile_paths.weighed(self, tree, self.nodes(tree))
        alone = [node]
        if node.children:
            return compile_paths.weighed(self, tree, lambda focus: alone)
        return lambda focus: alone

    def kind(self, tree: Tree) -> str:
        """'number', 'text', 'boolean', 'nodes', or 'value' when only evaluation tells."""
        if isinstance(tree, Number | Negation):
            return "number"
        if isinstance(tree, Literal):
            return "text"
        if isinstance(tree, Binary):
            return "number" if tree.operator in ARITHMETIC else "boolean"
        if isinstance(tree, Call):
            return function_of(tree).returns
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
        node = compile_paths.single(self, tree)
        if node is not None:
            return lambda focus: node.number(zone)
        value = self.value(tree)
        if self.kind(tree) == "number":
            return value  # type: ignore[return-value]
        return lambda focus: to_number(value(focus), zone)

    def text(self, tree: Tree) -> Closure[str]:
        text = self._text(tree)
        return self._charged(text) if self.bound is None else text

    def _text(self, tree: Tree) -> Closure[str]:
        if isinstance(tree, Literal):
            constant = tree.value
            return lambda focus: constant
        node = compile_paths.single(self, tree)
        if node is not None and not node.children:
            return (lambda focus: node._text) if node.leaf else (lambda focus: node.text)
        value = self.value(tree)
        if self.kind(tree) == "text":
            return value  # type: ignore[return-value]
        return lambda focus: to_text(value(focus))

    def _charged(self, text: Closure[str]) -> Closure[str]:
        """Inside a predicate a long text is worked on again and again: it counts as a search does."""
        work = self.work

        def charged(focus: Focus) -> str:
            found = text(focus)
            if len(found) > 500:
                work.spend(len(found) >> 2)
            return found

        return charged

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
            return compile_paths.compile_path(self, tree)
        if isinstance(tree, Union_):
            return compile_paths.compile_union(self, tree)
        if isinstance(tree, Call):
            value = self.call(tree)

            def checked(focus: Focus) -> list[Node]:
                found = value(focus)
                return found if isinstance(found, list) else []

            if function_of(tree).returns in ("nodes", "value"):
                return checked
        raise FormProblem("form.expression.nodes_wanted", expression=describe(tree))

    def call(self, tree: Call) -> Closure[Value]:
        return function_of(tree).compile(self, tree.arguments)

    # Operators

    def _logic(self, tree: Binary) -> Closure[bool]:
        parts = [self.boolean(operand) for _, operand in operands(tree)]
        if len(parts) == 2:
            left, right = parts
            if tree.operator == "and":
                return lambda focus: left(focus) and right(focus)
            return lambda focus: left(focus) or right(focus)
        return _all(parts) if tree.operator == "and" else _any(parts)

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
        left_node, right_node = compile_paths.single(self, tree.left), compile_paths.single(self, tree.right)
        left_kind = "node" if left_node is not None else self.kind(tree.left)
        right_kind = "node" if right_node is not None else self.kind(tree.right)
        kinds = {left_kind, right_kind}
        if not kinds & {"nodes", "value"}:
            if tree.operator in COMPARE:
                return self._ordered(tree)
            if "boolean" not in kinds:
                same = tree.operator == "="
                return self._equal_numbers(tree, same) if "number" in kinds else self._equal_texts(tree, same)
        if left_kind == "nodes" and right_kind == "number":
            return self._any_number(tree)
        left, right = self.value(tree.left), self.value(tree.right)
        symbol, zone = tree.operator, self.zone
        return lambda focus: compare(symbol, left(focus), right(focus), zone)

    def _any_number(self, tree: Binary) -> Closure[bool]:
        """Whether any of the nodes compares so with a number."""
        nodes, number, zone = self.nodes(tree.left), self.number(tree.right), self.zone
        apply = COMPARE.get(tree.operator) or (operator.eq if tree.operator == "=" else operator.ne)

        def any_number(focus: Focus) -> bool:
            limit = number(focus)
            for node in nodes(focus):  # noqa: SIM110
                if apply(node.number(zone), limit):
                    return True
            return False

        return any_number

    def _ordered(self, tree: Binary) -> Closure[bool]:
        left, apply = self.number(tree.left), COMPARE[tree.operator]
        if isinstance(tree.right, Number):
            limit = tree.right.value
            return lambda focus: apply(left(focus), limit)
        right = self.number(tree.right)
        return lambda focus: apply(left(focus), right(focus))

    def _equal_numbers(self, tree: Binary, same: bool) -> Closure[bool]:
        left, right = self.number(tree.left), self.number(tree.right)
        if same:
            return lambda focus: left(focus) == right(focus)
        return lambda focus: left(focus) != right(focus)

    def _equal_texts(self, tree: Binary, same: bool) -> Closure[bool]:
        left = self.text(tree.left)
        if isinstance(tree.right, Literal):
            constant = tree.right.value
            if same:
                return lambda focus: left(focus) == constant
            return lambda focus: left(focus) != constant
        right = self.text(tree.right)
        if same:
            return lambda focus: left(focus) == right(focus)
        return lambda focus: left(focus) != right(focus)


def _all(parts: list[Closure[bool]]) -> Closure[bool]:
    def hold(focus: Focus) -> bool:
        for part in parts:  # noqa: SIM110 - a generator costs more than most of the parts
            if not part(focus):
                return False
        return True

    return hold


def _any(parts: list[Closure[bool]]) -> Closure[bool]:
    def holds(focus: Focus) -> bool:
        for part in parts:  # noqa: SIM110
            if part(focus):
                return True
        return False

    return holds


def _inverse(test: Closure[bool]) -> Closure[bool]:
    return lambda focus: not test(focus)


def _limited(run: Closure[Value], work: Work) -> Closure[Value]:
    def limited(focus: Focus) -> Value:
        work.left = MAX_VISITS
        return run(focus)

    return limited


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
        run: Closure[Value]
        if kind == "boolean":
            run = compiler.boolean(tree)
        elif kind == "number":
            run = compiler.number(tree)
        elif kind == "text":
            run = compiler.text(tree)
        elif kind == "nodes":
            run = compiler.nodes(tree)
        else:
            run = compiler.value(tree)
        self._run = _limited(run, compiler.work) if compiler.work.used else run

    def evaluate(self) -> Value:
        """The value now, of the kind that was asked for.

        Raises FormProblem `form.expression.too_much` for a search without end, `….result_too_long` for a
        text without end.
        """
        return self._run(self._focus)

    def holds(self) -> bool:
        return to_boolean(self._run(self._focus))
