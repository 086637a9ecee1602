"""Amounts and rates: exact, dated, and never silently nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.money import Money, Rate, Rates, by_currency
from forms.errors import FormProblem

MAY = date(2026, 5, 4)
RATES = Rates.from_table(
    {
        "rates": [
            {"currency": "ALL", "on": "2026-04-30", "per_euro": "98.40", "source": "bank"},
            {"currency": "ALL", "on": "2026-05-31", "per_euro": "97.90"},
            {"currency": "MAD", "on": date(2026, 1, 2), "per_euro": "10.7"},
        ]
    }
)


def test_an_amount_is_worth_what_it_was_on_its_day() -> None:
    all_ = Money(Decimal(35000), "ALL")
    assert RATES.euro(all_, MAY).eur == Decimal("355.69")
    assert RATES.euro(all_, date(2026, 5, 31)).eur == Decimal("357.51")
    assert RATES.euro(Money(Decimal("12.345"), "EUR"), MAY).eur == Decimal("12.35")


def test_without_a_rate_there_is_no_sum_and_an_old_rate_is_told() -> None:
    assert RATES.euro(Money(Decimal(1), "UAH"), MAY).code == "money.rate.missing"
    before = RATES.euro(Money(Decimal(1), "ALL"), date(2026, 4, 29))
    assert (before.eur, before.code) == (None, "money.rate.missing")
    old = RATES.euro(Money(Decimal(107), "MAD"), MAY)
    assert (old.eur, old.code) == (Decimal("10.00"), "money.rate.stale")


#: amount, currency, what is read
ANSWERS: list[tuple[Any, Any, str | None]] = [
    ("35000", "ALL", "35000 ALL"),
    ("35000.50", "all ", "35000.50 ALL"),
    (35000, "ALL", "35000 ALL"),
    (0.1, "EUR", "0.1 EUR"),
    ("-5", "EUR", None),
    ("1,5", "EUR", None),
    ("", "EUR", None),
    ("NaN", "EUR", None),
    ("1e3", "EUR", None),
    (float("inf"), "EUR", None),
    (True, "EUR", None),
    (None, "EUR", None),
    ("5", "euro", None),
    ("5", None, None),
    (["5"], "EUR", None),
]


@pytest.mark.parametrize(("amount", "currency", "read"), ANSWERS)
def test_answers_are_read_exactly_or_not_at_all(amount: Any, currency: Any, read: str | None) -> None:
    money = Money.read(amount, currency)
    assert (money and f"{money.amount} {money.currency}") == read


@pytest.mark.parametrize(
    "rates",
    [
        [{"currency": "ALL", "on": "2026-05-01", "per_euro": 98.4}],
        [{"currency": "ALL", "on": "2026-05-01", "per_euro": "0"}],
        [{"currency": "ALL", "on": "2026-05-01", "per_euro": "-1"}],
        [{"currency": "ALL", "on": "soon", "per_euro": "98"}],
        [{"currency": "ALL", "per_euro": "98"}],
        [{"currency": "EUR", "on": "2026-05-01", "per_euro": "1"}],
        [{"currency": "ALL", "on": "2026-05-01", "per_euro": n} for n in ("98", "99")],
    ],
)
def test_a_rate_is_exact_dated_and_there_once(rates: Any) -> None:
    with pytest.raises(FormProblem):
        Rates.from_table({"rates": rates})


AMOUNTS = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)


@given(AMOUNTS, st.decimals("0.01", 10**5, places=4), st.dates(date(2026, 1, 1)), st.integers(0, 400))
def test_a_later_rate_never_changes_what_a_cost_was(
    amount: Decimal, per_euro: Decimal, on: date, days: int
) -> None:
    known = Rates((Rate("ALL", date(2026, 1, 1), Decimal(100)),))
    later = date.fromordinal(min(on.toordinal() + 1 + days, date.max.toordinal()))
    if later == on:
        return
    money = Money(amount, "ALL")
    assert Rates((*known.rates, Rate("ALL", later, per_euro))).euro(money, on) == known.euro(money, on)
    assert known.euro(money, on).eur == (amount / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from(["EUR", "ALL", "MAD"]))))
def test_sums_are_exact_and_in_their_own_currency(pairs: list[tuple[Decimal, str]]) -> None:
    sums = by_currency(Money(*pair) for pair in pairs)
    for currency, total in sums.items():
        cents = sum(int(amount * 100) for amount, each in pairs if each == currency)
        assert total * 100 == cents


def test_a_rate_is_stale_from_the_day_after_its_days() -> None:
    rates = Rates((Rate("ALL", MAY, Decimal(100)),), stale_days=10)
    one = Money(Decimal(1), "ALL")
    assert rates.euro(one, MAY + timedelta(days=10)).code == ""
    assert rates.euro(one, MAY + timedelta(days=11)).code == "money.rate.stale"
