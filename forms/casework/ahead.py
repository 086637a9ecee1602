"""What lies ahead of a case: the gates of its stage, and what a form must ask to answer what they miss.

Which form that is, is not said here: any that asks for the meaning, of the library or of a programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, get_args

from forms.casework.case import Stage
from forms.casework.consent_statement import DECISION
from forms.casework.facts import Evidence
from forms.casework.gates import SOFT, Gate
from forms.casework.pathway import STANDARD, StagePlan, decided, like, tracks

_OF_STAGE: Final[Mapping[Stage, tuple[Gate, ...]]] = {
    "identified": ("contact_family",),
    "shelter": ("contact_family",),
    "decision": ("contact_family", "clear_to_travel"),
    "pre_departure": ("clear_to_travel", "contact_family"),
    "travel": ("clear_to_travel", "close_arrival"),
    "arrival": ("close_arrival", "start_reintegration"),
    "reintegration": ("start_reintegration", "close_case"),
    "closed": (),
}
#: Of who stays: no journey is cleared, and what begins after the decision is integration.
_INSTEAD: Final[Mapping[Gate, Gate]] = {
    "clear_to_travel": "start_reintegration",
    "close_arrival": "start_reintegration",
}
#: How the name of a reason begins, and the meaning that answers it; the longer beginning counts first.
_ANSWERED_BY: Final[Mapping[str, str]] = {
    "assessment": "assessment.outcome",
    "consent_": DECISION,
    "consent_guardian_conflict": "guardian.conflict_check",
    "decided_to_stay": "solution.decision",
    "minor_bid_": "bid.outcome",
    "minor_guardian_": "guardian.appointed",
    "minor_home_": "family.assessment",
    "minor_legs_": "leg.escort",
    "minor_escort_": "leg.escort",
    "not_cleared": "clearance.decision",
    "not_fit": "checkup.travel",
    "outcome_missing": "arrival.outcome",
    "relatives_": "tracing.risk_screen",
    "risk_screen_": "tracing.risk_screen",
    "safety_assessment_": "testimony.safety_assessment",
}


def ahead(
    stage: str, found: Iterable[Evidence], today: date, plans: Iterable[StagePlan] = STANDARD
) -> tuple[Gate, ...]:
    """The gates to look at in this stage, the nearest first; with that of a testimony where one is spoken
    of."""
    records = list(found)
    gates = _OF_STAGE[like(stage, plans)]
    if decided(records, today) == "stay":
        gates = tuple(_INSTEAD.get(gate, gate) for gate in gates)
    if any(track.kind == "testifying" for track in tracks(records, today)):
        gates = (*gates, "testify")
    return tuple(dict.fromkeys(gates))


def answered_by(code: str) -> str:
    """The meaning that answers what a gate misses, by the whole code; empty where no one answer does."""
    _, _, rest = code.partition("gate.")
    gate, _, name = rest.partition(".")
    soft = SOFT[gate].get(name) if gate in get_args(Gate) else None  # type: ignore[index]
    if soft:
        return soft[0]
    fitting = [begins for begins in _ANSWERED_BY if name.startswith(begins)]
    return _ANSWERED_BY[max(fitting, key=len)] if fitting else ""
