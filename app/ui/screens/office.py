"""What the office does for no single person: meetings and agreements, what is due of them, and new ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.screen import Screen, heading, note
from app.ui.widgets import Button, Chip, Row
from app.views import DueItem, FormOffer, OfficeFileView, RecordRow, TodayView

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

STATE_MEANING = {"draft": "neutral", "only_here": "attention", "on_server": "done", "refused": "danger"}


class OfficeScreen(Screen):
    place = "cases"
    topics = frozenset({"records", "sync"})

    def enter(self) -> None:
        self.book.office_file().then(self._show)

    def _show(self, view: OfficeFileView) -> None:
        figures = Button(
            text=T("Figures and reports"),
            name="office.figures",
            on_release=lambda *_: self.desk.go("indicators"),
        )
        coordinates = self.book.session.role == "coordinator"
        self.titled(T("Our office"), back=True, actions=[figures] if coordinates else [])
        begun = {each.id for each in view.records if each.state == "draft"}
        due = due_rows(self.desk, view.due, self.now().date(), begun)
        if due:
            due.insert(0, heading(T("What is due"), len(view.due)))
        done = [heading(T("Timeline"), len(view.records)), *map(self._record, view.records)]
        if not view.records:
            done.append(note(T("Nothing is recorded yet."), name="office.none"))
        new = [heading(T("New form")), *(self._offer(view.id, offer) for offer in view.offers)]
        if not view.offers:
            new.append(note(T("The forms for it come with a sync."), name="office.no_forms"))
        new.append(note(T("What is done for no single person. Names of persons do not belong here.")))
        if self.wide:
            self.fill_two([*due, *done], new)
        else:
            self.fill(*due, *new, *done)

    def _offer(self, file: str, offer: FormOffer) -> Button:
        return Button(
            text=T.titles(offer.titles),
            stretch=True,
            min_height=dp(56),
            name=f"office.offer.{offer.form}",
            on_release=lambda *_: self.desk.begin(file, offer.form),
        )

    def _record(self, record: RecordRow) -> Row:
        reason = wording.problem_code(record.refused) if record.refused else ""
        return Row(
            name=f"office.record.{record.form}",
            title=T.titles(record.titles),
            subtitle=joined(wording.moment(record.changed_at), record.author, reason),
            trailing=Chip(text=wording.record_state(record), meaning=STATE_MEANING[record.state]),
            pressable=True,
            on_release=lambda *_: _open(self.desk, record.id, begun=record.state == "draft"),
        )


def due_today(desk: Navigator, view: TodayView) -> list[Widget]:
    """What is due of the office, under a heading of its own; nothing where nothing is."""
    if not view.office:
        return []
    begun = {draft.record for draft in view.drafts}
    return [heading(T("Our office"), len(view.office)), *due_rows(desk, view.office, view.day, begun)]


def due_rows(
    desk: Navigator, items: Collection[DueItem], today: date, begun: Collection[str]
) -> list[Widget]:
    """Each opens the record that says so; those that are `begun` to be changed are gone on with."""
    return [_due(desk, item, today, begun) for item in items]


def _due(desk: Navigator, item: DueItem, today: date, begun: Collection[str]) -> Row:
    record = str(item.detail["record"])

    def show() -> None:
        _open(desk, record, begun=record in begun)

    return Row(
        name=f"office.due.{item.kind}",
        title=wording.due_kind(item.kind),
        subtitle=joined(wording.due_owner(item), wording.due_when(item.due, today)),
        leading=Chip(text=T("Overdue"), meaning="danger") if item.overdue else None,
        trailing=Button(
            text=T("Open"),
            kind="outlined",
            name=f"office.open.{item.kind}",
            on_release=lambda *_: show(),
        ),
        pressable=True,
        on_release=lambda *_: show(),
    )


def _open(desk: Navigator, record: str, *, begun: bool) -> None:
    """A record to be read; one that was begun to be changed is not thrown away by reading it."""
    if begun:
        desk.resume(record)
    else:
        desk.read(record)
