"""The stages of the way home in one line: what is behind, where the case is, what is ahead."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Line, SmoothEllipse, SmoothLine
from kivy.metrics import dp

from app.ui.i18n import T, language
from app.ui.screens import wording
from app.ui.theme import theme
from app.ui.widgets import BidiLabel, Column, RowLayout
from app.ui.widgets.live import Live
from app.views import StageView


class _Mark(Live):
    """One stage's point on the line; the line reaches to the middle of its neighbours' places."""

    def __init__(self, state: str, *, first: bool, last: bool, after: str) -> None:
        super().__init__(size_hint_y=None, height=dp(28))
        self._state, self._first, self._last, self._after = state, first, last, after
        self.fbind("pos", self._draw)
        self.fbind("size", self._draw)

    def language_changed(self) -> None:
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def _draw(self, *_: Any) -> None:
        middle_x, middle_y = self.center
        start, end = (self.right, self.x) if language.rtl else (self.x, self.right)
        reached = self._state in ("done", "now")
        radius = dp(12)
        self.canvas.clear()
        with self.canvas:
            if not self._first:
                Color(rgba=theme.colour("primary" if reached else "line"))
                Line(points=[start, middle_y, middle_x, middle_y], width=dp(1.5), cap="none")
            if not self._last:
                Color(rgba=theme.colour("primary" if self._after in ("done", "now") else "line"))
                Line(points=[middle_x, middle_y, end, middle_y], width=dp(1.5), cap="none")
            Color(rgba=theme.colour("primary" if reached else "outline"))
            SmoothEllipse(pos=(middle_x - radius, middle_y - radius), size=(2 * radius, 2 * radius))
            if self._state == "done":
                Color(rgba=theme.colour("on_primary"))
                SmoothLine(
                    points=[
                        middle_x - dp(5), middle_y,
                        middle_x - dp(1.5), middle_y - dp(4),
                        middle_x + dp(5), middle_y + dp(4),
                    ],
                    width=dp(1.2),
                )  # fmt: skip
            else:
                inner = radius - dp(3)
                Color(rgba=theme.colour("card"))
                SmoothEllipse(pos=(middle_x - inner, middle_y - inner), size=(2 * inner, 2 * inner))


def pathway_strip(stages: tuple[StageView, ...], *, wide: bool) -> Column | RowLayout:
    """All stages side by side where there is room; else the stage of now with the next one."""
    if not stages:
        return Column()
    if not wide:
        now = next((number for number, stage in enumerate(stages) if stage.state == "now"), 0)
        place = T("Step {n} of {all}", n=now + 1, all=len(stages))
        box = Column(spacing=0)
        marks = RowLayout(spacing=0)
        for number in range(len(stages)):
            marks.add_widget(_mark(stages, number))
        box.add_widget(marks)
        line = RowLayout()
        line.add_widget(
            BidiLabel(text=wording.stage(stages[now].code), style="label", tone="primary", fit=True)
        )
        line.add_widget(BidiLabel(text=place, style="secondary", tone="ink2", halign="end"))
        box.add_widget(line)
        return box
    row = RowLayout(spacing=0, align="top")
    for number, stage in enumerate(stages):
        cell = Column(spacing=0, name=f"case.stage.{stage.code}")
        cell.add_widget(_mark(stages, number))
        cell.add_widget(
            BidiLabel(
                text=wording.stage(stage.code),
                style="label" if stage.state == "now" else "secondary",
                tone={"done": "ink", "now": "primary", "later": "ink2"}[stage.state],
                halign="center",
            )
        )
        row.add_widget(cell)
    return row


def _mark(stages: tuple[StageView, ...], number: int) -> _Mark:
    last = number == len(stages) - 1
    return _Mark(
        stages[number].state,
        first=number == 0,
        last=last,
        after="" if last else stages[number + 1].state,
    )
