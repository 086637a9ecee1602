"""Reading a table of a programme's or a country's file: what it says, within the bounds of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.errors import FormProblem


def number(table: Mapping[str, Any], name: str, otherwise: int, least: int, most: int) -> int:
    """A whole number within these bounds. Problem form.programme.value_invalid."""
    value = table.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FormProblem("form.programme.value_invalid", name=name)
    return value


def word(table: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    """A text that is not empty. Problem form.programme.value_invalid."""
    value = table.get(name, otherwise)
    if not isinstance(value, str) or not value.strip():
        raise FormProblem("form.programme.value_invalid", name=name)
    return value


def words(table: Mapping[str, Any], name: str, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
    """A list of texts, each of those allowed; empty where there is none.

    Problem form.programme.value_invalid.
    """
    value = table.get(name, [])
    known = None if allowed is None else set(allowed)
    if not isinstance(value, list) or any(not isinstance(each, str) or not each for each in value):
        raise FormProblem("form.programme.value_invalid", name=name)
    if known is not None and not set(value) <= known:
        raise FormProblem("form.programme.value_invalid", name=name)
    return tuple(value)


def section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table within the table; empty where there is none. Problem form.programme.value_invalid."""
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise FormProblem("form.programme.value_invalid", name=name)
    return value


def only(table: Mapping[str, Any], *names: str) -> None:
    """A name that nobody reads is a slip of the pen that would say nothing.

    Problem form.programme.value_unknown.
    """
    unknown = sorted(set(table) - set(names))
    if unknown:
        raise FormProblem("form.programme.value_unknown", name=unknown[0])
