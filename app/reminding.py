"""What this device reminds its worker of: the due things of its cases, with the safe contact of each, and
those of the office, which are of nobody."""

from __future__ import annotations

from datetime import datetime

from app import evidence, office, protection
from app.casefile import due_of
from app.shelf import Shelf
from app.store import Snapshot, cases, records
from app.store.cases import CaseFacts
from app.views import DueItem
from forms.casework.case import Case
from forms.casework.due import Due
from forms.casework.meanings import SAFE_CONTACT
from forms.casework.programme import programme_of
from forms.casework.reminders import OfficeHours, Pending, Reminder, SafeTimes, reminder
from forms.definition import FormDefinition

_NEVER_AT = "contact.never_at"
#: How a person may be reached; while versions of it contend, nobody contacts her.
_SAFE_CONTACT = frozenset({*SAFE_CONTACT, _NEVER_AT})


def look(db: Snapshot, shelf: Shelf, now: datetime) -> Reminder | None:
    """The reminder of now, in numbers only; None when there is nothing to be told."""
    found = cases.listed(db)
    items = due_of(db, shelf, found, now)
    contended = _contended(db, shelf)
    pending = []
    for case in found:
        if not items[case.id]:
            continue
        safe = _safe_times(db, shelf, case, case.id in contended)
        pending += [Pending(_due(item), safe) for item in items[case.id]]
    pending += [Pending(_due(item)) for item in office.due(db, shelf, now)]
    standing = protection.alarms(db, shelf, found, now)
    pending += [Pending(Due(alarm.kind, "", alarm.since.date(), overdue=True)) for alarm in standing]
    return reminder(pending, now, _hours(db, shelf))


def _hours(db: Snapshot, shelf: Shelf) -> OfficeHours | None:
    """Those of the only programme that there is; several may differ, and then the usual ones hold."""
    return programme_of("", shelf.known(db).programmes).office_hours


def _safe_times(db: Snapshot, shelf: Shelf, case: CaseFacts, frozen: bool) -> SafeTimes:
    head = records.header(db, case.record)
    definition = shelf.find(db, head.form, head.form_version)
    told = case.facts.get(_path_of(definition, _NEVER_AT)) if definition is not None else None
    slots = [told] if isinstance(told, str) else told if isinstance(told, list | tuple) else ()
    return SafeTimes.of(Case.from_values(case.facts), slots, frozen=frozen)


def _contended(db: Snapshot, shelf: Shelf) -> set[str]:
    """The cases on this device in which two answers contend about how the person may be reached."""
    return {case for case, meanings in evidence.contested(db, shelf).items() if meanings & _SAFE_CONTACT}


def _path_of(definition: FormDefinition, meaning: str) -> str:
    return next((path for path, each in definition.questions.items() if each.meaning == meaning), "")


def _due(item: DueItem) -> Due:
    return Due(item.kind, item.form or "", item.due, item.overdue, opens=item.opens)
