"""Answers of this worker that another one replaced, as the screen shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.casefile import moment
from app.shelf import FormShelf
from app.store import Snapshot, cases, conflicts, drafts, records
from app.store.conflicts import StoredConflict
from app.views import ConflictView, Titles
from forms.definition import FormDefinition
from forms.display import question_titles, text_of
from sync_server.protocol.clock import milliseconds_of


def views(
    db: Snapshot, shelf: FormShelf, now: datetime, state: conflicts.State | None = None
) -> tuple[ConflictView, ...]:
    """All of them or those in one state, as `conflicts.listed` orders them."""
    codes = {case.id: str(case.facts.get("case_code", "")) for case in cases.listed(db)}
    return tuple(_view(db, shelf, now, each, codes) for each in conflicts.listed(db, state))


def _view(
    db: Snapshot, shelf: FormShelf, now: datetime, found: StoredConflict, codes: dict[str, str]
) -> ConflictView:
    here = bool(found.case)
    version = records.header(db, found.record).form_version if here else ""
    definition = shelf.find(db, found.form, version)
    return ConflictView(
        id=found.id,
        record=found.record,
        case=found.case,
        code=codes.get(found.case, ""),
        form_titles=definition.titles if definition else {"en": found.form},
        path=found.path,
        question=question_titles(definition, found.path) if definition else {"en": found.path},
        kept=found.kept,
        kept_text=_text(definition, found.path, found.kept),
        kept_by=found.kept_author,
        kept_at=moment(milliseconds_of(found.kept_effective), now),
        lost=found.lost,
        lost_text=_text(definition, found.path, found.lost),
        lost_at=moment(milliseconds_of(found.lost_effective), now),
        rule=found.rule,
        can_restore=found.state == "open" and here and not drafts.is_open(db, found.record),
        state=found.state,
    )


def _text(definition: FormDefinition | None, path: str, value: Any) -> Titles:
    """The answer in words; as it is where the form has not come down."""
    if definition is not None:
        return text_of(definition, path, value)
    return {"en": "" if value is None else str(value)}
