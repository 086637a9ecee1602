"""The expression language on its own, over a small tree."""

import contextlib
import math
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.expression.nodes import Node, add_child
from forms.expression.parser import MAX_DEPTH, parse
from forms.expression.values import number_to_text, text_to_number, to_text

TIRANA = ZoneInfo("Europe/Tirane")


class SmallWorld:
    """A tree with two people, a list, and a clock that stands at a winter's noon."""

    language = "en"
    zone = TIRANA

    def __init__(self):
        self.random = Random(1)
        self.root = Node("root", "")
        data = add_child(self.root, "element", "data")
        add_child(data, "element", "age", "17")
        add_child(data, "element", "empty")
        add_child(data, "element", "chosen", "food shelter")
        for name, years in (("Ana", "31"), ("Besa", "4")):
            person = add_child(data, "element", "person")
            add_child(person, "element", "name", name)
            add_child(person, "element", "years", years)
        self.list = Node("root", "")
        root = add_child(self.list, "element", "root")
        for name, country in (("tirana", "al"), ("rabat", "ma"), ("shkoder", "al")):
            item = add_child(root, "element", "item")
            add_child(item, "element", "name", name)
            add_child(item, "element", "country", country)

    def now(self):
        return datetime(2026, 11, 22, 12, 30, tzinfo=TIRANA)

    def instance(self, name):
        return self.list if name == "places" else None

    def choice_label(self, node, name):
        return f"<{node.name}:{name}>"

    def text(self, key):
        return f"<{key}>"

    def __call__(self, source, at=("data",), kind="value"):
        node = self.root
        for name in at:
            node = node.named(name)[0]
        return Expression(source, self, node, kind).evaluate()


@pytest.fixture(scope="module")
def world():
    return SmallWorld()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 3 - 2", "5"),
        ("7 mod -2", "1"),
        ("-7 mod 2", "-1"),
        ("1 div 0", "Infinity"),
        ("0 div 0", "NaN"),
        ("-1 --1", "0"),
        ("1and 1", "true"),
        ("3 div3", "1"),
        ("1 < 2 = true()", "true"),
        ("'a' = 'a' and not('b' = 'a')", "true"),
        (".5 + 1.", "1.5"),
        ("'2' > 1", "true"),
        ("'10' = 10.0", "true"),
    ],
)
def test_operators_bind_as_in_xpath(world, source, expected):
    assert to_text(world(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("age", "17"),
        ("/data/age", "17"),
        ("./age + 1", "18"),
        ("count(person)", "2"),
        ("count(//name)", "2"),
        ("person[2]/name", "Besa"),
        ("person[name = 'Besa']/years", "4"),
        ("person[years > 10]/name", "Ana"),
        ("person[position() = last()]/name", "Besa"),
        ("sum(person/years)", "35"),
        ("max(person/years, 50)", "50"),
        ("min(person/years)", "4"),
        ("join(', ', person/name)", "Ana, Besa"),
        ("concat(person/name)", "AnaBesa"),
        ("person/years = 4", "true"),
        ("person/years != 4", "true"),
        ("count(person[name = 'Ana'] | person)", "2"),
        ("count(missing)", "0"),
        ("string(missing)", ""),
        ("indexed-repeat(/data/person/name, /data/person, 2)", "Besa"),
        ("instance('places')/root/item[name = 'rabat']/country", "ma"),
        ("count(instance('places')/root/item[country = 'al'])", "2"),
        ("count(instance('nowhere')/root/item)", "0"),
        ("count(empty/following-sibling::person)", "2"),
        ("name(person[1]/name/..)", "person"),
    ],
)
def test_paths_find_nodes(world, source, expected):
    assert to_text(world(source)) == expected


def test_a_relative_path_starts_at_the_node_of_the_expression(world):
    person = ("data", "person", "years")
    assert to_text(world("../name", at=person)) == "Ana"
    assert to_text(world("position(..)", at=person)) == "1"
    assert to_text(world("count(../../person[years < current()/../years])", at=person)) == "1"


