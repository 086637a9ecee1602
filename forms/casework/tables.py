"""Sections of a programme's file, read strictly: a misspelt setting must not silently be a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from forms.errors import FormProblem

#: Ten years: no offset of casework is longer, and a date plus it always is one.
MOST_DAYS: Final = 3660


class Table:
    """One table of a programme's file. Whatever is wrong with it is form.programme.section_invalid.

    `settings` are all the keys that it may have.
    """

    def __init__(self, section: str, table: object, settings: frozenset[str]) -> None:
        self.section = section
        if not isinstance(table, Mapping):
            raise self.wrong("")
        for key in table:
            if key not in settings:
                raise self.wrong(str(key))
        self._table: Mapping[str, Any] = table

    def wrong(self, key: str) -> FormProblem:
        return FormProblem("form.programme.section_invalid", section=self.section, key=key)

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def whole(self, key: str, default: int) -> int:
        """A whole number from 0 to ten years of days."""
        return self.days(key, self._table.get(key, default))

    def days(self, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DAYS:
            raise self.wrong(key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default one that has to be there and to say something."""
        value = self._table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list | tuple) or any(not isinstance(each, str) for each in value):
            raise self.wrong(key)
        return tuple(value)

    def texts(self, key: str) -> dict[str, str]:
        """A text in several languages, by the language's code."""
        value = self._table.get(key, {})
        if not isinstance(value, Mapping) or any(not isinstance(each, str) for each in value.values()):
            raise self.wrong(key)
        return {str(language): text for language, text in value.items()}

    def wholes(self, key: str, defaults: Mapping[str, int]) -> dict[str, int]:
        """Whole numbers by name: those given replace the defaults, and no other names are known."""
        value = self._table.get(key, {})
        if not isinstance(value, Mapping) or not set(value) <= set(defaults):
            raise self.wrong(key)
        return {**defaults, **{name: self.days(key, each) for name, each in value.items()}}

    def tables(self, key: str, settings: frozenset[str]) -> list[Table]:
        value = self._table.get(key, [])
        if not isinstance(value, list | tuple):
            raise self.wrong(key)
        return [Table(f"{self.section}.{key}", each, settings) for each in value]

    def subtable(self, key: str, settings: frozenset[str]) -> Table:
        return Table(f"{self.section}.{key}", self._table.get(key, {}), settings)

    def day(self, key: str) -> date | None:
        """A date, as TOML has it or as text; None where there is none."""
        value = self._table.get(key)
        if value is None or (type(value) is date):
            return value
        try:
            return date.fromisoformat(value) if isinstance(value, str) else self._no_day(key)
        except ValueError:
            raise self.wrong(key) from None

    def amount(self, key: str) -> Decimal:
        """An exact number that is not negative: written as text or as a whole number, never as a float."""
        value = self._table.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.wrong(key)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.wrong(key) from None
        if not number.is_finite() or number < 0:
            raise self.wrong(key)
        return number

    def _no_day(self, key: str) -> date:
        raise self.wrong(key)


def names_of(kind: type) -> frozenset[str]:
    """The settings of a section are the fields of what is made of it."""
    return frozenset(each.name for each in fields(kind))
