"""Small signs: chips with a word on their colour, counts on an icon, and risk as shape, word and colour."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty, OptionProperty, StringProperty

from app.ui.i18n import N_, T
from app.ui.theme import XS, S
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import RowLayout
from app.ui.widgets.surfaces import Painted

_MEANINGS = ("neutral", "primary", "attention", "danger", "done", "conflict")


class Chip(Painted, RowLayout):
    """`Chip(text=T("On the server"), meaning="done")`: a word that says what its colour says."""

    text = ObjectProperty("")
    meaning = OptionProperty("neutral", options=_MEANINGS)

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", 16)
        options.setdefault("padding", [dp(14), dp(XS), dp(14), dp(XS)])
        options.setdefault("fit", True)
        options.setdefault("min_height", dp(32))
        super().__init__(**options)
        self._label = BidiLabel(text=self.text, style="secondary", fit=True)
        self.add_widget(self._label)
        self.fbind("text", self._label.setter("text"))
        self.fbind("meaning", self._colour)
        self._colour()

    def _colour(self, *_: Any) -> None:
        self.fill = f"{self.meaning}_container"
        self._label.tone = "ink2" if self.meaning == "neutral" else self.meaning


class Badge(Painted, RowLayout):
    """A number in a small filled circle; nothing at all when it is 0."""

    count = NumericProperty(0)
    meaning = OptionProperty("conflict", options=("conflict", "danger", "primary"))

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", 10)
        options.setdefault("size_hint", (None, None))
        super().__init__(**options)
        self._label = BidiLabel(style="small", bold=True, halign="center", shorten=True)
        self.add_widget(self._label)
        self.fbind("count", self._show)
        self.fbind("meaning", self._show)
        self._show()

    def _show(self, *_: Any) -> None:
        number = int(self.count)
        self.fill = self.meaning if number else "none"
        self._label.tone = f"on_{self.meaning}"
        self._label.text = (str(number) if number < 100 else "99+") if number else ""
        self.size = (max(dp(20), self._label.natural_width + dp(12)), dp(20))


_RISKS: dict[str, tuple[str, str, str]] = {
    "high": ("triangle", "danger", N_("High")),
    "medium": ("diamond", "attention", N_("Medium")),
    "low": ("circle", "done", N_("Low")),
    "unknown": ("ring", "ink2", N_("Not known")),
}


class RiskMark(RowLayout):
    """The risk of a case: triangle high, diamond medium, circle low, each with its word and colour."""

    risk = StringProperty("unknown")

    def __init__(self, **options: Any) -> None:
        options.setdefault("fit", True)
        options.setdefault("spacing", dp(S - 2))
        super().__init__(**options)
        self._icon = Icon(extent=16)
        self._label = BidiLabel(style="label", fit=True)
        self.add_widget(self._icon)
        self.add_widget(self._label)
        self.fbind("risk", self._show)
        self._show()

    def _show(self, *_: Any) -> None:
        shape, tone, word = _RISKS.get(self.risk, _RISKS["unknown"])
        self._icon.icon, self._icon.tone = shape, tone
        self._label.text, self._label.tone = T(word), tone
