"""Plans and their money, as stories of an office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from forms.casework.facts import Evidence
from forms.casework.money import Money, Rate, Rates
from forms.casework.plan import Account, Cost, Plan, account, costs_of, counted_once

RATES = Rates((Rate("ALL", date(2026, 4, 30), Decimal("98.40")),), stale_days=400)
TODAY = date(2026, 9, 2)
PLAN = Evidence(
    "plan-1",
    "reintegration_plan",
    date(2026, 2, 10),
    {"plan.state": "confirmed"},
    {
        "service": (
            {"service.kind": "training", "service.provider": "Tailors", "service.line": "A-3"},
            {"service.kind": "health", "service.due": "2026-03-01", "service.state": "done"},
        ),
        "budget": (
            {"budget.line": "A-3", "budget.donor": "A", "budget.amount": "1000", "budget.currency": "EUR",
             "budget.services": ["training", "income"]},
            {"budget.line": "A-4", "budget.donor": "A", "budget.amount": "29520", "budget.currency": "ALL",
             "budget.services": ["health"]},
        ),
    },
)  # fmt: skip
LATER_RATES = Rates((Rate("ALL", date(2026, 1, 1), Decimal("98.40")),), stale_days=400)


def paid(record: str, on: str, amount: Any, currency: str = "EUR", **more: str) -> Evidence:
    values = {
        "assistance.kind": more.pop("kind", "training"),
        "assistance.provider": more.pop("provider", "Tailors"),
        "assistance.on": on,
        "assistance.amount": amount,
        "assistance.currency": currency,
        "assistance.line": more.pop("line", "A-3"),
        "assistance.receipt": more.pop("receipt", f"no. {record}"),
        **{f"assistance.{name}": value for name, value in more.items()},
    }
    return Evidence(record, "assistance", date.fromisoformat(on), values)


def book(*records: Evidence, donors: dict[str, str] | None = None) -> Account:
    plan = Plan.of([PLAN, *records], TODAY)
    return account(plan, costs_of(records), LATER_RATES, TODAY, donors)


def test_assistance_draws_the_line_down_in_euro_and_in_local_money() -> None:
    found = book(paid("r1", "2026-03-01", "250.50"), paid("r2", "2026-05-04", "9840", "ALL"))
    line = found.lines[0]
    assert (line.budget, line.spent, line.left) == (Decimal(1000), Decimal("350.50"), Decimal("649.50"))
    assert line.local == {"ALL": Decimal(9840), "EUR": Decimal("250.50")}
    assert line.codes == ()
    assert found.lines[1].budget == Decimal("300.00")
    assert found.findings == found.twice == ()


def test_month_seven_the_receipt_of_may_is_found_in_the_other_donors_line() -> None:
    """Vignette 10: 640 EUR are unspent, and 35,000 ALL of May are booked to somebody else's line."""
    found = book(
        paid("r1", "2026-03-01", "360"),
        paid("r2", "2026-05-12", "35000", "ALL", line="B-1"),
        paid("r3", "2026-05-13", "29520", "ALL", kind="health", line="A-4"),
        donors={"B-1": "B"},
    )
    assert found.lines[0].left == Decimal(640)
    assert found.unspent == Decimal(640)
    (finding,) = found.findings
    assert (finding.code, finding.cost.evidence, finding.lines) == ("cost.line.other_donor", "r2", ("A-3",))
    assert finding.eur == found.outside == Decimal("355.69")


def test_a_line_that_nobody_knows_is_not_in_the_plan() -> None:
    (finding,) = book(paid("r1", "2026-03-01", "5", line="Z-9")).findings
    assert (finding.code, finding.lines) == ("cost.line.not_in_plan", ("A-3",))
    (finding,) = book(paid("r1", "2026-03-01", "5", line="A-4")).findings
    assert (finding.code, finding.lines) == ("cost.line.not_in_plan", ("A-3",))
    (finding,) = book(paid("r1", "2026-03-01", "5", line="")).findings
    assert finding.code == "cost.line.missing"


def test_over_budget_is_warned_of_with_the_costs_that_made_it_so_until_a_reason_is_given() -> None:
    first, second = paid("r1", "2026-03-01", "900"), paid("r2", "2026-04-01", "100.01")
    line = book(first, second).lines[0]
    assert (line.left, line.codes) == (Decimal("-0.01"), ("budget.line.over",))
    assert [cost.evidence for cost in line.causes] == ["r2"]
    because = paid("r2", "2026-04-01", "100.01", over_budget_reason="Price of thread")
    line = book(first, because).lines[0]
    assert (line.codes, line.reasons) == (("budget.line.over_explained",), ("Price of thread",))
    assert book(first, paid("r2", "2026-04-01", "100")).lines[0].codes == ()
    blank = paid("r2", "2026-04-01", "100.01", over_budget_reason="  ")
    assert book(first, blank).lines[0].codes == ("budget.line.over",)


