"""The meanings that casework's rules read, and the values that they understand.

A form of the library or of a programme marks its questions with them (`bind::homeward:meaning`). For a
choice, the names of the choices must be those listed here; `None` stands for any text, number or date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_YES_NO: Final = ("yes", "no")

CONSENT: Final[Mapping[str, tuple[str, ...] | None]] = {
    "consent.purpose": (
        "return", "tracing", "monitoring", "share_with_country", "share_with_organisation", "testimony",
        "photo", "statistics", "retention", "assistance",
    ),
    "consent.recipient": None,
    "consent.decision": ("given", "refused", "withdrawn"),
    "consent.by": ("person", "guardian", "both"),
    "consent.how": ("written", "verbal_witnessed", "thumbprint"),
    "consent.witness": None,
    "consent.interpreter": None,
    "consent.until": None,
    "consent.on": None,
}  # fmt: skip

ASSESSMENT: Final[Mapping[str, tuple[str, ...] | None]] = {
    "assessment.side": ("host", "return"),
    "assessment.outcome": ("proceed", "postpone", "not_advised"),
    "assessment.expires": None,
    "assessment.on": None,
    "hazard.kind": None,
    "hazard.level": ("high", "medium", "low"),
    "hazard.mitigation": None,
}

TRACING: Final[Mapping[str, tuple[str, ...] | None]] = {
    "tracing.risk_screen": ("clear", "possible", "complicit"),
    "family.assessment": ("positive", "negative", "open"),
    "family.lawful_custody": _YES_NO,
    "admission.confirmed": _YES_NO,
    "admission.care": _YES_NO,
    "admission.pick_up": _YES_NO,
}

MINOR: Final[Mapping[str, tuple[str, ...] | None]] = {
    "age.established": ("adult", "minor", "unclear"),
    "age.estimate": None,
    "bid.outcome": ("in_favour", "against", "more_needed"),
    "bid.decision_makers": None,
    "bid.reasons": None,
    "bid.options": None,
    "bid.child_views": None,
    "bid.review_on": None,
    "bid.expires": None,
    "guardian.appointed": _YES_NO,
    "guardian.document_expires": None,
    "guardian.consent": ("given", "refused", "withdrawn"),
    "guardian.conflict_check": ("none", "conflict"),
}

TRAVEL: Final[Mapping[str, tuple[str, ...] | None]] = {
    "travel.documents": ("ready", "missing"),
    "travel.document_expires": None,
    "travel.itinerary": ("complete", "open"),
    "travel.reception": ("arranged", "declined", "open"),
    "travel.departure_at": None,
    "travel.arrival_at": None,
    "travel.boarded": _YES_NO,
    "leg.from": None,
    "leg.to": None,
    "leg.at": None,
    "leg.escort": ("guardian", "staff", "none"),
    "leg.escort_name": None,
    "clearance.decision": ("cleared", "not_cleared"),
    "clearance.reason": None,
}

PLAN: Final[Mapping[str, tuple[str, ...] | None]] = {
    "plan.state": ("draft", "confirmed"),
    "plan.monitoring": ("draft", "confirmed"),
    "plan.signed": ("written", "verbal_witnessed", "thumbprint", "no"),
}

PROCEEDINGS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "testimony.safety_assessment": ("safe", "unsafe", "open"),
    "proceedings.court_date": None,
    "asylum.status": ("none", "applied", "granted", "refused"),
}

CLOSURE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "closure.outcome": None,
    "closure.services_handed_over": _YES_NO,
}

INDICATORS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "programme.code": None,
    "programme.donor": None,
    "case.host_country": None,
    "case.region": None,
    "exploitation.sector": None,
    "screening.outcome": ("victim", "possible", "not_victim"),
    "solution.decision": ("return", "stay", "third_country"),
    "checkup.kind": ("medical", "psychosocial"),
    "checkup.on": None,
    "assistance.kind": None,
    "assistance.on": None,
    "assistance.amount": None,
    "assistance.currency": None,
    "assistance.line": None,
    "arrival.outcome": ("received", "declined", "unknown_person", "not_arrived"),
    "arrival.at": None,
    "contact.outcome": (
        "met", "phone_only", "not_alone", "refused", "unreachable", "moved", "suspected_retrafficking",
    ),
    "contact.date": None,
    "contact.risk": ("high", "medium", "low", "unknown"),
    "contact.further": ("as_planned", "less_often", "stop"),
    "plan.unmet_needs": _YES_NO,
    "need.kind": None,
    "incident.retrafficking": ("suspected", "confirmed", "ruled_out"),
    "referral.state": ("draft", "sent", "completed", "cancelled"),
    "referral.answer": ("accepted", "declined", "completed"),
    "complaint.about": None,
    "activity.kind": ("meeting", "training"),
    "activity.participants": None,
    "knowledge.before": None,
    "knowledge.after": None,
    "leaflets.given": None,
    "exchange.from": None,
    "exchange.to": None,
}  # fmt: skip

#: All of them, by code.
KNOWN: Final[Mapping[str, tuple[str, ...] | None]] = {
    **CONSENT, **ASSESSMENT, **TRACING, **MINOR, **TRAVEL, **PLAN, **PROCEEDINGS, **CLOSURE,
    **INDICATORS,
}  # fmt: skip
