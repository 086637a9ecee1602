"""The office's own file on this device: what it does for no single person, and what is due of it.

It is kept as a case is, and is none: without a case file, a code or a name. Only the file of the office at
which this device is enrolled is ever here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import casefile, evidence
from app.problems import Problem
from app.shelf import Shelf, offers
from app.store import Snapshot, records
from app.sync import receipt
from app.views import CaseRow, DueItem, OfficeFileView
from forms.casework.case import Case
from forms.casework.due import READ, Due, agenda
from forms.casework.office_file import is_office_file, offered, office_file
from forms.casework.programme import programme_of


def view(db: Snapshot, shelf: Shelf, now: datetime) -> OfficeFileView:
    """The file opened; it is empty until something is recorded in it."""
    file = office_file(db.identity.office)
    here = {each.form: each for each in offers(db)}
    return OfficeFileView(
        id=file,
        due=due(db, shelf, now),
        records=casefile.record_rows(db, records.of_case(db, file), now),
        offers=tuple(here[form] for form in offered(here)),
        only_here=len(receipt.unsent(db, file)),
    )


def due(db: Snapshot, shelf: Shelf, now: datetime) -> tuple[DueItem, ...]:
    """What is on the desk today, the overdue first, by the rules of the programme where there is only one."""
    file, today = office_file(db.identity.office), now.date()
    rules = programme_of("", shelf.known(db).programmes).due
    said = evidence.of_case(db, shelf, file, READ.__contains__)
    items = agenda(Case(), said, today, now=now, rules=rules)
    return tuple(_due_item(file, each) for each in items if each.on_desk(today))


def row_of(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> CaseRow:
    """The row of a case, or of the office's own file, for a form that is opened in it.

    Problem case.row.unknown, for the file of another office too.
    """
    if not is_office_file(case):
        return casefile.row(db, shelf, case, now)
    if case != office_file(db.identity.office):
        raise Problem("case.row.unknown")
    return _row(case, due(db, shelf, now), len(receipt.unsent(db, case)))


def _row(file: str, items: Sequence[DueItem], only_here: int) -> CaseRow:
    first = min(items, key=lambda item: item.due, default=None)
    return CaseRow(
        id=file,
        code="",
        country="",
        stage="",
        risk="unknown",
        language="",
        next_due=first.due if first else None,
        next_kind=first.kind if first else None,
        only_here=only_here,
    )


def _due_item(file: str, item: Due) -> DueItem:
    detail = {"owner": item.owner, "record": item.record}
    told = {name: value for name, value in detail.items() if value}
    return DueItem(file, "", "unknown", item.kind, item.form, item.due, item.overdue, told, item.opens)
