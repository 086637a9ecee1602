"""The file of how HTCDS and our meanings answer each other is whole, sound and spelt right."""

from __future__ import annotations

from collections import Counter

import pytest

from forms.casework.htcds import Field, Source, standard
from forms.check import check_file
from tests.scenarios.strangers import wild_form

FIELDS = standard().fields
SOURCES = [(known, source) for known in FIELDS.values() for source in known.sources]


def _name(value: object) -> str:
    return value.name if isinstance(value, Field) else str(getattr(value, "meaning", ""))


def test_every_field_has_an_answer_or_a_reason_for_having_none() -> None:
    assert Counter(name[:4] for name in FIELDS) == {"con_": 1, "prs_": 15, "vic_": 9, "cas_": 6}
    assert sum(bool(known.sources) for known in FIELDS.values()) == 15
    for known in FIELDS.values():
        assert bool(known.sources) != bool(known.not_asked)
    assert {known.not_asked for known in FIELDS.values()} - {""} == set(standard().reasons)


def test_the_choices_are_spelt_as_the_standard_spells_them() -> None:
    counts = {name.partition("_")[2]: len(known.choices) for name, known in FIELDS.items() if known.choices}
    assert counts == {
        "Consent": 2,
        "Gender": 6,
        "Citizenship": 249,
        "MethodOfRecruitment": 10,
        "TraffickingStatus": 3,
        "TraffickingStatusDecisionMakingOrg": 5,
        "Methods_of_Control": 16,
        "TypeOfExploitation": 11,
        "ForcedLabourIndustry": 21,
        "TypeOfSexExploitation": 4,
        "Status": 4,
    }
    spaced = [each for known in FIELDS.values() for each in known.choices if each != each.strip()]
    assert spaced == ["DebtBondage "]


def test_the_fields_are_those_of_the_form_of_the_standard() -> None:
    path = wild_form("htcds_xlsform")
    if path is None:
        pytest.skip("the forms of others are not at hand beside the project")
    definition = check_file(path).definition
    assert definition is not None
    theirs = {path: each for path, each in definition.questions.items() if each.asks}
    assert list(theirs) == list(FIELDS)
    for name, question in theirs.items():
        kinds = {"select_one": "one", "select_multiple": "several"}
        assert kinds.get(question.type, question.type) == FIELDS[name].kind
        # The converter takes the space away that stands in the workbook.
        assert [each.name for each in question.choices] == [each.strip() for each in FIELDS[name].choices]


@pytest.mark.parametrize(("known", "source"), SOURCES, ids=_name)
def test_a_choice_goes_one_way_or_both_and_to_a_choice_that_is_there(known: Field, source: Source) -> None:
    assert {*source.same.values(), *source.kind_of.values(), *source.holds} <= set(known.choices)
    assert len(set(source.same.values())) == len(source.same)
    ours = [*source.same, *source.kind_of, *source.silent]
    assert len(set(ours)) == len(ours)
    assert not set(source.holds) & set(source.same.values())
    # What is read out of a more exact word must not be written as another one when it goes back.
    assert not set(source.holds.values()) & source.writes.keys()
    assert bool(known.choices) == bool(source.writes)
