"""A case's reintegration plan: what is agreed, from which budget lines, and how far it is drawn down.

Assistance that was delivered draws the plan down. No cost counts twice: the same receipt that two records
tell is one cost, and the second record is shown with the first. What is booked where the plan does not have
it is found, with the line that it belongs to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence
from forms.casework.money import Money, Rates, by_currency
from forms.casework.need import need_met_by

CostCode = Literal[
    "cost.amount.unreadable",
    "cost.date.future",
    "cost.receipt.missing",
    "cost.line.missing",
    "cost.line.other_donor",
    "cost.line.not_in_plan",
    "money.rate.missing",
    "money.rate.stale",
]
BalanceCode = Literal["budget.line.over", "budget.line.over_explained", "budget.line.incomplete"]
#: With these a cost is not in any sum.
_NOT_COUNTED = frozenset({"cost.amount.unreadable", "cost.date.future", "money.rate.missing"})


@dataclass(frozen=True, slots=True)
class Service:
    """One service that was agreed: who provides it, by when, from which budget line."""

    kind: str
    provider: str = ""
    due: date | None = None
    state: str = "open"
    line: str = ""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What a programme and donor give this case for services of these kinds (all, where none is named)."""

    id: str
    budget: Money | None
    programme: str = ""
    donor: str = ""
    services: frozenset[str] = frozenset()

    def covers(self, kind: str) -> bool:
        return not self.services or bool(self.services & {kind, need_met_by(kind)})


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as its last record has it. `agreed_on` is the day from which its budget is converted."""

    services: tuple[Service, ...] = ()
    lines: tuple[BudgetLine, ...] = ()
    agreed_on: date | None = None

    @classmethod
    def of(cls, evidence: Iterable[Evidence], today: date) -> Plan:
        """From the records of a case: services and lines each from the last record that tells any."""
        known = tuple(evidence)
        agreed = latest_of_each(("", s) for s in statements(known, today, "service.kind")).get("", [])
        budget = latest_of_each(("", s) for s in statements(known, today, "budget.line")).get("", [])
        services = tuple(
            Service(
                each.text("service.kind"),
                each.text("service.provider"),
                each.day("service.due"),
                each.text("service.state") or "open",
                each.text("service.line"),
            )
            for each in agreed
        )
        lines = tuple(
            BudgetLine(
                each.text("budget.line"),
                Money.read(each.get("budget.amount"), each.get("budget.currency")),
                each.text("budget.programme"),
                each.text("budget.donor"),
                each.chosen("budget.services"),
            )
            for each in budget
        )
        return cls(services, lines, budget[-1].on if budget else None)

    def line(self, id: str) -> BudgetLine | None:
        return next((line for line in self.lines if line.id == id), None)

    def lines_for(self, kind: str) -> tuple[BudgetLine, ...]:
        """The lines from which help of this kind may be paid: those that the plan names for it or for the
        need that it meets, and where it names none, all that cover it."""
        meant = {kind, need_met_by(kind)}
        named = {service.line for service in self.services if service.kind in meant and service.line}
        return tuple(line for line in self.lines if (line.id in named if named else line.covers(kind)))


@dataclass(frozen=True, slots=True)
class Cost:
    """Assistance that was delivered and paid, as one record tells it."""

    evidence: str
    kind: str
    provider: str
    on: date
    money: Money | None
    line: str = ""
    receipt: str = ""
    over_budget_reason: str = ""
    order: str = ""

    @property
    def receipt_key(self) -> tuple[str, str, date, Money] | None:
        """What makes two records the same receipt, however it was typed; None where that cannot be told."""
        if self.money is None or not _plain(self.receipt):
            return None
        money = Money(self.money.amount.normalize(), self.money.currency)
        return _plain(self.receipt), _plain(self.provider), self.on, money


def costs_of(evidence: Iterable[Evidence]) -> tuple[Cost, ...]:
    """Every cost that the records of a case tell, the oldest first, the same record's too where it is handed
    in twice. Records that tell no amount cost nothing.
    """
    found = []
    for each in statements(evidence, date.max, "assistance.amount"):
        found.append(
            Cost(
                each.record,
                each.text("assistance.kind"),
                each.text("assistance.provider"),
                each.day("assistance.on") or each.on,
                Money.read(each.get("assistance.amount"), each.get("assistance.currency")),
                each.text("assistance.line"),
                each.text("assistance.receipt"),
                each.text("assistance.over_budget_reason"),
                each.order,
            )
        )
    return tuple(sorted(found, key=lambda cost: (cost.on, cost.order, cost.evidence)))


@dataclass(frozen=True, slots=True)
class Twice:
    """A cost that is not counted because `first` is the same one. `other_line`: it was booked elsewhere."""

    cost: Cost
    first: Cost

    @property
    def other_line(self) -> bool:
        return self.cost.line != self.first.line


def counted_once(costs: Iterable[Cost]) -> tuple[tuple[Cost, ...], tuple[Twice, ...]]:
    """The costs, each once, and those that tell one of them again.

    The same cost is: the same record, unless its rows differ; or the same receipt number of the same
    provider, date and amount. Two without a receipt's number are two: that they are alike proves nothing.
    """
    first: dict[object, Cost] = {}
    counted, again = [], []
    for cost in costs:
        same_record = (cost.evidence, cost.kind, cost.provider, cost.on, cost.money, cost.line, cost.receipt)
        keys: list[object] = [same_record]
        if cost.receipt_key is not None:
            keys.append(cost.receipt_key)
        before = next((first[key] for key in keys if key in first), None)
        if before is not None:
            again.append(Twice(cost, before))
            continue
        first.update(dict.fromkeys(keys, cost))
        counted.append(cost)
    return tuple(counted), tuple(again)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one cost that a person has to look at. `lines` are those that it may belong to."""

    code: CostCode
    cost: Cost
    eur: Decimal | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineBalance:
    """One line in euro: `spent` is at least that where `codes` say that it is incomplete.

    `local` are the sums in the currencies in which they were paid. `left` is below zero where the line is
    over its budget, and None where the budget itself cannot be read or converted. `reasons` are those that
    workers have given for being over it.
    """

    line: BudgetLine
    budget: Decimal | None
    spent: Decimal
    left: Decimal | None
    local: dict[str, Decimal]
    codes: tuple[BalanceCode, ...]
    causes: tuple[Cost, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A case's money: the balance of each line, and what is to be looked at."""

    lines: tuple[LineBalance, ...]
    findings: tuple[Finding, ...]
    twice: tuple[Twice, ...]
    outside: Decimal = field(default=Decimal(0))
    """Spent on the case in lines that its plan does not have, in euro."""

    @property
    def unspent(self) -> Decimal:
        """What is left of all lines together, those over their budget not taken off."""
        return sum((max(b.left, Decimal(0)) for b in self.lines if b.left is not None), Decimal(0))


def account(
    plan: Plan, costs: Iterable[Cost], rates: Rates, today: date, donors: dict[str, str] | None = None
) -> Account:
    """The account of a case on a day. `donors` tells the donor of lines that other plans have, by id."""
    counted, twice = counted_once(costs)
    findings: list[Finding] = []
    euro: dict[int, Decimal] = {}
    for place, cost in enumerate(counted):
        codes, eur = _worth(cost, rates, today)
        found = [*codes, *_booking(plan, cost, donors or {})]
        findings += [Finding(code, cost, eur, _belongs_to(plan, cost, code)) for code in found]
        if eur is not None and not _NOT_COUNTED & set(codes):
            euro[place] = eur
    lines = tuple(_balance(plan.agreed_on, line, counted, euro, rates) for line in plan.lines)
    known = {line.id for line in plan.lines}
    outside = sum((eur for place, eur in euro.items() if counted[place].line not in known), Decimal(0))
    return Account(lines, tuple(findings), twice, outside)


def _worth(cost: Cost, rates: Rates, today: date) -> tuple[list[CostCode], Decimal | None]:
    if cost.money is None:
        return ["cost.amount.unreadable"], None
    converted = rates.euro(cost.money, cost.on)
    codes: list[CostCode] = []
    if cost.on > today:
        codes.append("cost.date.future")
    if converted.code:
        codes.append(converted.code)
    if not _plain(cost.receipt):
        codes.append("cost.receipt.missing")
    return codes, converted.eur


def _booking(plan: Plan, cost: Cost, donors: dict[str, str]) -> list[CostCode]:
    """Whether the cost is in the line that it belongs to."""
    if not cost.line:
        return ["cost.line.missing"]
    fitting = plan.lines_for(cost.kind)
    if any(line.id == cost.line for line in fitting):
        return []
    booked = plan.line(cost.line)
    donor = booked.donor if booked is not None else donors.get(cost.line, "")
    if donor and fitting and all(line.donor != donor for line in fitting):
        return ["cost.line.other_donor"]
    return ["cost.line.not_in_plan"] if booked is None or fitting else []


def _belongs_to(plan: Plan, cost: Cost, code: CostCode) -> tuple[str, ...]:
    if not code.startswith("cost.line."):
        return ()
    return tuple(line.id for line in plan.lines_for(cost.kind))


def _balance(
    agreed_on: date | None, line: BudgetLine, costs: Sequence[Cost], euro: dict[int, Decimal], rates: Rates
) -> LineBalance:
    own = [(place, cost) for place, cost in enumerate(costs) if cost.line == line.id]
    spent = sum((euro[place] for place, _ in own if place in euro), Decimal(0))
    budget = None
    if line.budget is not None and agreed_on is not None:
        budget = rates.euro(line.budget, agreed_on).eur
    left = None if budget is None else budget - spent
    causes = _causes(own, euro, budget)
    reasons = tuple(cost.over_budget_reason.strip() for cost in causes if cost.over_budget_reason.strip())
    codes: list[BalanceCode] = []
    if causes:
        explained = all(cost.over_budget_reason.strip() for cost in causes)
        codes.append("budget.line.over_explained" if explained else "budget.line.over")
    if budget is None or any(place not in euro for place, _ in own):
        codes.append("budget.line.incomplete")
    local = by_currency(cost.money for _, cost in own if cost.money is not None)
    return LineBalance(line, budget, spent, left, local, tuple(codes), causes, reasons)


def _causes(
    own: Sequence[tuple[int, Cost]], euro: dict[int, Decimal], budget: Decimal | None
) -> tuple[Cost, ...]:
    """The costs from which the line is over its budget, in the order in which they were paid."""
    if budget is None:
        return ()
    total, causes = Decimal(0), []
    for place, cost in own:
        total += euro.get(place, Decimal(0))
        if place in euro and total > budget:
            causes.append(cost)
    return tuple(causes)


def _plain(text: str) -> str:
    """As it is compared: one way to write a letter, no matter the case and the blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
