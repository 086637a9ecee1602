"""What stands on a covered window: a title and blank lines, as in any notebook.

A touch or a key asks for the PIN where there is one, over the same blank page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout

from app.lock import QuickPin
from app.ui.i18n import T
from app.ui.theme import XL, XXL, L
from app.ui.widgets import BidiLabel, Column, Hairline, PinPad, Spacer
from app.ui.widgets.pin_pad import digit_of

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

_LINES = 8
#: Seconds after the cover until the pad is made.
_AFTER = 0.3


class CoverScreen(Column):
    """`ask` shows the pad. The right PIN takes the cover off, the last wrong one locks."""

    def __init__(self, desk: Navigator, pin: QuickPin) -> None:
        super().__init__(size_hint_y=1, padding=[dp(XXL)] * 4, spacing=dp(XL + XXL), name="cover")
        self._desk, self._pin = desk, pin
        self._pad: PinPad | None = None
        self._word = BidiLabel(text="", style="strong", tone="danger", halign="center", name="cover.word")
        self._blank()
        if pin.is_set:
            Window.bind(on_key_down=self._key)
            # Its dozen of buttons would keep the blank page waiting; soon after it they are ready.
            self._making = Clock.schedule_once(lambda _seconds: self._make_pad(), _AFTER)

    @property
    def asks(self) -> bool:
        return self._pad is not None and self._pad.parent is not None

    def leave(self) -> None:
        """The cover is off, or everything is locked: no more keys are heard."""
        if self._pin.is_set:
            Window.unbind(on_key_down=self._key)
            self._making.cancel()
        if self._pad is not None:
            self._pad.deaf()
            self._pad.clear()

    def ask(self) -> None:
        if not self._pin.is_set or self.asks:
            return
        self._make_pad()
        assert self._pad is not None
        self._pad.listen()
        self.clear_widgets()
        self.padding, self.spacing = [dp(L)] * 4, dp(L)
        middle = Column(size_hint_x=None, width=self._pad.width, spacing=dp(L))
        middle.add_widget(BidiLabel(text=T("PIN"), style="heading", halign="center", name="cover.title"))
        middle.add_widget(self._pad)
        middle.add_widget(self._word)
        place = AnchorLayout(anchor_x="center", anchor_y="center")
        place.add_widget(middle)
        self.add_widget(place)

    def blank(self) -> bool:
        """Back to the blank page; False where it stands there already."""
        if not self.asks:
            return False
        assert self._pad is not None
        self._pad.deaf()
        self._pad.clear()
        self._pad.parent.remove_widget(self._pad)
        self._word.parent.remove_widget(self._word)
        self._blank()
        return True

    def on_touch_down(self, touch: Any) -> bool:
        if self.asks:
            super().on_touch_down(touch)
        else:
            self._desk.uncover()
        return True

    def _blank(self) -> None:
        self.clear_widgets()
        self.padding, self.spacing = [dp(XXL)] * 4, dp(XL + XXL)
        self.add_widget(BidiLabel(text=T("Notes"), style="title", name="cover.title"))
        for _ in range(_LINES):
            self.add_widget(Hairline())
        self.add_widget(Spacer())

    def _make_pad(self) -> None:
        if self._pad is None:
            self._pad = PinPad()
            self._pad.fbind("on_change", self._changed)
            self._pad.fbind("on_enter", self._entered)

    def _key(self, _window: Any, key: int, place: int, text: str | None, modifiers: list[str]) -> bool:
        """The first digit asks by itself, and counts; the pad hears those after it."""
        digit = digit_of(key, place, text)
        if self.asks or digit is None or {"ctrl", "alt", "meta"} & set(modifiers):
            return False
        self.ask()
        assert self._pad is not None
        self._pad.press(digit)
        return True

    def _changed(self, _pad: PinPad, entered: str) -> None:
        if entered:
            self._word.text = ""
        if len(entered) == self._pin.length:
            self._try(entered)

    def _entered(self, _pad: PinPad, entered: str) -> None:
        self._try(entered)

    def _try(self, entered: str) -> None:
        assert self._pad is not None
        self._pad.clear()
        if self._pin.matches(entered):
            self._desk.take_cover_off()
        elif self._pin.tries_left:
            self._word.text = T.n(
                "Not this PIN. {n} try is left.", "Not this PIN. {n} tries are left.", self._pin.tries_left
            )
        else:
            self._desk.lock()
