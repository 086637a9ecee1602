"""The money of a case: what each budget line has and what is left, the costs, and their rates."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kivy.uix.widget import Widget

from app.money import CostView, MoneyView
from app.ui.i18n import T, joined
from app.ui.screens import money_words as words
from app.ui.screens import wording
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.theme import XS
from app.ui.widgets import Banner, BidiLabel, Button, Card, Chip, Dialog, ProgressBar, Row, TextField
from forms.casework.money import Converted
from forms.casework.plan import Cost, Finding, LineBalance


class MoneyScreen(Screen):
    """Names: money.line.<line>, money.why.<record>, money.cost.<record>, money.reason."""

    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def enter(self) -> None:
        self.book.money.of_case(self.where["case"]).then(self._show)

    def _show(self, view: MoneyView) -> None:
        self.titled(joined(T("Money"), view.code), back=True)
        account = view.account
        main: list[Widget] = [heading(T("Budget lines"), len(account.lines))]
        main += [
            self._line(balance, budget) for balance, budget in zip(account.lines, view.budgets, strict=True)
        ]
        if not account.lines:
            main.append(note(T("The plan of this case has no budget line yet."), name="money.no_lines"))
        if account.outside:
            outside = words.amount(account.outside, "EUR")
            main.append(
                Banner(
                    text=T("{amount} were paid from lines that the plan does not have.", amount=outside),
                    meaning="attention",
                    name="money.outside",
                )
            )
        if account.findings:
            main.append(heading(T("To be looked at"), len(account.findings)))
            main += [self._finding(each) for each in account.findings]
        side: list[Widget] = [heading(T("Costs"), len(view.costs)), *map(self._cost, view.costs)]
        if not view.costs:
            side.append(note(T("No assistance with a cost is recorded."), name="money.no_costs"))
        side += self._rates(view)
        self.fill_two(main, side)

    # -- lines --------------------------------------------------------------------------------------

    def _line(self, each: LineBalance, budget: Converted | None) -> Card:
        line = each.line
        over = each.left is not None and each.left < 0
        card = Card(name=f"money.line.{line.id}", border="danger" if over else "line")
        card.add_widget(BidiLabel(text=joined(line.id, line.programme, line.donor), style="strong"))
        local_budget = words.money(line.budget)
        same = line.budget is not None and line.budget.currency == "EUR"
        total = local_budget if same else joined(local_budget, words.in_euro(budget))
        spent = words.amount(each.spent, "EUR")
        local = each.local if set(each.local) - {"EUR"} else {}
        card.add_widget(
            below(
                BidiLabel(text=T("Budget: {amount}", amount=total)),
                BidiLabel(text=T("Spent: {amount}", amount=spent)),
                gap=XS,
            )
        )
        if local:
            paid = T("Paid as: {amounts}", amounts=words.sums(local))
            card.add_widget(BidiLabel(text=paid, style="secondary", tone="ink2"))
        if each.left is not None and each.budget:
            card.add_widget(ProgressBar(value=float(min(Decimal(1), each.spent / each.budget))))
        card.add_widget(_left(each))
        if "budget.line.incomplete" in each.codes:
            text = T("A part of it is not known in EUR: what is spent is at least this much.")
            card.add_widget(BidiLabel(text=text, style="secondary", tone="attention"))
        for reason in each.reasons:
            card.add_widget(BidiLabel(text=T("Why it is over: {reason}", reason=reason), style="secondary"))
        for cost in each.causes:
            if not cost.over_budget_reason.strip():
                card.add_widget(self._asks_why(cost))
        return card

    def _asks_why(self, cost: Cost) -> Widget:
        """The cost that goes over the line, and the question that its record leaves open."""
        text = T(
            "With {amount} of {day} it is over. No reason is given.",
            amount=words.money(cost.money),
            day=wording.date_of(cost.on),
        )
        button = Button(
            text=T("Say why…"),
            kind="filled",
            name=f"money.why.{cost.evidence}",
            on_release=lambda *_: self._ask(cost),
        )
        return below(BidiLabel(text=text, tone="danger"), flow([button]))

    def _ask(self, cost: Cost) -> None:
        why = TextField(name="money.reason", multiline=True, hint=T("Why it was needed all the same"))

        def write() -> None:
            self.book.money.explain(cost.evidence, why.text.strip())

        Dialog(
            title=T("Over the budget line: why?"),
            keeps=f"{self.where['case']}/over {cost.evidence}",
            body=why,
            actions=[(T("Write it down"), "filled", write), (T("Cancel"), "plain", None)],
        ).open()

    # -- costs --------------------------------------------------------------------------------------

    def _finding(self, each: Finding) -> Row:
        cost = each.cost
        lines = T("It may belong to: {lines}", lines=joined(*each.lines)) if each.lines else ""
        return Row(
            name=f"money.finding.{each.code}",
            title=words.finding(each.code),
            subtitle=joined(wording.date_of(cost.on), words.money(cost.money), cost.line, lines),
            pressable=True,
            on_release=lambda *_: self.desk.read(cost.evidence),
        )

    def _cost(self, view: CostView) -> Row:
        cost = view.cost
        twice = Chip(text=T("Told twice: counted once"), meaning="attention") if view.counted_with else None
        euro = (
            "" if cost.money is not None and cost.money.currency == "EUR" else words.in_euro(view.converted)
        )
        rate = view.converted.rate if view.converted is not None else None
        day = T("rate of {day}", day=wording.date_of(rate.on)) if rate is not None else ""
        return Row(
            name=f"money.cost.{cost.evidence}",
            title=joined(words.money(cost.money), euro),
            subtitle=joined(T.titles(view.titles), wording.date_of(cost.on), cost.line, cost.receipt, day),
            trailing=twice,
            pressable=True,
            on_release=lambda *_: self.desk.read(cost.evidence),
        )

    def _rates(self, view: MoneyView) -> Sequence[Widget]:
        """Those that were used, each with its day and source."""
        if not view.rates:
            return []
        rates = [BidiLabel(text=words.rate(each), style="secondary") for each in view.rates]
        about = note(
            T("A cost is told by the last rate of its day or before. A budget, by that of the plan’s day.")
        )
        return [heading(T("Rates"), len(view.rates)), *rates, about]


def _left(each: LineBalance) -> Widget:
    """What is left, in words; a line over its budget says by how much."""
    if each.left is None:
        text = T("What is left is not known: the budget is not known in EUR.")
        return BidiLabel(text=text, style="strong", tone="attention")
    if each.left < 0:
        over = words.amount(-each.left, "EUR")
        return BidiLabel(text=T("Over budget by {amount}", amount=over), style="strong", tone="danger")
    return BidiLabel(
        text=T("{amount} left", amount=words.amount(each.left, "EUR")), style="strong", tone="done"
    )
