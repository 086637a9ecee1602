"""Questions that are answered by typing: text, whole numbers, decimals."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock

from app.ui.i18n import T
from app.ui.widgets.fields import TextField
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.questions.base import QuestionWidget, State, shown_value, violation_text

PAUSE = 0.8


class TypedQuestion(QuestionWidget):
    """A field. The answer is given when the keyboard leaves it, on Enter, and after a pause in typing.

    After a mere pause nothing is called wrong yet: half a number is no mistake.
    """

    kind = "text"
    multiline = False

    def build(self) -> None:
        self._given = self.text_of(self.state)
        self._pausing = False
        self.field = TextField(
            name=f"entry.question.{self.path}",
            text=self._given,
            kind=self.kind,
            multiline=self.multiline,
        )
        self.field.fbind("on_commit", lambda _field, _text: self._give(pausing=False))
        self.field.fbind("focused", self._focus_moved)
        self._later = Clock.create_trigger(lambda _: self._give(pausing=True), PAUSE)
        self.field.fbind("text", self._typing)
        self.body.add_widget(self.field)

    def text_of(self, state: State) -> str:
        """What stands in the field for a state."""
        return shown_value(state)

    def raw_of(self, text: str) -> str | None:
        """What is handed to the form for a text."""
        return text if text.strip() else None

    def flush(self) -> None:
        self._give(pausing=False)

    def show(self, state: State) -> None:
        text = self.text_of(state)
        if not self.field.focused and self.field.text != text:
            self._given = text
            self.field.text = text
        self.field.readonly = state.readonly
        self._say_what_is_wrong()

    def _say_what_is_wrong(self) -> None:
        words = "" if self._pausing else violation_text(self.state)
        self.field.invalid = bool(words)
        self._wrong.text = words
        self._arrange()

    def _typing(self, *_: Any) -> None:
        if self.field.text != self._given:
            self._later()

    def _give(self, *, pausing: bool) -> None:
        self._later.cancel()
        text = self.field.text
        self._pausing = pausing
        if text != self._given:
            self._given = text
            self.answer(self.raw_of(text))
        elif not pausing:
            self._say_what_is_wrong()

    def _focus_moved(self, _field: Any, focused: bool) -> None:
        if not focused:
            self._give(pausing=False)


class TextQuestion(TypedQuestion):
    """One line of text."""


class LongTextQuestion(TypedQuestion):
    """Text of several lines."""

    multiline = True


class NumberQuestion(TypedQuestion):
    """A number; below it stand the ends of its scale, where it has one."""

    def build(self) -> None:
        super().build()
        scale = self.state.scale
        if scale is not None:
            ends = f"{scale.start:f} – {scale.end:f}"
            self.body.add_widget(BidiLabel(text=ends, style="secondary", tone="ink2"))


class IntegerQuestion(NumberQuestion):
    kind = "number"


class DecimalQuestion(NumberQuestion):
    kind = "decimal"


class PlaceQuestion(TypedQuestion):
    """A place, typed as a map or a satellite receiver shows it."""

    def build(self) -> None:
        super().build()
        example = BidiLabel(
            text=T("Latitude and longitude, like 41.3275 19.8187"), style="secondary", tone="ink2"
        )
        self.body.add_widget(example)
