"""Money of a case: exact amounts in any currency, and what they are in euro by dated rates.

Decimal arithmetic throughout, never a float. An amount that cannot be read or converted is never taken for
nothing: it comes back with a code, and whoever sums up tells that the sum is 'at least'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

from forms.casework.tables import Table, names_of

EUR: Final = "EUR"
CENT: Final = Decimal("0.01")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")

RateCode = Literal["", "money.rate.missing", "money.rate.stale"]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, by its ISO 4217 code. Never negative: what comes back is a cost less.

    Raises ValueError for what is no amount of money.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0 or not _CURRENCY.fullmatch(self.currency):
            raise ValueError("no amount of money")

    @classmethod
    def read(cls, amount: object, currency: object) -> Money | None:
        """From two answers of a record; None where they are no amount of money.

        An integer or a decimal as records hold them: the digits that were typed, or a number of JSON, which
        is read by its shortest digits.
        """
        if isinstance(amount, bool) or not isinstance(amount, str | int | float | Decimal):
            return None
        written = amount if isinstance(amount, str) else format(Decimal(str(amount)), "f")
        code = currency.strip().upper() if isinstance(currency, str) else ""
        if not _NUMBER.fullmatch(written) or not _CURRENCY.fullmatch(code):
            return None
        return cls(Decimal(written), code)


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of a currency one euro was on a day."""

    currency: str
    on: date
    per_euro: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in euro, to the cent, with the rate that it was made by.

    `code` is empty, or tells that there is no rate (then `eur` is None) or only one that is too old.
    """

    eur: Decimal | None
    rate: Rate | None = None
    code: RateCode = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """The dated rates of a programme. Older than `stale_days` a rate is used, and told to be stale."""

    rates: tuple[Rate, ...] = ()
    stale_days: int = 45

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Rates:
        """From the section `rates`. Problem form.programme.section_invalid, also for two of one day."""
        given = Table("rates", table, names_of(cls))
        found: dict[tuple[str, date], Rate] = {}
        for each in given.tables("rates", frozenset({"currency", "on", "per_euro", "source"})):
            currency, on, per_euro = each.text("currency"), each.day("on"), each.amount("per_euro")
            if not _CURRENCY.fullmatch(currency) or currency == EUR:
                raise each.wrong("currency")
            if on is None or (currency, on) in found:
                raise each.wrong("on")
            if per_euro == 0:
                raise each.wrong("per_euro")
            found[currency, on] = Rate(currency, on, per_euro, each.text("source", ""))
        return cls(tuple(found.values()), given.whole("stale_days", cls().stale_days))

    def euro(self, money: Money, on: date) -> Converted:
        """By the last rate of that day or before, half a cent rounded up. A later rate is never used: what
        a cost was is not to change when a rate is published.
        """
        if money.currency == EUR:
            return Converted(_cents(money.amount))
        known = [rate for rate in self.rates if rate.currency == money.currency and rate.on <= on]
        if not known:
            return Converted(None, None, "money.rate.missing")
        rate = max(known, key=lambda each: each.on)
        stale = on - rate.on > timedelta(days=self.stale_days)
        eur = _cents(money.amount / rate.per_euro)
        return Converted(eur, rate, "money.rate.stale" if stale else "")


def by_currency(amounts: Iterable[Money]) -> dict[str, Decimal]:
    """The sum in each currency, by its code."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return dict(sorted(sums.items()))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
