"""One codec a data type: typed text -> lexical text -> JSON, and back.

The lexical text is what XForms stores and expressions read (`2026-11-22`, `5`, `a b`). JSON is what
a record keeps and the wire carries. Digits of other scripts are understood when typed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from forms.definition import Question
from forms.expression.values import Moment, Value, moment_of_number, number_to_text, parse_moment, to_text

Json = str | int | float | list[str] | None
Raw = str | int | float | list[str] | tuple[str, ...] | None

MAX_TEXT = 20_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_TOO_LARGE = 2**63
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})", re.ASCII)
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)
_COORDINATE = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_NO_FILE_NAME = re.compile(r"[/\\\x00-\x1f]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character, from a broken keyboard or paste: no encoding has it, so nobody could keep it."""
#: The lexical forms of XML Schema, as ODK takes them.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?", re.ASCII)
_TIME_OF_DAY = re.compile(
    r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_OFFSET = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_UNWANTED = {code: None for code in range(32) if chr(code) not in "\n\t"}
_SEPARATORS = str.maketrans({"٫": ".", "٬": "", "−": "-", "،": ","})


class BadAnswer(ValueError):
    """The text is no answer of this type. `code` says why: `answer.integer.not_a_number` …"""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Codec:
    """How one data type reads what is typed, and how it is kept as JSON."""

    parse: Callable[[str, tzinfo], str]
    to_json: Callable[[str], Json]


def latin_digits(text: str) -> str:
    """Digits of any script as 0–9, with the Arabic decimal separator as a point."""
    return "".join(
        str(unicodedata.digit(character)) if character.isdigit() and not character.isascii() else character
        for character in text.strip().translate(_SEPARATORS)
    )


def _parse_text(text: str, zone: tzinfo) -> str:
    if len(text) > MAX_TEXT:
        raise BadAnswer("answer.text.too_long")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNWANTED)


def _parse_integer(text: str, zone: tzinfo) -> str:
    digits = latin_digits(text)
    if not _INTEGER.fullmatch(digits):
        raise BadAnswer("answer.integer.not_a_number")
    return str(int(digits))


def _parse_decimal(text: str, zone: tzinfo) -> str:
    digits = latin_digits(text).replace(",", ".")
    if not _DECIMAL.fullmatch(digits):
        raise BadAnswer("answer.decimal.not_a_number")
    return decimal_text(float(digits))


def decimal_text(number: float) -> str:
    """The lexical form of a decimal: always with a point, never with an exponent (`10.0`)."""
    text = number_to_text(number)
    return text if "." in text or not math.isfinite(number) else f"{text}.0"


def _parse_date(text: str, zone: tzinfo) -> str:
    moment = parse_moment(latin_digits(text), zone)
    if moment is None or moment.day.year < 1000:
        raise BadAnswer("answer.date.not_a_date")
    return moment.day.isoformat()


def _parse_time(text: str, zone: tzinfo) -> str:
    digits = latin_digits(text)
    if not _TIME.fullmatch(digits):
        raise BadAnswer("answer.time.not_a_time")
    try:
        time.fromisoformat(digits.zfill(5) if len(digits) == 4 else digits)
    except ValueError as problem:
        raise BadAnswer("answer.time.not_a_time") from problem
    return digits.zfill(5) if len(digits) == 4 else digits


def _parse_date_time(text: str, zone: tzinfo) -> str:
    digits = latin_digits(text)
    if len(digits) > 10 and digits[10] == " ":
        digits = f"{digits[:10]}T{digits[11:]}"
    moment = parse_moment(digits, zone)
    if moment is None or moment.day.year < 1000:
        raise BadAnswer("answer.dateTime.not_a_moment")
    if moment.at is not None and _INSTANT.fullmatch(digits) and _OFFSET.search(digits):
        return digits
    day = moment.day
    return (moment.at or datetime(day.year, day.month, day.day, tzinfo=zone)).isoformat()