def test_an_absolute_path_into_ones_own_repeat_means_ones_own_instance(world):
    node = world.root.named("data")[0].named("person")[1].named("years")[0]
    assert Expression("/data/person/name", world, node, "text").evaluate() == "Besa"
    assert Expression("count(/data/person)", world, node, "number").evaluate() == 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("selected(chosen, 'food')", "true"),
        ("selected(chosen, 'foo')", "false"),
        ("count-selected(chosen)", "2"),
        ("selected-at(chosen, 1)", "shelter"),
        ("selected-at(chosen, 2)", ""),
        ("if(age < 18, 'child', 'adult')", "child"),
        ("coalesce(empty, 'none')", "none"),
        ("coalesce(empty * 2, 0)", "0"),
        ("once('first')", "food shelter"),
        ("round(-1.475, 2)", "-1.48"),
        ("round(2.5)", "3"),
        ("int(-2.9)", "-2"),
        ("pow(2, 10)", "1024"),
        ("count-non-empty(*)", "4"),
        ("boolean-from-string('1')", "true"),
        ("boolean-from-string('yes')", "false"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("substring('12345', 2, 3)", "234"),
        ("contains('reception', 'cept')", "true"),
        ("starts-with('AL-7Q4', 'AL')", "true"),
        ("translate('abc', 'ab', 'x')", "xc"),
        ("normalize-space('  a  b ')", "a b"),
        ("string-length('ë')", "1"),
        ("regex('+355691234567', '\\+355[0-9]{9}')", "true"),
        ("regex('x+355691234567', '\\+355[0-9]{9}')", "true"),
        ("regex('x+355691234567', '^\\+355[0-9]{9}$')", "false"),
        ("checklist(1, 2, true(), false(), true())", "true"),
        ("weighted-checklist(3, -1, true(), 2, true(), 2)", "true"),
        ("jr:choice-name('food', '/data/chosen')", "<chosen:food>"),
        ("jr:itext('greeting')", "<greeting>"),
        ("number('x') = number('x')", "false"),
    ],
)
def test_functions_of_forms(world, source, expected):
    at = ("data", "chosen") if "once" in source else ("data",)
    assert to_text(world(source, at=at)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("today()", "2026-11-22"),
        ("today() = '2026-11-22'", "true"),
        ("'2026-11-21' < today()", "true"),
        ("today() - date('2026-11-01')", "21"),
        ("date(today() + 7)", "2026-11-29"),
        ("date('2026-02-30')", "Invalid Date"),
        ("date('')", ""),
        ("now()", "2026-11-22T12:30:00.000+01:00"),
        ("format-date('2026-03-05', '%e %b %Y')", "5 Mar 2026"),
        ("format-date(now(), '%H:%M')", "12:30"),
        ("int((today() - date('2008-11-01')) div 365.25)", "18"),
        ("decimal-time('06:00')", "0.25"),
        ("decimal-date-time('1970-01-01T00:00:00Z')", "0"),
    ],
)
def test_dates_are_days_that_can_be_counted(world, source, expected):
    assert to_text(world(source)) == expected


@given(
    st.dates(min_value=datetime(1950, 1, 1).date(), max_value=datetime(2090, 1, 1).date()),
    st.integers(0, 5000),
)
def test_days_between_two_dates_are_whole_whatever_the_clocks_did(day, days):
    world = SmallWorld()
    first = f"date('{day.isoformat()}')"
    assert to_text(world(f"date({first} + {days}) - {first}")) == str(days)


def test_functions_that_give_identifiers_take_their_chance_from_outside():
    first, again = SmallWorld(), SmallWorld()
    assert first("uuid()") == again("uuid()")
    assert len(str(first("uuid(12)"))) == 12
    assert 0 <= first("random()") < 1


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("1 +", "form.expression.not_understood"),
        ("because nobody knows", "form.expression.not_understood"),
        ("(1", "form.expression.not_understood"),
        ("'open", "form.expression.not_understood"),
        ("nothing()", "form.expression.unknown_function"),
        ("if(1, 2)", "form.expression.arguments"),
        ("count(1)", "form.expression.nodes_wanted"),
        ("regex('a', '(')", "form.expression.bad_pattern"),
        ("regex('a', '(a)\\1')", "form.expression.bad_pattern"),
        ("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), "form.expression.too_deep"),
        ("1" + "=1" * (MAX_DEPTH + 1), "form.expression.too_deep"),
        ("age" + "|age" * (MAX_DEPTH + 1), "form.expression.too_deep"),
        ("1" * 20_001, "form.expression.too_long"),
        ("1" + "+1" * 1001, "form.expression.too_long"),
    ],
)
def test_a_bad_expression_is_a_problem_with_a_code(world, source, code):
    with pytest.raises(FormProblem) as problem:
        world(source)
    assert problem.value.code == code


@given(st.text(max_size=60))
def test_any_text_parses_or_is_a_form_problem(text):
    with contextlib.suppress(FormProblem):
        parse(text)


def test_long_chains_and_ladders_are_evaluated(world):
    assert world("age" + " + age" * 900) == 17 * 901
    assert world("age" + " - age * 2" * 2) == 17 - 68
    assert world(" or ".join(["age = 3"] * 400 + ["age = 17"])) is True
    assert world(" and ".join(["age = 17"] * 400), kind="boolean") is True
    ladder = "".join(f"if(age = {years}, '{years}', " for years in range(60)) + "'old'" + ")" * 60
    assert world(ladder) == "17"


def test_a_pattern_that_would_never_end_elsewhere_ends_here(world):
    assert world(f"regex('{'a' * 5000}!', '(a+)+b')") is False


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number):
    assert text_to_number(number_to_text(number), UTC) == pytest.approx(number, rel=1e-15)
    assert "e" not in number_to_text(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1e-10, "0.0000000001"), (-1.5e-07, "-0.00000015"), (1e22, "10000000000000000000000"), (0.1, "0.1")],
)
def test_a_very_small_number_is_written_with_no_more_digits_than_it_has(number, text):
    assert number_to_text(number) == text


def test_what_is_no_number_is_not_equal_to_itself():
    assert math.isnan(text_to_number("", UTC))
    assert math.isnan(text_to_number("12 months", UTC))
