"""What the expressions of an entry can ask: the time, the language, lists, texts, chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from random import Random
from weakref import WeakKeyDictionary

from forms.definition import Choice, FormDefinition, Question
from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.expression.nodes import Node
from forms.expression.tables import Tables
from forms.expression.values import to_text
from forms.instance import Document, InstanceNode
from forms.markdown import escaped, plain
from forms.translations import Parts, Text, fallback_order

_TABLES: WeakKeyDictionary[FormDefinition, Tables] = WeakKeyDictionary()


def _tables_of(definition: FormDefinition) -> Tables:
    """The lists of a form as tables, which all entries of it share."""
    known = _TABLES.get(definition)
    if known is None:
        known = _TABLES[definition] = Tables(definition.lists)
    return known


class World:
    """The environment of one entry. Time and chance are given to it, never reached for."""

    def __init__(
        self, document: Document, language: str, now: Callable[[], datetime], random: Random
    ) -> None:
        self.document = document
        self.definition: FormDefinition = document.definition
        self.shape = document.shape
        self.tables = _tables_of(document.definition)
        self.now = now
        self._random = random
        self.offered: Callable[[InstanceNode], tuple[Choice, ...]] = lambda node: node.question.choices
        """The choices that a question offers now; the calculation of the entry knows them."""
        self.troubles: dict[str, FormProblem] = {}
        """What could not be worked out within the limits, by template path."""
        self.furthest: tzinfo | None = None
        """Where the next day comes first, of all places in which the entry is written."""
        self._zone = now().tzinfo
        assert self._zone is not None, "the clock must know its zone"
        self.speak(language)

    def speak(self, language: str) -> None:
        """Texts are in this language from now on, or in the nearest that the form has."""
        self._language = language
        self.languages = fallback_order(language, self.definition.default_language, self.definition.languages)

    @property
    def zone(self) -> tzinfo:
        assert self._zone is not None
        return self._zone

    @contextmanager
    def furthest_on(self) -> Iterator[None]:
        """Within it, the clock on the wall is that of the place that is furthest in the day."""
        here, there, zone = self.now, self.furthest, self.zone
        if there is not None:
            self.now = lambda: here().astimezone(there).replace(tzinfo=zone)
        try:
            yield
        finally:
            self.now = here

    @property
    def language(self) -> str:
        return self._language

    @property
    def random(self) -> Random:
        return self._random

    @property
    def root(self) -> Node:
        return self.document.top

    @property
    def version(self) -> str:
        return self.definition.version

    def property(self, name: str) -> str:
        """Nothing of the device or its owner is told to a form."""
        return ""

    def instance(self, name: str) -> Node | None:
        """A choice list, or the entry itself under its root's name."""
        return self.definition.lists.get(name)

    def text(self, key: str) -> str:
        found = self.definition.texts.get(key)
        return self.shown(found, None) if found is not None else ""

    def choice_label(self, node: Node, name: str) -> str:
        """The label of a choice of the question that the node holds; the name when there is none."""
        if not isinstance(node, InstanceNode) or not isinstance(node.definition, Question):
            return name
        question = node.definition
        wanted = name.strip()
        found = [choice for choice in question.choices if choice.name == wanted]
        if len(found) != 1:
            # Of several of that name, and of those that only the answers make, the one that is offered now.
            found = [choice for choice in self.offered(node) if choice.name == wanted] or found
        return (self.shown(found[0].label, node) or wanted) if found else name

    def told(self, text: Text, node: Node | None) -> str:
        """The text as a person reads it: like `shown`, without the marks of Markdown."""
        parts = text.parts(self.languages)
        if len(parts) == 1 and isinstance(parts[0], str):
            return plain(parts[0])
        return plain(self._joined(parts, node, escaped)).strip()

    def shown(self, text: Text, node: Node | None) -> str:
        """The text in the current language; what is to be filled in is read from where the node is."""
        return self.filled(text.parts(self.languages), node)

    def filled(self, parts: Parts, node: Node | None) -> str:
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        return self._joined(parts, node, str).strip()

    def _joined(self, parts: Parts, node: Node | None, as_text: Callable[[str], str]) -> str:
        at = node if node is not None else self.document.root
        return "".join(
            part if isinstance(part, str) else as_text(self._output(part.expression, at)) for part in parts
        )

    def _output(self, source: str, node: Node) -> str:
        """The result of an output, compiled once for its node; nothing where it goes beyond the limits."""
        try:
            if not isinstance(node, InstanceNode):
                return to_text(Expression(source, self, node, "text").evaluate())
            bound = node.bound.get(f"output:{source}")
            if bound is None:
                bound = node.bound[f"output:{source}"] = Expression(source, self, node, "text")
            return to_text(bound.evaluate())
        except FormProblem as problem:
            self.note(node.template if isinstance(node, InstanceNode) else "", problem)
            return ""

    def note(self, template: str, problem: FormProblem) -> None:
        """Remembers what could not be worked out, and where."""
        self.troubles.setdefault(template, problem.at(template))
