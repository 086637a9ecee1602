"""The short form: what of a form is displayed while somebody reads along who must not learn what it is about.

It is a matter of the eye alone. Relevance, answers and what is wrong with them stay as they are, so that no
answer is lost by it, and none is thought complete by it.

Not displayed are
- questions with a safety mark, and all whose words, choices or relevance follow from an answer to one;
- free text, photos, places and notes: nobody knows beforehand what is in them;
- what only shows a fact, and questions of which a word would tell (see telltale.py);
- what the form hides itself by `bind::homeward:discreet` = `hide`, and what is in it.
`show` brings back what is hidden by its kind or its words, and nothing that follows from a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

from forms import paths
from forms.definition import Element, FormDefinition, Group, Question, Repeat, SetValue
from forms.dependencies import Cell, DependencyGraph
from forms.entry import FormEntry
from forms.entry_views import EntryChange, Node, QuestionState
from forms.expression.parser import Path, parse, subtrees
from forms.telltale import tells
from forms.translations import Text

#: What a form is called that has no neutral title of its own.
NEUTRAL_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {"en": "Notes", "fr": "Notes", "sq": "Shënime", "ar": "ملاحظات", "uk": "Нотатки"}
)
SHOW: Final = "show"
HIDE: Final = "hide"
_PLAIN_TYPES: Final = frozenset(
    {
        "integer", "decimal", "date", "time", "dateTime", "select_one", "select_multiple", "rank",
        "acknowledge",
    }
)  # fmt: skip
#: The answer to one of these says whether it is safe to talk, and these answers say that it is not.
_SAFE_TO_TALK: Final = frozenset({"contact.safe_to_talk", "screening.safe_to_talk"})
_NOT_SAFE: Final = frozenset({"no", "unsure"})
_OUTCOME: Final = "contact.outcome"
_NOT_ALONE: Final = "not_alone"
#: Outcomes that a contact may have had so far, when it ends because somebody is listening.
_ENDS_FROM: Final = (None, "met", "phone_only", _NOT_ALONE)


class ShortForm:
    """What is displayed of one form; found once for a form, by `ShortForm.of`."""

    _known: WeakKeyDictionary[FormDefinition, ShortForm] = WeakKeyDictionary()

    def __init__(self, definition: FormDefinition) -> None:
        self.titles: Mapping[str, str] = definition.discreet_titles or NEUTRAL_TITLES
        self.private = _private(definition)
        """Template paths of what is marked, and of what follows from that."""
        self.unnamed: set[str] = set()
        """Template paths of groups and repeats whose name is not displayed."""
        self.displayed: frozenset[str] = frozenset(self._walk(definition.children))
        """Template paths of the questions and repeats that are displayed where they are relevant."""

    @classmethod
    def of(cls, definition: FormDefinition) -> ShortForm:
        found = cls._known.get(definition)
        if found is None:
            found = cls._known[definition] = cls(definition)
        return found

    def outline(self, lines: Iterable[Node]) -> tuple[Node, ...]:
        """The lines of an entry's outline that are displayed; a group with nothing in it is none of them."""
        found: list[Node] = []
        around: list[Node] = []
        for line in lines:
            around = [group for group in around if group.depth < line.depth]
            if line.kind == "group":
                around.append(line)
            elif paths.template(line.path) in self.displayed:
                found += [self._named(group) for group in around]
                found.append(self._named(line))
                around.clear()
        return tuple(found)

    def state(self, state: QuestionState) -> QuestionState:
        """A question without what its author says beside it: hints, messages, pictures."""
        violation = state.violation and replace(state.violation, message="")
        return replace(state, hint="", guidance="", media={}, violation=violation)

    def progress(self, entry: FormEntry) -> tuple[int, int]:
        """(answered, asked) of what is displayed and can be answered."""
        states = [entry.state(line.path) for line in self.outline(entry.outline()) if line.kind == "question"]
        asked = [state for state in states if not state.readonly]
        return sum(state.value is not None for state in asked), len(asked)

    def _named(self, line: Node) -> Node:
        """Of an instance without a name its number stays."""
        if paths.template(line.path) not in self.unnamed or line.kind == "question":
            return line
        number = line.label.rpartition(" ")[2] if line.kind == "instance" else ""
        return replace(line, label=number)

    def _walk(self, elements: Iterable[Element]) -> Iterator[str]:
        for element in elements:
            if element.discreet == HIDE or (element.path in self.private and _has_place(element)):
                continue
            if isinstance(element, Question):
                if element.discreet == SHOW or _harmless(element):
                    yield element.path
                continue
            if tells(_all_words(element.label)) or (not _has_place(element) and any(element.label.outputs())):
                self.unnamed.add(element.path)
            inner = list(self._walk(element.children))
            yield from inner
            if inner and isinstance(element, Repeat):
                yield element.path


