"""What guides a worker through a case: the forms that it needs now, the checklist of its stage, leaflets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from app import evidence
from app.entries import Entries
from app.problems import Problem
from app.shelf import Shelf, offers
from app.store import Snapshot, Transaction, cases
from app.store.cases import CaseFacts
from app.views import DueItem, FormOffer, GuidanceView, LeafletView, OffersView, StageOffers, StepView
from forms.casework import pathway
from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.office_file import FORMS as OF_NO_PERSON
from forms.casework.procedures import Item, Leaflet, Procedures
from forms.casework.programme import Programme, programme_of
from forms.entry import EntryChange
from forms.library import BUILT_IN, PROCEDURE_STEP, SAFETY_INCIDENT, forms

#: What the app opens by itself, and what is of no person.
_ELSEWHERE: Final = frozenset({*BUILT_IN, *OF_NO_PERSON})
_LIBRARY: Final = frozenset(form for form, _ in forms())


def offered(
    db: Snapshot,
    case: Case,
    said: Sequence[Evidence],
    programme: Programme,
    items: Sequence[DueItem],
    today: date,
) -> OffersView:
    """Every form but those that a worker does not look for, each once: what is due or asked for by the
    stage of this person, an incident right after what is due; the office's own; and the others by the first
    stage that names them; last, of no stage, those of the library that none names."""
    here = {offer.form: offer for offer in offers(db) if offer.form not in _ELSEWHERE}
    plans = programme.stages
    named = {form for plan in (*plans, *pathway.STANDARD) for form in plan.forms}
    stage = next((plan.forms for plan in (*plans, *pathway.STANDARD) if plan.id == case.stage), ())
    minor = age(case, said, today, programme.consent.age).minor_on(today)
    asked = set(stage) - pathway.not_asked_of(minor, pathway.decided(said, today))
    due = {item.form for item in items if item.form}
    now = due | asked | ({SAFETY_INCIDENT} & here.keys())
    ordered = pathway.offers(case.stage, here, [i.form for i in items if i.form], plans)
    # After what is due comes what went wrong: nobody looks for that in a long list.
    needed = sorted(
        (form for form in ordered if form in now),
        key=lambda form: 0 if form in due else 1 if form == SAFETY_INCIDENT else 2,
    )
    own = [form for form in ordered if form not in named | _LIBRARY and form not in now]
    left = [form for form in ordered if form in named | _LIBRARY and form not in now]
    by_stage = []
    for plan in (*plans, *pathway.STANDARD):
        of_plan = [form for form in plan.forms if form in left]
        left = [form for form in left if form not in of_plan]
        if of_plan:
            by_stage.append(StageOffers(plan.id, plan.titles, _offers(here, of_plan)))
    if left:
        by_stage.append(StageOffers("", {}, _offers(here, left)))
    return OffersView(_offers(here, needed), _offers(here, own), tuple(by_stage))


def asking(db: Snapshot, shelf: Shelf, case: Case) -> Mapping[str, FormOffer]:
    """By meaning, the form on this device that asks for it; of several, the one the stage needs sooner."""
    here = {offer.form: offer for offer in offers(db) if offer.form not in _ELSEWHERE}
    found: dict[str, FormOffer] = {}
    for form in pathway.offers(case.stage, here):
        definition = shelf.find(db, form, here[form].version)
        for question in definition.questions.values() if definition else ():
            if question.meaning and question.asks:
                found.setdefault(question.meaning, here[form])
    return found


def view(db: Snapshot, shelf: Shelf, case: CaseFacts, now: datetime) -> GuidanceView:
    """The steps of the stage, and what can be handed out in the language of the case."""
    known = Case.from_values(case.facts)
    programme = programme_of(known.programme, shelf.known(db).programmes)
    said = evidence.of_case(db, shelf, case.id)
    today = now.astimezone(evidence.zone_of(db, shelf, case.id)).date()
    minor = age(known, said, today, programme.consent.age).minor_on(today)
    procedures = programme.procedures
    items = procedures.checklist(pathway.like(known.stage, programme.stages), said, minor)
    return GuidanceView(
        steps=tuple(_step(item) for item in items),
        can_tick=any(offer.form == PROCEDURE_STEP for offer in offers(db)),
        leaflets=tuple(_leaflet(each, known.language) for each in procedures.leaflets),
    )


def tick(
    db: Transaction, entries: Entries, case: str, step: str, done: bool, reason: str, language: str | None
) -> None:
    """Record that a step is done, is left out with a reason, or, with neither, is open again.

    Problems guidance.step.unknown, record.form.missing, case.row.unknown.
    """
    known = Case.from_values(cases.get(db, case).facts)
    programme = programme_of(known.programme, entries.shelf.known(db).programmes)
    found = _find(programme.procedures, step)
    if found is None:
        raise Problem("guidance.step.unknown", {"name": step})
    title = found.get(language or "") or found["en"]
    opened = entries.begin(db, db.new_id(), case, PROCEDURE_STEP, language)
    answers = {"step": step, "step_title": title, "done": "yes" if done else "no"}
    if reason and not done:
        answers["deviation"] = reason
    for path, answer in answers.items():
        change = opened.entry.answer(path, answer)
        entries.save(db, opened.record, EntryChange(path, change.values, (), False, None))
    violations = entries.finish(db, opened.record, language)
    assert not violations, "what the checklist writes is always complete"


def _find(procedures: Procedures, step: str) -> dict[str, str] | None:
    return next((dict(each.title) for each in procedures.steps if each.id == step), None)


def _offers(here: dict[str, FormOffer], forms: Sequence[str]) -> tuple[FormOffer, ...]:
    return tuple(here[form] for form in forms)


def _step(item: Item) -> StepView:
    step = item.step
    return StepView(step.id, step.title, step.guidance, item.state, item.by, item.on, item.reason)


def _leaflet(leaflet: Leaflet, wanted: str) -> LeafletView:
    handed_out = leaflet.language_for(wanted)
    return LeafletView(leaflet.id, leaflet.title, leaflet.text, handed_out, leaflet.unreviewed)
