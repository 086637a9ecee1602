"""The way of a case through its stages, and which form each stage asks for first.

Stages inform and order, they never forbid: what happened can always be recorded, also out of order. A case
may enter at any stage and go back. Testifying and asylum are no stages: they run beside the way, as tracks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

from forms.casework.case import STAGES, Stage
from forms.casework.facts import Evidence, saying
from forms.casework.table import only, section, word, words
from forms.casework.word import ids, last_word
from forms.library import (
    AIRPORT_RECEPTION,
    ASSISTANCE,
    BEST_INTEREST,
    CASE_FILE,
    CHECK_UP,
    CHILD_MONITORING,
    CLEARANCE,
    CLOSURE,
    CONSENT,
    DURABLE_SOLUTION,
    EXCHANGE,
    FAMILY_ASSESSMENT,
    FEEDBACK,
    GUARDIAN_AND_TRACING,
    INTEGRATION_PLAN,
    MONITORING_CONTACT,
    NEEDS_AND_RISKS,
    REFERRAL,
    REINTEGRATION_PLAN,
    SAFETY_INCIDENT,
    SCREENING,
    SHELTER_INTAKE,
    SKILLS_AND_CONTACTS,
    TESTIMONY,
    TRAVEL,
)

Solution = Literal["return", "stay", "third_country"]
Place = Literal["done", "now", "later"]
Move = Literal["stays", "next", "ahead", "back"]

SOLUTIONS: Final[tuple[Solution, ...]] = get_args(Solution)
_JOURNEYS: Final = frozenset({"return", "third_country"})
#: Who stays in the host state does not travel; reintegration is integration there.
_TRAVELLING: Final = frozenset({"pre_departure", "travel", "arrival"})


@dataclass(frozen=True, slots=True)
class Pathway:
    """The stages of one durable solution, in order."""

    solution: Solution
    stages: tuple[str, ...]

    def progress(self, stage: str) -> tuple[tuple[str, Place], ...]:
        """Each stage and whether it lies behind, is now, or ahead.

        A stage that was passed over (someone first met after coming home alone) counts as behind.
        """
        here = self.stages.index(stage)
        return tuple(
            (each, "done" if place < here else "now" if place == here else "later")
            for place, each in enumerate(self.stages)
        )

    def following(self, stage: str) -> str | None:
        """The stage after this one; None after the last."""
        place = self.stages.index(stage) + 1
        return self.stages[place] if place < len(self.stages) else None

    def move(self, before: str, after: str) -> Move:
        """How a change of stage looks: the expected step, a leap over some, or a way back."""
        step = self.stages.index(after) - self.stages.index(before)
        if step == 0:
            return "stays"
        if step < 0:
            return "back"
        return "next" if step == 1 else "ahead"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage as a programme has it: its titles where it has its own, the solutions that pass through
    it, the forms that it asks for first. A stage that a programme adds is `like` one that rules know.
    """

    id: str
    like: Stage
    solutions: frozenset[str] = frozenset(SOLUTIONS)
    forms: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> StagePlan:
        """What is left out is as the standard has it. Problem form.programme.value_invalid and
        form.programme.value_unknown.
        """
        only(table, "id", "like", "solutions", "forms", "titles")
        stage = word(table, "id")
        like = words({"like": [word(table, "like", stage)]}, "like", STAGES)[0]
        standard = next(each for each in STANDARD if each.like == like)
        titles = section(table, "titles")
        return cls(
            stage,
            standard.like,
            frozenset(words(table, "solutions", SOLUTIONS)) or standard.solutions,
            words(table, "forms") or standard.forms,
            {language: word(titles, language) for language in titles},
        )


