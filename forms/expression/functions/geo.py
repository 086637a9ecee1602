"""Places: the functions of geopoints, geotraces and geoshapes, on a sphere as large as the Equator says.

A place is `latitude longitude altitude accuracy`, the last two may be missing; several are parted by `;`.
Formulas and the radius are those of JavaRosa and Web Forms, so that areas are the same to the centimetre.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from forms.expression.functions.registry import special
from forms.expression.values import NAN, Value, text_to_number, to_text

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Focus
    from forms.expression.parser import Tree

_RADIUS = 6_378_100.0
Place = tuple[float, float]
"""Latitude and longitude in degrees."""


def _of_places(
    name: str, least: int, most: int | None, returns: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a function of the places of its arguments: all of them in one list, or, when their number is
    fixed, a list for each."""

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        def compile_call(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[Any]:
            values = [compiler.value(argument) for argument in arguments]
            zone, work = compiler.zone, compiler.work
            work.used = True

            def apply(focus: Focus) -> Any:
                lists = [_places(value(focus), zone) for value in values]
                if most is None:
                    lists = [[place for places in lists for place in places]]
                work.spend(
                    sum((len(places) ** 2 if body is intersects else 6 * len(places)) for places in lists)
                )
                return body(*lists)

            return apply

        special(name, least, most, returns, cost=10)(compile_call)
        return body

    return declare


def _places(value: Value, zone: tzinfo) -> list[Place | None]:
    """The places of a value, in order; None for what is none."""
    found: list[Place | None] = []
    for text in [node.text for node in value] if isinstance(value, list) else [to_text(value)]:
        found += [_place(point.split(), zone) for point in text.strip().removesuffix(";").split(";")]
    return found


def _place(parts: list[str], zone: tzinfo) -> Place | None:
    if not 2 <= len(parts) <= 4:
        return None
    latitude, longitude = (text_to_number(part, zone) for part in parts[:2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _certain(places: list[Place | None]) -> list[Place]:
    """The places, or none of them when one is wrong."""
    known = [place for place in places if place is not None]
    return known if len(known) == len(places) else []


def _in_cents(value: float) -> float:
    return math.floor(abs(value) * 100 + 0.5) / 100


@_of_places("area", 1, None, "number")
def area(places: list[Place | None]) -> float:
    """Square metres inside a geoshape, or inside the places of a node set; less than three enclose none."""
    if len(places) < 3:
        return 0.0
    known = _certain(places)
    if not known:
        return NAN
    total = math.fsum(
        math.radians(end[1] - start[1])
        * (2 + math.sin(math.radians(end[0])) + math.sin(math.radians(start[0])))
        for start, end in zip(known, [*known[1:], known[0]], strict=True)
    )
    return _in_cents(total * _RADIUS * _RADIUS / 2)


_of_places("enclosed-area", 1, None, "number")(area)


@_of_places("distance", 1, None, "number")
def distance(places: list[Place | None]) -> float:
    """Metres along a geotrace, around a geoshape, or from each place of a node set or of several arguments
    to the next."""
    known = _certain(places)
    if len(known) < 2:
        return NAN
    return _in_cents(math.fsum(_between(start, end) for start, end in pairwise(known)))


def _between(start: Place, end: Place) -> float:
    if start == end:
        return 0.0
    first, second = math.radians(start[0]), math.radians(end[0])
    cosine = math.sin(first) * math.sin(second) + math.cos(first) * math.cos(second) * math.cos(
        math.radians(start[1] - end[1])
    )
    return math.acos(max(-1.0, min(1.0, cosine))) * _RADIUS


@_of_places("geofence", 2, 2, "boolean")
def geofence(point: list[Place | None], shape: list[Place | None]) -> bool:
    """Whether the place is inside the geoshape, which must end where it begins."""
    where, corners = _certain(point), _certain(shape)
    if len(where) != 1 or len(corners) < 4 or corners[0] != corners[-1]:
        return False
    latitude, longitude = where[0]
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise(corners):
        if (lat1 > latitude) != (lat2 > latitude):
            crossing = lon1 + (latitude - lat1) / (lat2 - lat1) * (lon2 - lon1)
            inside ^= longitude < crossing
    return inside


@_of_places("intersects", 1, 1, "boolean")
def intersects(shape: list[Place | None]) -> bool:
    """Whether a geotrace or geoshape crosses or touches itself, other than where one line goes on from the
    one before it. What is no shape does not."""
    known = _certain(shape)
    lines = [(a, b) for a, b in pairwise(known) if a != b]
    closed = len(lines) > 2 and lines[0][0] == lines[-1][1]
    for first, (a, b) in enumerate(lines):
        for second in range(first + 1, len(lines)):
            c, d = lines[second]
            if second == first + 1:
                # The next line shares a corner with this one: it may only run back over it.
                if _turn(a, b, d) == 0 and _towards(b, a, d):
                    return True
            elif closed and first == 0 and second == len(lines) - 1:
                if _turn(c, d, b) == 0 and _towards(d, c, b):
                    return True
            elif _cross(a, b, c, d):
                return True
    return False


def _turn(a: Place, b: Place, c: Place) -> int:
    """1 when a, b, c turn left, -1 right, 0 when they are on one line."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _towards(corner: Place, back: Place, on: Place) -> bool:
    """Whether `on` lies on the same side of the corner as `back`, all three being on one line."""
    return (back[0] - corner[0]) * (on[0] - corner[0]) + (back[1] - corner[1]) * (on[1] - corner[1]) > 0


def _cross(a: Place, b: Place, c: Place, d: Place) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] != turns[1] and turns[2] != turns[3]:
        return True
    return (
        (turns[0] == 0 and _within(a, b, c))
        or (turns[1] == 0 and _within(a, b, d))
        or (turns[2] == 0 and _within(c, d, a))
        or (turns[3] == 0 and _within(c, d, b))
    )


def _within(a: Place, b: Place, c: Place) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
