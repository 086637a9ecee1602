"""What an entry hands to a screen: plain, immutable, in the entry's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forms.answer_types import Json
from forms.choices import ChoiceView
from forms.definition import QuestionType, Scale
from forms.validation import Violation

Values = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the outline. A group that has no place in the data has its parent's path."""

    path: str
    kind: Literal["group", "repeat", "instance", "question"]
    depth: int
    label: str


@dataclass(frozen=True, slots=True)
class QuestionState:
    """A question as it is to be shown now, in the entry's language."""

    path: str
    type: QuestionType
    label: str
    hint: str
    guidance: str
    value: Json
    raw: str | list[str]
    required: bool
    readonly: bool
    appearances: frozenset[str]
    choices: tuple[ChoiceView, ...]
    violation: Violation | None
    calculated: bool
    media: Mapping[str, str]
    parameters: Mapping[str, str]
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class RepeatState:
    """A repeat as a whole: its instances in order, and whether a person may add or remove one."""

    path: str
    label: str
    instances: tuple[str, ...]
    can_add: bool
    can_remove: bool


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What one action changed.

    `values` holds everything that differs from what was last told, calculations, defaults and cleared
    answers included: who saves each change has saved the entry. `redraw` are the questions whose state
    may look different; `restructured` says that the outline is another one.
    """

    path: str
    values: Values
    redraw: tuple[str, ...]
    restructured: bool
    violation: Violation | None = None
