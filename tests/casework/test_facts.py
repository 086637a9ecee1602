"""A record as casework's rules see it: by what its answers mean."""

from __future__ import annotations

from datetime import date

from forms.casework.facts import Evidence, evidence, latest, saying
from forms.record import Record
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

TRAVEL = """
| settings |
| | form_id | version |
| | travel | 1 |
| survey |
| | type | name | label | bind::homeward:meaning |
| | select_one yn | ready | Documents ready | travel.documents |
| | text | remark | Remark | |
| | begin_repeat | leg | Leg | |
| | text | to | To | leg.to |
| | select_one yn | escort | Escort | leg.escort |
| | end_repeat | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""
FIRST, SECOND = "leg[00000000000000ff]", "leg[00000000000000aa]"


DENIALS = """
| settings |
| | form_id | version |
| | denials | 1 |
| survey |
| | type | name | label | bind::homeward:meaning |
| | begin_repeat | denied | Denied | |
| | text | who | Who | deny.who |
| | text | decision | Decision | deny.decision |
| | end_repeat | | | |
"""


def test_a_row_that_was_taken_away_says_nothing_any_more():
    """Its answers stay in the record, where the log needs them."""
    values = {FIRST: 1, f"{FIRST}/to": "Rome", f"{SECOND}/to": "Tirana"}
    definition = load_form(xform_from_xlsform(TRAVEL).xml)
    found = evidence(definition, Record("r1", "c1", "travel", "1", "finished", values), on=date(2026, 11, 22))
    assert found.rows["leg"] == ({"leg.to": "Rome"},)


def test_whoever_was_denied_stays_denied_when_the_row_is_taken_away_and_each_answer_is_its_authors():
    row = "denied[00000000000000ff]"
    values = {f"{row}/who": "A. Hoxha", f"{row}/decision": "lifted"}
    wrote = {f"{row}/who": "mira", f"{row}/decision": "ana"}
    record = Record("r1", "c1", "denials", "1", "finished", values)
    definition = load_form(xform_from_xlsform(DENIALS).xml)
    found = evidence(definition, record, on=date(2026, 11, 22), author="mira", wrote=wrote.__getitem__)
    assert found.rows["deny"] == ({"deny.who": "A. Hoxha", "deny.decision": "lifted"},)
    assert found.said_by["deny"] == ({"deny.who": "mira", "deny.decision": "ana"},)
    alone = evidence(definition, record, on=date(2026, 11, 22), author="mira")
    assert alone.said_by["deny"] == ({"deny.who": "mira", "deny.decision": "mira"},)


def test_answers_are_found_by_their_meaning_and_legs_in_their_order():
    values = {
        "ready": "yes", "remark": "x", "gone/question": "y",
        FIRST: 1, f"{FIRST}/to": "Rome", f"{FIRST}/escort": "yes",
        SECOND: 2, f"{SECOND}/to": "Tirana",
    }  # fmt: skip
    record = Record("r1", "c1", "travel", "1", "finished", values)
    definition = load_form(xform_from_xlsform(TRAVEL).xml)
    found = evidence(definition, record, on=date(2026, 11, 22), country="AL")
    assert found.values == {"travel.documents": "yes"}
    assert found.rows["leg"] == ({"leg.to": "Rome", "leg.escort": "yes"}, {"leg.to": "Tirana"})
    assert found.chosen("travel.documents") == {"yes"}
    assert found.day("travel.documents") is None


def test_the_last_word_is_that_of_the_later_day_and_of_one_day_the_later_record():
    old = Evidence("a", "f", date(2026, 1, 1), {"risk.level": "high"}, order="2")
    same_day = Evidence("b", "f", date(2026, 1, 2), {"risk.level": "low"}, order="1")
    later = Evidence("c", "f", date(2026, 1, 2), {"risk.level": "medium"}, order="2")
    silent = Evidence("d", "f", date(2026, 1, 3), {"other.thing": "x"})
    assert saying([later, silent, same_day, old], "risk.level") == [old, same_day, later]
    assert latest([later, old], "risk.level") is later
    assert latest([silent], "risk.level") is None


def test_what_a_record_only_shows_of_another_it_does_not_say_but_the_case_file_says_its_code():
    table = """
| settings |
| | form_id | version |
| | {form} | 1 |
| survey |
| | type | name | label | readonly | calculation | bind::homeward:meaning |
| | text | code | Code | yes | | case.code |
| | text | sum | Sum | yes | 1 + 1 | some.sum |
| | text | note | Note | | | some.note |
"""
    said = {}
    for form in ("visit", "case_file"):
        definition = load_form(xform_from_xlsform(table.format(form=form)).xml)
        record = Record("r", "c", form, "1", "finished", {"code": "AL-1", "sum": "2", "note": "x"})
        said[form] = set(evidence(definition, record, on=date(2026, 11, 22)).values)
    assert said == {
        "visit": {"some.sum", "some.note"},
        "case_file": {"case.code", "some.sum", "some.note"},
    }
