"""What was answered to a referral: asked apart, or in one with how far it has come."""

from __future__ import annotations

from typing import Final

from forms.casework.facts import Evidence

_ANSWERS: Final = ("accepted", "declined", "completed")


def answer_of(referral: Evidence) -> str:
    """`accepted`, `declined` or `completed`; empty while nobody answered, or nobody can read what."""
    for meaning in ("referral.answer", "referral.state"):
        if referral.text(meaning) in _ANSWERS:
            return referral.text(meaning)
    return ""
