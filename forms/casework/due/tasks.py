"""What somebody has taken on or waits for: referrals, court dates, agreed actions, steps of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence
from forms.casework.referral_answer import answer_of

_DONE = frozenset({"done", "dropped", "completed"})


def tasks(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    return [
        *_referrals(evidence, today, rules),
        *_court_dates(evidence, today, rules),
        *_actions(evidence, today, rules),
        *_milestones(evidence, today),
    ]


def _referrals(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each that was sent: its answer; once accepted, its end; once declined, another one for that service.

    An answer that nobody can read is no answer.
    """
    said = statements(evidence, today, "referral.sent_on")
    found = []
    for each in said:
        sent = min(each.day("referral.sent_on") or each.on, each.on)
        answer, answered = answer_of(each), each.day("referral.answered_on") or each.on
        if answer == "completed" or each.text("referral.state") in ("completed", "cancelled"):
            continue
        if answer == "accepted":
            kind, day = "referral.completion", answered + timedelta(days=rules.referral_completion_days)
        elif answer == "declined":
            service = each.chosen("referral.service")
            again = (
                other
                for other in said
                if other is not each
                and other.chosen("referral.service") & service
                and (other.day("referral.sent_on") or other.on) >= answered
            )
            if service and any(again):
                continue
            kind, day = "referral.anew", answered + timedelta(days=rules.referral_anew_days)
        else:
            urgent = each.text("referral.urgent") == "yes"
            days = rules.referral_urgent_days if urgent else rules.referral_answer_days
            kind, day = "referral.answer", sent + timedelta(days=days)
        subject = ",".join(sorted(each.chosen("referral.service")))
        found.append(Due(kind, each.form, day, day < today, subject=subject, record=each.record))
    return found


def _court_dates(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each date of the last record that tells any; overdue until a record of that day or later tells how it
    ended, or names the next date.
    """
    said = [
        each
        for each in statements(evidence, today, "proceedings.court_date")
        if each.day("proceedings.court_date") is not None
    ]
    outcomes = statements(evidence, today, "proceedings.outcome")
    found = []
    for each in latest_of_each(("", each) for each in said).get("", []):
        day = each.day("proceedings.court_date")
        assert day is not None
        if any(day <= told.on <= today for told in outcomes):
            continue
        opens = day - timedelta(days=min(rules.lead_days["court"], (day - date.min).days))
        found.append(Due("court.date", each.form, day, day < today, opens=opens, record=each.record))
    return found


def _actions(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each action that was agreed, with who has to act: until its row, or a row for the same need in a later
    record, says that it is done or dropped; assistance of that kind was given since; the same need was agreed
    anew; or a later record says that no need is unmet. Whoever makes the next contact can close a need.
    """
    said = statements(evidence, today, "need.action", "need.due")
    states = (e for e in statements(evidence, today, "need.state") if e.on <= today)
    closed = [e for e in states if e.text("need.state") in _DONE]
    given = statements(evidence, today, "assistance.kind")
    met = [e for e in statements(evidence, today, "plan.unmet_needs") if e.text("plan.unmet_needs") == "no"]
    found = []
    for each in said:
        kind, when = each.text("need.kind"), (each.on, each.order)
        if each.text("need.state") in _DONE or any((e.on, e.order) > when for e in met if e.on <= today):
            continue
        later = (other for other in (*said, *closed) if (other.on, other.order) > when)
        if kind and any(other.text("need.kind") == kind for other in later):
            continue
        helped = (e for e in given if kind in e.chosen("assistance.kind") and each.on < e.on <= today)
        if kind and any(helped):
            continue
        day = each.day("need.due") or each.on + timedelta(days=rules.action_days)
        owner = each.text("need.owner") or "worker"
        found.append(
            Due("action.agreed", each.form, day, day < today, owner=owner, subject=kind, record=each.record)
        )
    return found


def _milestones(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """The steps of the last plan that have a date and are not done."""
    plans = statements(evidence, today, "service.kind", "service.due")
    found = []
    for each in latest_of_each(("", each) for each in plans).get("", []):
        day = each.day("service.due")
        if day is None or each.text("service.state") in _DONE:
            continue
        subject = each.text("service.kind")
        found.append(Due("plan.milestone", each.form, day, day < today, subject=subject, record=each.record))
    return found
