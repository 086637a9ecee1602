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

SAFE_CONTACT: Final[Mapping[str, tuple[str, ...] | None]] = {
    "contact.safe_channel": (
        "phone_call", "text_message", "messenger", "email", "in_person", "trusted_person", "none",
    ),
    "contact.safe_times": None,
    "contact.safe_never": None,
    "contact.code_word_agreed": _YES_NO,
    "contact.channel_still_safe": ("yes", "no", "unsure"),
    "contact.confirmed_on": None,
}  # fmt: skip

DENY: Final[Mapping[str, tuple[str, ...] | None]] = {
    "deny.who": None,
    "deny.decision": ("denied", "lifted"),
    "deny.reason": None,
}

RISK: Final[Mapping[str, tuple[str, ...] | None]] = {
    "case.risk": ("high", "medium", "low", "unknown"),
    "case.risk_lowered_because": None,
    "contact.risk": ("high", "medium", "low", "unknown"),
    "contact.risk_lowered_because": None,
    "safety.own_view": ("1", "2", "3", "4", "5", "no_answer"),
}

#: All of them, by code.
KNOWN: Final[Mapping[str, tuple[str, ...] | None]] = {
    **CONSENT, **ASSESSMENT, **TRACING, **MINOR, **TRAVEL, **PLAN, **PROCEEDINGS, **CLOSURE,
    **SAFE_CONTACT, **DENY, **RISK,
}  # fmt: skip