def _parse_names(text: str, zone: tzinfo) -> str:
    return " ".join(dict.fromkeys(text.split()))


def _parse_file_name(text: str, zone: tzinfo) -> str:
    name = text.strip()
    if name in (".", "..") or _NO_FILE_NAME.search(name) or len(name) > 255:
        raise BadAnswer("answer.file.bad_name")
    return name


def _parse_geo(text: str, zone: tzinfo) -> str:
    """Points as `latitude longitude altitude accuracy`, several of them separated by `;`."""
    points = [point.split() for point in latin_digits(text).split(";") if point.strip()]
    if not all(
        2 <= len(point) <= 4
        and all(_COORDINATE.fullmatch(part) for part in point)
        and abs(float(point[0])) <= 90
        and abs(float(point[1])) <= 180
        for point in points
    ):
        raise BadAnswer("answer.geo.not_a_place")
    return "; ".join(" ".join(point) for point in points)


def _as_text(text: str) -> Json:
    return text


def _as_integer(text: str) -> int | None:
    """None for what is no number, and for one that 64 bits do not hold: nobody could keep or send it."""
    try:
        number = int(text) if _WHOLE.fullmatch(text) else int(float(text))
    except (ValueError, OverflowError):
        return None
    return number if -_TOO_LARGE <= number < _TOO_LARGE else None


