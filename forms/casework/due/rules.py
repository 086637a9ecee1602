"""When something is due, as a programme says it: every offset, with what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from forms.casework.case import RISKS, add_months
from forms.casework.due.items import KINDS
from forms.casework.tables import Table, names_of
from forms.library import CHILD_MONITORING, MONITORING_CONTACT


@dataclass(frozen=True, slots=True)
class Offset:
    """Some months and days after a day."""

    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Step:
    """To whom a matter goes when it has waited so many days: a code such as `coordinator`."""

    to: str
    after_days: int


_CONTACTS: Final = (
    ("contact.hours_48", Offset(days=2)),
    ("contact.week_1", Offset(days=7)),
    ("contact.week_2", Offset(days=14)),
    *((f"contact.month_{month}", Offset(months=month)) for month in (1, 2, 3, 6, 9, 12)),
)
#: Who was not reached, or not alone, has not had the contact: it is planned anew after these days.
_AGAIN: Final = {"not_alone": 7, "unreachable": 3, "moved": 7, "suspected_retrafficking": 1}
_BETWEEN: Final = {"high": Offset(days=7), "medium": Offset(months=1)}
_LEAD: Final = {
    "consent": 30,
    "determination": 30,
    "assessment": 14,
    "travel_document": 60,
    "status": 60,
    "guardian_document": 30,
    "birthday": 60,
    "court": 14,
    "agreement": 60,
}
#: What is taken where a record does not say until when it is valid: a time too short rather than too long.
_VALID: Final = {
    "determination": 180, "review": 90, "assessment": 90, "status": 365, "guardian_document": 180,
    "agreement": 365,
}  # fmt: skip
_ESCALATION: Final = {
    "high": (Step("coordinator", 1), Step("other_country", 3)),
    "medium": (Step("coordinator", 14),),
    "low": (),
}


def _frozen(table: Mapping[str, Any]) -> Any:
    return field(default_factory=lambda: MappingProxyType(dict(table)))


@dataclass(frozen=True, slots=True)
class DueRules:
    """The section `due` of a programme.

    A contact is written in `contact_form`, a child's in `child_contact_form`: a programme that names only
    the one means both. `contacts` are those that every case has after its arrival. `between` is how often
    contact is sought in between at each risk: a risk that is not in it has no more. `lead_days` is how long
    before an expiry work on it begins; `valid_days` how long something is valid that does not say it (a
    consent by the section `consent`).
    """

    contact_form: str = MONITORING_CONTACT
    child_contact_form: str = CHILD_MONITORING
    arrival_watch_hours: int = 3
    early_days: int = 3
    contacts: tuple[tuple[str, Offset], ...] = _CONTACTS
    between: Mapping[str, Offset] = _frozen(_BETWEEN)
    again_days: Mapping[str, int] = _frozen(_AGAIN)
    again_days_at_high_risk: int = 2
    escalation: Mapping[str, tuple[Step, ...]] = _frozen(_ESCALATION)
    tries_before_escalation: int = 2
    lead_days: Mapping[str, int] = _frozen(_LEAD)
    valid_days: Mapping[str, int] = _frozen(_VALID)
    referral_answer_days: int = 7
    referral_urgent_days: int = 1
    referral_completion_days: int = 30
    referral_anew_days: int = 3
    exchange_answer_days: int = 14
    erasure_days: int = 30
    action_days: int = 14

    @property
    def watch(self) -> timedelta:
        """How long after the expected time an unconfirmed arrival raises the alarm."""
        return timedelta(hours=self.arrival_watch_hours)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> DueRules:
        """From the section of a programme's file. Problem form.programme.section_invalid.

        `contacts` and each list of `escalation` replace the defaults whole; maps of days name by name.
        """
        given, usual = Table("due", table, names_of(cls)), cls()
        numbers = {
            name: given.whole(name, getattr(usual, name))
            for name in cls.__dataclass_fields__
            if isinstance(getattr(usual, name), int)
        }
        return cls(
            contact_form=given.text("contact_form", usual.contact_form),
            child_contact_form=given.text(
                "child_contact_form", given.text("contact_form", usual.child_contact_form)
            ),
            contacts=_contacts(given) if "contacts" in given else usual.contacts,
            between=MappingProxyType(_between(given) if "between" in given else dict(_BETWEEN)),
            again_days=MappingProxyType(given.wholes("again_days", _AGAIN)),
            escalation=MappingProxyType(_escalation(given)),
            lead_days=MappingProxyType(given.wholes("lead_days", _LEAD)),
            valid_days=MappingProxyType(given.wholes("valid_days", _VALID)),
            **numbers,
        )


def _contacts(given: Table) -> tuple[tuple[str, Offset], ...]:
    """In the order of their days. At least one: a programme without contacts would follow up nobody."""
    found = []
    for each in given.tables("contacts", frozenset({"kind", "days", "months"})):
        kind = each.text("kind")
        if kind not in KINDS or not kind.startswith("contact."):
            raise each.wrong("kind")
        found.append((kind, _offset(each)))
    some_day = date(2026, 1, 1)
    days = [offset.after(some_day) for _, offset in found]
    if not found or days != sorted(set(days)):
        raise given.wrong("contacts")
    return tuple(found)


def _between(given: Table) -> dict[str, Offset]:
    table = given.subtable("between", frozenset(RISKS) - {"unknown"})
    settings = frozenset({"days", "months"})
    return {risk: _offset(table.subtable(risk, settings)) for risk in RISKS if risk in table}


def _escalation(given: Table) -> dict[str, tuple[Step, ...]]:
    found: dict[str, tuple[Step, ...]] = dict(_ESCALATION)
    table = given.subtable("escalation", frozenset(_ESCALATION))
    for risk in _ESCALATION:
        if risk in table:
            steps = table.tables(risk, frozenset({"to", "after_days"}))
            found[risk] = tuple(Step(each.text("to"), each.whole("after_days", 0)) for each in steps)
    if not found["high"]:  # a missed contact after high risk always goes to somebody
        raise given.wrong("escalation")
    return found


def _offset(table: Table) -> Offset:
    offset = Offset(table.whole("days", 0), table.whole("months", 0))
    if offset == Offset() or offset.months > 120:
        raise table.wrong("days")
    return offset
