"""The money of a case on this device: its budget lines, what was paid of them, and at which rates.

What cannot be converted is never taken for nothing: it is told, and the sums beside it are 'at least'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app import labels, persons
from app.background import Job
from app.decisions import Reading, Writing
from app.entries import Entries
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, Transaction, cases, records
from app.views import Titles
from forms.casework.money import Converted, Rate
from forms.casework.plan import Account, Cost, Plan, account, costs_of
from forms.casework.programme import programme_of

_REASON: Final = "assistance.over_budget_reason"
_KINDS: Final = ("assistance.kind", "service.kind")


@dataclass(frozen=True, slots=True)
class CostView:
    """One cost with what it is in euro. `counted_with`: the record that tells the same cost, which is counted
    in its place; `titles` call what was paid for."""

    cost: Cost
    titles: Titles
    converted: Converted | None
    counted_with: str = ""


@dataclass(frozen=True, slots=True)
class MoneyView:
    """The account of all files of a person. `rates` are those that it was made by, each once; `kinds` call
    the services; `plan` has the budget's own date, from which budgets are converted."""

    code: str
    account: Account
    plan: Plan
    costs: tuple[CostView, ...]
    rates: tuple[Rate, ...]
    budgets: tuple[Converted | None, ...]


class CaseMoney:
    """What a fieldbook offers of it."""

    def __init__(
        self, shelf: Shelf, entries: Entries, now: Callable[[], datetime], read: Reading, write: Writing
    ) -> None:
        self._shelf, self._entries, self._now = shelf, entries, now
        self._read, self._write = read, write

    def of_case(self, case_id: str) -> Job[MoneyView]:
        """Budget lines and costs. Problem case.row.unknown."""
        return self._read(lambda db: view(db, self._shelf, case_id, self._now()))

    def explain(self, record_id: str, reason: str) -> Job[None]:
        """Why a cost is over its budget line, written into its record. Problem money.reason.missing."""
        return self._write(lambda db: explain(db, self._shelf, self._entries, record_id, reason))


def view(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> MoneyView:
    known = shelf.known(db)
    person = persons.person_of(db, shelf, cases.get(db, case))
    said = [each for file in persons.said_of(db, shelf, person) for each in file]
    rates = programme_of(person.facts.programme, known.programmes).rates
    today = persons.now_of(db, shelf, person, now).date()
    plan = Plan.of(said, today)
    costs = costs_of(said)
    found = account(plan, costs, rates, today)
    kinds = labels.of_meanings(db, shelf, _KINDS)
    again = {id(twice.cost): twice.first.evidence for twice in found.twice}
    told = []
    for cost in costs:
        converted = None if cost.money is None else rates.euro(cost.money, cost.on)
        titles = kinds.get(cost.kind) or {"en": cost.kind}
        told.append(CostView(cost, titles, converted, again.get(id(cost), "")))
    budgets = tuple(
        None if line.budget is None or plan.agreed_on is None else rates.euro(line.budget, plan.agreed_on)
        for line in plan.lines
    )
    used = {each.converted.rate for each in told if each.converted and each.converted.rate}
    used |= {each.rate for each in budgets if each and each.rate}
    return MoneyView(
        person.facts.code,
        found,
        plan,
        tuple(reversed(told)),
        tuple(sorted(used, key=lambda rate: (rate.currency, rate.on))),
        budgets,
    )


def explain(db: Transaction, shelf: Shelf, entries: Entries, record: str, reason: str) -> None:
    """Problems money.reason.missing for an empty one, money.record.other for a record that cannot tell it,
    and money.record.open while it is being changed or lacks something else. Nothing is kept then."""
    if not reason.strip():
        raise Problem("money.reason.missing")
    head = records.header(db, record)
    definition = shelf.get(db, head.form, head.form_version)
    path = next((path for path, each in definition.questions.items() if each.meaning == _REASON), None)
    if path is None or "[" in path:
        raise Problem("money.record.other")
    if records.summary(db, record).state == "draft":
        raise Problem("money.record.open")
    opened = entries.open(db, record, None)
    entries.save(db, record, opened.entry.answer(path, reason.strip()))
    if entries.finish(db, record, None):
        raise Problem("money.record.open")
