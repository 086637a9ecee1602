# ruff: noqa: E501 - the tables of forms are wide
"""Filling in a form: what an answer changes, what is shown, what is reported."""

import pytest

from forms.errors import FormProblem

VISIT = """
| survey |
| | type | name | label::English (en) | label::French (fr) | hint::English (en) | relevant | constraint | constraint_message::English (en) | required | required_message::English (en) | calculation | default | readonly | appearance |
| | text | name | Name | Nom | As she gives it | | | | yes | Please ask | | | | |
| | integer | age | Age of ${name} | Âge de ${name} | | | . >= 0 and . < 120 | Between 0 and 120 | | | | | | |
| | text | school | School | École | | ${age} < 18 | | | | | | | | multiline |
| | calculate | months | | | | | | | | | ${age} * 12 | | | |
| | date | met_on | Met on | Rencontrée le | | | . <= today() | Not in the future | | | | today() | | |
| | note | hint_note | ${name} is ${months} months old | | | | | | | | | | | |
| | text | office | Office | Bureau | | | | | | | | Tirana | yes | |
| | begin_group | health | Health | Santé | | ${age} >= 18 | | | | | | | | |
| | select_one yn | ill | Is she ill? | Est-elle malade ? | | | | | yes | | | | | |
| | text | illness | Which illness? | Quelle maladie ? | | ${ill} = 'y' | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | yn | y | Yes | Oui |
| | yn | n | No | Non |
"""


@pytest.fixture
def entry(begin):
    return begin(VISIT)


def shown(entry):
    return [line.path for line in entry.outline()]


def test_a_new_entry_has_its_defaults_and_says_so(entry):
    assert entry.values() == {"met_on": "2026-11-22", "office": "Tirana"}
    assert entry.opening.values == entry.values()


def test_an_answer_recalculates_what_depends_on_it(entry):
    change = entry.answer("age", "30")
    assert change.values["age"] == 30
    assert change.values["months"] == "360"
    assert change.restructured
    assert entry.values()["months"] == "360"


def test_an_answer_redraws_only_what_looks_different(entry):
    entry.answer("age", "30")
    change = entry.answer("name", "Mira")
    assert set(change.redraw) == {"name", "age", "hint_note"}
    assert not change.restructured
    assert change.values == {"name": "Mira"}


def test_what_is_not_relevant_is_not_shown_and_has_no_value(entry):
    entry.answer("age", "30")
    assert "school" not in shown(entry)
    entry.answer("health/ill", "y")
    entry.answer("health/illness", "asthma")
    change = entry.answer("age", "15")
    assert change.values["health/ill"] is None
    assert change.values["health/illness"] is None
    assert not {path for path in entry.values() if path.startswith("health")}
    assert "school" in shown(entry)


def test_an_answer_that_was_hidden_by_mistake_comes_back(entry):
    entry.answer("age", "30")
    entry.answer("health/ill", "y")
    entry.answer("age", "3")
    change = entry.answer("age", "30")
    assert change.values["health/ill"] == "y"


def test_an_answer_of_the_wrong_type_stays_visible_and_changes_nothing(entry):
    entry.answer("age", "30")
    change = entry.answer("age", "thirty")
    assert change.violation.kind == "type"
    assert change.violation.code == "answer.integer.not_a_number"
    assert change.values == {}
    state = entry.state("age")
    assert (state.value, state.raw) == (30, "thirty")
    assert [violation.path for violation in entry.validate() if violation.kind == "type"] == ["age"]
    entry.answer("age", "31")
    assert entry.state("age").violation is None


def test_an_answer_against_a_constraint_is_kept_and_reported(entry):
    change = entry.answer("age", "200")
    assert change.violation.kind == "constraint"
    assert change.violation.message == "Between 0 and 120"
    assert change.values["age"] == 200
    assert "constraint" in {violation.kind for violation in entry.validate()}


def test_a_violation_appears_when_what_the_constraint_reads_changes(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | constraint |\n"
        "| | integer | least | Least | |\n"
        "| | integer | most | Most | . >= ${least} |\n"
    )
    entry.answer("least", "1")
    assert entry.answer("most", "5").violation is None
    change = entry.answer("least", "9")
    assert change.violation is None
    assert "most" in change.redraw
    assert entry.state("most").violation.kind == "constraint"


def test_a_missing_answer_is_reported_when_the_form_is_finished(entry):
    assert entry.state("name").violation is None
    assert entry.state("name").required
    (violation,) = entry.validate()
    assert (violation.path, violation.kind, violation.message) == ("name", "required", "Please ask")
    assert entry.state("name").violation == violation


