"""What this device reminds its worker of: the due things of its cases, with the safe contact of each, and
those of the office, which are of nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app import evidence, office, persons, protection
from app.casefile import due_of
from app.persons import Person
from app.shelf import Shelf
from app.store import Snapshot, cases, records
from app.store.cases import CaseFacts
from app.views import DueItem
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
    joined = persons.joined_files(db, shelf)
    pending = []
    for case in found:
        if not items[case.id]:
            continue
        safe = _safe_times(db, shelf, case, persons.of(case, joined), contended)
        pending += [Pending(_due(item), safe) for item in items[case.id]]
    pending += [Pending(_due(item)) for item in office.due(db, shelf, now)]
    standing = protection.alarms(db, shelf, found, now)
    pending += [Pending(Due(alarm.kind, "", alarm.since.date(), overdue=True)) for alarm in standing]
    return reminder(pending, now, _hours(db, shelf))


def _hours(db: Snapshot, shelf: Shelf) -> OfficeHours | None:
    """Those of the only programme that there is; several may differ, and then the usual ones hold."""
    return programme_of("", shelf.known(db).programmes).office_hours


def _safe_times(
    db: Snapshot, shelf: Shelf, case: CaseFacts, person: Person, contended: Collection[str]
) -> SafeTimes:
    """What every file of the person allows."""
    files = cases.those(db, person.members) if len(person.members) > 1 else (case,)
    never = [slot for each in files for slot in _never_at(db, shelf, each)]
    frozen = persons.differ_on_safe_contact(person) or any(each in contended for each in person.members)
    return SafeTimes.of(person.facts, never, frozen=frozen)


def _never_at(db: Snapshot, shelf: Shelf, case: CaseFacts) -> list[Any]:
    head = records.header(db, case.record)
    definition = shelf.find(db, head.form, head.form_version)
    told = case.facts.get(_path_of(definition, _NEVER_AT)) if definition is not None else None
    return [told] if isinstance(told, str) else list(told) if isinstance(told, list | tuple) else []


def _contended(db: Snapshot, shelf: Shelf) -> set[str]:
    """The cases on this device in which two answers contend about how the person may be reached."""
    return {case for case, meanings in evidence.contested(db, shelf).items() if meanings & _SAFE_CONTACT}


def _path_of(definition: FormDefinition, meaning: str) -> str:
    return next((path for path, each in definition.questions.items() if each.meaning == meaning), "")


def _due(item: DueItem) -> Due:
    return Due(item.kind, item.form or "", item.due, item.overdue, opens=item.opens)
