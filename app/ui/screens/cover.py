"""What stands on a covered window: a title and blank lines, as in any notebook. A touch takes it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.metrics import dp

from app.ui.i18n import T
from app.ui.theme import XL, XXL
from app.ui.widgets import BidiLabel, Column, Hairline, Spacer

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


class CoverScreen(Column):
    def __init__(self, desk: Navigator) -> None:
        super().__init__(size_hint_y=1, padding=[dp(XXL)] * 4, spacing=dp(XL + XXL), name="cover")
        self._desk = desk
        self.add_widget(BidiLabel(text=T("Notes"), style="title", name="cover.title"))
        for _ in range(8):
            self.add_widget(Hairline())
        self.add_widget(Spacer())

    def on_touch_down(self, touch: Any) -> bool:
        self._desk.uncover()
        return True
