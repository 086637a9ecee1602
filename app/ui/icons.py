"""Icons as paths on a grid of 24 × 24, y downwards: lines to stroke and shapes to fill. No Kivy in here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class IconPath:
    """`strokes` are open or closed lines, `fills` convex shapes; `mirrors` when it has a direction."""

    strokes: tuple[Points, ...] = ()
    fills: tuple[Points, ...] = ()
    mirrors: bool = False
    width: float = 2.0
    extra: tuple[str, ...] = field(default=())


def arc(x: float, y: float, radius: float, start: float, end: float, steps: int = 16) -> Points:
    """Points on a circle; degrees clockwise from 3 o'clock, as y points down."""
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


def circle(x: float, y: float, radius: float) -> Points:
    return arc(x, y, radius, 0, 360, 32)


def box(left: float, top: float, right: float, bottom: float) -> Points:
    return ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))


_CHECK: Points = ((5, 12.5), (10, 17.5), (19, 7))

ICONS: dict[str, IconPath] = {
    "calendar": IconPath((box(4, 5, 20, 20), ((4, 10), (20, 10)), ((8, 2.5), (8, 6)), ((16, 2.5), (16, 6)))),
    "folder": IconPath((((3, 19), (3, 5), (9.5, 5), (11.5, 8), (21, 8), (21, 19), (3, 19)),), mirrors=True),
    "pin": IconPath(
        ((*arc(12, 9.5, 6.5, 150, 390), (12, 21.5), (6.37, 12.75)), ((12, 7.5), (12, 11.5))),
    ),
    "conflict": IconPath(
        (
            ((4, 3), (4, 9), *arc(8, 10, 4, 180, 90, 8), (15.5, 14)),
            ((12.5, 10.5), (16, 14), (12.5, 17.5)),
            ((19.5, 3), (19.5, 21)),
        ),
        mirrors=True,
    ),
    "sync": IconPath(
        (
            arc(12, 12, 8, 190, 335),
            ((19.8, 3.5), (19.6, 8.7), (14.4, 8.5)),
            arc(12, 12, 8, 10, 155),
            ((4.2, 20.5), (4.4, 15.3), (9.6, 15.5)),
        )
    ),
    "sliders": IconPath(
        (
            ((3, 6), (21, 6)),
            ((3, 12), (21, 12)),
            ((3, 18), (21, 18)),
            ((8, 3.5), (8, 8.5)),
            ((16, 9.5), (16, 14.5)),
            ((11, 15.5), (11, 20.5)),
        )
    ),
    "eye-off": IconPath(
        (
            ((2, 12), (5, 8.2), (8.5, 6), (12, 5.4), (15.5, 6), (19, 8.2), (22, 12)),
            ((2, 12), (5, 15.8), (8.5, 18), (12, 18.6), (15.5, 18), (19, 15.8), (22, 12)),
            circle(12, 12, 3),
            ((3.5, 3.5), (20.5, 20.5)),
        )
    ),
    "eye": IconPath(
        (
            ((2, 12), (5, 8.2), (8.5, 6), (12, 5.4), (15.5, 6), (19, 8.2), (22, 12)),
            ((2, 12), (5, 15.8), (8.5, 18), (12, 18.6), (15.5, 18), (19, 15.8), (22, 12)),
            circle(12, 12, 3),
        )
    ),
    "back": IconPath((((20, 12), (4.5, 12)), ((11, 5.5), (4.5, 12), (11, 18.5))), mirrors=True),
    "chevron-end": IconPath((((9, 5), (16, 12), (9, 19)),), mirrors=True),
    "chevron-start": IconPath((((15, 5), (8, 12), (15, 19)),), mirrors=True),
    "chevron-down": IconPath((((5, 9), (12, 16), (19, 9)),)),
    "chevron-up": IconPath((((5, 15), (12, 8), (19, 15)),)),
    "plus": IconPath((((12, 4.5), (12, 19.5)), ((4.5, 12), (19.5, 12)))),
    "minus": IconPath((((4.5, 12), (19.5, 12)),)),
    "close": IconPath((((5.5, 5.5), (18.5, 18.5)), ((18.5, 5.5), (5.5, 18.5)))),
    "check": IconPath((_CHECK,), width=2.4),
    "camera": IconPath(
        (
            ((3, 7), (8, 7), (9.5, 4.5), (14.5, 4.5), (16, 7), (21, 7), (21, 19.5), (3, 19.5), (3, 7)),
            circle(12, 13, 3.6),
        )
    ),
    "photo": IconPath(
        (box(3, 4, 21, 20), ((3, 17), (9, 11), (13.5, 15.5), (16, 13), (21, 18)), circle(15.8, 8.8, 1.6))
    ),
    "search": IconPath((circle(10.5, 10.5, 6.5), ((15.5, 15.5), (21, 21)))),
    "phone": IconPath(
        (
            (
                (5.5, 3),
                (9, 3),
                (10.5, 8),
                (8, 10),
                (10.5, 13.5),
                (14, 16),
                (16, 13.5),
                (21, 15),
                (21, 18.5),
                (18.5, 21),
                (12.5, 19),
                (5, 11.5),
                (3, 5.5),
                (5.5, 3),
            ),
        )
    ),
    "clock": IconPath((circle(12, 12, 8.5), ((12, 7), (12, 12), (15.5, 14)))),
    "lock": IconPath((box(5, 11, 19, 20.5), ((8, 11), (8, 8), *arc(12, 8, 4, 180, 360, 12), (16, 11)))),
    "warning": IconPath(
        (((12, 3.5), (22, 20.5), (2, 20.5), (12, 3.5)), ((12, 10), (12, 14.8)), ((12, 17), (12, 17.6)))
    ),
    "info": IconPath((circle(12, 12, 9), ((12, 11), (12, 17)), ((12, 7), (12, 7.6)))),
    "trash": IconPath(
        (
            ((4, 6.5), (20, 6.5)),
            ((9, 6), (9, 3.5), (15, 3.5), (15, 6)),
            ((6, 6.5), (7, 20.5), (17, 20.5), (18, 6.5)),
        )
    ),
    "erase": IconPath(
        (
            ((8, 5), (21, 5), (21, 19), (8, 19), (2.5, 12), (8, 5)),
            ((11.5, 9), (17.5, 15)),
            ((17.5, 9), (11.5, 15)),
        )
    ),
    "document": IconPath(
        (((6, 3), (14, 3), (19, 8), (19, 21), (6, 21), (6, 3)), ((9, 12), (16, 12)), ((9, 16), (16, 16)))
    ),
    "person": IconPath((circle(12, 8, 4), arc(12, 21, 8, 180, 360))),
    "globe": IconPath(
        (circle(12, 12, 9), ((3, 12), (21, 12)), arc(5, 12, 11.4, -52, 52), arc(19, 12, 11.4, 128, 232))
    ),
    "triangle": IconPath(fills=(((12, 3), (22, 20.5), (2, 20.5)),)),
    "diamond": IconPath(fills=(((12, 2.5), (21.5, 12), (12, 21.5), (2.5, 12)),)),
    "circle": IconPath(fills=(circle(12, 12, 8),)),
    "ring": IconPath((circle(12, 12, 8),)),
}