def test_a_cleared_required_answer_is_reported_at_once(entry):
    entry.answer("name", "Mira")
    change = entry.answer("name", "")
    assert change.violation.kind == "required"
    assert change.values["name"] is None


def test_what_is_hidden_is_not_missing(entry):
    entry.answer("name", "Mira")
    assert entry.validate() == ()
    entry.answer("age", "40")
    assert [violation.path for violation in entry.validate()] == ["health/ill"]


def test_validation_can_be_limited_to_a_group(entry):
    entry.answer("age", "40")
    assert [violation.path for violation in entry.validate("health")] == ["health/ill"]
    assert entry.state("name").violation is None


def test_what_cannot_be_answered_does_not_change(entry):
    for path in ("months", "office", "hint_note", "school"):
        assert entry.answer(path, "1").values.get(path) is None
    assert entry.values()["office"] == "Tirana"
    assert entry.state("months").calculated


def test_a_path_that_the_form_does_not_have_is_a_problem(entry):
    with pytest.raises(FormProblem, match=r"entry.path.unknown"):
        entry.answer("nothing", "1")
    with pytest.raises(FormProblem, match=r"entry.path.not_a_question"):
        entry.answer("health", "1")


def test_texts_are_filled_in_and_follow_the_language(entry):
    entry.answer("name", "Mira")
    assert entry.state("age").label == "Age of Mira"
    entry.language = "fr"
    assert entry.state("age").label == "Âge de Mira"
    entry.answer("age", "20")
    assert [choice.label for choice in entry.state("health/ill").choices] == ["Oui", "Non"]


def test_a_missing_translation_falls_back_to_the_default_language(entry):
    entry.language = "fr"
    assert entry.state("name").hint == "As she gives it"
    entry.language = "sq"
    assert entry.state("name").label == "Name"


def test_a_regional_language_is_its_base_language(begin):
    assert begin(VISIT, language="fr-MA").state("name").label == "Nom"


def test_progress_counts_what_a_person_can_answer(entry):
    assert entry.progress() == (1, 3)
    entry.answer("age", "30")
    assert entry.progress() == (2, 4)


def test_an_entry_goes_on_where_it_was_left(entry, begin):
    entry.answer("name", "Mira")
    entry.answer("age", "30")
    again = begin(VISIT, entry.values())
    assert again.values() == entry.values()
    assert again.opening.values == {}
    assert again.outline() == entry.outline()


def test_an_entry_that_goes_on_takes_no_defaults(begin):
    assert begin(VISIT, {"name": "Mira"}).values() == {"name": "Mira"}


def test_a_stored_value_that_is_no_longer_relevant_is_told_as_cleared(begin):
    entry = begin(VISIT, {"age": 40, "months": "480", "school": "Primary"})
    assert entry.opening.values == {"school": None}


def test_facts_fill_questions_by_their_meaning(begin):
    table = (
        "| survey |\n"
        "| | type | name | label | readonly | bind::homeward:meaning |\n"
        "| | text | code | Code | yes | case.code |\n"
        "| | text | other | Other | | |\n"
    )
    entry = begin(table, facts={"case.code": "AL-7Q4KD2M-X", "case.nothing": 1})
    assert entry.values() == {"code": "AL-7Q4KD2M-X"}
    assert entry.state("code").type == "text"
    assert entry.state("code").readonly


def test_a_trigger_sets_another_answer(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | calculation | trigger |\n"
        "| | text | status | Status | | |\n"
        "| | dateTime | changed_at | Changed at | now() | ${status} |\n"
    )
    assert entry.values() == {}
    assert entry.answer("status", "met").values["changed_at"].startswith("2026-11-22T12:00:00")


def test_once_keeps_its_first_value(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | calculation | relevant |\n"
        "| | text | name | Name | | |\n"
        "| | calculate | first | | once(${name}) | ${name} != 'hide' |\n"
    )
    for name in ("Ana", "Besa", "hide", "Dora"):
        entry.answer("name", name)
    assert entry.values()["first"] == "Ana"


def test_a_division_by_zero_is_no_answer_and_clears_what_stood_there(begin):
    entry = begin(
        "| survey |\n| | type | name | label | calculation | bind::type |\n"
        "| | decimal | income | Income | | |\n"
        "| | integer | people | People | | |\n"
        "| | calculate | per_head | | ${income} div ${people} | decimal |\n"
        "| | calculate | whole | | ${income} div ${people} | int |\n"
        "| | calculate | said | | ${income} div ${people} | |\n"
    )
    entry.answer("income", "100")
    assert entry.answer("people", "4").values == {"people": 4, "per_head": 25.0, "whole": 25, "said": "25"}
    change = entry.answer("people", "0")
    assert change.values == {"people": 0, "per_head": None, "whole": None, "said": None}
