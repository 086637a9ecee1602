"""How far a form is filled in."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.metrics import dp
from kivy.properties import NumericProperty

from app.ui.i18n import language
from app.ui.theme import theme
from app.ui.widgets.live import Live


class Progress(Live):
    """`value` from 0 to 1, growing from the start side."""

    value = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint_y", None)
        options.setdefault("height", dp(8))
        super().__init__(**options)
        for name in ("pos", "size", "value"):
            self.fbind(name, self._draw)
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def language_changed(self) -> None:
        self._draw()

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        if self.width <= 0:
            return
        done = max(0.0, min(1.0, self.value)) * self.width
        with self.canvas:
            Color(rgba=theme.colour("line"))
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[self.height / 2])
            if done >= 1:
                Color(rgba=theme.colour("primary"))
                x = self.x + self.width - done if language.rtl else self.x
                radius = min(self.height, done) / 2
                SmoothRoundedRectangle(pos=(x, self.y), size=(done, self.height), radius=[radius])
