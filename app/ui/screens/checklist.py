"""The procedure of a stage on the case screen: its steps, ticked by who did them; and leaflets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined, language
from app.ui.screens import wording
from app.ui.screens.screen import below, flow, note
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Card, Dialog, Fold, Icon, Row, RowLayout, TextField
from app.views import CaseView, StepView

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

#: How a step stands: its shape, its colour and its word.
_STANDS: dict[str, tuple[str, str, T]] = {
    "open": ("ring", "ink2", T("Not done yet")),
    "done": ("check", "done", T("Done")),
    "deviated": ("minus", "attention", T("Left out")),
}


def checklist(desk: Navigator, view: CaseView, unfolded: set[str]) -> list[Widget]:
    """Two lines that unfold. `unfolded` remembers which are open while the screen is drawn anew."""
    guidance = view.guidance
    folds: list[Widget] = []
    if guidance.steps:
        settled = sum(step.state != "open" for step in guidance.steps)
        fold = Fold(
            title=T("Checklist of this stage"),
            told=T("{n} of {all} done", n=settled, all=len(guidance.steps)),
            make=lambda: [_step(desk, view, step) for step in guidance.steps],
            opened="checklist" in unfolded,
            name="case.checklist",
        )
        folds.append(_remembered(fold, "checklist", unfolded))
    if guidance.leaflets:
        fold = Fold(
            title=T("Leaflets to hand out"),
            told=str(len(guidance.leaflets)),
            make=lambda: [
                Row(
                    name=f"case.leaflet.{leaflet.id}",
                    title=T.titles(leaflet.titles),
                    leading=Icon(icon="document", tone="ink2"),
                    pressable=True,
                    on_release=lambda *_, chosen=leaflet: desk.go("leaflet", leaflet=chosen),
                )
                for leaflet in guidance.leaflets
            ],
            opened="leaflets" in unfolded,
            name="case.leaflets",
        )
        folds.append(_remembered(fold, "leaflets", unfolded))
    return folds


def _remembered(fold: Fold, key: str, unfolded: set[str]) -> Fold:
    def turned(_fold: Fold, opened: bool) -> None:
        (unfolded.add if opened else unfolded.discard)(key)

    fold.fbind("on_turn", turned)
    return fold


def _step(desk: Navigator, view: CaseView, step: StepView) -> Card:
    card = Card(name=f"case.step.{step.id}")
    head = RowLayout(spacing=dp(L), align="top")
    shape, tone, word = _STANDS[step.state]
    head.add_widget(Icon(icon=shape, tone=tone))
    day = wording.date_of(step.on) if step.on else ""
    head.add_widget(
        below(
            BidiLabel(text=T.titles(step.titles), style="strong"),
            BidiLabel(text=T.titles(step.guidance), style="secondary", tone="ink2"),
            BidiLabel(text=joined(word, step.by, day, step.reason), style="label", tone=tone),
            flow(_buttons(desk, view, step))
            if view.guidance.can_tick
            else note(T("It can be ticked once the form for it has come with a sync.")),
            gap=4,
        )
    )
    card.add_widget(head)
    return card


def _buttons(desk: Navigator, view: CaseView, step: StepView) -> list[Widget]:
    def tick(done: bool, reason: str = "") -> None:
        assert desk.fieldbook is not None
        desk.fieldbook.tick(view.row.id, step.id, done, reason, language.code)

    if step.state != "open":
        return [
            Button(
                text=T("Take back"),
                kind="plain",
                name=f"case.untick.{step.id}",
                on_release=lambda *_: tick(False),
            )
        ]
    return [
        Button(text=T("Tick as done"), name=f"case.tick.{step.id}", on_release=lambda *_: tick(True)),
        Button(
            text=T("Leave out…"),
            kind="plain",
            name=f"case.leave_out.{step.id}",
            on_release=lambda *_: _ask_why(view.row.id, step, lambda reason: tick(False, reason)),
        ),
    ]


def _ask_why(case: str, step: StepView, leave_out: Any) -> None:
    """A step is left out with a reason only; without one the question stays."""
    why = TextField(name="step.reason", multiline=True, hint=T("Why it is left out"))

    def answered() -> None:
        if why.text.strip():
            leave_out(why.text.strip())
        else:
            _ask_why(case, step, leave_out)

    Dialog(
        title=T.titles(step.titles),
        keeps=f"{case}/leave out {step.id}",
        body=why,
        actions=[(T("Leave out"), "filled", answered), (T("Cancel"), "plain", None)],
    ).open()
