"""What opens this device, as Settings tells it, and the way to a new passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from app.device_keys import KeysView
from app.ui.i18n import T
from app.ui.screens.ask import Ask
from app.ui.screens.screen import below, flow, note
from app.ui.widgets import BidiLabel, Button, Card, TextField

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


class KeysCard(Card):
    """Asks what holds by itself, and again when that was changed here."""

    def __init__(self, desk: Navigator) -> None:
        super().__init__(name="settings.keys")
        self._desk = desk
        self.add_widget(self._change())
        self._ask()

    def _ask(self) -> None:
        if self._desk.fieldbook is not None:
            self._desk.fieldbook.keys.view().then(self._show)

    def _show(self, view: KeysView) -> None:
        self.clear_widgets()
        self.add_widget(below(_small(T("What opens this device")), _keyring(view), gap=0))
        self.add_widget(below(_small(T("Recovery key of the office")), _recovery(view), gap=0))
        if view.offered:
            told = T("The server tells of a new one: {key}. The one so far stays until you take it.",
                     key=view.offered)  # fmt: skip
            self.add_widget(BidiLabel(text=told, tone="attention", bold=True, name="settings.keys.offered"))
            take = Button(
                text=T("Take the new key…"),
                kind="outlined",
                name="settings.keys.take",
                on_release=lambda *_: self._take(view.offered),
            )
            self.add_widget(flow([take]))
        self.add_widget(self._change())

    def _change(self) -> Widget:
        return flow(
            [
                Button(
                    text=T("Change the passphrase…"),
                    icon="lock",
                    name="settings.keys.change",
                    on_release=lambda *_: self._desk.go("passphrase"),
                )
            ]
        )

    def _take(self, offered: str) -> None:
        field = TextField(secret=True, name="settings.keys.passphrase")
        body = below(
            BidiLabel(text=offered, style="title"),
            note(T("Take it only when the coordinator has read the same to you.")),
            BidiLabel(text=T("Passphrase"), style="question"),
            field,
        )
        book = self._desk.fieldbook
        assert book is not None
        Ask(
            self._desk,
            title=T("Is this the office's new recovery key?"),
            body=body,
            do=T("Take this key"),
            act=lambda: book.keys.take_recovery_key(str(field.text)).then(lambda _: self._ask()),
        ).open()


def _small(text: T) -> BidiLabel:
    return BidiLabel(text=text, style="small", tone="ink2")


def _keyring(view: KeysView) -> BidiLabel:
    if view.keyring:
        told = T("The passphrase, together with the key store of this computer's account.")
    elif view.keyring_here:
        told = T("The passphrase alone. With the next change the key store of this computer's account is "
                 "needed too, if the office has a recovery key.")  # fmt: skip
    else:
        told = T("The passphrase alone: this computer's account has no key store that is safe enough.")
    return BidiLabel(text=told, name="settings.keys.keyring")


def _recovery(view: KeysView) -> BidiLabel:
    if view.recovery:
        told: T = T("It opens this device, too: {key}", key=view.recovery)
    else:
        told = T("None: if the passphrase is forgotten, what was not synced is lost.")
    return BidiLabel(text=told, name="settings.keys.recovery")
