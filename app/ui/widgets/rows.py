"""Rows of lists: something that leads, a title with a line below it, something at the end."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty
from kivy.uix.widget import Widget

from app.ui.theme import CARD_RADIUS, ROW, TARGET, L
from app.ui.widgets.buttons import Pressable
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column

# Below this width what trails stands under the texts, unless it is as small as an icon.
_NARROW = 440


class Row(Pressable):
    """`Row(title="AL-7Q4KD2M-X", subtitle=T(…), leading=RiskMark(…), trailing=…)`, at least 64 dp high.

    In a narrow place what trails moves below the texts. With `pressable=True` the whole row is a target
    and can have the keyboard. `meaning="danger"` paints it in that colour, for what must not wait.
    """

    title = ObjectProperty("")
    subtitle = ObjectProperty("")
    leading = ObjectProperty(None, allownone=True)
    trailing = ObjectProperty(None, allownone=True)
    pressable = BooleanProperty(False)
    selected = BooleanProperty(False)
    meaning = OptionProperty("none", options=("none", "danger", "attention"))

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", CARD_RADIUS)
        options.setdefault("spacing", dp(L))
        options.setdefault("padding", [dp(18), dp(10), dp(18), dp(10)])
        options.setdefault("min_height", dp(ROW))
        super().__init__(**options)
        self._title = BidiLabel(text=self.title, style="strong")
        self._subtitle = BidiLabel(text=self.subtitle, style="secondary", tone="ink2")
        self._texts = Column(spacing=dp(2))
        self._is_narrow = False
        self._fill_row()
        self.fbind("width", self._resized)
        self.fbind("title", self._title.setter("text"))
        self.fbind("subtitle", self._change_subtitle)
        self.fbind("leading", self._fill_row)
        self.fbind("trailing", self._fill_row)
        for name in ("state", "selected", "pressable", "meaning"):
            self.fbind(name, self._colour)
        self._colour()

    def _change_subtitle(self, *_: Any) -> None:
        self._subtitle.text = self.subtitle
        self._fill_texts()

    def _fill_texts(self) -> None:
        self._texts.clear_widgets()
        self._texts.add_widget(self._title)
        if str(self.subtitle):
            self._texts.add_widget(self._subtitle)
        if self._is_narrow and self.trailing is not None:
            self._texts.add_widget(self.trailing)

    def _fill_row(self, *_: Any) -> None:
        self._is_narrow = self._too_narrow()
        self.clear_widgets()
        self._fill_texts()
        beside = None if self._is_narrow else self.trailing
        parts: list[Widget | None] = [self.leading, self._texts, beside]
        for part in parts:
            if part is not None:
                self.add_widget(part)

    def _resized(self, *_: Any) -> None:
        if self._too_narrow() != self._is_narrow:
            self._fill_row()

    def _too_narrow(self) -> bool:
        wide_end = self.trailing is not None and self.trailing.width > dp(TARGET)
        return bool(wide_end and self.width < dp(_NARROW))

    def _colour(self, *_: Any) -> None:
        self.can_focus = self.pressable
        pressed = self.pressable and self.state == "down"
        plain = self.meaning == "none"
        calm = "card" if plain else f"{self.meaning}_container"
        self.fill = "primary_container" if self.selected or pressed else calm
        self.border = "primary" if self.selected else "line" if plain else self.meaning
        self.border_width = 2 if self.selected else 1

    def on_touch_down(self, touch: Any) -> Any:
        if self.pressable:
            # A button inside the row is asked first.
            return super().on_touch_down(touch)
        return any(child.dispatch("on_touch_down", touch) for child in list(self.children))
