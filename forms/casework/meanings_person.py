"""The meanings of a person's health, of what the person can do and wants, and of settling in: a part of
`meanings`, which tells how they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_YES_NO: Final = ("yes", "no")

#: In which a person is talked with: codes of BCP 47; for `other` a text beside it says which.
LANGUAGES: Final = ("en", "fr", "sq", "ar", "uk", "zgh", "ru", "sgn", "other")

#: By what a person is known and reached: `likely` of duplicates compares the numbers.
PERSON: Final[Mapping[str, tuple[str, ...] | None]] = {
    "person.language": LANGUAGES,
    "person.language_other": None,
    "person.phone": None,
    "person.document": None,
}

#: The check-up in facts for a referral or a journey: no diagnosis among them.
CHECK_UP: Final[Mapping[str, tuple[str, ...] | None]] = {
    "checkup.agreed": ("yes", "partly", "declined"),
    "checkup.by": ("doctor", "nurse", "midwife", "psychologist", "social_worker", "other"),
    "checkup.where": None,
    "checkup.urgent": (
        "injury", "violence", "pregnancy", "illness", "withdrawal", "medicine", "none", "no_answer",
    ),
    "checkup.injuries": ("none", "healing", "care", "specialist", "not_looked", "no_answer"),
    "checkup.pregnancy": ("no", "yes", "not_known", "does_not_apply", "no_answer"),
    "checkup.birth_expected": None,
    "checkup.medicine": ("none", "yes", "not_known", "no_answer"),
    "checkup.medicine_what": None,
    "checkup.medicine_until": None,
    "checkup.travel": ("possible", "conditions", "not_yet", "not_asked", "no_answer"),
    "checkup.travel_conditions": (
        "letter", "no_flight", "wheelchair", "seat", "company", "cold", "doctor_there", "other",
    ),
    "checkup.travel_until": None,
    "checkup.vaccination": ("no_child", "has", "asked_for", "missing", "no_answer"),
    "checkup.sleep": ("good", "some", "hard", "no_answer"),
    "checkup.fear": ("good", "some", "hard", "no_answer"),
    "checkup.self_harm": ("no", "not_asked", "no_answer", "unsure", "yes"),
    "checkup.self_harm_done": (
        "somebody_stays", "emergency", "coordinator", "out_of_reach", "safety_plan", "not_yet",
    ),
    "checkup.substances": ("none", "wished", "withdrawal", "not_asked", "no_answer"),
    "checkup.referral": ("yes", "later", "no", "not_needed", "no_answer"),
    "checkup.referral_to": None,
    "checkup.follow_up_on": None,
    "checkup.keep_from": None,
}  # fmt: skip

#: What a person can do and wants, and the chances that were asked for in the country of return.
SKILLS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "skills.on": None,
    "skills.can_go_on": ("yes", "tired", "no", "no_answer"),
    "skills.schooling": (
        "none", "some_primary", "primary", "lower", "secondary", "vocational", "higher", "no_answer",
    ),
    "tongue.which": None,
    "tongue.spoken": ("no", "some", "well", "fluent", "no_answer"),
    "tongue.read": ("no", "some", "well", "fluent", "no_answer"),
    "tongue.written": ("no", "some", "well", "fluent", "no_answer"),
    "skills.work_done": None,
    "skills.work_liked": None,
    "skills.informal": None,
    "skills.work_limits": None,
    "skills.work_refused": None,
    "skills.refused_words": None,
    "skills.wishes": None,
    "skills.strengths": None,
    "skills.worries": None,
    "skills.first_wish": (
        "rest", "family", "work", "training", "school", "business", "move", "unsure", "no_answer",
    ),
    "skills.training": None,
    "skills.business": ("plan", "idea", "later", "no", "no_answer"),
    "skills.care_needs": None,
    "contacts.consent": ("given", "refused", "withdrawn", "not_asked", "no_answer"),
    "contacts.may_tell": (
        "skills", "age_group", "languages", "region", "limits", "month", "name", "nothing",
    ),
    "chance.asked_by": None,
    "chance.asked_whom": (
        "peer", "office", "partner", "employment", "school", "employer", "relative", "agency", "internet",
    ),
    "chance.contact": None,
    "chance.asked_on": None,
    "chance.kind": ("work", "apprenticeship", "course", "grant", "premises", "advice", "none"),
    "chance.what": None,
    "chance.red_flags": (
        "pay", "fee", "papers", "hurry", "secret", "no_address", "housing_bound", "onward",
        "knows_person", "exploiter", "none",
    ),
    "chance.verified": ("safe", "papers", "open", "doubtful", "trap"),
    "chance.step": None,
    "chance.owner": ("worker", "person", "colleague", "other_country", "partner"),
    "chance.due": None,
    "chance.state": ("open", "done", "dropped"),
    "chance.safe_count": None,
}  # fmt: skip

#: What the plan of who stays has beyond the other's.
INTEGRATION: Final[Mapping[str, tuple[str, ...] | None]] = {
    "plan.danger": ("no", "no_answer", "unsure", "yes"),
    "service.allowed": ("yes", "applied", "no", "not_known"),
    "service.starts": None,
    "service.owner": ("person", "worker", "colleague", "partner", "authority"),
    "plan.paid": _YES_NO,
    "plan.return_open": ("told", "asks", "not_yet", "no_answer"),
    "plan.if_return": None,
}
