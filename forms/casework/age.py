"""Whether a person is of age: by the birth date, a part of it, an estimate, or an authority's finding.

A person is a minor until every account that there is makes her an adult. An authority's finding of an adult
settles what records said before it, not what the case file says today nor what is said later.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from forms.casework.case import Case, add_years
from forms.casework.facts import Evidence
from forms.casework.table import number, only
from forms.casework.word import ids, last_word, newer

#: Of age in every country of this work (Convention on the Rights of the Child, article 1).
OF_AGE: Final = 18

Basis = Literal["unknown", "birth_date", "partial", "estimate", "established", "unclear", "contradictory"]

_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?", re.ASCII)
_RANGE: Final = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?")
_VERDICT: Final = ("age.established",)
_YEARS: Final = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class AgeRules:
    """How a programme reads an age: so many years may an estimate without a range be wrong."""

    estimate_margin: int = 3

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> AgeRules:
        """Problem form.programme.value_invalid."""
        only(table, "estimate_margin")
        return cls(number(table, "estimate_margin", cls().estimate_margin, 0, 10))


_STANDARD: Final = AgeRules()


@dataclass(frozen=True, slots=True)
class Account:
    """Between which days a person was born, by one account."""

    earliest: date
    latest: date
    basis: Basis

    @property
    def of_age_from(self) -> date:
        """The first day on which this account leaves no doubt."""
        return add_years(self.latest, OF_AGE)


@dataclass(frozen=True, slots=True)
class Age:
    """What is known of a person's age. `adult_from` is the first day on which no account is in doubt."""

    adult_from: date | None
    basis: Basis
    accounts: tuple[Account, ...] = ()
    records: tuple[str, ...] = ()

    def minor_on(self, day: date) -> bool:
        """Whether she is to be treated as a minor on this day."""
        return self.adult_from is None or day < self.adult_from

    def surely_under(self, years: int, day: date) -> bool:
        """Whether she is younger than this by every account. An unknown age is not."""
        return bool(self.accounts) and all(day < add_years(a.earliest, years) for a in self.accounts)


def age(case: Case, evidence: Iterable[Evidence], today: date, rules: AgeRules = _STANDARD) -> Age:
    """What the case file and the records tell. Never fails: what cannot be read leaves her a minor."""
    found = list(evidence)
    verdicts = last_word(found, today, "age.established", good=_found_adult)
    adult = bool(verdicts) and all(_found_adult(each) for each in verdicts)
    settled = verdicts if adult else ()
    accounts, used, readable = _accounts(case, found, settled, today, rules)
    records = ids([*verdicts, *used])
    if not readable:
        return Age(None, "unclear", accounts, records)
    if verdicts and not adult:
        if any(each.text("age.established") != "minor" for each in verdicts):
            return Age(None, "unclear", accounts, records)
        return _found_minor(max(each.on for each in verdicts), accounts, records)
    if accounts:
        last = max(accounts, key=lambda account: account.of_age_from)
        agreed = len({account.of_age_from <= today for account in accounts} | ({True} if adult else set()))
        return Age(last.of_age_from, last.basis if agreed == 1 else "contradictory", accounts, records)
    if adult:
        return Age(max(each.on for each in verdicts), "established", (), records)
    return Age(None, "unknown")


def _found_adult(each: Evidence) -> bool:
    return each.text("age.established") == "adult"


def _found_minor(on: date, accounts: tuple[Account, ...], records: tuple[str, ...]) -> Age:
    """Who was found to be a minor is one until the birth date that agrees with it, or for 18 years."""
    if accounts and all(account.of_age_from > on for account in accounts):
        last = max(accounts, key=lambda account: account.of_age_from)
        return Age(last.of_age_from, last.basis, accounts, records)
    basis: Basis = "contradictory" if accounts else "established"
    return Age(add_years(on, OF_AGE), basis, accounts, records)


def _accounts(
    case: Case, found: list[Evidence], settled: tuple[Evidence, ...], today: date, rules: AgeRules
) -> tuple[tuple[Account, ...], list[Evidence], bool]:
    """The accounts, the records that they are from, and whether all could be read."""
    told: list[Account | None] = []
    used = []
    if case.birth_date is not None:
        told.append(_born(case.birth_date.isoformat()))
    for each in found:
        if settled and not any(newer(each, verdict, than=_VERDICT) for verdict in settled):
            continue
        for meaning in ("age.born", "age.estimate", "age.said"):
            value = each.get(meaning)
            if value is None or value == "":
                continue
            account = _account(meaning, value, each.on, rules)
            if each.on > today and account is not None and account.of_age_from <= today:
                continue
            told.append(account)
            used.append(each)
    return tuple(account for account in told if account is not None), used, None not in told


def _account(meaning: str, value: object, on: date, rules: AgeRules) -> Account | None:
    """Who gives an age is not mistaken by years as one who guesses is: it is taken as it was said."""
    if meaning == "age.born":
        return _born(value)
    return _estimated(f"{value}-{value}" if meaning == "age.said" else value, on, rules)


def _born(value: object) -> Account | None:
    """From a birth date, or its year, or its year and month; None for what is none of these."""
    match = _PARTIAL.fullmatch(str(value)) if isinstance(value, str | int) else None
    if match is None or int(match[1]) not in _YEARS:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if month is None:
            return Account(date(year, 1, 1), date(year, 12, 31), "partial")
        if day is None:
            return Account(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "partial")
        return Account(date(year, month, day), date(year, month, day), "birth_date")
    except ValueError:
        return None


def _estimated(value: object, on: date, rules: AgeRules) -> Account | None:
    """From `15` or `14-16` years, as they were estimated on that day."""
    match = _RANGE.fullmatch(str(value).strip()) if isinstance(value, str | int) else None
    if match is None or on.year not in _YEARS:
        return None
    low = int(match[1])
    high = int(match[2]) if match[2] else low + rules.estimate_margin
    low = low if match[2] else max(low - rules.estimate_margin, 0)
    if low > high:
        return None
    return Account(add_years(on, -high - 1), add_years(on, -low), "estimate")
