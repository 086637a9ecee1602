"""The money of a case on a device: its budget lines, what help has drawn down, and at which dated rates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.money import MoneyView
from app.problems import Problem
from app.store import reference
from sync_server.protocol.messages import Reference
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import answer, done
from tests.fieldbook.test_office_file import add_row

PROGRAMME = """
id = "care"
title = "Care"

[[rates.rates]]
currency = "ALL"
on = 2026-05-01
per_euro = 100
source = "Example bank"

[[rates.rates]]
currency = "ALL"
on = 2026-05-20
per_euro = 50
source = "Example bank"
"""


@pytest.fixture
def arta(book: Fieldbook) -> Fieldbook:
    book._store.write(lambda db: reference.put(db, Reference(programmes={"care": PROGRAMME})))
    return book


@pytest.fixture
def case(arta: Fieldbook) -> str:
    """A plan with 300 EUR for health and 20,000 ALL for work, agreed on 4 May."""
    case: str = done(arta.new_case("al", "sq"))
    opened = done(arta.begin(case, "reintegration_plan"))
    answer(
        arta, opened, plan_on="2026-05-04", state="draft", goals="A shop of her own", monitoring="draft",
        signed="no",
    )  # fmt: skip
    add_row(arta, opened, "money/budget", {
        "budget_line": "Health", "budget_amount": "300", "budget_currency": "EUR", "budget_donor": "Donor A",
    })  # fmt: skip
    change = opened.entry.add_instance("money/budget")
    done(arta.save(opened.record, change))
    for name, raw in {"budget_line": "Work", "budget_amount": "20000", "budget_currency": "ALL"}.items():
        done(arta.save(opened.record, opened.entry.answer(f"{change.path}/{name}", raw)))
    left = done(arta.finish(opened.record))
    assert left == (), left
    return case


def pay(
    book: Fieldbook, case: str, amount: str, currency: str = "EUR", line: str = "Health", **more: Any
) -> str:
    opened = done(book.begin(case, "assistance"))
    given = {
        "assistance_kind": "medical", "received": "yes", "paid_by": "us", "currency": currency,
        "amount": amount, "donor": "Donor A", "budget_line": line, "receipt": "1/26", **more,
    }  # fmt: skip
    answer(book, opened, **given)
    left = done(book.finish(opened.record))
    assert left == (), left
    return str(opened.record)


def money(book: Fieldbook, case: str) -> MoneyView:
    found: MoneyView = done(book.money.of_case(case))
    return found


def test_help_draws_the_plan_down_in_its_own_currency_and_in_euro_by_a_dated_rate(
    arta: Fieldbook, case: str
) -> None:
    pay(arta, case, "120", receipt="1/26")
    pay(arta, case, "5000", "ALL", receipt="2/26")
    view = money(arta, case)
    health, work = view.account.lines
    assert (health.budget, health.spent, health.left) == (Decimal(300), Decimal(170), Decimal(130))
    assert health.local == {"ALL": Decimal(5000), "EUR": Decimal(120)}
    assert (work.budget, work.spent) == (Decimal(200), 0)
    (rate,) = view.rates
    assert (rate.per_euro, str(rate.on), rate.source) == (Decimal(100), "2026-05-01", "Example bank")
    assert [each.converted.eur for each in view.costs if each.converted] == [Decimal(50), Decimal(120)]
    assert view.costs[0].titles["en"] == "Medical care"


def test_a_later_rate_does_not_change_what_a_cost_was(arta: Fieldbook, case: str, clock: Clock) -> None:
    pay(arta, case, "5000", "ALL")
    clock.now += timedelta(days=30)
    pay(arta, case, "5000", "ALL", receipt="2/26")
    (spent, *_) = (each.spent for each in money(arta, case).account.lines)
    assert spent == 150
    assert len(money(arta, case).rates) == 2


def test_without_a_rate_nothing_is_taken_one_to_one_and_it_is_said(arta: Fieldbook, case: str) -> None:
    pay(arta, case, "900", "MAD")
    view = money(arta, case)
    health = view.account.lines[0]
    assert (health.spent, health.local, health.codes) == (
        0,
        {"MAD": Decimal(900)},
        ("budget.line.incomplete",),
    )
    assert [each.code for each in view.account.findings] == ["money.rate.missing"]
    converted = view.costs[0].converted
    assert converted is not None
    assert (converted.eur, converted.code, converted.rate) == (None, "money.rate.missing", None)
    assert {rate.currency for rate in view.rates} == {"ALL"}, "that of the other line's budget"


def test_a_receipt_that_two_records_tell_is_one_cost(arta: Fieldbook, case: str) -> None:
    first = pay(arta, case, "120", provider_kind="partner", provider="Clinic", receipt="17 / 26")
    second = pay(arta, case, "120", provider_kind="partner", provider="clinic", receipt="17/26")
    other = pay(arta, case, "120", provider_kind="partner", provider="Chemist", receipt="17/26")
    view = money(arta, case)
    assert view.account.lines[0].spent == 240
    assert {(each.cost.evidence, each.counted_with) for each in view.costs} == {
        (first, ""), (second, first), (other, ""),
    }  # fmt: skip


def test_over_its_budget_a_line_asks_why_and_the_answer_stands_in_the_record(
    arta: Fieldbook, case: str
) -> None:
    pay(arta, case, "250", receipt="1/26")
    over = pay(arta, case, "80", receipt="2/26")
    (health, _) = money(arta, case).account.lines
    assert (health.left, health.codes) == (Decimal(-30), ("budget.line.over",))
    assert [each.evidence for each in health.causes] == [over]
    with pytest.raises(Problem, match=r"money\.reason\.missing"):
        done(arta.money.explain(over, "  "))
    done(arta.money.explain(over, "A second operation"))
    (health, _) = money(arta, case).account.lines
    assert (health.codes, health.reasons) == (("budget.line.over_explained",), ("A second operation",))
    (row,) = (row for row in done(arta.case(case)).records if row.id == over)
    assert row.state == "only_here", "it goes to the server like any other change"


def test_a_reason_is_not_written_over_what_is_being_changed(arta: Fieldbook, case: str) -> None:
    over = pay(arta, case, "330")
    opened = done(arta.edit(over))
    answer(arta, opened, amount="340")
    with pytest.raises(Problem, match=r"money\.record\.open"):
        done(arta.money.explain(over, "It was urgent"))
    assert money(arta, case).account.lines[0].reasons == ()


def test_a_plan_has_no_reason_to_be_over(arta: Fieldbook, case: str) -> None:
    (plan,) = (row.id for row in done(arta.case(case)).records if row.form == "reintegration_plan")
    with pytest.raises(Problem, match=r"money\.record\.other"):
        done(arta.money.explain(plan, "Because"))


def test_costs_of_all_files_of_a_person_are_one_account(arta: Fieldbook, case: str) -> None:
    other = done(arta.new_case("al", "sq"))
    pay(arta, other, "40", receipt="9/26")
    pay(arta, case, "60", receipt="8/26")
    done(arta.decisions.join_files(other, case, "Both papers have one number"))
    for file in (case, other):
        assert money(arta, file).account.lines[0].spent == 100


def test_a_case_without_a_plan_has_no_line_and_its_costs_are_outside(arta: Fieldbook) -> None:
    case = done(arta.new_case("al", "sq"))
    pay(arta, case, "60")
    view = money(arta, case)
    assert (view.account.lines, view.account.outside) == ((), 60)
