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

#: What is due, planned, paid and handed over.
FOLLOW_UP: Final[Mapping[str, tuple[str, ...] | None]] = {
    "case.host_country": None,
    "arrival.outcome": ("received", "declined", "not_arrived", "unknown_person"),
    "contact.outcome": (
        "met", "phone_only", "not_alone", "refused", "unreachable", "moved", "suspected_retrafficking",
    ),
    "status.country": None,
    "status.authority": None,
    "status.kind": None,
    "status.expires": None,
    "need.kind": None,
    "need.action": None,
    "need.owner": None,
    "need.due": None,
    "need.state": ("open", "done", "dropped"),
    "proceedings.outcome": None,
    "contact.never_at": (
        "morning", "afternoon", "evening", "night", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday",
    ),
}  # fmt: skip

REFERRAL: Final[Mapping[str, tuple[str, ...] | None]] = {
    "referral.to": None,
    "referral.service": None,
    "referral.urgent": _YES_NO,
    "referral.sent_on": None,
    "referral.sent_fields": None,
    "referral.sent_hash": None,
    "referral.answer": ("accepted", "declined", "completed"),
    "referral.answered_on": None,
    "referral.declined_reason": None,
    "referral.completed_on": None,
    "referral.state": ("draft", "sent", "completed", "cancelled"),
}

MONEY: Final[Mapping[str, tuple[str, ...] | None]] = {
    "service.kind": None,
    "service.provider": None,
    "service.due": None,
    "service.state": ("open", "done", "dropped"),
    "service.line": None,
    "budget.line": None,
    "budget.programme": None,
    "budget.donor": None,
    "budget.amount": None,
    "budget.currency": None,
    "budget.services": None,
    "assistance.kind": None,
    "assistance.provider": None,
    "assistance.on": None,
    "assistance.amount": None,
    "assistance.currency": None,
    "assistance.line": None,
    "assistance.receipt": None,
    "assistance.over_budget_reason": None,
}

PROCEDURE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "procedure.step": None,
    "procedure.done": _YES_NO,
    "procedure.by": None,
    "procedure.deviation": None,
}

#: All of them, by code.
KNOWN: Final[Mapping[str, tuple[str, ...] | None]] = {
    **CONSENT, **ASSESSMENT, **TRACING, **MINOR, **TRAVEL, **PLAN, **PROCEEDINGS, **CLOSURE,
    **FOLLOW_UP, **REFERRAL, **MONEY, **PROCEDURE,
}  # fmt: skip
