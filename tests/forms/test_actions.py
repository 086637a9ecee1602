"""What a form does by itself: at the beginning and end of a record, in a new instance, after an answer."""

from __future__ import annotations

from datetime import timedelta

from forms import calculation
from forms.entry import FormEntry
from forms.surroundings import Surroundings
from forms.xform.load import load_form
from tests.forms.conftest import NOON
from tests.forms.test_loading import xform

METADATA = """
| survey |
| | type | name | label |
| | start | begun | |
| | end | ended | |
| | today | day | |
| | deviceid | device | |
| | username | worker | |
| | text | a | A |
"""


def test_the_time_of_the_end_is_noted_when_a_record_is_finished(begin):
    hours = iter(range(100))
    entry = begin(METADATA, now=lambda: NOON + timedelta(hours=next(hours)))
    assert "ended" not in entry.values()
    told = entry.finish().values
    assert told.keys() == {"ended"}
    assert told["ended"] > entry.values()["begun"]


def test_a_form_learns_of_device_and_worker_only_what_it_is_given(begin):
    assert not {"device", "worker"} & begin(METADATA).values().keys()
    given = Surroundings(properties={"username": "drita"})
    assert begin(METADATA, surroundings=given).values()["worker"] == "drita"


def test_a_record_has_its_own_id_and_does_not_keep_it_twice(begin):
    entry = begin(METADATA, surroundings=Surroundings(instance_id="uuid:7"))
    assert entry.document.at("meta/instanceID").text == "uuid:7"
    assert "meta/instanceID" not in entry.values()


ENTITY = """
| settings |
| | form_id | version |
| | visit | 1 |
| entities |
| | dataset | label |
| | people | ${name} |
| survey |
| | type | name | label | save_to |
| | text | name | Name | full_name |
"""


def test_an_entity_that_a_form_makes_is_part_of_its_record(begin, load):
    entry = begin(ENTITY)
    entry.answer("name", "Ana")
    values = entry.values()
    assert values["meta/entity/label"] == "Ana"
    assert len(values["meta/entity/@id"]) == 36
    assert load(ENTITY).questions["name"].save_to == "full_name"


TRIGGER = """
| survey |
| | type | name | label | relevant | trigger | calculation | default |
| | select_one yn | came | Did she come | | | | |
| | dateTime | came_at | When | ${came} = 'y' | ${came} | now() | |
| | text | plate | Number plate | ${came} = 'n' | | | |
| | text | copy | Copy | ${came} = 'y' | ${other} | ${other} | |
| | text | other | Other | | | | |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
"""


def test_an_answer_sets_the_value_of_a_question_that_it_shows(begin):
    entry = begin(TRIGGER)
    assert entry.answer("came", "y").values["came_at"].startswith("2026-11-22T12:00:00")


def test_a_value_set_while_its_question_is_hidden_is_there_when_it_appears(begin):
    entry = begin(TRIGGER)
    entry.answer("other", "by bus")
    assert "copy" not in entry.values()
    assert entry.answer("came", "y").values["copy"] == "by bus"


CHAIN = """
| survey |
| | type | name | label | trigger | calculation |
| | integer | a | A | ${c} | ${c} + 1 |
| | integer | b | B | ${a} | ${a} * 2 |
| | integer | c | C | ${b} | ${b} + 1 |
"""


def test_what_an_answer_sets_sets_more_and_a_circle_comes_to_an_end(begin):
    entry = begin(CHAIN)
    assert entry.answer("a", 3).values == {"a": 8, "b": 6, "c": 7}
    assert entry.answer("b", 10).values == {"a": 12, "b": 24, "c": 11}


def test_a_long_chain_of_values_that_set_each_other_is_gone_through(begin):
    rows = "".join(f"| | integer | q{n} | Q | ${{q{n - 1}}} | ${{q{n - 1}}} + 1 |\n" for n in range(1, 1200))
    entry = begin(
        "| survey |\n| | type | name | label | trigger | calculation |\n| | integer | q0 | Q | | |\n" + rows
    )
    assert entry.answer("q0", 0).values["q1199"] == 1199


