"""Where to go: a rail at the start side of wide windows, a bar at the foot of narrow ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from app.ui.i18n import language
from app.ui.theme import BUTTON_RADIUS, RAIL_WIDTH, ROW, S
from app.ui.widgets.buttons import Pressable
from app.ui.widgets.chips import Badge
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, Hairline, RowLayout, Spacer
from app.ui.widgets.surfaces import Painted


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One destination: its key (the widget is named `nav.<key>`), icon and text. `ink` paints it dark."""

    key: str
    icon: str
    text: Any
    ink: bool = False


class NavItem(Pressable):
    """An icon above its word, with a count at its corner."""

    key = StringProperty("")
    icon = StringProperty("")
    text = ObjectProperty("")
    current = BooleanProperty(False)
    ink = BooleanProperty(False)
    count = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", BUTTON_RADIUS)
        options.setdefault("size_hint_y", None)
        options.setdefault("height", dp(ROW + 5))
        super().__init__(**options)
        self._icon = Icon(icon=self.icon)
        self._label = BidiLabel(text=self.text, style="small", halign="center", shorten=True)
        self._badge = Badge()
        self._face = FloatLayout()
        for part in (self._icon, self._label, self._badge):
            self._face.add_widget(part)
        self.add_widget(self._face)
        self.fbind("text", self._label.setter("text"))
        for name in ("current", "state", "ink"):
            self.fbind(name, self._colour)
        for name in ("pos", "size", "count"):
            self.fbind(name, self._place)
        self._colour()
        self._place()

    def language_changed(self) -> None:
        super().language_changed()
        self._place()

    def _place(self, *_: Any) -> None:
        self._badge.count = self.count
        self._label.size_hint_x = None
        self._label.width = self.width - dp(8)
        block = self._icon.height + dp(4) + self._label.height
        middle = self.x + self.width / 2
        low = self.y + (self.height - block) / 2
        self._label.pos = (self.x + dp(4), low)
        self._icon.pos = (middle - self._icon.width / 2, low + self._label.height + dp(4))
        aside = middle + (-dp(19) if language.rtl else dp(19))
        self._badge.pos = (aside - self._badge.width / 2, low + block - dp(12))

    def _colour(self, *_: Any) -> None:
        if self.ink:
            self.fill, tone = "ink", "on_ink"
        elif self.current or self.state == "down":
            self.fill, tone = "primary_container", "primary"
        else:
            self.fill, tone = "none", "ink2"
        self._icon.tone = self._label.tone = tone
        self._label.bold = self.current


class _Destinations(Painted):
    """Entries, of which one is current; `on_select(key)` when another is wanted."""

    current = StringProperty("")

    def __init__(self, **options: Any) -> None:
        self.items: dict[str, NavItem] = {}
        self.register_event_type("on_select")
        super().__init__(**options)
        self.fbind("current", self._mark)

    def on_select(self, key: str) -> None:
        """The worker wants to go to `key`."""

    def set_count(self, key: str, count: int) -> None:
        """The number at the corner of an entry, none for 0."""
        self.items[key].count = count

    def _item(self, entry: NavEntry, **options: Any) -> NavItem:
        item = NavItem(
            key=entry.key, icon=entry.icon, text=entry.text, ink=entry.ink, name=f"nav.{entry.key}", **options
        )
        item.fbind("on_release", lambda pressed: self.dispatch("on_select", pressed.key))
        self.items[entry.key] = item
        return item

    def _mark(self, *_: Any) -> None:
        for key, item in self.items.items():
            item.current = key == self.current


class Rail(_Destinations, Column):
    """`Rail(entries=[…], foot=[…])`: entries from the top, those of `foot` at the bottom."""

    def __init__(self, *, entries: Sequence[NavEntry], foot: Sequence[NavEntry] = (), **options: Any) -> None:
        super().__init__(
            fill="rail",
            radius=0,
            size_hint_x=None,
            size_hint_y=1,
            width=dp(RAIL_WIDTH),
            padding=[dp(S), dp(16), dp(S), dp(16)],
            spacing=dp(6),
            **options,
        )
        for entry in entries:
            self.add_widget(self._item(entry))
        self.add_widget(Spacer())
        for entry in foot:
            self.add_widget(self._item(entry))
        self._mark()
        self._edge = Hairline(size_hint=(None, None))
        self.canvas.after.add(self._edge.canvas)
        self.fbind("pos", self._draw_edge)
        self.fbind("size", self._draw_edge)

    def language_changed(self) -> None:
        super().language_changed()
        self._draw_edge()

    def _draw_edge(self, *_: Any) -> None:
        x = self.x if language.rtl else self.x + self.width - dp(1)
        self._edge.pos, self._edge.size = (x, self.y), (dp(1), self.height)


class BottomBar(_Destinations, RowLayout):
    """`BottomBar(entries=[…])`: all entries side by side, 64 dp high."""

    def __init__(self, *, entries: Sequence[NavEntry], **options: Any) -> None:
        super().__init__(
            fill="rail",
            radius=0,
            padding=[dp(4), dp(4), dp(4), dp(4)],
            spacing=dp(2),
            min_height=dp(ROW + 8),
            **options,
        )
        for entry in entries:
            self.add_widget(self._item(entry))
        self._mark()
