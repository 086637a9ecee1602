"""A form filled in on its usual path: nothing out of the ordinary, every question answered.

Of the choices the first is taken, or 'none' where several can be chosen; a number is small, a day is today.
Where that is not what usually happens the form says so in its sheet `about`, a row for each such question:

    | | usual | with_others: no |
    | | usual | paper_photo: |

The second one passes a question over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from forms.definition import FormDefinition, Question
from forms.entry import FormEntry

_NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_NONE: Final = "none"
#: What fills a question from the case, by its meaning.
_FACTS: Final = {"case.code": "AL-7Q4KD2M-X", "case.country": "al", "case.office": "Tirana"}
_SHORT: Final = "Night service, Mira"
_LONG: Final = "Wants to sleep first, and to be called in the morning by Mira."
_PICTURE: Final = "a" * 64
#: More answers than any form of people has questions.
_ENDLESS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """One question of the path, and its answer: None where it had one already, or is passed over."""

    question: Question
    path: str
    raw: Any


@dataclass(frozen=True, slots=True)
class UsualPath:
    """The questions that a person met, in order, and the record as it was left."""

    entry: FormEntry
    given: tuple[Given, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Paths of what is missing or wrong at the end; empty where the record could be finished."""
        return tuple(violation.path for violation in self.entry.validate())


def usual_path(definition: FormDefinition, said: Mapping[str, str]) -> UsualPath:
    """Fills the form in; `said` has the answers, by the question's name, of the form's own sheet."""
    entry = FormEntry(
        definition,
        now=lambda: _NOW,
        random=random.Random(0),  # noqa: S311 - nothing secret is made here
        facts=_FACTS,
    )
    given: list[Given] = []
    met: set[str] = set()
    for _ in range(_ENDLESS):
        path = _next(entry, met)
        if path is None:
            break
        met.add(path)
        question = definition.question_at(path)
        given.append(Given(question, path, _answer(entry, question, path, said)))
    return UsualPath(entry, tuple(given))


def _next(entry: FormEntry, met: set[str]) -> str | None:
    """The next question that a person is asked."""
    for line in entry.outline():
        if line.kind == "question" and line.path not in met:
            question = entry.definition.question_at(line.path)
            if question.asks and not entry.state(line.path).readonly:
                return line.path
    return None


def _answer(entry: FormEntry, question: Question, path: str, said: Mapping[str, str]) -> Any:
    if question.name in said:
        words = said[question.name]
        raw: Any = words.split() if question.type == "select_multiple" else words or None
        if raw:
            entry.answer(path, raw)
        return raw or None
    if entry.state(path).value is not None:
        return None
    for raw in _likely(entry, question, path):
        if entry.answer(path, raw).violation is None:
            return raw
    return None


def _likely(entry: FormEntry, question: Question, path: str) -> Iterator[Any]:
    """Answers in the order in which they are tried: a form may want a day to come, or a day that is over."""
    if question.chooses:
        names = [choice.name for choice in entry.state(path).choices]
        several = question.type != "select_one"
        names = [_NONE] * (several and _NONE in names) + names
        yield from ([name] if several else name for name in names)
        if several:
            yield from (names[:count] for count in range(2, len(names) + 1))
    elif question.data_type in ("int", "decimal"):
        yield from (1, 2, 10, 0)
    elif question.data_type == "date":
        yield from ((_NOW + timedelta(days=by)).date().isoformat() for by in (0, 7, -1, 400))
    elif question.data_type == "dateTime":
        yield from ((_NOW + timedelta(days=by)).isoformat() for by in (0, 7, -1))
    elif question.data_type == "time":
        yield "10:00"
    elif question.data_type == "binary":
        yield _PICTURE
    elif question.type == "acknowledge":
        yield "OK"
    else:
        yield _LONG if "multiline" in question.appearances else _SHORT