_FIRST: Final[dict[Stage, tuple[str, ...]]] = {
    "identified": (CASE_FILE, SCREENING, CONSENT, REFERRAL, EXCHANGE, SAFETY_INCIDENT),
    "shelter": (
        CASE_FILE,
        SHELTER_INTAKE,
        CHECK_UP,
        CONSENT,
        NEEDS_AND_RISKS,
        GUARDIAN_AND_TRACING,
        ASSISTANCE,
        TESTIMONY,
        REFERRAL,
        EXCHANGE,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "decision": (
        CASE_FILE,
        NEEDS_AND_RISKS,
        GUARDIAN_AND_TRACING,
        FAMILY_ASSESSMENT,
        BEST_INTEREST,
        DURABLE_SOLUTION,
        SKILLS_AND_CONTACTS,
        INTEGRATION_PLAN,
        CONSENT,
        TESTIMONY,
        REFERRAL,
        EXCHANGE,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "pre_departure": (
        CASE_FILE,
        AIRPORT_RECEPTION,
        CONSENT,
        NEEDS_AND_RISKS,
        BEST_INTEREST,
        FAMILY_ASSESSMENT,
        SKILLS_AND_CONTACTS,
        REINTEGRATION_PLAN,
        CHECK_UP,
        TRAVEL,
        CLEARANCE,
        REFERRAL,
        EXCHANGE,
        SAFETY_INCIDENT,
        FEEDBACK,
    ),
    "travel": (AIRPORT_RECEPTION, CASE_FILE, TRAVEL, CONSENT, CLEARANCE, EXCHANGE, SAFETY_INCIDENT),
    "arrival": (
        AIRPORT_RECEPTION,
        MONITORING_CONTACT,
        CHECK_UP,
        CHILD_MONITORING,
        REINTEGRATION_PLAN,
        CONSENT,
        ASSISTANCE,
        REFERRAL,
        EXCHANGE,
        SAFETY_INCIDENT,
    ),
    "reintegration": (
        MONITORING_CONTACT,
        CHILD_MONITORING,
        CASE_FILE,
        REINTEGRATION_PLAN,
        INTEGRATION_PLAN,
        CONSENT,
        ASSISTANCE,
        CHECK_UP,
        REFERRAL,
        EXCHANGE,
        SAFETY_INCIDENT,
        TESTIMONY,
        CLOSURE,
        FEEDBACK,
    ),
    "closed": (CASE_FILE, MONITORING_CONTACT, CHILD_MONITORING, CLOSURE, CONSENT, FEEDBACK),
}

#: The stages of a programme that says nothing else.
STANDARD: Final = tuple(
    StagePlan(stage, stage, _JOURNEYS if stage in _TRAVELLING else frozenset(SOLUTIONS), _FIRST[stage])
    for stage in STAGES
)

#: The forms that are about minors alone.
FOR_MINORS: Final = (BEST_INTEREST, CHILD_MONITORING)

#: The forms that any stage asks for. Others are an office's own.
NAMED: Final = frozenset(form for forms in _FIRST.values() for form in forms)


def pathway(stage: str, solution: Solution | None = None, plans: Iterable[StagePlan] = STANDARD) -> Pathway:
    """The pathway of a case by its decided solution; until one is decided, the journey home.

    A case that is at a stage which its solution does not have (it stays, and yet is travelling) is
    shown on all stages: the record of where a person is beats the plan. So is one at a stage that the
    programme has left out, which then has its place among the others.
    """
    listed = tuple(plans)
    chosen = solution if solution in SOLUTIONS else "return"
    stages = tuple(plan.id for plan in listed if chosen in plan.solutions)
    if stage in stages:
        return Pathway(chosen, stages)
    everywhere = tuple(plan.id for plan in listed)
    if stage in everywhere:
        return Pathway("return", everywhere)
    return Pathway("return", _with_left_out(stage, listed))


def _with_left_out(stage: str, plans: tuple[StagePlan, ...]) -> tuple[str, ...]:
    """All stages of a programme and this one, before the first that comes later in the standard's order."""
    place = STAGES.index(stage) if stage in STAGES else 0
    before = [plan.id for plan in plans if STAGES.index(plan.like) < place]
    after = [plan.id for plan in plans if STAGES.index(plan.like) >= place]
    return (*before, stage, *after)


def like(stage: str, plans: Iterable[StagePlan] = STANDARD) -> Stage:
    """The stage that rules know, of one that a programme has added; the first, of one that nobody knows."""
    for plan in (*plans, *STANDARD):
        if plan.id == stage:
            return plan.like
    return STAGES[0]


def offers(
    stage: str, available: Iterable[str], due: Iterable[str] = (), plans: Iterable[StagePlan] = STANDARD
) -> tuple[str, ...]:
    """All available forms, in the order in which they are offered at this stage.

    First what is due (`due`: the forms of the due items, most pressing first), then what the stage
    needs, then the rest by id. Nothing available is left out: recording is never blocked.
    """
    left = set(available)
    needed = next((plan.forms for plan in (*plans, *STANDARD) if plan.id == stage), ())
    ordered = [*due, *needed, *sorted(left)]
    return tuple(form for form in dict.fromkeys(ordered) if form in left)


def not_asked_of(minor: bool, solution: Solution | None) -> frozenset[str]:
    """The forms that no stage asks for of this person, though they can be begun: those for a minor, of an
    established adult; the plan of the other country, of who has decided."""
    plans = {"return": (INTEGRATION_PLAN,), "stay": (REINTEGRATION_PLAN,)}
    return frozenset((*(() if minor else FOR_MINORS), *plans.get(solution or "", ())))


def decided(evidence: Iterable[Evidence], today: date) -> Solution | None:
    """The durable solution that was decided last; None where none is. Of two on one day, to stay is."""
    newest = last_word(
        evidence, today, "solution.decision", good=lambda e: e.text("solution.decision") != "stay"
    )
    told = {each.text("solution.decision") for each in newest}
    if "stay" in told:
        return "stay"
    return next((solution for solution in SOLUTIONS if told == {solution}), None)


@dataclass(frozen=True, slots=True)
class Track:
    """What runs beside the way: where it stands, by which records, and its next date."""

    kind: Literal["testifying", "asylum"]
    state: str
    evidence: tuple[str, ...]
    next_on: date | None = None


def tracks(evidence: Iterable[Evidence], today: date) -> tuple[Track, ...]:
    """Testifying and asylum, each where anything of it was recorded, whatever the stage.

    States: of asylum, its status; of testifying, its safety assessment (`open` before there is one).
    """
    found = [each for each in evidence if each.on <= today]
    running = []
    told = saying(found, "testimony.safety_assessment", "proceedings.court_date")
    if told:
        days = [day for each in told if (day := each.day("proceedings.court_date")) and day >= today]
        running.append(
            Track(
                "testifying",
                _state(found, today, "testimony.safety_assessment", "safe") or "open",
                ids(told),
                min(days, default=None),
            )
        )
    status = _state(found, today, "asylum.status", "granted")
    if status not in ("", "none"):
        running.append(Track("asylum", status, ids(saying(found, "asylum.status"))))
    return tuple(running)


def _state(found: list[Evidence], today: date, meaning: str, best: str) -> str:
    """The newest word on a meaning; of several on one day, one that is not the best."""
    newest = last_word(found, today, meaning, good=lambda each: each.text(meaning) == best)
    said = sorted((each.text(meaning) for each in newest), key=lambda state: (state == best, state))
    return said[0] if said else ""
