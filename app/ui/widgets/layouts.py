"""Boxes that know the direction of the language: what starts a row is at its right in Arabic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kivy.animation import Animation
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
    VariableListProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.layout import Layout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from app.ui.i18n import language
from app.ui.theme import L, S, theme
from app.ui.widgets.live import Live


class _Mirrored(Live, BoxLayout):
    """A BoxLayout whose left and right are start and end: children, padding and x hints are mirrored."""

    def _iterate_layout(self, sizes: Any) -> Iterator[tuple[int, float, float, float, float]]:
        placed = super()._iterate_layout(sizes)
        if not language.rtl:
            yield from placed
            return
        for index, x, y, width, height in placed:
            child_width = self.children[index].width if sizes[index][1][0] is None else width
            yield index, 2 * self.x + self.width - x - child_width, y, width, height

    def language_changed(self) -> None:
        super().language_changed()
        self._trigger_layout()


class RowLayout(_Mirrored):
    """Children side by side from start to end. The row is as high as its highest child.

    Children with a height of their own stand in the middle of the row, with `align="top"` at its top.
    `fit=True` makes the row as wide as its children.
    """

    align = OptionProperty("middle", options=("middle", "top"))
    fit = BooleanProperty(False)
    min_height = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        options.setdefault("orientation", "horizontal")
        options.setdefault("spacing", dp(S))
        own_height = "size_hint_y" not in options
        options.setdefault("size_hint_y", None)
        if options.get("fit"):
            options.setdefault("size_hint_x", None)
        super().__init__(**options)
        self._own_height = own_height
        self.fbind("minimum_size", self._resize)
        self.fbind("min_height", self._resize)
        self._resize()

    def _resize(self, *_: Any) -> None:
        if self._own_height and self.size_hint_y is None:
            self.height = max(self.minimum_height, self.min_height)
        if self.fit:
            self.width = self.minimum_width

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> Any:
        if widget.size_hint_y is None and not widget.pos_hint:
            widget.pos_hint = {"center_y": 0.5} if self.align == "middle" else {"top": 1}
        return super().add_widget(widget, *args, **kwargs)


class Column(_Mirrored):
    """Children below each other. The column is as high as they are, unless `size_hint_y` is given."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("orientation", "vertical")
        options.setdefault("spacing", dp(S))
        own_height = "size_hint_y" not in options
        options.setdefault("size_hint_y", None)
        super().__init__(**options)
        if own_height:
            self.fbind("minimum_height", self.setter("height"))
            self.height = self.minimum_height


class Flow(Live, Layout):
    """Children in lines from start to end, as many in a line as fit; its height follows.

    A button that is longer than a line wraps its text.
    """

    spacing = NumericProperty(0)
    padding = VariableListProperty([0, 0, 0, 0])

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint_y", None)
        options.setdefault("spacing", dp(S))
        super().__init__(**options)
        for name in ("pos", "size", "children", "spacing", "padding"):
            self.fbind(name, self._trigger_layout)

    def language_changed(self) -> None:
        self._trigger_layout()

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> Any:
        widget.fbind("size", self._trigger_layout)
        return super().add_widget(widget, *args, **kwargs)

    def remove_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> Any:
        widget.funbind("size", self._trigger_layout)
        return super().remove_widget(widget, *args, **kwargs)

    def do_layout(self, *_: Any) -> None:
        left, top, right, bottom = self.padding
        inner = self.width - left - right
        for child in self.children:
            if child.size_hint_x is None and hasattr(child, "max_width") and child.max_width != inner > 0:
                child.max_width = inner
        x, y, highest = 0.0, top, 0.0
        places: list[tuple[Widget, float, float]] = []
        for child in reversed(self.children):
            if x and x + child.width > inner + 0.5:
                x, y, highest = 0.0, y + highest + self.spacing, 0.0
            places.append((child, x, y))
            x += child.width + self.spacing
            highest = max(highest, child.height)
        self.height = y + highest + bottom if places else top + bottom
        for child, offset, down in places:
            start = (
                self.x + self.width - right - offset - child.width if language.rtl else self.x + left + offset
            )
            child.pos = (start, self.y + self.height - down - child.height)


class Page(Live, ScrollView):
    """One column that scrolls. Add children with `add`; they are spaced by `gap` dp.

    What fits stands at the top, wherever the page was scrolled to before.
    """

    def __init__(self, *, gap: float = L, padding: Any = 0, **options: Any) -> None:
        options.setdefault("do_scroll_x", False)
        options.setdefault("bar_width", dp(6))
        options.setdefault("scroll_type", ["bars", "content"])
        options.setdefault("always_overscroll", False)
        super().__init__(**options)
        self.column = Column(spacing=dp(gap), padding=padding)
        self.add_widget(self.column)
        self.look_changed()
        self.language_changed()

    def look_changed(self) -> None:
        self.bar_color = (*theme.colour("outline")[:3], 0.7)
        self.bar_inactive_color = (*theme.colour("outline")[:3], 0.35)

    def language_changed(self) -> None:
        self.bar_pos_y = "left" if language.rtl else "right"

    def scroll_to(self, widget: Widget, padding: Any = 10, animate: Any = True) -> None:
        """Brings it into sight; of what is higher than the page, its top."""
        # What glides still would else come after this one, and have the last word.
        Animation.stop_all(self, "scroll_x", "scroll_y")
        room = self.column.height - self.height
        if room > 0 and widget.height > self.height:
            top, end = (each.to_window(each.x, each.top)[1] for each in (self.column, widget))
            self.scroll_y = 1 - min(1, max(0, top - end) / room)
        elif room > 0:
            super().scroll_to(widget, padding, animate)

    def add(self, *widgets: Widget) -> None:
        for widget in widgets:
            self.column.add_widget(widget)

    def clear(self) -> None:
        self.column.clear_widgets()


class Spacer(Widget):
    """Empty room: it takes what is left, or `size` dp when given."""

    def __init__(self, size: float | None = None, **options: Any) -> None:
        super().__init__(**options)
        if size is not None:
            self.size_hint = (None, None)
            self.size = (dp(size), dp(size))


class Hairline(Live):
    """A hairline across a column."""

    tone = StringProperty("line")

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint_y", None)
        options.setdefault("height", dp(1))
        super().__init__(**options)
        self.fbind("pos", self._draw)
        self.fbind("size", self._draw)
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        with self.canvas:
            Color(rgba=theme.colour(self.tone))
            Rectangle(pos=self.pos, size=self.size)
