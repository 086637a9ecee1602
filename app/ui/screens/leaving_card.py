"""The part of the settings for a border and for danger: travel mode, and erasing the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from app.leaving import TravelView
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.ask import Ask
from app.ui.screens.erase_dialog import ask_to_erase
from app.ui.screens.screen import below, flow
from app.ui.widgets import BidiLabel, Button, Card, TextField

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


class LeavingCard(Card):
    """Asks by itself whether the device travels. The way to erase it stands there at once."""

    def __init__(self, desk: Navigator) -> None:
        super().__init__(name="settings.leaving")
        self._desk = desk
        self.add_widget(self._erase())
        self._ask()

    def _ask(self) -> None:
        if self._desk.fieldbook is not None:
            self._desk.fieldbook.leaving.look().then(self._show)

    def _show(self, view: TravelView) -> None:
        self.clear_widgets()
        if view.since is None:
            self.add_widget(
                BidiLabel(
                    text=T(
                        "Travel mode sends everything to the server, then takes every case off this device. "
                        "After the journey a sync brings them back."
                    )
                )
            )
            travel = Button(
                text=T("Travel mode…"), name="settings.travel", on_release=lambda *_: self._desk.go("travel")
            )
        else:
            told = T(
                "This device has been travelling since {when}. No case is on it.",
                when=wording.moment(view.since),
            )
            self.add_widget(BidiLabel(text=told, style="strong", name="settings.travels"))
            travel = Button(
                text=T("End the journey…"),
                kind="filled",
                name="settings.travel.end",
                on_release=lambda *_: self._end(),
            )
        self.add_widget(flow([travel]))
        self.add_widget(
            BidiLabel(
                text=T("In danger: erase everything here. Ctrl+Shift+Delete asks for it on any screen.")
            )
        )
        self.add_widget(self._erase())

    def _erase(self) -> Widget:
        return flow(
            [
                Button(
                    text=T("Erase this device…"),
                    kind="danger",
                    name="settings.erase",
                    on_release=lambda *_: ask_to_erase(self._desk),
                )
            ]
        )

    def _end(self) -> None:
        book = self._desk.fieldbook
        assert book is not None
        field = TextField(secret=True, name="settings.travel.passphrase")

        def ended(_: None) -> None:
            self._ask()
            self._desk.sync()

        Ask(
            self._desk,
            title=T("Bring the cases back?"),
            body=below(
                BidiLabel(
                    text=T("Do it when nobody can look into this device any more. It needs a network.")
                ),
                BidiLabel(text=T("Passphrase"), style="question"),
                field,
            ),
            do=T("End the journey"),
            act=lambda: book.leaving.end_travel(str(field.text)).then(ended),
        ).open()
