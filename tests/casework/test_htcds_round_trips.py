"""There and back: our answers through HTCDS, and its records through our answers; nothing is lost or added.

The records are filled in at random in the standard's own form where it lies beside the project, else in a
small form of ours with the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework.case import Case, add_years
from forms.casework.htcds import Field, Source, export, read, standard, write
from forms.casework.htcds.files import records_in
from forms.definition import FormDefinition
from forms.xform.load import load_form
from forms.xform.submission import submission
from forms.xlsform.to_xform import xform_from_xlsform
from tests.casework.journeys import TODAY, said
from tests.forms.filler import Filler, source_of
from tests.scenarios.strangers import wild_form

FIELDS = standard().fields
#: Written only: what an authority says is read as the outcome of a screening.
BOTH_WAYS = [
    (known, source)
    for known in FIELDS.values()
    for source in known.sources
    if source.same or not known.choices
]
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30).filter(
    lambda text: bool(text.strip())
)


def _answer(known: Field, source: Source) -> st.SearchStrategy[Any]:
    if known.kind == "date":
        return st.dates().map(lambda day: day.isoformat())
    if not known.choices:
        return texts
    names = st.sampled_from(sorted(source.same))
    if known.kind == "one" or source.single:
        return names
    order = [source.reads[each] for each in known.choices if each in source.same.values()]
    return st.sets(names, min_size=1).map(lambda chosen: [each for each in order if each in chosen])


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Any answers that HTCDS has exact words for, with those that they need beside them."""
    values: dict[str, Any] = {}
    for known, source in BOTH_WAYS:
        if draw(st.booleans()) and all(values.get(name, each) == each for name, each in source.when.items()):
            values |= source.when
            values.setdefault(source.meaning, draw(_answer(known, source)))
    return values


@settings(max_examples=400, deadline=None)
@given(answers())
def test_our_answers_come_back_as_they_were(values: dict[str, Any]) -> None:
    written = write(values)
    assert not written.left_out
    back = read(written.record)
    assert back.values == values
    assert not back.aside


@settings(max_examples=200, deadline=None)
@given(answers())
def test_what_a_case_says_comes_back_as_it_was(values: dict[str, Any]) -> None:
    values.pop("consent.decision", None)
    case = Case.from_values(
        {
            name: values.get(meaning)
            for name, meaning in (
                ("given_name", "person.given_name"),
                ("family_name", "person.family_name"),
                ("birth_date", "person.birth_date"),
                ("sex", "person.sex"),
                ("stage", "case.stage"),
            )
        }
    )
    of_case = {name: each for name, each in values.items() if not name.startswith(("person.", "case."))}
    written = export([said("r")(of_case)], TODAY, case=case, purpose="statistics")
    assert read(written.record).values == values


@pytest.mark.parametrize("born", ["0001-01-01", "1899-05-03", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_birth_date_of_any_century_goes_out_as_it_was_written_or_not_at_all(born: str) -> None:
    """The standard sets no bounds. A day that somebody mistyped must not become another day on the way."""
    case = Case.from_values({"birth_date": born, "stage": "shelter"})
    written = export([], TODAY, case=case, purpose="statistics")
    assert written.record["prs_Birthdate"] == born
    assert read(written.record).values["person.birth_date"] == born
    assert case.may_be_minor(TODAY) == (born > "2008")
    assert add_years(date.fromisoformat(born), 18) >= date.fromisoformat(born)


@pytest.mark.parametrize("born", ["1899", "1899-02-29", "31.12.1899"])
def test_what_is_no_birth_date_is_told_and_not_sent(born: str) -> None:
    written = write({"person.birth_date": born})
    assert "prs_Birthdate" not in written.record
    assert [(each.name, each.why) for each in written.left_out] == [("person.birth_date", "not_readable")]


words = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.integers(),
    st.dates().map(str),
    st.lists(st.sampled_from([each for known in FIELDS.values() for each in known.choices[:30]]), max_size=4),
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, "start", "x/prs_Email"]) | texts, words, max_size=12))
def test_nothing_of_any_record_is_lost_and_nothing_is_added(record: dict[str, Any]) -> None:
    check(record)


def check(record: Mapping[str, Any]) -> None:
    """What is read, written again and put beside what was kept aside is the record, word by word."""
    found = read(record)
    again = write(found.values).record
    kept: dict[str, list[Any]] = {}
    for each in found.aside:
        kept.setdefault(each.name, []).append(each.value)
    for key, value in record.items():
        known = FIELDS.get(key.rpartition("/")[2])
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            continue
        if known is None or not known.sources:
            assert value in kept.get(known.name if known else key, [])
        elif known.choices:
            before = _said(known, value)
            after = _said(known, again.get(known.name, []))
            assert after <= before, "nothing is added"
            assert before <= after | _said(known, kept.get(known.name, [])), "nothing is lost"
        elif value not in kept.get(known.name, []):
            assert again.get(known.name) == str(value)
    assert set(again) <= {key.rpartition("/")[2] for key in record}


def _said(known: Field, value: Any) -> set[str]:
    if isinstance(value, list):
        return {word for each in value for word in _said(known, each)}
    if isinstance(value, str) and known.choice(value) is None and known.kind == "several":
        return {known.choice(word) or word for word in value.split()}
    text = str(value).upper() if isinstance(value, bool) else str(value)
    return {known.choice(text) or text}


# Records of the form


def _own_form() -> FormDefinition:
    kinds = {"one": "select_one", "several": "select_multiple"}
    questions, choices = [], []
    for known in FIELDS.values():
        kind = f"{kinds[known.kind]} {known.name}" if known.choices else known.kind
        questions.append(f"| | {kind} | {known.name} | {known.name} |")
        choices += [f"| | {known.name} | {each} | {each} |" for each in known.choices[:40]]
    table = [
        *("| settings |", "| | form_id | version |", "| | own | 1 |"),
        *("| survey |", "| | type | name | label |", *questions),
        *("| choices |", "| | list_name | name | label |", *choices),
    ]
    return load_form(xform_from_xlsform("\n".join(table) + "\n").xml)


@pytest.fixture(scope="module")
def form() -> FormDefinition:
    path = wild_form("htcds_xlsform")
    return _own_form() if path is None else load_form(source_of(path))


@pytest.mark.parametrize("seed", range(12))
def test_a_record_of_the_form_filled_in_at_random_is_read_whole(
    form: FormDefinition, seed: int, tmp_path: Path
) -> None:
    filler = Filler(form, seed, 200)
    while filler.answers < 120:
        filler.act()
    values = filler.entry.values()
    assert sum(name in values for name in FIELDS) > 15
    check(values)
    file = tmp_path / "record.xml"
    file.write_text(submission(filler.entry), "utf-8")
    (sent,) = records_in(file)
    check(sent)
    assert read(sent).values == read(values).values


def test_a_small_form_of_ours_with_the_same_fields_does_as_well(tmp_path: Path) -> None:
    form = _own_form()
    assert [name for name, each in form.questions.items() if each.asks] == list(FIELDS)
    test_a_record_of_the_form_filled_in_at_random_is_read_whole(form, 5, tmp_path)
