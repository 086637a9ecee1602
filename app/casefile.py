"""Cases as screens show them, made of store rows, forms and the rules of casework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from app import evidence, guidance, persons, protection
from app.persons import Person
from app.shelf import Shelf, titles
from app.store import Snapshot, cases, form_library, records
from app.store.cases import CaseFacts
from app.store.identity import read_identity
from app.store.records import Summary
from app.sync import receipt
from app.views import CaseRow, CaseView, DueItem, FactConflict, FileView, RecordRow, StageView, Titles
from forms import paths
from forms.casework import pathway
from forms.casework.case import Case, Risk
from forms.casework.due import READ, Due, agenda, in_order, risk_of, shown_to
from forms.casework.facts import LAST_MOMENT
from forms.casework.office_file import FORMS as OF_NO_PERSON
from forms.casework.programme import programme_of
from forms.definition import FormDefinition
from forms.display import question_titles, text_of, values_shown
from forms.library import PROCEDURE_STEP

#: Told elsewhere on the screen, or only when asked for.
_NOT_LISTED: Final = frozenset(
    (
        "case_code", "stage", "risk", "office", "given_name", "family_name", "other_names",
        "safe_channel", "safe_times", "safe_never", "never_at", "code_word_agreed", "contact_confirmed_on",
        "phone", "documents", "denied/deny_who", "denied/deny_decision", "denied/deny_reason",
    )
)  # fmt: skip
_NAMES: Final = frozenset(("given_name", "family_name"))
_LAST_DAY: Final = date.max


def rows(
    db: Snapshot, shelf: Shelf, now: datetime, query: str = "", stage: str | None = None
) -> tuple[CaseRow, ...]:
    """The cases that match, what is due first leading; then by code."""
    found = cases.listed(db, query, stage)
    due_by_case = due_of(db, shelf, found, now)
    only_here = Counter(each.case for each in receipt.unsent(db))
    listed = [_row(case, due_by_case[case.id], only_here[case.id]) for case in found]
    return tuple(sorted(listed, key=lambda row: (row.next_due or _LAST_DAY, row.code)))


def row(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> CaseRow:
    """Problem case.row.unknown."""
    facts = cases.get(db, case)
    return _row(facts, due_of(db, shelf, [facts], now)[case], len(receipt.unsent(db, case)))


def view(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> CaseView:
    """One case opened, its facts as its case file would show them. Problem case.row.unknown."""
    facts = cases.get(db, case)
    items = due_of(db, shelf, [facts], now)[case]
    known = Case.from_values(facts.facts)
    person = persons.person_of(db, shelf, facts)
    head = records.header(db, facts.record)
    definition = shelf.find(db, head.form, head.form_version)
    programme = programme_of(known.programme, shelf.known(db).programmes)
    said = evidence.of_case(db, shelf, case)
    # The checklist tells its own steps.
    told = (each for each in records.of_case(db, case) if each.form != PROCEDURE_STEP)
    return CaseView(
        row=_row(facts, items, len(receipt.unsent(db, case))),
        name=known.name,
        stages=_stages(known),
        safe_contact=_safe_contact_of_all(db, shelf, facts, person),
        facts=_facts(definition, facts.facts, now),
        due=items,
        records=record_rows(db, told, now),
        offers=guidance.offered(db, known, said, programme, items, now.date()),
        protection=protection.view(db, shelf, facts, now, guidance.asking(db, shelf, known)),
        guidance=guidance.view(db, shelf, facts, now),
        file=facts.record,
        other_files=tuple(row(db, shelf, each, now) for each in person.members if each != case),
        file_conflicts=_conflicts(db, shelf, person),
        files=_files(db, person),
    )


def record_rows(db: Snapshot, found: Iterable[Summary], now: datetime) -> tuple[RecordRow, ...]:
    known = titles(db)
    return tuple(
        RecordRow(
            id=each.id,
            form=each.form,
            titles=known.get((each.form, each.form_version)) or {"en": each.form},
            changed_at=moment(each.changed_ms, now),
            state=each.state,
            on_server_since=None if each.on_server_ms is None else moment(each.on_server_ms, now),
            refused=each.refused,
            author=each.author,
        )
        for each in found
        if each.finished or each.values
    )


def due_of(
    db: Snapshot, shelf: Shelf, found: Sequence[CaseFacts], now: datetime
) -> dict[str, tuple[DueItem, ...]]:
    """What is due in each of these cases, by case id, the most pressing first: all that is to be seen today,
    and the next arrival or contact. Of several files of one person it is due in the one to work in.
    """
    joined = persons.joined_files(db, shelf)
    wanted = {case.id for case in found}.union(*(joined[c.id].members for c in found if c.id in joined))
    said = evidence.of_cases(db, shelf, wanted, READ.__contains__)
    office = shelf.known(db)
    viewer = read_identity(db).login
    here = frozenset(form for form, _, _ in form_library.listed(db))
    files = {each.id: each for each in cases.those(db, wanted & joined.keys())}
    due: dict[str, tuple[DueItem, ...]] = {}
    for case in found:
        person = joined.get(case.id)
        if person is not None and person.key != case.id:
            due[case.id] = ()
            continue
        known = person.facts if person else Case.from_values(case.facts)
        members = person.members if person else (case.id,)
        programme = programme_of(known.programme, office.programmes)
        there = now.astimezone(evidence.zone_of(db, shelf, case.id))
        today = there.date()
        everything = [each for member in members for each in said.get(member, ())]
        items = agenda(known, everything, today, now=there, rules=programme.due, consents=programme.consent)
        for member in members if person else ():
            # Nobody stops waiting for who may be on her way because another file is further on.
            own = Case.from_values(files[member].facts)
            alone = agenda(own, everything, today, now=there, rules=programme.due, consents=programme.consent)
            arrivals = [each for each in alone if each.kind == "arrival"]
            items = in_order([*items, *(each for each in arrivals if each not in items)])
        mine = shown_to(items, coordinator=viewer in office.coordinators, carer=viewer == known.carer)
        judged = risk_of(known, everything, today)
        seen = [i for i in mine if i.on_desk(today) or i.kind.startswith(("arrival", "contact."))]
        contact = programme.due.contact_form
        due[case.id] = tuple(
            _due_item(case, known, judged, _with_form_of(item, here, contact), there) for item in seen
        )
    return due


def _with_form_of(item: Due, here: frozenset[str], contact_form: str) -> Due:
    """A contact whose own form an office has not published is written in that for every contact."""
    if item.form in here or not item.kind.startswith("contact.") or contact_form not in here:
        return item
    return replace(item, form=contact_form)


def moment(milliseconds: int, now: datetime) -> datetime:
    """A moment of the store in the zone of `now`, the office's; of a clock that runs in a century without
    a name, the last one that has one."""
    last = min(milliseconds, LAST_MOMENT)
    return datetime.fromtimestamp(last / 1000, UTC).astimezone(now.tzinfo)


def in_zone(when: datetime | None, now: datetime) -> datetime | None:
    """The same moment in the zone of `now`, the office's: every time on the screens is told in it."""
    return None if when is None else when.astimezone(now.tzinfo)


