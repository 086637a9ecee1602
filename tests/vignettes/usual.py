"""Records that every journey has, filled in with what the stories do not tell; a test adds its facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from forms.casework.case import Case
from forms.casework.clearance import Clearance, clearance
from forms.casework.facts import Evidence
from forms.casework.gates import Gate, GateResult, check
from forms.casework.programme import NONE_NAMED, Programme
from tests.vignettes.story import RowOf, Sheet, Story

COORDINATORS = frozenset({"ana"})


def day(text: str) -> date:
    return date.fromisoformat(text)


def host(country: str, office: str, by: str) -> dict[str, str]:
    """Where a record is made, as the host's office is named in a story."""
    return {"country": country, "office": office, "by": by}


def case_file(story: Story, on: date, *, where: dict[str, str] | None = None, **answers: Any) -> Sheet:
    usual = {"country": "al", "stage": "identified", "risk": "unknown", "language": "sq"}
    return story.sheet("case_file", on, **(where or {})).usual(**{**usual, **answers})


def denied(file: Sheet, *names: str) -> list[RowOf]:
    """Who must never see the file; each has a row of the case file."""
    return [file.row("denied").usual(deny_who=name, deny_decision="denied") for name in names]


def consent(
    story: Story, on: date, purpose: Iterable[str], *, by: str = "mira", where: dict[str, str] | None = None,
    **answers: Any,
) -> Sheet:  # fmt: skip
    """Given by the person herself, in writing, in the language of the case."""
    sheet = story.sheet("consent", on, **(where or {"by": by}))
    given = {
        "decided_by": "person", "purpose": list(purpose), "decision": "given", "in_private": "yes",
        "spoken": "sq", "understood": "yes", "pressure": "no",
        "valid_until": (on + timedelta(days=300)).isoformat(), "how_given": "written",
    }  # fmt: skip
    return sheet.usual(**{**given, **answers})


def taken_back(story: Story, on: date, purpose: Iterable[str], *, by: str = "mira", **answers: Any) -> Sheet:
    sheet = story.sheet("consent", on, by=by)
    usual = {"decision": "withdrawn", "decided_by": "person", "purpose": list(purpose)}
    return sheet.usual(**{**usual, **answers})


def assessment(
    story: Story, on: date, side: str, *, where: dict[str, str] | None = None, **answers: Any
) -> Sheet:
    usual = {
        "side": side, "sources": ["person"], "outcome": "proceed",
        "outcome_reasons": "As the hazards below are met",
        "expires": (on + timedelta(days=90)).isoformat(),
    }  # fmt: skip
    return story.sheet("needs_and_risks", on, **(where or {})).usual(**{**usual, **answers})


def hazard(sheet: Sheet, kind: str, level: str, mitigation: str = "", owner: str = "return_office") -> None:
    row = sheet.row("hazard").usual(hazard_kind=kind, hazard_level=level)
    if mitigation:
        row.usual(hazard_mitigation=mitigation, hazard_owner=owner)


def plan(story: Story, on: date, *, where: dict[str, str] | None = None, **answers: Any) -> Sheet:
    usual = {"state": "draft", "monitoring": "draft", "signed": "no"}
    return story.sheet("reintegration_plan", on, **(where or {})).usual(**{**usual, **answers})


def integration_plan(story: Story, on: date, *, where: dict[str, str] | None = None, **answers: Any) -> Sheet:
    """The plan of who stays."""
    usual = {"state": "draft", "monitoring": "draft", "signed": "no"}
    return story.sheet("integration_plan", on, **(where or {})).usual(**{**usual, **answers})


def travel(
    story: Story, on: date, departs: str, arrives: str, *, where: dict[str, str] | None = None, **answers: Any
) -> Sheet:
    """Documents that are ready; legs are to be added, and `itinerary` is answered after them."""
    usual = {
        "documents": "ready",
        "document_expires": "2027-12-31",
        "departure_at": departs,
        "arrival_at": arrives,
    }
    if answers.get("documents") == "missing":
        del usual["document_expires"]
    return story.sheet("travel", on, **(where or {})).usual(**{**usual, **answers})


def leg(sheet: Sheet, start: str, end: str, at: str, escort: str = "none", name: str = "") -> RowOf:
    row = sheet.row("leg").usual(leg_from=start, leg_to=end, leg_at=at, leg_escort=escort)
    if name:
        row.usual(leg_escort_name=name)
    return row


def asked(
    gate: Gate, case: Case, found: Iterable[Evidence], today: date, programme: Programme = NONE_NAMED,
    coordinators: Collection[str] = COORDINATORS,
) -> GateResult:  # fmt: skip
    return check(gate, case, found, today, programme, coordinators=coordinators)


def codes(result: GateResult) -> set[str]:
    """The reasons without the gate's name before them."""
    return {reason.code.removeprefix(f"gate.{result.gate}.") for reason in result.reasons}


def cleared(case: Case, found: Iterable[Evidence], today: date) -> Clearance | None:
    return clearance(case, found, today, NONE_NAMED, coordinators=COORDINATORS)


def without(found: Iterable[Evidence], *forms: str) -> list[Evidence]:
    """The same records but those of these forms."""
    return [each for each in found if each.form not in forms]
