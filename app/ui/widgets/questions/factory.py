"""Which widget asks which question."""

from __future__ import annotations

from app.ui.widgets.questions.base import Context, QuestionWidget, State
from app.ui.widgets.questions.moments import DateQuestion, MomentQuestion, TimeQuestion
from app.ui.widgets.questions.photo import PhotoQuestion
from app.ui.widgets.questions.selects import AcknowledgeQuestion, SelectMultipleQuestion, SelectOneQuestion
from app.ui.widgets.questions.told import CalculatedQuestion, NoteQuestion, UnsupportedQuestion
from app.ui.widgets.questions.typed import (
    DecimalQuestion,
    IntegerQuestion,
    LongTextQuestion,
    PlaceQuestion,
    TextQuestion,
)

_KINDS: dict[str, type[QuestionWidget]] = {
    "text": TextQuestion,
    "barcode": TextQuestion,
    "integer": IntegerQuestion,
    "decimal": DecimalQuestion,
    "date": DateQuestion,
    "time": TimeQuestion,
    "dateTime": MomentQuestion,
    "select_one": SelectOneQuestion,
    "select_multiple": SelectMultipleQuestion,
    "acknowledge": AcknowledgeQuestion,
    "geopoint": PlaceQuestion,
    "image": PhotoQuestion,
    "note": NoteQuestion,
    "calculate": CalculatedQuestion,
}


def kind_of(state: State) -> type[QuestionWidget]:
    """The widget class for a state; it changes only when the form says another type or calculation."""
    if state.calculated and state.type != "note":
        return CalculatedQuestion
    if state.type == "text" and "multiline" in state.appearances:
        return LongTextQuestion
    if state.type == "text" and "numbers" in state.appearances:
        return IntegerQuestion
    return _KINDS.get(state.type, UnsupportedQuestion)


def question_widget(state: State, context: Context | None = None) -> QuestionWidget:
    """The widget that asks a question and shows its state."""
    return kind_of(state)(state, context or Context())
