"""What is due in a case: the arrival to be confirmed, and the contacts of the twelve months after it.

Rules over facts and dates, decided anew each day and stored nowhere, so that a correction of a date
corrects what is due. All dates are local dates of the office that has the case.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from forms.casework.case import RISKS, Case, Risk, local_date, text
from forms.library import AIRPORT_RECEPTION, CASE_FILE, MONITORING_CONTACT

#: How long after the expected time an unconfirmed arrival raises the alarm, unless the office says else.
ARRIVAL_WATCH: Final = timedelta(hours=3)
#: An arrival so much before the expected day is still that arrival; an earlier one was another journey.
EARLY: Final = timedelta(days=3)

_MONTHS: Final = (1, 2, 3, 6, 9, 12)
#: Every message code that `Due.kind` can have.
KINDS: Final = (
    "arrival",
    "arrival.date",
    "contact.hours_48",
    "contact.week_1",
    "contact.week_2",
    *(f"contact.month_{month}" for month in _MONTHS),
    "contact.weekly",
    "contact.monthly",
    "contact.agreed",
    "contact.again",
)

_ARRIVED: Final = frozenset({"received", "declined", "unknown_person"})
_HEARD: Final = frozenset({"met", "phone_only", "refused"})
# Who was not reached, or not alone, has not had the contact: it is planned anew after these days.
_AGAIN: Final = {"not_alone": 7, "unreachable": 3, "moved": 7, "suspected_retrafficking": 1}
_AGAIN_AT_HIGH_RISK: Final = 2


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do in one case. `missed` counts the planned contacts that it makes up for."""

    kind: str
    form: str
    due: date
    overdue: bool
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """What the rules need of one finished record: which form, on which local date, with which end."""

    form: str
    on: date
    outcome: str = ""
    risk: Risk = "unknown"
    further: str = ""
    next_agreed: date | None = None

    @classmethod
    def from_values(cls, form: str, values: Mapping[str, Any], changed_on: date) -> Finished:
        """From a record's values by path; `changed_on` stands in where the record tells no date.

        Values are found by the question's name, whatever group it is in, so that a later version of
        the form may arrange its groups anew.
        """
        named = {path.rpartition("/")[2]: value for path, value in values.items() if "[" not in path}
        if form == AIRPORT_RECEPTION:
            on = local_date(named.get("arrived_at")) or local_date(named.get("handed_over_at"))
            return cls(form, on or changed_on, text(named, "reception_outcome"))
        risk = named.get("risk_level")
        return cls(
            form,
            local_date(named.get("contact_date")) or changed_on,
            text(named, "outcome"),
            cast(Risk, risk) if risk in RISKS else "unknown",
            text(named, "further_contact"),
            local_date(named.get("next_agreed")),
        )


@dataclass(frozen=True, slots=True)
class Milestone:
    """One planned contact. A contact from `opens` on is this one (or a later one), not the one before."""

    kind: str
    opens: date
    due: date


def due(
    case: Case,
    finished: Iterable[Finished],
    today: date,
    *,
    now: datetime | None = None,
    watch: timedelta = ARRIVAL_WATCH,
) -> list[Due]:
    """What is to be done in this case, the overdue first: at most two items, however much was missed.

    Either the arrival, or one contact that is overdue (one visit makes up for all that were missed)
    and the next one. `now`, in the office's zone, lets an arrival become overdue on its very day. Records
    dated after today say nothing yet: a wrong year must not silence a case. A closed case has nothing.
    """
    if case.stage == "closed":
        return []
    done = [record for record in finished if record.on <= today]
    arrived = arrived_on(case, done, today)
    if _awaited(case, arrived):
        return [_arrival(case, today, now, watch)]
    if arrived is not None:
        contacts = [r for r in done if r.form == MONITORING_CONTACT and r.on >= arrived]
        return _contacts(case, arrived, contacts, today)
    if case.stage in ("arrival", "reintegration"):
        return [Due("arrival.date", CASE_FILE, today, overdue=False)]
    return []


def arrived_on(case: Case, finished: Iterable[Finished], today: date) -> date | None:
    """The day of the last arrival, by the case file or a reception; None when none is confirmed.

    A reception that ended in 'did not arrive' confirms nothing.
    """
    days = [r.on for r in finished if r.form == AIRPORT_RECEPTION and r.outcome in _ARRIVED]
    if case.arrived_on is not None:
        days.append(case.arrived_on)
    return max((day for day in days if day <= today), default=None)


