"""Choices that lie in files beside a form travel inside of it."""

from __future__ import annotations

import json

import pytest

from forms.check import check_file, publishable
from forms.errors import FormProblem
from forms.xform.external_data import file_name, with_external_data
from forms.xform.load import load_form
from tests.forms.test_loading import xform


def form(source: str, files: dict[str, str], value: str = "name", label: str = "label"):
    xml = xform(
        f'<instance id="towns" src="{source}"/>',
        f'<select1 ref="/data/a"><itemset nodeset="instance(\'towns\')/root/item">'
        f'<value ref="{value}"/><label ref="{label}"/></itemset></select1>',
    )
    return load_form(with_external_data(xml, files.get))


def choices(definition):
    return [(choice.name, choice.label.plain("default")) for choice in definition.questions["a"].choices]


def test_a_table_of_towns_is_a_list_of_choices():
    table = '\ufeffname,label,region\nt1,Tiranë,n\nt2,"Lezhë, the town",n\n\n'
    found = form("jr://file-csv/towns.csv", {"jr://file-csv/towns.csv": table})
    assert choices(found) == [("t1", "Tiranë"), ("t2", "Lezhë, the town")]
    assert found.warnings == ()


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_separators_are_understood(delimiter):
    table = "\n".join(delimiter.join(row) for row in [("name", "label"), ("a", "A, or B"), ("c", "C")])
    assert choices(form("jr://file/t.csv", {"jr://file/t.csv": table})) == [("a", "A, or B"), ("c", "C")]


def test_places_of_a_map_are_choices():
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "s1",
                "properties": {"title": "Shelter", "beds": 4, "open": True, "note": None},
                "geometry": {"type": "Point", "coordinates": [19.8187, 41.3275]},
            }
        ],
    }
    found = form("jr://file/m.geojson", {"jr://file/m.geojson": json.dumps(collection)}, "id", "title")
    assert choices(found) == [("s1", "Shelter")]
    (item,) = found.lists["towns"].children[0].children
    assert {child.name: child.text for child in item.children} == {
        "geometry": "41.3275 19.8187 0 0",
        "title": "Shelter",
        "beds": "4",
        "open": "true",
        "note": "",
        "id": "s1",
    }


def test_a_list_in_xml_is_taken_as_it_is():
    item = "<item><name>a</name><label>A &amp; B</label></item>"
    xml = f"<?xml version='1.0' encoding='UTF-8'?><root>{item}</root>"
    assert choices(form("jr://file/t.xml", {"jr://file/t.xml": xml})) == [("a", "A & B")]


def test_a_file_that_is_not_there_is_named_and_its_list_is_empty():
    found = form("jr://file/t.csv", {})
    assert choices(found) == []
    assert found.missing_files == ("t.csv",)


TOWNS = """
| survey |
| | type | name | label |
| | select_one_from_file towns.csv | town | Town |
"""


def test_a_file_is_looked_for_beside_the_form_and_in_its_media_folder(tmp_path):
    (tmp_path / "visit.md").write_text(TOWNS, "utf-8")
    report = check_file(tmp_path / "visit.md")
    assert [(one.code, one.params["file"]) for one in report.lint if "file" in one.params] == [
        ("lint.file.missing", "towns.csv")
    ]
    with pytest.raises(FormProblem) as caught:
        publishable(report)
    assert caught.value.code == "form.external.missing"
    (tmp_path / "towns.csv").write_text("name,label\na,A\n", "utf-8")
    assert publishable(check_file(tmp_path / "visit.md")).questions["town"].choices[0].name == "a"
    (tmp_path / "visit-media").mkdir()
    (tmp_path / "visit-media" / "towns.csv").write_text("name,label\nb,B\n", "utf-8")
    assert publishable(check_file(tmp_path / "visit.md")).questions["town"].choices[0].name == "b"


@pytest.mark.parametrize(
    ("source", "content", "code"),
    [
        ("jr://file/t.csv", "", "form.external.unreadable"),
        ("jr://file/t.geojson", "{}", "form.external.unreadable"),
        ("jr://file/t.geojson", "[1", "form.external.unreadable"),
        ("jr://file/t.xml", "<root>", "form.external.unreadable"),
        (
            "jr://file/t.xml",
            "<!DOCTYPE r [<!ENTITY e 'x'>]><root>&e;</root>",
            "form.external.doctype_forbidden",
        ),
    ],
)
def test_a_file_that_is_no_list_is_a_problem_that_names_it(source, content, code):
    with pytest.raises(FormProblem) as caught:
        form(source, {source: content})
    assert caught.value.code == code
    assert caught.value.params["file"] == file_name(source)


def test_the_name_of_a_file_never_leads_out_of_the_folder_of_the_form():
    assert file_name("jr://file/../../etc/passwd") == "passwd"
    assert file_name("jr://file/..\\..\\secret.csv") == "secret.csv"
