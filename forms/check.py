"""What `python -m forms check` finds in a form: what it is, what is wrong with it, what the lint says.

Exit code 0 when every form can be used, 1 when one cannot. With --strict, and for the forms of the
library (--library), a finding of the lint that nobody accepted is an error too; there, that an answer of
safety is simply overwritten can not be accepted.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from forms import library, paths
from forms.about import PARTS, about_findings
from forms.definition import META, FormDefinition, Question, Repeat
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.library_figures import library_figures
from forms.lint.findings import Finding, accepted, apart, judged, lint, lint_together
from forms.problem_texts import explain
from forms.xform.external_data import Find, file_name, with_external_data
from forms.xform.load import load_form
from forms.xform.recordings import SUFFIXES, slots_of, with_recordings
from forms.xform.version import with_version
from forms.xlsform.form_file import text_of
from forms.xlsform.problems import headings_joined, located
from forms.xlsform.to_xform import XFormSource, xform_from_xlsform
from forms.xlsform.workbook import read_workbook

#: What nobody accepts in a form of the library: that an answer of safety is simply overwritten.
OF_LIBRARY: Final = frozenset({"lint.merge.safety_last"})
_XML = frozenset({".xml", ".xform"})
_USABLE_NAME = re.compile(r"(?!\.{1,2}$)[^/\\]{1,200}")
#: Control characters, marks that nobody sees, ends of lines and paragraphs, halves of characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Report:
    """The result for one form, with the XForm that was checked.

    A form that cannot be used has a problem, and neither definition nor XForm.
    """

    file: str
    xml: str
    definition: FormDefinition | None
    warnings: tuple[str, ...]
    lint: tuple[Finding, ...]
    problem: FormProblem | None
    accepted: tuple[Finding, ...] = ()
    """Findings that the form's author has accepted by name."""
    shares: frozenset[str] = frozenset()
    """The ids of forms with which it may ask for one fact, as its author has accepted."""

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
        groups = [group for path, group in form.groups.items() if not paths.is_within(path, META)]
        questions = [each for path, each in form.questions.items() if not paths.is_within(path, META)]
        repeats = sum(isinstance(group, Repeat) for group in groups)
        asked = sum(question.asks for question in questions)
        languages = ", ".join(
            f"{form.language_names[code]} ({code})" if form.language_names[code] != code else code
            for code in form.languages
        )
        yield f"{self.file}: {title}"
        yield f"  id {form.id}, version {form.version or '(none)'}"
        yield f"  languages: {languages}; default {form.default_language}"
        yield (
            f"  {asked} questions, {len(questions) - asked} notes and calculations, "
            f"{len(groups) - repeats} groups, {repeats} repeats, {len(form.lists)} lists"
        )
        kinds = Counter(question.type for question in form.questions.values() if question.asks)
        if kinds:
            yield f"  asks for: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}"
        cascades = sum(_filtered(question) for question in form.questions.values())
        if cascades:
            yield f"  {cascades} with choices that follow from other answers"
        slots = list(slots_of(form))
        if slots:
            full = sum(not slot.empty for slot in slots)
            yield f"  {len(slots)} questions to be heard, {full} of them recorded in every language"
            for slot in (slot for slot in slots if slot.empty):
                yield f"  not recorded: {slot.name}-{' '.join(slot.empty)}"
        for warning in self.warnings:
            yield f"  warning: {warning}"
        yield from _told(self.lint)
        if self.shares:
            yield f"  asks for facts of: {', '.join(sorted(self.shares))}"
        if self.accepted:
            codes = Counter(finding.code for finding in self.accepted)
            yield f"  accepted: {', '.join(f'{code} {count}' for code, count in codes.items())}"


def check_file(path: Path) -> Report:
    """Reads an XLSForm or XForm, loads it, begins an entry in each language and looks at every question.

    Whatever goes wrong, inside of a library too, is a problem of the report.
    """
    return _check(path.name, path, lambda: _read(path))


def check_table(name: str, table: str, never: frozenset[str] = frozenset()) -> Report:
    """The same for an XLSForm that is at hand as Markdown text.

    `never`: codes of the lint that its author cannot accept.
    """
    return _check(name, table, lambda: xform_from_xlsform(table), never)


def check_of_library(form_id: str) -> Report:
    """The same for a form that comes with Homeward, which has to say what it is for too."""
    table = library.read(form_id)
    return _check(form_id, table, lambda: xform_from_xlsform(table), OF_LIBRARY, PARTS)


