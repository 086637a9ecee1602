"""The first screen: a neutral title, a passphrase, nothing that says what this program is for.

After a wrong one it counts down until the next may be tried; what is entered meanwhile is tried when the
time is over. After ten it asks for a coordinator's code first.
"""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout

from app import unlocking
from app.fieldbook import Fieldbook
from app.mending import can_mend
from app.problems import Problem
from app.ui.i18n import T
from app.ui.preferences import LANGUAGES
from app.ui.screens import wording
from app.ui.screens.erase_dialog import ask_to_erase_locked
from app.ui.screens.screen import Screen, flow
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Column, TextField, focus

#: What an attempt is refused for without being judged: the countdown says it in its own words.
_WAITS = ("store.unlock.wait", "store.unlock.code_needed")
_LOOK_S = 0.5


class UnlockScreen(Screen):
    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._passphrase = TextField(secret=True, name="unlock.passphrase")
        self._passphrase.fbind("on_text_validate", lambda *_: self._open())
        self._error = BidiLabel(text="", style="body", bold=True, tone="danger", name="unlock.error")
        self._wait = BidiLabel(text="", style="body", name="unlock.wait")
        self._button = Button(
            text=T("Open"),
            kind="filled",
            stretch=True,
            name="unlock.open",
            on_release=lambda *_: self._open(),
        )
        self._code = TextField(name="unlock.code")
        self._code.fbind("on_text_validate", lambda *_: self._use_code())
        self._use = Button(
            text=T("Use the code"),
            kind="outlined",
            stretch=True,
            name="unlock.use_code",
            on_release=lambda *_: self._use_code(),
        )
        self._busy = self._tries_when_over = False
        self._standing: unlocking.Standing | None = None
        self._clock: Any = None
        self._column = Column(size_hint_x=None, spacing=dp(L))

    def enter(self) -> None:
        self.head.clear_widgets()
        self.head.padding = 0
        middle = AnchorLayout(anchor_x="center", anchor_y="center", size_hint_y=None)
        self._column.width = min(dp(460), Window.width - dp(2 * L))
        if self._column.parent is not None:
            self._column.parent.remove_widget(self._column)
        middle.add_widget(self._column)

        def tall(*_: Any) -> None:
            middle.height = max(self._column.height + dp(4 * L), Window.height - dp(60))

        self._column.fbind("height", tall)
        tall()
        self.fill(middle)
        self._look()
        if self._clock is None:
            self._clock = Clock.schedule_interval(lambda _seconds: self._look(), _LOOK_S)

    def appeared(self) -> None:
        focus.give(self._code if self._needs_code else self._passphrase)

    def leave(self) -> None:
        self._passphrase.text = ""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    # -- the wait -----------------------------------------------------------------------------------

    @property
    def _needs_code(self) -> bool:
        return self._standing is not None and self._standing.needs_code

    def _lay_out(self) -> None:
        """The passphrase, or before it the code."""
        for part in (self._passphrase, self._code):
            if part.parent is not None:
                part.parent.remove_widget(part)
        self._column.clear_widgets()
        self._column.add_widget(BidiLabel(text=T("Notes"), style="display", name="unlock.title"))
        field = Column()
        if self._needs_code:
            number = unlocking.device_number(self.desk.window.settings)
            field.add_widget(BidiLabel(text=T("Unlock code"), style="question"))
            field.add_widget(
                BidiLabel(
                    text=T("Ask for one by the number of this device: {number}", number=number),
                    style="secondary",
                    tone="ink2",
                    name="unlock.number",
                )
            )
            field.add_widget(self._code)
        else:
            field.add_widget(BidiLabel(text=T("Passphrase"), style="question"))
            field.add_widget(self._passphrase)
        self._column.add_widget(field)
        self._column.add_widget(self._error)
        self._column.add_widget(self._wait)
        self._column.add_widget(self._use if self._needs_code else self._button)
        self._column.add_widget(flow([self._language(code, name) for code, name in LANGUAGES.items()], 0))
        if self.desk.window.settings.erase_when_locked:
            self._column.add_widget(flow([self._erase()]))

    def _look(self) -> None:
        """What holds now; the last seconds of a wait end with what was entered meanwhile.

        While an attempt is being judged it counts as a wrong one already: nobody is to read that.
        """
        if self._busy:
            return
        before, self._standing = self._standing, unlocking.standing(self.desk.window.settings)
        if before is None or before.needs_code != self._needs_code:
            self._lay_out()
        wait = self._standing.wait_s
        self._wait.text = _countdown(wait) if wait else ""
        self._use.disabled = wait > 0
        self._button.disabled = wait > 0
        if self._tries_when_over and not wait:
            self._open()

    # -- to open ------------------------------------------------------------------------------------

    def _language(self, code: str, name: str) -> Button:
        return Button(
            text=name,
            kind="plain",
            name=f"unlock.language.{code}",
            on_release=lambda *_: self.desk.window.prefer(language=code),
        )

    def _erase(self) -> Button:
        """The office lets whoever holds the device erase it."""
        return Button(
            text=T("Erase this device…"),
            kind="plain",
            name="unlock.erase",
            on_release=lambda *_: ask_to_erase_locked(self.desk),
        )

    def _open(self) -> None:
        passphrase = str(self._passphrase.text)
        if self._busy or not passphrase:
            return
        self._tries_when_over = self._standing is not None and self._standing.wait_s > 0
        if self._tries_when_over or self._needs_code:
            return
        self._error.text = ""
        self._busy = self._button.disabled = True
        self._button.text = T("Opening…")
        self.desk.window.unlock(passphrase).then(self._opened, self._refused)

    def _opened(self, fieldbook: Fieldbook) -> None:
        self._passphrase.text = ""
        self.desk.opened(fieldbook)

    def _refused(self, problem: Problem) -> None:
        self._busy = self._button.disabled = False
        self._button.text = T("Open")
        self._error.text = "" if problem.code in _WAITS else wording.problem(problem)
        passphrase, self._passphrase.text = str(self._passphrase.text), ""
        self._look()
        if can_mend(problem):
            self.desk.go("repair", problem=problem, passphrase=passphrase)
        else:
            self.appeared()

    # -- a code -------------------------------------------------------------------------------------

    def _use_code(self) -> None:
        typed = str(self._code.text)
        if self._busy or self._use.disabled or not typed.strip():
            return
        self._error.text = ""
        self._busy = True
        self.desk.window.enter_code(typed).then(self._lifted, self._code_refused)

    def _lifted(self, _: None) -> None:
        self._busy = False
        self._code.text = ""
        self._look()
        self.appeared()

    def _code_refused(self, problem: Problem) -> None:
        self._busy = False
        self._error.text = "" if problem.code in _WAITS else wording.problem(problem)
        self._code.text = ""
        self._look()
        self.appeared()


def _countdown(seconds: float) -> T:
    left = int(seconds + 0.999)
    if left < 120:
        return T.n("Next try in {n} second", "Next try in {n} seconds", left)
    minutes = (left + 59) // 60
    return T.n("Next try in {n} minute", "Next try in {n} minutes", minutes)
