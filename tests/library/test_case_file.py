"""The case file: who must never see it, what is known of a birth in part, and languages that few speak."""

from __future__ import annotations

import pytest

from forms.casework.meanings import KNOWN
from forms.definition import FormDefinition
from tests.library.test_stories import Filling


def first_row(entry: Filling) -> str:
    if not entry.entry.repeat("denied").instances:
        entry.entry.add_instance("denied")
    return entry.entry.repeat("denied").instances[0]


def test_a_name_on_the_deny_list_is_not_written_over_and_a_lifting_takes_a_reason(
    definitions: dict[str, FormDefinition],
) -> None:
    file = Filling(definitions["case_file"])
    entry, row = file.entry, first_row(file)
    before = {each.path for each in entry.validate()}
    entry.answer(f"{row}/deny_who", "A. Hoxha")
    assert {each.path for each in entry.validate()} - before == {f"{row}/deny_decision"}
    entry.answer(f"{row}/deny_decision", "denied")
    assert {each.path for each in entry.validate()} == before
    entry.answer(f"{row}/deny_who", "B. Leka")
    assert entry.values()[f"{row}/deny_who"] == "A. Hoxha"
    assert not entry.removable(row), "with the row the name would be gone"
    entry.remove_instance(row)
    assert entry.repeat("denied").instances == (row,)
    entry.answer(f"{row}/deny_decision", "lifted")
    assert {each.path for each in entry.validate()} - before == {f"{row}/deny_reason"}
    # A decision that came first waits for its name.
    other = entry.add_instance("denied").path
    assert entry.removable(other)
    entry.answer(f"{other}/deny_decision", "denied")
    assert f"{other}/deny_who" in {each.path for each in entry.validate()}
    entry.answer(f"{other}/deny_who", "B. Leka")
    assert entry.values()[f"{other}/deny_who"] == "B. Leka"


@pytest.mark.parametrize(
    ("language", "role"),
    [("en", "role"), ("fr", "fonction,"), ("sq", "detyr"), ("ar", "الصفة"), ("uk", "посада,")],
)
def test_nobody_is_asked_for_a_role_to_deny_since_in_the_office_of_the_case_it_denies_nobody(
    definitions: dict[str, FormDefinition], language: str, role: str
) -> None:
    file = Filling(definitions["case_file"], language)
    asked = file.entry.state(f"{first_row(file)}/deny_who")
    assert asked.label
    assert role not in f"{asked.label}, {asked.hint}".lower()


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("2008", True), ("2008-05", True), ("1961-12", True), ("08", False), ("2008-5", False),
        ("2008-00", False), ("2008-13", False), ("2008-05-01", False), ("1808", False), ("2999", False),
        ("in May", False),
    ],
)  # fmt: skip
def test_a_birth_known_in_part_is_a_year_or_a_month_that_has_begun(
    definitions: dict[str, FormDefinition], text: str, fine: bool
) -> None:
    file = Filling(definitions["case_file"])
    assert file.answer(born=text) == ([] if fine else ["constraint"])
    assert definitions["case_file"].merge_rules["born"] == "both"


def test_a_whole_birth_date_takes_the_place_of_a_part(definitions: dict[str, FormDefinition]) -> None:
    file = Filling(definitions["case_file"])
    file.answer(born="2008", birth_date="2008-05-01")
    assert "born" not in file.asked()


@pytest.mark.parametrize(("form", "question"), [("case_file", "language"), ("consent", "spoken")])
def test_case_file_and_consent_know_the_same_languages_and_ask_for_the_name_of_another(
    definitions: dict[str, FormDefinition], form: str, question: str
) -> None:
    (asked,) = [each for each in definitions[form].questions.values() if each.name == question]
    meaning = {"language": "person.language", "spoken": "consent.language"}[question]
    assert {choice.name for choice in asked.choices} == set(KNOWN[meaning] or ())
    assert {"zgh", "ru", "sgn", "other"} <= set(KNOWN[meaning] or ())


def test_numbers_by_which_somebody_may_be_found_are_kept_as_what_they_are(
    definitions: dict[str, FormDefinition],
) -> None:
    form = definitions["case_file"]
    kept = {q.name: (q.safety, form.merge_rules[q.path]) for q in form.questions.values() if q.asks}
    assert (kept["phone"], kept["documents"]) == (("contact", "both"), ("identity", "both"))
    assert kept["contact_confirmed_on"] == ("contact", "cautious:earlier")
    assert kept["deny_decision"] == ("private", "highest:lifted,denied;with=deny_reason")
