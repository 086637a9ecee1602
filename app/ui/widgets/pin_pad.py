"""Ten digits to touch, or to type on any keyboard: 1 2 3 stand as on a telephone, in Arabic too."""

from __future__ import annotations

import unicodedata
from typing import Any

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.properties import StringProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from app.lock import PIN_MOST
from app.ui.i18n import T
from app.ui.theme import M
from app.ui.widgets.buttons import IconButton, PushButton
from app.ui.widgets.focus import ENTER, NUMPAD_ENTER, focus
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column

_BACKSPACE = 8
_KEY = 64
#: SDL's numbers of the keys in the row above the letters and of the numpad, whatever is printed on them.
_PLACES = {
    **{29 + digit: digit for digit in range(1, 10)},
    39: 0,
    **{88 + digit: digit for digit in range(1, 10)},
    98: 0,
}


def digit_of(key: int, place: int, text: str | None) -> int | None:
    """The digit of a key: by its place, so that a French row and an Arabic one do; else by what it writes."""
    if place in _PLACES:
        return _PLACES[place]
    written = text or (chr(key) if 0 < key < 0x110000 else "")
    return unicodedata.digit(written, None) if len(written) == 1 else None


class PinPad(Column):
    """`on_change(entered)` after each digit and each one taken back, `on_enter(entered)` on Enter.

    What is entered is shown as dots. The keyboard is heard between `listen` and `deaf`, before anything
    else in the window. Names: pin.0 to pin.9, pin.erase, pin.dots.
    """

    entered = StringProperty("")

    def __init__(self, **options: Any) -> None:
        self.register_event_type("on_change")
        self.register_event_type("on_enter")
        options.setdefault("spacing", dp(M))
        super().__init__(**options)
        self._listens = False
        self._dots = BidiLabel(text=" ", style="display", halign="center", name="pin.dots")
        # A grid of Kivy's own: ours would mirror the digits in Arabic.
        keys = GridLayout(cols=3, spacing=dp(M), size_hint=(None, None))
        keys.size = (dp(3 * _KEY + 2 * M), dp(4 * _KEY + 3 * M))
        for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9):
            keys.add_widget(self._digit(digit))
        keys.add_widget(Widget(size_hint=(None, None), size=(dp(_KEY), dp(_KEY))))
        keys.add_widget(self._digit(0))
        erase = IconButton(icon="erase", text=T("Delete"), name="pin.erase")
        erase.fbind("on_release", lambda *_: self.erase())
        erase.size = (dp(_KEY), dp(_KEY))
        erase.padding = [dp((_KEY - 24) / 2)] * 4
        keys.add_widget(erase)
        self.size_hint_x, self.width = None, keys.width
        self.add_widget(self._dots)
        self.add_widget(keys)
        self.fbind("entered", self._show)

    def on_change(self, entered: str) -> None:
        """A digit more or less."""

    def on_enter(self, entered: str) -> None:
        """Enter was pressed."""

    def press(self, digit: int) -> None:
        if len(self.entered) < PIN_MOST:
            self.entered += str(digit)
            self.dispatch("on_change", self.entered)

    def erase(self) -> None:
        if self.entered:
            self.entered = self.entered[:-1]
            self.dispatch("on_change", self.entered)

    def clear(self) -> None:
        """Nothing is entered; nobody is told."""
        self.entered = ""

    def listen(self) -> None:
        if not self._listens:
            self._listens = True
            Window.bind(on_key_down=self._key)

    def deaf(self) -> None:
        if self._listens:
            self._listens = False
            Window.unbind(on_key_down=self._key)

    def _digit(self, digit: int) -> PushButton:
        # With a height of its own, or a row is as high as its text wants.
        button = PushButton(
            text=str(digit),
            name=f"pin.{digit}",
            stretch=True,
            size_hint_x=None,
            size_hint_y=None,
            size=(dp(_KEY), dp(_KEY)),
        )
        button.fbind("on_release", lambda *_: self.press(digit))
        return button

    def _key(self, _window: Any, key: int, place: int, text: str | None, modifiers: list[str]) -> bool:
        if {"ctrl", "alt", "meta"} & set(modifiers):
            return False
        digit = digit_of(key, place, text)
        if digit is not None:
            self.press(digit)
            return True
        if key == _BACKSPACE:
            self.erase()
            return True
        elsewhere = focus.current is not None and focus.current.by_key
        if key in (ENTER, NUMPAD_ENTER) and self.entered and not elsewhere:
            self.dispatch("on_enter", self.entered)
            return True
        return False

    def _show(self, *_: Any) -> None:
        self._dots.text = "•" * len(self.entered) or " "
