"""The history of a record: who said what when, on which device, and what stood there before."""

from __future__ import annotations

from kivy.uix.widget import Widget

from app.history import HistoryLine, HistoryStep, HistoryView
from app.problems import Problem
from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.screen import Screen, below, beside, note
from app.ui.widgets import BidiLabel, Card, Chip, Fold
from app.views import Titles

#: How what became of an answer is called, where it is not simply what stands or stood.
_STANDINGS = {
    "lost": (T("Another answer was kept"), "conflict"),
    "waiting": (T("Only on this tablet"), "attention"),
    "refused": (T("Refused"), "danger"),
}
_ANSWERED_FIRST = 3


class HistoryScreen(Screen):
    """`record` is the record's id."""

    place = "cases"
    topics = frozenset({"records", "sync"})

    def enter(self) -> None:
        self.titled(T("History"), back=True)
        self.book.histories.of(self.where["record"]).then(self._show, self._refused)

    def _refused(self, problem: Problem) -> None:
        self.fill(note(wording.problem(problem), name="history.refused"))

    def _show(self, view: HistoryView) -> None:
        self.titled(T("History"), back=True, signs=[Chip(text=T.titles(view.titles))])
        if not view.steps:
            self.fill(note(T("Nothing is known of it before what it says now."), name="history.none"))
            return
        about = T("What this tablet knows, the latest first. The office's server keeps every answer.")
        self.fill(note(about), *(_step(number, step) for number, step in enumerate(view.steps)))


def _step(number: int, step: HistoryStep) -> Card:
    card = Card(name=f"history.step.{number}")
    card.add_widget(BidiLabel(text=step.name or step.login, style="strong"))
    where = T("on this device") if step.here else T("on the device {number}", number=step.device)
    when = wording.moment(step.ended)
    if step.begun.replace(second=0, microsecond=0) != step.ended.replace(second=0, microsecond=0):
        when = T("{begun} to {ended}", begun=wording.moment(step.begun), ended=when)
    card.add_widget(BidiLabel(text=joined(where, when), style="secondary", tone="ink2"))
    changed = [line for line in step.lines if not line.first or line.standing == "lost"]
    firsts = [line for line in step.lines if line not in changed]
    for line in changed:
        card.add_widget(_line(line))
    if len(firsts) <= _ANSWERED_FIRST:
        for line in firsts:
            card.add_widget(_line(line))
    else:
        card.add_widget(
            Fold(
                title=T.n(
                    "{n} answer given for the first time", "{n} answers given for the first time", len(firsts)
                ),
                make=lambda: [_line(line) for line in firsts],
                name=f"history.firsts.{number}",
            )
        )
    return card


def _line(line: HistoryLine) -> Widget:
    question = T.titles(line.question)
    if line.within is not None:
        question = joined(_instance(line.within, line.number), question)
    parts: list[Widget] = [BidiLabel(text=question, style="small", tone="ink2")]
    parts.append(BidiLabel(text=_said(line), name=f"history.line.{line.path}"))
    if not line.first and line.kind == "answer":
        before = wording.answer(line.was) if line.was else T("no answer")
        parts.append(BidiLabel(text=T("Before: {text}", text=before), style="secondary", tone="ink2"))
    told = below(*parts, gap=0)
    if line.standing not in _STANDINGS:
        return told
    text, meaning = _STANDINGS[line.standing]
    return beside(told, Chip(text=text, meaning=meaning))


def _said(line: HistoryLine) -> T:
    if line.kind == "added":
        return T("Added: number {n}", n=line.number) if line.number else T("Added")
    if line.kind == "removed":
        return T("Taken away")
    if line.kind == "photo":
        return T("Photo") if line.first else T("Another photo, or none")
    return wording.answer(line.text) if line.text else T("No answer any more")


def _instance(repeat: Titles, number: int) -> T:
    if not number:
        return T.titles(repeat)
    return T("{title} {n}", title=T.titles(repeat), n=number)
