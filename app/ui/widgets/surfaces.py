"""Painted boxes: a fill, a border of some width, round corners, and the ring of the keyboard's focus."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from app.ui.theme import CARD_RADIUS, FOCUS_RING, L, S, theme
from app.ui.widgets.layouts import Column
from app.ui.widgets.live import Live


class Painted(Live):
    """Paints itself below its children. `fill` and `border` are colour tokens, `none` for nothing."""

    fill = StringProperty("none")
    border = StringProperty("none")
    border_width = NumericProperty(1)
    radius = NumericProperty(CARD_RADIUS)
    ring = BooleanProperty(False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name in ("pos", "size", "fill", "border", "border_width", "radius", "ring", "opacity"):
            self.fbind(name, self._paint)
        self._paint()

    def look_changed(self) -> None:
        super().look_changed()
        self._paint()

    def _paint(self, *_: Any) -> None:
        canvas = self.canvas.before
        canvas.clear()
        if self.width <= 0 or self.height <= 0:
            return
        with canvas:
            if self.ring:
                self._box("primary", -dp(FOCUS_RING + 2))
                self._box("paper", -dp(2))
            if self.border != "none":
                self._box(self.border, 0)
                if self.fill != "none":
                    # Half a pixel more, since the soft edges of the two boxes eat into the border.
                    self._box(self.fill, dp(self.border_width) + 0.5)
            elif self.fill != "none":
                self._box(self.fill, 0)

    def _box(self, token: str, inset: float) -> None:
        width, height = self.width - 2 * inset, self.height - 2 * inset
        if width <= 0 or height <= 0:
            return
        corner = max(0.0, min(dp(self.radius) - inset, width / 2, height / 2))
        Color(rgba=theme.colour(token))
        SmoothRoundedRectangle(pos=(self.x + inset, self.y + inset), size=(width, height), radius=[corner])


class Card(Painted, Column):
    """A white card with a hairline around it; its height follows its content.

    A card of another meaning: `Card(fill="attention_container", border="attention")`.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("fill", "card")
        options.setdefault("border", "line")
        options.setdefault("padding", [dp(L + 4), dp(L), dp(L + 4), dp(L)])
        options.setdefault("spacing", dp(S))
        super().__init__(**options)


class Bar(Painted, BoxLayout):
    """A painted strip without corners."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", 0)
        super().__init__(**options)
