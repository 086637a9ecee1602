"""A form as a whole: all answers, what is still missing, and the step that finishes it."""

from __future__ import annotations

from typing import Any

from kivy.uix.widget import Widget

from app.fieldbook import OpenEntry
from app.ui.i18n import T, joined, language
from app.ui.screens import wording
from app.ui.screens.asides import asides
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.screens.short_form import ShortFormView
from app.ui.widgets import BidiLabel, Button, Card, Chip, Dialog, Row
from forms.display import text_of
from forms.entry_views import Node
from forms.paths import is_within
from forms.validation import Violation


class ReviewScreen(Screen):
    """`opened` is the record. `finished=True`: it was finished before, and is shown to be read first."""

    place = "cases"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._opened: OpenEntry = where["opened"]
        self._finished: bool = where.get("finished", False)
        self._short = ShortFormView(desk, self._opened, self.enter)

    def key(self, key: int, modifiers: frozenset[str]) -> bool:
        return self._short.key(key)

    def enter(self) -> None:
        self._opened.entry.language = language.code
        self._show(self._opened.entry.validate() if not self._finished else ())

    def _show(self, missing: tuple[Violation, ...]) -> None:
        action = (
            Button(text=T("Change"), name="review.change", on_release=lambda *_: self._change(""))
            if self._finished
            else Button(
                text=T("Finish"),
                kind="filled",
                name="review.finish",
                disabled=bool(missing),
                on_release=lambda *_: self._finish(),
            )
        )
        self.titled(
            self._short.title,
            back=True,
            signs=[
                Chip(text=wording.whose(self._opened.case.id, self._opened.case.code)),
                *([] if self.wide else [self._short.button()]),
            ],
            actions=[self._short.button(), *self._history(), action] if self.wide else [action],
        )
        parts: list[Widget] = []
        if missing:
            parts.append(heading(T("Before it can be finished"), len(missing)))
            parts += self._all_missing(missing)
        elif not self._finished:
            parts.append(note(T("Nothing is missing."), name="review.complete"))
        if not self.wide:
            parts += self._history()
        parts.append(heading(T("Answers")))
        parts += self._answers()
        if not self._short.on:
            parts += asides(self._opened.aside)
        if not self._finished and not self._short.on:
            parts.append(
                flow(
                    [
                        Button(
                            icon="trash",
                            text=T("Throw this draft away"),
                            kind="plain",
                            name="review.discard",
                            on_release=lambda *_: self._ask_to_discard(),
                        )
                    ]
                )
            )
        self.fill(*parts)

    def _history(self) -> list[Widget]:
        """The way to who said what when; not while somebody reads along, and a draft is nobody's word yet."""
        if not self._finished or self._short.on:
            return []
        return [
            Button(
                text=T("History"),
                icon="clock",
                kind="plain",
                name="review.history",
                on_release=lambda *_: self.desk.go("history", record=self._opened.record),
            )
        ]

    def _all_missing(self, missing: tuple[Violation, ...]) -> list[Widget]:
        """Each with its question; of those that the short form has not, only how many they are."""
        shown = {line.path for line in self._short.outline()}
        rows: list[Widget] = [self._missing(each) for each in missing if each.path in shown]
        others = len(missing) - len(rows)
        if others:
            text = T.n("{n} answer in the whole form", "{n} answers in the whole form", others)
            rows.append(note(text, name="review.others"))
        return rows

    def _missing(self, violation: Violation) -> Row:
        state = self._short.state(violation.path)
        if state.violation is not None and self._short.on:
            violation = state.violation
        required = violation.kind == "required"
        return Row(
            name=f"review.missing.{violation.path}",
            title=joined(self._instance(violation.path), state.label),
            subtitle=wording.violation(violation),
            leading=Chip(text=T("Missing") if required else T("To correct"), meaning="danger"),
            pressable=True,
            on_release=lambda *_: self._change(violation.path),
        )

    def _instance(self, path: str) -> str:
        """In which instance of a repeat it stands, empty outside of any."""
        around = [n for n in self._short.outline() if n.kind == "instance" and is_within(path, n.path)]
        return around[-1].label if around else ""

    def _answers(self) -> list[Widget]:
        """What was answered, each group's name above its first answer."""
        entry = self._opened.entry
        card = Card(name="review.answers")
        headings: list[Node] = []
        for node in self._short.outline():
            headings = [each for each in headings if each.depth < node.depth]
            if node.kind != "question":
                # An instance is called like its repeat, with its number.
                if node.label and node.kind != "repeat":
                    headings.append(node)
                continue
            state = entry.state(node.path)
            if state.type == "note" or state.value is None:
                continue
            value: Any = wording.answer(text_of(entry.definition, node.path, state.value))
            if state.type == "image":
                value = T("Photo")
            if state.type == "acknowledge":
                value = T("I have read this")
            for each in headings:
                card.add_widget(BidiLabel(text=each.label, style="strong", tone="primary"))
            headings.clear()
            card.add_widget(
                below(
                    BidiLabel(text=state.label, style="small", tone="ink2"),
                    BidiLabel(text=value, name=f"review.answer.{node.path}"),
                    gap=0,
                )
            )
        return [card]

    def leave(self) -> None:
        if self._finished:
            # It was opened as if to be changed, and only read.
            self.book.discard(self._opened.record)

    def _ask_to_discard(self) -> None:
        Dialog(
            title=T("Throw this draft away?"),
            message=T("All answers since the form was last finished are lost."),
            actions=[(T("Throw away"), "danger", self._discard), (T("Keep"), "outlined", None)],
        ).open()

    def _discard(self) -> None:
        self.book.discard(self._opened.record).then(
            lambda _done: self.desk.leave_to_file(self._opened.case.id)
        )

    def _change(self, path: str) -> None:
        if not self._finished:
            self.desk.replace("entry", opened=self._opened, at=path)
            return
        self._finished = False
        self.book.edit(self._opened.record, language.code).then(
            lambda opened: self.desk.replace("entry", opened=opened, at=path)
        )

    def _finish(self) -> None:
        self.book.finish(self._opened.record).then(self._ended)

    def _ended(self, missing: tuple[Violation, ...]) -> None:
        if missing:
            self._show(missing)
            return
        self.desk.finished(self._opened)
