"""Tokens -> tree. The grammar is that of XPath 1.0; precedence from `or` down to the union of paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from forms.errors import FormProblem
from forms.expression.tokens import Token, tokenize

MAX_DEPTH = 64

AXES = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
_NODE_TYPES = frozenset({"node", "text", "comment", "processing-instruction"})
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
)
_BINDS = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">="})
MAX_OPERATORS = 1000


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    value: str


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Tree


@dataclass(frozen=True, slots=True)
class Union_:
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. `test` is a name, `*`, or a node type such as `node()`."""

    axis: str
    test: str
    predicates: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root ('absolute'), from the result of `start`, or from the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    start: Tree | None = None
    filters: tuple[Tree, ...] = ()


def operands(tree: Binary) -> list[tuple[str, Tree]]:
    """The operands of a chain such as `a + b - c`, each with the operator before it (the first has none).

    A chain is a tree as deep as it is long; who walks it by this needs no deep recursion.
    """
    level = _BINDS[tree.operator]
    found: list[tuple[str, Tree]] = []
    left: Tree = tree
    while isinstance(left, Binary) and _BINDS[left.operator] == level:
        found.append((left.operator, left.right))
        left = left.left
    found.append(("", left))
    return found[::-1]


Tree = Number | Literal | Binary | Negation | Union_ | Call | Path


def subtrees(tree: Tree) -> Iterator[Tree]:
    """The tree and every tree in it, those in predicates too."""
    yield tree
    inner: Iterable[Tree] = ()
    if isinstance(tree, Call):
        inner = tree.arguments
    elif isinstance(tree, Binary):
        inner = (operand for _, operand in operands(tree))
    elif isinstance(tree, Negation):
        inner = (tree.operand,)
    elif isinstance(tree, Union_):
        inner = (tree.left, tree.right)
    elif isinstance(tree, Path):
        predicates = (predicate for step in tree.steps for predicate in step.predicates)
        inner = (*((tree.start,) if tree.start is not None else ()), *tree.filters, *predicates)
    for part in inner:
        yield from subtrees(part)


_ANY_DEPTH = Step("descendant-or-self", "node()")


@lru_cache(maxsize=4096)
def parse(source: str) -> Tree:
    """The tree of an expression. The same text is parsed once: forms repeat themselves."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.index = 0
        self.depth = 0
        self.operators = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def whole(self) -> Tree:
        tree = self.expression()
        if self.token.kind != "end":
            raise self.problem()
        return tree

    def problem(self) -> FormProblem:
        return FormProblem("form.expression.not_understood", expression=self.source, at=self.token.at)

    def next(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def at(self, *texts: str) -> bool:
        return self.token.kind in ("symbol", "operator") and self.token.text in texts

    def follows(self, text: str) -> bool:
        following = self.tokens[min(self.index + 1, len(self.tokens) - 1)]
        return following.kind in ("symbol", "operator") and following.text == text

    def expect(self, text: str) -> None:
        if not self.at(text):
            raise self.problem()
        self.index += 1

    def expression(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormProblem("form.expression.too_deep", limit=MAX_DEPTH)
        tree = self.operation(0)
        self.depth -= 1
        return tree

    def operation(self, weakest: int) -> Tree:
        """Operands joined by operators that bind at least so strongly; all of them are left-associative."""
        tree = self.unary()
        compared = 0
        while self.token.kind == "operator" and _BINDS.get(self.token.text, -1) >= weakest:
            operator = self.next().text
            self.operators += 1
            if self.operators > MAX_OPERATORS:
                raise FormProblem("form.expression.too_long", limit=MAX_OPERATORS)
            compared += operator in _COMPARES
            if compared > MAX_DEPTH:
                raise FormProblem("form.expression.too_deep", limit=MAX_DEPTH)
            tree = Binary(operator, tree, self.operation(_BINDS[operator] + 1))
        return tree

    def unary(self) -> Tree:
        negative = False
        any_sign = False
        while self.at("-"):
            self.next()
            negative = not negative
            any_sign = True
        tree = self.union()
        if not any_sign:
            return tree
        return Negation(tree) if negative else Negation(Negation(tree))

    def union(self) -> Tree:
        tree = self.path()
        count = 0
        while self.at("|"):
            self.next()
            count += 1
            if count > MAX_DEPTH:
                raise FormProblem("form.expression.too_deep", limit=MAX_DEPTH)
            tree = Union_(tree, self.path())
        return tree

    def path(self) -> Tree:
        if self.at("/", "//"):
            double = self.next().text == "//"
            if not double and not self.starts_step():
                return Path((), absolute=True)
            first = (_ANY_DEPTH,) if double else ()
            return Path((*first, *self.steps()), absolute=True)
        if self.starts_primary():
            start = self.primary()
            filters = self.predicates()
            if self.at("/", "//"):
                double = self.next().text == "//"
                return Path(((_ANY_DEPTH,) if double else ()) + self.steps(), start=start, filters=filters)
            return Path((), start=start, filters=filters) if filters else start
        if self.starts_step():
            return Path(self.steps())
        raise self.problem()

    def starts_primary(self) -> bool:
        token = self.token
        if token.kind in ("number", "literal"):
            return True
        if token.kind == "symbol":
            return token.text == "("
        return token.kind == "name" and self.follows("(") and token.text not in _NODE_TYPES

    def starts_step(self) -> bool:
        return self.token.kind == "name" or self.at(".", "..", "@", "*")

    def primary(self) -> Tree:
        token = self.next()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "literal":
            return Literal(token.text)
        if token.kind == "symbol":
            inner = self.expression()
            self.expect(")")
            return inner
        self.expect("(")
        arguments: list[Tree] = []
        if not self.at(")"):
            arguments.append(self.expression())
            while self.at(","):
                self.next()
                arguments.append(self.expression())
        self.expect(")")
        return Call(token.text, tuple(arguments))

    def steps(self) -> tuple[Step, ...]:
        steps = [self.step()]
        while self.at("/", "//"):
            if self.next().text == "//":
                steps.append(_ANY_DEPTH)
            steps.append(self.step())
        return tuple(steps)

    def step(self) -> Step:
        if self.at("."):
            self.next()
            return Step("self", "node()", self.predicates())
        if self.at(".."):
            self.next()
            return Step("parent", "node()", self.predicates())
        axis = "child"
        if self.at("@"):
            self.next()
            axis = "attribute"
        elif self.token.kind == "name" and self.follows("::"):
            axis = self.next().text
            if axis not in AXES:
                raise self.problem()
            self.next()
        return Step(axis, self.node_test(), self.predicates())

    def node_test(self) -> str:
        if self.at("*"):
            self.next()
            return "*"
        if self.token.kind != "name":
            raise self.problem()
        name = self.next().text
        if name in _NODE_TYPES and self.at("("):
            self.next()
            target = ""
            given = self.token
            if name == "processing-instruction" and given.kind == "literal":
                target = self.next().text
            self.expect(")")
            return f"{name}({target})"
        return name

    def predicates(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self.at("["):
            self.next()
            found.append(self.expression())
            self.expect("]")
        return tuple(found)
