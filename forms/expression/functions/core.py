"""Truth and numbers: the functions of XPath 1.0 and OpenRosa's arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from forms.expression.functions.registry import function, special
from forms.expression.values import NAN, Days, Value, parse_moment

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Environment, Focus
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
    """A date is its days since 1970, and shows as whole days where a text is wanted."""
    zone = compiler.zone
    if not arguments:
        return lambda focus: focus.node.number(zone)
    cast = compiler.number(arguments[0])
    if compiler.kind(arguments[0]) in ("number", "boolean"):
        return cast
    text = compiler.text(arguments[0])

    def days(focus: Focus) -> float:
        found = cast(focus)
        if found == found and found % 1.0 != 0.0:
            moment = parse_moment(text(focus), zone)
            if moment is not None:
                return Days.of(moment)
        return found

    return days


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


@function("round", "number number?", "number", cost=8)
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
    "log": lambda value: math.log(value) if value else -math.inf,
    "log10": lambda value: math.log10(value) if value else -math.inf,
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
