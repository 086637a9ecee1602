"""Repeats: instances with lasting addresses, counts, calculations inside and across."""

import re

import pytest

from forms.errors import FormProblem
from forms.xform.load import load_form
from tests.forms.test_loading import xform

HOUSEHOLD = """
| survey |
| | type | name | label | relevant | calculation | repeat_count | default | constraint |
| | text | family | Family | | | | | |
| | begin_repeat | member | Member | ${family} != 'none' | | | | |
| | text | first | First name | | | | | |
| | integer | age | Age of ${first} | | | | 1 | . < 120 |
| | text | school | School | ${age} < 18 | | | | |
| | calculate | number | | | position(..) | | | |
| | calculate | whole | | | concat(${first}, ' ', ${family}) | | | |
| | end_repeat | | | | | | | |
| | calculate | people | | | count(${member}) | | | |
| | calculate | years | | | sum(${age}) | | | |
| | integer | wanted | Wanted | | | | | |
| | begin_repeat | item | Item | | | ${wanted} | | |
| | text | what | What | | | | | |
| | end_repeat | | | | | | | |
"""


@pytest.fixture
def entry(begin):
    entry = begin(HOUSEHOLD)
    entry.answer("family", "Hoxha")
    return entry


def members(entry):
    return entry.repeat("member").instances


def test_a_repeat_begins_with_one_instance_that_has_its_defaults(entry):
    (member,) = members(entry)
    assert re.fullmatch(r"member\[[0-9a-f]{16}\]", member)
    values = entry.values()
    assert values[member] == 1
    assert values[f"{member}/age"] == 1


def test_an_added_instance_comes_last(entry):
    change = entry.add_instance("member")
    assert members(entry)[-1] == change.path
    assert change.restructured
    assert change.values[change.path] == 2
    assert change.values["people"] == "2"
    assert change.values[f"{change.path}/number"] == "2"


def test_an_answer_stays_with_its_instance_when_others_go(entry):
    (first,) = members(entry)
    second = entry.add_instance("member").path
    third = entry.add_instance("member").path
    entry.answer(f"{third}/first", "Dora")
    change = entry.remove_instance(second)
    assert change.values[second] is None
    assert change.values[f"{third}/number"] == "2"
    assert members(entry) == (first, third)
    assert entry.state(f"{third}/first").value == "Dora"


def test_an_answer_in_one_instance_does_not_recalculate_the_others(entry):
    second = entry.add_instance("member").path
    change = entry.answer(f"{second}/first", "Besa")
    assert set(change.values) == {f"{second}/first", f"{second}/whole"}
    assert set(change.redraw) == {f"{second}/first", f"{second}/age"}


def test_an_answer_outside_recalculates_in_every_instance(entry):
    entry.add_instance("member")
    change = entry.answer("family", "Leka")
    assert [path for path in change.values if path.endswith("whole")] == [
        f"{m}/whole" for m in members(entry)
    ]


def test_sums_follow_every_instance(entry):
    (first,) = members(entry)
    second = entry.add_instance("member").path
    entry.answer(f"{first}/age", "30")
    assert entry.answer(f"{second}/age", "12").values["years"] == "42"
    assert entry.remove_instance(first).values["years"] == "12"


def test_relevance_is_decided_in_each_instance(entry):
    (first,) = members(entry)
    second = entry.add_instance("member").path
    entry.answer(f"{first}/age", "30")
    paths = {line.path for line in entry.outline()}
    assert f"{first}/school" not in paths
    assert f"{second}/school" in paths


def test_the_last_instance_can_be_removed(entry):
    change = entry.remove_instance(members(entry)[0])
    assert members(entry) == ()
    assert change.values["people"] == "0"
    assert "member" in {line.path for line in entry.outline()}


def test_a_repeat_that_is_not_relevant_is_gone_and_comes_back_with_its_answers(entry):
    (first,) = members(entry)
    entry.answer(f"{first}/first", "Ana")
    change = entry.answer("family", "none")
    assert change.values[first] is None
    assert change.values[f"{first}/first"] is None
    assert change.values["people"] == "0"
    assert "member" not in {line.path for line in entry.outline()}
    assert entry.add_instance("member").values == {}
    assert entry.answer("family", "Hoxha").values[f"{first}/first"] == "Ana"


def test_a_hidden_repeat_is_not_empty_when_it_appears_in_a_resumed_entry(begin):
    entry = begin(HOUSEHOLD, {"family": "none"})
    assert members(entry) == ()
    entry.answer("family", "Hoxha")
    assert len(members(entry)) == 1


