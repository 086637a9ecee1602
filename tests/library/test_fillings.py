"""Each form of the library, filled in at random ten times; `make torture ONLY=library`: a thousand times.

What a thousand fillings find, ten need not: that every question is met and every choice taken is asked of the
long run only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms.calculation import Calculation
from forms.definition import FormDefinition
from forms.discreet import ShortForm
from forms.entry import FormEntry
from forms.instance import InstanceNode
from forms.library import forms
from tests.library import fillings
from tests.library.fill import fill_definition, line_of
from tests.library.test_stories import Filling

IDS = [form_id for form_id, _ in forms()]


@pytest.mark.parametrize("form_id", IDS)
def test_a_form_filled_in_at_random_is_finished_sent_and_read_back_as_it_was(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    tally = fill_definition(definitions[form_id], 10, 1)
    assert tally.failures == []
    assert (tally.fillings, tally.finished) == (10, 10)
    assert tally.hidden_by_stops == {}
    assert line_of(tally).startswith(form_id)


@pytest.mark.parametrize("form_id", ["monitoring_contact", "child_monitoring"])
def test_what_raised_the_suspicion_of_new_exploitation_stays_in_the_record(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """Only at the end of a visit it became clear what she had told."""
    filling = Filling(definitions[form_id])
    filling.answer(outcome="met", safe_to_talk="yes", present=["nobody"], threats=["watched"])
    filling.answer(home=["locked_in"], needs_any="yes")
    before = filling.entry.values()
    filling.answer(outcome="suspected_retrafficking")
    after = filling.entry.values()
    assert {at for at, value in before.items() if after.get(at) != value} == {"contact/outcome"}


@pytest.mark.parametrize("form_id", ["monitoring_contact", "child_monitoring"])
def test_a_suspicion_is_not_finished_before_it_is_said_whether_it_was_safe_to_talk(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    """The questions on safety stand open then: nobody reads them aloud without having asked herself that."""
    filling = Filling(definitions[form_id])
    filling.answer(outcome="suspected_retrafficking", news="Seen in a car by her cousin")
    assert "contact/safe_to_talk" in {at.path for at in filling.entry.validate() if at.kind == "required"}
    filling.answer(safe_to_talk="no")
    assert "contact/safe_to_talk" not in {at.path for at in filling.entry.validate()}


def test_why_the_child_was_not_alone_stays_told_when_it_becomes_a_suspicion(
    definitions: dict[str, FormDefinition],
) -> None:
    filling = Filling(definitions["child_monitoring"])
    filling.answer(outcome="not_alone", not_alone_why="carer_refused")
    filling.answer(outcome="suspected_retrafficking")
    assert filling.entry.values()["contact/not_alone_why"] == "carer_refused"


def test_the_exceptions_are_answers_that_the_forms_have(definitions: dict[str, FormDefinition]) -> None:
    for form_id, path, name in fillings.ALWAYS_REFUSED | fillings.TAKEN_BACK:
        assert name in [choice.name for choice in definitions[form_id].questions[path].choices]


# What the checks are worth: each of these mistakes is found.


def _changed(form: FormDefinition, path: str, **what: Any) -> FormDefinition:
    """The form with another say on one question, in the data and in what is shown."""
    question = replace(form.questions[path], **what)

    def within(elements: Any) -> Any:
        return tuple(
            question
            if getattr(each, "path", "") == path and not hasattr(each, "children")
            else replace(each, children=within(each.children))
            if hasattr(each, "children")
            else each
            for each in elements
        )

    return replace(form, questions={**form.questions, path: question}, children=within(form.children))


def test_a_question_that_nobody_can_be_asked_and_its_choices_are_told(
    definitions: dict[str, FormDefinition],
) -> None:
    dead = _changed(
        definitions["testimony"], "wish_group/manner", relevant="/data/wish_group/wish = 'perhaps'"
    )
    tally = fill_definition(dead, 30, 1)
    assert tally.dead_questions == ("wish_group/manner",)
    assert ("wish_group/manner", "video") in tally.dead_choices


def test_a_choice_that_is_always_refused_is_told(definitions: dict[str, FormDefinition]) -> None:
    form = _changed(definitions["testimony"], "case_group/lawyer", constraint=". != 'no'")
    assert fill_definition(form, 30, 1).dead_choices == (("case_group/lawyer", "no"),)


def test_a_form_that_nobody_can_finish_is_told(definitions: dict[str, FormDefinition]) -> None:
    form = _changed(definitions["gate_passed"], "why", constraint="string-length(.) > 900")
    tally = fill_definition(form, 30, 1)
    assert tally.finished == 0
    assert all("cannot be finished: " in failure for failure in tally.failures)


def test_a_stop_that_hides_what_a_danger_is_known_by_is_told(definitions: dict[str, FormDefinition]) -> None:
    """As monitoring once did when new exploitation was suspected."""
    form = definitions["testimony"]
    hides = "/data/wish_group/pressed != 'yes'"
    tally = fill_definition(_changed(form, "wish_group/claims", relevant=hides), 60, 1)
    assert ("wish_group/pressed = yes", "wish_group/claims") in tally.hidden_by_stops


def _forgets_what_is_hidden(patched: pytest.MonkeyPatch) -> None:
    plain = Calculation._show

    def forgetful(self: Calculation, node: InstanceNode, parent_visible: bool) -> None:
        was = node.visible
        plain(self, node, parent_visible)
        if was and not node.visible:
            node.answer = ""

    patched.setattr(Calculation, "_show", forgetful)


def _answers_in_the_short_form(patched: pytest.MonkeyPatch) -> None:
    plain = ShortForm.progress

    def meddling(self: ShortForm, entry: FormEntry) -> tuple[int, int]:
        for path in ("gate", "why"):
            entry.answer(path, "")
        return plain(self, entry)

    patched.setattr(ShortForm, "progress", meddling)


def _writes_less(patched: pytest.MonkeyPatch) -> None:
    plain = fillings.submission
    patched.setattr(fillings, "submission", lambda entry: plain(entry).replace("</why>", " more</why>"))


@pytest.mark.parametrize(
    ("form_id", "mistake", "told"),
    [
        ("consent", _forgets_what_is_hidden, "and back: "),
        ("gate_passed", _answers_in_the_short_form, "short form "),
        ("gate_passed", _writes_less, "read back"),
    ],
)
def test_an_answer_that_is_lost_is_told(
    form_id: str,
    mistake: Any,
    told: str,
    definitions: dict[str, FormDefinition],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mistake(monkeypatch)
    tally = fill_definition(definitions[form_id], 20, 1)
    assert any(told in failure for failure in tally.failures), tally.failures[:2]
