"""What a form is for: the sheet `about`, which travels with the form and takes no part in filling it in.

    | about |
    | | what | text |
    | | purpose | Who met the person, and to whom the person was handed over. |
    | | source | own: the order of the steps at the gate |

Each row says one thing; `source` and `not validated` may be there several times. An XForm holds nothing of
it, so that a correction here needs no new version of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forms.casework.case import STAGES
from forms.lint.findings import Finding
from forms.xlsform.to_xform import ABOUT
from forms.xlsform.workbook import Workbook

#: What a form of the library has to say, each in at least one row.
PARTS: Final = ("purpose", "who", "when", "minutes", "stage", "source", "not validated")
_SEVERAL: Final = frozenset({"source", "not validated"})
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


def read_about(workbook: Workbook) -> About:
    """What the form says of itself; what is no known row is left out (`about_findings` tells of it)."""
    said: dict[str, list[str]] = {part: [] for part in PARTS}
    for part, text in _rows(workbook):
        if part in said and text:
            said[part].append(text)
    once = {part: texts[0] if texts else "" for part, texts in said.items() if part not in _SEVERAL}
    sources = tuple(Source(*_parted(text)) for text in said["source"])
    return About(**once, sources=sources, not_validated=tuple(said["not validated"]))


def about_findings(workbook: Workbook, *, wanted: tuple[str, ...] = ()) -> Iterator[Finding]:
    """What is wrong with the sheet, and which of the wanted parts it does not have."""
    seen: list[str] = []
    for part, text in _rows(workbook):
        if not text:
            continue
        if part not in PARTS or not _means_something(part, text):
            yield Finding("lint.about.unknown", "", {"part": part, "text": text})
        elif part in seen and part not in _SEVERAL:
            yield Finding("lint.about.twice", "", {"part": part})
        seen.append(part)
    for part in wanted:
        if part not in seen:
            yield Finding("lint.about.missing", "", {"part": part})


def _means_something(part: str, text: str) -> bool:
    if part == "minutes":
        return _MINUTES.fullmatch(text) is not None
    if part == "stage":
        return text in PLACES
    if part == "source":
        grade, what = _parted(text)
        return grade in GRADES and bool(what)
    return True


def _parted(source: str) -> tuple[str, str]:
    grade, _, text = source.partition(":")
    return grade.strip(), text.strip()


def _rows(workbook: Workbook) -> Iterator[tuple[str, str]]:
    sheet = workbook.sheet(ABOUT)
    for number, _ in sheet.numbered():
        yield sheet.cell(number, "what"), sheet.cell(number, "text")
