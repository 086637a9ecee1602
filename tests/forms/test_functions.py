"""The functions of the ODK reference, by what its specification says of each."""

import base64
import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import FormProblem
from forms.expression import focus
from forms.expression.compile import Expression
from forms.expression.functions import text as texts
from forms.expression.nodes import Node
from forms.expression.rehearsal import rehearse
from forms.expression.shuffle import ParkMiller, seed_of, shuffled
from forms.expression.values import to_text
from tests.forms.small_form import SmallForm


@pytest.fixture(scope="module")
def form():
    return SmallForm()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("digest('abc', 'MD5', 'hex')", hashlib.md5(b"abc").hexdigest()),
        ("digest('abc', 'SHA-1', 'hex')", hashlib.sha1(b"abc").hexdigest()),
        ("digest('abc', 'SHA-256', 'hex')", hashlib.sha256(b"abc").hexdigest()),
        ("digest('ë', 'SHA-384')", base64.b64encode(hashlib.sha384("ë".encode()).digest()).decode()),
        ("digest('abc', 'SHA-512', 'base64')", base64.b64encode(hashlib.sha512(b"abc").digest()).decode()),
        ("digest('abc', 'CRC', 'hex')", ""),
        ("digest('abc', 'MD5', 'octal')", ""),
        ("base64-decode('8J+Pog==')", "🏢"),
        ("base64-decode('8J+Pog')", "🏢"),
        ("base64-decode('no base 64!')", ""),
        ("pulldata('prices', 'label', 'key', 1)", "One"),
        ("pulldata('prices.csv', 'label', 'key', '02')", "Two"),
        ("pulldata('prices', 'label', 'key', 2)", "Two"),
        ("pulldata('prices', 'label', 'key', '2')", ""),
        ("pulldata('prices', 'label', 'key', 'x y')", "Three"),
        ("pulldata('prices', 'cost', 'key', 1)", ""),
        ("pulldata('nowhere', 'label', 'key', 1)", ""),
        ("version()", "7"),
        ("property('deviceid')", ""),
        ("is-selected('a b', 'b')", "true"),
        ("selected('no answer', 'no answer')", "true"),
        ("selected('yes no answer', ' no  answer ')", "true"),
        ("selected('no', 'no answer')", "false"),
        ("selected('casino answer', concat('no', ' answer'))", "false"),
        ("log(0)", "-Infinity"),
        ("log10(-1)", "NaN"),
        ("exp10(2)", "100"),
        ("atan2(0, -1)", str(math.pi)),
        ("acos(2)", "NaN"),
        ("pow(2, 0.5) = sqrt(2)", "true"),
        ("int(1.5e3)", "1500"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring('12345', -42, 1 div 0)", "12345"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("concat(house/who/name, '!')", "AnaBesaCem!"),
        ("join('-', house/who/name, 1, true())", "Ana-Besa-Cem-1-true"),
        ("sum(house/room)", "3"),
        ("max(house/room, age)", "17"),
        ("min(nothing)", "NaN"),
        ("count-non-empty(age | blank | word)", "2"),
        ("position(house[2])", "2"),
        ("position(house/who[name = 'Cem'])", "2"),
        ("position(word)", "1"),
        ("indexed-repeat(/data/house/who/name, /data/house, 2, /data/house/who, 1)", "Besa"),
        ("indexed-repeat(/data/house/who/name, /data/house/who, 2, /data/house, 2)", "Cem"),
        ("indexed-repeat(/data/house/who/toy, /data/house, 1, /data/house/who, 1)", "ball"),
        ("indexed-repeat(/data/house/who/name, /data/house, 3)", ""),
        ("checklist(2, 2, age, blank, word, 1 = 2)", "true"),
        ("weighted-checklist(5, -1, word, 5, blank, 9)", "true"),
        ("boolean-from-string(flags)", "true"),
        ("coalesce(blank, blank, word)", "winter"),
        ("name(@version)", "version"),
        ("namespace-uri(age)", ""),
        ("local-name(house/who[2])", "who"),
        ("name(nothing)", ""),
        ("decimal-time('18:00')", "0.75"),
        ("decimal-time('2026-07-01T18:00')", "0.75"),
        ("decimal-time(12.25)", "0.25"),
        ("decimal-time('06:00:00.000+02:60')", "NaN"),
        ("date('x') = date('y')", "true"),
        ("boolean(date('x'))", "false"),
        ("string(date-time(true()))", "Invalid Date"),
        ("number('1970-01-01')", "0"),
        ("number('2026-07-01')", "20635"),
        ("number('2026-07-01') > 20634.9", "true"),
        ("number('1970-01-01T23:00:00Z')", "0"),
        ("number('1969-12-31T23:00:00Z')", "-1"),
        ("number('1.50')", "1.5"),
        ("format-date('2026-07-01', '%d/%m/%y %a')", "01/07/26 mer."),
        ("format-date-time('2026-07-01T08:05:09.07Z', '%H:%M:%S.%3')", "10:05:09.070"),
        ("distance('0 0; 0 0')", "0"),
        ("distance('0 0', '0 1')", "111318.85"),
        ("distance('0 0; 0 1; 0 0')", "222637.69"),
        ("distance('0 0')", "NaN"),
        ("distance('91 0; 0 0')", "NaN"),
        ("area('0 0; 0 1')", "0"),
        ("area('0 0; x; 1 1')", "NaN"),
        ("area(shape) = area('0 0', '0 1', '1 1', '1 0')", "true"),
        ("enclosed-area(shape) > 12000000000", "true"),
        ("geofence(point, shape)", "true"),
        ("geofence('0.5 1.5', shape)", "false"),
        ("geofence(point, '0 0;0 1;1 1;1 0')", "false"),
        ("geofence(blank, shape)", "false"),
        ("intersects(shape)", "false"),
        ("intersects('0 0;1 1;1 0;0 1')", "true"),
        ("intersects('0 0;0 1;0 2')", "false"),
        ("intersects('0 0;0 2;0 1')", "true"),
        ("intersects('0 0;0 2;1 2;1 1;0 1')", "true"),
        ("intersects('nowhere')", "false"),
        ("regex(word, 'int')", "true"),
        ("regex(word, '^int')", "false"),
        ("0 and nothing-such()", "false"),
        ("if(true(), 'a', contains())", "a"),
    ],
)
def test_functions_give_what_the_specification_says(form, source, expected):
    assert to_text(form(source)) == expected


