"""What OpenRosa and ODK add: choices, blanks, identifiers, checklists."""

from __future__ import annotations

import uuid as uuids
from typing import TYPE_CHECKING, Any

from forms.errors import FormProblem
from forms.expression.functions.registry import function, special
from forms.expression.nodes import Node
from forms.expression.parser import Literal, parse
from forms.expression.values import Value, to_boolean, to_number, to_text

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Environment, Focus
    from forms.expression.parser import Tree

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def is_chosen(chosen: str, name: str) -> bool:
    """Whether the name is among those that are chosen. One of several words, which only one choice of one
    can have, is looked for as a whole.
    """
    wanted = name.split()
    if len(wanted) > 1:
        return f" {' '.join(wanted)} " in f" {' '.join(chosen.split())} "
    return wanted[0] in chosen.split() if wanted else not chosen.strip()


@special("selected", 2, 2, "boolean")
def selected(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[bool]:
    """Whether the name is among those that are chosen; an empty name when nothing is."""
    chosen = compiler.text(arguments[0])
    if isinstance(arguments[1], Literal) and len(arguments[1].value.split()) == 1:
        # As nearly all forms have it, and most of their expressions.
        wanted = arguments[1].value.strip()
        return lambda focus: wanted in chosen(focus).split()
    name = compiler.text(arguments[1])
    return lambda focus: is_chosen(chosen(focus), name(focus))


special("is-selected", 2, 2, "boolean")(selected)


@function("selected-at", "text number", "text")
def selected_at(chosen: str, place: float) -> str:
    names = chosen.split()
    return names[int(place)] if place == place and 0 <= place < len(names) else ""


@function("count-selected", "text", "number")
def count_selected(chosen: str) -> float:
    return float(len(chosen.split()))


@special("coalesce", 1, None, "value")
def coalesce(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[Value]:
    """The first value that is not empty; what is no number counts as empty."""
    values = [compiler.value(argument) for argument in arguments]

    def first(focus: Any) -> Value:
        value: Value = ""
        for closure in values:
            value = closure(focus)
            if to_text(value) not in ("", "NaN"):
                return value
        return "" if value != value else value

    return first


@special("once", 1, 1, "text")
def once(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """The value that the node already has; the expression only while it has none."""
    node = compiler.current
    value = compiler.text(arguments[0])

    def kept(focus: Any) -> str:
        if node.text:
            return node.text
        result = value(focus)
        return "" if result == "NaN" else result

    return kept


@special("jr:choice-name", 2, 2, "text", cost=200)
def choice_name(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """jr:choice-name(${question}, '${question}'): the label of the choice, in the current language."""
    chosen = compiler.text(arguments[0])
    environment, current = compiler.environment, compiler.current
    if isinstance(arguments[1], Literal):
        question = _nodes_at(compiler, arguments[1].value)
        return lambda focus: environment.choice_label((question(focus) or [current])[0], chosen(focus))
    path = compiler.text(arguments[1])

    def label(focus: Focus) -> str:
        found = _nodes_at(compiler.afresh(), path(focus))(focus)
        return environment.choice_label((found or [current])[0], chosen(focus))

    return label


def _nodes_at(compiler: Compiler, path: str) -> Closure[list[Node]]:
    """What a path means that stands in a text. A wrong one names no question: the text may be an answer."""
    try:
        return compiler.nodes(parse(path))
    except FormProblem:
        return lambda focus: []


@function("jr:itext", "text", "value", world=True)
def itext(world: Environment, key: str) -> Value:
    """The text of that id in the current language."""
    return world.text(key)


@function("uuid", "number?", "text", world=True, cost=400)
def uuid(world: Environment, length: float | None = None) -> str:
    if length is None:
        return str(uuids.UUID(int=world.random.getrandbits(128), version=4))
    count = int(length) if length == length and length > 0 else 0
    return "".join(world.random.choice(_ALPHABET) for _ in range(min(count, 1000)))


def _count_true(values: tuple[Value, ...]) -> int:
    total = 0
    for value in values:
        if isinstance(value, list):
            total += sum(1 for node in value if _affirms(node))
        else:
            total += to_boolean(value)
    return total


def _affirms(node: Node) -> bool:
    return bool(node.text)


@function("checklist", "number number value*", "boolean")
def checklist(least: float, most: float, *values: Value) -> bool:
    """Whether so many of the values are true; -1 is no limit."""
    total = _count_true(values)
    return (least < 0 or total >= least) and (most < 0 or total <= most)


@function("weighted-checklist", "number number value*", "boolean", world=True)
def weighted_checklist(world: Environment, least: float, most: float, *values: Value) -> bool:
    """Like `checklist`, each value followed by its weight."""
    total = 0.0
    for value, weight in zip(values[::2], values[1::2], strict=False):
        if isinstance(value, list) and isinstance(weight, list):
            for node, heavy in zip(value, weight, strict=False):
                total += heavy.number(world.zone) if _affirms(node) else 0.0
        elif _count_true((value,)):
            total += to_number(weight, world.zone)
    return (least < 0 or total >= least) and (most < 0 or total <= most)


@function("version", "", "text", world=True)
def version(world: Environment) -> str:
    """The version of the form."""
    return world.version


@function("property", "text", "text", world=True)
def property_(world: Environment, name: str) -> str:
    """A property of the device or of who uses it, as far as the world tells it; else empty."""
    return world.property(name)
