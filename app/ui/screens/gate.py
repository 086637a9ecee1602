"""One gate: whether it is open and until when, what it still misses, and what a coordinator passed."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import reasons, wording
from app.ui.screens.ask import Ask
from app.ui.screens.protection import gate_mark
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Card, Icon, RowLayout, TextField
from app.views import CaseView, GateView, ReasonView


class GateScreen(Screen):
    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def enter(self) -> None:
        self.book.case(self.where["case"]).then(self._show)

    def _show(self, view: CaseView) -> None:
        gate = next(each for each in view.protection.gates if each.gate == self.where["gate"])
        self.titled(joined(reasons.gate(gate.gate), view.row.code), back=True, signs=[gate_mark(gate)])
        body: list[Widget] = []
        if gate.open:
            until = gate.open_until
            body += [
                note(
                    T("Open until {day}, if nothing else changes.", day=wording.date_of(until))
                    if until
                    else T("Nothing is missing."),
                    name="gate.open",
                )
            ]
        else:
            body += [note(reasons.stops(gate.gate), name="gate.stops")]
            body += [heading(T("What is missing"), len(gate.reasons), name="gate.count")]
            body += self._reasons(view, gate)
        if gate.passed:
            body += [heading(T("Waived by a coordinator"), len(gate.passed))]
            body += [self._reason(view, each, passed=True) for each in gate.passed]
        self.fill(*body)

    def _reasons(self, view: CaseView, gate: GateView) -> list[Widget]:
        """The hard ones first; the first form that can be begun is the next thing to do."""
        cards: list[Widget] = []
        first = True
        for each in gate.reasons:
            cards.append(self._reason(view, each, first=first and each.form is not None))
            first = first and each.form is None
        return cards

    def _reason(
        self, view: CaseView, reason: ReasonView, *, first: bool = False, passed: bool = False
    ) -> Card:
        name = reason.code.rpartition(".")[2]
        card = Card(name=f"gate.reason.{name}")
        head = RowLayout(spacing=dp(L), align="top")
        shape, tone = ("person", "attention") if passed or not reason.hard else ("lock", "danger")
        head.add_widget(Icon(icon=shape, tone=tone))
        ended = T("until {day}", day=wording.date_of(reason.expires)) if reason.expires else ""
        marked = T("Waived by a coordinator") if passed else reasons.passable(reason)
        buttons = self._records(view, reason, name) + self._form(reason, name, first)
        if not passed and not reason.hard and self.book.session.role == "coordinator":
            buttons.append(
                Button(
                    text=T("Pass with a reason…"),
                    name=f"gate.pass.{name}",
                    on_release=lambda *_: self._ask_why(reason),
                )
            )
        head.add_widget(
            below(
                BidiLabel(text=reasons.reason(reason.code), style="strong"),
                BidiLabel(text=joined(marked, ended), style="secondary", tone=tone),
                *([flow(buttons)] if buttons else []),
            )
        )
        card.add_widget(head)
        return card

    def _ask_why(self, reason: ReasonView) -> None:
        """What is soft is passed with a reason only."""
        why = TextField(name="gate.why", multiline=True, hint=T("Why it is right all the same"))

        Ask(
            self.desk,
            title=reasons.reason(reason.code),
            body=why,
            do=T("Pass"),
            keeps=f"{self.where['case']}/pass {self.where['gate']} {reason.code}",
            act=lambda: self.book.decisions.pass_gate(
                self.where["case"], self.where["gate"], [reason.code], why.text.strip()
            ),
        ).open()

    def _records(self, view: CaseView, reason: ReasonView, name: str) -> list[Widget]:
        """A button for each record that the reason rests on."""
        known = {each.id: each for each in view.records}
        buttons: list[Widget] = []
        for number, record in enumerate(reason.records):
            row = known.get(record)
            title = T.titles(row.titles) if row else T("A record")
            day = wording.date_of(row.changed_at.date()) if row else ""
            buttons.append(
                Button(
                    text=T("Open: {record}", record=joined(title, day)),
                    name=f"gate.open.{name}.{number}",
                    on_release=lambda *_, chosen=record: self.desk.open_record(view, chosen),
                )
            )
        return buttons

    def _form(self, reason: ReasonView, name: str, first: bool) -> list[Widget]:
        form = reason.form
        if form is None:
            return []

        def begin(*_: Any) -> None:
            self.desk.begin(self.where["case"], form.form)

        return [
            Button(
                text=T("Begin: {form}", form=T.titles(form.titles)),
                kind="filled" if first else "outlined",
                name=f"gate.begin.{name}",
                on_release=begin,
            )
        ]
