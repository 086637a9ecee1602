from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from pyxform.xls2xform import convert

from forms.about import read_about
from forms.casework.case import RISKS, STAGES
from forms.casework.meanings import KNOWN
from forms.casework.programme import countries, country, programmes
from forms.definition import FormDefinition, Repeat
from forms.library import LANGUAGES, forms, read
from forms.translations import language_code
from forms.xform.load import load_form
from forms.xlsform.to_xform import XFormSource
from forms.xlsform.workbook import read_workbook
from tests.library.test_stories import Filling

XFORMS = "{http://www.w3.org/2002/xforms}"
IDS = [form_id for form_id, _ in forms()]
#: What each form has come to since its first version.
VERSIONS = {
    "case_file": "3", "airport_reception": "3", "consent": "3", "monitoring_contact": "3",
    "guardian_and_tracing": "2", "screening": "2", "needs_and_risks": "2", "reintegration_plan": "2",
    "assistance": "2", "best_interest": "2", "safety_incident": "2", "closure": "2", "feedback": "2",
    "shelter_intake": "2", "family_assessment": "2", "durable_solution": "2", "travel": "2", "referral": "2",
    "testimony": "2",
}  # fmt: skip
#: Languages beyond the five that every form has, and those of which a form has a sample only.
MORE = {"airport_reception": ("ru", "zgh"), "consent": ("ru",)}
SAMPLES = {"airport_reception": ("zgh",)}
#: Kinds of a thing: no choice protects more than another. Who adds one has thought about it.
KINDS = {"hazard.kind", "service.kind", "assistance.kind"}
ARABIC = re.compile(r"[\u0600-\u06ff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
TIFINAGH = re.compile(r"[\u2d30-\u2d7f]")


def whole(form_id: str) -> tuple[str, ...]:
    """The languages that a form has completely."""
    return tuple(
        code for code in (*LANGUAGES, *MORE.get(form_id, ())) if code not in SAMPLES.get(form_id, ())
    )


def texts(source: XFormSource) -> dict[str, dict[str, Element]]:
    """{language code: {id of the text: its value element}} as the XForm holds them."""
    itext = ElementTree.fromstring(source.xml).iter(f"{XFORMS}translation")
    return {
        re.sub(r".*\((.*)\)", r"\1", translation.get("lang", "")): {
            text.get("id", ""): next(text.iter(f"{XFORMS}value")) for text in translation
        }
        for translation in itext
    }


def plain(value: Element) -> str:
    return "".join(value.itertext()).strip()


def rows(form_id: str, sheet: str) -> list[dict[str, str]]:
    """The rows of one sheet of the form's Markdown, by column."""
    found: list[list[str]] = []
    here = False
    for line in read(form_id).splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| |"):
            here = cells[0] == sheet
        elif here:
            found.append([cell.strip() for cell in line[3:].rstrip().removesuffix("|").split("|")])
    # A row may end where nothing follows in it.
    assert all(len(row) <= len(found[0]) for row in found[1:])
    return [dict(zip_longest(found[0], row, fillvalue="")) for row in found[1:]]


def test_the_library_has_its_forms_under_their_ids_and_begins_with_the_first_three() -> None:
    assert IDS[:3] == ["case_file", "airport_reception", "monitoring_contact"]
    assert len(IDS) == len(set(IDS))
    for form_id, path in forms():
        assert path.is_file()
        assert f"| {form_id} |" in read(form_id)


def test_a_form_that_the_library_does_not_have_is_not_looked_for_on_the_disk() -> None:
    with pytest.raises(KeyError):
        read("../../secrets")


@pytest.mark.parametrize("form_id", IDS)
def test_a_form_compiles_without_any_warning(form_id: str, sources: dict[str, XFormSource]) -> None:
    assert sources[form_id].warnings == ()


@pytest.mark.parametrize("form_id", IDS)
def test_the_reference_converter_has_nothing_to_say_to_the_file_as_it_stands(form_id: str) -> None:
    """Nothing of Homeward in between: so any tool of the field opens the one file, namespace and all."""
    converted = convert(BytesIO(read(form_id).encode()), file_type=".md")
    assert converted.warnings == []
    assert not converted.itemsets
    assert load_form(converted.xform).id == form_id


@pytest.mark.parametrize("form_id", IDS)
def test_a_form_loads_with_its_id_its_version_and_all_languages(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    form = definitions[form_id]
    assert (form.id, form.version) == (form_id, VERSIONS.get(form_id, "1"))
    assert form.languages == (*LANGUAGES, *MORE.get(form_id, ()))
    assert form.samples == SAMPLES.get(form_id, ())
    assert form.default_language == "en"
    assert form.warnings == ()


@pytest.mark.parametrize("form_id", IDS)
def test_a_form_has_a_title_of_its_own_in_every_language(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    titles = definitions[form_id].titles
    languages = whole(form_id)
    assert set(languages) <= set(titles)
    assert len({titles[language] for language in languages}) == len(languages)


@pytest.mark.parametrize("form_id", IDS)
def test_a_translation_is_a_draft_until_a_native_speaker_has_reviewed_it(form_id: str) -> None:
    (settings,) = rows(form_id, "settings")
    drafts = settings["attribute::homeward:draft"].split()
    assert set(drafts) <= {*LANGUAGES, *MORE.get(form_id, ())} - {"en"}
    assert {*MORE.get(form_id, ())} <= set(drafts)


@pytest.mark.parametrize("form_id", IDS)
def test_no_translation_is_missing(form_id: str, sources: dict[str, XFormSource]) -> None:
    by_language = texts(sources[form_id])
    assert tuple(by_language) == (*LANGUAGES, *MORE.get(form_id, ()))
    for language in whole(form_id):
        found = by_language[language]
        missing = [name for name, value in found.items() if plain(value) in ("", "-")]
        assert not missing, (language, missing)
        assert set(found) == set(by_language["en"])


@pytest.mark.parametrize("form_id", IDS)
@pytest.mark.parametrize("sheet", ["survey", "choices"])
def test_a_text_that_one_language_has_all_have(form_id: str, sheet: str) -> None:
    for row in rows(form_id, sheet):
        for kind in ("label", "hint", "constraint_message", "required_message"):
            cells = [
                text
                for column, text in row.items()
                if column.startswith(f"{kind}::") and language_code(column) in whole(form_id)
            ]
            assert len(cells) in (0, len(whole(form_id)))
            assert all(cells) or not any(cells), (row.get("name"), kind)


@pytest.mark.parametrize("form_id", IDS)
def test_whoever_may_be_asked_to_correct_an_answer_is_told_why(form_id: str) -> None:
    for row in rows(form_id, "survey"):
        assert bool(row.get("constraint")) == bool(row.get("constraint_message::English (en)")), row["name"]
        assert bool(row.get("required")) == bool(row.get("required_message::English (en)")), row["name"]


@pytest.mark.parametrize("form_id", IDS)
def test_every_language_is_written_in_its_script(form_id: str, sources: dict[str, XFormSource]) -> None:
    for language, found in texts(sources[form_id]).items():
        for name, value in found.items():
            text = plain(value)
            if text == "-":
                continue
            assert bool(ARABIC.search(text)) == (language == "ar"), (language, name, text)
            assert bool(CYRILLIC.search(text)) == (language in ("uk", "ru")), (language, name, text)
            assert bool(TIFINAGH.search(text)) == (language == "zgh"), (language, name, text)


@pytest.mark.parametrize("form_id", [*SAMPLES])
def test_a_sample_of_a_language_says_what_it_leaves_in_english_and_why(
    form_id: str, sources: dict[str, XFormSource]
) -> None:
    about = read_about(read_workbook(read(form_id)))
    for language in SAMPLES[form_id]:
        assert any(line.startswith(f"{language}: ") for line in about.left_in_english)
        found = texts(sources[form_id])[language].values()
        assert 0 < sum(plain(value) != "-" for value in found) < len(found)


@pytest.mark.parametrize("form_id", [*MORE])
def test_russian_is_no_ukrainian_and_has_letters_of_its_own(
    form_id: str, sources: dict[str, XFormSource]
) -> None:
    by_language = texts(sources[form_id])
    russian = " ".join(plain(value) for value in by_language["ru"].values()).lower()
    assert not set(russian) & set("іїєґ’")
    assert set("ыэъё") & set(russian) >= set("ыэ")


@pytest.mark.parametrize("form_id", IDS)
def test_no_language_stands_in_for_another_in_a_sentence(
    form_id: str, sources: dict[str, XFormSource]
) -> None:
    """Single words may be alike (a note, a document); a whole sentence is alike only by mistake."""
    by_language = texts(sources[form_id])
    for name, value in by_language["en"].items():
        sentence = plain(value)
        if sentence.count(" ") < 2:
            continue
        others = [plain(by_language[language][name]) for language in ("fr", "sq")]
        assert sentence not in others, name
        assert others[0] != others[1], name


@pytest.mark.parametrize("form_id", IDS)
def test_a_text_fills_in_the_same_answers_in_every_language(
    form_id: str, sources: dict[str, XFormSource]
) -> None:
    def outputs(value: Element) -> Counter[str]:
        return Counter(output.get("value", "") for output in value.iter(f"{XFORMS}output"))

    by_language = texts(sources[form_id])
    for name, value in by_language["en"].items():
        for language in whole(form_id)[1:]:
            assert outputs(by_language[language][name]) == outputs(value), (language, name)


@pytest.mark.parametrize("form_id", IDS)
def test_a_message_that_names_an_answer_names_it_as_the_answer_is_written(form_id: str) -> None:
    """The message on answers that stand alone quotes them; it must quote what is on the screen."""
    labels = {
        column: {row[column] for row in rows(form_id, "choices")}
        for column in rows(form_id, "choices")[0]
        if column.startswith("label::")
    }
    quoted = re.compile(r"“([^”]*)”|« ([^»]*) »|«([^»]*)»")
    for row in rows(form_id, "survey"):
        for column, text in row.items():
            if not column.startswith("constraint_message::"):
                continue
            for found in quoted.finditer(text):
                answer = next(group for group in found.groups() if group)
                assert answer in labels[column.replace("constraint_message", "label")], (row["name"], text)


NAMES: dict[str, list[str]] = {
    "case_file": [
        "case_code", "country", "office", "stage", "risk", "risk_lowered_because", "language",
        "given_name", "family_name", "other_names", "birth_date", "sex", "safe_channel", "safe_times",
        "safe_never", "code_word_agreed",
        "expected_arrival", "arrived_on", "carer", "notes",
    ],
    "airport_reception": ["handed_over_to", "handed_over_at"],
    "monitoring_contact": [
        "contact_date", "outcome", "present", "safe_to_talk", "lives_with", "own_safety", "risk_level",
        "observation",
    ],
}  # fmt: skip


@pytest.mark.parametrize("form_id", IDS)
def test_the_names_that_others_read_exist(form_id: str, definitions: dict[str, FormDefinition]) -> None:
    names = {question.name for question in definitions[form_id].questions.values()}
    assert set(NAMES.get(form_id, ())) <= names


def test_the_facts_of_a_case_are_addressed_by_their_bare_names(
    definitions: dict[str, FormDefinition],
) -> None:
    assert set(NAMES["case_file"]) <= set(definitions["case_file"].questions)


def test_the_stages_and_risks_of_the_case_file_are_those_of_the_rules(
    definitions: dict[str, FormDefinition],
) -> None:
    questions = definitions["case_file"].questions
    assert tuple(choice.name for choice in questions["stage"].choices) == STAGES
    assert tuple(choice.name for choice in questions["risk"].choices) == RISKS


def test_the_countries_of_the_first_programme_lead_the_list(definitions: dict[str, FormDefinition]) -> None:
    countries = [choice.name for choice in definitions["case_file"].questions["country"].choices]
    assert countries[:3] == ["al", "ma", "ua"]
    assert len(countries) == len(set(countries))


#: Two forms of which a person has one at a time, or of which one visit is written in one: they alone say the
#: same facts, by which rules read either of them.
PAIRS = ({"reintegration_plan", "integration_plan"}, {"child_monitoring", "monitoring_contact"})
#: What another form says and these show.
CARRIED_OVER = {
    "case.code", "case.office", "case.of_age", "person.language", "family.relation",
    "guardian.document_expires",
}  # fmt: skip


def test_the_case_file_knows_the_countries_programmes_and_statuses_that_come_with_homeward(
    definitions: dict[str, FormDefinition],
) -> None:
    questions = definitions["case_file"].questions

    def names(path: str) -> set[str]:
        return {choice.name for choice in questions[path].choices}

    assert {code.lower() for code in countries()} | {"other"} <= names("host_country")
    assert names("host_country") == names("status/status_country")
    assert names("programme") == {*programmes(), "own", "other"} - {"example"}
    assert set(KNOWN["contact.never_at"] or ()) == names("never_at")


@pytest.mark.parametrize("code", [code for code in countries() if country(code).statuses])
def test_the_statuses_of_a_country_are_offered_for_it_and_for_no_other_that_has_none_such(
    code: str, definitions: dict[str, FormDefinition]
) -> None:
    entry = Filling(definitions["case_file"]).entry
    entry.answer("has_status", "yes")
    if not entry.repeat("status").instances:
        entry.add_instance("status")
    (instance,) = entry.repeat("status").instances

    def offered(of: str) -> set[str]:
        entry.answer(f"{instance}/status_country", of)
        return {choice.name for choice in entry.state(f"{instance}/status_kind").choices}

    everywhere = {"residence", "refused", "ended", "other"}
    assert offered(code.lower()) == {*country(code).statuses, *everywhere}
    assert offered("gr") == {"presumed", "official", *everywhere}


def test_a_fact_is_asked_in_one_place_and_elsewhere_only_carried_over() -> None:
    asked: dict[str, set[str]] = {}
    for form_id in IDS:
        survey = [row for row in rows(form_id, "survey") if row["bind::homeward:meaning"]]
        here = [row["bind::homeward:meaning"] for row in survey]
        assert len(here) == len(set(here)), form_id
        for row in survey:
            if row.get("readonly") == "yes":
                assert row["bind::homeward:meaning"] in CARRIED_OVER
            else:
                asked.setdefault(row["bind::homeward:meaning"], set()).add(form_id)
    twice = {meaning: those for meaning, those in asked.items() if len(those) > 1}
    assert {meaning: those for meaning, those in twice.items() if those not in PAIRS} == {}


@pytest.mark.parametrize("form_id", IDS)
def test_every_answer_has_a_meaning(form_id: str, definitions: dict[str, FormDefinition]) -> None:
    unnamed = [q.path for q in definitions[form_id].questions.values() if q.asks and not q.meaning]
    assert unnamed == []


@pytest.mark.parametrize("form_id", IDS)
def test_two_workers_who_write_a_narrative_at_once_keep_both(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    form = definitions[form_id]
    narratives = [q.path for q in form.questions.values() if q.appearance == "multiline"]
    assert narratives
    assert all(form.merge_rules[path] == "both" for path in narratives)
    assert all(q.type == "text" for q in form.questions.values() if q.merge == "both")
    sums = [q.path for q in form.questions.values() if q.calculate]
    assert all(form.merge_rules[path] == "calculated" for path in sums)


@pytest.mark.parametrize("form_id", IDS)
def test_no_answer_of_safety_is_simply_overwritten(
    form_id: str, definitions: dict[str, FormDefinition]
) -> None:
    form = definitions[form_id]
    safety = [q for q in form.questions.values() if q.safety and q.asks]
    assert safety
    simply = {q.meaning for q in safety if form.merge_rules[q.path] == "last"}
    assert simply == KINDS & {q.meaning for q in safety}


def test_a_risk_is_lowered_with_a_reason_only_and_a_safe_channel_narrows(
    definitions: dict[str, FormDefinition],
) -> None:
    risk = "highest:unknown,low,medium,high;with=risk_lowered_because"
    case, contact = definitions["case_file"].merge_rules, definitions["monitoring_contact"].merge_rules
    assert (case["risk"], contact["conclusion/risk_level"]) == (risk, risk)
    assert (case["safe_channel"], case["birth_date"]) == ("narrow", "cautious:later")
    assert contact["safety/own_safety"] == "cautious:5,4,no_answer,3,2,1"


SENSITIVE = [
    "threats", "home", "debt", "offers_abroad", "wellbeing", "family_change", "own_safety", "work_conditions",
    "urgent_health", "feels_safe", "safety_concern", "child_work", "marriage_talk", "bullying",
    "school_absence", "carer_strain", "carer_needs", "siblings_risk",
]  # fmt: skip


def test_who_prefers_not_to_say_can_say_so_at_every_sensitive_choice(
    definitions: dict[str, FormDefinition],
) -> None:
    asked = [q for form in definitions.values() for q in form.questions.values() if q.name in SENSITIVE]
    assert {question.name for question in asked} == set(SENSITIVE)
    for question in asked:
        name = question.name
        assert question.safety == "private", name
        if question.chooses:
            assert "no_answer" in [choice.name for choice in question.choices], name
            assert question.required is None or name == "urgent_health", name


def test_reception_at_the_airport_takes_three_minutes(definitions: dict[str, FormDefinition]) -> None:
    """What is asked when all goes as planned and nobody came along: at most 16 questions."""
    form = definitions["airport_reception"]
    depends = re.compile(r"met_by|with_others|feels_safe|not_arrived'\s*$")
    usual = [
        q
        for q in form.questions.values()
        if q.asks and not q.readonly and "companion" not in q.path and not depends.search(q.relevant or "")
    ]
    assert len(usual) <= 16, [q.name for q in usual]


def test_a_monitoring_contact_has_at_most_forty_questions(definitions: dict[str, FormDefinition]) -> None:
    asked = [q for q in definitions["monitoring_contact"].questions.values() if q.asks]
    assert 25 <= len(asked) <= 40


def test_the_two_forms_of_the_day_have_every_kind_of_question(
    definitions: dict[str, FormDefinition],
) -> None:
    for form_id in ("airport_reception", "monitoring_contact"):
        form = definitions[form_id]
        kinds: set[Any] = {q.type for q in form.questions.values()}
        assert {"select_one", "select_multiple", "note", "image", "text", "integer"} <= kinds
        assert kinds & {"date", "dateTime"}
        assert any(q.calculate for q in form.questions.values())
        assert any(q.relevant for q in form.questions.values())
        assert any(q.constraint for q in form.questions.values())
        assert any(isinstance(group, Repeat) for group in form.groups.values())
