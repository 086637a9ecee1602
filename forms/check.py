"""What `forms check` finds in a form: what it is, what is missing in it, what is wrong with it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from forms.definition import FormDefinition, Group, Question, Repeat
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.form_file import text_of
from forms.problem_texts import explain
from forms.translations import Text
from forms.workbook import read_workbook
from forms.xform import load_form
from forms.xform_version import with_version
from forms.xlsform import XFormSource, xform_from_xlsform
from forms.xlsform_problems import headings_joined, located

_XML = frozenset({".xml", ".xform"})
_USABLE_NAME = re.compile(r"(?!\.{1,2}$)[^/\\]{1,200}")
#: Control characters, marks that nobody sees, ends of lines and paragraphs, halves of characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Types that the standard has and the app does not ask yet: it says so in their place.
NOT_ASKED = frozenset({"rank", "audio", "video", "file", "geotrace", "geoshape"})


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
                if told.where:
                    yield f"  where: {told.where}"
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
        kinds = Counter(question.type for question in form.questions.values() if question.asks)
        if kinds:
            yield f"  asks for: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}"
        cascades = sum(_filtered(question) for question in form.questions.values())
        if cascades:
            yield f"  {cascades} with choices that follow from other answers"
        for warning in self.warnings:
            yield f"  warning: {warning}"
        for finding in self.lint:
            yield f"  lint: {finding}"


def check_file(path: Path) -> Report:
    """Reads an XLSForm or XForm, loads it, begins an entry in each language and looks at every question.

    Whatever goes wrong, inside of a library too, is a problem of the report.
    """
    return _check(path.name, path, lambda: _read(path))


def check_table(name: str, table: str) -> Report:
    """The same for an XLSForm that is at hand as Markdown text, such as a form of the library."""
    return _check(name, table, lambda: xform_from_xlsform(table))


def _check(name: str, origin: Path | str, read: Callable[[], XFormSource]) -> Report:
    try:
        source = read()
        if joined := headings_joined(read_workbook(origin)):
            raise joined
        definition = load_form(source.xml)
        _check_names(definition)
        findings = tuple(lint(definition))
        xml = source.xml
        if not definition.version:
            xml = with_version(xml)
            definition = load_form(xml)
        _try_out(definition)
        if not any(question.asks for question in definition.questions.values()):
            raise FormProblem("form.question.missing")
    except FormProblem as problem:
        return _unusable(name, origin, problem)
    except Exception as problem:
        # A form of others may do anything to the libraries below.
        return _unusable(name, origin, FormProblem("form.check.failed", error=type(problem).__name__))
    warnings = (*source.warnings, *definition.warnings)
    return Report(name, xml, definition, warnings, findings, None)


def _unusable(name: str, origin: Path | str, problem: FormProblem) -> Report:
    if "sheet" not in problem.params and not problem.code.startswith("form.file."):
        problem = located(problem, read_workbook(origin))
    return Report(name, "", None, (), (), problem)


def _check_names(definition: FormDefinition) -> None:
    """A form's id and version are part of addresses and of every record."""
    if not _usable(definition.id):
        raise FormProblem("form.id.unusable", id=definition.id)
    if definition.version and not _usable(definition.version):
        raise FormProblem("form.version.unusable", version=definition.version)


def _usable(name: str) -> bool:
    unseen = any(unicodedata.category(character) in _UNSEEN for character in name)
    return _USABLE_NAME.fullmatch(name) is not None and not unseen


def _read(path: Path) -> XFormSource:
    return XFormSource(text_of(path), ()) if path.suffix.lower() in _XML else xform_from_xlsform(path)


def _filtered(question: Question) -> bool:
    return question.itemset is not None and question.itemset.filtered


def lint(definition: FormDefinition) -> Iterator[str]:
    """Missing translations, questions and choices without a label, choices of one name."""
    if not definition.version:
        yield "the form has no version: its content gives it one when it is published"
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
        if element.type in NOT_ASKED:
            required = " and since it is required, no record can be finished" if element.required else ""
            yield f"{path}: this version cannot ask a question of the type '{element.type}'{required}"
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
