"""A form cut into sheets: nothing is lost, nothing moves, and a question stands where its section is."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from forms.entry import FormEntry
from forms.entry_views import Node
from forms.library import forms, read
from forms.sheets import SHEET_LIMIT, Cut
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

FORMS = tuple(form for form, _ in forms())


def entry(form: str) -> FormEntry:
    definition = load_form(xform_from_xlsform(read(form)).xml)
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    return FormEntry(definition, language="en", now=lambda: now, random=random.Random(1))


@pytest.mark.parametrize("form", FORMS)
def test_every_relevant_question_stands_on_exactly_one_sheet(form: str) -> None:
    opened = entry(form)
    sheets = Cut(opened.definition).sheets(opened.outline())
    shown = [node.path for sheet in sheets for node in sheet.questions]
    assert shown == [node.path for node in opened.outline() if node.kind == "question"]


@pytest.mark.parametrize("form", FORMS)
def test_a_sheet_asks_only_a_few_questions(form: str) -> None:
    definition = entry(form).definition
    cut = Cut(definition)
    asked: dict[str | None, int] = {}
    for path, question in definition.questions.items():
        asks = question.asks and question.readonly != "true()"
        if asks and not definition.is_repeat(path.rpartition("/")[0]):
            asked[cut.key_of(path)] = asked.get(cut.key_of(path), 0) + 1
    assert max(asked.values()) <= SHEET_LIMIT


def test_an_answer_that_shows_more_questions_moves_none_to_another_sheet() -> None:
    opened = entry("airport_reception")
    cut = Cut(opened.definition)
    before = {sheet.key: sheet for sheet in cut.sheets(opened.outline())}
    opened.answer("identity/reception_outcome", "received")
    after = {sheet.key: sheet for sheet in cut.sheets(opened.outline())}
    assert before.keys() <= after.keys()
    for key, sheet in before.items():
        assert {node.path for node in sheet.nodes} <= {node.path for node in after[key].nodes}


def test_a_section_is_called_by_the_first_line_of_a_long_first_question() -> None:
    opened = entry("airport_reception")
    first = opened.outline()[0]
    long = Node(first.path, "question", 0, "Purpose:\n\nVisit the place as early as you can.")
    (sheet,) = Cut(opened.definition).sheets([long])
    assert sheet.section.label == "Purpose:"


def test_a_note_after_a_repeat_stays_on_its_sheet() -> None:
    cut = Cut(entry("airport_reception").definition)
    assert cut.key_of("arrival/children_note") == cut.key_of("arrival/companion/companion_age")


@pytest.mark.parametrize("form", FORMS)
def test_no_page_is_turned_for_what_is_only_told(form: str) -> None:
    opened = entry(form)
    first = Cut(opened.definition).sheets(opened.outline())[0]
    states = [opened.state(node.path) for node in first.questions]
    assert any(state.type != "note" and not state.readonly and not state.calculated for state in states)


def test_the_code_of_the_case_stands_above_the_first_section_and_is_none_itself() -> None:
    opened = entry("consent")
    first = Cut(opened.definition).sheets(opened.outline())[0]
    assert first.section.label == "Decision"
    assert first.questions[0].path == "case_code"


def test_a_word_after_the_last_section_stands_at_its_end() -> None:
    cut = Cut(entry("testimony").definition)
    assert cut.key_of("consent_note") == cut.key_of("safety_group/safety_reasons") != "consent_note"
