"""How the window looks, whose device this is, what opens it, the cover and the lock, borders and danger."""

from __future__ import annotations

from pathlib import Path

from kivy.uix.widget import Widget

from app.ui.i18n import T
from app.ui.preferences import LANGUAGES
from app.ui.screens import wording
from app.ui.screens.backup_card import BackupCard
from app.ui.screens.calendar_dialog import CalendarDialog
from app.ui.screens.cover_settings import cover_card
from app.ui.screens.keys_card import KeysCard
from app.ui.screens.leaving_card import LeavingCard
from app.ui.screens.screen import Screen, below, heading
from app.ui.widgets import BidiLabel, Button, Card, ChoiceList

TEXT_SIZES: tuple[tuple[float, str], ...] = ((0.9, "S"), (1.0, "M"), (1.2, "L"), (1.4, "XL"))


class SettingsScreen(Screen):
    place = "settings"

    def enter(self) -> None:
        likes = self.desk.window.preferences
        self.titled(
            T("Settings"),
            actions=[
                Button(
                    text=T("Lock now"),
                    icon="lock",
                    name="settings.lock",
                    on_release=lambda *_: self.desk.lock(),
                )
            ],
        )
        language = ChoiceList(
            prefix="settings.language",
            choices=list(LANGUAGES.items()),
            value=likes.language,
            clearable=False,
        )
        language.fbind("on_choice", lambda _list, code: self.desk.window.prefer(language=code))
        size = ChoiceList(
            prefix="settings.size",
            choices=list(TEXT_SIZES),
            value=likes.text_size,
            clearable=False,
            beside=True,
        )
        size.fbind("on_choice", lambda _list, factor: self.desk.window.prefer(text_size=factor))
        look = ChoiceList(
            prefix="settings.look",
            choices=[("light", T("Light")), ("dark", T("Dark"))],
            value="dark" if likes.dark else "light",
            clearable=False,
            beside=True,
        )
        look.fbind("on_choice", lambda _list, value: self.desk.window.prefer(dark=value == "dark"))
        self.fill_two(
            [
                heading(T("Language")),
                language,
                heading(T("Cover and lock")),
                cover_card(self.desk),
                heading(T("Backup")),
                BackupCard(self.desk),
                heading(T("Calendar")),
                self._calendar(),
            ],
            [
                heading(T("Borders and danger")),
                LeavingCard(self.desk),
                heading(T("Passphrase and keys")),
                KeysCard(self.desk),
                heading(T("Size of text")),
                size,
                heading(T("Look")),
                look,
                heading(T("This device")),
                self._device(),
            ],
        )

    def _calendar(self) -> Widget:
        card = Card(name="settings.calendar")
        card.add_widget(
            BidiLabel(text=T("Your due days in a calendar of your own, without any name or code."))
        )
        card.add_widget(
            Button(
                text=T("Write a calendar file…"),
                icon="calendar",
                name="settings.calendar.write",
                on_release=lambda *_: CalendarDialog(self._write_calendar).open(),
            )
        )
        return card

    def _write_calendar(self, out: Path, word: str) -> None:
        def written(count: int) -> None:
            self.desk.tell(T.n("{n} day is in {file}", "{n} days are in {file}", count, file=out.name))

        self.book.write_calendar(out, word).then(written, self.desk.tell_problem)

    def _device(self) -> Widget:
        session = self.book.session
        card = Card(name="settings.device")
        facts = (
            (T("Who is at work"), session.login),
            (T("Role"), T(wording.ROLES[session.role]) if session.role in wording.ROLES else session.role),
            (T("Office"), session.office),
            (T("Time zone"), session.zone),
            (T("Number of this device"), session.device),
        )
        for label, value in facts:
            card.add_widget(
                below(BidiLabel(text=label, style="small", tone="ink2"), BidiLabel(text=value), gap=0)
            )
        return card
