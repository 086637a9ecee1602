"""Values as a person reads them, outside an entry: in conflicts, reviews, lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from forms import answer_types, paths
from forms.answer_types import Json
from forms.definition import FormDefinition, Question
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.translations import fallback_order, plain_text

#: Between several choices, where a language has not the comma of the Latin script.
_COMMAS = {"ar": "، "}


def values_shown(definition: FormDefinition, values: Mapping[str, Any], now: datetime) -> dict[str, Json]:
    """The values of a record as they are when somebody opens it at this moment.

    What is stored can be stale: a merge put answers of two people together, or a day has gone by. So
    calculations are made anew, and what is not relevant any more is left out.
    """
    return FormEntry(definition, values, now=lambda: now, random=Random()).values()  # noqa: S311


def question_titles(definition: FormDefinition, path: str) -> Mapping[str, str]:
    """The label of a question, a group or a repeat in each language; its name where it has none."""
    template = paths.template(path)
    element = definition.questions.get(template) or definition.groups.get(template)
    if element is None:
        return dict.fromkeys(definition.languages, template)
    label, name = element.label, element.name
    return _in_every_language(definition, lambda order: plain_text(label.parts(order)) or name)


def text_of(definition: FormDefinition, path: str, value: Any) -> dict[str, str]:
    """The value as a text in each language of the form: labels of choices, otherwise as it was answered.

    Nothing is the empty text. Dates and numbers stay in their neutral form: the screen knows the locale.
    A path that the form does not have, such as one of another version, shows the value itself.
    """
    if value is None:
        return dict.fromkeys(definition.languages, "")
    lexical = answer_types.from_json(value)
    try:
        question = definition.question_at(path)
    except FormProblem:
        return dict.fromkeys(definition.languages, lexical)
    if not question.chooses:
        return dict.fromkeys(definition.languages, lexical)
    names = answer_types.chosen(question, lexical)
    return _in_every_language(
        definition,
        lambda order: comma(order[0]).join(_choice_text(question, name, order) for name in names),
    )


def comma(language: str) -> str:
    """What stands between the parts of a list in this language."""
    return _COMMAS.get(language.partition("-")[0].partition("_")[0], ", ")


def _choice_text(question: Question, name: str, order: tuple[str, ...]) -> str:
    """Where several choices have the name, and only the entry knows which was offered, all are shown."""
    found = [plain_text(choice.label.parts(order)) for choice in question.choices if choice.name == name]
    return " / ".join(text for text in dict.fromkeys(found) if text) or name


def _in_every_language(definition: FormDefinition, text: Any) -> dict[str, str]:
    return {
        language: text(fallback_order(language, definition.default_language, definition.languages))
        for language in definition.languages
    }
