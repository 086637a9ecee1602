"""What an evaluation has at hand: where it stands, what it may ask of the world, how much it may search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from random import Random
from typing import NoReturn, Protocol, TypeVar

from forms.errors import FormProblem
from forms.expression.nodes import Node
from forms.expression.values import Value

MAX_VISITS = 1_000_000


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
    @property
    def version(self) -> str: ...
    def now(self) -> datetime: ...
    def instance(self, name: str) -> Node | None: ...
    def choice_label(self, node: Node, name: str) -> str: ...
    def text(self, key: str) -> Value: ...
    def property(self, name: str) -> str: ...


class Shape:
    """Counts the changes of a tree by which a path may find other nodes: one comes, goes, appears, hides."""

    __slots__ = ("version",)

    def __init__(self) -> None:
        self.version = 0


def shape_of(environment: Environment) -> Shape | None:
    """The shape of the world's tree; None where nobody counts its changes."""
    return getattr(environment, "shape", None)


class Work:
    """How many nodes one evaluation may still look at: searches inside searches multiply.

    `used` tells whether the expression searches at all; most do not, and pay nothing.
    """

    __slots__ = ("left", "used")

    def __init__(self) -> None:
        self.left = MAX_VISITS
        self.used = False

    def spend(self, count: int) -> None:
        """Raises FormProblem `form.expression.too_much` when nothing is left."""
        self.left -= count
        if self.left < 0:
            self.exhausted()

    def exhausted(self) -> NoReturn:
        raise FormProblem("form.expression.too_much", limit=MAX_VISITS)
