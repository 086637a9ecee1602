"""The forms of the library in the words of HTCDS: every answer has its place, and goes where it belongs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms.casework import meanings
from forms.casework.case import Case
from forms.casework.facts import Evidence, evidence
from forms.casework.htcds import Field, Source, export, read, standard, write
from forms.casework.htcds.crosswalk import SAYS_NOTHING
from forms.casework.programme import countries, country
from forms.definition import FormDefinition, Question
from forms.library import CASE_FILE, CLOSURE, REFERRAL, SCREENING
from forms.record import Record
from forms.sealing import in_circle
from tests.forms.filler import Filler
from tests.library.test_stories import Filling

TODAY = date(2026, 3, 2)
FIELDS = standard().fields
SOURCES = [(known, source) for known in FIELDS.values() for source in known.sources]


@pytest.fixture(scope="session")
def asked(definitions: dict[str, FormDefinition]) -> list[Question]:
    """Every question of the library that has a meaning or a mark."""
    found = [each for form in definitions.values() for each in form.questions.values()]
    return [each for each in found if each.meaning or each.htcds]


def _name(value: object) -> str:
    return value.name if isinstance(value, Field) else str(getattr(value, "meaning", ""))


def said(definition: FormDefinition, values: dict[str, Any]) -> Evidence:
    record = Record(definition.id, "case", definition.id, definition.version, "finished", values)
    return evidence(definition, record, on=TODAY)


@pytest.mark.parametrize(("known", "source"), SOURCES, ids=_name)
def test_every_answer_of_the_library_has_its_place(
    known: Field, source: Source, asked: list[Question]
) -> None:
    mine = [each for each in asked if each.meaning == source.meaning]
    assert mine or source.meaning in meanings.KNOWN
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
    if source.meaning == "exploitation.sector":
        return
    said = {c.name for each in asked if each.meaning == source.meaning for c in each.choices}
    said |= set(meanings.KNOWN.get(source.meaning) or ())
    if source.meaning == "status.kind":
        said |= {status for code in countries() for status in country(code).statuses} | {"ended"}
    assert {*source.writes, *source.silent, *source.holds.values()} <= said or not known.choices


def test_the_questions_are_marked_with_the_fields_that_the_file_makes_of_them(asked: list[Question]) -> None:
    """The mark stands beside the words that somebody reads; the file holds what becomes of each choice."""
    marked = {(each.meaning, each.htcds) for each in asked if each.htcds}
    made = {(source.meaning, known.name) for known, source in SOURCES}
    assert marked == made


def test_no_answer_for_named_readers_is_part_of_a_record(asked: list[Question]) -> None:
    closed = {each.meaning for each in asked if in_circle(each)}
    assert closed
    assert not closed & standard().meanings


# Filled in


def test_what_mira_fills_in_is_what_the_record_says(definitions: dict[str, FormDefinition]) -> None:
    filled = {form_id: Filling(definitions[form_id]) for form_id in (CASE_FILE, SCREENING, REFERRAL)}
    filled[CASE_FILE].answer(given_name="Besmira", birth_date="2001-05-06", sex="female", stage="shelter")
    filled[SCREENING].answer(referred_by="police", referring_org="Police of Vlora", can_talk="yes")
    filled[SCREENING].answer(coercion=["papers", "debt"], exploitation=["begging"])
    filled[SCREENING].answer(screening_outcome="possible")
    filled[REFERRAL].answer(direction="in", sent_on="2026-02-27", request="A safe place")
    found = [said(definitions[form_id], each.entry.values()) for form_id, each in filled.items()]
    case = Case.from_values(filled[CASE_FILE].entry.values())
    written = export(found, TODAY, case=case, purpose="statistics")
    assert written.record == {
        "prs_First_Name": "Besmira",
        "prs_Birthdate": "2001-05-06",
        "prs_Gender": "Feminine",
        "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
        "vic_Methods_of_Control": ["DebtBondage "],
        "vic_TypeOfExploitation": ["ForcedBegging"],
        "cas_Status": "Active",
        "cas_ReferringOrganisation": "Police of Vlora",
        "cas_IncomingReferralDate": "2026-02-27",
        "cas_ReasonForIncomingReferral": "A safe place",
    }
    left = {(each.name, each.value, each.why) for each in written.left_out}
    assert ("screening.coercion", "papers", "no_word") in left


@pytest.mark.parametrize("form_id", [SCREENING, REFERRAL, CLOSURE, CASE_FILE])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_answered_is_written_or_told(
    definitions: dict[str, FormDefinition], form_id: str, seed: int
) -> None:
    filler = Filler(definitions[form_id], f"htcds {seed}", 200)
    while filler.answers < 120:
        filler.act()
    values = dict(said(definitions[form_id], filler.entry.values()).values)
    values |= {REFERRAL: {"referral.direction": "in"}, CLOSURE: {"case.stage": "closed"}}.get(form_id, {})
    written = write(values)
    left = {(each.name, str(each.value)) for each in written.left_out}
    told = 0
    for known, source in SOURCES:
        fits = all(values.get(name) == wanted for name, wanted in source.when.items())
        answer = values.get(source.meaning) if fits else None
        for each in answer if isinstance(answer, list) else [] if answer in (None, "") else [answer]:
            word = source.writes.get(each) if known.choices else each
            said_there = written.record.get(known.name, [])
            spoken = word in said_there if isinstance(said_there, list) else word == said_there
            told += 1
            assert spoken or (source.meaning, str(each)) in left or each in SAYS_NOTHING or not each.strip()
    assert told
    assert set(read(written.record).values) <= standard().meanings
