"""One report: its lines with how each is counted; to be frozen, compared with today, or written to a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.uix.widget import Widget

from app.problems import Problem
from app.reports import ReportLine, ReportView
from app.ui.i18n import T, joined
from app.ui.screens import indicator_words as words
from app.ui.screens import wording
from app.ui.screens.report_file import ReportDialog, table
from app.ui.screens.screen import Screen, below, beside, heading, note
from app.ui.theme import XS
from app.ui.widgets import Banner, BidiLabel, Button, Card, Hairline
from forms.casework.indicators.frozen import Change

#: Indicators drawn at once; those below come a frame later, so that a touch is answered at once.
IN_SIGHT = 6


class ReportScreen(Screen):
    """`wanted` is one to be made now, or `report` the id of a frozen one.

    Names: report.freeze, report.changes, report.write, report.line.<indicator>.
    """

    place = "cases"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._view: ReportView | None = None
        self._cards: list[Widget] = []
        self._rest = Clock.create_trigger(lambda _seconds: self._draw_rest(), 0.05)

    def enter(self) -> None:
        self.titled(T("Report"), back=True)
        report = self.where.get("report")
        job = self.book.reports.open(report) if report else self.book.reports.look(self.where["wanted"])
        job.then(self._show, self._cannot)

    def leave(self) -> None:
        self._rest.cancel()

    def _cannot(self, problem: Problem) -> None:
        self.fill(note(wording.problem(problem), name="report.problem"))

    def _show(self, view: ReportView) -> None:
        self._view = view
        self.titled(
            joined(T(words.OUTPUTS[view.output]), words.period(view.first, view.last)),
            back=True,
            actions=self._actions(view) if self.wide else (),
        )
        if not self.wide:
            self.head.add_widget(below(*self._actions(view)))
        parts: list[Widget] = [self._banner(view), self._about(view)]
        if view.late is not None:
            count, last = view.late
            text = T.n(
                "{n} person has month 12 after the end of the programme, the last one on {day}.",
                "{n} persons have month 12 after the end of the programme, the last one on {day}.",
                count,
                day=wording.date_of(last),
            )
            parts.append(Banner(text=text, meaning="attention", name="report.late"))
        if not view.lines:
            parts.append(
                note(
                    T("No table is agreed with a donor in the file of this programme."),
                    name="report.no_lines",
                )
            )
        self._cards = [self._card(lines, view) for lines in _by_indicator(view.lines)]
        self.fill(*parts, *self._cards[:IN_SIGHT])
        if len(self._cards) > IN_SIGHT:
            self._rest()

    def _draw_rest(self) -> None:
        self.body.add(*self._cards[IN_SIGHT:])

    def _actions(self, view: ReportView) -> list[Button]:
        actions = []
        if not view.id:
            actions.append(
                Button(
                    text=T("Freeze it"),
                    kind="filled",
                    name="report.freeze",
                    on_release=lambda *_: self._freeze(),
                )
            )
        elif view.output == "internal":
            actions.append(
                Button(
                    text=T("What is different today"),
                    name="report.changes",
                    on_release=lambda *_: self.book.reports.changes(view.id).then(self._show_changes),
                )
            )
        actions.append(
            Button(text=T("Write a file…"), name="report.write", on_release=lambda *_: self._ask_file(view))
        )
        return actions

    def _banner(self, view: ReportView) -> Banner:
        meaning = "danger" if view.output == "internal" else "primary"
        return Banner(text=T(words.ABOUT[view.output]), meaning=meaning, name="report.banner")

    def _about(self, view: ReportView) -> Widget:
        data = T("data of {day}", day=wording.date_of(view.as_of))
        if view.frozen_at is None:
            return note(
                joined(view.programme, data, T("not frozen: it changes with the records")),
                name="report.state",
            )
        frozen = T("frozen {when} by {who}", when=wording.moment(view.frozen_at), who=view.frozen_by)
        return note(joined(view.programme, data, frozen), name="report.state")

    # -- lines --------------------------------------------------------------------------------------

    def _card(self, lines: list[ReportLine], view: ReportView) -> Card:
        """An indicator: the line over all with how it is counted, and its rows."""
        first, *rows = lines
        code = first.indicator
        card = Card(name=f"report.line.{code}")
        within = words.group(first, view) if first.group else ""
        card.add_widget(
            beside(
                BidiLabel(text=joined(words.title(first, view), within), style="strong"),
                _value(first, view),
            )
        )
        definition = view.definitions.get(code)
        how = joined(words.how(definition) if definition else "", words.missing(first, view))
        if str(how):
            card.add_widget(BidiLabel(text=how, style="secondary", tone="ink2"))
        if rows:
            card.add_widget(Hairline())
            card.add_widget(below(*(self._row(line, view) for line in rows), gap=XS))
        return card

    def _row(self, line: ReportLine, view: ReportView) -> Widget:
        label = joined(words.group(line, view), words.missing(line, view))
        return beside(BidiLabel(text=label, style="secondary"), _value(line, view))

    # -- freezing, comparing, writing ---------------------------------------------------------------

    def _freeze(self) -> None:
        def frozen(report: str) -> None:
            self.desk.tell(T("Frozen, with its definitions and the date of its data."))
            self.desk.replace("report", report=report)

        self.book.reports.freeze(self.where["wanted"]).then(frozen)

    def _show_changes(self, changes: tuple[Change, ...]) -> None:
        view = self._view
        if view is None:
            return
        self._rest.cancel()
        self.titled(T("What is different today"), back=True)
        parts: list[Widget] = [self._about(view), heading(T("Numbers that changed"), len(changes))]
        parts += [self._change(each, view) for each in changes]
        if not changes:
            parts.append(note(T("Every number is as it was."), name="report.same"))
        self.fill(*parts)

    def _change(self, each: Change, view: ReportView) -> Card:
        card = Card(name=f"report.change.{each.indicator}")
        line = ReportLine(each.indicator, each.group, None, None, 0)
        title = joined(words.title(line, view), words.group(line, view))
        numbers = T("{before} before, {after} today", before=each.before or "–", after=each.after or "–")
        card.add_widget(beside(BidiLabel(text=title, style="strong"), BidiLabel(text=numbers, halign="end")))
        why = [
            joined(T(words.REASONS[code]), str(count) if count else "", separator=": ")
            for code, count in each.because
        ]
        card.add_widget(BidiLabel(text=joined(*why), style="secondary", tone="ink2"))
        return card

    def _ask_file(self, view: ReportView) -> None:
        ReportDialog(view, self._write).open()

    def _write(self, out: Path) -> None:
        if self._view is not None:
            self.book.reports.write(out, table(self._view)).then(
                lambda _done: self.desk.tell(T("The report is in {file}", file=out.name)),
                self.desk.tell_problem,
            )


def _value(line: ReportLine, view: ReportView) -> BidiLabel:
    tone = "ink2" if line.withheld else "ink"
    return BidiLabel(
        text=words.value(line, view), style="secondary" if line.withheld else "body", tone=tone, halign="end"
    )


def _by_indicator(lines: Iterable[ReportLine]) -> list[list[ReportLine]]:
    """Each line over all with the rows that follow it. A table within a row of another begins its own."""
    found: list[list[ReportLine]] = []
    for line in lines:
        public = line.indicator.startswith("public.")
        opens = (
            len(line.group) == (1 if line.indicator == "public.region" else 0) if public else not line.group
        )
        if opens or not found:
            found.append([line])
        else:
            found[-1].append(line)
    return found
