"""The file of how HTCDS and our meanings answer each other: whole, sound, and in the words of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from forms import library
from forms.casework import meanings
from forms.casework.htcds import Field, Source, standard
from forms.casework.htcds.crosswalk import SAYS_NOTHING
from forms.casework.programme import countries, country
from forms.check import check_file, check_table
from forms.definition import Question
from tests.scenarios.strangers import wild_form

#: Meanings that the file has and a form asks only once it is there.
AWAITED = {"exploitation.recruited_by"}
FIELDS = standard().fields
SOURCES = [(known, source) for known in FIELDS.values() for source in known.sources]


def _library() -> Iterator[Question]:
    for form_id, _ in library.forms():
        definition = check_table(form_id, library.read(form_id)).definition
        assert definition is not None
        yield from definition.questions.values()


@pytest.fixture(scope="module")
def asked() -> list[Question]:
    """Every question of the library that has a meaning or a mark."""
    return [each for each in _library() if each.meaning or each.htcds]


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


@pytest.mark.parametrize(("known", "source"), SOURCES, ids=_name)
def test_every_answer_of_the_library_has_its_place(
    known: Field, source: Source, asked: list[Question]
) -> None:
    mine = [each for each in asked if each.meaning == source.meaning]
    assert mine or source.meaning in AWAITED or source.meaning in meanings.KNOWN
    for question in mine:
        if known.choices and question.choices:
            names = {each.name for each in question.choices}
            placed = {*source.writes, *source.silent, *source.holds.values(), *SAYS_NOTHING}
            assert names <= placed, f"{question.path} says what has no place in htcds.toml"
        assert (question.type == "select_one") >= source.single
    for name, wanted in source.when.items():
        assert any(wanted in [c.name for c in each.choices] for each in asked if each.meaning == name)


@pytest.mark.parametrize(("known", "source"), SOURCES, ids=_name)
def test_every_word_of_ours_is_one_that_somebody_says(
    known: Field, source: Source, asked: list[Question]
) -> None:
    if source.meaning in AWAITED or source.meaning == "exploitation.sector":
        return
    said = {c.name for each in asked if each.meaning == source.meaning for c in each.choices}
    said |= set(meanings.KNOWN.get(source.meaning) or ())
    if source.meaning == "status.kind":
        said |= {status for code in countries() for status in country(code).statuses} | {"ended"}
    assert {*source.writes, *source.silent, *source.holds.values()} <= said or not known.choices


def test_the_marks_of_the_library_say_what_the_file_says(asked: list[Question]) -> None:
    marked = [each for each in asked if each.htcds]
    assert marked
    for question in marked:
        assert question.meaning in [source.meaning for source in FIELDS[question.htcds or ""].sources]
