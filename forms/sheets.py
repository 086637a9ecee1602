"""A form cut into sheets: the few questions that are in sight together. No widgets in here.

The cut follows the form's definition, not what is relevant at the moment, so that a question that
appears or goes never pushes others to another sheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Protocol

from forms import paths
from forms.definition import Element, FormDefinition, Group, Question

#: Questions of one sheet at most, unless the form says `field-list` or they stand in a repeat.
SHEET_LIMIT = 4


class Node(Protocol):
    """What an entry's outline consists of."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level group or repeat; questions outside of any are a section by the first one's first line."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is in sight together. `key` stays the same while the entry lives."""

    key: str
    section: Section
    nodes: tuple[Node, ...]

    @property
    def questions(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == "question")

    def count(self, repeat: str) -> int:
        """How many instances of a repeat are in sight."""
        return sum(node.kind == "instance" and node.path.startswith(f"{repeat}[") for node in self.nodes)


class Cut:
    """Where the sheets of one form begin and end."""

    def __init__(self, definition: FormDefinition, limit: int = SHEET_LIMIT) -> None:
        self._limit = limit
        self._key: dict[str, str] = {}
        self._section: dict[str, str] = {}
        self._last: tuple[str, str] = ("", "")
        self._walk(definition.children, "")
        self._move_what_only_tells(definition.children)

    def sheets(self, outline: Iterable[Node]) -> tuple[Sheet, ...]:
        """The outline's nodes by sheet. A sheet on which nothing is relevant is left out."""
        groups: dict[str, list[Node]] = {}
        labels: dict[str, str] = {}
        for node in outline:
            template = paths.template(node.path)
            if template not in self._key:
                continue
            if node.kind != "instance" and self._section[template] == template:
                labels.setdefault(template, node.label)
            groups.setdefault(self._key[template], []).append(node)
        found = []
        for key, nodes in groups.items():
            if any(node.kind in ("question", "repeat") for node in nodes):
                section = self._section[paths.template(nodes[0].path)]
                label = labels.get(section) or next(node.label for node in nodes if node.kind != "group")
                title = label.strip().partition("\n")[0]
                found.append(Sheet(key, Section(section, title), tuple(nodes)))
        return tuple(found)

    def key_of(self, path: str) -> str | None:
        """The sheet on which this question stands."""
        return self._key.get(paths.template(path))

    def _walk(self, elements: tuple[Element, ...], section: str) -> None:
        for is_question, run in groupby(elements, lambda element: isinstance(element, Question)):
            if is_question:
                self._questions([element for element in run if isinstance(element, Question)], section)
                continue
            for element in run:
                inner = section or element.path
                if isinstance(element, Group) and "field-list" not in element.appearances:
                    # A group without a place of its own in the data has its parent's path.
                    self._section.setdefault(element.path, inner)
                    self._key.setdefault(element.path, self._first_key(element))
                    self._walk(element.children, inner)
                else:
                    self._whole(element, inner)

    def _questions(self, questions: list[Question], section: str) -> None:
        """Questions in a row, in equal parts. Notes and calculations after a repeat stay on its sheet."""
        section = section or questions[0].path
        asked = sum(question.asks for question in questions)
        parts = max(1, ceil(asked / self._limit))
        size = ceil(asked / parts) or len(questions)
        key, count = "", 0
        if not questions[0].asks and self._last[1] == section:
            key, count = self._last[0], size if asked else 0
        for question in questions:
            if not key or (count >= size and question.asks):
                key, count = question.path, 0
            count += question.asks
            self._key[question.path] = key
            self._section[question.path] = section
        self._last = (key, section)

    def _whole(self, element: Element, section: str) -> None:
        for inner in _all(element):
            self._key[inner.path] = element.path
            self._section[inner.path] = section
        self._last = (element.path, section)

    def _move_what_only_tells(self, top: tuple[Element, ...]) -> None:
        """What stands before the first section and asks nothing, such as the code of the case, is told on the
        first sheet of that section, and what stands after the last one on its last: nobody turns a page for
        it."""
        before = _only_told(top)
        after = _only_told(tuple(reversed(top)))
        inner = [each for element in top[len(before) : len(top) - len(after)] for each in _all(element)]
        asked = [each for each in inner if isinstance(each, Question)]
        if not asked:
            return
        for told, there in ((before, asked[0]), (after, asked[-1])):
            self._key.update({question.path: self._key[there.path] for question in told})
            self._section.update({question.path: self._section[there.path] for question in told})

    def _first_key(self, group: Group) -> str:
        """A group's title stands on the sheet of its first question."""
        first: Element = group
        while isinstance(first, Group) and "field-list" not in first.appearances and first.children:
            first = first.children[0]
        return first.path


def _only_told(elements: tuple[Element, ...]) -> list[Question]:
    """The questions up to the first section, where none of them asks for anything."""
    found: list[Question] = []
    for element in elements:
        if not isinstance(element, Question):
            return found
        if element.asks and element.readonly != "true()":
            break
        found.append(element)
    return []


def _all(element: Element) -> Iterable[Element]:
    yield element
    if not isinstance(element, Question):
        for child in element.children:
            yield from _all(child)
