"""A form cut into sheets: the few questions that are in sight together. No widgets in here.

The cut follows the form's definition, not what is relevant at the moment, so that a question that
appears or goes never pushes others to another sheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from forms import paths
from forms.definition import Element, FormDefinition, Group, Question, Repeat

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
    """A top-level group or repeat; `path` is empty for the questions outside of any."""

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


class Cut:
    """Where the sheets of one form begin and end."""

    def __init__(self, definition: FormDefinition, limit: int = SHEET_LIMIT) -> None:
        self._limit = limit
        self._key: dict[str, str] = {}
        self._section: dict[str, str] = {}
        self._count, self._open = 0, ""
        self._walk(definition.children, "")

    def sheets(self, outline: Iterable[Node]) -> tuple[Sheet, ...]:
        """The outline's nodes by sheet. A sheet on which nothing is relevant is left out."""
        groups: dict[str, list[Node]] = {}
        labels: dict[str, str] = {}
        for node in outline:
            template = paths.template(node.path)
            if template not in self._key:
                continue
            if node.kind in ("group", "repeat") and self._section[template] == template:
                labels.setdefault(template, node.label)
            groups.setdefault(self._key[template], []).append(node)
        found = []
        for key, nodes in groups.items():
            if any(node.kind in ("question", "repeat") for node in nodes):
                section = self._section[paths.template(nodes[0].path)]
                found.append(Sheet(key, Section(section, labels.get(section, "")), tuple(nodes)))
        return tuple(found)

    def key_of(self, path: str) -> str | None:
        """The sheet on which this question stands."""
        return self._key.get(paths.template(path))

    def _walk(self, elements: tuple[Element, ...], section: str) -> None:
        self._open = ""
        for element in elements:
            if isinstance(element, Repeat):
                self._whole(element, section or element.path)
                self._open = ""
            elif isinstance(element, Group):
                inner = section or element.path
                if "field-list" in element.appearance:
                    self._whole(element, inner)
                else:
                    # A group without a place of its own in the data has its parent's path.
                    self._section.setdefault(element.path, inner)
                    self._key.setdefault(element.path, self._first_key(element))
                    self._walk(element.children, inner)
                self._open = ""
            else:
                self._question(element, section)

    def _question(self, question: Question, section: str) -> None:
        if not self._open or self._count >= self._limit:
            self._open, self._count = question.path, 0
        self._count += 1 if question.asks else 0
        self._key[question.path] = self._open
        self._section[question.path] = section

    def _whole(self, element: Element, section: str) -> None:
        for inner in _all(element):
            self._key[inner.path] = element.path
            self._section[inner.path] = section

    def _first_key(self, group: Group) -> str:
        """A group's title stands on the sheet of its first question."""
        first = group.children[0] if group.children else group
        while isinstance(first, Group) and "field-list" not in first.appearance and first.children:
            first = first.children[0]
        return first.path


def _all(element: Element) -> Iterable[Element]:
    yield element
    if not isinstance(element, Question):
        for child in element.children:
            yield from _all(child)
