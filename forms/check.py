"""What `forms check` finds in a form: what it is, what is missing in it, what is wrong with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forms.definition import FormDefinition, Group, Repeat
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.problem_texts import explain
from forms.translations import Text
from forms.xform import load_form
from forms.xlsform import XFormSource, xform_from_xlsform

_XML = frozenset({".xml", ".xform"})


@dataclass(frozen=True, slots=True)
class Report:
    """The result for one form, with the XForm that was checked.

    A form that cannot be used has a problem, and neither definition nor XForm.
    """

    file: str
    xml: str
    definition: FormDefinition | None
    warnings: tuple[str, ...]
    lint: tuple[str, ...]
    problem: FormProblem | None

    def lines(self) -> Iterator[str]:
        """The report for a terminal."""
        if self.problem is not None or self.definition is None:
            yield f"{self.file}: cannot be used"
            if self.problem is not None:
                told = explain(self.problem)
                yield f"  problem: {self.problem.code}"
                yield f"  cause: {told.cause}"
                yield f"  remedy: {told.remedy}"
            return
        form = self.definition
        title = form.titles.get(form.default_language) or form.id
        repeats = sum(isinstance(group, Repeat) for group in form.groups.values())
        asked = sum(question.asks for question in form.questions.values())
        languages = ", ".join(
            f"{form.language_names[code]} ({code})" if form.language_names[code] != code else code
            for code in form.languages
        )
        yield f"{self.file}: {title}"
        yield f"  id {form.id}, version {form.version or '(none)'}"
        yield f"  languages: {languages}; default {form.default_language}"
        yield (
            f"  {asked} questions, {len(form.questions) - asked} notes and calculations, "
            f"{len(form.groups) - repeats} groups, {repeats} repeats, {len(form.lists)} lists"
        )
        for warning in self.warnings:
            yield f"  warning: {warning}"
        for finding in self.lint:
            yield f"  lint: {finding}"


def check_file(path: Path) -> Report:
    """Reads an XLSForm or XForm, loads it, begins an entry in each language and looks at every question."""
    return _check(path.name, lambda: _read(path))


def check_table(name: str, table: str) -> Report:
    """The same for an XLSForm that is at hand as Markdown text, such as a form of the library."""
    return _check(name, lambda: xform_from_xlsform(table))


def _check(name: str, read: Callable[[], XFormSource]) -> Report:
    try:
        source = read()
        definition = load_form(source.xml)
        _try_out(definition)
    except FormProblem as problem:
        return Report(name, "", None, (), (), problem)
    warnings = (*source.warnings, *definition.warnings)
    return Report(name, source.xml, definition, warnings, tuple(lint(definition)), None)


def _read(path: Path) -> XFormSource:
    return XFormSource(_text(path), ()) if path.suffix.lower() in _XML else xform_from_xlsform(path)


def lint(definition: FormDefinition) -> Iterator[str]:
    """Missing translations, questions and choices without a label, choices of one name."""
    if not definition.version:
        yield "the form has no version"
    for path, element in {**definition.groups, **definition.questions}.items():
        if isinstance(element, Group | Repeat):
            yield from _missing(definition, path, "label", element.label)
            continue
        if not element.visible:
            continue
        if not element.label:
            yield f"{path}: no label"
        yield from _missing(definition, path, "label", element.label)
        yield from _missing(definition, path, "hint", element.hint)
        yield from _missing(definition, path, "constraint message", element.constraint_message)
        yield from _missing(definition, path, "required message", element.required_message)
        if element.computed and element.merge != "last":
            yield f"{path}: nobody types it, so its merge rule does nothing"
        if element.constraint and not element.constraint_message:
            yield f"{path}: a constraint without a message"
        if element.chooses and not element.choices and (element.itemset is None or element.itemset.list):
            yield f"{path}: no choices"
        names = [choice.name for choice in element.choices]
        if len(set(names)) < len(names) and not (element.itemset and element.itemset.filtered):
            yield f"{path}: two choices of one name"
    seen: set[str] = set()
    for question in definition.questions.values():
        key = question.itemset.list if question.itemset and question.itemset.list else question.path
        if key in seen:
            continue
        seen.add(key)
        for choice in question.choices:
            yield from _missing(definition, f"{key}, choice {choice.name}", "label", choice.label)


def _missing(definition: FormDefinition, place: str, what: str, text: Text) -> Iterator[str]:
    if not text.by_language:
        return
    absent = [language for language in definition.languages if not text.by_language.get(language)]
    if absent:
        yield f"{place}: {what} is not translated ({', '.join(absent)})"


def _try_out(definition: FormDefinition) -> None:
    """Whatever an expression does when it is evaluated, it does here first."""
    chance = random.Random(0)  # noqa: S311 - nothing secret is made here
    entry = FormEntry(definition, now=lambda: datetime.now(UTC), random=chance)
    for language in definition.languages:
        entry.language = language
        for line in entry.outline():
            if line.kind == "question":
                entry.state(line.path)
    entry.validate()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise FormProblem("form.file.unreadable", file=path.name) from problem
