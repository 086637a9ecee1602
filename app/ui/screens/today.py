"""Today: what must not wait, what is due, forms begun, and the worker's answers that another version
replaced."""

from __future__ import annotations

from datetime import date
from typing import Any

from kivy.uix.widget import Widget

from app.aftermath import AftermathView
from app.ui.i18n import T, joined
from app.ui.screens import reasons, wording
from app.ui.screens.aftermath_cards import aftermath_rows
from app.ui.screens.conflict_card import conflict_card
from app.ui.screens.office import due_today
from app.ui.screens.screen import Screen, heading, note, risk_mark
from app.ui.widgets import Button, Chip, Icon, Row
from app.views import AlarmView, DraftView, DueItem, TodayView


class TodayScreen(Screen):
    place = "today"
    topics = frozenset({"cases", "records", "conflicts", "sync"})

    def enter(self) -> None:
        self.book.aftermath.view().then(
            lambda left: self.book.today().then(lambda view: self._show(view, left))
        )

    def _show(self, view: TodayView, left: AftermathView) -> None:
        self.titled(
            joined(T("Today"), wording.long_day(view.day)),
            signs=[*only_here_chip(view.only_here), Chip(text=wording.last_sync(view.last_sync))],
        )
        self.desk.count_conflicts(len(view.conflicts))
        main: list[Widget] = aftermath_rows(self.desk, left)
        if view.alarms:
            main += [heading(T("Must not wait"), len(view.alarms))]
            main += [self._alarm(alarm, first=alarm is view.alarms[0]) for alarm in view.alarms]
        if view.overdue:
            main += [heading(T("Overdue"), len(view.overdue))]
            leads = None if view.alarms else view.overdue[0]
            main += [self._due(item, view.day, first=item is leads) for item in view.overdue]
        main += [heading(T("Today"), len(view.today))]
        first = not (view.overdue or view.alarms)
        main += [self._due(item, view.day, first=first and item is view.today[0]) for item in view.today]
        if not view.today:
            main += [note(T("Nothing more is due today."))]
        main += due_today(self.desk, view)
        side: list[Widget] = []
        if view.conflicts:
            side += [heading(T("Your words that another version replaced"), len(view.conflicts))]
            side += [conflict_card(self.desk, conflict) for conflict in view.conflicts]
        side += [heading(T("Drafts"), len(view.drafts))]
        side += [self._draft(draft) for draft in view.drafts]
        if not view.drafts:
            side += [note(T("No form is begun and unfinished."))]
        self.fill_two(main, side)

    def _alarm(self, alarm: AlarmView, *, first: bool = False) -> Row:
        """What is the matter and since when; of a case that is elsewhere, its code and whom to call."""
        case = alarm.case
        since = T("since {when}", when=wording.since(alarm.since))
        call = "" if case else T("not on this device: call the office that holds it")
        name = f"today.alarm.{alarm.case_code}.{alarm.kind}"

        def open_case(*_: Any) -> None:
            if case is not None:
                self.desk.go("case", case=case)

        return Row(
            name=name,
            title=alarm.case_code,
            subtitle=joined(reasons.alarm(alarm.kind), since, call),
            leading=Icon(icon="warning", tone="danger", extent=28),
            trailing=Button(
                text=T("Open"),
                kind="filled" if first else "outlined",
                name=f"{name}.open",
                on_release=open_case,
            )
            if case
            else None,
            meaning="danger",
            pressable=case is not None,
            on_release=open_case,
        )

    def _due(self, item: DueItem, today: date, *, first: bool) -> Row:
        frozen = bool(item.detail.get("frozen"))
        opens = frozen or item.form is None
        verb = T("Open") if opens else T("Receive") if item.kind == "arrival" else T("Record")
        told = T("Nobody makes contact now") if frozen else wording.ways_of_contact(item)
        return Row(
            name=f"today.due.{item.code}.{item.kind}",
            title=item.code,
            subtitle=joined(wording.due_sentence(item, today), told),
            meaning="danger" if frozen else "none",
            leading=risk_mark(item.risk),
            trailing=Button(
                text=verb,
                kind="filled" if first else "outlined",
                name=f"today.do.{item.code}.{item.kind}",
                on_release=lambda *_: self._do(item),
            ),
            pressable=True,
            on_release=lambda *_: self.desk.go("case", case=item.case),
        )

    def _do(self, item: DueItem) -> None:
        """A contact that nobody makes now begins at the case, where it says why."""
        if item.form is None or item.detail.get("frozen"):
            self.desk.go("case", case=item.case)
        else:
            self.desk.begin(item.case, item.form)

    def _draft(self, draft: DraftView) -> Row:
        answered = T("{n} of {all} answered", n=draft.answered, all=draft.questions)
        return Row(
            name=f"today.draft.{draft.code}.{draft.form}",
            title=T.titles(draft.titles),
            subtitle=joined(wording.whose(draft.case, draft.code), answered, T("safe on this tablet")),
            trailing=Button(
                text=T("Continue"),
                kind="plain",
                name=f"today.continue.{draft.code}.{draft.form}",
                on_release=lambda *_: self.desk.resume(draft.record),
            ),
        )


def only_here_chip(count: int) -> list[Chip]:
    return [Chip(text=wording.only_here(count), meaning="attention", name="only_here")] if count else []
