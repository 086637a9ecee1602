"""Codes of the fieldbook put into words. The words are plain, short, and name no programme and no person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from app.problems import Problem, text_of
from app.ui.i18n import (
    N_,
    T,
    _,
    chosen,
    date_text,
    day_text,
    joined,
    moment_text,
    month_text,
    ngettext,
    relative_day,
    time_text,
)
from app.views import CaseRow, DueItem, RecordRow, Titles
from forms.casework.office_file import is_office_file
from forms.validation import Violation

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")

STAGES: Mapping[str, str] = {
    "identified": N_("Identified"),
    "shelter": N_("Shelter"),
    "decision": N_("Decision"),
    "pre_departure": N_("Pre-departure"),
    "travel": N_("Travel"),
    "arrival": N_("Arrival"),
    "reintegration": N_("Reintegration"),
    "closed": N_("Closed"),
}
RISKS: Mapping[str, str] = {
    "high": N_("High"),
    "medium": N_("Medium"),
    "low": N_("Low"),
    "unknown": N_("Not known"),
}
DUE_KINDS: Mapping[str, str] = {
    "arrival": N_("Arrival"),
    "arrival.date": N_("Date of arrival"),
    "contact.hours_48": N_("First contact, within 48 hours"),
    "contact.week_1": N_("Week 1 contact"),
    "contact.week_2": N_("Week 2 contact"),
    "contact.month_1": N_("Month 1 contact"),
    "contact.month_2": N_("Month 2 contact"),
    "contact.month_3": N_("Month 3 contact"),
    "contact.month_6": N_("Month 6 contact"),
    "contact.month_9": N_("Month 9 contact"),
    "contact.month_12": N_("Month 12 contact"),
    "contact.weekly": N_("Weekly contact"),
    "contact.monthly": N_("Monthly contact"),
    "contact.agreed": N_("Agreed contact"),
    "contact.again": N_("New try"),
    "arrival.expected": N_("Expected time of arrival"),
    "escalation.missed_contact": N_("Missed contact"),
    "escalation.unreachable": N_("Several tries reached nobody"),
    "escalation.suspected_retrafficking": N_("Suspected new exploitation"),
    "erasure.asked": N_("Asks to be forgotten: erase the data"),
    "feedback.answer": N_("Answer to a feedback"),
    "consent.unclear": N_("Consent taken back and given again: clear up"),
    "solution.review": N_("Talk again about the solution"),
    "screening.again": N_("Talk again about the screening"),
    "consent.expires": N_("Consent ends"),
    "determination.expires": N_("Best interest determination ends"),
    "determination.review": N_("Review of the best interest determination"),
    "assessment.expires": N_("Risk assessment ends"),
    "travel_document.expires": N_("Travel document ends"),
    "status.expires": N_("Status certificate ends"),
    "guardian_document.expires": N_("Guardian’s document ends"),
    "birthday.18": N_("18th birthday"),
    "referral.answer": N_("Answer to a referral"),
    "referral.completion": N_("Referral to be completed"),
    "referral.anew": N_("Referral was declined: find another"),
    "court.date": N_("Court date"),
    "exchange.answer": N_("Answer between offices"),
    "agreement.expires": N_("Agreement between offices: renew or review"),
    "action.agreed": N_("Agreed action"),
    "plan.milestone": N_("Step of the plan"),
}
#: Who has to act, where it is not the worker of the case.
OWNERS: Mapping[str, str] = {
    "coordinator": N_("Coordinator"),
    "other_country": N_("Office of the other country"),
    "person": N_("The person"),
    "colleague": N_("A colleague"),
    "partner": N_("A partner organisation"),
    "authority": N_("An authority"),
    "carer": N_("Whoever looks after the child"),
    "guardian": N_("The guardian"),
    "other_coordinator": N_("Coordinator of another office"),
    "complaints": N_("The person for complaints"),
    "data_protection": N_("Data protection"),
    "outside": N_("Someone outside: ombuds office, authority"),
}
REMINDERS: Mapping[str, str] = {
    "reminder.alarm": N_("Please look at Today now."),
    "reminder.overdue": N_("Something has been waiting under Today."),
    "reminder.today": N_("There is something for you under Today."),
}
RECORD_STATES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "only_here": N_("Only on this tablet"),
    "on_server": N_("On the server"),
    "refused": N_("Refused"),
}
ROLES: Mapping[str, str] = {
    "officer": N_("Caseworker"),
    "reception": N_("Reception"),
    "coordinator": N_("Coordinator"),
}
SYNC_PHASES: Mapping[str, str] = {
    "connect": N_("Looking for the server"),
    "push": N_("Sending"),
    "pull": N_("Receiving"),
    "forms": N_("Fetching forms"),
    "attachments": N_("Sending photos"),
}
RULES: Mapping[str, str] = {
    "last": N_(
        "The later of two answers stays in the file, the other is kept here and in the log. "
        "Restoring writes yours as a new answer; both remain in the history."
    ),
    "both": N_("Both texts stay in the file, one below the other. Nothing was lost."),
    "highest": N_(
        "The higher level stays until a coordinator lowers it with a reason. Your answer is in the log."
    ),
    "cautious": N_(
        "Of two answers given apart the more cautious one stays. The other is kept here and in the log."
    ),
    "withdrawn": N_(
        "A consent that was withdrawn stays withdrawn. Only a new consent of the person changes that."
    ),
    "set": N_("What either of you added is in, what either took away is out."),
    "narrow": N_("Only what both answers have stays. Nobody is contacted until one of you has looked at it."),
    "union": N_("What anybody added to this list stays. Only a coordinator takes off."),
}


VIOLATIONS: Mapping[str, str] = {
    "answer.choice.too_many": N_("Only one answer can be chosen."),
    "answer.choice.unknown": N_("This is none of the answers. Choose one from the list."),
    "answer.date.not_a_date": N_("This is no date. Write it like 2026-11-22, or choose a day."),
    "answer.decimal.not_a_number": N_("This is no number. Write digits, like 12.5."),
    "answer.file.bad_name": N_("This file cannot be used. Choose another one."),
    "answer.geo.not_a_place": N_("This is no place."),
    "answer.integer.not_a_number": N_("This is no whole number. Write digits, like 12."),
    "answer.range.outside": N_("This is not on the scale of the question."),
    "answer.text.too_long": N_("This text is too long."),
    "answer.time.not_a_time": N_("This is no time. Write it like 17:40."),
}
VIOLATION_KINDS: Mapping[str, str] = {
    "required": N_("An answer is needed here."),
    "constraint": N_("This answer cannot be right. Please check it."),
    "type": N_("This answer cannot be read. Please check it."),
}


def answer(texts: Titles) -> T:
    """An answer as a person says it: a date or a moment in the words of the language, other text as it is."""
    return T.of(lambda: _said(chosen(texts)))


def _said(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            return date_text(date.fromisoformat(text))
        if _MOMENT.match(text):
            moment = datetime.fromisoformat(text)
            return f"{date_text(moment.date())} {time_text(moment)}"
    except ValueError:
        return text
    return text


def violation(found: Violation) -> T:
    """The form's own words for what is wrong, else ours for the code, else for the kind."""
    if found.message:
        return T.of(lambda: found.message)
    return T(VIOLATIONS.get(found.code, VIOLATION_KINDS[found.kind]))


