"""One widget for each kind of question, made by `question_widget(state, context)`."""

from app.ui.widgets.questions.base import Context, QuestionWidget
from app.ui.widgets.questions.factory import kind_of, question_widget
from app.ui.widgets.questions.headers import GroupHeader, InstanceHeader, RepeatFooter, RepeatHeader

__all__ = [
    "Context",
    "GroupHeader",
    "InstanceHeader",
    "QuestionWidget",
    "RepeatFooter",
    "RepeatHeader",
    "kind_of",
    "question_widget",
]
