"""One case: where it is on its way, what protects the person, what is due and was recorded."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.checklist import checklist
from app.ui.screens.form_choice import FormChoice
from app.ui.screens.pathway_strip import pathway_strip
from app.ui.screens.protection import clearance_card, gate_row, risk_card, safe_contact_card
from app.ui.screens.screen import Screen, below, beside, heading, note
from app.ui.widgets import BidiLabel, Button, Card, Chip, RiskMark, Row, focus
from app.views import CaseView, DueItem, RecordRow

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
        self._unfolded: set[str] = set()

    def enter(self) -> None:
        self.book.case(self.where["case"]).then(self._show)

    def leave(self) -> None:
        self._hide_name()

    def _show(self, view: CaseView) -> None:
        self._view = view
        held = focus.current.name if focus.current is not None and focus.current.by_key else ""
        self._draw_head(view)
        strip = Card(name="case.pathway")
        strip.add_widget(pathway_strip(view.stages, wide=self.wide))
        if self.wide:
            self.head.add_widget(strip)
        contact = safe_contact_card(self.desk, view)
        frozen = bool(view.protection.frozen)
        # Never scrolled away, so that nobody calls before having read it. Where little room is, only that
        # nobody calls at all stays in sight.
        pinned = contact if self.wide or not frozen else safe_contact_card(self.desk, view, short=True)
        main: list[Widget] = [] if self.wide else [strip]
        main += [] if pinned is contact else [contact]
        main += self._protected(view) + self._what_is_due(view) + self._gates(view)
        main += checklist(self.desk, view, self._unfolded)
        main += [heading(T("Timeline"), len(view.records))]
        main += [self._record(record) for record in view.records]
        if not view.records:
            main += [note(T("Nothing is recorded yet."))]
        side = [
            risk_card(view.protection.risk),
            *([self._facts(view)] if view.facts else []),
            *self._elsewhere(view),
        ]
        self.fill_two(main, side, pinned=pinned)
        if held:
            focus.give_named(held)

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

    def _protected(self, view: CaseView) -> list[Widget]:
        clearance = view.protection.clearance
        return [] if clearance is None else [clearance_card(self.desk, view, clearance)]

    def _what_is_due(self, view: CaseView) -> list[Widget]:
        today = self.now().date()
        if not view.due:
            return []
        rows = (self._due(item, today, self._against(view, item)) for item in view.due)
        return [heading(T("What is due"), len(view.due)), *rows]

    def _against(self, view: CaseView, item: DueItem) -> T | None:
        """What speaks against doing this now. It can be recorded all the same: it may have happened."""
        given = view.protection.clearance
        if item.kind == "arrival" and (given is None or not given.stands):
            return T("Not cleared to travel")
        if item.kind.startswith("contact.") and view.protection.frozen:
            return T("Nobody makes contact now")
        return None

    def _gates(self, view: CaseView) -> list[Widget]:
        """The gates that lie ahead of the stage, the nearest first."""
        known = {gate.gate: gate for gate in view.protection.gates}
        rows: list[Widget] = [
            gate_row(self.desk, view, known[name]) for name in view.protection.ahead if name in known
        ]
        return [heading(T("What lies ahead")), *rows] if rows else []

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

    def _elsewhere(self, view: CaseView) -> list[Widget]:
        """Money and services of the case, other offices that have it, and other files of the person."""
        return [
            Row(
                name="case.money",
                title=T("Money of this case"),
                pressable=True,
                on_release=lambda *_: self.desk.go("money", case=view.row.id),
            ),
            Row(
                name="case.directory",
                title=T("Services and numbers to call"),
                pressable=True,
                on_release=lambda *_: self.desk.go("directory", case=view.row.id),
            ),
            Row(
                name="case.sharing",
                title=T("Shared with other offices"),
                pressable=True,
                on_release=lambda *_: self.desk.go("sharing", case=view.row.id),
            ),
            Row(
                name="case.files",
                title=T("Files of this person"),
                subtitle=joined(*(each.code for each in view.other_files)),
                pressable=True,
                on_release=lambda *_: self.desk.go("files", case=view.row.id),
            ),
        ]

    def _due(self, item: DueItem, today: Any, against: T | None) -> Row:
        form = item.form
        button = Button(
            text=T("Receive") if item.kind == "arrival" else T("Record"),
            kind="outlined",
            name=f"case.do.{item.kind}",
            on_release=lambda *_: self.desk.begin(item.case, form or ""),
        )
        sign = Chip(text=T("Overdue"), meaning="danger") if item.overdue else None
        told = (item.detail.get("words", ""), wording.due_owner(item), wording.due_when(item.due, today))
        return Row(
            name=f"case.due.{item.kind}",
            title=wording.due_kind(item.kind),
            subtitle=joined(*told, wording.arrival_time(item), against or ""),
            meaning="danger" if against is not None else "none",
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
            on_release=lambda *_: self._open(record.id),
        )

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

    def _open(self, record: str) -> None:
        if self._view is not None:
            self.desk.open_record(self._view, record)

    def _offer(self) -> None:
        if self._view is not None:
            FormChoice(self._view.offers, self._begin).open()

    def _begin(self, form: str) -> None:
        self.desk.begin(self.where["case"], form)
