"""A month to pick a day from, weeks beginning on Monday."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta
from typing import Any

from kivy.metrics import dp
from kivy.properties import ObjectProperty

from app.ui.i18n import T, day_text, month_text, weekday_names
from app.ui.theme import TARGET, XS
from app.ui.widgets.buttons import IconButton, Pressable, PushButton
from app.ui.widgets.dialog import Sheet
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, RowLayout


class _Day(Pressable):
    """One day of the month; arrow keys go to its neighbours."""

    def __init__(self, day: date, *, chosen: bool, today: bool, **options: Any) -> None:
        super().__init__(
            min_height=dp(TARGET),
            radius=12,
            name=f"calendar.{day.isoformat()}",
            fill="primary" if chosen else "none",
            border="primary" if today and not chosen else "none",
            border_width=2,
            **options,
        )
        self.day = day
        self.text = T.of(lambda: day_text(day))
        tone = "on_primary" if chosen else "primary" if today else "ink"
        self.add_widget(BidiLabel(text=str(day.day), halign="center", tone=tone, bold=chosen or today))


def _weekday(number: int) -> T:
    return T.of(lambda: weekday_names()[number])


class CalendarSheet(Sheet):
    """`CalendarSheet(chosen=date | None, today=date).open()`; `on_pick(day)`."""

    chosen = ObjectProperty(None, allownone=True)

    def __init__(self, *, today: date, **options: Any) -> None:
        self.register_event_type("on_pick")
        options.setdefault("name", "calendar")
        super().__init__(max_width=440, **options)
        self._today = today
        first = self.chosen or today
        self._month = first.replace(day=1)
        self._heading = BidiLabel(style="strong", halign="center")
        head = RowLayout()
        for icon, text, step in (
            ("chevron-start", T("Month before"), -1),
            ("chevron-end", T("Month after"), 1),
        ):
            button = IconButton(icon=icon, text=text, name=f"calendar.{'before' if step < 0 else 'after'}")
            button.fbind("on_release", lambda _, by=step: self._turn(by))
            head.add_widget(button)
            if step < 0:
                head.add_widget(self._heading)
        self._grid = Column(spacing=dp(XS))
        foot = RowLayout()
        to_today = PushButton(text=T("Today"), name="calendar.today")
        to_today.fbind("on_release", lambda _: self._pick(self._today))
        cancel = PushButton(text=T("Cancel"), kind="plain", name="calendar.cancel")
        cancel.fbind("on_release", self.dismiss)
        foot.add_widget(to_today)
        foot.add_widget(cancel)
        for part in (head, self._grid, foot):
            self.card.add_widget(part)
        self._fill()

    def on_pick(self, day: date) -> None:
        """A day was picked."""

    def _turn(self, by: int) -> None:
        month = self._month
        self._month = (
            (month - timedelta(days=1)).replace(day=1)
            if by < 0
            else (month + timedelta(days=32)).replace(day=1)
        )
        self._fill()

    def _fill(self) -> None:
        month = self._month
        self._heading.text = T.of(lambda: month_text(month))
        self._grid.clear_widgets()
        names = RowLayout(spacing=0)
        for number in range(7):
            names.add_widget(BidiLabel(text=_weekday(number), style="small", tone="ink2", halign="center"))
        self._grid.add_widget(names)
        for week in Calendar(firstweekday=0).monthdatescalendar(month.year, month.month):
            line = RowLayout(spacing=dp(XS))
            for day in week:
                if day.month != month.month:
                    line.add_widget(BidiLabel())
                    continue
                cell = _Day(day, chosen=day == self.chosen, today=day == self._today)
                cell.fbind("on_release", lambda pressed: self._pick(pressed.day))
                line.add_widget(cell)
            self._grid.add_widget(line)

    def _pick(self, day: date) -> None:
        self.dismiss()
        self.dispatch("on_pick", day)
