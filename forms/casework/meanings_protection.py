"""What protects a person, as answers say it: how she may be reached, who never sees her file, which office
has it, whether two files are hers, and her risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_YES_NO: Final = ("yes", "no")

SAFE_CONTACT: Final[Mapping[str, tuple[str, ...] | None]] = {
    "contact.safe_channel": (
        "phone_call", "text_message", "messenger", "email", "in_person", "trusted_person", "none",
    ),
    "contact.safe_times": None,
    "contact.never_at": (
        "morning", "afternoon", "evening", "night", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday",
    ),
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

#: Which other office has the case, and on what ground: the words of `referral.Ground`.
SHARE: Final[Mapping[str, tuple[str, ...] | None]] = {
    "share.office": None,
    "share.state": ("shared", "ended"),
    "share.ground": ("consent", "vital_interest", "duty_to_report"),
    "share.reason": None,
}

#: That the file of this record is of the same person as another file, by that one's id.
SAME: Final[Mapping[str, tuple[str, ...] | None]] = {
    "same.original": None,
    "same.state": ("same", "apart"),
    "same.because": None,
}

RISK: Final[Mapping[str, tuple[str, ...] | None]] = {
    "case.risk": ("high", "medium", "low", "unknown"),
    "case.risk_lowered_because": None,
    "contact.risk_lowered_because": None,
    "safety.own_view": ("1", "2", "3", "4", "5", "no_answer"),
}
