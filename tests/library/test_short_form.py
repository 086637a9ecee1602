"""The short form of the library's forms: what relatives in the room would read, and how such a visit ends."""

from __future__ import annotations

import random
from datetime import date

import pytest

from forms import paths
from forms.casework.case import Case
from forms.casework.due import agenda
from forms.definition import FormDefinition
from forms.discreet import ShortForm, end_partial, marked, outcome_of
from forms.library import LANGUAGES, forms
from forms.telltale import tells
from tests.forms.filler import Filler
from tests.forms.recalculation import NOON
from tests.library.said import said
from tests.library.test_stories import Filling

IDS = [form_id for form_id, _ in forms()]
CONTACTS = ("monitoring_contact", "child_monitoring")
VISIT = date(2026, 3, 2)


@pytest.mark.parametrize("form_id", IDS)
def test_a_title_tells_nothing_in_any_language(form_id: str, definitions: dict[str, FormDefinition]) -> None:
    form = definitions[form_id]
    assert set(form.discreet_titles) >= set(LANGUAGES)
    for language, title in form.discreet_titles.items():
        assert not tells(title)
        assert title != form.titles.get(language)


@pytest.mark.parametrize("form_id", IDS)
def test_no_question_with_a_mark_is_displayed_however_it_is_filled_in(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    form = definitions[form_id]
    short, private = ShortForm.of(form), set(marked(form))
    assert not private & short.displayed
    filler = Filler(form, form_id, 300)
    for _ in range(60):
        filler.act()
        lines = short.outline(filler.entry.outline())
        assert not private & {paths.template(line.path) for line in lines}
        for line in lines:
            assert not tells(line.label), line
            if line.kind == "question":
                choices = filler.entry.state(line.path).choices
                assert not [choice for choice in choices if tells(choice.label)], line


@pytest.mark.parametrize("form_id", CONTACTS)
def test_the_visit_form_keeps_something_to_fill_in(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """An empty page would be as strange to a bystander as a telling one."""
    filling = Filling(definitions[form_id])
    filling.answer(outcome="met")
    lines = ShortForm.of(definitions[form_id]).outline(filling.entry.outline())
    shown = {line.path.rpartition("/")[2] for line in lines if line.kind == "question"}
    assert {"contact_date", "plan_progress", "next_agreed"} <= shown
    assert not {"outcome", "present", "safe_to_talk"} & shown


@pytest.mark.parametrize("form_id", CONTACTS)
@pytest.mark.parametrize("before", [None, "met", "phone_only"])
def test_a_visit_that_was_not_alone_needs_no_more_answers_and_is_planned_anew(
    form_id: str, before: str | None, definitions: dict[str, FormDefinition]
) -> None:
    filling = Filling(definitions[form_id])
    filling.answer(contact_date=VISIT.isoformat())
    if before:
        filling.answer(outcome=before, needs_any="yes")
        assert filling.missing() >= {"safe_to_talk", "risk_level", "need_kind"}
    path = outcome_of(filling.entry, lambda: NOON)
    assert path is not None
    end_partial(filling.entry, path)
    assert filling.missing() == set()
    known = Case.from_values(
        {"case_code": "AL-1", "stage": "reintegration", "arrived_on": "2026-02-02", "risk": "low"}
    )
    again = [each for each in agenda(known, [said(filling, VISIT)], VISIT) if each.kind == "contact.again"]
    assert [each.due for each in again] == [date(2026, 3, 9)]


@pytest.mark.parametrize("form_id", CONTACTS)
@pytest.mark.parametrize("seed", range(12))
def test_no_answer_is_lost_by_ending_it_so(
    form_id: str, seed: int, definitions: dict[str, FormDefinition]
) -> None:
    filler = Filler(definitions[form_id], seed, 300)
    entry = filler.entry
    outcome = random.Random(seed).choice(("met", "phone_only"))
    for _ in range(90):
        entry.answer("contact/outcome", outcome)
        filler.lines = entry.outline()
        filler.act()
    entry.answer("contact/outcome", outcome)
    before = entry.values()
    assert len(before) > 8
    path = outcome_of(entry, lambda: NOON)
    assert path == "contact/outcome"
    end_partial(entry, path)
    computed = {path for path, each in definitions[form_id].questions.items() if each.computed}
    after = entry.values()
    for at, value in before.items():
        if at != path and paths.template(at) not in computed:
            assert after.get(at) == value, at
