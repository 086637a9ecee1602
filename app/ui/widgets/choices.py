"""Choosing from a few: rows with a radio mark (one) or a box (several)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine, SmoothRoundedRectangle
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty

from app.ui.i18n import language
from app.ui.theme import BUTTON_RADIUS, TARGET, L, S, theme
from app.ui.widgets.buttons import Pressable
from app.ui.widgets.focus import focus
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, RowLayout
from app.ui.widgets.live import Live


class _Mark(Live):
    """The round or square mark at the start of a choice."""

    selected = BooleanProperty(False)
    square = BooleanProperty(False)

    def __init__(self, **options: Any) -> None:
        super().__init__(size_hint=(None, None), size=(dp(24), dp(24)), **options)
        for name in ("pos", "selected", "square"):
            self.fbind(name, self._draw)
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        edge = "primary" if self.selected else "outline"
        inner = "card" if not self.selected else "primary"

        def shape(token: str, inset: float) -> None:
            extent = self.width - 2 * inset
            Color(rgba=theme.colour(token))
            where = {"pos": (self.x + inset, self.y + inset), "size": (extent, extent)}
            if self.square:
                SmoothRoundedRectangle(radius=[max(1, dp(6) - inset)], **where)
            else:
                SmoothEllipse(**where)

        with self.canvas:
            shape(edge, dp(1))
            shape(inner, dp(3))
            if self.selected and self.square:
                Color(rgba=theme.colour("on_primary"))
                at = [(0.25, 0.5), (0.43, 0.31), (0.76, 0.68)]
                points = [
                    value for x, y in at for value in (self.x + x * self.width, self.y + y * self.height)
                ]
                SmoothLine(points=points, width=dp(1.2), overdraw_width=1.1)
            elif self.selected:
                shape("on_primary", dp(8.5))


class ChoiceRow(Pressable):
    """One choice: its mark and its label; a thick border and the container colour when selected."""

    text = ObjectProperty("")
    value = ObjectProperty(None)
    selected = BooleanProperty(False)
    multiple = BooleanProperty(False)

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", BUTTON_RADIUS)
        options.setdefault("spacing", dp(14))
        options.setdefault("padding", [dp(L), dp(S), dp(L), dp(S)])
        options.setdefault("min_height", dp(TARGET + 4))
        super().__init__(**options)
        self._mark = _Mark(square=self.multiple, selected=self.selected)
        self._label = BidiLabel(text=self.text)
        self.add_widget(self._mark)
        self.add_widget(self._label)
        self.fbind("text", self._label.setter("text"))
        self.fbind("selected", self._mark.setter("selected"))
        self.fbind("multiple", self._mark.setter("square"))
        for name in ("selected", "state", "disabled"):
            self.fbind(name, self._colour)
        self._colour()

    def _colour(self, *_: Any) -> None:
        pressed = self.state == "down"
        self.fill = "primary_container" if self.selected or pressed else "card"
        self.border = "primary" if self.selected else "line"
        self.border_width = 2 if self.selected else 1
        self._label.tone = "ink2" if self.disabled else "ink"

    def arrow(self, direction: str) -> bool:
        parent = self.parent
        while parent is not None and parent is not getattr(parent, "parent", None):
            if isinstance(parent, ChoiceList):
                return parent.step(self, direction)
            parent = parent.parent
        return False


class ChoiceList(Column):
    """Choices below each other: `ChoiceList(choices=[("yes", T("Yes")), …], value="yes")`.

    `multiple=True`: several, `value` is a list. `on_choice(value)` comes when the worker has chosen; pressing
    the chosen one of a single choice again clears it where `clearable`. Tab reaches the list once; the arrow
    keys move inside. Rows are named `<prefix>.<choice>`. `beside=True` puts all choices in one row.
    `shown`: the values that are in sight, None for all of them.
    """

    choices = ListProperty([])
    value = ObjectProperty(None, allownone=True)
    multiple = BooleanProperty(False)
    clearable = BooleanProperty(True)
    beside = BooleanProperty(False)
    shown = ObjectProperty(None, allownone=True)

    def __init__(self, *, prefix: str = "choice", **options: Any) -> None:
        options.setdefault("spacing", dp(S + 2))
        self._prefix = prefix
        self.rows: list[ChoiceRow] = []
        self.register_event_type("on_choice")
        super().__init__(**options)
        for name in ("choices", "multiple"):
            self.fbind(name, self._build)
        self.fbind("beside", self._place)
        self.fbind("shown", self._narrow)
        self.fbind("value", self._mark)
        self.fbind("disabled", self._mark)
        self._build()

    def on_choice(self, value: Any) -> None:
        """The worker has chosen; `value` is the new value, None when nothing is chosen any more."""

    @property
    def prefix(self) -> str:
        """What the names of its rows begin with."""
        return self._prefix

    @property
    def chosen(self) -> Sequence[Any]:
        if self.value is None:
            return ()
        return tuple(self.value) if self.multiple else (self.value,)

    def step(self, row: ChoiceRow, direction: str) -> bool:
        """Moves the keyboard to the row that is next in a direction; False for a direction that has none."""
        along = {"left": 1, "right": -1} if language.rtl else {"left": -1, "right": 1}
        move = {"up": -1, "down": 1, **(along if self.beside else {})}.get(direction, 0)
        rows = self.in_sight
        index = rows.index(row) + move
        if not move or not 0 <= index < len(rows):
            return bool(move)
        self._reachable(rows[index])
        focus.give(rows[index], by_key=True)
        return True

    @property
    def in_sight(self) -> list[ChoiceRow]:
        return [row for row in self.rows if self.shown is None or row.value in self.shown]

    def _narrow(self, *_: Any) -> None:
        self._place()
        self._mark()

    def _build(self, *_: Any) -> None:
        self.rows = [
            ChoiceRow(value=value, text=text, multiple=self.multiple, name=f"{self._prefix}.{value}")
            for value, text in self._pairs()
        ]
        for row in self.rows:
            row.fbind("on_release", self._pressed)
        self._place()
        self._mark()

    def _place(self, *_: Any) -> None:
        """The same rows in another order: who has the keyboard keeps it."""
        for row in self.rows:
            if row.parent is not None:
                row.parent.remove_widget(row)
        self.clear_widgets()
        line = RowLayout(spacing=self.spacing) if self.beside and self.rows else None
        for row in self.in_sight:
            (self if line is None else line).add_widget(row)
        if line is not None:
            self.add_widget(line)

    def _pairs(self) -> Iterable[tuple[Any, Any]]:
        return ((choice[0], choice[1]) for choice in self.choices)

    def _mark(self, *_: Any) -> None:
        for row in self.rows:
            row.selected = row.value in self.chosen
            row.disabled = self.disabled
        rows = self.in_sight
        self._reachable(next((row for row in rows if row.focused or row.selected), rows[0] if rows else None))

    def _reachable(self, reached: ChoiceRow | None) -> None:
        for row in self.rows:
            row.can_focus = row is reached

    def _pressed(self, row: ChoiceRow) -> None:
        if self.disabled:
            return
        new: Any
        if self.multiple:
            now = set(self.chosen) ^ {row.value}
            new = [value for value, _ in self._pairs() if value in now] or None
        elif row.selected:
            new = None if self.clearable else row.value
        else:
            new = row.value
        changed = new != self.value
        self.value = new
        self._reachable(row)
        if changed:
            self.dispatch("on_choice", new)