def _due_item(case: CaseFacts, known: Case, judged: Risk, item: Due, now: datetime) -> DueItem:
    detail: dict[str, Any] = {"missed": item.missed} if item.missed else {}
    if item.owner:
        detail["owner"] = item.owner
    if item.subject:
        detail["subject"] = item.subject
    if item.words:
        detail["words"] = item.words
    if item.kind == "arrival" and known.expected_arrival is not None:
        detail["expected"] = known.expected_arrival.astimezone(now.tzinfo)
    return DueItem(
        case.id,
        known.code,
        judged,
        item.kind,
        # What an older record of a case says of a meeting is looked at, and no other one begun there.
        item.form if item.form and item.form not in OF_NO_PERSON else None,
        item.due,
        item.overdue,
        detail,
        item.opens,
    )


def _row(case: CaseFacts, items: Sequence[DueItem], only_here: int) -> CaseRow:
    known = Case.from_values(case.facts)
    first = min(items, key=lambda item: item.due, default=None)
    return CaseRow(
        id=case.id,
        code=known.code,
        country=known.country,
        stage=known.stage,
        risk=known.risk,
        language=known.language,
        next_due=first.due if first else None,
        next_kind=first.kind if first else None,
        only_here=only_here,
    )


def _stages(case: Case) -> tuple[StageView, ...]:
    progress = pathway.pathway(case.stage).progress(case.stage)
    return tuple(StageView(stage, place) for stage, place in progress)


