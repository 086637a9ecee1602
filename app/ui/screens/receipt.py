"""A finished form and where it is: only on this tablet, or on the server since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.fieldbook import OpenEntry
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.screen import Screen, flow
from app.ui.screens.short_form import ShortFormView
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Card, Icon
from app.views import CaseView, OfficeFileView, RecordRow
from forms.casework.office_file import is_office_file


class ReceiptScreen(Screen):
    place = "cases"
    topics = frozenset({"records", "sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._opened: OpenEntry = where["opened"]
        self._short = ShortFormView(desk, self._opened, self.enter)
        self._row: RecordRow | None = None

    def enter(self) -> None:
        self._look(self._show)

    def changed(self, topics: frozenset[str]) -> None:
        if topics & self.topics:
            self._look(self._show_news)

    def _look(self, show: Callable[[RecordRow | None], None]) -> None:
        def found(view: CaseView | OfficeFileView) -> None:
            show(next((row for row in view.records if row.id == self._opened.record), None))

        case = self._opened.case.id
        if is_office_file(case):
            self.book.office_file().then(found)
        else:
            self.book.case(case).then(found)

    def _show_news(self, row: RecordRow | None) -> None:
        """A sync tells of its end more than once. Drawn anew, a button would be gone from under a finger."""
        if row != self._row:
            self._show(row)

    def _show(self, row: RecordRow | None) -> None:
        self._row = row
        self.titled(T("Finished"), back=True)
        self.fill(self._card(row))

    def _card(self, row: RecordRow | None) -> Widget:
        case = self._opened.case
        state = row.state if row is not None else "only_here"
        meaning = {"on_server": "done", "refused": "danger"}.get(state, "attention")
        card = Card(fill=f"{meaning}_container", border=meaning, spacing=dp(L), name=f"receipt.{state}")
        card.add_widget(Icon(icon="check" if state == "on_server" else "clock", tone=meaning, extent=40))
        card.add_widget(BidiLabel(text=self._short.title, style="heading"))
        card.add_widget(BidiLabel(text=wording.whose(case.id, case.code), style="strong"))
        card.add_widget(BidiLabel(text=_sentence(row), tone=meaning, style="question", name="receipt.text"))
        buttons = [self._way_on("filled" if state == "on_server" else "outlined")]
        if state == "only_here":
            sync = Button(
                text=T("Sync now"),
                icon="sync",
                kind="filled",
                name="receipt.sync",
                on_release=lambda *_: self.desk.sync(),
            )
            buttons.insert(0, sync)
        card.add_widget(flow(buttons))
        return card

    def _way_on(self, kind: str) -> Button:
        """To the case; after the short form to Today, which names codes and days only."""
        if self._short.on:
            return Button(
                text=T("Today"),
                kind=kind,
                name="receipt.today",
                on_release=lambda *_: self.desk.switch("today"),
            )
        case = self._opened.case.id
        return Button(
            text=T("Back to our office") if is_office_file(case) else T("Back to the case"),
            kind=kind,
            name="receipt.case",
            on_release=lambda *_: self.desk.leave_to_file(case),
        )


def _sentence(row: RecordRow | None) -> T:
    if row is not None and row.state == "refused":
        return wording.problem_code(row.refused or "sync.refused")
    if row is None or row.on_server_since is None or row.state != "on_server":
        return T("Safe on this tablet, and only here until the next sync.")
    return T("On the server since {when}.", when=wording.moment(row.on_server_since))
