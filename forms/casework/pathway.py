"""The way of a case through its stages, and which form each stage asks for first.

Stages inform and order, they never forbid: what happened can always be recorded, also out of order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from forms.casework.case import STAGES, Stage
from forms.library import (
    AIRPORT_RECEPTION,
    ASSISTANCE,
    BEST_INTEREST,
    CASE_FILE,
    FAMILY_ASSESSMENT,
    FEEDBACK,
    GUARDIAN_AND_TRACING,
    MONITORING_CONTACT,
    REFERRAL,
    SAFETY_INCIDENT,
    SCREENING,
    SHELTER_INTAKE,
)

Solution = Literal["return", "stay", "third_country"]
Place = Literal["done", "now", "later"]
Move = Literal["stays", "next", "ahead", "back"]


@dataclass(frozen=True, slots=True)
class Pathway:
    """The stages of one durable solution, in order."""

    solution: Solution
    stages: tuple[Stage, ...]

    def progress(self, stage: Stage) -> tuple[tuple[Stage, Place], ...]:
        """Each stage and whether it lies behind, is now, or ahead.

        A stage that was passed over (someone first met after coming home alone) counts as behind.
        """
        here = self.stages.index(stage)
        return tuple(
            (each, "done" if place < here else "now" if place == here else "later")
            for place, each in enumerate(self.stages)
        )

    def following(self, stage: Stage) -> Stage | None:
        """The stage after this one; None after the last."""
        place = self.stages.index(stage) + 1
        return self.stages[place] if place < len(self.stages) else None

    def move(self, before: Stage, after: Stage) -> Move:
        """How a change of stage looks: the expected step, a leap over some, or a way back."""
        step = self.stages.index(after) - self.stages.index(before)
        if step == 0:
            return "stays"
        if step < 0:
            return "back"
        return "next" if step == 1 else "ahead"


_JOURNEY: Final = Pathway("return", STAGES)
_ONWARD: Final = Pathway("third_country", STAGES)
#: Who stays in the host state does not travel; reintegration is integration there.
_STAYING: Final = Pathway("stay", ("identified", "shelter", "decision", "reintegration", "closed"))


def pathway(stage: Stage, solution: Solution | None = None) -> Pathway:
    """The pathway of a case by its decided solution; until one is decided, the whole journey.

    A case that is at a stage which its solution does not have (it stays, and yet is travelling) is
    shown on the whole journey: the record of where a person is beats the plan.
    """
    chosen = {"return": _JOURNEY, "third_country": _ONWARD, "stay": _STAYING}.get(
        solution or "return", _JOURNEY
    )
    return chosen if stage in chosen.stages else _JOURNEY


_FIRST: Final[dict[Stage, tuple[str, ...]]] = {
    "identified": (
        CASE_FILE,
        SCREENING,
        REFERRAL,
        SAFETY_INCIDENT,
    ),
    "shelter": (
        CASE_FILE,
        SHELTER_INTAKE,
        GUARDIAN_AND_TRACING,
        ASSISTANCE,
        REFERRAL,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "decision": (
        CASE_FILE,
        GUARDIAN_AND_TRACING,
        FAMILY_ASSESSMENT,
        BEST_INTEREST,
        REFERRAL,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "pre_departure": (
        CASE_FILE,
        AIRPORT_RECEPTION,
        BEST_INTEREST,
        FAMILY_ASSESSMENT,
        REFERRAL,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "travel": (
        AIRPORT_RECEPTION,
        CASE_FILE,
        SAFETY_INCIDENT,
    ),
    "arrival": (
        AIRPORT_RECEPTION,
        MONITORING_CONTACT,
        ASSISTANCE,
        REFERRAL,
        SAFETY_INCIDENT,
    ),
    "reintegration": (
        MONITORING_CONTACT,
        CASE_FILE,
        ASSISTANCE,
        REFERRAL,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "closed": (
        CASE_FILE,
        MONITORING_CONTACT,
        FEEDBACK,
    ),
}


#: The forms that any stage asks for. Others are an office's own.
NAMED: Final = frozenset(form for forms in _FIRST.values() for form in forms)


def offers(stage: Stage, available: Iterable[str], due: Iterable[str] = ()) -> tuple[str, ...]:
    """All available forms, in the order in which they are offered at this stage.

    First what is due (`due`: the forms of the due items, most pressing first), then what the stage
    needs, then the rest by id. Nothing available is left out: recording is never blocked.
    """
    left = set(available)
    ordered = [*due, *_FIRST[stage], *sorted(left)]
    return tuple(form for form in dict.fromkeys(ordered) if form in left)
