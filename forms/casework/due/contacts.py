"""The contacts of the twelve months after an arrival: which is due, which is overdue, who has to know.

Rules over facts and dates, decided anew each day and stored nowhere, so that a correction of a date
corrects what is due. All dates are local dates of the office that has the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from forms.casework.case import RISKS, Case, Risk
from forms.casework.due.finished import Finished, finished_of
from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.facts import Evidence, saying

_HEARD: Final = frozenset({"met", "phone_only", "refused"})
#: Of these a row of failures is told to the coordinator: nobody knows where the person is.
_LOST: Final = frozenset({"unreachable", "moved"})
_USUAL: Final = DueRules()


@dataclass(frozen=True, slots=True)
class Milestone:
    """One planned contact. A contact from `opens` on is this one (or a later one), not the one before."""

    kind: str
    opens: date
    due: date


def milestones(arrived: date, rules: DueRules = _USUAL) -> tuple[Milestone, ...]:
    """The contacts that every case has: by default 48 hours, weeks 1 and 2, months 1, 2, 3, 6, 9, 12.

    Each opens half-way from the one before, so that one visit is never counted for two of them
    unless it came so late that it has to be.
    """
    days = [(kind, offset.after(arrived)) for kind, offset in rules.contacts]
    planned: list[Milestone] = []
    before = arrived
    for kind, day in days:
        opens = arrived if not planned else day - (day - before) // 2
        planned.append(Milestone(kind, opens, day))
        before = day
    return tuple(planned)


@dataclass(frozen=True, slots=True)
class _State:
    """Where the contacts of a case stand. `candidates` are all that are planned and not made."""

    in_order: Sequence[Finished]
    heard: date | None
    risk: Risk
    missed: int
    candidates: Sequence[Due]


def contacts_due(
    case: Case, arrived: date, contacts: Sequence[Finished], today: date, rules: DueRules = _USUAL
) -> list[Due]:
    """At most two: one that is overdue (one visit makes up for all that were missed), and the next one."""
    state = _state(case, arrived, contacts, today, rules)
    if state is None or not state.candidates:
        return []
    late = [item for item in state.candidates if item.overdue]
    ahead = [item for item in state.candidates if not item.overdue]
    last_try = _last_try(state, rules)
    if last_try is not None:
        again = _again(last_try, state.risk, today, rules)
        if not again.overdue:
            late, ahead = [], [*(item for item in ahead if item.due > last_try.on), again]

    items = []
    if late:
        oldest = min(late, key=lambda item: item.due)
        items.append(Due(oldest.kind, oldest.form, oldest.due, True, state.missed))
    if ahead:
        # of two on one day the milestone, which comes first in the list, is named
        following = min(ahead, key=lambda item: item.due)
        missed = 0 if late else state.missed
        items.append(Due(following.kind, following.form, following.due, False, missed))
    return items


def escalations(
    case: Case, arrived: date, contacts: Sequence[Finished], today: date, rules: DueRules = _USUAL
) -> list[Due]:
    """What goes to somebody beside the worker, each from its day on: a contact that was missed, by risk and
    the days since it was due, whatever new try is planned; a row of tries that reached nobody.
    """
    state = _state(case, arrived, contacts, today, rules)
    if state is None:
        return []
    found = []
    since = min((item.due for item in state.candidates if item.overdue), default=None)
    if since is not None:
        for step in rules.escalation.get(state.risk, ()):
            day = since + timedelta(days=step.after_days)
            if day <= today:
                found.append(_escalation("escalation.missed_contact", day, today, step.to, rules))
    lost = _lost_since(state)
    if len(lost) >= max(1, rules.tries_before_escalation):
        day = lost[max(1, rules.tries_before_escalation) - 1]
        found.append(_escalation("escalation.unreachable", day, today, "coordinator", rules))
    return found


def suspicions(contacts: Sequence[Finished], today: date, rules: DueRules = _USUAL) -> list[Due]:
    """Suspected re-trafficking goes to the coordinator and the other country at once, also where the person
    has ended the contacts, until somebody has met or heard her.
    """
    in_order = sorted(contacts, key=lambda record: record.on)
    heard = max((r.on for r in in_order if r.outcome in ("met", "phone_only")), default=None)
    days = [
        r.on for r in in_order if r.outcome == "suspected_retrafficking" and (heard is None or r.on >= heard)
    ]
    if not days:
        return []
    kind = "escalation.suspected_retrafficking"
    return [_escalation(kind, days[0], today, to, rules) for to in ("coordinator", "other_country")]


def incidents(evidence: Iterable[Evidence], today: date) -> list[Finished]:
    """The incidents by which new exploitation is suspected or confirmed and was not ruled out since, like
    contacts that told it."""
    told = [each for each in saying(evidence, "incident.retrafficking") if each.on <= today]
    cleared = [place for place, each in enumerate(told) if each.text("incident.retrafficking") == "ruled_out"]
    return [
        Finished(each.form, each.day("incident.on") or each.on, "suspected_retrafficking", about="contact")
        for each in told[max(cleared, default=-1) + 1 :]
    ]


def _escalation(kind: str, day: date, today: date, to: str, rules: DueRules) -> Due:
    return Due(kind, rules.contact_form, day, overdue=day < today, owner=to)


def _state(
    case: Case, arrived: date, contacts: Sequence[Finished], today: date, rules: DueRules
) -> _State | None:
    """None when the person has ended the contacts. After the last milestone there are no candidates."""
    in_order = sorted(contacts, key=lambda record: record.on)
    if _stopped(in_order):
        return None
    heard = max((record.on for record in in_order if record.outcome in _HEARD), default=None)
    risk = _risk(case, in_order)
    planned = milestones(arrived, rules)
    open_ones = [m for m in planned if heard is None or m.opens > heard]
    candidates = [Due(m.kind, rules.contact_form, m.due, overdue=m.due < today) for m in open_ones]
    if open_ones:
        candidates += _between(risk, heard, in_order, planned[-1].due, today, rules)
    missed = sum(1 for m in open_ones if m.due < today)
    return _State(in_order, heard, risk, missed, candidates)


def _stopped(in_order: Sequence[Finished]) -> bool:
    """Whether the person has ended the contacts, and not taken them up again since."""
    said = [record.further for record in in_order if record.further]
    return bool(said) and said[-1] == "stop"


def risk_of(case: Case, found: Iterable[Evidence], today: date) -> Risk:
    """The risk by which lists are ordered: the higher of the case file's and the last contact's; unknown
    where nobody has judged it."""
    contacts = [each for each in finished_of(found) if each.is_contact and each.on <= today]
    return _higher(case, sorted(contacts, key=lambda record: record.on))


def _risk(case: Case, in_order: Sequence[Finished]) -> Risk:
    """Who nobody has judged is not low."""
    risk = _higher(case, in_order)
    return "medium" if risk == "unknown" else risk


def _higher(case: Case, in_order: Sequence[Finished]) -> Risk:
    judged = [record.risk for record in in_order if record.risk != "unknown"]
    known = [risk for risk in (case.risk, *judged[-1:]) if risk != "unknown"]
    return min(known, key=RISKS.index) if known else "unknown"


def _between(
    risk: Risk, heard: date | None, in_order: Sequence[Finished], end: date, today: date, rules: DueRules
) -> list[Due]:
    """The contact after the last one that is sooner than the next milestone: as agreed, or by risk."""
    if heard is None:
        return []
    last = [record for record in in_order if record.on == heard and record.outcome in _HEARD][-1]
    pace = rules.between.get(risk)
    if last.next_agreed is not None and last.next_agreed > heard:
        kind, day = "contact.agreed", last.next_agreed
    elif last.further == "less_often" or pace is None:
        return []
    else:
        kind, day = "contact.monthly" if pace.months else "contact.weekly", pace.after(heard)
    return [Due(kind, rules.contact_form, day, overdue=day < today)] if day <= end else []


def _last_try(state: _State, rules: DueRules) -> Finished | None:
    """The last contact that failed, unless the person was heard on that day or since."""
    heard = state.heard
    tries = [r for r in state.in_order if r.outcome in rules.again_days and (heard is None or r.on > heard)]
    return tries[-1] if tries else None


def _lost_since(state: _State) -> list[date]:
    """The days of the tries in a row, since the person was last heard, that reached nobody."""
    heard = state.heard
    return [r.on for r in state.in_order if r.outcome in _LOST and (heard is None or r.on > heard)]


def _again(last_try: Finished, risk: Risk, today: date, rules: DueRules) -> Due:
    """The next try. Until its day has passed, what was missed before is not called overdue again."""
    days = rules.again_days[last_try.outcome]
    if risk == "high":
        days = min(days, rules.again_days_at_high_risk)
    day = last_try.on + timedelta(days=days)
    if last_try.next_agreed is not None and last_try.next_agreed > last_try.on:
        day = last_try.next_agreed
    return Due("contact.again", rules.contact_form, day, overdue=day < today)
