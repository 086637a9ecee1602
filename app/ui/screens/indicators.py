"""What the office reports: which output, of which period and programme; and the reports that were frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kivy.uix.widget import Widget

from app.reports import FrozenRow, Wanted
from app.ui.i18n import T, joined
from app.ui.screens import indicator_words as words
from app.ui.screens import wording
from app.ui.screens.screen import Screen, below, beside, heading, note
from app.ui.theme import XS
from app.ui.widgets import BidiLabel, Button, ChoiceList, Dialog, Fold, Row, TextField, focus
from forms.casework.case import add_months
from forms.casework.indicators.population import Period

COORDINATOR = "coordinator"
NO_DATE = wording.VIOLATIONS["answer.date.not_a_date"]


def quarter(day: date, before: int = 0) -> Period:
    """The quarter of a day, or one that came so many quarters before it."""
    first = add_months(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), -3 * before)
    return Period(first, date.fromordinal(add_months(first, 3).toordinal() - 1))


class IndicatorsScreen(Screen):
    """Names: indicators.output.<output>, indicators.first, indicators.last, indicators.quarter,
    indicators.quarter_before, indicators.year, indicators.programme.<id>, indicators.by.<group>,
    indicators.look, indicators.frozen.<id>."""

    place = "cases"
    topics = frozenset({"sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._wanted = Wanted("internal", quarter(self.now().date()))
        self._programmes: Mapping[str, str] = {}
        self._first = TextField(name="indicators.first")
        self._last = TextField(name="indicators.last")
        self._tell_period()

    def enter(self) -> None:
        self.titled(T("Figures and reports"), back=True)
        if self.book.session.role != COORDINATOR:
            self.fill(note(T("Only a coordinator sees the figures of the office."), name="indicators.none"))
            return
        self.book.reports.programmes().then(self._know)

    def _know(self, programmes: Mapping[str, str]) -> None:
        self._programmes = programmes
        self.book.reports.frozen().then(self._show)

    def _show(self, frozen: tuple[FrozenRow, ...]) -> None:
        held = focus.current.name if focus.current is not None and focus.current.by_key else ""
        for field in (self._first, self._last):
            if field.parent is not None:
                field.parent.remove_widget(field)
        output = self._wanted.output
        main: list[Widget] = [
            heading(T("For whom?")),
            self._choice(
                "output", [(code, T(text)) for code, text in words.OUTPUTS.items()], output, beside=True
            ),
            note(T(words.ABOUT[output]), name="indicators.about"),
        ]
        if output == "public":
            main += [
                note(
                    T(
                        "Only one device of an office may publish: it alone knows who was told of before. "
                        "A device that is lost takes that with it."
                    )
                )
            ]
        else:
            main += self._asked(output)
        main.append(
            Button(
                text=T("See what was published last") if output == "public" else T("Show the report"),
                kind="filled",
                name="indicators.look",
                on_release=lambda *_: self._look(),
            )
        )
        if output == "public":
            main.append(
                Button(
                    text=T("Make a new one…"),
                    name="indicators.publish",
                    on_release=lambda *_: self._publish(),
                )
            )
        side: list[Widget] = [heading(T("Frozen reports"), len(frozen)), *map(self._frozen, frozen)]
        if not frozen:
            side.append(note(T("No report was frozen on this device."), name="indicators.no_frozen"))
        side.append(note(T("They are kept encrypted on this device, and are sent nowhere.")))
        self.fill_two(main, side)
        if held:
            focus.give_named(held)

    def _asked(self, output: str) -> list[Widget]:
        today = self.now().date()
        presets = [
            ("quarter", T("This quarter"), quarter(today)),
            ("quarter_before", T("Last quarter"), quarter(today, 1)),
            ("year", T("This year"), Period(date(today.year, 1, 1), date(today.year, 12, 31))),
        ]
        buttons = [
            Button(
                text=text,
                stretch=True,
                name=f"indicators.{name}",
                on_release=lambda *_, p=period: self._set(p),
            )
            for name, text, period in presets
        ]
        parts: list[Widget] = [
            heading(T("Which period?")),
            beside(*buttons),
            beside(
                below(BidiLabel(text=T("First day"), style="small", tone="ink2"), self._first, gap=XS),
                below(BidiLabel(text=T("Last day"), style="small", tone="ink2"), self._last, gap=XS),
            ),
        ]
        if self._programmes:
            every = [("", T("All programmes")), *self._programmes.items()]
            parts += [
                heading(T("Which programme?")),
                self._choice("programme", every, self._wanted.programme),
            ]
        if output == "internal":
            parts.append(
                Fold(
                    title=T("Broken down by"),
                    told=joined(*(T(words.GROUPS[name]) for name in self._wanted.by)),
                    make=lambda: [self._by()],
                    name="indicators.by",
                )
            )
        return parts

    def _choice(
        self, what: str, choices: list[tuple[str, Any]], value: str, *, beside: bool = False
    ) -> ChoiceList:
        made = ChoiceList(
            prefix=f"indicators.{what}",
            choices=choices,
            value=value,
            clearable=False,
            beside=beside and self.wide,
        )
        made.fbind("on_choice", lambda _list, chosen: self._change(**{what: chosen}))
        return made

    def _by(self) -> ChoiceList:
        made = ChoiceList(
            prefix="indicators.by",
            choices=[(name, T(text)) for name, text in words.GROUPS.items()],
            value=list(self._wanted.by) or None,
            multiple=True,
        )

        def choose(_list: Widget, chosen: list[str] | None) -> None:
            self._wanted = replace(self._wanted, by=tuple(chosen or ()))

        made.fbind("on_choice", choose)
        return made

    def _change(self, **given: Any) -> None:
        self._read_period()
        self._wanted = replace(self._wanted, **given)
        self.enter()

    # -- period -------------------------------------------------------------------------------------

    def _set(self, period: Period) -> None:
        self._wanted = replace(self._wanted, period=period)
        self._tell_period()

    def _tell_period(self) -> None:
        self._first.text = self._wanted.period.first.isoformat()
        self._last.text = self._wanted.period.last.isoformat()
        self._first.invalid = self._last.invalid = False

    def _read_period(self) -> bool:
        """What is typed becomes the period; what is no day is marked, and changes nothing."""
        days = []
        for field in (self._first, self._last):
            try:
                days.append(date.fromisoformat(field.text.strip()))
                field.invalid = False
            except ValueError:
                field.invalid = True
        if len(days) < 2:
            return False
        self._wanted = replace(self._wanted, period=Period(*days))
        return True

    # -- to reports ---------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._wanted.output != "public" and not self._read_period():
            self.desk.tell(T(NO_DATE), "attention")
            return
        self.desk.go("report", wanted=self._wanted)

    def _publish(self) -> None:
        def publish() -> None:
            self.book.reports.freeze(self._wanted).then(lambda report: self.desk.go("report", report=report))

        Dialog(
            title=T("Publish a new one?"),
            message=T(
                "Who is told of now is told of for ever: it cannot be taken back, nor made a second time."
            ),
            actions=[(T("Make it"), "filled", publish), (T("Cancel"), "plain", None)],
        ).open()

    def _frozen(self, row: FrozenRow) -> Row:
        title = joined(T(words.OUTPUTS[row.output]), words.period(row.first, row.last))
        programme = self._programmes.get(row.programme, row.programme)
        return Row(
            name=f"indicators.frozen.{row.id}",
            title=title,
            subtitle=joined(
                programme,
                T("data of {day}", day=wording.date_of(row.as_of)),
                wording.moment(row.frozen_at),
                row.frozen_by,
            ),
            pressable=True,
            on_release=lambda *_: self.desk.go("report", report=row.id),
        )
