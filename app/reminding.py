"""What this device reminds its worker of: the due things of its cases, with the safe contact of each."""

from __future__ import annotations

from datetime import datetime

from app.casefile import due_of
from app.shelf import FormShelf
from app.store import Snapshot, cases, conflicts, records
from app.store.cases import CaseFacts
from app.views import DueItem
from forms.casework.case import Case
from forms.casework.due import Due
from forms.casework.reminders import OfficeHours, Pending, Reminder, SafeTimes, reminder
from forms.definition import FormDefinition

_NEVER_AT = "contact.never_at"
#: How a person may be reached; while versions of it contend, nobody contacts her.
_SAFE_CONTACT = frozenset(
    {
        "contact.safe_channel",
        "contact.safe_times",
        "contact.safe_never",
        "contact.code_word_agreed",
        _NEVER_AT,
    }
)


def look(db: Snapshot, shelf: FormShelf, now: datetime, hours: OfficeHours | None = None) -> Reminder | None:
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
    return reminder(pending, now, hours)


def _safe_times(db: Snapshot, shelf: FormShelf, case: CaseFacts, frozen: bool) -> SafeTimes:
    head = records.header(db, case.record)
    definition = shelf.find(db, head.form, head.form_version)
    told = case.facts.get(_path_of(definition, _NEVER_AT)) if definition is not None else None
    slots = [told] if isinstance(told, str) else told if isinstance(told, list | tuple) else ()
    return SafeTimes.of(Case.from_values(case.facts), slots, frozen=frozen)


def _contended(db: Snapshot, shelf: FormShelf) -> set[str]:
    """The cases on this device in which an open conflict is about how the person may be reached."""
    found = set()
    for each in conflicts.listed(db, "open"):
        if not each.case or not records.exists(db, each.record):
            continue
        head = records.header(db, each.record)
        definition = shelf.find(db, head.form, head.form_version)
        question = definition.questions.get(each.path) if definition is not None else None
        if question is not None and question.meaning in _SAFE_CONTACT:
            found.add(each.case)
    return found


def _path_of(definition: FormDefinition, meaning: str) -> str:
    return next((path for path, each in definition.questions.items() if each.meaning == meaning), "")


def _due(item: DueItem) -> Due:
    return Due(item.kind, item.form or "", item.due, item.overdue, opens=item.opens)
