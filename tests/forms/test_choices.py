"""Single and multiple choice, filtered choices, choices out of a repeat."""

import pytest

from forms.display import text_of

PLACES = """
| survey |
| | type | name | label::English (en) | label::Albanian (sq) | choice_filter | calculation |
| | select_one country | country | Country | Shteti | | |
| | select_one city | city | City | Qyteti | country = ${country} | |
| | select_multiple service | services | Services | Shërbimet | | |
| | calculate | city_label | | | | jr:choice-name(${city}, '${city}') |
| | calculate | many | | | | count-selected(${services}) |
| | begin_repeat | person | Person | Personi | | |
| | text | first | First name | Emri | | |
| | end_repeat | | | | | |
| | select_one ${first} | head | Head of household | Kryefamiljari | | |
| choices |
| | list_name | name | label::English (en) | label::Albanian (sq) | country | media::image |
| | country | al | Albania | Shqipëria | | al.png |
| | country | ma | Morocco | Maroku | | |
| | city | tirana | Tirana | Tiranë | al | |
| | city | shkoder | Shkodër | Shkodër | al | |
| | city | rabat | Rabat | Rabat | ma | |
| | service | food | Food | Ushqim | | |
| | service | legal | Legal aid | Ndihmë ligjore | | |
"""


@pytest.fixture
def entry(begin):
    return begin(PLACES)


def offered(entry, path):
    return [choice.name for choice in entry.state(path).choices]


def test_a_filter_offers_what_fits_the_answer_above(entry):
    assert offered(entry, "city") == []
    change = entry.answer("country", "al")
    assert "city" in change.redraw
    assert offered(entry, "city") == ["tirana", "shkoder"]


def test_a_choice_that_is_no_longer_offered_is_cleared_and_comes_back(entry):
    entry.answer("country", "al")
    entry.answer("city", "tirana")
    change = entry.answer("country", "ma")
    assert change.values["city"] is None
    assert entry.answer("country", "al").values["city"] == "tirana"


def test_several_choices_are_a_list(entry):
    change = entry.answer("services", ["legal", "food"])
    # In the order of the list, whichever was touched first.
    assert change.values == {"services": ["food", "legal"], "many": "2"}
    assert entry.answer("services", []).values["services"] is None


def test_a_choice_that_does_not_exist_is_refused(entry):
    change = entry.answer("services", ["legal", "dance"])
    assert change.violation.code == "answer.choice.unknown"
    assert "services" not in entry.values()


def test_labels_of_choices_follow_the_language_in_calculations_too(entry):
    entry.answer("country", "al")
    entry.answer("city", "tirana")
    assert entry.values()["city_label"] == "Tirana"
    entry.language = "sq"
    assert entry.values()["city_label"] == "Tiranë"
    assert entry.answer("services", ["food"]).values["city_label"] == "Tiranë"


def test_choices_can_be_the_instances_of_a_repeat(entry):
    (person,) = entry.repeat("person").instances
    other = entry.add_instance("person").path
    entry.answer(f"{person}/first", "Ana")
    assert "head" in entry.answer(f"{other}/first", "Besa").redraw
    assert offered(entry, "head") == ["Ana", "Besa"]
    entry.answer("head", "Besa")
    assert entry.remove_instance(other).values["head"] is None


def test_a_choice_has_its_picture(entry):
    assert entry.state("country").choices[0].media == {"image": "al.png"}


def test_a_choice_may_have_a_blank_in_its_name(begin):
    entry = begin(
        "| survey |\n| | type | name | label | choice_filter |\n"
        "| | select_one region | region | Region | |\n"
        "| | select_one town | town | Town | region=${region} |\n"
        "| choices |\n| | list_name | name | label | region |\n"
        "| | region | the north | North | |\n| | region | the south | South | |\n"
        "| | town | new town | New Town | the north |\n"
    )
    assert entry.answer("region", "the north").violation is None
    assert entry.answer("town", "new town").values == {"town": "new town"}
    assert entry.validate() == ()
    assert text_of(entry.definition, "town", "new town") == {"default": "New Town"}
    assert entry.answer("region", "the north the south").violation.code == "answer.choice.unknown"
    assert entry.answer("region", "the south").values == {"region": "the south", "town": None}


SAME_NAME = """
| survey |
| | type | name | label | choice_filter | calculation |
| | select_one district | district | District | | |
| | select_one village | village | Village | district = ${district} | |
| | calculate | called | | | jr:choice-name(${village}, '${village}') |
| choices |
| | list_name | name | label | district |
| | district | n | North | |
| | district | s | South | |
| | village | 1 | Kukës | n |
| | village | 2 | Bajram Curri | n |
| | village | 1 | Sarandë | s |
| settings |
| | form_id | version | allow_choice_duplicates |
| | same | 1 | yes |
"""


def test_of_choices_with_one_name_the_label_is_that_of_the_one_that_is_offered(begin):
    entry = begin(SAME_NAME)
    entry.answer("district", "s")
    assert entry.answer("village", "1").values["called"] == "Sarandë"
    assert entry.answer("district", "n").values == {"district": "n", "called": "Kukës"}


def test_outside_an_entry_all_labels_of_one_name_are_shown(load):
    form = load(SAME_NAME)
    assert set(text_of(form, "village", "1").values()) == {"Kukës / Sarandë"}
    assert set(text_of(form, "village", "2").values()) == {"Bajram Curri"}
