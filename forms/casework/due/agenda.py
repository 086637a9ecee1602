"""All that is due in one case, by one mechanism: decided from its records, at a day, stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
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
from forms.casework.due.contacts import contacts_due, escalations, incidents, suspicions
from forms.casework.due.expiries import expiries, known_child, monitoring_withdrawn
from forms.casework.due.finished import Finished, finished_of
from forms.casework.due.items import Due, in_order
from forms.casework.due.rules import DueRules
from forms.casework.due.settling import settled_on, stays
from forms.casework.due.tasks import tasks
from forms.casework.due.wishes import answers, erasures
from forms.casework.facts import Evidence
from forms.library import CASE_FILE

#: Every meaning that decides what is due: who has much to read may leave the other answers out.
READ: Final = CONSENT | frozenset(
    {
        "age.born",
        "age.established",
        "agreed.due",
        "agreed.owner",
        "agreed.state",
        "agreed.what",
        "age.estimate",
        "age.said",
        "arrival.at",
        "arrival.handed_over_at",
        "arrival.met_by",
        "arrival.outcome",
        "assessment.expires",
        "assessment.outcome",
        "assessment.side",
        "assistance.kind",
        "assistance.outcome",
        "bid.expires",
        "bid.outcome",
        "bid.review_on",
        "case.host_country",
        "chance.due",
        "chance.kind",
        "chance.owner",
        "chance.state",
        "chance.step",
        "checkup.agreed",
        "checkup.follow_up_on",
        "checkup.kind",
        "closure.erased_on",
        "closure.kept",
        "closure.on",
        "child.bid_review",
        "contact.date",
        "contact.further",
        "contact.next_agreed",
        "contact.outcome",
        "contact.risk",
        "exchange.answer_by",
        "exchange.answered_on",
        "exchange.direction",
        "exchange.from",
        "exchange.on",
        "exchange.state",
        "feedback.about",
        "feedback.about_writer",
        "feedback.answer_by",
        "feedback.erased_on",
        "feedback.handler",
        "feedback.kind",
        "feedback.on",
        "feedback.state",
        "guardian.appointed",
        "guardian.document_expires",
        "mechanism.name",
        "mechanism.state",
        "mechanism.until",
        "incident.next_on",
        "incident.on",
        "incident.owner",
        "incident.retrafficking",
        "incident.state",
        "milestone.due",
        "milestone.state",
        "milestone.what",
        "need.action",
        "need.due",
        "need.kind",
        "need.owner",
        "need.state",
        "plan.on",
        "plan.state",
        "plan.unmet_needs",
        "plan.way",
        "proceedings.court_date",
        "proceedings.outcome",
        "referral.answer",
        "referral.answer_by",
        "referral.answered_on",
        "referral.sent_on",
        "referral.service",
        "referral.state",
        "referral.urgency",
        "referral.urgent",
        "screening.again_on",
        "screening.outcome",
        "service.due",
        "service.kind",
        "service.state",
        "solution.decision",
        "solution.review_on",
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
    is watched and a suspicion told all the same. Who stays in the host state is not waited for: the contacts
    count from the day on which the plan was confirmed. A closed case has nothing but what its person asked of
    her own file and of us.
    """
    rules, consents = rules or DueRules(), consents or ConsentRules()
    known = tuple(evidence)
    wishes = [*erasures(known, today, rules), *answers(known, today)]
    if case.stage == "closed":
        return in_order(wishes)
    case = with_expected(case, known)
    if known_child(case, known, today):
        rules = replace(rules, contact_form=rules.child_contact_form)
    finished = [each for each in finished_of(known) if each.on <= today]
    arrived = arrived_on(case, finished, today)
    contacts = [each for each in finished if each.is_contact]
    told = suspicions([*contacts, *incidents(known, today)], today, rules)
    items = [*wishes, *told, *expiries(case, known, today, rules, consents)]
    items += tasks(known, today, rules)
    if arrived is None and case.expected_arrival is None and case.stage == "travel":
        items.append(Due("arrival.expected", CASE_FILE, today, overdue=False))
    waiting = awaited(case, arrived, timedelta(days=rules.early_days))
    if arrived is None and not waiting and stays(known, today):
        settled = settled_on(known, today)
        if settled is not None and not monitoring_withdrawn(known, today):
            since = [each for each in contacts if each.on >= settled]
            items += contacts_due(case, settled, since, today, rules)
            items += escalations(case, settled, since, today, rules)
        return in_order(items)
    if waiting or arrived is None or not monitoring_withdrawn(known, today):
        items += due(case, finished, today, now=now, watch=rules.watch, rules=rules)
        if arrived is not None and not waiting:
            since = [each for each in contacts if each.on >= arrived]
            items += escalations(case, arrived, since, today, rules)
    return in_order(items)
