"""What the rules of casework read of a case on this device: its finished records, by what they mean."""

from __future__ import annotations

from datetime import datetime

from app.casefile import moment
from app.shelf import FormShelf
from app.store import Snapshot, records
from forms.casework.facts import Evidence, evidence
from forms.record import Record


def of_case(db: Snapshot, shelf: FormShelf, case: str, now: datetime) -> tuple[Evidence, ...]:
    """Every finished record of a case; drafts say nothing yet. A record whose form has not come down cannot
    be understood, and says nothing either: no gate opens by it.
    """
    found: list[Evidence] = []
    for each in records.of_case(db, case):
        definition = shelf.find(db, each.form, each.form_version)
        if definition is None or not each.finished:
            continue
        record = Record(each.id, case, each.form, each.form_version, "finished", each.values)
        changed = moment(each.changed_ms, now)
        order = f"{each.changed_ms:014d}"
        found.append(evidence(definition, record, on=changed.date(), author=each.author, order=order))
    return tuple(sorted(found, key=lambda each: (each.on, each.order)))
