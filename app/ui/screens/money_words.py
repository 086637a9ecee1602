"""Amounts, rates and what is to be looked at of a case's money, put into words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel import numbers

from app.ui.i18n import N_, T, joined, language
from app.ui.screens import wording
from forms.casework.money import Converted, Money, Rate

FINDINGS: Mapping[str, str] = {
    "cost.amount.unreadable": N_("The amount cannot be read: it is in no sum."),
    "cost.date.future": N_("It is dated in the future: it is in no sum yet."),
    "cost.receipt.missing": N_("It has no number of a receipt."),
    "cost.line.missing": N_("It names no budget line: it is in no line’s sum."),
    "cost.line.other_donor": N_("It is booked on another donor’s line."),
    "cost.line.not_in_plan": N_("Its budget line is not one that the plan has for this."),
    "money.rate.missing": N_(
        "There is no rate for its currency on that day: it is not converted, and in no sum."
    ),
    "money.rate.stale": N_("The last rate before that day is old."),
}


def amount(value: Decimal, currency: str) -> T:
    """'1,234.50 EUR', as the language of now writes numbers."""
    return T.of(lambda: f"{numbers.format_decimal(value, '#,##0.00', language.locale)} {currency}")


def money(value: Money | None) -> T:
    return T("an amount that cannot be read") if value is None else amount(value.amount, value.currency)


def sums(local: Mapping[str, Decimal]) -> T:
    return joined(*(amount(value, currency) for currency, value in local.items()))


def in_euro(converted: Converted | None) -> T:
    """What an amount is in euro; that there is no rate is said, and never one to one assumed."""
    if converted is None or (converted.eur is None and not converted.code):
        return T("not known in EUR")
    if converted.eur is None:
        return T("no rate: not known in EUR")
    return amount(converted.eur, "EUR")


def rate(each: Rate) -> T:
    """'1 EUR = 100.5 ALL on 3 May 2026 · National bank'."""

    def equal() -> str:
        value = numbers.format_decimal(each.per_euro, "#,##0.######", language.locale)
        return f"1 EUR = {value} {each.currency}"

    # Its sides do not change places in a line from right to left.
    told = T("{rate} on {day}", rate=T.of(equal), day=wording.date_of(each.on))
    return joined(told, each.source)


def finding(code: str) -> T:
    return T(FINDINGS[code]) if code in FINDINGS else T.of(lambda: code)
