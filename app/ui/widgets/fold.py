"""A heading that opens and closes what is below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.metrics import dp
from kivy.properties import BooleanProperty
from kivy.uix.widget import Widget

from app.ui.theme import BUTTON_RADIUS, TARGET, M, S
from app.ui.widgets.buttons import Pressable
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column


class _Head(Pressable):
    """The line that is pressed."""

    def __init__(self, title: Any, told: Any, **options: Any) -> None:
        super().__init__(
            radius=BUTTON_RADIUS,
            min_height=dp(TARGET),
            spacing=dp(S),
            padding=[dp(S), dp(S), dp(S), dp(S)],
            **options,
        )
        self.sign = Icon(extent=20, tone="primary")
        self.add_widget(self.sign)
        self.add_widget(BidiLabel(text=title, style="strong", tone="primary"))
        if str(told):
            self.add_widget(BidiLabel(text=told, style="secondary", tone="ink2", halign="end"))

    def on_state(self, *_: Any) -> None:
        self.fill = "primary_container" if self.state == "down" else "none"


class Fold(Column):
    """`Fold(title=T("Leaflets"), make=lambda: [Row(…)], name="case.leaflets")`.

    What is below is made when it is opened. `told` stands at the end of the line: how many, how far.
    `opened` says how it begins; `on_turn(opened)` when it was turned.
    """

    opened = BooleanProperty(False)

    def __init__(
        self,
        *,
        title: Any,
        make: Callable[[], Sequence[Widget]],
        told: Any = "",
        name: str = "fold",
        **options: Any,
    ) -> None:
        self.register_event_type("on_turn")
        options.setdefault("spacing", dp(M))
        super().__init__(**options)
        self._make = make
        self._head = _Head(title, told, name=name)
        self._head.fbind("on_release", self._turn)
        self._inner = Column(spacing=dp(M))
        self.add_widget(self._head)
        self.fbind("opened", self._show)
        self._show()

    def on_turn(self, opened: bool) -> None:
        """It was opened or closed by hand."""

    def _turn(self, *_: Any) -> None:
        self.opened = not self.opened
        self.dispatch("on_turn", self.opened)

    def _show(self, *_: Any) -> None:
        self._head.sign.icon = "chevron-up" if self.opened else "chevron-down"
        self._inner.clear_widgets()
        if self._inner.parent is not None:
            self.remove_widget(self._inner)
        if self.opened:
            for widget in self._make():
                self._inner.add_widget(widget)
            self.add_widget(self._inner)
