"""Filling in: from opening a record to finishing it. What runs here runs on the store's thread.

The screen owns the `FormEntry` that it is handed; what is checked at finish is what was *saved*,
read back from the store, so that a worker never finishes what she would not find there again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final

from app import evidence, persons, revisions
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, Transaction, attachments, cases, drafts, records
from app.views import AsideView, CaseRow, RevisionView
from forms.casework.age import age
from forms.casework.case import new_case_code
from forms.casework.days import last_of
from forms.casework.office_file import belongs
from forms.casework.programme import programme_of
from forms.definition import FormDefinition
from forms.entry import EntryChange, FormEntry
from forms.surroundings import Surroundings
from forms.validation import Violation

#: What a new case is, until somebody knows more.
_FIRST_FACTS: Final = {"stage": "identified", "risk": "unknown"}
#: What no answer says and a form may show: whether the person is an adult.
_OF_AGE: Final = "case.of_age"


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """A record opened for filling in. `entry` belongs to the screen, on the UI thread only.

    `newer` is the version of the form that a draft may move to, empty where there is none; `aside` are
    answers in the record that this version of the form has no question for.
    """

    record: str
    case: CaseRow
    form: str
    entry: FormEntry
    newer: str = ""
    aside: tuple[AsideView, ...] = ()


@dataclass(frozen=True, slots=True)
class _Begun:
    """How a record began; the store knows nothing of it before its first saved answer."""

    case: str
    form: str
    version: str
    values: Mapping[str, Any]


@dataclass(slots=True)
class Entries:
    """The records that are open on this device. `now` is the time in the office's zone."""

    shelf: Shelf
    now: Callable[[], datetime]
    chance: random.Random
    case_row: Callable[[Snapshot, str], CaseRow]
    _begun: dict[str, _Begun] = field(default_factory=dict)

    def begin(self, db: Snapshot, record: str, case: str, form: str, language: str | None) -> OpenEntry:
        """A new record in the newest version of a form, prefilled with what is known of the case.

        Problem record.form.elsewhere: of a person is nothing in the office's file, and the other way round.
        """
        if not belongs(form, case):
            raise Problem("record.form.elsewhere")
        definition = self.shelf.newest(db, form)
        row = self.case_row(db, case)
        facts = self._facts(db, case, definition)
        entry = self._entry(record, definition, None, language, facts, self._furthest(db))
        self._begun[record] = _Begun(case, definition.id, definition.version, entry.opening.values)
        return OpenEntry(record, row, form, entry)

    def open(self, db: Transaction, record: str, language: str | None) -> OpenEntry:
        """A draft to go on with, or a finished record to change."""
        head = records.header(db, record)
        definition = self.shelf.get(db, head.form, head.form_version)
        draft = drafts.open_draft(db, record)
        entry = self._entry(record, definition, draft.values, language, {}, self._furthest(db))
        return OpenEntry(
            record,
            self.case_row(db, head.case),
            head.form,
            entry,
            revisions.newer(db, self.shelf, head),
            revisions.asides(db, self.shelf, head.form, definition, draft.values),
        )

    def revision(self, db: Snapshot, record: str) -> RevisionView:
        """What changed between the version of a draft and the newest one."""
        return revisions.view(db, self.shelf, record, self._again(record))

    def move(self, db: Transaction, record: str, language: str | None) -> OpenEntry:
        """The draft in the newest version of its form."""
        revisions.move_draft(db, self.shelf, record, self._again(record))
        return self.open(db, record, language)

    def save(self, db: Transaction, record: str, change: EntryChange) -> None:
        """Keep one answer and what it changed; with the first one, what the form began with."""
        if change.values:
            self._keep(db, record, change.values)

    def finish(self, db: Transaction, record: str, language: str | None) -> tuple[Violation, ...]:
        """Check what is saved; when nothing is wrong, hand it over to the outbox. Problems as of
        `persons.refuse_parting`; the draft stays then."""
        if record in self._begun:
            self.save(
                db, record, EntryChange(path="", values={}, redraw=(), restructured=False, violation=None)
            )
        head = records.header(db, record)
        definition = self.shelf.get(db, head.form, head.form_version)
        values = records.values(db, record)
        entry = self._entry(record, definition, values, language, {}, self._furthest(db))
        violations = entry.validate()
        if violations:
            return violations
        # Calculations follow the day, and a merge may have moved what they are made of.
        last = {**entry.opening.values, **entry.finish().values}
        if last:
            drafts.save_answers(db, record, last)
        persons.refuse_parting(db, definition, record)
        drafts.finish(db, record)
        return ()

    def discard(self, db: Transaction, record: str) -> None:
        if records.exists(db, record):
            drafts.discard(db, record)
        else:
            attachments.forget_unused(db, record)

    def progress(self, definition: FormDefinition, values: Mapping[str, Any]) -> tuple[int, int]:
        """(answered, asked) of a form with these values."""
        return self._entry("", definition, values, None, {}).progress()

    def new_case(
        self, db: Transaction, country: str, language: str, known: Mapping[str, Any] = MappingProxyType({})
    ) -> str:
        """Open a case: its code and first facts, finished at once, so that colleagues can find it. `known`:
        answers of its case file. The language may be empty: then the case file asks for it."""
        definition = self.shelf.newest(db, cases.FORM)
        case, record = db.new_id(), db.new_id()
        facts = {
            **_FIRST_FACTS,
            "case_code": new_case_code(country, self.chance),
            "country": country.lower(),
            **({"language": language} if language else {}),
            "office": db.identity.office,
            "carer": db.identity.login,
            **known,
        }
        drafts.begin(db, record, case, cases.FORM, definition.version)
        drafts.save_answers(db, record, {name: facts[name] for name in facts if name in definition.questions})
        drafts.finish(db, record)
        return case

    def _keep(self, db: Transaction, record: str, values: Mapping[str, Any]) -> None:
        begun = self._begun.get(record)
        if begun is not None and not records.exists(db, record):
            drafts.begin(db, record, begun.case, begun.form, begun.version)
            values = {**begun.values, **values}
        drafts.save_answers(db, record, values)

    def _entry(
        self,
        record: str,
        definition: FormDefinition,
        values: Mapping[str, Any] | None,
        language: str | None,
        facts: Mapping[str, Any],
        furthest: tzinfo | None = None,
    ) -> FormEntry:
        return FormEntry(
            definition,
            values,
            language=language or definition.default_language,
            now=self.now,
            random=self.chance,
            facts=facts,
            surroundings=Surroundings(instance_id=f"uuid:{record}" if record else None, furthest=furthest),
        )

    def _furthest(self, db: Snapshot) -> tzinfo | None:
        """The zone of the office that has the next day first, of all that work with this server."""
        return last_of(self.shelf.known(db).zones.values(), self.now())

    def _again(self, record: str) -> revisions.Open:
        return lambda definition, values: self._entry(record, definition, values, None, {})

    def _facts(self, db: Snapshot, case: str, definition: FormDefinition) -> dict[str, Any]:
        """What is known of the case, by meaning, so that no form asks for it again: all that the case file
        says, and where the form only shows a fact, the last word of the case's other records. What a form
        asks is never answered by an older record.
        """
        shown = {
            each.meaning
            for each in definition.questions.values()
            if each.readonly == "true()" and each.meaning
        }
        of_age = {_OF_AGE: self._of_age(db, case)} if _OF_AGE in shown else {}
        said = evidence.of_case(db, self.shelf, case, shown.__contains__)
        said.sort(key=lambda each: (each.on, each.order))
        facts = {meaning: value for each in said for meaning, value in each.values.items()}
        try:
            known = cases.get(db, case)
            summary = records.header(db, known.record)
        except Problem:
            return {**facts, **of_age}
        of_case = self.shelf.find(db, summary.form, summary.form_version)
        questions = of_case.questions.values() if of_case else ()
        of_file = {
            each.meaning: known.facts[each.path]
            for each in questions
            if each.meaning and each.path in known.facts
        }
        return {**facts, **of_file, **of_age}

    def _of_age(self, db: Snapshot, case: str) -> str:
        """Whether the person is an adult today by every account, of all her files; who may be a child is
        none. The case file has no answer for it, so a form cannot be told one that is old."""
        try:
            person = persons.person_of(db, self.shelf, cases.get(db, case))
        except Problem:
            return "no"
        known = self.shelf.known(db)
        said = [each for found in persons.said_of(db, self.shelf, person) for each in found]
        today = persons.now_of(db, self.shelf, person, self.now()).date()
        rules = programme_of(person.facts.programme, known.programmes).consent.age
        return "no" if age(person.facts, said, today, rules).minor_on(today) else "yes"
