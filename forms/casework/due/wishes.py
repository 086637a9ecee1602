"""What a person says of our work and of her own file: the answer that she waits for, what is to be erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.due.statements import statements
from forms.casework.facts import Evidence

_DONE_ON: Final = ("closure.erased_on", "feedback.erased_on")
#: Of those who may be meant by a complaint, nobody sees on the agenda that there is one.
_STAFF: Final = frozenset({"worker", "coordinator", "staff", "no_answer"})
_WAITING: Final = ("", "received", "examined")
#: States of a wish that end it without its being met.
_OVER: Final = ("closed", "withdrawn")


def erasures(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each wish to be forgotten, told at the closure or in a feedback, for a coordinator: until a record of
    that day or later tells the day on which it was done, or its own record that it was taken back.

    It is due after a closure too. `subject` is the meaning by which it was asked.
    """
    asked = [
        *_asked(evidence, today, "closure.kept", "erase", "closure.on"),
        *_asked(evidence, today, "feedback.kind", "erasure", "feedback.on"),
    ]
    told = statements(evidence, today, *_DONE_ON)
    done = [day for each in told for meaning in _DONE_ON if (day := each.day(meaning)) is not None]
    found = []
    for subject, on, each in asked:
        if each.text("feedback.state") in _OVER or any(on <= day <= today for day in done):
            continue
        day = _plus(on, rules.erasure_days)
        agreed = each.day("feedback.answer_by") if subject == "feedback.kind" else None
        day = day if agreed is None else min(day, agreed)
        found.append(
            Due("erasure.asked", each.form, day, day < today, opens=on, owner="coordinator",
                subject=subject, record=each.record)
        )  # fmt: skip
    return found


def answers(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """Each answer that was promised by a day, for who looks into it. What may be about staff is confidential,
    and never the matter of the case's own worker."""
    found = []
    for each in statements(evidence, today, "feedback.answer_by"):
        day = each.day("feedback.answer_by")
        if day is None or each.text("feedback.state") not in _WAITING:
            continue
        of_staff = _of_staff(each)
        owner = each.text("feedback.handler") or "worker"
        if owner == "worker":
            owner = "other_coordinator" if of_staff else ""
        found.append(
            Due("feedback.answer", each.form, day, day < today, owner=owner, record=each.record,
                confidential=of_staff)
        )  # fmt: skip
    return found


def _of_staff(each: Evidence) -> bool:
    return (
        each.text("feedback.kind") == "misconduct"
        or each.text("feedback.about_writer") == "yes"
        or (each.text("feedback.kind") == "complaint" and bool(each.chosen("feedback.about") & _STAFF))
    )


def _asked(
    evidence: Sequence[Evidence], today: date, meaning: str, wish: str, dated: str
) -> list[tuple[str, date, Evidence]]:
    """The last closure's word, and each feedback's own."""
    said = statements(evidence, today, meaning)
    last = said[-1:] if meaning == "closure.kept" else said
    return [(meaning, each.day(dated) or each.on, each) for each in last if each.text(meaning) == wish]


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))
