"""All cases of this worker, found by code or name as one types. A list shows codes, never names."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.screen import Screen, note, risk_mark
from app.ui.widgets import Button, Chip, Row, TextField, focus
from app.views import CaseRow

#: Rows drawn at once; the rest comes by a button. Typing two letters is quicker than scrolling.
AT_ONCE = 30
#: Rows that are in sight; those below are drawn a frame later, so that a letter typed is answered at once.
IN_SIGHT = 10


class CasesScreen(Screen):
    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._asked = 0
        self._limit = AT_ONCE
        self._drawn = 0
        self._rows: tuple[CaseRow, ...] = ()
        self._rest = Clock.create_trigger(lambda _seconds: self._draw_rest(), 0.05)
        self._search = TextField(
            name="cases.search",
            hint=T("Case code or name"),
        )
        self._search.fbind("text", lambda *_: self._typed())
        self._search.fbind("on_text_validate", lambda *_: self._open_first())

    def enter(self) -> None:
        office = Button(
            text=T("Our office"), name="cases.office", on_release=lambda *_: self.desk.go("office")
        )
        new = Button(
            text=T("New case"),
            icon="plus",
            kind="filled",
            name="cases.new",
            on_release=lambda *_: self.desk.go("new_case"),
        )
        self.titled(T("Cases"), actions=[office, new])
        self.head.add_widget(self._search)
        self._ask()

    def appeared(self) -> None:
        focus.give(self._search)

    def _typed(self) -> None:
        self._limit = AT_ONCE
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        asked = self._asked

        def answer(rows: tuple[CaseRow, ...]) -> None:
            # An answer to an older query that comes late would replace the newer one's.
            if asked == self._asked:
                self._rows = rows
                self._draw()

        self.book.cases(str(self._search.text).strip()).then(answer)

    def _draw(self) -> None:
        today = self.now().date()
        self._rest.cancel()
        if not self._rows:
            self.fill(
                note(
                    T("No case matches. Try the first letters of the code after the country."),
                    name="cases.none",
                )
            )
            return
        # Where she has scrolled, nothing may jump: then all are drawn at once.
        self._drawn = IN_SIGHT if self.body.scroll_y >= 1 else self._limit
        self.fill(*(self._row(row, today) for row in self._rows[: self._drawn]))
        if len(self._rows) > self._drawn:
            self._rest()

    def _draw_rest(self) -> None:
        today = self.now().date()
        self.body.add(*(self._row(row, today) for row in self._rows[self._drawn : self._limit]))
        more = len(self._rows) - self._limit
        if more > 0:
            self.body.add(
                Button(
                    text=T("Show {n} more", n=more),
                    kind="plain",
                    name="cases.more",
                    on_release=self._show_all,
                )
            )

    def _show_all(self, *_: Any) -> None:
        self._limit = len(self._rows)
        self._draw()

    def _row(self, row: CaseRow, today: Any) -> Row:
        sign: Widget | None = None
        stage = [wording.stage(row.stage)]
        if row.only_here:
            sign = Chip(text=wording.only_here(row.only_here), meaning="attention")
        elif self.wide:
            sign = Chip(text=stage.pop())
        return Row(
            name=f"cases.row.{row.code}",
            title=row.code,
            subtitle=joined(*stage, wording.next_due(row, today)),
            leading=risk_mark(row.risk),
            trailing=sign,
            pressable=True,
            on_release=lambda *_: self.desk.go("case", case=row.id),
        )

    def _open_first(self) -> None:
        if self._rows:
            self.desk.go("case", case=self._rows[0].id)
