"""One case: where it is on its way, what is due, what was recorded, and how to reach her safely."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.pathway_strip import pathway_strip
from app.ui.screens.screen import Screen, below, beside, heading, note
from app.ui.theme import M
from app.ui.widgets import BidiLabel, Button, Card, Chip, Column, RiskMark, Row, Sheet
from app.views import CaseView, DueItem, FormOffer, RecordRow

#: Seconds for which a name stays in sight once it was asked for.
NAME_SHOWN = 20.0
STATE_MEANING = {"draft": "neutral", "only_here": "attention", "on_server": "done", "refused": "danger"}


class CaseScreen(Screen):
    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._view: CaseView | None = None
        self._named = False
        self._hiding: Any = None

    def enter(self) -> None:
        self.book.case(self.where["case"]).then(self._show)

    def leave(self) -> None:
        self._hide_name()

    def _show(self, view: CaseView) -> None:
        self._view = view
        self._draw_head(view)
        today = self.now().date()
        strip = Card(name="case.pathway")
        strip.add_widget(pathway_strip(view.stages, wide=self.wide))
        self.head.add_widget(strip)
        main: list[Widget] = []
        if view.due:
            main += [heading(T("What is due"), len(view.due))]
            main += [self._due(item, today, first=item is view.due[0]) for item in view.due]
        main += [heading(T("Timeline"), len(view.records))]
        main += [self._record(record) for record in view.records]
        if not view.records:
            main += [note(T("Nothing is recorded yet."))]
        side = [self._facts(view)] if view.facts else []
        # Never scrolled away, so that nobody calls before having read it.
        self.fill_two(main, side, pinned=self._safe_contact(view))

    def _draw_head(self, view: CaseView) -> None:
        narrow = not self.wide
        actions = [
            Button(
                stretch=narrow,
                text=T("Hide name") if self._named else T("Show name"),
                name="case.show_name",
                on_release=lambda *_: self._turn_name(),
            ),
            Button(
                stretch=narrow,
                text=T("New form"),
                kind="filled",
                name="case.new_form",
                on_release=lambda *_: self._offer(),
            ),
        ]
        self.titled(
            view.row.code,
            back=True,
            actions=[RiskMark(risk=view.row.risk), *(actions if self.wide else ())],
        )
        if self._named:
            self.head.add_widget(BidiLabel(text=view.name, style="heading", name="case.name"))
        if not self.wide:
            self.head.add_widget(beside(*actions))

    # -- parts --------------------------------------------------------------------------------------

    def _safe_contact(self, view: CaseView) -> Card:
        card = Card(fill="attention_container", border="attention", name="case.safe_contact")
        card.add_widget(BidiLabel(text=T("Safe contact"), style="strong", tone="attention"))
        known = view.safe_contact
        text = T.titles(known) if known else T("Nothing is agreed yet: ask before the first contact.")
        card.add_widget(BidiLabel(text=text, tone="ink"))
        return card

    def _facts(self, view: CaseView) -> Card:
        card = Card(name="case.facts")
        card.add_widget(BidiLabel(text=T("Facts"), style="strong"))
        for label, value in view.facts:
            card.add_widget(
                below(
                    BidiLabel(text=T.titles(label), style="small", tone="ink2"),
                    BidiLabel(text=wording.answer(value)),
                    gap=0,
                )
            )
        return card

    def _due(self, item: DueItem, today: Any, *, first: bool) -> Row:
        form = item.form
        button = Button(
            text=T("Receive") if item.kind == "arrival" else T("Record"),
            kind="outlined",
            name=f"case.do.{item.kind}",
            on_release=lambda *_: self.desk.begin(item.case, form or ""),
        )
        sign = Chip(text=T("Overdue"), meaning="danger") if item.overdue else None
        return Row(
            name=f"case.due.{item.kind}",
            title=wording.due_kind(item.kind),
            subtitle=wording.due_when(item.due, today),
            leading=sign,
            trailing=button if form else None,
        )

    def _record(self, record: RecordRow) -> Row:
        since = record.on_server_since
        state: Any = wording.record_state(record)
        if since is not None and record.state == "on_server":
            state = T("On the server since {when}", when=wording.moment(since))
        reason = wording.problem_code(record.refused) if record.refused else ""
        return Row(
            name=f"case.record.{record.form}",
            title=T.titles(record.titles),
            subtitle=joined(wording.moment(record.changed_at), record.author, reason),
            trailing=Chip(text=state, meaning=STATE_MEANING[record.state], name=f"case.state.{record.form}"),
            pressable=True,
            on_release=lambda *_: self._open(record),
        )

    def _open(self, record: RecordRow) -> None:
        if record.state == "draft":
            self.desk.resume(record.id)
        else:
            self.desk.read(record.id)

    # -- name, offers -------------------------------------------------------------------------------

    def _turn_name(self) -> None:
        if self._named:
            self._hide_name()
        else:
            self._named = True
            self._hiding = Clock.schedule_once(lambda _seconds: self._hide_name(), NAME_SHOWN)
        if self._view is not None:
            self._show(self._view)

    def _hide_name(self) -> None:
        if self._hiding is not None:
            self._hiding.cancel()
            self._hiding = None
        if self._named:
            self._named = False
            if self._view is not None and self.shown:
                self._show(self._view)

    def _offer(self) -> None:
        if self._view is None:
            return
        offers = self._view.offers
        content = Column(spacing=dp(M))
        sheet = Sheet(title=T("Which form?"), content=content, name="case.offers")
        for offer in offers:
            content.add_widget(self._offered(offer, sheet, first=offer is offers[0]))
        if self._view.other_offers:
            content.add_widget(heading(T("Other forms"), len(self._view.other_offers)))
        for offer in self._view.other_offers:
            content.add_widget(self._offered(offer, sheet, first=False))
        sheet.open()

    def _offered(self, offer: FormOffer, sheet: Sheet, *, first: bool) -> Button:
        def begin(*_: Any) -> None:
            sheet.dismiss()
            self.desk.begin(self.where["case"], offer.form)

        return Button(
            text=T.titles(offer.titles),
            kind="filled" if first else "outlined",
            stretch=True,
            min_height=dp(56),
            name=f"case.offer.{offer.form}",
            on_release=begin,
        )
