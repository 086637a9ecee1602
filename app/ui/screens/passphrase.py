"""A new passphrase for this device: the old one, five words that are shown once, and the same typed again.

Nothing of it is kept: who goes away, or covers the window, begins anew, with other words.
"""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app import passphrases
from app.device_keys import KeysView
from app.problems import Problem
from app.ui.i18n import T, language
from app.ui.screens import wording
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.theme import M
from app.ui.widgets import BidiLabel, Button, Card, ChoiceList, Column, TextField, focus


class PassphraseScreen(Screen):
    place = "settings"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._made = passphrases.generate(language.code)
        self._own = False
        self._busy = False
        self._view: KeysView | None = None
        self._old = TextField(secret=True, name="passphrase.old")
        self._new = TextField(secret=True, name="passphrase.new")
        self._again = TextField(secret=True, name="passphrase.again")
        self._again.fbind("on_text_validate", lambda *_: self._change())
        self._which = ChoiceList(
            prefix="passphrase.recovery",
            choices=[("old", T("The key so far stays")), ("new", T("The new key, I have compared it"))],
            value="old",
            clearable=False,
        )
        self._refusal = BidiLabel(text="", style="strong", tone="danger", name="passphrase.refused")
        self._do = Button(
            text=T("Change the passphrase"),
            kind="filled",
            name="passphrase.change",
            on_release=lambda *_: self._change(),
        )

    def enter(self) -> None:
        self.book.keys.view().then(self._seen)

    def appeared(self) -> None:
        focus.give(self._old)

    def leave(self) -> None:
        for field in (self._old, self._new, self._again):
            field.text = ""
        self._made = passphrases.generate(language.code)

    def _seen(self, view: KeysView) -> None:
        self._view = view
        if self.shown:
            self._draw()

    def _draw(self) -> None:
        self.titled(T("New passphrase"), back=True)
        for field in (self._old, self._new, self._again, self._which, self._refusal, self._do):
            if field.parent is not None:
                field.parent.remove_widget(field)
        first = Card(name="passphrase.words")
        first.add_widget(below(BidiLabel(text=T("Passphrase so far"), style="question"), self._old))
        first.add_widget(self._chosen())
        if self._own:
            question, why = T("The same once more"), T("So that no letter is other than you think.")
        else:
            question, why = T("Type the five words"), T("From what you wrote down, to see that it is right.")
        first.add_widget(below(BidiLabel(text=question, style="question"), note(why), self._again))
        self.fill(first, *self._recovery(), below(self._refusal, flow([self._do]), gap=M))

    def _chosen(self) -> Widget:
        """The words that were made, or a field for words of her own."""
        if self._own:
            rule = T(
                "At least {words} words or {letters} characters, and nothing that anybody tries first.",
                words=passphrases.LEAST_WORDS,
                letters=passphrases.LEAST_LETTERS,
            )
            box = below(BidiLabel(text=T("New passphrase"), style="question"), note(rule), self._new)
            other = Button(
                text=T("Rather five words that are made for me"),
                kind="plain",
                name="passphrase.made",
                on_release=lambda *_: self._turn(own=False),
            )
            box.add_widget(flow([other]))
            return box
        told = T("Write these words down now, and keep them away from this device. They are not shown again.")
        words = Column(spacing=dp(M))
        words.add_widget(BidiLabel(text=T("New passphrase"), style="question"))
        words.add_widget(note(told))
        words.add_widget(BidiLabel(text=self._made, style="title", name="passphrase.shown"))
        words.add_widget(
            flow(
                [
                    Button(
                        text=T("Other words"),
                        kind="outlined",
                        name="passphrase.other",
                        on_release=lambda *_: self._other(),
                    ),
                    Button(
                        text=T("A passphrase of my own"),
                        kind="plain",
                        name="passphrase.own",
                        on_release=lambda *_: self._turn(own=True),
                    ),
                ]
            )
        )
        return words

    def _recovery(self) -> list[Widget]:
        """The office has another recovery key than this device: the moment to say which is right."""
        if self._view is None or not self._view.offered:
            return []
        card = Card(name="passphrase.recovery")
        card.add_widget(
            BidiLabel(
                text=T("The server tells of a new recovery key of the office: {key}", key=self._view.offered)
            )
        )
        card.add_widget(note(T("Take it only when the coordinator has read the same to you.")))
        card.add_widget(self._which)
        return [heading(T("Recovery key")), card]

    def _other(self) -> None:
        self._made = passphrases.generate(language.code)
        self._again.text = ""
        self._draw()

    def _turn(self, *, own: bool) -> None:
        self._own = own
        self._new.text = self._again.text = ""
        self._refusal.text = ""
        self._draw()
        focus.give(self._new if own else self._again)

    def _change(self) -> None:
        if self._busy:
            return
        self._refusal.text = ""
        self._busy = self._do.disabled = True
        new = str(self._new.text) if self._own else self._made
        self.book.keys.change_passphrase(
            str(self._old.text), new, str(self._again.text), take_offered=self._which.value == "new"
        ).then(self._done, self._refused)

    def _done(self, _: None) -> None:
        self._busy = self._do.disabled = False
        self.desk.tell(T("The passphrase is changed. The one before opens nothing any more."))
        if self.shown:
            self.desk.leave_to("settings")

    def _refused(self, problem: Problem) -> None:
        self._busy = self._do.disabled = False
        if not self.shown:
            self.desk.tell_problem(problem)
            return
        self._refusal.text = wording.problem(problem)
        focus.give(self._again if problem.code == "store.passphrase.different" else self._old)