def _facts(
    definition: FormDefinition | None, facts: Mapping[str, Any], now: datetime
) -> tuple[tuple[Titles, Titles], ...]:
    if definition is None:
        return ()
    shown = values_shown(definition, facts, now)
    in_rows = [path for path in shown if "[" in path and not path.endswith("]")]
    visible = {path for path, question in definition.questions.items() if question.visible}
    return tuple(
        (question_titles(definition, path), text_of(definition, path, shown[path]))
        for path in (*(path for path in definition.questions if path in shown), *in_rows)
        if paths.template(path) in visible and paths.template(path) not in _NOT_LISTED
    )


def _files(db: Snapshot, person: Person) -> tuple[FileView, ...]:
    here = {each.id: each for each in cases.those(db, person.members)}
    return tuple(
        FileView(
            here[case].code, case, here[case].record, records.summary(db, here[case].record).state == "draft"
        )
        for case in person.members
    )


def _conflicts(db: Snapshot, shelf: Shelf, person: Person) -> tuple[FactConflict, ...]:
    """What the files of a person tell differently, in words; first what keeps everybody from contact."""
    here = {each.code: each for each in cases.those(db, person.members)}
    forms = {code: _definition(db, shelf, each) for code, each in here.items()}
    shown = []
    for each in person.conflicts:
        titles: Titles = {}
        texts: list[Titles] = []
        for code, _ in each.values:
            form, value = forms[code], here[code].facts.get(each.fact)
            titles = titles or (question_titles(form, each.fact) if form else {})
            texts.append(text_of(form, each.fact, value) if form else {"en": str(value or "")})
        named = each.fact in _NAMES
        told = () if named else tuple(texts)
        shown.append(replace(each, titles=titles or {"en": each.fact}, named=named, texts=told))
    return tuple(sorted(shown, key=lambda each: not each.freezes))


def _definition(db: Snapshot, shelf: Shelf, case: CaseFacts) -> FormDefinition | None:
    head = records.header(db, case.record)
    return shelf.find(db, head.form, head.form_version)


def _safe_contact_of_all(db: Snapshot, shelf: Shelf, facts: CaseFacts, person: Person) -> Titles:
    """Of the file on the screen, and then what the other files of the person say beside it."""
    texts: dict[str, list[str]] = {}
    for each in [facts, *cases.those(db, {*person.members} - {facts.id})]:
        head = records.header(db, each.record)
        told = _safe_contact(shelf.find(db, head.form, head.form_version), each.facts)
        for language, text in told.items():
            if text not in texts.setdefault(language, []):
                texts[language].append(text)
    return {language: " · ".join(each) for language, each in texts.items()}


def _safe_contact(definition: FormDefinition | None, facts: Mapping[str, Any]) -> Titles:
    """How the person may be reached, and how never, in each language of the form.

    All that was ever stored and not cleared: here a warning too many is better than one too few.
    """
    if definition is None:
        return {}
    parts: dict[str, list[str]] = {}
    for path in ("safe_channel", "safe_times", "never_at", "safe_never"):
        if path not in facts or path not in definition.questions:
            continue
        label = question_titles(definition, path)
        for language, text in text_of(definition, path, facts[path]).items():
            named = f"{label.get(language, '')}: {text}" if "never" in path else text
            parts.setdefault(language, []).append(named)
    return {language: " · ".join(texts) for language, texts in parts.items()}