def _as_decimal(text: str) -> float | None:
    """None for what is no number, and for infinity: JSON has neither."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_CODECS: dict[str, Codec] = {
    "string": Codec(_parse_text, _as_text),
    "int": Codec(_parse_integer, _as_integer),
    "decimal": Codec(_parse_decimal, _as_decimal),
    "boolean": Codec(_parse_text, _as_text),
    "date": Codec(_parse_date, _as_text),
    "time": Codec(_parse_time, _as_text),
    "dateTime": Codec(_parse_date_time, _as_text),
    "select": Codec(_parse_names, _as_text),
    "geo": Codec(_parse_geo, _as_text),
    "binary": Codec(_parse_file_name, _as_text),
    "barcode": Codec(_parse_text, _as_text),
}


def parse(question: Question, raw: Raw, zone: tzinfo) -> str:
    """What was typed or chosen, as lexical text; the empty text clears. Raises BadAnswer."""
    if raw is None:
        return ""
    if isinstance(raw, list | tuple):
        return _parse_names(_LONE_SURROGATE.sub("\ufffd", " ".join(raw)), zone)
    text = _LONE_SURROGATE.sub("\ufffd", number_to_text(float(raw)) if isinstance(raw, float) else str(raw))
    if not text.strip():
        return ""
    if question.type in ("select_multiple", "rank"):
        return _parse_names(text, zone)
    lexical = _CODECS[question.data_type].parse(text, zone)
    return lexical if lexical.strip() else ""


def to_json(question: Question, lexical: str) -> Json:
    """The value that a record keeps; None for an empty one."""
    if not lexical:
        return None
    if question.type in ("select_multiple", "rank"):
        return lexical.split()
    return _CODECS[question.data_type].to_json(lexical)


def chosen(question: Question, lexical: str) -> list[str]:
    """The names of the choices in an answer. Only where several can be chosen do blanks part them: the
    names of many forms have blanks in them."""
    if question.type == "select_one":
        return [lexical] if lexical else []
    return lexical.split()


def from_json(value: Any) -> str:
    """A value of a record as lexical text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_to_text(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        return " ".join(str(name) for name in value)
    return str(value)


def from_record(question: Question, value: Any) -> str:
    """A value that a record keeps, as the lexical text of the question."""
    if question.data_type == "decimal" and isinstance(value, int | float) and not isinstance(value, bool):
        return decimal_text(float(value))
    return _LONE_SURROGATE.sub("\ufffd", from_json(value))


def from_default(question: Question, zone: tzinfo, default: str | None = None) -> str:
    """The static default, or another one, as lexical text; what is no answer of its type counts as none."""
    return from_lexical(question, question.default if default is None else default, zone)


def from_lexical(question: Question, text: str, zone: tzinfo) -> str:
    """A value that a program gives: a form's default, a submission. Only what the type's lexical form allows
    is taken (ODK XForms, 'Data types'); anything else is empty.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    if question.type in ("select_multiple", "rank"):
        return _parse_names(text, zone)
    if question.type == "acknowledge":
        return "OK" if text.strip() in ("OK", "true", "1") else text
    if question.type == "geoshape" and text.strip().rstrip(";").count(";") < 2:
        return ""
    strict = _LEXICAL.get(question.data_type)
    return text if strict is None else strict(text.strip(), zone)


def _lexical_integer(text: str, zone: tzinfo) -> str:
    """32 bits, as everywhere in the field; what comes after a decimal point is cut off."""
    if not _NUMBER.fullmatch(text):
        return ""
    number = int(float(text))
    return str(number) if -(2**31) <= number < 2**31 else ""


def _lexical_decimal(text: str, zone: tzinfo) -> str:
    return decimal_text(float(text)) if _NUMBER.fullmatch(text) else ""


def _lexical_date(text: str, zone: tzinfo) -> str:
    """A day, or a local time of it; a time with an offset may be another day here."""
    moment = parse_moment(text, zone) if _DAY.fullmatch(text) else None
    return moment.day.isoformat() if moment is not None else ""


def _lexical_time(text: str, zone: tzinfo) -> str:
    try:
        if _TIME_OF_DAY.fullmatch(text):
            time.fromisoformat(text[:8] if len(text) > 5 and text[5] == ":" else text[:5])
            return text
    except ValueError:
        pass
    return ""


def _lexical_date_time(text: str, zone: tzinfo) -> str:
    if not _INSTANT.fullmatch(text):
        return ""
    moment = parse_moment(text, zone)
    if moment is None or moment.at is None:
        return ""
    return text if _OFFSET.search(text) else moment.at.isoformat()


def _lexical_geo(text: str, zone: tzinfo) -> str:
    try:
        return _parse_geo(text, zone)
    except BadAnswer:
        return ""


_LEXICAL: dict[str, Callable[[str, tzinfo], str]] = {
    "int": _lexical_integer,
    "decimal": _lexical_decimal,
    "date": _lexical_date,
    "time": _lexical_time,
    "dateTime": _lexical_date_time,
    "geo": _lexical_geo,
}


def from_result(question: Question, value: Value, zone: tzinfo) -> str:
    """The result of a calculation as lexical text of the question's type.

    What is no number, an infinity (a division by zero) or too large for its type is empty.
    """
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            return ""
        if question.data_type in ("date", "dateTime"):
            moment = moment_of_number(value, zone)
            return _moment_text(question, moment) if moment is not None else ""
        if question.data_type == "int":
            return number_to_text(float(int(value))) if abs(value) < 1e15 else ""
        return decimal_text(value) if question.data_type == "decimal" else number_to_text(value)
    if isinstance(value, Moment):
        return _moment_text(question, value)
    text = to_text(value)
    if question.data_type == "int" and text:
        number = _as_integer(text)
        return "" if number is None else str(number)
    if question.data_type == "decimal" and text:
        number_meant = _as_decimal(text)
        return "" if number_meant is None else decimal_text(number_meant)
    if question.data_type in ("date", "dateTime") and text:
        parsed = parse_moment(text, zone)
        return text if parsed is None else _moment_text(question, parsed)
    return text


def _moment_text(question: Question, moment: Moment) -> str:
    if question.data_type == "date":
        return moment.day.isoformat()
    if question.data_type == "dateTime" and moment.at is None:
        day: date = moment.day
        return datetime(day.year, day.month, day.day, tzinfo=moment.zone).isoformat()
    return moment.text()