def test_a_count_makes_instances_and_takes_them_away(entry):
    change = entry.answer("wanted", "3")
    items = entry.repeat("item").instances
    assert len(items) == 3
    assert [change.values[path] for path in items] == [1, 2, 3]
    entry.answer(f"{items[2]}/what", "shoes")
    change = entry.answer("wanted", "1")
    assert change.values[items[2]] is None
    assert change.values[f"{items[2]}/what"] is None
    entry.answer("wanted", "3")
    assert entry.repeat("item").instances == items
    assert entry.state(f"{items[2]}/what").value == "shoes"


def test_a_counted_repeat_cannot_be_changed_by_hand(entry):
    entry.answer("wanted", "1")
    (item,) = entry.repeat("item").instances
    assert not entry.repeat("item").can_add
    assert entry.add_instance("item").values == {}
    assert entry.remove_instance(item).values == {}


def test_instances_of_two_devices_are_in_the_same_order_everywhere(begin):
    one, two = "member[000000000000000a]", "member[000000000000000b]"
    values = {"family": "Hoxha", one: 1, two: 1, f"{one}/first": "Ana", f"{two}/first": "Besa"}
    backwards = dict(reversed(values.items()))
    assert members(begin(HOUSEHOLD, values)) == members(begin(HOUSEHOLD, backwards)) == (one, two)


def test_an_answer_without_its_instance_is_left_out(begin):
    entry = begin(HOUSEHOLD, {"family": "Hoxha", "member[000000000000000a]/first": "Ana"})
    assert members(entry) == ()
    assert not any(path.endswith("/first") for path in entry.values())


def test_labels_read_their_own_instance(entry):
    (first,) = members(entry)
    second = entry.add_instance("member").path
    entry.answer(f"{first}/first", "Ana")
    entry.answer(f"{second}/first", "Besa")
    assert entry.state(f"{second}/age").label == "Age of Besa"
    assert [line.label for line in entry.outline() if line.kind == "instance"][:2] == ["Member 1", "Member 2"]


def test_a_repeat_in_a_repeat_has_its_own_instances(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | calculation | repeat_count |\n"
        "| | begin_repeat | need | Need | | |\n"
        "| | integer | steps | Steps | | |\n"
        "| | begin_repeat | step | Step | | ${steps} |\n"
        "| | integer | cost | Cost | | |\n"
        "| | end_repeat | | | | |\n"
        "| | calculate | total | | sum(${cost}) | |\n"
        "| | end_repeat | | | | |\n"
        "| | calculate | all | | sum(${cost}) | |\n"
    )
    (first,) = entry.repeat("need").instances
    second = entry.add_instance("need").path
    entry.answer(f"{first}/steps", "2")
    entry.answer(f"{second}/steps", "1")
    for need, costs in ((first, (3, 4)), (second, (5,))):
        for step, cost in zip(entry.repeat(f"{need}/step").instances, costs, strict=True):
            entry.answer(f"{step}/cost", cost)
    values = entry.values()
    assert (values[f"{first}/total"], values[f"{second}/total"], values["all"]) == ("7", "5", "12")
    again = begin(entry.definition, values)
    assert again.values() == values


def test_what_is_no_instance_cannot_be_removed_or_added_to(entry):
    with pytest.raises(FormProblem, match=r"entry.path.not_an_instance"):
        entry.remove_instance("family")
    with pytest.raises(FormProblem, match=r"entry.path.unknown"):
        entry.add_instance("family")
    with pytest.raises(FormProblem, match=r"entry.path.unknown"):
        entry.remove_instance("member[0000000000000000]")


def test_a_dynamic_default_is_set_in_every_new_instance(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | default |\n"
        "| | begin_repeat | visit | Visit | |\n"
        "| | date | day | Day | today() |\n"
        "| | end_repeat | | | |\n"
    )
    second = entry.add_instance("visit").path
    assert entry.values()[f"{second}/day"] == "2026-11-22"
    assert [entry.values()[f"{visit}/day"] for visit in entry.repeat("visit").instances] == ["2026-11-22"] * 2


def test_an_instance_can_read_the_others(begin):
    entry = begin(
        "| survey |\n"
        "| | type | name | label | calculation |\n"
        "| | begin_repeat | member | Member | |\n"
        "| | integer | age | Age | |\n"
        "| | calculate | older | | count(../../member[age > current()/../age]) |\n"
        "| | calculate | before | | ../../member[position() = position(current()/..) - 1]/age |\n"
        "| | end_repeat | | | |\n"
    )
    (first,) = entry.repeat("member").instances
    second = entry.add_instance("member").path
    entry.answer(f"{second}/age", "10")
    change = entry.answer(f"{first}/age", "30")
    assert change.values == {f"{first}/age": 30, f"{second}/older": "1", f"{second}/before": "30"}
    assert entry.remove_instance(first).values[f"{second}/older"] == "0"


