"""Two versions of a form: what changed is told, and no answer is lost on the way from one to the other."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from forms import paths
from forms.entry import FormEntry
from forms.revision import Change, compare, kept_in, kept_path, move, settled
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

COLUMNS = "type | name | label | relevant | constraint | required | calculation | choice_filter"
COLUMNS += " | bind::homeward:merge"
CHOICES = """
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
| | yn | 5 | Five |
"""


def form(*rows, version="1", choices=CHOICES):
    table = f"| settings |\n| | form_id | version |\n| | visit | {version} |\n| survey |\n| | {COLUMNS} |\n"
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")]
        table += f"| | {' | '.join(cells + [''] * (9 - len(cells)))} |\n"
    return load_form(xform_from_xlsform(table + choices).xml)


def changes(old, new):
    return {(change.kind, change.path) for change in compare(old, new).changes}


def test_a_version_is_like_itself():
    one = form("text | a | A", "select_one yn | b | B | ${a} != ''")
    assert compare(one, one).changes == ()


def test_every_kind_of_change_is_told_with_what_was_and_what_is():
    old = form(
        "text | kept | Kept", "text | gone | Gone", "text | renamed | Old words", "integer | typed | T",
        "text | there | There", "select_one yn | b | B", "integer | rules | R | ${kept} != '' | . > 1 | yes",
        "calculate | sum | | | | | 1 + 1",
    )  # fmt: skip
    new = form(
        "text | kept | Kept", "text | fresh | Fresh", "text | renamed | New words", "decimal | typed | T",
        "begin_group | g | G", "text | there | There", "end_group | |", "select_one yn | b | B",
        "integer | rules | R | ${kept} = 'x' | . > 2 | | | | ", "calculate | sum | | | | | 1 + 2",
        version="2", choices=CHOICES.replace("| n | No |", "| m | Maybe |").replace("Yes", "Oh yes"),
    )  # fmt: skip
    found = compare(old, new)
    assert (found.form, found.old_version, found.new_version) == ("visit", "1", "2")
    assert {(change.kind, change.path) for change in found.changes} == {
        ("added", "fresh"), ("removed", "gone"), ("label", "renamed"), ("retyped", "typed"),
        ("moved", "g/there"), ("choices_added", "b"), ("choices_removed", "b"), ("choice_labels", "b"),
        ("relevant", "rules"), ("constraint", "rules"), ("required", "rules"), ("calculation", "sum"),
    }  # fmt: skip
    assert found.of("retyped") == (Change("retyped", "typed", "integer", "decimal"),)
    assert found.of("choices_added") == (Change("choices_added", "b", "", "m"),)
    assert found.of("choices_removed") == (Change("choices_removed", "b", "n", ""),)
    assert found.of("constraint") == (Change("constraint", "rules", ". > 1", ". > 2"),)
    assert found.of("calculation") == (Change("calculation", "sum", "1 + 1", "1 + 2"),)
    assert found.of("moved") == (Change("moved", "g/there", "there", "g/there"),)


def test_a_merge_rule_and_a_filter_that_changed_are_told():
    old = form("text | a | A | | | | | | both", "select_one yn | b | B")
    new = form("text | a | A", "select_one yn | b | B | | | | | name != ${a}")
    assert ("merge", "a") in changes(old, new)
    assert ("choice_filter", "b") in changes(old, new)


def test_two_questions_of_one_name_are_not_taken_for_each_other():
    old = form(
        "begin_group | g | G",
        "text | a | A",
        "end_group | |",
        "begin_group | h | H",
        "text | a | A",
        "end_group | |",
    )
    new = form("text | a | A")
    assert changes(old, new) == {("added", "a"), ("removed", "g/a"), ("removed", "h/a")}


ID = "0123456789abcdef"


def test_answers_follow_their_questions_into_groups_and_repeats():
    old = form("text | a | A", "begin_repeat | p | P", "text | b | B", "end_repeat | |")
    new = form(
        "begin_group | g | G", "text | a | A", "begin_repeat | p | P", "text | b | B", "end_repeat | |",
        "end_group | |", version="2",
    )  # fmt: skip
    values = {"a": "x", f"p[{ID}]": 1, f"p[{ID}]/b": "y"}
    moved = move(values, old, new)
    assert moved.values == {"g/a": "x", f"g/p[{ID}]": 1, f"g/p[{ID}]/b": "y"}
    assert moved.aside == {}
    assert move(moved.record, new, old).record == values


def test_an_answer_does_not_move_into_a_repeat_or_out_of_one():
    inside = form("begin_repeat | p | P", "text | a | A", "end_repeat | |")
    outside = form("text | a | A", version="2")
    values = {f"p[{ID}]": 1, f"p[{ID}]/a": "x"}
    moved = move(values, inside, outside)
    assert moved.values == {}
    assert moved.aside == {f"kept-from.1/p[{ID}]": 1, f"kept-from.1/p[{ID}]/a": "x"}
    assert move({"a": "x"}, outside, inside).aside == {"kept-from.2/a": "x"}


@pytest.mark.parametrize(
    ("before", "value", "after", "there"),
    [
        ("integer", 5, "text", "5"),
        ("integer", 5, "decimal", 5.0),
        ("text", "5", "integer", 5),
        ("text", "007", "integer", None),
        ("text", "+5", "integer", None),
        ("text", "five", "integer", None),
        ("decimal", 2.5, "integer", None),
        ("decimal", 2.0, "integer", 2),
        ("date", "2026-11-22", "text", "2026-11-22"),
        ("text", "22.11.2026", "date", None),
        ("date", "2026-11-22", "dateTime", None),
        ("dateTime", "2026-11-22T10:00:00+01:00", "date", None),
        ("select_one yn", "y", "text", "y"),
        ("select_one yn", "y", "select_multiple yn", ["y"]),
        ("select_multiple yn", ["y"], "select_one yn", "y"),
        ("select_multiple yn", ["y", "n"], "select_one yn", None),
        ("text", "y", "select_one yn", "y"),
        ("text", "yes", "select_one yn", None),
        ("select_one yn", "5", "integer", 5),
        ("image", "a.jpg", "text", None),
        ("text", "a.jpg", "image", None),
        ("acknowledge", "OK", "text", None),
        ("geopoint", "41 19", "text", "41 19"),
        ("text", "x", "calculate", None),
    ],
)
def test_a_value_is_converted_only_where_nothing_is_lost(before, value, after, there):
    old = form(f"{before} | q | Q")
    new = form(f"{after} | q | Q | | | | {'1 + 1' if after == 'calculate' else ''}", version="2")
    moved = move({"q": value}, old, new)
    if there is None:
        assert (moved.values, moved.aside) == ({}, {"kept-from.1/q": value})
    else:
        assert moved.values == {"q": there}
        assert type(moved.values["q"]) is type(there)
    assert move(moved.record, new, old).record == {"q": value}


def test_an_answer_that_a_list_has_no_more_stays_to_be_corrected():
    old = form("select_one yn | q | Q")
    new = form("select_one yn | q | Q", version="2", choices=CHOICES.replace("| y | Yes |", "| j | Ja |"))
    assert move({"q": "y"}, old, new).values == {"q": "y"}
    entry = opened(new, {"q": "y"})
    assert entry.state("q").violation.code == "answer.choice.unknown"
    assert entry.values() == {"q": "y"}


def test_what_was_answered_anew_is_not_replaced_by_what_was_kept():
    old, new = form("text | q | Q"), form("integer | q | Q", version="2")
    moved = move({"q": "abc"}, old, new)
    back = move({**moved.record, "q": 5}, new, old)
    assert back.record == {"q": "5", "kept-from.1/q": "abc"}


def test_answers_wait_through_several_versions_until_theirs_comes_back():
    one, two, three = (
        form("text | a | A"),
        form("text | b | B", version="2"),
        form("text | c | C", version="3"),
    )
    there = move(move({"a": "x"}, one, two).record, two, three)
    assert there.record == {"kept-from.1/a": "x"}
    assert move(there.record, three, one).record == {"a": "x"}


def test_a_kept_path_says_where_it_comes_from():
    assert kept_in(kept_path(f"g/p[{ID}]/a", "2024-05-15 14:35")) == ("2024-05-15-14-35", f"g/p[{ID}]/a")
    assert kept_in("g/a") is None
    from sync_server.protocol.change import is_path

    assert is_path(kept_path(f"g/p[{ID}]/a", "2024-05-15 14:35 (v/2)"))


def opened(definition, values):
    return FormEntry(definition, values, now=lambda: datetime(2026, 11, 22, tzinfo=UTC), random=Random(1))


def test_an_answer_that_the_new_version_does_not_ask_for_is_put_aside():
    old = form("text | a | A", "text | b | B")
    new = form("text | a | A", "integer | b | B | ${a} = 'yes'", version="2")
    moved = settled(move({"a": "no", "b": "5"}, old, new), lambda values: opened(new, values).values())
    assert moved.record == {"a": "no", "kept-from.1/b": "5"}
    assert move(moved.record, new, old).record == {"a": "no", "b": "5"}


def test_what_hangs_on_an_answer_that_goes_goes_with_it():
    old = form("text | a | A", "text | b | B", "text | c | C")
    new = form("text | a | A", "text | b | B | ${a} = 'yes'", "text | c | C | ${b} != ''", version="2")
    values = {"a": "no", "b": "x", "c": "y"}
    moved = settled(move(values, old, new), lambda given: opened(new, given).values())
    assert moved.record == {"a": "no", "kept-from.1/b": "x", "kept-from.1/c": "y"}
    assert move(moved.record, new, old).record == values


# Properties

KINDS = ["text", "integer", "decimal", "date", "select_one yn", "select_multiple yn", "image", "calculate"]


@st.composite
def versions(draw, version):
    """A form of some questions, each at the top, in a group, or in one of two repeats, one of them nested."""
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=6))
    places = {"": [], "g": [], "p": [], "p/r": []}
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        relevant = draw(st.sampled_from(["", "", "${first} = 'yes'"]))
        row = f"{kind} | {name} | {name} | {relevant}"
        if kind == "calculate":
            row = f"calculate | {name} | | | | | '7'"
        places[draw(st.sampled_from(list(places)))].append(row)
    rows = ["text | first | First", *places[""]]
    if places["g"]:
        rows += ["begin_group | g | G", *places["g"], "end_group | |"]
    inner = ["begin_repeat | r | R", *places["p/r"], "end_repeat | |"] if places["p/r"] else []
    outer = [*places["p"], *inner]
    wrapped = draw(st.booleans())
    if outer:
        rows += ["begin_group | h | H"] * wrapped
        rows += ["begin_repeat | p | P", *outer, "end_repeat | |"]
        rows += ["end_group | |"] * wrapped
    return form(*rows, version=version)


def answers(entry, draw):
    """Answers to what is asked, and instances added."""
    for _ in range(draw(st.integers(0, 3))):
        repeats = [node.path for node in entry.outline() if node.kind == "repeat"]
        if repeats:
            entry.add_instance(draw(st.sampled_from(repeats)))
    said = st.sampled_from(["yes", "5", "007", "y", "n", "2026-11-22", "2.5", "a.jpg", "some words"])
    for node in entry.outline():
        if node.kind == "question":
            entry.answer(node.path, draw(said))


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_answer_is_ever_lost_and_the_way_back_gives_the_record_again(data):
    old, new = data.draw(versions("1")), data.draw(versions("2"))
    entry = opened(old, None)
    answers(entry, data.draw)
    values = entry.values()
    assume(values)
    moved = move(values, old, new)
    event(f"some aside: {bool(moved.aside)}; some moved: {bool(moved.values)}")
    assert len(moved.record) == len(values)
    assert all(kept_in(path) for path in moved.aside)
    for path in moved.values:
        template = paths.template(path)
        assert template in new.questions or template in new.groups
    assert move(moved.record, new, old).record == values
    there = settled(moved, lambda given: opened(new, given).values())
    assert len(there.record) == len(values)
    assert move(there.record, new, old).record == values


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_comparison_names_each_question_that_is_not_the_same(data):
    old, new = data.draw(versions("1")), data.draw(versions("2"))
    told = compare(old, new)
    assert (told.changes == ()) == (shape(old) == shape(new))
    back = compare(new, old)
    assert len(told.of("added")) == len(back.of("removed"))
    assert len(told.of("moved")) == len(back.of("moved"))
    assert len(told.of("retyped")) == len(back.of("retyped"))


def shape(definition):
    # A group without questions moved is no change that a person would see.
    found = {path: (q.type, q.relevant, q.calculate) for path, q in definition.questions.items()}
    repeats = {path for path in definition.groups if definition.is_repeat(path)}
    return found, repeats
