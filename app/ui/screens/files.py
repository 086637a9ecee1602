"""The files of one person: those that were joined to a case, and how to join one."""

from __future__ import annotations

from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens.screen import Screen, below, note
from app.ui.widgets import Button, Dialog, Row, TextField
from app.views import CaseRow, CaseView


class FilesScreen(Screen):
    place = "cases"
    topics = frozenset({"cases", "records", "sync"})

    def enter(self) -> None:
        self.book.case(self.where["case"]).then(self._show)

    def _show(self, view: CaseView) -> None:
        self.titled(joined(T("Files of this person"), view.row.code), back=True)
        body: list[Widget] = [
            note(T("Files that are of one person are read as one. Both keep what was written in them.")),
            *(self._file(each) for each in view.other_files),
        ]
        body.append(
            Button(
                text=T("Another file is of the same person…"),
                kind="filled",
                name="files.join",
                on_release=lambda *_: self._ask(),
            )
        )
        if view.other_files:
            body.append(
                Button(
                    text=T("They are different people"),
                    name="files.part",
                    on_release=lambda *_: self.book.decisions.part_files(self.where["case"]),
                )
            )
        self.fill(*body)

    def _file(self, row: CaseRow) -> Row:
        return Row(
            name=f"files.{row.code}",
            title=row.code,
            pressable=True,
            on_release=lambda *_: self.desk.go("case", case=row.id),
        )

    def _ask(self) -> None:
        code = TextField(name="files.code", hint=T("Code of the other file"))
        why = TextField(name="files.because", multiline=True, hint=T("How that is known"))

        def join() -> None:
            wanted = code.text.strip()
            self.book.cases(wanted).then(lambda rows: self._join(rows, why.text.strip()))

        Dialog(
            title=T("Another file of the same person"),
            body=below(code, why),
            actions=[(T("Read them as one"), "filled", join), (T("Cancel"), "plain", None)],
        ).open()

    def _join(self, rows: tuple[CaseRow, ...], because: str) -> None:
        """The file that was found is the one to work in; what is not one single file joins nothing."""
        if len(rows) != 1:
            self.desk.tell(T("No single file has this code. Type the whole code."), "attention")
            return
        self.book.decisions.join_files(self.where["case"], rows[0].id, because)
