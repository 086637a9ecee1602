"""Which records are open in their short form on this device, because somebody reads along.

It is kept in memory alone: the lock ends the process, and with it this. Nothing of it is stored, sent or
written into a log: that a visit was not alone is an answer in the form, if the worker gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.views import CaseView, RecordRow, SyncView, Titles, TodayView
from forms.definition import FormDefinition
from forms.discreet import NEUTRAL_TITLES, ShortForm

FormOf = Callable[[str], FormDefinition | None]
"""The form of a record, by the record's id; None while it has not come down."""


class Discretion:
    """Asked by screens on the UI thread, and by the reader's thread for the titles in lists."""

    def __init__(self) -> None:
        self._on: frozenset[str] = frozenset()

    def is_on(self, record: str) -> bool:
        return record in self._on

    @property
    def is_on_somewhere(self) -> bool:
        """Somebody reads along, whichever record it is that is open."""
        return bool(self._on)

    def put_on(self, record: str) -> None:
        self._on |= {record}

    def take_off(self, record: str) -> None:
        self._on -= {record}

    # -- lists --------------------------------------------------------------------------------------

    def today(self, view: TodayView, form_of: FormOf) -> TodayView:
        """Drafts under neutral titles; words of such a record that another version replaced wait."""
        if not self._on:
            return view
        drafts = tuple(
            replace(each, titles=_titles(form_of(each.record))) if self.is_on(each.record) else each
            for each in view.drafts
        )
        conflicts = tuple(each for each in view.conflicts if not self.is_on(each.record))
        return replace(view, drafts=drafts, conflicts=conflicts)

    def case(self, view: CaseView, form_of: FormOf) -> CaseView:
        return replace(view, records=self._rows(view.records, form_of)) if self._on else view

    def sync(self, view: SyncView, form_of: FormOf) -> SyncView:
        return replace(view, refused=self._rows(view.refused, form_of)) if self._on else view

    def _rows(self, rows: Iterable[RecordRow], form_of: FormOf) -> tuple[RecordRow, ...]:
        return tuple(
            replace(row, titles=_titles(form_of(row.id))) if self.is_on(row.id) else row for row in rows
        )


def _titles(definition: FormDefinition | None) -> Titles:
    return ShortForm.of(definition).titles if definition is not None else NEUTRAL_TITLES
