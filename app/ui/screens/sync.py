"""What is only on this tablet, how the last sync went, and one button to do it now."""

from __future__ import annotations

from kivy.uix.widget import Widget

from app.aftermath import PUT_BACK, AftermathView
from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.aftermath_cards import aftermath_cards
from app.ui.screens.screen import Screen, below, flow, heading
from app.ui.widgets import BidiLabel, Button, Card, Chip, ProgressBar, Row
from app.views import RecordRow, SyncView


class SyncScreen(Screen):
    place = "sync"
    topics = frozenset({"sync", "records"})

    def enter(self) -> None:
        self.book.aftermath.view().then(
            lambda left: self.book.sync_view().then(lambda view: self._show(view, left))
        )

    def _show(self, view: SyncView, left: AftermathView) -> None:
        self.titled(
            T("Sync"),
            actions=[
                Button(
                    text=T("Syncing…") if view.running else T("Sync now"),
                    icon="sync",
                    kind="filled",
                    name="sync.now",
                    disabled=view.running,
                    on_release=lambda *_: self.desk.sync(),
                )
            ],
        )
        main: list[Widget] = [*aftermath_cards(self.desk, left, self.enter), self._here(view)]
        if view.running:
            main.append(self._progress(view))
        # That an old copy was put back is told above: the sync itself went well, and something is lost.
        if view.problem not in (None, PUT_BACK) and not view.running:
            main.append(self._problem(view))
        side: list[Widget] = [self._history(view)]
        if view.refused:
            main.append(heading(T("Refused by the server"), len(view.refused)))
            main += [self._refused(record) for record in view.refused]
        self.fill_two(main, side)

    def _here(self, view: SyncView) -> Card:
        if view.waiting or view.waiting_attachments:
            card = Card(fill="attention_container", border="attention", name="sync.waiting")
            card.add_widget(
                BidiLabel(text=wording.only_here(view.waiting), style="question", tone="attention")
            )
            if view.waiting_attachments:
                photos = T.n(
                    "{n} photo waits to be sent", "{n} photos wait to be sent", view.waiting_attachments
                )
                card.add_widget(BidiLabel(text=photos))
            card.add_widget(
                BidiLabel(
                    text=T("They are safe and encrypted here, and go to the server at the next sync."),
                    style="secondary",
                    tone="ink2",
                )
            )
            return card
        card = Card(fill="done_container", border="done", name="sync.all_sent")
        card.add_widget(
            BidiLabel(text=T("All finished forms are on the server."), style="question", tone="done")
        )
        return card

    def _progress(self, view: SyncView) -> Card:
        card = Card(name="sync.running")
        phase = wording.SYNC_PHASES.get(view.phase or "")
        card.add_widget(BidiLabel(text=T(phase) if phase else T("Syncing…"), style="strong"))
        card.add_widget(ProgressBar(value=0.5))
        card.add_widget(_counts(view))
        return card

    def _problem(self, view: SyncView) -> Card:
        card = Card(fill="danger_container", border="danger", name="sync.problem")
        card.add_widget(BidiLabel(text=T("The last sync did not finish"), style="strong", tone="danger"))
        card.add_widget(BidiLabel(text=wording.problem_code(view.problem or "", view.problem_params)))
        card.add_widget(
            BidiLabel(text=T("Nothing is lost. It is tried again by itself."), style="secondary", tone="ink2")
        )
        return card

    def _history(self, view: SyncView) -> Card:
        card = Card(name="sync.history")
        card.add_widget(
            BidiLabel(text=wording.last_sync(view.last_success), style="strong", name="sync.last")
        )
        if view.last_try is not None and view.last_try != view.last_success:
            card.add_widget(_quiet(T("Last try {when}", when=wording.moment(view.last_try))))
        if view.next_try is not None:
            card.add_widget(_quiet(T("Next try {when}", when=wording.moment(view.next_try))))
        card.add_widget(_counts(view))
        return card

    def _refused(self, record: RecordRow) -> Row:
        return Row(
            name=f"sync.refused.{record.form}",
            title=T.titles(record.titles),
            subtitle=joined(
                wording.moment(record.changed_at), wording.problem_code(record.refused or "sync.refused")
            ),
            trailing=Chip(text=T("Refused"), meaning="danger"),
            pressable=True,
            on_release=lambda *_: self.desk.read(record.id),
        )


def _counts(view: SyncView) -> Widget:
    return below(
        flow(
            [
                Chip(text=T("Sent {n}", n=view.sent)),
                Chip(text=T("Received {n}", n=view.received)),
            ]
        )
    )


def _quiet(text: T) -> BidiLabel:
    return BidiLabel(text=text, style="secondary", tone="ink2")