def milestones(arrived: date) -> tuple[Milestone, ...]:
    """The contacts that every case has: 48 hours, weeks 1 and 2, months 1, 2, 3, 6, 9, 12.

    Each opens half-way from the one before, so that one visit is never counted for two of them
    unless it came so late that it has to be.
    """
    days = [
        ("contact.hours_48", arrived + timedelta(days=2)),
        ("contact.week_1", arrived + timedelta(days=7)),
        ("contact.week_2", arrived + timedelta(days=14)),
        *((f"contact.month_{month}", add_months(arrived, month)) for month in _MONTHS),
    ]
    planned: list[Milestone] = []
    before = arrived
    for kind, day in days:
        opens = arrived if not planned else day - (day - before) // 2
        planned.append(Milestone(kind, opens, day))
        before = day
    return tuple(planned)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _awaited(case: Case, arrived: date | None) -> bool:
    if case.expected_arrival is None:
        return False
    if arrived is None:
        return True
    if case.stage in ("arrival", "reintegration"):
        return False
    return arrived < case.expected_arrival.date() - EARLY


def _arrival(case: Case, today: date, now: datetime | None, watch: timedelta) -> Due:
    expected = case.expected_arrival
    assert expected is not None
    if now is None:
        return Due("arrival", AIRPORT_RECEPTION, expected.date(), overdue=expected.date() < today)
    local = (
        expected.replace(tzinfo=now.tzinfo) if expected.tzinfo is None else expected.astimezone(now.tzinfo)
    )
    return Due("arrival", AIRPORT_RECEPTION, local.date(), overdue=now >= local + watch)


def _contacts(case: Case, arrived: date, contacts: Sequence[Finished], today: date) -> list[Due]:
    in_order = sorted(contacts, key=lambda record: record.on)
    if _stopped(in_order):
        return []
    heard = max((record.on for record in in_order if record.outcome in _HEARD), default=None)
    planned = milestones(arrived)
    open_ones = [m for m in planned if heard is None or m.opens > heard]
    candidates = [Due(m.kind, MONITORING_CONTACT, m.due, overdue=m.due < today) for m in open_ones]
    if open_ones:
        candidates += _between(_risk(case, in_order), heard, in_order, planned[-1].due, today)
    missed = sum(1 for m in open_ones if m.due < today)

    late = [item for item in candidates if item.overdue]
    ahead = [item for item in candidates if not item.overdue]
    last_try = _last_try(in_order, heard)
    if last_try is not None and open_ones:
        again = _again(last_try, _risk(case, in_order), today)
        if not again.overdue:
            late, ahead = [], [*(item for item in ahead if item.due > last_try.on), again]

    items = []
    if late:
        oldest = min(late, key=lambda item: item.due)
        items.append(Due(oldest.kind, oldest.form, oldest.due, True, missed))
    if ahead:
        # of two on one day the milestone, which comes first in the list, is named
        following = min(ahead, key=lambda item: item.due)
        items.append(Due(following.kind, following.form, following.due, False, 0 if late else missed))
    return items


def _stopped(in_order: Sequence[Finished]) -> bool:
    """Whether the person has ended the contacts, and not taken them up again since."""
    said = [record.further for record in in_order if record.further]
    return bool(said) and said[-1] == "stop"


def _risk(case: Case, in_order: Sequence[Finished]) -> Risk:
    """The higher of the case file's risk and the last contact's; who nobody has judged is not low."""
    judged = [record.risk for record in in_order if record.risk != "unknown"]
    known = [risk for risk in (case.risk, *judged[-1:]) if risk != "unknown"]
    return min(known, key=RISKS.index) if known else "medium"


def _between(
    risk: Risk, heard: date | None, in_order: Sequence[Finished], end: date, today: date
) -> list[Due]:
    """The contact after the last one that is sooner than the next milestone: as agreed, or by risk."""
    if heard is None:
        return []
    last = [record for record in in_order if record.on == heard and record.outcome in _HEARD][-1]
    if last.next_agreed is not None and last.next_agreed > heard:
        kind, day = "contact.agreed", last.next_agreed
    elif last.further == "less_often" or risk == "low":
        return []
    elif risk == "high":
        kind, day = "contact.weekly", heard + timedelta(days=7)
    else:
        kind, day = "contact.monthly", add_months(heard, 1)
    return [Due(kind, MONITORING_CONTACT, day, overdue=day < today)] if day <= end else []


def _last_try(in_order: Sequence[Finished], heard: date | None) -> Finished | None:
    """The last contact that failed, unless the person was heard on that day or since."""
    tries = [r for r in in_order if r.outcome in _AGAIN and (heard is None or r.on > heard)]
    return tries[-1] if tries else None


def _again(last_try: Finished, risk: Risk, today: date) -> Due:
    """The next try. Until its day has passed, what was missed before is not called overdue again."""
    days = _AGAIN[last_try.outcome]
    if risk == "high":
        days = min(days, _AGAIN_AT_HIGH_RISK)
    day = last_try.on + timedelta(days=days)
    if last_try.next_agreed is not None and last_try.next_agreed > last_try.on:
        day = last_try.next_agreed
    return Due("contact.again", MONITORING_CONTACT, day, overdue=day < today)
