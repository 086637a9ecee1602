"""What a form is for: the sheet `about`, which travels with the form and takes no part in filling it in.

    | about |
    | | what | text |
    | | purpose | Who met the person, and to whom the person was handed over. |
    | | source | own: the order of the steps at the gate |

Each row says one thing; `source`, `not validated`, `usual` and `left in English` may be there several times.
An XForm holds nothing of it, so that a correction here needs no new version of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from forms.casework.case import STAGES
from forms.definition import FormDefinition, Question
from forms.lint.findings import Finding
from forms.xlsform.to_xform import ABOUT
from forms.xlsform.workbook import Workbook

#: What a form of the library has to say, each in at least one row.
PARTS: Final = ("purpose", "who", "when", "minutes", "stage", "source", "not validated")
#: What it may say too: an answer on its usual path, a text that a sample of a language leaves in English.
MORE: Final = ("usual", "left in English")
_SEVERAL: Final = frozenset({"source", "not validated", *MORE})
#: How well a source is known: a duty of docs/seeds.md, read whole, known from a page about it, our own.
GRADES: Final = ("seed", "whole", "page", "own")
ANY_STAGE: Final = "any"
OF_THE_OFFICE: Final = "office"
#: When a form is filled in: at a stage of a case, at any of them, or for the office and no case.
PLACES: Final = (*STAGES, ANY_STAGE, OF_THE_OFFICE)
_MINUTES: Final = re.compile(r"[1-9]\d?")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a form's structure comes from, and how well that is known."""

    grade: str
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """The sheet as it was read; empty where the form says nothing."""

    purpose: str = ""
    who: str = ""
    when: str = ""
    minutes: str = ""
    """Our own estimate of a usual record, in whole minutes."""
    stage: str = ""
    sources: tuple[Source, ...] = ()
    not_validated: tuple[str, ...] = ()
    usual: Mapping[str, str] = field(default_factory=dict)
    """Answers on the usual path by the question's name, where they are not the first ones."""
    left_in_english: tuple[str, ...] = ()
    """What a sample of a language leaves out, and why."""


def read_about(workbook: Workbook) -> About:
    """What the form says of itself; what is no known row is left out (`about_findings` tells of it)."""
    said: dict[str, list[str]] = {part: [] for part in (*PARTS, *MORE)}
    for part, text in _rows(workbook):
        if part in said and text:
            said[part].append(text)
    once = {part: texts[0] if texts else "" for part, texts in said.items() if part not in _SEVERAL}
    sources = tuple(Source(*_parted(text)) for text in said["source"])
    return About(
        **once,
        sources=sources,
        not_validated=tuple(said["not validated"]),
        usual=dict(map(_parted, said["usual"])),
        left_in_english=tuple(said["left in English"]),
    )


def about_findings(
    workbook: Workbook, definition: FormDefinition, *, wanted: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """What is wrong with the sheet, and which of the wanted parts it does not have."""
    seen: list[str] = []
    for part, text in _rows(workbook):
        if not text:
            continue
        if part not in (*PARTS, *MORE) or not _means_something(part, text, definition):
            yield Finding("lint.about.unknown", "", {"part": part, "text": text})
        elif part in seen and part not in _SEVERAL:
            yield Finding("lint.about.twice", "", {"part": part})
        seen.append(part)
    for part in wanted:
        if part not in seen:
            yield Finding("lint.about.missing", "", {"part": part})


def _means_something(part: str, text: str, definition: FormDefinition) -> bool:
    if part == "minutes":
        return _MINUTES.fullmatch(text) is not None
    if part == "stage":
        return text in PLACES
    if part == "source":
        grade, what = _parted(text)
        return grade in GRADES and bool(what)
    if part == "usual":
        name, answer = _parted(text)
        known = [one for one in definition.questions.values() if one.name == name and one.asks]
        return any(_can_be_said(question, answer) for question in known)
    if part == "left in English":
        return _parted(text)[0] in definition.samples
    return True


def _can_be_said(question: Question, answer: str) -> bool:
    names = {choice.name for choice in question.choices}
    return not question.choices or names.issuperset(answer.split())


def _parted(text: str) -> tuple[str, str]:
    first, _, rest = text.partition(":")
    return first.strip(), rest.strip()


def _rows(workbook: Workbook) -> Iterator[tuple[str, str]]:
    sheet = workbook.sheet(ABOUT)
    for number, _ in sheet.numbered():
        yield sheet.cell(number, "what"), sheet.cell(number, "text")
