"""Codes of the fieldbook put into words. The words are plain, short, and name no programme and no person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.problems import Problem, text_of
from app.ui.i18n import N_, T, _, day_text, joined, moment_text, ngettext, relative_day
from app.views import CaseRow, DueItem, RecordRow

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
    "contact.first": N_("First contact"),
    "contact.48h": N_("First contact"),
    "contact.hours_48": N_("First contact"),
    "contact.week_1": N_("Week 1 contact"),
    "contact.week_2": N_("Week 2 contact"),
    "contact.month_1": N_("Month 1 contact"),
    "contact.month_2": N_("Month 2 contact"),
    "contact.month_3": N_("Month 3 contact"),
    "contact.month_6": N_("Month 6 contact"),
    "contact.month_9": N_("Month 9 contact"),
    "contact.month_12": N_("Month 12 contact"),
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
}


def stage(code: str) -> T:
    return T(STAGES[code]) if code in STAGES else T.of(lambda: code)


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
    """'Week 2 contact · due Thursday': what and when, in one line."""
    return joined(due_kind(item.kind), due_when(item.due, today))


def due_when(due: date, today: date) -> T:
    return T.of(lambda: _("due {day}", day=relative_day(due, today)))


def next_due(row: CaseRow, today: date) -> T:
    if row.next_due is None or row.next_kind is None:
        return T("Nothing due")
    return joined(due_kind(row.next_kind), due_when(row.next_due, today))


def long_day(day: date) -> T:
    return T.of(lambda: day_text(day))


def moment(when: datetime) -> T:
    """'14:10', 'Friday 17:40' or '3 Nov 2026 17:40', in the device's own time."""
    return T.of(lambda: moment_text(when, datetime.now().astimezone()))


def last_sync(when: datetime | None) -> T:
    return T("Last sync {when}", when=moment(when)) if when else T("Not synced yet")
