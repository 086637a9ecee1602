"""The short form on the screens of a record: one touch to it, a touch and a word to leave it.

Its words are everyday ones. Whoever looks over a shoulder learns from the button no more than that there is a
short form and a whole one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.core.window import Keyboard
from kivy.uix.widget import Widget

from app.fieldbook import OpenEntry
from app.ui.i18n import T
from app.ui.screens.screen import note
from app.ui.widgets import Button, Dialog, focus
from forms.discreet import ShortForm, end_partial, goes_on, outcome_of
from forms.entry import EntryChange, QuestionState
from forms.entry_views import Node
from forms.validation import Violation

Apply = Callable[[EntryChange], Any]

#: The key that turns to the short form at once, and asks before the whole one comes back.
KEY = "f3"


class ShortFormView:
    """What a screen shows of a record, in its short form or whole. `changed` draws the screen again."""

    def __init__(self, desk: Any, opened: OpenEntry, changed: Callable[[], Any]) -> None:
        self._desk = desk
        self._opened = opened
        self._changed = changed
        self._form = ShortForm.of(opened.entry.definition)
        self._came_by_itself = False

    @property
    def on(self) -> bool:
        return bool(self._desk.fieldbook.discretion.is_on(self._opened.record))

    # -- what is shown ------------------------------------------------------------------------------

    @property
    def title(self) -> T:
        return T.titles(self._form.titles if self.on else self._opened.entry.definition.titles)

    def outline(self) -> tuple[Node, ...]:
        lines = self._opened.entry.outline()
        return self._form.outline(lines) if self.on else lines

    def state(self, path: str) -> QuestionState:
        state = self._opened.entry.state(path)
        return self._form.state(state) if self.on else state

    def progress(self) -> tuple[int, int]:
        entry = self._opened.entry
        return self._form.progress(entry) if self.on else entry.progress()

    # -- to and fro ---------------------------------------------------------------------------------

    def button(self) -> Button:
        return Button(
            text=T("Whole form") if self.on else T("Short form"),
            icon="chevron-down" if self.on else "chevron-up",
            kind="plain",
            name="short_form.leave" if self.on else "short_form.enter",
            on_release=lambda *_: self.toggle(),
        )

    def word(self) -> list[Widget]:
        """How the whole form comes back, for who did not ask for the short one. Who did knows it, and nobody
        else is to be told that there is more."""
        if not (self.on and self._came_by_itself):
            return []
        text = T("This is the short form. The other questions come back with “Whole form”, then “Show it”.")
        return [note(text, name="short_form.word")]

    def key(self, key: int) -> bool:
        if key != Keyboard.keycodes[KEY] or focus.modals:
            return False
        self.toggle()
        return True

    def toggle(self) -> None:
        if not self.on:
            self.enter()
            return
        Dialog(
            title=T("Show the whole form?"),
            actions=[(T("Show it"), "outlined", self._leave), (T("Not now"), "filled", None)],
        ).open()

    def enter(self) -> None:
        self._desk.fieldbook.discretion.put_on(self._opened.record)
        self._changed()

    def heard(self, change: EntryChange) -> bool:
        """An answer was given. True when it says that it is not safe to talk, so that the short form came."""
        if self.on or not goes_on(self._opened.entry.definition, change):
            return False
        self._came_by_itself = True
        self.enter()
        return True

    def _leave(self) -> None:
        self._came_by_itself = False
        self._desk.fieldbook.discretion.take_off(self._opened.record)
        self._changed()

    # -- the end of a visit -------------------------------------------------------------------------

    def can_end(self, now: Callable[[], Any]) -> bool:
        return self.on and outcome_of(self._opened.entry, now) is not None

    def end_button(self, apply: Apply, now: Callable[[], Any], *, stretch: bool = False) -> Button:
        return Button(
            text=T("End for today"),
            name="entry.end",
            stretch=stretch,
            on_release=lambda *_: self.ask_to_end(apply, now),
        )

    def ask_to_end(self, apply: Apply, now: Callable[[], Any]) -> None:
        """Ask for the second of two touches that end a visit: `apply` saves the outcome, then the record
        is finished as it is."""

        def ended() -> None:
            path = outcome_of(self._opened.entry, now)
            if path is not None:
                apply(end_partial(self._opened.entry, path))
                self._desk.fieldbook.finish(self._opened.record).then(self._ended)

        # What is still being typed is an answer too: it is taken as soon as it loses the keyboard.
        focus.give(None)
        Dialog(
            title=T("End for today?"),
            message=T("All of it is kept, and another day is planned."),
            actions=[(T("End for today"), "filled", ended), (T("Go on"), "outlined", None)],
        ).open()

    def _ended(self, missing: tuple[Violation, ...]) -> None:
        if missing:
            self._desk.tell(T("Kept as a draft: an answer is still to be corrected."), "attention")
        else:
            self._desk.finished(self._opened)
