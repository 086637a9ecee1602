"""What was recorded before a departure, for the invented people whose case shows a gate.

`asked`: consent, papers and a route are there, the country of return says 'postpone', and the host country
has not spoken yet; the family may be contacted. `lapsed`: everything was there and the coordinator cleared
the journey; then the person took the consent back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CONSENT: Final = "consent"
ASSESSMENT: Final = "needs_and_risks"
TRACING: Final = "guardian_and_tracing"
TRAVEL: Final = "travel"
PLAN: Final = "reintegration_plan"
CLEARANCE: Final = "clearance"

#: An answer as it would be typed, or a repeat's instances as maps of such answers.
Answer = str | list[str]
Answers = Mapping[str, "Answer | Sequence[Mapping[str, Answer]]"]


@dataclass(frozen=True, slots=True)
class Written:
    """One record: how many days ago, by whom (empty: the carer), under which name, with which answers."""

    days_ago: int
    login: str
    record: str
    form: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class Words:
    """What workers wrote down, in one language."""

    went_on: str
    postponed: str
    goals: str
    received_by: str


WORDS: Final[Mapping[str, Words]] = {
    "fr": Words(
        "Une tante attend et a de la place ; rien de nouveau.",
        "Quelqu’un a demandé au village quand le vol arrive.",
        "Terminer la formation de cuisine.",
        "L’équipe du Foyer Exemple",
    ),
    "sq": Words(
        "Një teze pret dhe ka vend; asgjë e re.",
        "Dikush në fshat ka pyetur kur vjen fluturimi.",
        "Të mbarojë kursin e kuzhinës.",
        "Ekipi i Strehës Shembull",
    ),
}


def journey(kind: str, language: str, today: date, departure: date, zone: ZoneInfo) -> Iterator[Written]:
    """The records of a kind, in their order; none for who has no journey to show."""
    if kind:
        words = WORDS.get(language, WORDS["fr"])
        ago = {"consent": 9, "tracing": 8, "return": 7, "travel": 5, "host": 6, "plan": 4, "clearance": 2}
        on = {name: (today - timedelta(days=days)).isoformat() for name, days in ago.items()}
        yield Written(ago["consent"], "", "consent", CONSENT, _consent(on["consent"], language, today))
        yield Written(ago["tracing"], "", "tracing", TRACING, _tracing(on["tracing"]))
        outcome = "postpone" if kind == "asked" else "proceed"
        said = words.postponed if kind == "asked" else words.went_on
        yield Written(
            ago["return"], "", "return", ASSESSMENT, _assessment("return", on["return"], outcome, said, today)
        )
        yield Written(ago["travel"], "", "travel", TRAVEL, _travel(departure, zone, words.received_by))
        if kind == "lapsed":
            host = _assessment("host", on["host"], "proceed", words.went_on, today)
            yield Written(ago["host"], "coordinator", "host", ASSESSMENT, host)
            yield Written(ago["plan"], "", "plan", PLAN, _plan(on["plan"], words.goals))
            yield Written(ago["clearance"], "coordinator", "clearance", CLEARANCE, _cleared(on["clearance"]))
            yield Written(
                1, "", "consent withdrawn", CONSENT, _withdrawn((today - timedelta(days=1)).isoformat())
            )


def _consent(on: str, language: str, today: date) -> Answers:
    return {
        "consented_on": on,
        "decided_by": "person",
        "purpose": ["return", "tracing", "monitoring"],
        "decision": "given",
        "recipient": "Demo office",
        "in_private": "yes",
        "spoken": language,
        "understood": "yes",
        "pressure": "no",
        "valid_until": (today + timedelta(days=120)).isoformat(),
        "how_given": "written",
        "told_withdrawal": "yes",
    }


def _withdrawn(on: str) -> Answers:
    return {"consented_on": on, "decided_by": "person", "purpose": ["return"], "decision": "withdrawn"}


def _tracing(on: str) -> Answers:
    return {
        "guardian_on": on,
        "guardian_appointed": "no",
        "family_signs": ["none"],
        "risk_screen": "clear",
        "traced": "no",
    }


def _assessment(side: str, on: str, outcome: str, said: str, today: date) -> Answers:
    return {
        "assessed_on": on,
        "side": side,
        "sources": ["person", "other_office"],
        "threats_since": ["none"] if outcome == "proceed" else ["family"],
        "debt_to": "none",
        "welcome": "respect",
        "papers": "complete",
        "self_harm": "no",
        "person_view": "return_soon",
        "outcome": outcome,
        "outcome_reasons": said,
        "expires": (today + timedelta(days=60)).isoformat(),
    }


def _travel(departure: date, zone: ZoneInfo, received_by: str) -> Answers:
    leaves = datetime.combine(departure, time(15, 10), zone).isoformat(timespec="seconds")
    lands = datetime.combine(departure, time(19, 30), zone).isoformat(timespec="seconds")
    return {
        "itinerary": "complete",
        "departure_at": leaves,
        "arrival_at": lands,
        "leg": [{"leg_from": "VIE", "leg_to": "TIA", "leg_at": leaves, "leg_escort": "none"}],
        "documents": "ready",
        "document_kinds": ["passport"],
        "document_expires": (departure + timedelta(days=700)).isoformat(),
        "reception": "arranged",
        "received_by": received_by,
        "numbers_given": "yes",
    }


def _plan(on: str, goals: str) -> Answers:
    return {"plan_on": on, "state": "draft", "goals": goals, "monitoring": "draft", "signed": "no"}


def _cleared(on: str) -> Answers:
    return {
        "decided_on": on,
        "asked_again": "yes",
        "new_danger": "no",
        "open_points": ["none"],
        "decision": "cleared",
        "other_office": "yes",
    }
