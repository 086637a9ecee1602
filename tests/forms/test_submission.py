"""A record as the XML that the tools of the field exchange, written and read again."""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree

import pytest

from forms.errors import FormProblem
from forms.xform.submission import read_submission, submission
from tests.forms.conftest import NOON

VISIT = """
| survey |
| | type | name | label | relevant | calculation |
| | text | who | Who is there | | |
| | select_one yn | safe | Can she talk | | |
| | text | threat | What happened | ${safe} = 'no' | |
| | begin_repeat | need | Need | | |
| | text | what | What | | |
| | integer | cost | Cost | | |
| | end_repeat | | | | |
| | calculate | total | | | sum(${cost}) |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""


def again(form, xml, *, edit=False):
    return read_submission(form, xml, now=lambda: NOON, random=Random(2), edit=edit)


def filled(begin):
    entry = begin(VISIT)
    entry.answer("who", "her aunt & <others>")
    entry.answer("safe", "no")
    entry.answer("threat", "a call at night")
    for what, cost in (("midwife", "40"), ("bus", "3")):
        path = entry.repeat("need").instances[-1]
        entry.answer(f"{path}/what", what)
        entry.answer(f"{path}/cost", cost)
        entry.add_instance("need")
    return entry


def test_what_was_answered_stands_in_the_order_of_the_form(begin):
    root = ElementTree.fromstring(submission(filled(begin)))
    assert [child.tag for child in root][:5] == ["who", "safe", "threat", "need", "need"]
    assert root.findtext("who") == "her aunt & <others>"
    assert [need.findtext("what") for need in root.findall("need")] == ["midwife", "bus", ""]
    assert root.get("id") == "test"


def test_what_is_not_relevant_is_left_out(begin):
    entry = filled(begin)
    entry.answer("safe", "yes")
    assert "night" not in submission(entry)


def test_a_submission_that_is_read_again_is_the_same_record(begin, load):
    xml = submission(filled(begin))
    entry = again(load(VISIT), xml)
    assert submission(entry) == xml
    assert [entry.document.at(f"{path}/what").text for path in entry.repeat("need").instances][:2] == [
        "midwife",
        "bus",
    ]


def test_what_was_sent_is_edited_under_an_id_of_its_own(begin, load):
    xml = submission(filled(begin))
    former = ElementTree.fromstring(xml).findtext("meta/instanceID")
    edited = ElementTree.fromstring(submission(again(load(VISIT), xml, edit=True)))
    assert edited.findtext("meta/instanceID") not in (former, "", None)


def test_the_letters_of_a_name_are_written_composed(begin):
    entry = begin(VISIT)
    entry.answer("who", "Ame\u0301lie")
    assert "Am\u00e9lie" in submission(entry)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("no xml", "form.submission.not_well_formed"),
        ("<data id='another'/>", "form.submission.other_form"),
        ("<!DOCTYPE d [<!ENTITY e 'x'>]><data id='test'>&e;</data>", "form.xml.doctype_forbidden"),
    ],
)
def test_what_is_no_record_of_this_form_is_refused(load, xml, code):
    with pytest.raises(FormProblem) as caught:
        again(load(VISIT), xml)
    assert caught.value.code == code


def test_values_of_a_submission_that_no_type_allows_are_empty(load):
    xml = "<data id='test'><who>x</who><need><what/><cost>a lot</cost></need></data>"
    entry = again(load(VISIT), xml)
    assert entry.document.at(f"{entry.repeat('need').instances[0]}/cost").text == ""
