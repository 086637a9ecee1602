"""What somebody has taken on or waits for: referrals, answers, court dates, what was agreed, the plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence
from forms.casework.need import need_met_by
from forms.casework.referral_answer import answer_of

_DONE = frozenset({"done", "dropped", "completed"})


def tasks(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    return [
        *_referrals(evidence, today, rules),
        *_exchanges(evidence, today, rules),
        *_court_dates(evidence, today, rules),
        *_actions(evidence, today, rules),
        *_agreed(evidence, today, rules),
        *_steps_after_incidents(evidence, today),
        *_milestones(evidence, today),
        *_chances(evidence, today, rules),
        *_check_ups(evidence, today),
        *_talks(evidence, today),
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
            kind, day = "referral.answer", _answer_by(each, sent, rules)
        subject = ",".join(sorted(each.chosen("referral.service")))
        found.append(Due(kind, each.form, day, day < today, subject=subject, record=each.record))
    return found


def _exchanges(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each question to another office or authority, and each of theirs to us, until it is answered whole,
    refused or recalled. `subject` is the state that owes the answer.
    """
    found = []
    for each in statements(evidence, today, "exchange.direction"):
        if each.text("exchange.direction") not in ("asked", "asked_us"):
            continue
        state = each.text("exchange.state")
        if state not in ("", "open", "partly") or (not state and each.day("exchange.answered_on")):
            continue
        asked = min(each.day("exchange.on") or each.on, each.on)
        day = each.day("exchange.answer_by") or asked + timedelta(days=rules.exchange_answer_days)
        subject = each.text("exchange.from")
        found.append(Due("exchange.answer", each.form, day, day < today, subject=subject, record=each.record))
    return found


def _answer_by(each: Evidence, sent: date, rules: DueRules) -> date:
    """The day that was agreed, or that the urgency leaves: the sooner of the two."""
    urgent = each.text("referral.urgent") == "yes" or each.text("referral.urgency") == "today"
    usual = sent + timedelta(days=rules.referral_urgent_days if urgent else rules.referral_answer_days)
    agreed = each.day("referral.answer_by")
    if agreed is None or agreed < sent:
        return usual
    return min(agreed, usual) if urgent else agreed


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
        helped = (e for e in given if _meets(e, kind) and each.on < e.on <= today)
        if kind and any(helped):
            continue
        day = each.day("need.due") or each.on + timedelta(days=rules.action_days)
        owner = each.text("need.owner") or "worker"
        found.append(
            Due(
                "action.agreed", each.form, day, day < today, owner=owner, subject=kind, record=each.record,
                words=each.text("need.action"),
            )
        )  # fmt: skip
    return found


def _agreed(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """What was agreed in a meeting, until its row says that it is done or dropped."""
    found = []
    for each in statements(evidence, today, "agreed.what"):
        if each.text("agreed.state") in _DONE:
            continue
        day = each.day("agreed.due") or each.on + timedelta(days=rules.action_days)
        owner, words = each.text("agreed.owner") or "worker", each.text("agreed.what")
        found.append(
            Due("action.agreed", each.form, day, day < today, owner=owner, record=each.record, words=words)
        )
    return found


def _steps_after_incidents(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """The next step of each incident that is not closed, with who has to act."""
    found = []
    for each in statements(evidence, today, "incident.next_on"):
        day = each.day("incident.next_on")
        if day is not None and each.text("incident.state") != "closed":
            owner = each.text("incident.owner") or "worker"
            found.append(Due("action.agreed", each.form, day, day < today, owner=owner, record=each.record))
    return found


def _meets(help_given: Evidence, need: str) -> bool:
    """Whether help of a kind that meets this need was received; what was offered in vain meets none."""
    if help_given.text("assistance.outcome") in ("declined", "not_delivered"):
        return False
    return any(need in (kind, need_met_by(kind)) for kind in help_given.chosen("assistance.kind"))


def _milestones(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """The services and the milestones of the last plan that have a date and are not done."""
    return [
        *_open_steps(evidence, today, "service.kind", "service.due", "service.state"),
        *_open_steps(evidence, today, "milestone.what", "milestone.due", "milestone.state"),
    ]


def _open_steps(evidence: Sequence[Evidence], today: date, what: str, due: str, state: str) -> list[Due]:
    found = []
    for each in latest_of_each(("", each) for each in statements(evidence, today, what, due)).get("", []):
        day = each.day(due)
        if day is None or each.text(state) in _DONE:
            continue
        # What a milestone is called are the person's own words, which are no code.
        subject, words = each.text("service.kind"), each.text("milestone.what")
        found.append(
            Due(
                "plan.milestone",
                each.form,
                day,
                day < today,
                subject=subject,
                record=each.record,
                words=words,
            )
        )
    return found


def _chances(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """The next step of each chance that was asked for in the country of return, until its row says that it
    is done or dropped."""
    found = []
    for each in statements(evidence, today, "chance.step", "chance.due"):
        if each.text("chance.state") in _DONE:
            continue
        day = each.day("chance.due") or each.on + timedelta(days=rules.action_days)
        owner, subject = each.text("chance.owner") or "worker", each.text("chance.kind")
        found.append(
            Due(
                "action.agreed", each.form, day, day < today, owner=owner, subject=subject,
                record=each.record, words=each.text("chance.step"),
            )
        )  # fmt: skip
    return found


def _check_ups(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """The day on which the person is to be seen again, as the last check-up has it: a later one takes its
    place, one that was declined too."""
    said = statements(evidence, today, "checkup.agreed", "checkup.kind", "checkup.follow_up_on")
    return [
        Due("action.agreed", each.form, day, day < today, owner="worker", record=each.record)
        for each in latest_of_each(("", each) for each in said).get("", [])
        if (day := each.day("checkup.follow_up_on")) is not None
    ]


def _talks(evidence: Sequence[Evidence], today: date) -> list[Due]:
    """The day on which a talk is taken up again, as the last decision or the last screening has it."""
    found = []
    for kind, said, on in (
        ("solution.review", "solution.decision", "solution.review_on"),
        ("screening.again", "screening.outcome", "screening.again_on"),
    ):
        last = latest_of_each(("", each) for each in statements(evidence, today, said, on)).get("", [])
        found += [
            Due(kind, each.form, day, day < today, record=each.record)
            for each in last
            if (day := each.day(on)) is not None
        ]
    return found
