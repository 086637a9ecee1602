"""All that is due in one case, by one mechanism: decided from its records, at a day, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from forms.casework.case import Case
from forms.casework.consent import READ as CONSENT
from forms.casework.consent import ConsentRules
from forms.casework.due.arrival import (
    ARRIVAL_WATCH,
    arrival_due,
    arrived_on,
    awaited,
    with_expected,
)
from forms.casework.due.contacts import contacts_due, escalations, suspicions
from forms.casework.due.expiries import expiries, monitoring_withdrawn
from forms.casework.due.finished import Finished, finished_of
from forms.casework.due.items import Due, in_order
from forms.casework.due.rules import DueRules
from forms.casework.due.tasks import tasks
from forms.casework.facts import Evidence
from forms.library import CASE_FILE

#: Every meaning that decides what is due: who has much to read may leave the other answers out.
READ: Final = CONSENT | frozenset(
    {
        "arrival.at",
        "arrival.handed_over_at",
        "arrival.met_by",
        "arrival.outcome",
        "assessment.expires",
        "assessment.outcome",
        "assessment.side",
        "assistance.kind",
        "bid.expires",
        "bid.outcome",
        "bid.review_on",
        "case.host_country",
        "contact.date",
        "contact.further",
        "contact.next_agreed",
        "contact.outcome",
        "contact.risk",
        "guardian.document_expires",
        "need.action",
        "need.due",
        "need.kind",
        "need.owner",
        "need.state",
        "plan.unmet_needs",
        "proceedings.court_date",
        "proceedings.outcome",
        "referral.answer",
        "referral.answered_on",
        "referral.sent_on",
        "referral.service",
        "referral.state",
        "referral.urgent",
        "service.due",
        "service.kind",
        "service.state",
        "status.authority",
        "status.country",
        "status.expires",
        "status.kind",
        "status.on",
        "travel.arrival_at",
        "travel.document_expires",
    }
)


def due(
    case: Case,
    finished: Iterable[Finished],
    today: date,
    *,
    now: datetime | None = None,
    watch: timedelta = ARRIVAL_WATCH,
    rules: DueRules | None = None,
) -> list[Due]:
    """The arrival and the contacts of this case, the overdue first: at most two items, however much was
    missed.

    Either the arrival, or one contact that is overdue (one visit makes up for all that were missed)
    and the next one. `now`, in the office's zone, lets an arrival become overdue on its very day. Records
    dated after today say nothing yet: a wrong year must not silence a case. A closed case has nothing.
    """
    if case.stage == "closed":
        return []
    rules = rules or DueRules()
    done = [record for record in finished if record.on <= today]
    arrived = arrived_on(case, done, today)
    if awaited(case, arrived, timedelta(days=rules.early_days)):
        return [arrival_due(case, today, now, watch)]
    if arrived is not None:
        contacts = [r for r in done if r.is_contact and r.on >= arrived]
        return contacts_due(case, arrived, contacts, today, rules)
    if case.stage in ("arrival", "reintegration"):
        return [Due("arrival.date", CASE_FILE, today, overdue=False)]
    return []


def agenda(
    case: Case,
    evidence: Iterable[Evidence],
    today: date,
    *,
    now: datetime | None = None,
    rules: DueRules | None = None,
    consents: ConsentRules | None = None,
) -> tuple[Due, ...]:
    """Everything: arrival, contacts, what goes to others, what expires, what was taken on; see `in_order`.

    Where consent to monitoring is withdrawn the contacts stop, and nothing of them is overdue; the arrival
    is watched and a suspicion told all the same. A closed case has nothing.
    """
    if case.stage == "closed":
        return ()
    rules, consents = rules or DueRules(), consents or ConsentRules()
    known = tuple(evidence)
    case = with_expected(case, known)
    finished = [each for each in finished_of(known) if each.on <= today]
    arrived = arrived_on(case, finished, today)
    contacts = [each for each in finished if each.is_contact]
    items = [
        *suspicions(contacts, today, rules),
        *expiries(case, known, today, rules, consents or ConsentRules()),
    ]
    items += tasks(known, today, rules)
    if arrived is None and case.expected_arrival is None and case.stage == "travel":
        items.append(Due("arrival.expected", CASE_FILE, today, overdue=False))
    waiting = awaited(case, arrived, timedelta(days=rules.early_days))
    if waiting or arrived is None or not monitoring_withdrawn(known, today):
        items += due(case, finished, today, now=now, watch=rules.watch, rules=rules)
        if arrived is not None and not waiting:
            since = [each for each in contacts if each.on >= arrived]
            items += escalations(case, arrived, since, today, rules)
    return in_order(items)