EACH_BY_EACH = """
| survey |
| | type | name | label | trigger | calculation | repeat_count |
| | integer | n | N | | | |
| | begin_repeat | r | R | | | ${n} |
| | integer | x | X | ${o} | ${o} + position(..) | |
| | end_repeat | | | | | |
| | begin_repeat | s | S | | | ${n} |
| | integer | y | Y | ${x} | ${o} * 2 | |
| | end_repeat | | | | | |
| | integer | o | O | | | |
"""


def test_values_that_set_each_other_in_many_instances_stay_within_a_limit(begin, monkeypatch):
    entry = begin(EACH_BY_EACH)
    entry.answer("n", 40)
    assert set(entry.answer("o", 3).values.values()) == {3, 6, *range(4, 44)}
    monkeypatch.setattr(calculation, "MAX_SET", 100)
    entry.answer("n", 39)
    values = entry.answer("o", 7).values
    assert len([path for path in values if path.endswith("/x")]) == 39
    evaluations = entry.calculation.evaluations
    entry.answer("o", 8)
    assert entry.calculation.evaluations - evaluations < 300


NEW_REPEAT = xform(
    '<setvalue ref="/data/r/n" event="odk-instance-first-load" value="\'first\'"/>',
    '<repeat nodeset="/data/r"><setvalue ref="/data/r/n" event="odk-new-repeat" value="position(..)"/>'
    '<input ref="/data/r/n"/></repeat>',
    '<data id="x" version="1"><r><n/></r></data>',
)


def test_a_new_instance_has_its_own_beginning(begin):
    entry = begin(load_form(NEW_REPEAT))
    entry.add_instance("r")
    assert [entry.document.at(f"{path}/n").text for path in entry.repeat("r").instances] == ["first", "2"]


CHOSEN = xform(
    "",
    '<input ref="/data/a"><setvalue ref="/data/r[position() = 2]/n" event="xforms-value-changed" '
    'value="/data/a"/></input><repeat nodeset="/data/r"><input ref="n"/></repeat>',
    '<data id="x" version="1"><a/><r><n/></r></data>',
)


def test_an_action_may_be_about_one_instance_of_many(begin):
    entry = begin(load_form(CHOSEN))
    entry.add_instance("r")
    entry.add_instance("r")
    entry.answer("a", "foo")
    assert [entry.document.at(f"{path}/n").text for path in entry.repeat("r").instances] == ["", "foo", ""]


PLACE = xform(
    '<bind nodeset="/data/a" type="geopoint"/>'
    '<odk:setgeopoint xmlns:odk="http://www.opendatakit.org/xforms" ref="/data/a" '
    'event="odk-instance-first-load"/>'
)


def test_a_place_is_noted_only_where_the_device_gives_one(begin):
    form = load_form(PLACE)
    assert begin(form).values() == {}
    here = Surroundings(location=lambda: "41.3 19.8 0 5")
    assert begin(form, surroundings=here).values() == {"a": "41.3 19.8 0 5"}


def test_what_was_said_of_one_person_never_begins_the_record_of_another(begin):
    table = """
| survey |
| | type | name | label | default |
| | text | town | Town | ${last-saved#town} |
"""
    first = begin(table)
    first.answer("town", "Vlorë")
    assert begin(table).values() == {}


def test_defaults_of_what_was_hidden_are_there_when_it_appears_after_the_record_was_put_away(begin):
    table = """
| survey |
| | type | name | label | relevant | default |
| | text | a | A | | |
| | text | b | B | ${a} = 'x' | as before |
"""
    entry = begin(table)
    again: FormEntry = begin(table, entry.values())
    assert again.answer("a", "x").values == {"a": "x", "b": "as before"}


PREFILLED = """
| survey |
| | type | name | label | calculation |
| | text | given | Name in the passport | |
| | text | called | How she is called | once(${given}) |
| | text | fixed | Shown | concat(${given}, '') |
"""


def test_a_calculation_that_keeps_what_is_there_only_begins_the_answer(begin, load):
    entry = begin(PREFILLED)
    entry.answer("given", "Anastasia")
    assert entry.values()["called"] == "Anastasia"
    assert not entry.state("called").readonly
    assert entry.state("fixed").readonly
    entry.answer("called", "Nastja")
    entry.answer("given", "Anastasija")
    assert begin(PREFILLED, entry.values()).values()["called"] == "Nastja"
    rules = load(PREFILLED).merge_rules
    assert (rules["called"], rules["fixed"]) == ("last", "calculated")
