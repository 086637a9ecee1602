"""A question answered by one button: what is refused is said in it, and it stays with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.uix.widget import Widget

from app.background import Job
from app.problems import Problem
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.screen import below
from app.ui.theme import M
from app.ui.widgets import BidiLabel, Button, Column, Dialog, focus

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


class Ask(Dialog):
    """`Ask(desk, title=…, body=…, do=T("Pass"), act=lambda: book.decisions.pass_gate(…)).open()`.

    `act` gives the job, or a text that says what is missing before anything is tried. The dialog goes when
    the job has ended well. A refusal that comes after it was closed is told by the desk; under the cover it
    waits in the dialog.
    """

    def __init__(
        self,
        desk: Navigator,
        *,
        title: Any,
        body: Widget,
        do: T,
        act: Callable[[], Job[Any] | T],
        keeps: str = "",
    ) -> None:
        self._desk = desk
        self._try = act
        self._refusal = Column()
        super().__init__(
            title=title,
            keeps=keeps,
            body=below(body, self._refusal, gap=M),
            actions=[(do, "filled", self._act_now), (T("Cancel"), "plain", None)],
        )

    def _act(self, action: Callable[[], Any] | None) -> None:
        if action is None:
            self.dismiss()
        else:
            action()

    def _act_now(self) -> None:
        self._refusal.clear_widgets()
        self._busy(True)
        tried = self._try()
        if isinstance(tried, T):
            self._say(tried)
        else:
            tried.then(lambda _: self._done(), self._refused)

    def _done(self) -> None:
        self._busy(False)
        self.dismiss()

    def _refused(self, problem: Problem) -> None:
        if focus.holds(self):
            self._say(wording.problem(problem))
        else:
            self._desk.tell_problem(problem)

    def _say(self, text: T) -> None:
        self._busy(False)
        self._refusal.clear_widgets()
        self._refusal.add_widget(BidiLabel(text=text, style="strong", tone="danger", name="ask.refused"))

    def _busy(self, busy: bool) -> None:
        """A second press before the answer is none."""
        for widget in self.card.walk(restrict=True):
            if isinstance(widget, Button):
                widget.disabled = busy and widget.name == f"{self.name}.0"
