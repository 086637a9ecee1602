# ruff: noqa: E501 - the tables of forms are wide
"""From XLSForm and XForm to a definition, and what is refused on the way."""

import gc
import weakref
from types import SimpleNamespace

import pytest

from forms.definition import Repeat
from forms.discreet import ShortForm
from forms.errors import FormProblem
from forms.xform.load import MAX_DEPTH, load_form
from forms.xlsform.to_xform import xform_from_xlsform

EVERYTHING = """
| settings |
| | form_id | version | form_title | default_language |
| | every_type | 2026-11 | Every type | English (en) |
| survey |
| | type | name | label::English (en) | label::French (fr) | guidance_hint::English (en) | bind::homeward:merge | bind::homeward:meaning | bind::homeward:htcds | bind::homeward:safety | bind::homeward:seal | appearance |
| | start | start | | | | | | | | | |
| | text | text | Text | Texte | Ask slowly | both | prs.note | prs_note | yes | staff | multiline |
| | integer | integer | Integer | Entier | | | | | | | |
| | decimal | decimal | Decimal | Décimal | | | | | | | |
| | date | date | Date | Date | | | | | | | |
| | time | time | Time | Heure | | | | | | | |
| | dateTime | moment | Moment | Moment | | | | | | | |
| | select_one yn | one | One | Un | | | | | | | minimal |
| | select_multiple yn | many | Many | Plusieurs | | | | | | | |
| | rank yn | ranked | Ranked | Rang | | | | | | | |
| | image | photo | Photo | Photo | | | | | | | |
| | audio | sound | Sound | Son | | | | | | | |
| | file | paper | Paper | Papier | | | | | | | |
| | geopoint | place | Place | Lieu | | | | | | | |
| | barcode | code | Code | Code | | | | | | | |
| | acknowledge | ok | OK | OK | | | | | | | |
| | range | range | Range | Intervalle | | | | | | | |
| | note | note | Note | Note | | | | | | | |
| | begin_group | group | Group | Groupe | | | | | | | field-list |
| | begin_repeat | repeat | Repeat | Répétition | | | | | | | |
| | text | inner | Inner | Intérieur | | | | | | | |
| | end_repeat | | | | | | | | | | |
| | end_group | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | yn | y | Yes | Oui |
| | yn | n | No | Non |
"""


def xform(model="", body="", instance='<data id="x" version="1"><a/></data>', before=""):
    return (
        f'{before}<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title><model>'
        f"<instance>{instance}</instance>{model}</model></h:head><h:body>{body}</h:body></h:html>"
    )


def test_every_type_of_question_is_known(load):
    form = load(EVERYTHING)
    assert {path: each.type for path, each in form.questions.items() if not each.identifies} == {
        "start": "calculate",
        "text": "text",
        "integer": "integer",
        "decimal": "decimal",
        "date": "date",
        "time": "time",
        "moment": "dateTime",
        "one": "select_one",
        "many": "select_multiple",
        "ranked": "rank",
        "photo": "image",
        "sound": "audio",
        "paper": "file",
        "place": "geopoint",
        "code": "barcode",
        "ok": "acknowledge",
        "range": "integer",
        "note": "note",
        "group/repeat/inner": "text",
    }


def test_a_form_knows_its_name_version_and_languages(load):
    form = load(EVERYTHING)
    assert (form.id, form.version) == ("every_type", "2026-11")
    assert form.languages == ("en", "fr")
    assert form.language_names == {"en": "English", "fr": "French"}
    assert form.default_language == "en"
    assert form.titles == {"en": "Every type", "fr": "Every type"}


def test_own_columns_arrive_without_a_namespace_in_the_settings(load):
    question = load(EVERYTHING).questions["text"]
    assert (question.merge, question.meaning, question.htcds) == ("both", "prs.note", "prs_note")
    assert (question.safety, question.seal) == ("yes", "staff")
    assert load(EVERYTHING).merge_rules["integer"] == "last"


COUNTED = """
| survey |
| | type | name | label | calculation | repeat_count | bind::homeward:merge |
| | start | begun | | | | |
| | integer | people | People | | | |
| | begin_repeat | person | Person | | ${people} + 1 | |
| | integer | age | Age | | | |
| | end_repeat | | | | | |
| | begin_repeat | bag | Bag | | | |
| | integer | weight | Weight | | | |
| | end_repeat | | | | | |
| | text | shown | Shown | concat(${people}, ' people') | | both |
| | calculate | weights | | sum(${weight}) | | |
"""


def test_what_nobody_types_merges_as_calculated(load):
    rules = load(COUNTED).merge_rules
    assert {path for path, rule in rules.items() if rule == "calculated"} == {
        "begun",
        "person_count",
        "person",
        "shown",
        "weights",
    }
    assert rules["people"] == rules["person/age"] == rules["bag/weight"] == "last"


def test_texts_and_appearance_arrive(load):
    form = load(EVERYTHING)
    assert form.questions["text"].guidance.plain_by_language() == {"en": "Ask slowly"}
    assert form.questions["text"].appearance == "multiline"
    assert form.groups["group"].appearance == "field-list"
    assert form.questions["one"].choices[0].label.plain_by_language() == {"en": "Yes", "fr": "Oui"}
    assert form.questions["range"].parameters["end"] == "10"


