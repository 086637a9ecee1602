"""Recordings of questions: an office puts files beside a form, and the form names them; else nothing does."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyxform.xls2xform import convert

from forms import library
from forms.check import check_file, check_table
from forms.definition import FormDefinition
from forms.review import texts_digest
from forms.xform.load import load_form
from forms.xform.recordings import slots_of, with_recordings
from forms.xlsform.to_xform import xform_from_xlsform

VISIT = """
| settings |
| | form_id | version |
| | visit | 1 |
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | bind::homeward:audio |
| | begin_group | g | Safety | الأمان | |
| | select_one yn | safe | Do you feel <safe>? | هل تشعر بالأمان؟ | feels_safe |
| | text | words | In your words | بكلماتك | |
| | end_group | | | | |
| | note | thanks | Thank you | شكرًا | thanks |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | yn | yes | Yes | نعم |
| | yn | no | No | لا |
"""


def visit(tmp_path: Path, *files: str, table: str = VISIT) -> FormDefinition:
    """The form as it is read from a folder with these recordings."""
    (tmp_path / "visit-media").mkdir()
    for name in files:
        (tmp_path / name).write_bytes(b"sound")
    (tmp_path / "visit.md").write_text(table, "utf-8")
    report = check_file(tmp_path / "visit.md")
    assert report.definition is not None, report.problem
    assert report.lint == ()
    return report.definition


def test_a_recording_is_the_audio_of_the_label_in_its_language(tmp_path: Path) -> None:
    form = visit(tmp_path, "visit-media/feels_safe-ar.m4a", "thanks-en.ogg", "visit-media/words-ar.m4a")
    assert form.questions["g/safe"].label.media == {"audio": {"ar": "feels_safe-ar.m4a"}}
    assert form.questions["thanks"].label.media == {"audio": {"en": "thanks-en.ogg"}}
    assert form.questions["g/words"].label.media == {}
    assert form.questions["g/safe"].label.plain("en") == "Do you feel <safe>?"
    assert [(slot.name, slot.recorded, slot.empty) for slot in slots_of(form)] == [
        ("feels_safe", ("ar",), ("en",)),
        ("thanks", ("en",), ("ar",)),
    ]


def test_a_slot_that_nobody_has_recorded_leaves_no_trace(tmp_path: Path) -> None:
    form = visit(tmp_path, "visit-media/feels_safe.m4a", "visit-media/feels_safe-ar.txt")
    assert [question.label.media for question in form.questions.values()] == [{}] * len(form.questions)
    assert "audio" not in check_file(tmp_path / "visit.md").xml.replace("homeward:audio", "")


def test_an_empty_file_is_no_recording(tmp_path: Path) -> None:
    form = visit(tmp_path, "thanks-ar.mp3")
    (tmp_path / "thanks-ar.mp3").write_bytes(b"")
    assert form.questions["thanks"].label.media
    again = check_file(tmp_path / "visit.md").definition
    assert again is not None
    assert not again.questions["thanks"].label.media


def test_who_signs_a_language_off_has_heard_its_recordings(tmp_path: Path) -> None:
    silent = load_form(xform_from_xlsform(VISIT).xml)
    spoken = visit(tmp_path, "thanks-ar.mp3")
    assert texts_digest(silent, "ar") != texts_digest(spoken, "ar")
    assert texts_digest(silent, "en") == texts_digest(spoken, "en")


def test_audio_that_a_form_names_itself_stays() -> None:
    table = VISIT.replace(
        "label::Arabic (ar) | bind", "label::Arabic (ar) | media::audio::Arabic (ar) | bind", 1
    )
    table = table.replace("شكرًا |", "شكرًا | own.mp3 |").replace("بالأمان؟ |", "بالأمان؟ | |")
    table = table.replace("الأمان |", "الأمان | |").replace("بكلماتك |", "بكلماتك | |")
    xml = with_recordings(xform_from_xlsform(table).xml, lambda name: f"{name}.m4a")
    assert load_form(xml).questions["thanks"].label.media["audio"] == {"en": "thanks-en.m4a", "ar": "own.mp3"}


def test_a_form_of_one_language_without_a_name_stays_as_it_is() -> None:
    table = "| survey |\n| | type | name | label | bind::homeward:audio |\n| | text | a | A | a |\n"
    xml = xform_from_xlsform(table).xml
    assert with_recordings(xml, lambda name: f"{name}.m4a") == xml


@pytest.mark.parametrize("slot", ["../secret", "Decision", "a-ar", "a.mp3", "9", "a b"])
def test_a_slot_is_a_plain_name(slot: str, tmp_path: Path) -> None:
    report = check_table("visit.md", VISIT.replace("| thanks |\n", f"| {slot} |\n"))
    assert [(each.code, each.params["column"]) for each in report.lint] == [
        ("lint.column.value_unknown", "audio")
    ]
    assert report.xml == with_recordings(report.xml, lambda name: None if "safe" in name else "x.mp3")


def test_the_check_lists_what_is_not_recorded_and_it_is_no_finding(tmp_path: Path) -> None:
    visit(tmp_path, "thanks-ar.mp3", "thanks-en.mp3", "feels_safe-en.wav")
    lines = list(check_file(tmp_path / "visit.md").lines())
    assert "  2 questions to be heard, 1 of them recorded in every language" in lines
    assert "  not recorded: feels_safe-ar" in lines


@pytest.mark.parametrize("form_id", ["consent", "monitoring_contact", "child_monitoring", "screening"])
def test_consent_and_questions_of_safety_can_be_heard(form_id: str) -> None:
    form = load_form(xform_from_xlsform(library.read(form_id)).xml)
    slots = list(slots_of(form))
    assert len({slot.name for slot in slots}) == len(slots) > 1
    assert all(slot.empty == form.languages for slot in slots)


def test_an_office_records_consent_and_any_tool_of_the_field_names_the_files(tmp_path: Path) -> None:
    """The workbook of the form names nothing that is not there; the XForm names what is."""
    (tmp_path / "consent.md").write_text(library.read("consent"), "utf-8")
    bare = convert(io.BytesIO((tmp_path / "consent.md").read_bytes()), file_type=".md")
    assert bare.warnings == []
    assert "jr://audio" not in bare.xform
    (tmp_path / "decision-ar.m4a").write_bytes(b"sound")
    xml = check_file(tmp_path / "consent.md").xml
    assert xml.count("jr://audio/decision-ar.m4a") == 1
    ElementTree.fromstring(xml)
