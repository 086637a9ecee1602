"""The seals of the library: who reads what hurts most, and what never leaves with a parcel or a record."""

from __future__ import annotations

import pytest

from forms.casework.htcds import standard
from forms.casework.referral import NEVER_SENT
from forms.check import OF_LIBRARY, check_table
from forms.definition import FormDefinition, Question
from forms.library import read
from forms.sealing import CIRCLES, OPEN, SEALS, circle_of, in_circle, unsealed
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

#: A day or a code by which everybody on the case plans: gates and what is due read it.
PLANNED_BY = {
    "testimony.safety_assessment", "proceedings.court_date", "proceedings.outcome", "checkup.on",
    "checkup.agreed", "checkup.kind", "checkup.follow_up_on", "feedback.on", "feedback.handler",
    "feedback.answer_by", "feedback.state", "feedback.erased_on",
}  # fmt: skip


@pytest.fixture(scope="module")
def sealed(definitions: dict[str, FormDefinition]) -> list[Question]:
    return [each for form in definitions.values() for each in form.questions.values() if each.seal]


def test_every_sensitive_answer_says_who_is_to_read_it(definitions: dict[str, FormDefinition]) -> None:
    asked = [each for form in definitions.values() for each in form.questions.values()]
    assert [each.path for each in asked if unsealed(each)] == []
    assert sum(circle_of(each.meaning) is not None for each in asked) > 50


def test_each_circle_has_its_answers_and_only_what_work_is_planned_by_is_open(sealed: list[Question]) -> None:
    assert {each.seal for each in sealed} == set(SEALS)
    assert {each.meaning for each in sealed if each.seal == OPEN} == PLANNED_BY
    for each in sealed:
        if in_circle(each):
            assert each.seal == circle_of(each.meaning)


def test_what_is_in_a_circle_goes_to_nobody_outside(sealed: list[Question]) -> None:
    closed = [each for each in sealed if in_circle(each)]
    assert {each.seal for each in closed} == set(CIRCLES)
    for each in closed:
        assert each.meaning is not None
        assert each.meaning not in standard().meanings
        if each.seal != "health":
            assert each.meaning.startswith(NEVER_SENT), each.meaning


def test_a_mark_of_an_office_exports_nothing_that_it_has_sealed() -> None:
    table = (
        "| survey |\n"
        "| | type | name | label | bind::homeward:meaning | bind::homeward:htcds | bind::homeward:seal |\n"
        "| | text | a | A | own.called | prs_First_Name | {} |\n"
    )
    for seal, exported in (("yes", True), ("testimony", False), ("health", False), ("complaint", False)):
        form = load_form(xform_from_xlsform(table.format(seal)).xml)
        assert ("own.called" in standard().marked([form]).meanings) == exported


def test_a_seal_that_somebody_takes_out_of_the_library_is_an_error() -> None:
    table = read("testimony")
    line = next(row for row in table.splitlines() if row.startswith("| | text | safety_reasons "))
    assert line.endswith("| testimony |")
    report = check_table("testimony", table.replace(line, line.removesuffix(" testimony |")), OF_LIBRARY)
    assert [(each.code, each.place) for each in report.lint] == [
        ("lint.seal.missing", "safety_group/safety_reasons")
    ]