def test_an_instance_path_resolves_to_its_question(load):
    form = load(EVERYTHING)
    assert form.question_at("group/repeat[9f3c0a1b2c3d4e5f]/inner").name == "inner"
    assert isinstance(form.groups["group/repeat"], Repeat)
    with pytest.raises(FormProblem, match=r"form.path.unknown"):
        form.question_at("group")


def test_identifiers_of_the_form_itself_are_no_answers(load, begin):
    entry = begin(EVERYTHING)
    assert entry.document.at("meta/instanceID").text.startswith("uuid:")
    assert not any("meta" in path for path in entry.values())
    assert begin(EVERYTHING).values()["start"].startswith("2026-11-22T12:00:00")


def test_what_a_control_shows_without_a_place_in_the_data_is_noted(load):
    form = load_form(xform(body='<input ref="/data/b"/><input ref="/data/a"/>'))
    assert form.dangling == ("/data/b",)
    assert [question.path for question in form.questions.values() if question.asks] == ["a"]


def test_a_form_without_translations_has_one_language(load):
    form = load("| survey |\n| | type | name | label |\n| | text | a | Hello |\n")
    assert form.languages == ("default",)
    assert form.questions["a"].label.plain("default") == "Hello"


def test_data_that_the_body_does_not_show_still_follows_its_relevance(begin):
    form = load_form(
        xform(
            '<bind nodeset="/data/g" relevant="/data/a = \'y\'"/><bind nodeset="/data/g/c" calculate="1 + 1"/>',
            '<input ref="/data/a"/><input ref="/data/g/b"/>',
            '<data id="x" version="1"><a/><g><b/><c/></g></data>',
        )
    )
    entry = begin(form)
    assert [line.path for line in entry.outline()] == ["a"]
    assert entry.answer("a", "y").values == {"a": "y", "g/c": "2"}
    assert [line.path for line in entry.outline()] == ["a", "g/b"]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<a", "form.xml.not_well_formed"),
        ("", "form.xml.not_well_formed"),
        ("<html/>", "form.xml.not_an_xform"),
        (xform(before="<!DOCTYPE h [<!ENTITY e 'x'>]>"), "form.xml.doctype_forbidden"),
        (xform(before="<!DOCTYPE h SYSTEM 'file:///etc/passwd'>"), "form.xml.doctype_forbidden"),
        (xform(instance=""), "form.instance.missing"),
        (xform(instance="<data><a/></data>"), "form.id.missing"),
        (xform("<deep>" * MAX_DEPTH + "</deep>" * MAX_DEPTH), "form.xml.too_deep"),
        (xform("<x/>" * 400_001), "form.xml.too_many_elements"),
        (xform('<bind nodeset="/data/a" type="hologram"/>'), "form.type.unknown"),
        (xform('<bind nodeset="/data/a" calculate="1 +"/>'), "form.expression.not_understood"),
        (xform('<bind nodeset="/data/a" relevant="frobnicate()"/>'), "form.expression.unknown_function"),
        (xform(body='<repeat nodeset="/data/b"/>'), "form.reference.unknown"),
        (
            xform(body='<select1 ref="/data/a"><itemset nodeset="instance(\'no\')/root/item"/></select1>'),
            "form.choices.unknown_list",
        ),
        (
            xform(
                '<itext><translation lang="French (fr)"/><translation lang="fr"/></itext>',
            ),
            "form.language.twice",
        ),
    ],
)
def test_a_bad_form_is_a_problem_with_a_code(xml, code):
    with pytest.raises(FormProblem) as problem:
        load_form(xml)
    assert problem.value.code == code


def test_what_is_held_already_is_not_loaded_again_and_what_nobody_holds_is_let_go(begin):
    xml = xform_from_xlsform(EVERYTHING.replace("2026-11", "2026-12")).xml
    form = load_form(xml)
    assert load_form(xml) is form
    entry = begin(form)
    entry.answer("one", "y")
    ShortForm.of(form).outline(entry.outline())
    held = weakref.ref(form)
    del form, entry
    gc.collect()
    assert held() is None


def test_a_form_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("forms.xform.load.MAX_SIZE", 100)
    with pytest.raises(FormProblem, match=r"form.xml.too_large"):
        load_form(xform())


def test_an_unknown_merge_rule_is_a_problem(load):
    with pytest.raises(FormProblem, match=r"form.merge_rule.unknown"):
        load("| survey |\n| | type | name | label | bind::homeward:merge |\n| | text | a | A | sometimes |\n")


def test_an_unknown_type_in_an_xlsform_names_the_row():
    with pytest.raises(FormProblem) as problem:
        xform_from_xlsform("| survey |\n| | type | name | label |\n| | hologram | a | A |\n")
    assert problem.value.code == "form.xlsform.unknown_type"
    assert problem.value.params == {
        "type": "hologram", "sheet": "survey", "row": 2, "column": "type", "name": "a"
    }  # fmt: skip


def test_a_file_that_is_no_form_is_refused(tmp_path):
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"x")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    for path, code in (
        (picture, "form.file.not_a_form"),
        (broken, "form.xlsform.no_tables"),
        (tmp_path / "absent.md", "form.file.unreadable"),
    ):
        with pytest.raises(FormProblem) as problem:
            xform_from_xlsform(path)
        assert problem.value.code == code


def test_loading_twice_gives_the_same_form():
    source = xform_from_xlsform(EVERYTHING)
    first, second = load_form(source.xml), load_form(source.xml)
    assert first.questions == second.questions
    assert SimpleNamespace(**dict(first.titles)) == SimpleNamespace(**dict(second.titles))
