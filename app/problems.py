"""The problems that the app can meet: each a stable code, its facts, and the English text of it.

A text says what happened and what to do. It is the msgid that the interface translates; the facts
fill its {places} afterwards. A fact is never personal: names of files, counts, codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


class Problem(Exception):
    """Something went wrong that has a name: `area.noun.reason`, with facts that are never personal."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code: Final = code
        self.params: Final[dict[str, str | int]] = dict(params or {})

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in sorted(self.params.items()))])


def N_(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


#: code -> English text
TEXTS: Final[Mapping[str, str]] = {}


def text_of(problem: Problem) -> str:
    """The English text of a problem, its {places} not yet filled; a general one for an unknown code."""
    return TEXTS.get(problem.code, N_("Something went wrong ({code})."))
