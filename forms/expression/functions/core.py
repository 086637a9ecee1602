"""Truth, numbers, sets of nodes: the functions of XPath 1.0 and OpenRosa's arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from forms.expression import axes
from forms.expression.functions.registry import function, special
from forms.expression.nodes import Node
from forms.expression.values import NAN, Value, to_number

if TYPE_CHECKING:
    from forms.expression.compile import Closure, Compiler, Environment
    from forms.expression.parser import Tree


@function("true", "", "boolean")
def true() -> bool:
    return True


@function("false", "", "boolean")
def false() -> bool:
    return False


@function("not", "boolean", "boolean")
def not_(value: bool) -> bool:
    return not value


@function("boolean", "boolean", "boolean")
def boolean(value: bool) -> bool:
    return value


@function("boolean-from-string", "text", "boolean")
def boolean_from_string(text: str) -> bool:
    return text in ("true", "1")


@special("if", 3, 3, "value")
def if_(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[Value]:
    """Only the branch that is taken is evaluated."""
    test = compiler.boolean(arguments[0])
    then, otherwise = compiler.value(arguments[1]), compiler.value(arguments[2])
    return lambda focus: then(focus) if test(focus) else otherwise(focus)


@special("number", 0, 1, "number")
def number(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[float]:
    if arguments:
        return compiler.number(arguments[0])
    zone = compiler.zone
    return lambda focus: focus.node.number(zone)


@function("int", "number", "number")
def int_(value: float) -> float:
    """Towards zero."""
    return float(math.trunc(value)) if math.isfinite(value) else value


@function("floor", "number", "number")
def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


@function("ceiling", "number", "number")
def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


@function("round", "number number?", "number")
def round_(value: float, places: float = 0.0) -> float:
    """Half away from zero; negative places round to tens, hundreds and so on."""
    if not math.isfinite(value) or not math.isfinite(places):
        return value if math.isfinite(places) else NAN
    if abs(places) > 30:
        return value if places > 0 else 0.0
    try:
        rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return value
    return float(rounded) + 0.0


@function("abs", "number", "number")
def abs_(value: float) -> float:
    return abs(value)


@function("pow", "number number", "number")
def pow_(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if base == 0.0 else NAN


def _defined(name: str, body: Callable[[float], float]) -> None:
    def total(value: float) -> float:
        try:
            return body(value)
        except OverflowError:
            return math.inf
        except ValueError:
            return NAN

    function(name, "number", "number")(total)


for _name, _body in {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "exp10": lambda value: math.pow(10.0, value),
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
}.items():
    _defined(_name, _body)


@function("atan2", "number number", "number")
def atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


@function("pi", "", "number")
def pi() -> float:
    return math.pi


@function("random", "", "number", world=True)
def random(world: Environment) -> float:
    return world.random.random()


@function("sum", "nodes", "number", world=True)
def sum_(world: Environment, nodes: list[Node]) -> float:
    """NaN as soon as one of the nodes is no number, an empty one too."""
    zone = world.zone
    return math.fsum(node.number(zone) for node in nodes)


@function("min", "value*", "number", world=True)
def min_(world: Environment, *values: Value) -> float:
    return _extreme(world, values, min)


@function("max", "value*", "number", world=True)
def max_(world: Environment, *values: Value) -> float:
    return _extreme(world, values, max)


def _extreme(world: Environment, values: tuple[Value, ...], choose: Callable[[list[float]], float]) -> float:
    numbers: list[float] = []
    for value in values:
        if isinstance(value, list):
            numbers += [node.number(world.zone) for node in value]
        else:
            numbers.append(to_number(value, world.zone))
    return NAN if not numbers or any(number != number for number in numbers) else choose(numbers)


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

    def among_siblings(focus: Any) -> float:
        found = nodes(focus)
        if not found or found[0].parent is None:
            return NAN
        fellows = found[0].parent.named(found[0].name)
        return float(next((place for place, node in enumerate(fellows, 1) if node is found[0]), NAN))

    return among_siblings


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

    def of_first(focus: Any) -> str:
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

    def found(focus: Any) -> list[Node]:
        root = find(wanted(focus))
        return [root] if root is not None else []

    return found


@special("indexed-repeat", 3, 7, "nodes")
def indexed_repeat(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[list[Node]]:
    """indexed-repeat(node, repeat, 2, inner-repeat, 1): the node in the second instance, and so on."""
    targets = compiler.inside_predicate().nodes(arguments[0])
    pairs = [
        (compiler.inside_predicate().nodes(arguments[place]), compiler.number(arguments[place + 1]))
        for place in range(1, len(arguments) - 1, 2)
    ]

    def found(focus: Any) -> list[Node]:
        nodes = _everywhere(targets(focus), focus.node)
        for repeats, place in pairs:
            wanted = place(focus)
            instances = _everywhere(repeats(focus), focus.node)
            chosen = {id(node) for node in instances if _place(node) == wanted}
            nodes = [
                node for node in nodes if any(id(above) in chosen for above in (node, *node.ancestors()))
            ]
        return nodes[:1]

    return found


def _place(node: Node) -> int:
    if node.parent is None:
        return 0
    return next((i for i, fellow in enumerate(node.parent.named(node.name), 1) if fellow is node), 0)


def _everywhere(nodes: list[Node], near: Node) -> list[Node]:
    """The nodes and their namesakes in all other instances of the repeats that they are in."""
    if not nodes:
        return nodes
    steps = [above.name for above in (nodes[0], *nodes[0].ancestors()) if above.parent is not None]
    found = [axes.root_of(near)]
    for step in reversed(steps):
        found = [child for node in found for child in node.named(step)]
    return found
