"""Choosing the quick PIN: twice the same digits. It is forgotten at the lock, and never written anywhere."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout

from app.cover_policy import PIN_MOST
from app.lock import QuickPin, Weakness, weakness
from app.ui.i18n import T
from app.ui.theme import M
from app.ui.widgets import BidiLabel, Button, Flow, PinPad, Sheet


class PinSheet(Sheet):
    """`PinSheet(pin).open()`; the PIN is kept once it was entered twice. Names: pin.go_on, pin.not_now."""

    def __init__(self, pin: QuickPin, *, later: T | None = None, **options: Any) -> None:
        self._pin = pin
        self._first = ""
        super().__init__(title=T("A PIN for the cover"), name="pin", **options)
        self._told = BidiLabel(text="", halign="center", name="pin.told")
        self._pad = PinPad()
        self._pad.fbind("on_change", self._changed)
        self._pad.fbind("on_enter", lambda *_: self._go_on())
        middle = AnchorLayout(anchor_x="center", size_hint_y=None)
        middle.add_widget(self._pad)
        self._pad.fbind("height", middle.setter("height"))
        middle.height = self._pad.height
        line = Flow(spacing=dp(M))
        self._button = Button(text=T("Go on"), kind="filled", name="pin.go_on")
        self._button.fbind("on_release", lambda *_: self._go_on())
        not_now = Button(text=later or T("Cancel"), kind="plain", name="pin.not_now")
        not_now.fbind("on_release", self.dismiss)
        line.add_widget(self._button)
        line.add_widget(not_now)
        for part in (self._told, middle, line):
            self.card.add_widget(part)
        self._ask_first()

    def open(self) -> Sheet:
        opened = super().open()
        self._pad.listen()
        return opened

    def put_back(self) -> None:
        super().put_back()
        self._pad.listen()

    def put_aside(self) -> None:
        super().put_aside()
        self._pad.deaf()
        self._ask_first()

    def dismiss(self, *_: Any) -> None:
        self._pad.deaf()
        self._pad.clear()
        self._first = ""
        super().dismiss()

    def _ask_first(self, word: T | None = None) -> None:
        self._first = ""
        self._say(
            word or T("It takes the cover off without the passphrase, until the app is locked or closed."),
            "danger" if word else "ink2",
        )
        self._pad.clear()
        self._changed(self._pad, "")

    def _why(self, weak: Weakness) -> T:
        if weak == "guessable":
            return T("Too easy: not one digit over and over, not a row of digits.")
        least = self._pin.least
        if least == PIN_MOST:
            return T("{n} digits.", n=PIN_MOST)
        return T("{least} to {most} digits.", least=least, most=PIN_MOST)

    def _say(self, text: T, tone: str) -> None:
        self._told.text, self._told.tone = text, tone

    def _changed(self, _pad: PinPad, entered: str) -> None:
        self._button.disabled = len(entered) < self._pin.least

    def _go_on(self) -> None:
        entered = str(self._pad.entered)
        if not self._first:
            weak = weakness(entered, self._pin.least)
            if weak is not None:
                self._ask_first(self._why(weak))
                return
            self._first = entered
            self._pad.clear()
            self._changed(self._pad, "")
            self._say(T("The same digits once more."), "ink")
        elif entered == self._first:
            self._pin.choose(entered)
            self.dismiss()
        else:
            self._ask_first(T("Not the same digits. Once more from the beginning."))
