"""Texts: the functions of XPath 1.0 and OpenRosa's. Regular expressions run in linear time (RE2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import re2

from forms.errors import FormProblem
from forms.expression.functions.registry import function, special
from forms.expression.parser import Literal
from forms.expression.values import Value, to_text

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Focus
    from forms.expression.parser import Tree

MAX_RESULT = 200_000
"""A text that is made of others may have so many characters: each of two questions that double each other
is twice as long, and a form has many."""
_BLANK = re.compile(r"[ \t\r\n]+")


@special("string", 0, 1, "text")
def string(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    if arguments:
        return compiler.text(arguments[0])
    return lambda focus: focus.node.text


def _texts(value: Value) -> list[str]:
    return [node.text for node in value] if isinstance(value, list) else [to_text(value)]


def _joined(separator: str, values: tuple[Value, ...]) -> str:
    texts = [text for value in values for text in _texts(value)]
    length = sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1)
    if length > MAX_RESULT:
        raise FormProblem("form.expression.result_too_long", limit=MAX_RESULT)
    return separator.join(texts)


@function("concat", "value*", "text")
def concat(*values: Value) -> str:
    """All texts, one after another; of a list of nodes all of them, as ODK has it."""
    return _joined("", values)


@function("join", "text value*", "text")
def join(separator: str, *values: Value) -> str:
    return _joined(separator, values)


@special("string-length", 0, 1, "number")
def string_length(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[float]:
    text = string(compiler, arguments)
    return lambda focus: float(len(text(focus)))


@special("normalize-space", 0, 1, "text")
def normalize_space(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    text = string(compiler, arguments)
    return lambda focus: " ".join(part for part in _BLANK.split(text(focus)) if part)


@function("contains", "text text", "boolean")
def contains(whole: str, part: str) -> bool:
    return part in whole


@function("starts-with", "text text", "boolean")
def starts_with(whole: str, start: str) -> bool:
    return whole.startswith(start)


@function("ends-with", "text text", "boolean")
def ends_with(whole: str, end: str) -> bool:
    return whole.endswith(end)


@function("substring-before", "text text", "text")
def substring_before(whole: str, mark: str) -> str:
    return whole.partition(mark)[0] if mark and mark in whole else ""


@function("substring-after", "text text", "text")
def substring_after(whole: str, mark: str) -> str:
    return whole.partition(mark)[2] if mark else whole


@function("substring", "text number number?", "text")
def substring(whole: str, start: float, length: float | None = None) -> str:
    """XPath's: the first character is number 1, and both numbers are rounded."""
    if start != start or (length is not None and length != length):
        return ""
    first = _half_up(start)
    end = float("inf") if length is None else first + _half_up(length)
    low, high = max(1.0, first), min(len(whole) + 1.0, end)
    return whole[int(low) - 1 : int(high) - 1] if end == end and low < high else ""


def _half_up(value: float) -> float:
    return float((value + 0.5) // 1) if abs(value) != float("inf") else value


@function("substr", "text number number?", "text")
def substr(whole: str, start: float, end: float | None = None) -> str:
    """OpenRosa's: from 0, the end excluded; negative places count from the end."""
    if start != start or (end is not None and end != end):
        return ""
    bound = len(whole)
    first = int(max(-bound, min(bound, start)))
    return whole[first:] if end is None else whole[first : int(max(-bound, min(bound, end)))]


@function("translate", "text text text", "text")
def translate(whole: str, characters: str, replacements: str) -> str:
    table: dict[int, str | None] = {}
    for place, character in enumerate(characters):
        table.setdefault(ord(character), replacements[place] if place < len(replacements) else None)
    return whole.translate(table)


@lru_cache(maxsize=256)
def _pattern(source: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    # Only whether it matches is asked; groups would cost memory with the square of their number.
    options.never_capture = True
    try:
        return re2.compile(source, options)
    except re2.error as problem:
        raise FormProblem("form.expression.bad_pattern", pattern=source) from problem


@special("regex", 2, 2, "boolean", cost=20)
def regex(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[bool]:
    """Whether the pattern is found in the text; `^` and `$` stand for its beginning and end, as in Web Forms,
    Enketo and the specification. (ODK Collect alone wants the whole text to match.)

    A pattern that is written in the form is a problem of the form if it is no good. One that comes from
    answers matches nothing then: who answers cannot mend the form.
    """
    whole, pattern = compiler.text(arguments[0]), compiler.text(arguments[1])
    if isinstance(arguments[1], Literal):
        known = _pattern(arguments[1].value)
        return lambda focus: known.search(whole(focus)) is not None

    def matches(focus: Focus) -> bool:
        try:
            found = _pattern(pattern(focus))
        except FormProblem:
            return False
        return found.search(whole(focus)) is not None

    return matches
