"""What protects the person, as the case screen shows it: gates, clearance, risk, and safe contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import reasons, wording
from app.ui.screens.screen import below, beside, flow
from app.ui.theme import S
from app.ui.widgets import BidiLabel, Button, Card, Icon, Painted, RiskMark, Row, RowLayout
from app.views import CaseView, ClearanceView, GateView, RiskView

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

#: How a gate stands: its shape, its colour and its word.
_STANDS: Mapping[str, tuple[str, str, T]] = {
    "open": ("check", "done", T("Open now")),
    "passed": ("person", "attention", T("Waived by a coordinator")),
    "closed": ("lock", "danger", T("Still closed")),
}


def stands(gate: GateView) -> str:
    """open, passed (open, since a coordinator passed what it misses) or closed."""
    if not gate.open:
        return "closed"
    return "passed" if gate.passed else "open"


def gate_mark(gate: GateView) -> RowLayout:
    """Shape and word of how a gate stands."""
    shape, tone, word = _STANDS[stands(gate)]
    mark = RowLayout(fit=True, spacing=dp(S - 2))
    mark.add_widget(Icon(icon=shape, tone=tone, extent=20))
    mark.add_widget(BidiLabel(text=word, style="label", tone=tone, fit=True))
    return mark


def gate_row(desk: Navigator, view: CaseView, gate: GateView) -> Row:
    """One gate in a line; a tap shows what it misses."""
    return Row(
        name=f"case.gate.{gate.gate}",
        title=reasons.gate(gate.gate),
        subtitle=gate_sentence(gate),
        trailing=gate_mark(gate),
        pressable=True,
        on_release=lambda *_: desk.go("gate", case=view.row.id, gate=gate.gate),
    )


def gate_sentence(gate: GateView) -> T:
    if not gate.open:
        hard = sum(each.hard for each in gate.reasons)
        soft = len(gate.reasons) - hard
        return joined(
            T.n(
                "{n} thing is missing that nobody can waive",
                "{n} things are missing that nobody can waive",
                hard,
            )
            if hard
            else "",
            T.n("{n} that a coordinator can waive", "{n} that a coordinator can waive", soft)
            if soft and hard
            else "",
            T.n(
                "{n} thing is missing that a coordinator can waive",
                "{n} things are missing that a coordinator can waive",
                soft,
            )
            if not hard
            else "",
        )
    if gate.open_until is not None:
        return T("open until {day}", day=wording.date_of(gate.open_until))
    return T("Nothing is missing")


def clearance_card(desk: Navigator, view: CaseView, clearance: ClearanceView) -> Card:
    """A clearance that stands, in a line; one that has lapsed as large as it is grave."""
    if clearance.stands:
        card = Card(fill="done_container", border="done", name="case.clearance.stands")
        card.add_widget(_headline("check", "done", T("Cleared to travel"), style="strong"))
        if clearance.boarded_on is not None:
            boarded = T("On board since {day}", day=wording.date_of(clearance.boarded_on))
            card.add_widget(BidiLabel(text=boarded, style="secondary"))
        return card
    card = Card(fill="danger_container", border="danger", border_width=2, name="case.clearance.lapsed")
    card.add_widget(_headline("warning", "danger", reasons.alarm("alarm.clearance.lapsed"), style="heading"))
    told = T("Nobody travels on it. A new clearance is needed once nothing is missing.")
    if clearance.boarded_on is not None:
        told = T("The person is on board since {day}.", day=wording.date_of(clearance.boarded_on))
    card.add_widget(BidiLabel(text=told))
    for reason in clearance.reasons[:3]:
        card.add_widget(point(reasons.reason(reason.code)))
    more = len(clearance.reasons) - 3
    if more > 0:
        card.add_widget(BidiLabel(text=T.n("and {n} more", "and {n} more", more), style="secondary"))
    if clearance.alert:
        know = T("Offices that have to know: {offices}", offices=joined(*clearance.alert))
        card.add_widget(BidiLabel(text=know, style="label"))
    card.add_widget(
        Button(
            text=T("What is missing"),
            name="case.clearance.reasons",
            on_release=lambda *_: desk.go("gate", case=view.row.id, gate="clear_to_travel"),
        )
    )
    return card


def risk_card(risk: RiskView) -> Card:
    """The level and since when, what the answers speak for, notes, and how it was over the months."""
    card = Card(name="case.risk")
    head = RowLayout(spacing=dp(S))
    head.add_widget(BidiLabel(text=T("Risk"), style="strong"))
    head.add_widget(RiskMark(risk=risk.level))
    card.add_widget(head)
    if risk.since is not None:
        since = T("since {day}", day=wording.date_of(risk.since))
        card.add_widget(BidiLabel(text=since, style="secondary", tone="ink2"))
    if risk.advised not in (risk.level, "unknown"):
        card.add_widget(_advice(risk))
    if risk.because:
        if risk.advised == risk.level:
            card.add_widget(BidiLabel(text=T("because of the last answers:"), style="small", tone="ink2"))
        card.add_widget(below(*(point(reasons.because(code)) for code in risk.because), gap=2))
    for note in risk.notes:
        if note != "risk.advice.higher":
            card.add_widget(BidiLabel(text=reasons.note(note), style="secondary", tone="attention"))
    if risk.months:
        card.add_widget(BidiLabel(text=T("At the end of months after arrival"), style="small", tone="ink2"))
        card.add_widget(flow([_month(month, level) for month, level in sorted(risk.months.items())]))
    return card


def safe_contact_card(desk: Navigator, view: CaseView, *, short: bool = False) -> Card:
    """How the person may be reached; above it, where nobody makes contact now, that, why, and what to do.

    `short` leaves out what to do and what was agreed: where little room is, the card of the page has it.
    """
    frozen = view.protection.frozen
    name = "case.safe_contact.short" if short else "case.safe_contact"
    if not frozen:
        card = Card(fill="attention_container", border="attention", name=name)
        card.add_widget(BidiLabel(text=T("Safe contact"), style="strong", tone="attention"))
        card.add_widget(BidiLabel(text=_agreed(view), tone="ink"))
        return card
    card = Card(fill="danger_container", border="danger", border_width=2, name=name)
    card.add_widget(BidiLabel(text=T("Safe contact"), style="label", tone="danger"))
    card.add_widget(_headline("warning", "danger", T("Nobody makes contact now"), style="strong"))
    for code in frozen:
        card.add_widget(BidiLabel(text=reasons.frozen(code)))
        if not short:
            card.add_widget(BidiLabel(text=reasons.thaws(code), style="secondary", tone="ink2"))
    if short:
        return card
    if view.safe_contact and frozen != ("contact.frozen.unknown",):
        card.add_widget(BidiLabel(text=T("What was said:"), style="small", tone="ink2"))
        card.add_widget(BidiLabel(text=_agreed(view), style="secondary", tone="ink2"))
    buttons: list[Widget] = []
    if any(each.freezes for each in view.file_conflicts):
        buttons.append(
            Button(
                text=T("Files of this person"),
                name="case.frozen.files",
                on_release=lambda *_: desk.go("files", case=view.row.id),
            )
        )
    if "contact.frozen.conflict" in frozen:
        buttons.append(
            Button(
                text=T("Conflicts"),
                name="case.frozen.conflicts",
                on_release=lambda *_: desk.switch("conflicts"),
            )
        )
    thaws = view.protection.thaws
    if thaws is not None:
        buttons.append(
            Button(
                text=T("Begin: {form}", form=T.titles(thaws.titles)),
                name="case.frozen.begin",
                on_release=lambda *_: desk.begin(view.row.id, thaws.form),
            )
        )
    buttons.append(
        Button(
            text=T("Case file"),
            name="case.frozen.file",
            on_release=lambda *_: desk.open_record(view, view.file),
        )
    )
    card.add_widget(flow(buttons))
    return card


def point(text: T) -> RowLayout:
    """One of several reasons below each other."""
    row = RowLayout(spacing=dp(S), align="top")
    row.add_widget(BidiLabel(text="–", fit=True, tone="ink2"))
    row.add_widget(BidiLabel(text=text))
    return row


def _headline(icon: str, tone: str, text: T, *, style: str) -> RowLayout:
    return beside(Icon(icon=icon, tone=tone), BidiLabel(text=text, style=style, tone=tone))


def _agreed(view: CaseView) -> T:
    known = view.safe_contact
    return T.titles(known) if known else T("Nothing is agreed yet: ask before the first contact.")


def _advice(risk: RiskView) -> Widget:
    box = _Advice(radius=10, fill="attention_container", padding=[dp(10), dp(S), dp(10), dp(S)])
    text = reasons.advice(risk.level, risk.advised)
    box.add_widget(BidiLabel(text=text, style="secondary", tone="attention"))
    box.add_widget(RiskMark(risk=risk.advised))
    return box


class _Advice(Painted, RowLayout):
    """What the answers advise, set off from what stands. It decides nothing."""


def _month(month: int, level: str) -> Widget:
    box = _Advice(radius=10, fit=True, fill="paper", padding=[dp(10), dp(S - 2), dp(10), dp(S - 2)])
    box.add_widget(BidiLabel(text=str(month), style="label", fit=True))
    box.add_widget(RiskMark(risk=level))
    return box
