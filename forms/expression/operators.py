"""What the operators do with values: IEEE arithmetic, and comparisons by the rules of XPath 1.0."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import tzinfo

from forms.expression.values import NAN, Moment, Value, to_boolean, to_number, to_text

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def divide(left: float, right: float) -> float:
    """IEEE 754 division, as XPath's `div`."""
    if right != 0.0:
        return left / right
    if left == 0.0 or left != left:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """The remainder with the sign of the dividend."""
    if right == 0.0 or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


def difference(left: float, right: float) -> float:
    """Left minus right, a whole number where only the last bits say otherwise: two dates have the same
    fraction of a day, which binary numbers of different size round differently.
    """
    exact = left - right
    if not math.isfinite(exact):
        return exact
    whole = float(round(exact))
    return whole if abs(exact - whole) < 1e-10 else exact


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": modulo,
}


def compare(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    """XPath 1.0, 3.4: a list of nodes compares true when any of its nodes does.

    A date compared with anything but a truth compares as a number.
    """
    if isinstance(left, list):
        if isinstance(right, bool) and symbol not in COMPARE:
            return _compare_atoms(symbol, to_boolean(left), right, zone)
        if symbol == "=" and isinstance(right, str):
            return any(node.text == right for node in left)
        return any(compare(symbol, node.text, right, zone) for node in left)
    if isinstance(right, list):
        return compare(_MIRROR[symbol], right, left, zone)
    return _compare_atoms(symbol, left, right, zone)


def _compare_atoms(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    if symbol in COMPARE:
        return COMPARE[symbol](to_number(left, zone), to_number(right, zone))
    if isinstance(left, bool) or isinstance(right, bool):
        equal = to_boolean(left) == to_boolean(right)
    elif isinstance(left, float | Moment) or isinstance(right, float | Moment):
        equal = to_number(left, zone) == to_number(right, zone)
    else:
        equal = to_text(left) == to_text(right)
    return equal if symbol == "=" else not equal
