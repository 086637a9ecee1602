"""What visits to children, meetings, and the work between offices and states say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_YES_NO: Final = ("yes", "no")

#: A child at home or in care, visited: what the rules on risk and on reviews read, and what exports tell.
CHILD: Final[Mapping[str, tuple[str, ...] | None]] = {
    "child.danger_now": ("no", "unsure", "yes"),
    "child.agrees": ("yes", "partly", "not_asked", "no"),
    "child.not_alone_why": ("child_wish", "no_room", "other", "somebody_stayed", "carer_refused"),
    "child.seen_where": ("home", "school", "office", "outside", "institution"),
    "child.arranged": ("yes", "agreed_change", "unsure", "changed"),
    "child.change": None,
    "child.school": (
        "attends", "sometimes", "enrolled_only", "not_enrolled", "training", "too_young", "finished",
        "no_answer",
    ),
    "child.school_absence": (
        "illness", "work", "household", "cost", "papers", "level", "bullying", "fear", "not_allowed",
        "own_wish", "other", "no_answer",
    ),
    "child.bullying": ("yes", "no", "unsure", "no_answer"),
    "child.play": ("friends", "family", "little", "online", "not_allowed", "no_answer"),
    "child.work": (
        "helps", "light", "hours", "street", "begging", "dangerous", "night", "for_someone", "none",
        "no_answer",
    ),
    "child.marriage": ("none", "talk", "planned", "married", "no_answer"),
    "child.words": None,
    "child.tell_nobody": None,
    "child.carer_heard": ("apart", "child_near", "others_near", "absent", "refused", "no_carer"),
    "child.carer_strain": ("copes", "tired", "overwhelmed", "gives_up", "no_answer"),
    "child.carer_needs": (
        "money", "housing", "school_costs", "health", "advice", "rest", "work", "papers", "none",
        "no_answer",
    ),
    "child.carer_words": None,
    "child.siblings_risk": ("none_there", "no", "unsure", "yes", "no_answer"),
    "child.guardianship": ("in_force", "not_seen", "other_person", "disputed", "ended", "none"),
    "child.care_seen": (
        "hungry", "clothes", "bed", "tired", "ill", "injuries", "fear", "presents", "none",
    ),
    "child.bid_review": ("no", "unsure", "yes"),
}  # fmt: skip

#: What an office does for no single person: see `office_file`.
ACTIVITY: Final[Mapping[str, tuple[str, ...] | None]] = {
    "activity.on": None,
    "activity.kind": ("meeting", "training", "awareness", "leaflets"),
    "activity.children": ("main", "part", "no"),
    "activity.participants": None,
    "attendance.kind": None,
    "attendance.women": None,
    "attendance.men": None,
    "attendance.others": None,
    "knowledge.tested": _YES_NO,
    "knowledge.comparable": _YES_NO,
    "knowledge.points": None,
    "knowledge.papers_before": None,
    "knowledge.before": None,
    "knowledge.papers_after": None,
    "knowledge.after": None,
    "leaflet.kind": None,
    "leaflet.language": None,
    "leaflet.to": ("organisations", "authorities", "beneficiaries", "public"),
    "leaflet.copies": None,
    "leaflets.given": None,
    "agreed.what": None,
    "agreed.owner": None,
    "agreed.due": None,
    "agreed.state": ("open", "done", "dropped"),
}  # fmt: skip

#: An organisation of the service directory that an office keeps itself.
DIRECTORY: Final[Mapping[str, tuple[str, ...] | None]] = {
    "organisation.name": None,
    "organisation.country": None,
    "organisation.areas": None,
    "organisation.language": None,
    "organisation.service": None,
    "organisation.places": None,
    "organisation.minors": _YES_NO,
    "organisation.hotline": None,
    "organisation.hours": None,
    "organisation.vetting": ("vetted", "in_progress", "not_vetted", "suspended"),
    "organisation.checked_on": None,
}  # fmt: skip

#: How offices and authorities work together, and what they tell each other on a case.
COORDINATION: Final[Mapping[str, tuple[str, ...] | None]] = {
    "mechanism.name": None,
    "mechanism.state": ("draft", "in_force", "suspended", "ended"),
    "mechanism.until": None,
    "exchange.direction": ("asked", "told", "asked_us", "told_us"),
    "exchange.on": None,
    "exchange.from": None,
    "exchange.to": None,
    "exchange.state": ("not_sent", "open", "partly", "answered", "refused", "recalled"),
    "exchange.answer_by": None,
    "exchange.answered_on": None,
    "exchange.ground": (
        "consent", "consent_guardian", "court", "duty_to_report", "vital_interest", "none",
    ),
    "exchange.consent_seen": ("yes", "unsure", "no"),
    "exchange.looked_up": _YES_NO,
    "exchange.categories": None,
}  # fmt: skip