def test_one_receipt_that_two_workers_entered_is_one_cost() -> None:
    mine = paid("r1", "2026-05-12", "35000", "ALL", receipt="Nr 117 / A", provider="Rrobaqepësia Ylli")
    hers = paid(
        "r2", "2026-05-12", "35000.00", "ALL", receipt="NR117/a", provider="rrobaqepësia  ylli", line="B-1"
    )
    found = book(mine, hers)
    assert found.lines[0].spent == Decimal("355.69")
    assert found.outside == 0
    (twice,) = found.twice
    assert (twice.cost.evidence, twice.first.evidence, twice.other_line) == ("r2", "r1", True)


def test_the_same_record_handed_in_twice_is_one_cost_and_its_rows_are_several() -> None:
    record = paid("r1", "2026-03-01", "10", receipt="")
    assert book(record, record).lines[0].spent == Decimal(10)
    row = {"assistance.kind": "training", "assistance.amount": "10", "assistance.currency": "EUR",
           "assistance.line": "A-3", "assistance.receipt": "1"}  # fmt: skip
    in_rows = Evidence(
        "r2", "f", date(2026, 3, 1), {}, {"assistance": (row, {**row, "assistance.receipt": "2"})}
    )
    assert book(in_rows).lines[0].spent == Decimal(20)


def test_alike_without_a_receipts_number_are_two_costs_and_both_are_told() -> None:
    found = book(paid("r1", "2026-03-01", "10", receipt=""), paid("r2", "2026-03-01", "10", receipt=" "))
    assert found.lines[0].spent == Decimal(20)
    assert [finding.code for finding in found.findings] == ["cost.receipt.missing"] * 2


def test_a_receipt_of_another_day_amount_or_provider_is_another_one() -> None:
    one = paid("r1", "2026-03-01", "10", receipt="7")
    for other in (
        paid("r2", "2026-03-02", "10", receipt="7"),
        paid("r2", "2026-03-01", "10.01", receipt="7"),
        paid("r2", "2026-03-01", "10", receipt="7", provider="Bakery"),
        paid("r2", "2026-03-01", "10", "ALL", receipt="7"),
    ):
        assert book(one, other).twice == ()


def test_what_cannot_be_read_or_converted_leaves_the_sum_incomplete() -> None:
    for record, code in (
        (paid("r1", "2026-03-01", "a lot"), "cost.amount.unreadable"),
        (paid("r1", "2026-03-01", "10", "UAH"), "money.rate.missing"),
        (paid("r1", "2062-03-01", "10"), "cost.date.future"),
    ):
        found = book(record, paid("r2", "2026-03-01", "5"))
        assert code in [finding.code for finding in found.findings]
        assert found.lines[0].spent == Decimal(5)
        assert "budget.line.incomplete" in found.lines[0].codes


def test_a_plan_that_was_confirmed_anew_replaces_the_one_before() -> None:
    newer = Evidence("plan-2", "f", date(2026, 6, 1), {}, {
        "budget": ({"budget.line": "A-3", "budget.amount": "x", "budget.currency": "EUR"},),
    })  # fmt: skip
    plan = Plan.of([newer, PLAN], TODAY)
    assert [line.id for line in plan.lines] == ["A-3"]
    assert [service.kind for service in plan.services] == ["training", "health"]
    found = account(plan, costs_of([paid("r1", "2026-03-01", "10")]), RATES, TODAY)
    assert (found.lines[0].left, found.lines[0].codes) == (None, ("budget.line.incomplete",))


COSTS = st.lists(
    st.builds(
        Cost,
        evidence=st.sampled_from("abcdef"),
        kind=st.sampled_from(["training", "health", "x"]),
        provider=st.sampled_from(["P", "p ", "Q"]),
        on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        money=st.none()
        | st.builds(Money, st.decimals(0, 2000, places=2), st.sampled_from(["EUR", "ALL", "UAH"])),
        line=st.sampled_from(["A-3", "A-4", "B-1", ""]),
        receipt=st.sampled_from(["", "1", "2"]),
    ),
    max_size=12,
)  # fmt: skip


@given(COSTS)
def test_to_hand_costs_in_twice_changes_no_sum(costs: list[Cost]) -> None:
    plan = Plan.of([PLAN], TODAY)
    once = account(plan, costs, LATER_RATES, TODAY)
    doubled = [*costs, *costs]
    again = account(plan, doubled, LATER_RATES, TODAY)
    assert [line.spent for line in again.lines] == [line.spent for line in once.lines]
    assert again.outside == once.outside
    counted, twice = counted_once(costs)
    assert len(counted) + len(twice) == len(costs)


@given(COSTS)
def test_every_cost_is_in_one_sum_or_told(costs: list[Cost]) -> None:
    found = account(Plan.of([PLAN], TODAY), costs, LATER_RATES, TODAY)
    told = {id(finding.cost) for finding in found.findings} | {id(twice.cost) for twice in found.twice}
    total = sum((line.spent for line in found.lines), found.outside)
    worth = Decimal(0)
    for cost in counted_once(costs)[0]:
        eur = LATER_RATES.euro(cost.money, cost.on).eur if cost.money else None
        if eur is None or cost.on > TODAY:
            assert id(cost) in told
        else:
            worth += eur
    assert total == worth
