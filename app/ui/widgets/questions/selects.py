"""Questions that are answered by choosing: one, or several."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp

from app.ui.i18n import T, language
from app.ui.theme import theme
from app.ui.widgets import text_runs
from app.ui.widgets.choices import ChoiceList
from app.ui.widgets.questions.base import QuestionWidget, State
from app.ui.widgets.questions.long_list import LongList

_MARK_AND_SIDES = 24 + 14 + 2 * 16 + 4


class SelectOneQuestion(QuestionWidget):
    """Radio rows; two or three short choices stand side by side where there is room, many have a search."""

    multiple = False

    def build(self) -> None:
        self.list = ChoiceList(
            prefix=f"entry.choice.{self.path}", multiple=self.multiple, name=f"entry.question.{self.path}"
        )
        self.list.fbind("on_choice", lambda _list, value: self.answer(value))
        self._around = LongList(self.list, self.path)
        self.body.add_widget(self._around)
        self.fbind("width", self._side_by_side)

    def show(self, state: State) -> None:
        choices = [(choice.name, choice.label) for choice in state.choices]
        if [tuple(choice) for choice in self.list.choices] != choices:
            self.list.choices = choices
        self.list.value = self._value(state)
        self.list.disabled = state.readonly
        self._around.draw()
        self._side_by_side()

    def _value(self, state: State) -> Any:
        return state.value

    def _side_by_side(self, *_: Any) -> None:
        choices = self.list.choices
        if not 2 <= len(choices) <= 3:
            self.list.beside = False
            return
        pixels = theme.font_pixels("body")
        widest = max(text_runs.measure(str(label), pixels, False, language.rtl) for _, label in choices)
        self.list.beside = self.width >= (widest + dp(_MARK_AND_SIDES)) * len(choices) + dp(24)


class SelectMultipleQuestion(SelectOneQuestion):
    """Rows with boxes."""

    multiple = True

    def _value(self, state: State) -> Any:
        return list(state.value) if state.value else None


class AcknowledgeQuestion(SelectOneQuestion):
    """One box, for a text that must have been read. The answer is the `OK` of the standard."""

    multiple = True

    def build(self) -> None:
        super().build()
        self.list.choices = [("OK", T("I have read this"))]

    def answer(self, raw: Any) -> None:
        super().answer("OK" if raw else None)

    def show(self, state: State) -> None:
        self.list.value = ["OK"] if state.value else None
        self.list.disabled = state.readonly
