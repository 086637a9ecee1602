"""An icon of app.ui.icons, drawn in a colour token; those with a direction turn around in Arabic."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Mesh, SmoothLine
from kivy.metrics import dp
from kivy.properties import NumericProperty, StringProperty

from app.ui.i18n import language
from app.ui.icons import ICONS
from app.ui.theme import theme
from app.ui.widgets.live import Live


class Icon(Live):
    """`Icon(icon="folder", tone="ink2", extent=24)`; `extent` is its width and height in dp."""

    icon = StringProperty("")
    tone = StringProperty("ink")
    extent = NumericProperty(24)

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint", (None, None))
        super().__init__(**options)
        self.size = (dp(self.extent), dp(self.extent))
        for name in ("pos", "size", "icon", "tone"):
            self.fbind(name, self._draw)
        self.fbind("extent", self._resize)
        self._draw()

    def language_changed(self) -> None:
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def _resize(self, *_: Any) -> None:
        self.size = (dp(self.extent), dp(self.extent))

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        path = ICONS.get(self.icon)
        if path is None:
            return
        unit = min(self.width, self.height) / 24
        # Kivy keeps center_x and the like, and may be late in renewing them while positions change.
        left = self.x + self.width / 2 - 12 * unit
        top = self.y + self.height / 2 + 12 * unit
        turned = path.mirrors and language.rtl

        def flat(points: Any) -> list[float]:
            return [
                coordinate
                for x, y in points
                for coordinate in (left + (24 - x if turned else x) * unit, top - y * unit)
            ]

        with self.canvas:
            Color(rgba=theme.colour(self.tone))
            for points in path.strokes:
                closed = len(points) > 3 and points[0] == points[-1]
                SmoothLine(
                    points=flat(points[:-1] if closed else points),
                    close=closed,
                    width=max(0.7, path.width * unit * 0.58),
                    joint="round",
                    cap="round",
                    overdraw_width=1.1,
                )
            for points in path.fills:
                corners = flat(points)
                vertices = [value for n in range(0, len(corners), 2) for value in (*corners[n : n + 2], 0, 0)]
                Mesh(vertices=vertices, indices=list(range(len(points))), mode="triangle_fan")
                SmoothLine(points=corners, close=True, width=0.6, overdraw_width=1.1)
