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

SCREENING: Final[Mapping[str, tuple[str, ...] | None]] = {
    "screening.safe_to_talk": ("yes", "no", "unsure"),
    "screening.suggested": ("likely", "some", "open"),
    "screening.outcome": ("possible", "open", "stopped", "not"),
    "screening.again_on": None,
    "status.kind": ("presumed", "official", "residence", "refused", "other"),
    "status.authority": None,
    "status.expires": None,
}

TRACING_STEPS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "tracing.child_consent": ("given", "refused", "withdrawn", "not_asked", "no_answer"),
    "tracing.guardian_consent": ("given", "refused", "withdrawn"),
    "tracing.begun": _YES_NO,
    "trace.outcome": ("found", "found_unwilling", "found_unsafe", "not_found", "open"),
    "trace.revealed": ("yes", "no", "unsure"),
    "admission.expires": None,
}

ASSISTANCE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "assistance.on": None,
    "assistance.kind": None,
    "assistance.provider": None,
    "assistance.outcome": ("yes", "partly", "declined", "not_delivered"),
    "assistance.in_plan": _YES_NO,
    "assistance.paid_by": ("us", "partner", "public", "person", "free"),
    "assistance.amount": None,
    "assistance.currency": None,
    "assistance.donor": None,
    "assistance.budget_line": None,
    "assistance.receipt": None,
}

INCIDENT: Final[Mapping[str, tuple[str, ...] | None]] = {
    "incident.on": None,
    "incident.danger_now": ("yes", "no", "unsure"),
    "incident.kind": None,
    "incident.risk": ("high", "medium", "low", "unknown"),
    "incident.place_known": ("yes", "no", "unsure"),
    "incident.told_at": None,
    "incident.next_on": None,
    "incident.state": ("open", "watched", "closed"),
}

REFERRAL: Final[Mapping[str, tuple[str, ...] | None]] = {
    "referral.on": None,
    "referral.direction": ("out", "out_abroad", "case_over", "in"),
    "referral.partner": None,
    "referral.consent": ("yes", "no", "not_asked", "vital_interest", "duty_to_report"),
    "referral.fields": None,
    "referral.answer_by": None,
    "referral.state": ("draft", "waiting", "accepted", "declined", "completed", "withdrawn"),
    "referral.declined_reason": None,
    "referral.answered_on": None,
    "referral.completed_on": None,
}

FEEDBACK: Final[Mapping[str, tuple[str, ...] | None]] = {
    "feedback.kind": (
        "praise", "suggestion", "complaint", "misconduct", "access", "correction", "erasure",
    ),
    "feedback.about": None,
    "feedback.about_writer": _YES_NO,
    "feedback.handler": (
        "worker", "coordinator", "other_coordinator", "complaints", "data_protection", "outside",
    ),
    "feedback.answer_by": None,
    "feedback.state": ("received", "examined", "answered", "closed", "withdrawn"),
}  # fmt: skip

#: All of them, by code.
KNOWN: Final[Mapping[str, tuple[str, ...] | None]] = {
    **CONSENT, **ASSESSMENT, **TRACING, **MINOR, **TRAVEL, **PLAN, **PROCEEDINGS, **CLOSURE,
    **SCREENING, **TRACING_STEPS, **ASSISTANCE, **INCIDENT, **REFERRAL, **FEEDBACK,
}  # fmt: skip