def stage(code: str) -> T:
    return T(STAGES[code]) if code in STAGES else T.of(lambda: code)


def whose(case: str, code: str) -> T | str:
    """Whose it is, as it stands over a form: a case's code, or that it is the office's own."""
    return T("Our office") if is_office_file(case) else code


def risk(code: str) -> T:
    return T(RISKS.get(code, RISKS["unknown"]))


def due_kind(kind: str) -> T:
    """What is due, in words; an unknown kind of a newer server shows as its code, never as nothing."""
    return T(DUE_KINDS[kind]) if kind in DUE_KINDS else T.of(lambda: kind.replace(".", " ").replace("_", " "))


def record_state(row: RecordRow) -> T:
    return T(RECORD_STATES[row.state])


def problem(found: Problem) -> T:
    """What happened and what to do. Facts that the text names and the problem lacks show as '?'."""
    facts = _Facts({"code": found.code, **found.params})
    return T.of(lambda: _(text_of(found)).format_map(facts))


def problem_code(code: str, params: Mapping[str, Any] | None = None) -> T:
    return problem(Problem(code, dict(params or {})))


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def only_here(count: int) -> T:
    return T.of(lambda: ngettext("{n} record only on this tablet", "{n} records only on this tablet", count))


def due_sentence(item: DueItem, today: date) -> T:
    """'Week 2 contact · due Thursday': what and when, in one line, and between them who has to act where it
    is somebody else; of an arrival the hour too."""
    return joined(due_kind(item.kind), due_owner(item), due_when(item.due, today), arrival_time(item))


def arrival_time(item: DueItem) -> T | str:
    """When somebody is expected, by the clock of the office; empty where no hour is known."""
    expected = item.detail.get("expected")
    return T("at {time}", time=f"{expected:%H:%M}") if isinstance(expected, datetime) else ""


def ways_of_contact(item: DueItem) -> T | str:
    """By which ways the person of a contact may be reached, when never, and whether a code word was agreed;
    empty where nothing is known of it here."""
    ways, never = item.detail.get("ways"), item.detail.get("never_at")
    return joined(
        T("only by: {ways}", ways=T.titles(ways)) if ways else "",
        T("never: {when}", when=T.titles(never)) if never else "",
        T("with the code word") if item.detail.get("code_word") else "",
    )


def due_owner(item: DueItem) -> T | str:
    """Who has to act, where it is somebody else than the worker; empty where it is not."""
    owner = str(item.detail.get("owner", ""))
    return T(OWNERS[owner]) if owner in OWNERS else ""


def due_when(due: date, today: date) -> T:
    return T.of(lambda: _("due {day}", day=relative_day(due, today)))


def next_due(row: CaseRow, today: date) -> T:
    if row.next_due is None or row.next_kind is None:
        return T("Nothing due")
    return joined(due_kind(row.next_kind), due_when(row.next_due, today))


def date_of(day: date) -> T:
    """'22 Nov 2026'."""
    return T.of(lambda: date_text(day))


def birth(facts: Mapping[str, str]) -> T | str:
    """A date of birth as it is in a case file: a day, a month and its year, or a year; '' for none."""
    if "birth_date" in facts:
        return date_of(date.fromisoformat(facts["birth_date"]))
    year, _dash, month = facts.get("born", "").partition("-")
    return T.of(lambda: month_text(date(int(year), int(month), 1))) if month else year


def long_day(day: date) -> T:
    return T.of(lambda: day_text(day))


def moment(when: datetime) -> T:
    """'14:10', 'Friday 17:40' or '3 Nov 2026 17:40', in the zone that the moment carries: the office's."""
    return T.of(lambda: moment_text(when, datetime.now(when.tzinfo)))


def since(when: datetime) -> T:
    """The moment; of one that is told by its day alone (midnight), the day."""
    return date_of(when.date()) if when.time() == time() else moment(when)


def last_sync(when: datetime | None) -> T:
    return T("Last sync {when}", when=moment(when)) if when else T("Not synced yet")