def test_instances_that_a_count_takes_away_are_not_calculated_any_more(begin):
    entry = begin(
        """
| survey |
| | type | name | label | default | calculation | repeat_count |
| | integer | stages | Stages | | | |
| | begin_repeat | stage | Stage | | | ${stages} |
| | integer | days | Days | 2 | | |
| | calculate | before | | | sum(../preceding-sibling::stage/days) | |
| | end_repeat | | | | | |
"""
    )
    entry.answer("stages", "4")
    values = entry.answer("stages", "1").values
    assert [value for path, value in values.items() if path.endswith("/before")] == [None, None, None]
    values = entry.answer("stages", "3").values
    assert [value for path, value in values.items() if path.endswith("/before")] == ["2", "4"]


NAMED = """
| survey |
| | type | name | label | readonly |
| | begin_repeat | child | Child ${called} | |
| | text | called | Name | |
| | begin_group | more | About ${called} | |
| | integer | age | Age | |
| | end_group | | | |
| | end_repeat | | | |
| | select_one yn | closed | Closed | |
| | begin_group | last | Last | ${closed} = 'y' |
| | text | word | Word | |
| | end_group | | | |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
"""


def test_each_instance_is_called_by_what_is_in_it(begin):
    entry = begin(NAMED)
    entry.add_instance("child")
    first, second = entry.repeat("child").instances
    entry.answer(f"{first}/called", "Ana")
    assert entry.answer(f"{second}/called", "Besa").restructured
    labels = [line.label for line in entry.outline() if line.kind in ("instance", "group")]
    assert labels == ["Child Ana 1", "About Ana", "Child Besa 2", "About Besa", "Last"]


def test_an_answer_that_makes_a_group_read_only_is_told_of(begin):
    entry = begin(NAMED)
    assert entry.answer("closed", "y").restructured
    assert entry.state("last/word").readonly


NESTED = """
| survey |
| | type | name | label | default |
| | begin_repeat | house | House | |
| | begin_repeat | person | Person | |
| | text | first | First name | Ana |
| | end_repeat | | | |
| | end_repeat | | | |
"""


def test_the_first_instance_begins_with_the_instances_that_the_empty_form_has_in_it(begin):
    entry = begin(NESTED)
    (house,) = entry.repeat("house").instances
    (person,) = entry.repeat(f"{house}/person").instances
    assert entry.values()[f"{person}/first"] == "Ana"
    added = entry.add_instance("house").path
    assert entry.repeat(f"{added}/person").instances == ()
    entry.remove_instance(person)
    assert begin(NESTED, entry.values()).repeat(f"{house}/person").instances == ()


IN_EACH = xform(
    "",
    '<repeat nodeset="/data/r"><input ref="/data/r/n"/><repeat nodeset="/data/r/q"><input ref="/data/r/q/m"/>'
    "</repeat></repeat>",
    '<data id="x" version="1"><r><n>a</n><q><m>1</m></q><q><m>2</m></q></r>'
    "<r><n>b</n><q><m>3</m></q></r></data>",
)


def test_each_instance_of_the_empty_form_has_its_own_instances_in_it(begin):
    entry = begin(load_form(IN_EACH))
    entry.add_instance("r")
    found = [
        [entry.values()[f"{inner}/m"] for inner in entry.repeat(f"{path}/q").instances]
        for path in entry.repeat("r").instances
    ]
    assert found == [["1", "2"], ["3"], ["1", "2"]]


COUNTED_APART = """
| survey |
| | type | name | label | repeat_count |
| | integer | n | How many | |
| | begin_repeat | child | Child | ${n} |
| | text | name | Name | |
| | begin_repeat | visit | Visit | 1 |
| | text | seen | Seen | |
| | end_repeat | | | |
| | end_repeat | | | |
"""


def test_what_a_count_makes_is_the_same_instance_on_every_device(begin):
    one, other = begin(COUNTED_APART, seed=1), begin(COUNTED_APART, seed=2)
    for entry in (one, other):
        entry.answer("n", "2")
    assert one.repeat("child").instances == other.repeat("child").instances
    first, second = one.repeat("child").instances
    one.answer(f"{first}/name", "Ana")
    other.answer(f"{second}/name", "Besa")
    assert one.repeat(f"{first}/visit").instances == other.repeat(f"{first}/visit").instances
    merged = begin(COUNTED_APART, {**one.values(), **other.values()})
    assert [merged.document.at(f"{path}/name").text for path in merged.repeat("child").instances] == [
        "Ana",
        "Besa",
    ]


def test_an_instance_that_comes_back_is_the_one_that_went(begin):
    entry = begin(COUNTED_APART)
    entry.answer("n", "3")
    before = entry.repeat("child").instances
    entry.answer("n", "1")
    again = begin(COUNTED_APART, entry.values())
    again.answer("n", "3")
    assert again.repeat("child").instances == before