def _check(
    name: str,
    origin: Path | str,
    read: Callable[[], XFormSource],
    never: frozenset[str] = frozenset(),
    wanted: tuple[str, ...] = (),
) -> Report:
    """`wanted`: what the form has to say of itself."""
    try:
        source = read()
        workbook = read_workbook(origin)
        if joined := headings_joined(workbook):
            raise joined
        definition = load_form(source.xml)
        _check_names(definition)
        if definition.dangling:
            raise FormProblem("form.reference.unknown", reference=definition.dangling[0])
        now = datetime.now(UTC)
        found = [*lint(definition, source.xml, now), *about_findings(workbook, definition, wanted=wanted)]
        wished, shares = apart(accepted(_table(origin)))
        findings, accepts = judged(found, frozenset(one for one in wished if one[0] not in never))
        xml = source.xml
        if not definition.version:
            xml = with_version(xml)
            definition = load_form(xml)
        _try_out(definition, now)
        if not any(question.asks for question in definition.questions.values()):
            raise FormProblem("form.question.missing")
    except FormProblem as problem:
        return _unusable(name, origin, problem)
    except Exception as problem:
        # A form of others may do anything to the libraries below.
        return _unusable(name, origin, FormProblem("form.check.failed", error=type(problem).__name__))
    warnings = (*source.warnings, *definition.warnings)
    return Report(name, xml, definition, warnings, findings, None, accepts, shares)


def publishable(report: Report) -> FormDefinition:
    """The form, if it can be sent to devices as it is. Raises its problem; and form.external.missing where
    it takes choices from files that were not beside it: nobody could answer those questions.
    """
    if report.problem is not None or report.definition is None:
        raise report.problem or FormProblem("form.check.failed", error="")
    if report.definition.missing_files:
        files = ", ".join(dict.fromkeys(report.definition.missing_files))
        raise FormProblem("form.external.missing", files=files)
    return report.definition


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
    is_xform = path.suffix.lower() in _XML
    source = XFormSource(text_of(path), ()) if is_xform else xform_from_xlsform(path)
    xml = with_external_data(source.xml, _beside(path))
    return XFormSource(with_recordings(xml, _recorded(path)), source.warnings)


def _folders(path: Path) -> tuple[Path, Path]:
    """Where the files of a form are: in the folder `<form>-media`, as other tools have it, or in its own."""
    return path.parent / f"{path.stem}-media", path.parent


def _recorded(path: Path) -> Callable[[str], str | None]:
    """Finds the recording of a slot in a language; an empty file is none."""

    def find(name: str) -> str | None:
        files = (folder / f"{name}{suffix}" for folder in _folders(path) for suffix in SUFFIXES)
        return next((file.name for file in files if file.is_file() and file.stat().st_size), None)

    return find


def _beside(path: Path) -> Find:
    """Finds the files that a form takes choices from."""

    def find(source: str) -> str | None:
        for folder in _folders(path):
            file = folder / file_name(source)
            if file.is_file():
                return text_of(file)
        return None

    return find


def _filtered(question: Question) -> bool:
    return question.itemset is not None and question.itemset.filtered


def _table(origin: Path | str) -> str:
    """The Markdown table with what its author wrote beside the form."""
    if isinstance(origin, str):
        return origin
    return text_of(origin) if origin.suffix.lower() == ".md" else ""


def _told(findings: Iterable[Finding]) -> Iterator[str]:
    """Each finding in a line, and below them what to do about each kind."""
    remedies: dict[str, str] = {}
    for finding in findings:
        yield f"  lint: {finding} [{finding.code}]"
        remedies.setdefault(finding.code, finding.remedy)
    for code, remedy in remedies.items():
        yield f"  remedy of {code}: {remedy}"


def _try_out(definition: FormDefinition, now: datetime) -> None:
    """Whatever an expression does when it is evaluated, it does here first."""
    chance = random.Random(0)  # noqa: S311 - nothing secret is made here
    entry = FormEntry(definition, now=lambda: now, random=chance)
    for language in definition.languages:
        entry.language = language
        for line in entry.outline():
            if line.kind == "question":
                entry.state(line.path)
    entry.validate()
    for problem in entry.calculation.world.troubles.values():
        raise problem


# The command


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=".md, .xlsx, .xls or .xml")
    parser.add_argument("--library", action="store_true", help="check the forms that come with Homeward")
    parser.add_argument("--strict", action="store_true", help="findings of the lint are errors too")
    parser.set_defaults(wrong=parser.error)


def run(options: argparse.Namespace) -> int:
    """Prints a report for each form, then what is found between them; 1 when that is an error."""
    if not (options.files or options.library):
        options.wrong("check needs FILEs or --library")
    ids = [form_id for form_id, _ in library.forms()] if options.library else []
    strict = [check_of_library(form_id) for form_id in ids]
    reports = [*(check_file(path) for path in options.files), *strict]
    for report in reports:
        print("\n".join(report.lines()))
    between = between_forms(reports)
    if between:
        print("Between the forms:")
        print("\n".join(_told(between)))
    figures = library_figures(dict(zip(ids, strict, strict=True)), len(between)) if ids else None
    if figures is not None:
        print("\n".join(figures.lines()))
    unusable = any(report.problem is not None for report in reports)
    held = reports if options.strict else strict
    found = any(report.lint for report in held) or (bool(between) and (options.strict or options.library))
    return 1 if unusable or found or (figures is not None and not figures.hold) else 0


def between_forms(reports: Sequence[Report]) -> tuple[Finding, ...]:
    """What is found only when several forms are looked at together; each place begins with its file."""
    forms = [(report.file, report.definition) for report in reports if report.definition is not None]
    shares = {report.file: report.shares for report in reports}
    return tuple(
        Finding(finding.code, f"{name}: {finding.place}", finding.params)
        for name, finding in lint_together(forms, shares)
    )
