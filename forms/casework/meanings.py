"""The meanings that casework's rules read, and the values that they understand.

A form of the library or of a programme marks its questions with them (`bind::homeward:meaning`). For a
choice, the names of the choices must be those listed here; `None` stands for any text, number or date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from forms.casework.meanings_office import ACTIVITY, CHILD, COORDINATION, DIRECTORY
from forms.casework.meanings_person import CHECK_UP, INTEGRATION, LANGUAGES, PERSON, SKILLS
from forms.casework.meanings_protection import DENY, RISK, SAFE_CONTACT, SAME, SHARE

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
    "consent.witness_fits": _YES_NO,
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
    "guardian.document": ("court", "authority", "certified", "copy", "none"),
    "guardian.document_expires": None,
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
    "leg.escort": ("guardian", "staff", "chosen", "none"),
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

#: What the forms of the way home ask beyond that: for indicators, exports and who reads a file.
WAY_HOME: Final[Mapping[str, tuple[str, ...] | None]] = {
    "consent.in_private": ("yes", "no", "unsure"),
    "consent.understood": _YES_NO,
    "consent.pressure": ("no", "no_answer", "unsure", "yes"),
    "consent.told_withdrawal": _YES_NO,
    "consent.paper": None,
    "consent.limits": None,
    "assessment.sources": ("person", "guardian", "other_office", "partner", "authority", "public"),
    "risk.known_to_exploiters": (
        "address", "family", "phone", "return_plan", "images", "none", "not_known", "no_answer",
    ),
    "risk.threats": (
        "contact", "threats", "family", "watched", "online", "proceedings", "none", "not_known",
        "no_answer",
    ),
    "risk.circle": ("no_sign", "no_answer", "not_known", "possible", "known"),
    "risk.debt": ("none", "family", "lender", "recruiter", "exploiter", "not_known", "no_answer"),
    "risk.welcome": ("respect", "mixed", "blame", "danger", "elsewhere", "not_known", "no_answer"),
    "needs.place_to_live": ("own", "relatives", "shelter", "uncertain", "unsafe", "nowhere", "no_answer"),
    "needs.papers": ("complete", "applied", "missing", "withheld", "no_answer"),
    "needs.health": (
        "treatment", "medicine", "pregnancy", "injury", "disability", "mind", "substances", "none",
        "no_answer",
    ),
    "needs.support": (
        "protection", "legal", "housing", "income", "training", "child_care", "family", "interpreter",
        "none", "no_answer",
    ),
    "risk.self_harm": ("no", "not_asked", "no_answer", "unsure", "yes"),
    "hazard.owner": ("host_office", "return_office", "partner", "authority", "person"),
    "assessment.person_view": (
        "return_soon", "return_later", "elsewhere", "unsure", "no_return", "no_answer",
    ),
    "assessment.reasons": None,
    "solution.on": None,
    "solution.options_explained": ("return", "stay", "third_country"),
    "solution.pressure": ("no", "no_answer", "unsure", "yes"),
    "solution.legal_advice": ("yes", "planned", "no", "declined"),
    "solution.wish": ("return", "stay", "third_country", "undecided", "no_answer"),
    "solution.wish_reasons": None,
    "solution.by": ("person", "both", "guardian", "authority"),
    "solution.place": None,
    "solution.integration_wishes": (
        "language", "education", "vocational", "apprenticeship", "work", "housing", "health", "family",
        "none", "no_answer",
    ),
    "solution.reasons": None,
    "solution.told_open": _YES_NO,
    "solution.review_on": None,
    "travel.document_kinds": (
        "passport", "identity_card", "emergency", "visa", "birth_certificate", "child_permission",
        "medical", "other",
    ),
    "travel.consulate": ("not_needed", "open", "contacted", "never"),
    "travel.fitness": ("yes", "conditions", "open", "no", "no_answer"),
    "travel.fitness_conditions": None,
    "leg.transit_contact": None,
    "travel.received_by": None,
    "case.of_age": _YES_NO,
    "travel.keep_from": None,
    "travel.numbers_given": _YES_NO,
    "travel.remarks": None,
    "clearance.on": None,
    "clearance.asked_again": ("yes", "hesitates", "no", "not_asked"),
    "clearance.new_danger": ("no", "unsure", "yes"),
    "clearance.open_points": ("plan", "documents", "itinerary", "reception", "health", "none"),
    "clearance.other_office": _YES_NO,
    "plan.on": None,
    "plan.goals": None,
    "plan.not_wanted": None,
    "service.what": None,
    "service.agreed": ("yes", "asked", "no"),
    "milestone.what": None,
    "milestone.due": None,
    "milestone.state": ("open", "done", "dropped"),
    "plan.rhythm": ("weekly", "two_weeks", "monthly", "rarely", "own_call", "no_contact"),
    "plan.where_to_meet": None,
    "plan.if_danger": None,
    "plan.witness": None,
    "plan.guardian_signed": ("not_needed", "yes", "no"),
    "plan.copy": ("person", "office", "none"),
    "plan.paper": None,
    "testimony.on": None,
    "testimony.wish": ("yes", "undecided", "no", "no_answer"),
    "testimony.pressure": ("no", "no_answer", "unsure", "yes"),
    "proceedings.claims": (
        "wages", "compensation", "documents", "protection", "permit", "punishment", "none", "no_answer",
    ),
    "testimony.manner": (
        "video", "recorded", "written", "closed_court", "no_sight", "woman_asks", "man_asks", "in_court",
        "none", "no_answer",
    ),
    "proceedings.role": ("none", "reported", "witness", "party", "accused", "not_known", "no_answer"),
    "proceedings.lawyer": ("yes", "requested", "no", "not_wished"),
    "proceedings.authority": None,
    "testimony.measures": (
        "escort", "address_secret", "anonymity", "separate_entrance", "police", "family", "new_place",
        "interpreter", "child_care", "none",
    ),
    "testimony.keep_from": None,
    "testimony.support": ("yes", "planned", "no", "not_wished"),
    "testimony.reasons": None,
    "closure.on": None,
    "closure.tries": ("agreed_way", "trusted", "visit", "other_office", "partner", "none"),
    "closure.person_told": ("agrees", "disagrees", "not_told"),
    "closure.settled": (
        "housing", "income", "training", "health", "people", "children", "documents", "debt", "none",
        "no_answer",
    ),
    "closure.own_view": ("1", "2", "3", "4", "5", "no_answer"),
    "closure.person_words": None,
    "closure.services_open": _YES_NO,
    "closure.handed_to": None,
    "closure.kept": ("whole", "minimum", "erase", "not_asked"),
    "closure.contact_later": ("no", "no_answer", "own_call", "yes"),
    "closure.door_open": _YES_NO,
    "closure.erased_on": None,
    "closure.summary": None,
}  # fmt: skip

#: What gates read beyond the above: a birth date known in part (`2008`, `2008-05`), the age that the person
#: gives, in which language a consent was explained, the day of the withdrawal that a new consent knows of,
#: a transfer without consent, the durable solution, how an arrival ended, which way a plan is for, and what
#: a coordinator passes with a reason.
GATES: Final[Mapping[str, tuple[str, ...] | None]] = {
    "age.born": None,
    "age.said": None,
    "consent.language": LANGUAGES,
    "consent.language_other": None,
    "consent.withdrawn_on": None,
    "disclosure.basis": ("vital_interest", "duty_to_report"),
    "disclosure.recipient": None,
    "disclosure.reason": None,
    "solution.decision": ("return", "stay", "third_country", "undecided"),
    "arrival.outcome": ("received", "declined", "not_arrived", "unknown_person"),
    "gate.override": ("clear_to_travel", "start_reintegration", "close_case"),
    "gate.override_of": (
        "plan_missing", "monitoring_plan_missing", "documents_missing", "documents_expiry_missing",
        "documents_expired", "itinerary_missing", "itinerary_gap", "reception_missing",
        "reception_declined_by_minor", "arrival_unconfirmed", "plan_unconfirmed",
        "monitoring_plan_unconfirmed", "plan_unsigned", "outcome_missing", "services_open",
        "retention_not_asked",
    ),
    "plan.way": ("journey", "stay"),
    "gate.override_reason": None,
}  # fmt: skip

INDICATORS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "programme.code": None,
    "programme.donor": None,
    "case.host_country": None,
    "case.programme": None,
    "case.region": None,
    "exploitation.sector": None,
    "exploitation.promised_work": None,
    "exploitation.recruited_by": (
        "parents", "partner", "relative", "friend", "acquaintance", "agency", "online", "stranger", "nobody",
        "not_known", "no_answer",
    ),
    "exploitation.profited": (
        "relative", "false_relative", "employer", "group", "single", "not_known", "no_answer",
    ),
    "screening.outcome": ("victim", "possible", "not_victim", "open", "stopped", "not"),
    "checkup.kind": ("medical", "psychosocial"),
    "checkup.on": None,
    "assistance.kind": None,
    "assistance.on": None,
    "assistance.amount": None,
    "assistance.currency": None,
    "assistance.line": None,
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
    "referral.state": ("draft", "sent", "accepted", "declined", "completed", "cancelled"),
    "referral.answer": ("accepted", "declined", "completed"),
}  # fmt: skip

#: What is due, planned, paid and handed over.
FOLLOW_UP: Final[Mapping[str, tuple[str, ...] | None]] = {
    "status.country": None,
    "status.authority": None,
    "status.kind": None,
    "status.on": None,
    "status.expires": None,
    "need.action": None,
    "need.owner": None,
    "need.due": None,
    "need.state": ("open", "done", "dropped"),
    "proceedings.outcome": None,
}  # fmt: skip

REFERRAL: Final[Mapping[str, tuple[str, ...] | None]] = {
    "referral.to": None,
    "referral.direction": ("out", "out_abroad", "case_over", "in"),
    "referral.consent": ("yes", "no", "not_asked", "vital_interest", "duty_to_report"),
    "referral.fields": None,
    "referral.answer_by": None,
    "referral.service": None,
    "referral.urgent": _YES_NO,
    "referral.urgency": ("today", "days", "week", "no_haste"),
    "referral.sent_on": None,
    "referral.sent_fields": None,
    "referral.sent_hash": None,
    "referral.answered_on": None,
    "referral.declined_reason": None,
    "referral.completed_on": None,
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
    "assistance.provider": None,
    "assistance.receipt": None,
    "assistance.over_budget_reason": None,
}

PROCEDURE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "procedure.step": None,
    "procedure.done": _YES_NO,
    "procedure.by": None,
    "procedure.deviation": None,
    "procedure.title": None,
}

SCREENING: Final[Mapping[str, tuple[str, ...] | None]] = {
    "screening.safe_to_talk": ("yes", "no", "unsure"),
    "screening.suggested": ("likely", "some", "open"),
    "screening.again_on": None,
    "person.reads": ("well", "little", "other_language", "no", "no_answer"),
}

TRACING_STEPS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "tracing.begun": _YES_NO,
    "trace.outcome": ("found", "found_unwilling", "found_unsafe", "not_found", "open"),
    "trace.revealed": ("yes", "no", "unsure"),
    "admission.expires": None,
}

#: What no form asks any more, because the form for consent does, and older records still say.
OLDER: Final[Mapping[str, tuple[str, ...] | None]] = {
    "guardian.consent": ("given", "refused", "withdrawn"),
    "tracing.child_consent": ("given", "refused", "withdrawn", "not_asked", "no_answer"),
    "tracing.guardian_consent": ("given", "refused", "withdrawn"),
}

ASSISTANCE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "assistance.outcome": ("yes", "partly", "declined", "not_delivered"),
    "assistance.in_plan": _YES_NO,
    "assistance.paid_by": ("us", "partner", "public", "person", "free"),
    "assistance.donor": None,
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

FEEDBACK: Final[Mapping[str, tuple[str, ...] | None]] = {
    "feedback.kind": (
        "praise", "suggestion", "complaint", "misconduct", "access", "correction", "erasure",
    ),
    "feedback.about": (
        "worker", "coordinator", "staff", "shelter", "service", "partner", "authority", "residents",
        "questions", "no_answer",
    ),
    "feedback.about_writer": _YES_NO,
    "feedback.taken_over": _YES_NO,
    "feedback.handler": (
        "worker", "coordinator", "other_coordinator", "complaints", "data_protection", "outside",
    ),
    "feedback.answer_by": None,
    "feedback.erased_on": None,
    "feedback.state": ("received", "examined", "answered", "closed", "withdrawn"),
}  # fmt: skip

#: All of them, by code.
KNOWN: Final[Mapping[str, tuple[str, ...] | None]] = {
    **CONSENT, **ASSESSMENT, **TRACING, **MINOR, **TRAVEL, **PLAN, **PROCEEDINGS, **CLOSURE,
    **WAY_HOME, **GATES,
    **INDICATORS,
    **FOLLOW_UP,
    **REFERRAL,
    **MONEY,
    **PROCEDURE,
    **SCREENING,
    **TRACING_STEPS,
    **OLDER,
    **ASSISTANCE,
    **INCIDENT,
    **FEEDBACK,
    **PERSON,
    **CHECK_UP,
    **SKILLS,
    **INTEGRATION,
    **SAFE_CONTACT,
    **DENY,
    **SHARE,
    **SAME,
    **RISK,
    **CHILD,
    **ACTIVITY,
    **COORDINATION,
    **DIRECTORY,
}  # fmt: skip

#: Days on which something was done or said, by what they mean: no rule takes one that is to come.
SAID_ON: Final = frozenset(
    {
        "arrival.at", "arrival.handed_over_at", "assessment.on", "assistance.on", "bid.on", "clearance.on",
        "closure.erased_on", "closure.on", "consent.on", "consent.withdrawn_on", "contact.confirmed_on",
        "contact.date", "exchange.answered_on", "exchange.on", "feedback.erased_on", "feedback.on",
        "guardian.on", "incident.on", "plan.on", "referral.answered_on", "referral.completed_on",
        "referral.sent_on", "screening.on", "solution.on", "status.on", "testimony.on", "trace.on",
    }
)  # fmt: skip
