"""Answers of this worker that another one replaced, as the screen shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from app.casefile import moment
from app.shelf import Shelf
from app.store import Snapshot, cases, conflicts, drafts, records
from app.store.conflicts import StoredConflict
from app.views import ConflictView, Titles
from forms.definition import FormDefinition
from forms.display import question_titles, text_of
from forms.paths import template
from sync_server.protocol.clock import milliseconds_of
from sync_server.protocol.merge_rules import HIGHEST, UNION, WITHDRAWN

#: Rules under which a lost answer, put back, would only lose again.
_STANDS: Final = (HIGHEST, WITHDRAWN, UNION)
#: Types of answers in which anything may be written, names too.
_TYPED: Final = ("text", "barcode")


def views(
    db: Snapshot, shelf: Shelf, now: datetime, state: conflicts.State | None = None
) -> tuple[ConflictView, ...]:
    """All of them or those in one state, as `conflicts.listed` orders them.

    Nobody is asked about a value that nobody typed, should a server have told of one.
    """
    codes = {case.id: str(case.facts.get("case_code", "")) for case in cases.listed(db)}
    found = ((each, _definition(db, shelf, each)) for each in conflicts.listed(db, state))
    return tuple(
        _view(db, definition, now, each, codes)
        for each, definition in found
        if not _computed(definition, each)
    )


def _definition(db: Snapshot, shelf: Shelf, found: StoredConflict) -> FormDefinition | None:
    version = records.header(db, found.record).form_version if found.case else ""
    return shelf.find(db, found.form, version)


def _computed(definition: FormDefinition | None, found: StoredConflict) -> bool:
    return definition is not None and definition.merge_rules.get(template(found.path)) == "calculated"


def _view(
    db: Snapshot,
    definition: FormDefinition | None,
    now: datetime,
    found: StoredConflict,
    codes: dict[str, str],
) -> ConflictView:
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
        can_restore=found.state == "open"
        and bool(found.case)
        and found.rule not in _STANDS
        and not drafts.is_open(db, found.record),
        state=found.state,
        personal=_personal(definition, found.path),
    )


def _personal(definition: FormDefinition | None, path: str) -> bool:
    """Whether the answer may say who somebody is; where nothing is known of the question, it may."""
    question = definition.questions.get(template(path)) if definition is not None else None
    return question is None or question.seal is not None or question.type in _TYPED


def _text(definition: FormDefinition | None, path: str, value: Any) -> Titles:
    """The answer in words; as it is where the form has not come down."""
    if definition is not None:
        return text_of(definition, path, value)
    return {"en": "" if value is None else str(value)}
