"""What holds of the library as a whole, counted: the table at the end of `forms check --library`."""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from typing import Any, Final, Protocol

from forms import keystrokes, library
from forms.about import About, read_about
from forms.casework.procedures import built_in
from forms.definition import FormDefinition
from forms.keystrokes import Step
from forms.translations import Text
from forms.usual_path import UsualPath, usual_path
from forms.xform.recordings import slots_of
from forms.xlsform.workbook import read_workbook

#: Questions that a monitoring contact may take, and seconds from a locked device to a finished reception.
MOST_QUESTIONS: Final = 40
MOST_SECONDS: Final = 180
_COMPARE: Final = {"<=": operator.le, "==": operator.eq}


class Checked(Protocol):
    """A form as the check found it."""

    @property
    def definition(self) -> FormDefinition | None: ...
    @property
    def lint(self) -> Sequence[object]: ...
    @property
    def shares(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class LibraryFigure:
    """One count with its goal, as '== 31'."""

    name: str
    value: float
    unit: str
    goal: str
    note: str = ""

    @property
    def holds(self) -> bool:
        sign, limit = self.goal.split()
        return bool(_COMPARE[sign](self.value, float(limit)))


@dataclass(frozen=True, slots=True)
class LibraryFigures:
    """All of them, with what they were counted from."""

    figures: tuple[LibraryFigure, ...]
    questions: Mapping[str, int]
    """How many a person meets on the usual path of each form."""
    reception: tuple[Step, ...]
    """The way through a reception at the airport, from a locked device."""

    @property
    def hold(self) -> bool:
        return all(figure.holds for figure in self.figures)

    def lines(self) -> Iterator[str]:
        yield "The library:"
        for figure in self.figures:
            told = f"  {figure.name}: {figure.value:g} {figure.unit} (goal {figure.goal})"
            yield f"{told}{'' if figure.holds else '  DOES NOT HOLD'}"
            if figure.note:
                yield f"      {figure.note}"
        yield "Questions on the usual path:"
        yield f"  {', '.join(f'{form_id} {count}' for form_id, count in self.questions.items())}"
        yield "Airport reception from a locked device, worked out and not timed, without what is said:"
        yield f"  {'step':<48}{'taps':>6}{'keys':>6}{'decisions':>11}{'seconds':>9}"
        for step in self.reception:
            yield (f"  {step.name:<48}{step.taps:>6}{step.keys:>6}{step.decisions:>11}{step.seconds:>9.1f}")
        total = keystrokes.seconds(self.reception)
        yield f"  {'all':<71}{total:>9.1f}"
        yield f"  {keystrokes.TIMES}"


def library_figures(reports: Mapping[str, Checked], twice: int) -> LibraryFigures:
    """`reports` of the forms of the library by id; `twice`: how many facts are asked in two of them."""
    definitions = {form_id: report.definition for form_id, report in reports.items() if report.definition}
    clean = sum(report.definition is not None and not report.lint for report in reports.values())
    paths = {form_id: _usual(form_id, definition) for form_id, definition in definitions.items()}
    unfinished = [form_id for form_id, path in paths.items() if path.refused]
    pairs = sorted(f"{form_id} with {other}" for form_id, one in reports.items() for other in one.shares)
    reception = keystrokes.from_locked(paths[library.AIRPORT_RECEPTION])
    contact = len(paths[library.MONITORING_CONTACT].given)
    child = len(paths[library.CHILD_MONITORING].given)
    leaflets = built_in().leaflets
    figures = (
        LibraryFigure("forms without a finding", clean, f"of {len(reports)}", f"== {len(reports)}"),
        *_texts(definitions),
        LibraryFigure(
            "facts asked twice", twice, "facts", "== 0", f"accepted by name: {', '.join(pairs) or 'none'}"
        ),
        LibraryFigure(
            "leaflets without a slot for a recording", sum(not each.audio for each in leaflets), "leaflets",
            "== 0", f"{_slots(definitions)}; leaflets: {', '.join(each.audio for each in leaflets)}",
        ),
        LibraryFigure(
            "usual paths that cannot be finished", len(unfinished), "forms", "== 0", ", ".join(unfinished)
        ),
        LibraryFigure(
            "questions on the usual path of a monitoring contact", contact, "questions",
            f"<= {MOST_QUESTIONS}",
        ),
        LibraryFigure(
            "questions on the usual path of a visit to a child", child, "questions", f"<= {MOST_QUESTIONS}"
        ),
        LibraryFigure(
            "airport reception from a locked device", round(keystrokes.seconds(reception), 1), "s",
            f"<= {MOST_SECONDS}", "taps and keys of the usual path, not timed; the table below",
        ),
    )  # fmt: skip
    return LibraryFigures(figures, {form_id: len(path.given) for form_id, path in paths.items()}, reception)


def _slots(definitions: Mapping[str, FormDefinition]) -> str:
    """How many questions of which forms can be heard where an office records them."""
    counts = {form_id: sum(1 for _ in slots_of(each)) for form_id, each in definitions.items()}
    named = ", ".join(f"{form_id} {count}" for form_id, count in counts.items() if count)
    return f"questions with one: {named}"


def about(form_id: str) -> About:
    """What a form of the library says of itself."""
    return read_about(read_workbook(library.read(form_id)))


def _usual(form_id: str, definition: FormDefinition) -> UsualPath:
    return usual_path(definition, about(form_id).usual)


def _texts(definitions: Mapping[str, FormDefinition]) -> Iterator[LibraryFigure]:
    """How complete the languages of the library are, and what is written alike in English."""
    reasons = same_as_english()
    wanted = there = 0
    alike: set[tuple[str, str]] = set()
    for definition in definitions.values():
        for text in _all_texts(definition):
            words = text.plain_by_language()
            wanted += len(library.LANGUAGES)
            there += sum(bool(words.get(language)) for language in library.LANGUAGES)
            english = words.get("en", "")
            alike |= {
                (language, english)
                for language in library.LANGUAGES[1:]
                if english and words.get(language) == english
            }
    yield LibraryFigure(
        f"texts complete in {len(library.LANGUAGES)} languages", round(100 * there / (wanted or 1), 2), "%",
        "== 100", f"{there} of {wanted}",
    )  # fmt: skip
    unexplained = sorted(alike - set(reasons))
    by_reason = {reason: sum(reasons[one] == reason for one in alike & set(reasons)) for reason in
                 dict.fromkeys(reasons.values())}  # fmt: skip
    told = "; ".join(f"{count}: {reason}" for reason, count in by_reason.items())
    unnamed = ", ".join(f"{language} '{words}'" for language, words in unexplained)
    yield LibraryFigure(
        "texts equal to English without a reason", len(unexplained), "texts", "== 0",
        unnamed or f"with a reason {told}",
    )  # fmt: skip
    idle = sorted(set(reasons) - alike)
    yield LibraryFigure(
        "reasons that no text needs", len(idle), "reasons", "== 0",
        ", ".join(f"{language} '{words}'" for language, words in idle),
    )  # fmt: skip


def _all_texts(definition: FormDefinition) -> Iterator[Text]:
    titles = {language: (title,) for language, title in definition.titles.items()}
    return chain(definition.texts.values(), [Text(titles)])


def same_as_english() -> dict[tuple[str, str], str]:
    """(language, text) of what is written as in English on purpose, and the reason."""
    found: dict[tuple[str, str], str] = {}
    kinds: dict[str, Any] = tomllib.loads(
        (files(library.__name__) / "same_as_english.toml").read_text(encoding="utf-8")
    )
    for kind in kinds.values():
        for language, texts in kind.items():
            if language != "reason":
                found |= {(language, text): kind["reason"] for text in texts}
    return found
