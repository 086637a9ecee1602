"""Cases that are ready, record by record, so that a test can take one thing away and see what it does.

TODAY is the day on which they are asked to travel; they leave three days later, from Greece to Albania.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.gates import Gate, GateResult, check
from forms.casework.programme import NONE_NAMED, Programme

TODAY = date(2026, 9, 10)
WOMAN = Case(code="AL-7Q4KD2M-X", country="AL", office="tirana", language="sq", birth_date=date(2003, 4, 2))
GIRL = replace(WOMAN, birth_date=date(2011, 4, 2))

Journey = Mapping[str, Evidence]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def said(record: str, offset: int = -5, **also: Any) -> Any:
    """A record of Tirana's: `said("r1", -3)({"consent.purpose": "return"})`."""

    def with_answers(values: Mapping[str, Any], **rows: Any) -> Evidence:
        facts = {"country": "AL", "office": "tirana", "author": "mira", **also}
        return Evidence(record, record, day(offset), dict(values), rows, **facts)

    return with_answers


def consent(
    record: str, offset: int = -5, *, purpose: Any = "return", author: str = "mira", **other: Any
) -> Evidence:
    """Given, in writing, in her language, by herself; `other` says what is different, without `consent.`."""
    values = {
        "purpose": purpose, "decision": "given", "by": "person", "how": "written", "language": "sq", **other
    }  # fmt: skip
    return said(record, offset, author=author)({f"consent.{name}": value for name, value in values.items()})


def _assessment(side: str, **also: str) -> Evidence:
    values = {
        "assessment.side": side,
        "assessment.outcome": "proceed",
        "assessment.expires": day(20).isoformat(),
        "risk.circle": "no_sign",
        "needs.place_to_live": "own",
    }
    hazards = (
        {"hazard.kind": "no_income", "hazard.level": "high", "hazard.mitigation": "Paid by the fund"},
        {"hazard.kind": "stigma", "hazard.level": "low"},
    )
    return said(side, -4, **also)(values, hazard=hazards)


_LEGS = (
    {"leg.from": "Athens", "leg.to": "Rome", "leg.escort": "guardian"},
    {"leg.from": "Rome", "leg.to": "Tirana", "leg.escort": "staff", "leg.escort_name": "Ana D."},
)

#: All that a woman needs to be cleared.
ADULT: Journey = {
    "consent": consent("consent"),
    "host": _assessment("host", country="GR", office="athens", author="eleni"),
    "return": _assessment("return"),
    "plan": said("plan", -3)({"plan.state": "draft", "plan.monitoring": "draft"}),
    "travel": said("travel", -2)(
        {
            "travel.documents": "ready",
            "travel.document_expires": day(400).isoformat(),
            "travel.itinerary": "complete",
            "travel.reception": "arranged",
            "travel.departure_at": f"{day(3)}T09:00:00.000+03:00",
            "travel.arrival_at": f"{day(3)}T22:40:00.000+02:00",
        },
        leg=_LEGS,
    ),
}

#: What a girl needs beyond it, and her guardian's consent with her own.
MINOR: Journey = {
    **ADULT,
    "consent": consent("consent", by="both"),
    "determination": said("determination", -6)(
        {
            "bid.outcome": "in_favour",
            "bid.decision_makers": "Guardian, child protection officer, psychologist",
            "bid.reasons": "An aunt who is able and willing",
            "bid.options": "Foster care in Greece; the aunt; a children's home",
            "bid.child_views": "She wants to go to school near her aunt",
            "bid.review_on": day(30).isoformat(),
            "bid.expires": day(60).isoformat(),
        }
    ),
    "guardian": said("guardian", -6)(
        {"guardian.appointed": "yes", "guardian.document": "court", "guardian.conflict_check": "none"}
    ),
    "family": said("family", -6)({"family.assessment": "positive", "family.lawful_custody": "yes"}),
}


def without(journey: Journey, *names: str) -> dict[str, Evidence]:
    assert set(names) <= set(journey)
    return {name: each for name, each in journey.items() if name not in names}


def but(journey: Journey, name: str, changes: Mapping[str, Any], **rows: Any) -> dict[str, Evidence]:
    """The same journey with other answers in one record; None takes an answer away."""
    old = journey[name]
    values = {k: v for k, v in {**old.values, **changes}.items() if v is not None}
    return {**journey, name: replace(old, values=values, rows={**old.rows, **rows})}


def asked(
    gate: Gate,
    case: Case,
    evidence: Journey | Iterable[Evidence],
    today: date = TODAY,
    programme: Programme = NONE_NAMED,
    coordinators: Iterable[str] = ("coordinator",),
) -> GateResult:
    found = evidence.values() if isinstance(evidence, Mapping) else evidence
    return check(gate, case, found, today, programme, coordinators=frozenset(coordinators))


def codes(result: GateResult) -> set[str]:
    """The reasons without the gate's name before them."""
    return {reason.code.removeprefix(f"gate.{result.gate}.") for reason in result.reasons}
