"""Buttons: one filled one in a list for what comes next, outlined and plain ones for the rest."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior

from app.ui.theme import BUTTON_RADIUS, TARGET, S
from app.ui.widgets.focus import Focusable, focus
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import RowLayout
from app.ui.widgets.surfaces import Painted


class Pressable(ButtonBehavior, Focusable, Painted, RowLayout):
    """A painted row that is pressed as one; `on_release` is when. It has a ring when reached by a key."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.fbind("focused", self._ring)
        self.fbind("by_key", self._ring)

    def _ring(self, *_: Any) -> None:
        self.ring = self.focused and self.by_key

    def activate(self) -> None:
        if not self.disabled:
            self.dispatch("on_press")
            self.dispatch("on_release")

    def on_press(self) -> None:
        if not (self.focused and self.by_key):
            focus.give(self)


class PushButton(Pressable):
    """`PushButton(text=T("Record"), kind="filled", on_release=…)`.

    `kind`: filled (the next thing to do), outlined, plain, danger (filled red), ink (dark). As wide as its
    text, or as its place with `stretch=True`; long texts wrap and the button grows in height.
    """

    text = ObjectProperty("")
    kind = OptionProperty("outlined", options=("filled", "outlined", "plain", "danger", "ink"))
    icon = StringProperty("")
    stretch = BooleanProperty(False)
    side = NumericProperty(22)
    max_width = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", BUTTON_RADIUS)
        options.setdefault("min_height", dp(TARGET))
        options.setdefault("size_hint_x", 1 if options.get("stretch") else None)
        super().__init__(**options)
        self.spacing = dp(S)
        self._icon = Icon(icon=self.icon, extent=20)
        self._label = BidiLabel(text=self.text, style="strong", fit=True, halign="center")
        if self.icon:
            self.add_widget(self._icon)
        self.add_widget(self._label)
        self.fbind("text", self._label.setter("text"))
        self.fbind("icon", self._change_icon)
        for name in ("kind", "state", "disabled"):
            self.fbind(name, self._colour)
        for name in ("width", "stretch", "max_width", "side"):
            self.fbind(name, self._fit)
        self._label.fbind("natural_width", self._fit)
        self._colour()
        self._fit()

    def _change_icon(self, *_: Any) -> None:
        self._icon.icon = self.icon
        if self.icon and self._icon.parent is None:
            self.add_widget(self._icon, index=len(self.children))
        elif not self.icon and self._icon.parent is not None:
            self.remove_widget(self._icon)
        self._fit()

    def _fit(self, *_: Any) -> None:
        beside = self._icon.width + self.spacing if self.icon else 0
        content = self._label.natural_width + beside
        side = dp(self.side if self.kind != "plain" else min(self.side, 12))
        if self.size_hint_x is None and not self.stretch:
            wanted = max(dp(TARGET), content + 2 * side)
            self.width = min(wanted, self.max_width) if self.max_width else wanted
        inner = max(dp(16), self.width - 2 * min(side, dp(12)))
        self._label.max_width = inner - beside
        used = min(content, inner)
        edge = max(0.0, (self.width - used) / 2)
        self.padding = [edge, dp(6), edge, dp(6)]

    def _colour(self, *_: Any) -> None:
        pressed = self.state == "down"
        fill, border, tone = {
            "filled": ("primary_pressed" if pressed else "primary", "none", "on_primary"),
            "danger": ("danger", "none", "on_danger"),
            "ink": ("ink", "none", "on_ink"),
            "outlined": ("primary_container" if pressed else "card", "primary", "primary"),
            "plain": ("primary_container" if pressed else "none", "none", "primary"),
        }[self.kind]
        if self.disabled:
            fill = "neutral_container" if self.kind != "plain" else "none"
            border, tone = "none", "ink2"
        self.fill, self.border = fill, border
        self._label.tone = self._icon.tone = tone


class IconButton(Pressable):
    """A square target of 48 dp with one icon; `text` is what it does, for tests and assistive tools."""

    text = ObjectProperty("")
    icon = StringProperty("")
    tone = StringProperty("primary")

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint", (None, None))
        options.setdefault("radius", BUTTON_RADIUS)
        super().__init__(**options)
        self.size = (dp(TARGET), dp(TARGET))
        self.padding = [dp((TARGET - 24) / 2)] * 4
        self._icon = Icon(icon=self.icon, tone=self.tone)
        self.add_widget(self._icon)
        self.fbind("icon", self._icon.setter("icon"))
        self.fbind("tone", self._icon.setter("tone"))
        self.fbind("state", self._colour)

    def _colour(self, *_: Any) -> None:
        self.fill = "primary_container" if self.state == "down" else "none"
