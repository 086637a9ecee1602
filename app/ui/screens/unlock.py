"""The first screen: a neutral title, a passphrase, nothing that says what this program is for."""

from __future__ import annotations

from typing import Any

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout

from app.fieldbook import Fieldbook
from app.problems import Problem
from app.ui.i18n import T
from app.ui.preferences import LANGUAGES
from app.ui.screens import wording
from app.ui.screens.screen import Screen, flow
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Column, TextField, focus


class UnlockScreen(Screen):
    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._passphrase = TextField(secret=True, name="unlock.passphrase")
        self._passphrase.fbind("on_text_validate", lambda *_: self._open())
        self._error = BidiLabel(text="", style="body", bold=True, tone="danger", name="unlock.error")
        self._button = Button(
            text=T("Open"),
            kind="filled",
            stretch=True,
            name="unlock.open",
            on_release=lambda *_: self._open(),
        )
        self._column = Column(size_hint_x=None, spacing=dp(L))
        self._column.add_widget(BidiLabel(text=T("Notes"), style="display", name="unlock.title"))
        field = Column()
        field.add_widget(BidiLabel(text=T("Passphrase"), style="question"))
        field.add_widget(self._passphrase)
        self._column.add_widget(field)
        self._column.add_widget(self._error)
        self._column.add_widget(self._button)
        self._column.add_widget(flow([self._language(code, name) for code, name in LANGUAGES.items()], 0))

    def enter(self) -> None:
        self.head.clear_widgets()
        self.head.padding = 0
        middle = AnchorLayout(anchor_x="center", anchor_y="center", size_hint_y=None)
        self._column.width = min(dp(460), Window.width - dp(2 * L))
        if self._column.parent is not None:
            self._column.parent.remove_widget(self._column)
        middle.add_widget(self._column)
        middle.height = max(self._column.height + dp(4 * L), Window.height - dp(60))
        self.fill(middle)

    def appeared(self) -> None:
        focus.give(self._passphrase)

    def leave(self) -> None:
        self._passphrase.text = ""

    def _language(self, code: str, name: str) -> Button:
        return Button(
            text=name,
            kind="plain",
            name=f"unlock.language.{code}",
            on_release=lambda *_: self.desk.window.prefer(language=code),
        )

    def _open(self) -> None:
        passphrase = str(self._passphrase.text)
        if self._button.disabled or not passphrase:
            return
        self._error.text = ""
        self._button.disabled = True
        self._button.text = T("Opening…")
        self.desk.window.unlock(passphrase).then(self._opened, self._refused)

    def _opened(self, fieldbook: Fieldbook) -> None:
        self._passphrase.text = ""
        self.desk.opened(fieldbook)

    def _refused(self, problem: Problem) -> None:
        self._button.disabled = False
        self._button.text = T("Open")
        self._error.text = wording.problem(problem)
        self._passphrase.text = ""
        focus.give(self._passphrase)
