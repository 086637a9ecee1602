"""What a worker sees first: the day's work of all her cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from app import inbox, office, protection
from app.casefile import due_of, in_zone, moment
from app.contact_ways import with_ways
from app.shelf import Shelf
from app.store import Snapshot, cases, drafts, records
from app.sync import receipt
from app.views import DraftView, DueItem, TodayView
from forms.casework.case import Risk
from forms.definition import FormDefinition

#: Somebody may be lost.
_FIRST: Final = ("arrival", "escalation.suspected_retrafficking")
#: Whom nobody has judged is not low.
_RANKS: Final[Mapping[Risk, int]] = {"high": 0, "medium": 1, "unknown": 1, "low": 2}

#: (answered, asked) of a form with these values.
Progress = Callable[[FormDefinition, Mapping[str, Any]], tuple[int, int]]


def view(db: Snapshot, shelf: Shelf, now: datetime, progress: Progress) -> TodayView:
    """Overdue first, then what is due today; drafts; open conflicts; the office's own.

    Of what is overdue or due, whoever may be lost comes first, then the higher risk, then what waits longest.
    """
    found = cases.listed(db)
    day = now.date()
    due = (item for each in due_of(db, shelf, found, now).values() for item in each)
    seen = (item for item in due if (item.opens or item.due) <= day)
    items = with_ways(db, shelf, sorted(seen, key=_pressing), now)
    return TodayView(
        day=day,
        overdue=tuple(item for item in items if item.overdue),
        today=tuple(item for item in items if not item.overdue),
        drafts=draft_views(db, shelf, now, progress),
        conflicts=inbox.views(db, shelf, now, "open"),
        only_here=len(receipt.unsent(db)),
        last_sync=in_zone(receipt.last_success(db), now),
        alarms=protection.alarms(db, shelf, found, now),
        office=office.due(db, shelf, now),
    )


def _pressing(item: DueItem) -> tuple[bool, int, date, str]:
    return item.kind not in _FIRST, _RANKS[item.risk], item.due, item.code


def draft_views(db: Snapshot, shelf: Shelf, now: datetime, progress: Progress) -> tuple[DraftView, ...]:
    codes = {case.id: str(case.facts.get("case_code", "")) for case in cases.listed(db)}
    shown = []
    for draft in drafts.listed(db):
        definition = shelf.find(db, draft.form, draft.form_version)
        answered, asked = (
            progress(definition, records.values(db, draft.record)) if definition else (draft.answered, 0)
        )
        shown.append(
            DraftView(
                record=draft.record,
                case=draft.case,
                code=codes.get(draft.case, ""),
                form=draft.form,
                titles=definition.titles if definition else {"en": draft.form},
                answered=answered,
                questions=asked,
                saved_at=moment(draft.saved_ms, now),
            )
        )
    return tuple(shown)
