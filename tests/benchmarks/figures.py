"""A measured figure, its table for people and its list for programs.

Only ratios and counts can fail: an absolute time says more about the machine than about us, so it
stands beside the limit or the peer that was measured in the same run.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_COMPARE = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}


@dataclass(frozen=True, slots=True)
class Beside:
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` ('<= 3') speaks of the ratio where there is one, else of the value.

    `holds` is None where nothing was promised yet, or where the figure only informs.
    """

    area: str
    name: str
    value: float
    unit: str
    beside: Beside | None = None
    ratio: float | None = None
    goal: str | None = None
    holds: bool | None = None
    note: str = ""


def figure(
    area: str,
    name: str,
    value: float,
    unit: str,
    *,
    beside: tuple[str, float] | None = None,
    goal: str | None = None,
    judged: bool = False,
    note: str = "",
) -> Figure:
    """One figure; with `judged`, its goal decides whether it holds."""
    ratio = round(value / beside[1], 3) if beside and beside[1] else None
    holds = None
    if judged:
        if goal is None:
            raise ValueError(f"{area} {name} is judged, and has no goal")
        sign, limit = goal.split()
        holds = bool(_COMPARE[sign](ratio if ratio is not None else value, float(limit)))
    return Figure(
        area=area,
        name=name,
        value=round(value, 4),
        unit=unit,
        beside=Beside(beside[0], round(beside[1], 4)) if beside else None,
        ratio=ratio,
        goal=goal,
        holds=holds,
        note=note,
    )


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    return [asdict(one) for one in figures]


def write(figures: Iterable[Figure], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(as_json(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of aligned columns."""
    rows = [("area", "figure", "value", "beside", "ratio", "goal", "holds", "note")]
    for one in figures:
        rows.append(
            (
                one.area,
                one.name,
                f"{one.value:g} {one.unit}",
                f"{one.beside.name}: {one.beside.value:g}" if one.beside else "",
                f"{one.ratio:g}" if one.ratio is not None else "",
                one.goal or "",
                {True: "yes", False: "NO", None: "-"}[one.holds],
                one.note,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
