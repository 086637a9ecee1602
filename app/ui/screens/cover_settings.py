"""The part of the settings about leaving the window alone: the PIN, and what the office has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from app.cover_policy import PIN_LEAST, PIN_MOST
from app.lock import QuickPin
from app.ui.i18n import T
from app.ui.screens.pin_sheet import PinSheet
from app.ui.screens.screen import flow
from app.ui.widgets import BidiLabel, Button, Card

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


def cover_card(desk: Navigator) -> Card:
    """Drawn anew when the PIN changes."""
    card = Card(name="settings.cover")
    _draw(desk, card)
    return card


def _draw(desk: Navigator, card: Card) -> None:
    pin, policy = desk.guard.pin, desk.guard.rules
    card.clear_widgets()
    for text in (
        *_comes_off_by(pin, demo=desk.window.is_demo),
        T.n(
            "The cover comes off for {n} minute; after it, or after three wrong PINs, the app locks.",
            "The cover comes off for {n} minutes; after them, or after three wrong PINs, the app locks.",
            _minutes(policy.cover_lasts),
        ),
        T.n(
            "It locks by itself after {n} minute without a touch or a key.",
            "It locks by itself after {n} minutes without a touch or a key.",
            _minutes(policy.lock_after),
        ),
        *([T("The office has decided this. A device may be stricter.")] if policy.of_office else []),
        T("F12 or Ctrl+L covers, Shift+F12 locks. Nothing that was typed is lost."),
    ):
        card.add_widget(BidiLabel(text=text))
    card.add_widget(flow(_buttons(desk, card)))


def _comes_off_by(pin: QuickPin, *, demo: bool) -> list[T]:
    told = [T("The office allows no PIN.")] if not pin.allowed else []
    if pin.allowed and pin.least > PIN_LEAST:
        told = [T("A PIN has {n} digits or more here.", n=pin.least)]
        if pin.least == PIN_MOST:
            told = [T("A PIN has {n} digits here.", n=pin.least)]
    if pin.is_set:
        return [*told, T("Your PIN takes the cover off, until the app is locked or closed.")]
    if demo:
        return [*told, T("There is no PIN. In a demo any touch takes the cover off.")]
    return [*told, T("There is no PIN: a touch on the cover locks, and the passphrase is asked.")]


def _buttons(desk: Navigator, card: Card) -> list[Widget]:
    pin = desk.guard.pin

    def choose() -> None:
        sheet = PinSheet(pin)
        sheet.fbind("on_dismiss", lambda *_: _draw(desk, card))
        sheet.open()

    def forget() -> None:
        pin.forget()
        _draw(desk, card)

    if not pin.allowed:
        return []
    buttons: list[Widget] = [
        Button(
            text=T("Change the PIN…") if pin.is_set else T("Set a PIN…"),
            name="settings.pin",
            on_release=lambda *_: choose(),
        )
    ]
    if pin.is_set:
        buttons.append(
            Button(
                text=T("Forget the PIN"),
                kind="plain",
                name="settings.pin.forget",
                on_release=lambda *_: forget(),
            )
        )
    return buttons


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))
