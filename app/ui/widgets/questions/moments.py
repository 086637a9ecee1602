"""Questions for a date, a time, or both: typed, picked from a calendar, or 'now' with one touch."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from kivy.metrics import dp

from app.ui.i18n import T, day_text
from app.ui.theme import S
from app.ui.widgets.buttons import IconButton, PushButton
from app.ui.widgets.calendar import CalendarSheet
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import RowLayout
from app.ui.widgets.questions.base import State, shown_value
from app.ui.widgets.questions.typed import TypedQuestion


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class DateQuestion(TypedQuestion):
    """`2026-11-22` typed or picked; the day in words stands below. What nobody may change offers neither."""

    hint = "2026-11-22"
    picks = True
    offers_now = False

    def build(self) -> None:
        super().build()
        self.body.remove_widget(self.field)
        line = RowLayout(spacing=dp(S))
        line.add_widget(self.field)
        if self.state.readonly:
            self.picks = self.offers_now = False
        else:
            self.field.hint = T("For example {example}", example=self.hint)
        if self.picks:
            self._calendar = IconButton(
                icon="calendar",
                text=T("Choose a day"),
                name=f"entry.calendar.{self.path}",
                border="primary",
                fill="card",
            )
            self._calendar.fbind("on_release", self._pick)
            line.add_widget(self._calendar)
        if self.offers_now:
            now = PushButton(text=T("Now"), name=f"entry.now.{self.path}")
            now.fbind("on_release", self._now)
            line.add_widget(now)
        self.words = BidiLabel(style="secondary", tone="ink2")
        self.body.add_widget(line)

    def show(self, state: State) -> None:
        super().show(state)
        self.words.text = T.of(self._words)
        said = bool(str(self.words.text))
        if said and self.words.parent is None:
            self.body.add_widget(self.words)
        elif not said and self.words.parent is not None:
            self.body.remove_widget(self.words)

    def in_words(self, state: State) -> str:
        """The value as a person says it."""
        try:
            day = date.fromisoformat(str(state.value))
        except ValueError:
            return ""
        return f"{day_text(day)} {day.year}"

    def _words(self) -> str:
        """Nothing where another text stands in the field than the value."""
        unread = getattr(self.state.violation, "kind", "") == "type"
        return "" if unread else self.in_words(self.state)

    def current_day(self) -> date | None:
        moment = _moment(self.field.text)
        return moment.date() if moment else None

    def _pick(self, *_: Any) -> None:
        if not self.state.readonly:
            today = self.context.now().date()
            sheet = CalendarSheet(chosen=self.current_day(), today=today, title=self.state.label)
            sheet.fbind("on_pick", lambda _sheet, day: self.set_day(day))
            sheet.open()

    def set_day(self, day: date) -> None:
        self._put(day.isoformat())

    def _now(self, *_: Any) -> None:
        """Answers with this moment."""

    def _put(self, text: str) -> None:
        self.field.text = text
        self.flush()


class TimeQuestion(DateQuestion):
    """`17:40` typed, or now."""

    hint = "17:40"
    picks = False
    offers_now = True

    def text_of(self, state: State) -> str:
        text = shown_value(state)
        try:
            return (
                time.fromisoformat(text).strftime("%H:%M") if state.raw in (None, "", state.value) else text
            )
        except ValueError:
            return text

    def in_words(self, state: State) -> str:
        return ""

    def _now(self, *_: Any) -> None:
        if not self.state.readonly:
            self._put(self.context.now().strftime("%H:%M"))


class MomentQuestion(DateQuestion):
    """`2026-11-22 17:40` typed, its day picked, or now. A value is shown in the offset it was given with."""

    hint = "2026-11-22 17:40"
    offers_now = True

    def text_of(self, state: State) -> str:
        text = shown_value(state)
        moment = _moment(text) if state.raw in (None, "", state.value) else None
        return moment.strftime("%Y-%m-%d %H:%M") if moment else text

    def in_words(self, state: State) -> str:
        moment = _moment(str(state.value or ""))
        return f"{day_text(moment.date())} {moment.year} · {moment:%H:%M}" if moment else ""

    def set_day(self, day: date) -> None:
        moment = _moment(self.field.text)
        at = moment if moment and len(self.field.text.strip()) > 10 else self.context.now()
        self._put(f"{day.isoformat()} {at:%H:%M}")

    def _now(self, *_: Any) -> None:
        if not self.state.readonly:
            # With its seconds, which the field does not show: one 'now' is never before an earlier one.
            moment = self.context.now().replace(microsecond=0)
            self._given = moment.strftime("%Y-%m-%d %H:%M")
            self.field.text = self._given
            self.answer(moment.isoformat())
