"""Who stays in the host state: nobody waits for an arrival, and the contacts count from the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from forms.casework.facts import Evidence, saying
from forms.casework.pathway import decided


def stays(evidence: Sequence[Evidence], today: date) -> bool:
    """Whether the last decision on the durable solution is to stay."""
    return decided(evidence, today) == "stay"


def settled_on(evidence: Sequence[Evidence], today: date) -> date | None:
    """The day on which the first plan for staying was confirmed; None before there is one. A plan that does
    not say its way is for both."""
    days = (
        each.day("plan.on") or each.on
        for each in saying(evidence, "plan.state")
        if each.text("plan.state") == "confirmed" and each.text("plan.way") in ("", "stay")
    )
    return min((day for day in days if day <= today), default=None)