def goes_on(definition: FormDefinition, change: EntryChange) -> bool:
    """Whether an answer says that it is not safe to talk: the short form then comes by itself."""
    question = definition.questions.get(paths.template(change.path))
    if question is None or question.meaning not in _SAFE_TO_TALK:
        return False
    return change.values.get(change.path) in _NOT_SAFE


def outcome_of(entry: FormEntry, now: Callable[[], datetime]) -> str | None:
    """The question by which a contact is ended as 'not alone' now; None where the form has none, where it
    ended otherwise already, and where an answer would be lost by it."""
    definition = entry.definition
    path = next((path for path, each in definition.questions.items() if each.meaning == _OUTCOME), None)
    shown = path is not None and any(line.path == path for line in entry.outline())
    if path is None or not shown or entry.state(path).value not in _ENDS_FROM:
        return None
    if _NOT_ALONE not in {choice.name for choice in entry.state(path).choices}:
        return None
    chance = Random(0)  # noqa: S311 - nothing secret is made here
    trial = FormEntry(definition, entry.values(), language=entry.language, now=now, random=chance)
    lost = [at for at, value in trial.answer(path, _NOT_ALONE).values.items() if value is None]
    return None if any(_typed(definition, at) for at in lost) else path


def end_partial(entry: FormEntry, path: str) -> EntryChange:
    """The contact ended as 'not alone': it counts as partial, and is planned anew."""
    return entry.answer(path, _NOT_ALONE)


def marked(definition: FormDefinition) -> tuple[str, ...]:
    """The questions with a safety mark that somebody can see, in the order of the form."""
    return tuple(path for path, each in definition.questions.items() if each.safety and each.visible)


def _typed(definition: FormDefinition, path: str) -> bool:
    question = definition.questions.get(paths.template(path))
    return question is None or not question.computed


def _harmless(question: Question) -> bool:
    """Whether a question is one of everyday things, as far as its type and its words say."""
    if question.type not in _PLAIN_TYPES or question.computed or question.readonly:
        return False
    choices = (_all_words(choice.label) for choice in question.choices)
    return not tells(_all_words(question.label)) and not any(tells(words) for words in choices)


def _all_words(text: Text) -> str:
    return " ".join(part for parts in text.by_language.values() for part in parts if isinstance(part, str))


def _has_place(element: Element) -> bool:
    """A group for the eye only has its parent's path."""
    return not isinstance(element, Group) or bool(element.name)


# What follows from a private answer


def _private(definition: FormDefinition) -> frozenset[str]:
    graph = DependencyGraph.of(definition)
    found: set[str] = set()
    waiting = [path for path, question in definition.questions.items() if question.safety]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        # What is in a group or repeat is there or not by an answer that nobody is to guess.
        if path in definition.groups:
            waiting += [inner for inner in _inside(definition, path) if inner not in found]
        for kind in ("relevant", "value", "structure"):
            read_by = graph.dependents.get(Cell(kind, path), ())
            waiting += [each.cell.template for each in read_by]
        waiting += [each.target for each in _set_by(definition, path)]
    return frozenset(found)


def _inside(definition: FormDefinition, path: str) -> Iterator[str]:
    yield from (each for each in definition.questions if paths.is_within(each, path) and each != path)
    yield from (each for each in definition.groups if paths.is_within(each, path) and each != path)


def _set_by(definition: FormDefinition, path: str) -> Iterator[SetValue]:
    """What an answer sets, as its trigger or by its value. By the name alone: rather too much than too
    little."""
    question = definition.questions.get(path)
    if question is None:
        return
    yield from question.triggers
    for set_value in definition.set_values:
        if set_value.expression and question.name in _read(set_value.expression):
            yield set_value


def _read(expression: str) -> frozenset[str]:
    """The names at which the paths of an expression end."""
    found = (part for part in subtrees(parse(expression)) if isinstance(part, Path) and part.steps)
    return frozenset(part.steps[-1].test.rpartition(":")[2] for part in found)
