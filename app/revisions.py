"""Drafts and newer versions of their forms. What runs here runs on the store's threads.

A record opens in the version that it was written in. A draft moves to the newest one only when its
author says so, and has seen what changed; answers without a question there stay in the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, Transaction, drafts, form_library, records
from app.store.records import Header
from app.views import AsideView, ChangeView, RevisionView
from forms.definition import FormDefinition
from forms.display import question_titles, text_of
from forms.entry import FormEntry
from forms.paths import template
from forms.record import changed_values
from forms.revision import Moved, compare, kept_in, kept_path, move, settled

#: Opens an entry of a form with values.
Open = Callable[[FormDefinition, Mapping[str, Any]], FormEntry]


def newer(db: Snapshot, shelf: Shelf, head: Header) -> str:
    """The version that the draft may move to; empty where there is none, or it was finished before."""
    if records.summary(db, head.id).finished:
        return ""
    newest = shelf.newest(db, head.form).version
    known, there = form_library.version_order(head.form_version), form_library.version_order(newest)
    return newest if known < there else ""


def view(db: Snapshot, shelf: Shelf, record: str, open_entry: Open) -> RevisionView:
    """What changed, and which answers would be without a question. Problem draft.version.none."""
    head, old, new = _versions(db, shelf, record)
    moved = _moved(db, record, old, new, open_entry)
    kinds: dict[tuple[str, bool], list[str]] = {}
    for change in compare(old, new).changes:
        kinds.setdefault((change.path, change.kind == "removed"), []).append(change.kind)
    changes = tuple(
        ChangeView(tuple(several), _titles(old if removed else new, path))
        for (path, removed), several in kinds.items()
    )
    return RevisionView(
        record, old.version, new.version, changes, asides(db, shelf, head.form, new, moved.record)
    )


def move_draft(db: Transaction, shelf: Shelf, record: str, open_entry: Open) -> None:
    """Have the draft go on in the newest version, its answers with it. Problem draft.version.none."""
    _, old, new = _versions(db, shelf, record)
    before = records.values(db, record)
    moved = _moved(db, record, old, new, open_entry)
    after = {**open_entry(new, moved.values).values(), **moved.aside}
    drafts.go_on_in(db, record, new.version)
    drafts.save_answers(db, record, changed_values(before, after))


def asides(
    db: Snapshot, shelf: Shelf, form: str, definition: FormDefinition, values: Mapping[str, Any]
) -> tuple[AsideView, ...]:
    """The answers in a record that its form has no question for, in the words of the version they are of."""
    known = set(definition.questions) | set(definition.groups)
    unasked = {path: value for path, value in values.items() if template(path) not in known}
    if not unasked:
        return ()
    versions = {
        kept_path("", version): version for name, version, _ in form_library.listed(db) if name == form
    }
    return tuple(_asides(db, shelf, form, definition, unasked, versions))


def _asides(
    db: Snapshot,
    shelf: Shelf,
    form: str,
    definition: FormDefinition,
    unasked: Mapping[str, Any],
    versions: Mapping[str, str],
) -> Iterator[AsideView]:
    for path, value in unasked.items():
        kept = kept_in(path)
        version, there = kept or (definition.version, path)
        of = shelf.find(db, form, versions.get(kept_path("", version), version)) or definition
        question = of.questions.get(template(there))
        if of.is_repeat(there) or (question is not None and question.computed):
            # The number of an instance, or what a form worked out: nobody's answer.
            continue
        yield AsideView(path, _titles(of, there), text_of(of, there, value))


def _titles(definition: FormDefinition, path: str) -> Mapping[str, str]:
    """Its label; of a path that the form does not have, the last name in it."""
    if template(path) in definition.questions or template(path) in definition.groups:
        return question_titles(definition, path)
    return dict.fromkeys(definition.languages, template(path).rpartition("/")[2])


def _versions(db: Snapshot, shelf: Shelf, record: str) -> tuple[Header, FormDefinition, FormDefinition]:
    head = records.header(db, record)
    version = newer(db, shelf, head)
    if not version:
        raise Problem("draft.version.none")
    old = shelf.get(db, head.form, head.form_version)
    return head, old, shelf.get(db, head.form, version)


def _moved(db: Snapshot, record: str, old: FormDefinition, new: FormDefinition, open_entry: Open) -> Moved:
    return settled(
        move(records.values(db, record), old, new), lambda values: open_entry(new, values).values()
    )