def test_an_index_reads_other_instances_from_inside_of_one(form):
    at = ("data", "house", "who", "name")
    assert to_text(form("indexed-repeat(../name, ../../../house, 2, ../../who, 2)", at=at)) == "Cem"


def test_days_in_the_east_and_in_the_west_show_as_the_day_that_is_written():
    for zone in ("Asia/Tokyo", "Europe/Tirane", "America/Phoenix"):
        assert to_text(SmallForm(zone)("number('1970-01-03')")) == "2"


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
"""Test vectors of RFC 8032, 7.1: public key, message, signature."""


def signed(signature: bytes, message: bytes, key: bytes) -> str:
    contents = base64.b64encode(signature + message).decode()
    return f"extract-signed('{contents}', '{base64.b64encode(key).decode()}')"


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_a_signed_message_is_taken_out_only_when_its_signature_is_right(form, key, message, signature):
    parts = bytes.fromhex(signature), bytes.fromhex(message), bytes.fromhex(key)
    assert form(signed(*parts)) == parts[1].decode()
    assert form(signed(parts[0], parts[1] + b"!", parts[2])) == ""
    wrong = bytes([parts[0][0] ^ 1]) + parts[0][1:]
    assert form(signed(wrong, b"r", parts[2])) == ""
    assert form(signed(parts[0], parts[1], b"short")) == ""
    # The same scalar, one group order higher, must not pass for another signature of the message.
    again = int.from_bytes(parts[0][32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert form(signed(parts[0][:32] + again.to_bytes(32, "little"), b"r", parts[2])) == ""


def test_a_shuffle_with_a_seed_is_the_same_everywhere(form):
    found = form("randomize(house/who/name, 42)", kind="nodes")
    assert [node.text for node in found] == [node.text for node in form("randomize(//name, '42.7')")]
    # A seed's draws by hand: 42 * 16807 = 705894, which is less than the modulus.
    assert ParkMiller(42).random() == (705894 - 1) / (2**31 - 2)


def test_seeds_of_all_kinds_are_whole_numbers():
    assert seed_of(3.9, "3.9") == 3
    assert seed_of(-3.9, "-3.9") == -3
    assert seed_of(math.nan, "") == 0
    assert seed_of(math.inf, "Infinity") == 2**63 - 1
    assert seed_of(-math.inf, "-Infinity") == -(2**63)
    first = int.from_bytes(hashlib.sha256(b"uuid:7").digest()[:8], "big", signed=True)
    assert seed_of(math.nan, "uuid:7") == first


@given(st.lists(st.integers(), max_size=30), st.integers(-(2**63), 2**63 - 1))
def test_a_shuffle_keeps_everything(values, seed):
    assert sorted(shuffled(values, ParkMiller(seed).random)) == sorted(values)
    assert shuffled(values, ParkMiller(seed).random) == shuffled(values, ParkMiller(seed).random)


def test_a_shuffle_without_a_seed_takes_its_chance_from_outside():
    first, again = SmallForm(), SmallForm()
    orders = [[node.text for node in form("randomize(//toy)")] for form in (first, again)]
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == ["ball", "drum", "kite"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("0 and nothing-such()", "form.expression.unknown_function"),
        ("if(true(), 'a', contains())", "form.expression.arguments"),
        ("a[1 or b[nothing-such()]]", "form.expression.unknown_function"),
        ("(a | b)[nothing-such()]", "form.expression.unknown_function"),
        ("indexed-repeat(a, b, 1, c)", "form.expression.arguments"),
    ],
)
def test_what_is_never_evaluated_is_found_when_a_form_is_loaded(source, code):
    with pytest.raises(FormProblem) as problem:
        rehearse(source)
    assert problem.value.code == code


SIGNED = f"extract-signed('{'A' * 90}', '{'A' * 43}')"


def long_list(count):
    root = Node("root", "")
    top = Node("element", "root", root)
    root.children.append(top)
    for number in range(count):
        top.children.append(Node("element", "item", top, str(number)))
    return root


@pytest.mark.parametrize(
    "source",
    [
        "count(instance('prices')/root/item[count(instance('prices')/root/item) = 1])",
        "count(instance('prices')/root/item[instance('prices')/root = 'x'])",
        "count(instance('prices')/root/item[contains(instance('prices'), 'x')])",
        "count(instance('prices')//item/following::item/preceding::item)",
        "count(instance('prices')/root/item[count(id('a')) = 1][count(/data//*/ancestor::*//*) = 1])",
        "count(instance('prices')/root/item[following-sibling::item = 'x'])",
        "count((instance('prices')/root/item)[position() > 19500]/following-sibling::item)",
        "count(instance('prices')/root/item[position(.) = 5])",
        "count(instance('prices')/root/item[pulldata('prices', 'x', 'key', .) = 1])",
        "count(instance('prices')/root/item[format-date(today(), '%a') = 'x'])",
        f"count(instance('prices')/root/item[{' + '.join('1' * 400)} = 2])",
        f"count(instance('prices')/root/item[distance('{'0 0;' * 1000}') = 2])",
        f"concat({', '.join([SIGNED] * 80)})",
    ],
)
def test_a_search_without_end_ends(source):
    form = SmallForm()
    form.prices = long_list(20_000)
    expression = Expression(source, form, form.root.named("data")[0], "number")
    for _ in range(2):
        with pytest.raises(FormProblem) as problem:
            expression.evaluate()
        assert problem.value.code == "form.expression.too_much"


def test_a_search_within_its_limit_may_be_made_again_and_again(monkeypatch):
    form = SmallForm()
    monkeypatch.setattr("forms.expression.compile.MAX_VISITS", 100)
    expression = Expression("count(//toy[../name != ''])", form, form.root.named("data")[0], "number")
    assert [expression.evaluate() for _ in range(focus.MAX_VISITS // 50)][-1] == 3.0


def test_a_text_without_end_ends(form):
    part = "a" * 15_000
    assert len(form(f"join('{part}', 1, 2, 3, 4, 5)")) == 60_005
    with pytest.raises(FormProblem) as problem:
        form(f"join('{part}', {', '.join('1' * 15)})")
    assert problem.value.code == "form.expression.result_too_long"
    assert problem.value.params["limit"] == texts.MAX_RESULT


def test_a_line_with_too_many_corners_is_not_looked_at(form):
    with pytest.raises(FormProblem) as problem:
        form(f"intersects('{'0 0;1 1;' * 1001}')")
    assert problem.value.code == "form.expression.too_much"
