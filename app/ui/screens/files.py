"""The files of one person: those that were joined, what they tell differently, how to join and part them."""

from __future__ import annotations

from typing import Any

from kivy.uix.widget import Widget

from app.background import Job
from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.ask import Ask
from app.ui.screens.likely import SHOWN, because, likely_row
from app.ui.screens.screen import Screen, below, beside, flow, heading, note
from app.ui.widgets import BidiLabel, Button, Card, ChoiceList, Icon, Row, TextField
from app.views import CaseRow, CaseView, FactConflict, FileView, LikelyView

#: Chosen in place of a likely file: one that is named by its code.
_BY_CODE = "by_code"
#: So many values of a fact stand side by side where there is room.
_BESIDE = 3


class FilesScreen(Screen):
    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._likely: tuple[LikelyView, ...] = ()

    def enter(self) -> None:
        self.book.decisions.likely_others(self.where["case"]).then(self._know)

    def _know(self, likely: tuple[LikelyView, ...]) -> None:
        self._likely = likely
        self.book.case(self.where["case"]).then(self._show)

    def _show(self, view: CaseView) -> None:
        self.titled(T("Files of this person"), back=True)
        body: list[Widget] = [*self._contact(view), *self._files(view), *self._differences(view)]
        if self._likely:
            body.append(heading(T("May be of the same person"), len(self._likely), name="files.likely"))
            body += [self._likely_row(each) for each in self._likely[:SHOWN]]
        body.append(
            Button(
                text=T("Another file is of the same person…"),
                name="files.join",
                on_release=lambda *_: self._ask(_BY_CODE if not self._likely else ""),
            )
        )
        self.fill(*body)

    def _likely_row(self, found: LikelyView) -> Row:
        """A press shows the case; whoever has compared says at its end that it is of the same person."""
        same = Button(text=T("The same person…"), name=f"files.same.{found.code}")
        same.fbind("on_release", lambda *_: self._ask(found.code))
        return likely_row(
            found,
            f"files.likely.{found.code}",
            lambda found: self.desk.go("case", case=found.case),
            trailing=same,
        )

    # -- what they tell differently -----------------------------------------------------------------

    def _contact(self, view: CaseView) -> list[Widget]:
        """First of all: nobody calls on the word of one file while another one says otherwise."""
        differing = [each for each in view.file_conflicts if each.freezes]
        if not differing:
            return []
        card = Card(fill="danger_container", border="danger", border_width=2, name="files.contact")
        card.add_widget(BidiLabel(text=T("Safe contact"), style="label", tone="danger"))
        card.add_widget(
            beside(
                Icon(icon="warning", tone="danger"),
                BidiLabel(text=T("Nobody makes contact now"), style="strong", tone="danger"),
            )
        )
        card.add_widget(
            BidiLabel(
                text=T(
                    "The files tell different things about it. Find out which is right, and correct the file "
                    "that is wrong; until then nobody makes contact."
                )
            )
        )
        for each in differing:
            card.add_widget(self._difference(view, each))
        return [card]

    def _differences(self, view: CaseView) -> list[Widget]:
        others = [each for each in view.file_conflicts if not each.freezes]
        if not others:
            return []
        told = T("Until a file is corrected, the more careful of two answers counts.")
        cards: list[Widget] = []
        for each in others:
            card = Card(name=f"files.differs.{each.fact}")
            card.add_widget(self._difference(view, each))
            cards.append(card)
        return [
            heading(T("Other facts that differ"), len(others), name="files.differ"),
            note(told),
            *cards,
        ]

    def _difference(self, view: CaseView, found: FactConflict) -> Widget:
        """The fact, and what each file says of it; a press opens the file's own facts to correct them."""
        files = {each.code: each for each in view.files}
        texts = [wording.answer(text) for text in found.texts] or [T("A name")] * len(found.values)
        rows: list[Widget] = [
            Row(
                name=f"files.value.{found.fact}.{code}",
                title=said if str(said) else T("Nothing is said"),
                subtitle=code,
                trailing=Icon(icon="chevron-end", tone="primary", extent=20),
                pressable=code in files,
                on_release=lambda *_, of=code: self._correct(files[of]),
            )
            for (code, _), said in zip(found.values, texts, strict=True)
        ]
        title = BidiLabel(text=T.titles(found.titles), style="strong")
        together = self.wide and len(rows) <= _BESIDE
        return below(title, *([beside(*rows)] if together else rows))

    def _correct(self, file: FileView) -> None:
        (self.desk.resume if file.begun else self.desk.read)(file.record)

    # -- which they are -----------------------------------------------------------------------------

    def _files(self, view: CaseView) -> list[Widget]:
        told = T("Files that are of one person are read as one. Both keep what was written in them.")
        if not view.other_files:
            own = T("This case has no other file.")
            return [heading(view.row.code), note(joined(own, told, separator=" "))]
        known = {each.id: each for each in (view.row, *view.other_files)}
        rows = [self._file(view, each, known[each.case]) for each in view.files]
        part = Button(text=T("They are different people…"), name="files.part")
        part.fbind("on_release", lambda *_: self._ask_to_part(view))
        return [heading(T("Read as one"), len(rows), name="files.count"), note(told), *rows, flow([part])]

    def _file(self, view: CaseView, file: FileView, row: CaseRow) -> Row:
        first = T("Work in this one") if file is view.files[0] else ""
        this = T("This case") if row.id == view.row.id else ""
        return Row(
            name=f"files.{row.code}",
            title=row.code,
            subtitle=joined(this, first, wording.stage(row.stage)),
            pressable=row.id != view.row.id,
            on_release=lambda *_: self.desk.go("case", case=row.id),
        )

    # -- joining and parting ------------------------------------------------------------------------

    def _ask(self, chosen: str) -> None:
        """Which file, and how that is known: one of the likely ones, or another by its code."""
        which = ChoiceList(
            prefix="files.choice",
            choices=[
                *((each.code, joined(each.code, because(each))) for each in self._likely[:SHOWN]),
                (_BY_CODE, T("Another one, by its code")),
            ],
            value=chosen or None,
            clearable=False,
        )
        code = TextField(name="files.code", hint=T("Code of the other file"))
        code.fbind("text", lambda _field, text: setattr(which, "value", _BY_CODE if text else which.value))
        why = TextField(name="files.because", multiline=True, lines=2, hint=T("How that is known"))
        Ask(
            self.desk,
            title=T("Another file of the same person"),
            body=below(*([which] if self._likely else []), code, why),
            do=T("Read them as one"),
            keeps=f"{self.where['case']}/join",
            act=lambda: self._join(which.value, code.text.strip(), why.text.strip()),
        ).open()

    def _join(self, chosen: str | None, code: str, because: str) -> Job[Any] | T:
        """One of the likely ones, or the file of a code."""
        if chosen is None or (chosen == _BY_CODE and not code):
            return T("Choose a file, or type its code.")
        wanted = code if chosen == _BY_CODE else chosen
        return self.book.decisions.join_by_code(self.where["case"], wanted, because)

    def _ask_to_part(self, view: CaseView) -> None:
        why = TextField(
            name="files.apart", multiline=True, lines=2, hint=T("How it is known that they are two")
        )
        codes = joined(*(each.code for each in view.files), separator=", ")
        told = T(
            "Each file is read by itself again, with its own risk and its own due days: {codes}.", codes=codes
        )
        Ask(
            self.desk,
            title=T("Are they different people?"),
            body=below(BidiLabel(text=told), why),
            do=T("Read them apart"),
            keeps=f"{self.where['case']}/part",
            act=lambda: self.book.decisions.part_files(self.where["case"], why.text.strip()),
        ).open()
