"""How the people of due contacts may be reached, for who is about to do it from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from app import evidence, persons
from app.shelf import Shelf
from app.store import Snapshot, cases, records
from app.views import DueItem, Titles
from forms.casework.meanings import SAFE_CONTACT
from forms.casework.safe_contact import CHANNEL, NEVER_AT, safe_contact
from forms.display import text_of

_CONTACT: Final = ("contact.", "escalation.")


def with_ways(db: Snapshot, shelf: Shelf, items: Sequence[DueItem], now: datetime) -> list[DueItem]:
    """The same items, each contact among them with what is agreed for it in `detail`: `frozen` where nobody
    makes contact now, by all files of the person, else `ways` and `never_at`, in words by language, and
    `code_word`.

    Only choices of the form are told. Safe times and through whom never are somebody's own words, which may
    name people: they stand inside the case.
    """
    asked = {item.case for item in items if item.kind.startswith(_CONTACT)}
    if not asked:
        return list(items)
    joined = persons.joined_files(db, shelf)
    facts = {each.id: each for each in cases.those(db, asked)}
    person_of = {case: persons.of(each, joined) for case, each in facts.items()}
    members = {case: person.members for case, person in person_of.items()}
    every = {file for files in members.values() for file in files}
    said = evidence.of_cases(db, shelf, every, SAFE_CONTACT.__contains__)
    contested = evidence.contested(db, shelf)
    known: dict[str, Mapping[str, object]] = {}
    for case, person in person_of.items():
        doubts = {meaning for file in members[case] for meaning in contested.get(file, ())}
        if persons.differ_on_safe_contact(person):
            doubts.add(CHANNEL)
        found = [each for file in members[case] for each in said.get(file, ())]
        today = persons.now_of(db, shelf, person, now).date()
        agreed = safe_contact(found, today, doubts)
        record = facts[case].record
        known[case] = (
            {"frozen": True}
            if agreed.frozen
            else {
                "ways": _in_words(db, shelf, record, CHANNEL, agreed.channels),
                "never_at": _in_words(db, shelf, record, NEVER_AT, agreed.never_at),
                "code_word": agreed.code_word is True,
            }
        )
    return [
        replace(item, detail={**item.detail, **known[item.case]})
        if item.kind.startswith(_CONTACT) and item.case in known
        else item
        for item in items
    ]


def _in_words(db: Snapshot, shelf: Shelf, record: str, meaning: str, chosen: Sequence[str]) -> Titles:
    """As the choices of the case file's own form are called; nothing where it asks otherwise."""
    if not chosen:
        return {}
    head = records.header(db, record)
    definition = shelf.find(db, head.form, head.form_version)
    paths = definition.questions if definition is not None else {}
    path = next((path for path, each in paths.items() if each.meaning == meaning), None)
    return text_of(definition, path, list(chosen)) if definition is not None and path else {}
