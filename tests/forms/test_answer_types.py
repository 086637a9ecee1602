"""What may be typed, and what is kept of it."""

import json
import math
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forms import answer_types
from forms.answer_types import BadAnswer
from forms.definition import Question

TIRANA = ZoneInfo("Europe/Tirane")


def question(kind, data):
    return Question(path="q", name="q", type=kind, data_type=data)


TEXT, INTEGER, DECIMAL = (
    question("text", "string"),
    question("integer", "int"),
    question("decimal", "decimal"),
)
DATE, TIME, MOMENT = question("date", "date"), question("time", "time"), question("dateTime", "dateTime")
PLACE, MANY, PHOTO = (
    question("geopoint", "geo"),
    question("select_multiple", "select"),
    question("image", "binary"),
)


@pytest.mark.parametrize(
    ("asked", "typed", "kept"),
    [
        (INTEGER, " 42 ", 42),
        (INTEGER, "٤٢", 42),
        (INTEGER, "-007", -7),
        (DECIMAL, "2,5", 2.5),
        (DECIMAL, "٢٫٥", 2.5),
        (DECIMAL, "3", 3.0),
        (DATE, "2026-02-28", "2026-02-28"),
        (DATE, "٢٠٢٦-٠٢-٢٨", "2026-02-28"),
        (TIME, "9:05", "09:05"),
        (MOMENT, "2026-07-01T09:05", "2026-07-01T09:05:00+02:00"),
        (MOMENT, "2026-12-01 09:05", "2026-12-01T09:05:00+01:00"),
        (MOMENT, "2026-12-01T09:05:00+03:00", "2026-12-01T09:05:00+03:00"),
        (TEXT, "a\r\nb\x00", "a\nb"),
        (MANY, "a b a", ["a", "b"]),
        (PLACE, "41.3275 19.8187", "41.3275 19.8187"),
        (PHOTO, "0a1b.jpg", "0a1b.jpg"),
    ],
)
def test_an_answer_is_kept_in_one_form(asked, typed, kept):
    assert answer_types.to_json(asked, answer_types.parse(asked, typed, TIRANA)) == kept


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        (INTEGER, "4.5"),
        (INTEGER, "1" * 16),
        (DECIMAL, "1e5"),
        (DECIMAL, "NaN"),
        (DATE, "2026-02-29"),
        (DATE, "28.02.2026"),
        (DATE, "0026-02-28"),
        (TIME, "25:00"),
        (MOMENT, "yesterday"),
        (TEXT, "x" * 20_001),
        (PLACE, "91 0"),
        (PLACE, "here"),
        (PHOTO, "../secret"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_code(asked, typed):
    with pytest.raises(BadAnswer) as bad:
        answer_types.parse(asked, typed, TIRANA)
    assert bad.value.code.startswith("answer.")


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_an_integer_survives(number):
    lexical = answer_types.parse(INTEGER, str(number), UTC)
    assert answer_types.to_json(INTEGER, lexical) == number
    assert answer_types.from_json(number) == lexical


@given(st.floats(-1e14, 1e14, allow_nan=False))
def test_a_decimal_survives_json(number):
    lexical = answer_types.from_json(number)
    assert answer_types.to_json(DECIMAL, lexical) == pytest.approx(number, rel=1e-14, abs=1e-300)


NOT_A_JSON_NUMBER = [math.nan, math.inf, -math.inf, "NaN", "Infinity", "-Infinity", "inf", "1e999", "-1e999"]


@pytest.mark.parametrize("result", [*NOT_A_JSON_NUMBER, 1e300, "1e300", str(2**63), "9" * 400])
def test_a_calculated_number_that_cannot_be_sent_is_no_answer(result):
    assert answer_types.to_json(INTEGER, answer_types.from_result(INTEGER, result, UTC)) is None
    if result in NOT_A_JSON_NUMBER:
        assert answer_types.from_result(DECIMAL, result, UTC) == ""


@pytest.mark.parametrize("lexical", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "none"])
def test_no_lexical_text_becomes_a_number_that_json_does_not_have(lexical):
    assert answer_types.to_json(DECIMAL, lexical) is None
    assert answer_types.to_json(INTEGER, lexical) is None


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 2**53 + 1])
def test_an_integer_of_64_bits_that_somebody_else_made_is_kept_to_the_digit(number):
    assert answer_types.to_json(INTEGER, answer_types.from_json(number)) == number


@given(st.floats() | st.text(max_size=30) | st.booleans())
def test_every_calculated_value_can_be_written_as_json(result):
    for asked in (TEXT, INTEGER, DECIMAL, DATE, TIME, MOMENT, MANY):
        kept = answer_types.to_json(asked, answer_types.from_result(asked, result, TIRANA))
        json.dumps(kept, allow_nan=False)
        assert not isinstance(kept, int) or -(2**63) <= kept < 2**63


@example("\r\x08")
@given(st.text(max_size=200))
def test_any_typed_text_is_an_answer_or_refused(typed):
    for asked in (TEXT, INTEGER, DECIMAL, DATE, TIME, MOMENT, PLACE, MANY, PHOTO):
        try:
            lexical = answer_types.parse(asked, typed, TIRANA)
        except BadAnswer:
            continue
        assert answer_types.parse(asked, lexical, TIRANA) == lexical


def test_half_of_a_character_is_shown_as_one_that_is_missing():
    text = question("text", "string")
    assert answer_types.parse(text, "a\ud83d b", TIRANA) == "a\ufffd b"
    assert answer_types.parse(question("select_multiple", "select"), ["\udc00"], TIRANA) == "\ufffd"


SCALES = """
| survey |
| | type | name | label | parameters |
| | range | safe | How safe | start=0 end=10 step=2 |
| | range | dose | Dose | start=2.5 end=-1 step=0.5 |
| | range | plain | Plain | |
"""


@pytest.mark.parametrize(
    ("name", "on_it", "off_it"),
    [
        ("safe", ["0", "2", "10"], ["-2", "3", "12"]),
        ("dose", ["2.5", "-1", "0"], ["2.7", "3"]),
        ("plain", ["1", "10"], ["0", "11"]),
    ],
)
def test_a_range_takes_what_is_on_its_scale(begin, name, on_it, off_it):
    entry = begin(SCALES)
    assert all(entry.answer(name, raw).violation is None for raw in on_it)
    for raw in off_it:
        violation = entry.answer(name, raw).violation
        assert (violation.kind, violation.code) == ("constraint", "answer.range.outside")
    assert entry.state("safe").scale.end == 10


FILES_AND_PLACES = """
| survey |
| | type | name | label |
| | file | letter | Letter |
| | geopoint | place | Place |
"""


@pytest.mark.parametrize("name", [".", "..", "a/b.pdf", "a\\b.pdf", "a\x00.pdf", "a\nb.pdf"])
def test_what_names_a_folder_or_holds_a_control_character_is_no_name_of_a_file(begin, name):
    assert begin(FILES_AND_PLACES).answer("letter", name).violation.code == "answer.file.bad_name"


@pytest.mark.parametrize("place", ["41.3 19.8 nan 5", "41.3 19.8 0 inf", "41.3 19.8 high", "4_1 19", "91 0"])
def test_each_part_of_a_place_is_a_number(begin, place):
    entry = begin(FILES_AND_PLACES)
    assert entry.answer("place", place).violation.code == "answer.geo.not_a_place"
    assert entry.answer("place", "41.3 -1.98E1 110.5 4").violation is None
