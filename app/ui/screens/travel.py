"""Before a border: what keeps the cases on this device, or the passphrase that takes them off."""

from __future__ import annotations

from typing import Any

from kivy.uix.widget import Widget

from app.leaving import LossView, LostRow, TravelView
from app.problems import Problem
from app.ui.i18n import T, joined
from app.ui.screens import loss_words, wording
from app.ui.screens.erase_dialog import start_anew
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.theme import M
from app.ui.widgets import BidiLabel, Button, Card, Row, TextField, focus
from forms.discreet import NEUTRAL_TITLES


class TravelScreen(Screen):
    place = "settings"
    topics = frozenset({"sync", "records"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._passphrase = TextField(secret=True, name="travel.passphrase")
        self._passphrase.fbind("on_text_validate", lambda *_: self._go())
        self._refusal = BidiLabel(text="", style="strong", tone="danger", name="travel.refused")
        self._do = Button(
            text=T("Take the cases off this device"),
            kind="filled",
            name="travel.go",
            on_release=lambda *_: self._go(),
        )
        self._busy = False

    def enter(self) -> None:
        self.titled(T("Travel mode"), back=True)
        # What is typed on other screens is work, too.
        self.book.unfinished.keep(self.desk.all_typed())
        self.book.leaving.look().then(self._seen)

    def appeared(self) -> None:
        focus.give(self._passphrase)

    def leave(self) -> None:
        self._passphrase.text = ""

    def _seen(self, view: TravelView) -> None:
        if not self.shown or self._busy:
            return
        for part in (self._passphrase, self._refusal, self._do):
            if part.parent is not None:
                part.parent.remove_widget(part)
        if view.loss.reports:
            self.fill(self._reports(view.loss))
        elif not view.loss.nothing:
            self.fill(self._stays(view.loss), *map(self._row, view.loss.rows))
        else:
            self.fill(self._goes(view.loss))
            focus.give(self._passphrase)

    def _reports(self, loss: LossView) -> Card:
        card = Card(fill="attention_container", border="attention", name="travel.reports")
        card.add_widget(
            BidiLabel(
                text=T(
                    "Reports are frozen on this device, and on no server. Leave it in the office, and travel "
                    "with another one."
                ),
                style="question",
                tone="attention",
            )
        )
        for text in loss_words.counts(loss):
            card.add_widget(BidiLabel(text=text))
        return card

    def _stays(self, loss: LossView) -> Card:
        card = Card(fill="attention_container", border="attention", name="travel.unsent")
        card.add_widget(
            BidiLabel(
                text=T("This is on no server yet, so nothing is taken off:"),
                style="question",
                tone="attention",
            )
        )
        for text in loss_words.counts(loss):
            card.add_widget(BidiLabel(text=text))
        card.add_widget(note(T("Finish or discard drafts, sync, then come back here.")))
        card.add_widget(
            flow(
                [
                    Button(
                        text=T("Sync now"),
                        icon="sync",
                        kind="filled",
                        name="travel.sync",
                        on_release=lambda *_: self.desk.sync(),
                    )
                ]
            )
        )
        if loss.typed:
            card.add_widget(
                flow(
                    [
                        Button(
                            text=T("To the new case"),
                            name="travel.new_case",
                            on_release=lambda *_: self.desk.go("new_case"),
                        )
                    ]
                )
            )
        return card

    def _row(self, lost: LostRow) -> Row:
        titles = NEUTRAL_TITLES if self.book.discretion.is_on(lost.record) else lost.titles
        form = T.titles(titles) if titles else T("Not on this device any more")
        draft = {"draft", "typed"} & set(lost.parts)
        return Row(
            name=f"travel.row.{lost.form}",
            title=joined(wording.whose(lost.case, lost.code), form),
            subtitle=joined(*(T(loss_words.PARTS[part]) for part in lost.parts)),
            pressable=bool(lost.form),
            on_release=lambda *_: (self.desk.resume if draft else self.desk.read)(lost.record),
        )

    def _goes(self, loss: LossView) -> Widget:
        card = Card(name="travel.ready")
        for text in (
            T(
                "First it syncs, so it needs a network. When the server has everything, all cases, photos "
                "and names of colleagues leave this device, and its keys are made anew."
            ),
            T(
                "It opens with the same passphrase, and is empty. New cases can be written on the way; what "
                "is written there is on this device."
            ),
            *loss_words.set_aside(loss),
        ):
            card.add_widget(BidiLabel(text=text))
        card.add_widget(
            below(BidiLabel(text=T("Passphrase"), style="question"), self._passphrase, self._refusal, gap=M)
        )
        card.add_widget(flow([self._do]))
        return below(heading(T("Everything is on the server")), card)

    # -- to go ----------------------------------------------------------------------------------------

    def _go(self) -> None:
        passphrase = str(self._passphrase.text)
        if self._busy or not passphrase:
            return
        self._set_busy(True)
        self._refusal.text = ""
        self.book.leaving.begin_travel(passphrase).then(lambda _: start_anew(self.desk), self._refused)

    def _refused(self, problem: Problem) -> None:
        if self.book.leaving.gone:
            start_anew(self.desk)
            return
        self._set_busy(False)
        if not self.shown:
            self.desk.tell_problem(problem)
        elif problem.code == "travel.work.unsent":
            self.enter()
        else:
            self._refusal.text = wording.problem(problem)
            focus.give(self._passphrase)

    def _set_busy(self, busy: bool) -> None:
        # A departure that the clock cuts off would look like one that is done.
        self._busy = self._do.disabled = self.desk.guard.awake = busy
        self._do.text = T("Syncing, then taking off…") if busy else T("Take the cases off this device")
