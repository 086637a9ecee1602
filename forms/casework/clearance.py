"""A clearance to travel that was given: whether it still stands, and whom to tell when it lapses.

A clearance stands as long as its gate has been open all the time since. Once its gate was closed, for a day
or by a record that another device brings later, it has lapsed for good: a new one must be given. After
boarding it is judged by what was so until then, also if that is learned too late to stop the journey.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.gates import check
from forms.casework.meanings import ASSESSMENT, TRAVEL
from forms.casework.word import Reason, ids, in_order, last_word

if TYPE_CHECKING:
    from forms.casework.programme import Programme


@dataclass(frozen=True, slots=True)
class Clearance:
    """A journey that was cleared. `alert` names the offices that must know when it does not stand."""

    evidence: tuple[str, ...]
    stands: bool
    reasons: tuple[Reason, ...]
    alert: tuple[str, ...]
    boarded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """A clearance that stands no more: why, and the offices to alert at once."""

    evidence: tuple[str, ...]
    reasons: tuple[Reason, ...]
    alert: tuple[str, ...]
    boarded_on: date | None = None


def clearance(
    case: Case,
    evidence: Iterable[Evidence],
    today: date,
    programme: Programme,
    *,
    coordinators: Collection[str] = (),
) -> Clearance | None:
    """The clearance that was given last; None where none was, or the last word is 'not cleared'.

    One that somebody recorded while the gate was closed is told, and does not stand.
    """
    found = in_order(evidence)
    newest = last_word(found, today, "clearance.decision", good=_cleared)
    if not newest or not all(map(_cleared, newest)):
        return None
    start = max(each.at("clearance.decision") for each in newest)
    boarded = _boarded_on(found, start[0], today)
    last = boarded or today
    seen = [each for each in found if each.on <= last or each.on > today]

    def closed(known: list[Evidence], day: date, *, hard: bool) -> list[Reason]:
        result = check("clear_to_travel", case, known, day, programme, coordinators=coordinators)
        return [each for each in result.reasons if each.hard or not hard]

    # No passing of time opens a hard gate, so a look at the end of each span between two records is enough.
    reasons = closed(seen, last, hard=False)
    known = [each for each in seen if (each.on, each.order) <= start]
    for each in (each for each in seen if (each.on, each.order) > start and each.on <= last):
        reasons += closed(known, each.on, hard=True)
        known = [*known, each]
    return Clearance(ids(newest), not reasons, tuple(dict.fromkeys(reasons)), _offices(case, found), boarded)


def lapsed(before: Clearance | None, after: Clearance | None) -> Lapse | None:
    """What a merge, an expiry or a withdrawal has done to a clearance: None where it stands as it did.

    A clearance that comes with the merge and does not stand is told as well.
    """
    if after is None:
        return None if before is None or not before.stands else _lapse(before, _REVOKED)
    if after.stands or (before is not None and not before.stands and before.evidence == after.evidence):
        return None
    return _lapse(after, after.reasons)


_REVOKED = (Reason("gate.clear_to_travel.not_cleared"),)


def _lapse(given: Clearance, reasons: tuple[Reason, ...]) -> Lapse:
    return Lapse(given.evidence, reasons, given.alert, given.boarded_on)


def _cleared(each: Evidence) -> bool:
    return each.text("clearance.decision") == "cleared"


def _boarded_on(found: Iterable[Evidence], cleared_on: date, today: date) -> date | None:
    """The day of boarding after the clearance: never before the departure that its record tells."""
    days = [
        max(each.on, each.day("travel.departure_at") or each.on)
        for each in found
        if each.text("travel.boarded") == "yes"
    ]
    return max((day for day in days if cleared_on <= day <= today), default=None)


def _offices(case: Case, found: Iterable[Evidence]) -> tuple[str, ...]:
    """The office that holds the case, and those that assessed the journey or planned it: both sides."""
    told = {e.office for e in found if any(m in ASSESSMENT or m in TRAVEL for m in e.values)}
    return tuple(sorted({case.office, *told} - {""}))
