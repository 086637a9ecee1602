"""What is told, not asked: notes, and values that the form works out by itself."""

from __future__ import annotations

from kivy.metrics import dp

from app.ui.i18n import T, language
from app.ui.theme import L, M
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.messages import Banner
from app.ui.widgets.questions.base import QuestionWidget, State, shown_value
from app.ui.widgets.surfaces import Card
from forms.appearances import STOP
from forms.display import comma


class NoteQuestion(QuestionWidget):
    """A text of the form, in a quiet box; in one that nobody overlooks where it tells to break off."""

    def build(self) -> None:
        meaning = "danger" if STOP in self.state.appearances else "primary"
        self.note = Banner(name=f"entry.question.{self.path}", meaning=meaning)
        self.body.add_widget(self.note)

    def show(self, state: State) -> None:
        self.note.text = state.label
        self._label.text = ""


class CalculatedQuestion(QuestionWidget):
    """A value that nobody types."""

    def build(self) -> None:
        box = Card(fill="neutral_container", border="none", padding=[dp(L), dp(M), dp(L), dp(M)])
        self.value_label = BidiLabel(name=f"entry.question.{self.path}")
        box.add_widget(self.value_label)
        self.body.add_widget(box)

    def show(self, state: State) -> None:
        names = state.value if isinstance(state.value, list | tuple) else [state.value]
        labels = {choice.name: choice.label for choice in state.choices}
        known = [str(labels[name]) for name in names if name in labels]
        self.value_label.text = comma(language.code).join(known) if known else shown_value(state) or "—"


class UnsupportedQuestion(QuestionWidget):
    """A kind of question that this version cannot ask: said, never passed over; an answer is shown."""

    def build(self) -> None:
        self.body.add_widget(
            Banner(
                name=f"entry.question.{self.path}",
                meaning="attention",
                text=T("This version cannot ask this kind of question."),
            )
        )
        self.value_label = BidiLabel()
        self.body.add_widget(self.value_label)

    def show(self, state: State) -> None:
        self.value_label.text = shown_value(state)
