"""One thing that is due, whatever it is: every rule of this package makes these and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

_MONTHS: Final = (1, 2, 3, 6, 9, 12)
#: Every message code that `Due.kind` can have.
KINDS: Final = (
    "arrival",
    "arrival.date",
    "arrival.expected",
    "contact.hours_48",
    "contact.week_1",
    "contact.week_2",
    *(f"contact.month_{month}" for month in _MONTHS),
    "contact.weekly",
    "contact.monthly",
    "contact.agreed",
    "contact.again",
    "escalation.missed_contact",
    "escalation.unreachable",
    "escalation.suspected_retrafficking",
    "erasure.asked",
    "feedback.answer",
    "consent.unclear",
    "consent.expires",
    "determination.expires",
    "determination.review",
    "assessment.expires",
    "travel_document.expires",
    "status.expires",
    "guardian_document.expires",
    "birthday.18",
    "referral.answer",
    "referral.completion",
    "referral.anew",
    "court.date",
    "solution.review",
    "screening.again",
    "exchange.answer",
    "agreement.expires",
    "action.agreed",
    "plan.milestone",
)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do in one case. `missed` counts the planned contacts that it makes up for.

    `opens` is the day from which it is on the worker's desk, where that is before the day on which it is
    due. `form` is the one to record it in, empty where none is known. `owner` is who has to act, empty for
    the worker of the case; `subject` what it is about, as a code (the purpose of a consent, a country);
    `record` the record that says so. Neither subject nor record ever names the person of the case. `words`
    are what was written of it, and may name anybody: they are for the case's own page, never for a list, a
    calendar or a reminder. What is `confidential` is seen by its owner alone: see `shown_to`.
    """

    kind: str
    form: str
    due: date
    overdue: bool
    missed: int = 0
    opens: date | None = None
    owner: str = ""
    subject: str = ""
    record: str = ""
    confidential: bool = False
    words: str = field(default="", compare=False)

    def on_desk(self, today: date) -> bool:
        """Whether it is to be seen today: it is due, or will be so soon that work has to begin."""
        return (self.opens or self.due) <= today


def shown_to(items: Iterable[Due], *, coordinator: bool, carer: bool) -> tuple[Due, ...]:
    """What of a case's agenda somebody who has the case may see, who is a coordinator or not, and the case's
    own worker or not.

    What is confidential is for its owner. Of the owners only the coordinator is known by a role, and one who
    has the case herself is no coordinator of it here; whoever else handles it is told by other ways.
    """
    return tuple(
        item
        for item in items
        if not item.confidential or (item.owner == "coordinator" and coordinator and not carer)
    )


def in_order(items: Iterable[Due]) -> tuple[Due, ...]:
    """The overdue first, then by day; what is due on one day in the order of `KINDS`."""
    return tuple(
        sorted(items, key=lambda item: (not item.overdue, item.due, KINDS.index(item.kind), item.subject))
    )
