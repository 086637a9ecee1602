"""Backing this device up to a stick, as Settings offers it: when it was done last, and how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kivy.metrics import dp

from app.backups import Backup, BackupView
from app.problems import Problem
from app.sticks import sticks
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.calendar_dialog import usual_place
from app.ui.screens.screen import below, flow, note
from app.ui.widgets import BidiLabel, Button, Card
from app.ui.widgets.folder_picker import FolderPicker
from app.ui.widgets.progress import Progress

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


class BackupCard(Card):
    """Asks what holds by itself. Names: settings.backup.last, .make, .part, .told."""

    def __init__(self, desk: Navigator) -> None:
        super().__init__(name="settings.backup")
        self._desk = desk
        self._progress = Progress(height=dp(12), name="settings.backup.part")
        self._told: BidiLabel | None = None
        self._ask()

    @property
    def _shown(self) -> bool:
        return self.get_root_window() is not None

    def _ask(self) -> None:
        if self._desk.fieldbook is not None:
            self._desk.fieldbook.backups.view().then(self._show)

    def _show(self, view: BackupView) -> None:
        self.clear_widgets()
        last = wording.moment(view.last) if view.last else T("Never")
        self.add_widget(
            below(
                BidiLabel(text=T("Last backup of this device"), style="small", tone="ink2"),
                BidiLabel(text=last, name="settings.backup.last"),
                gap=0,
            )
        )
        if not view.opened_by:
            self.add_widget(
                note(T("There is none before the office has a recovery key: nobody could open it."))
            )
            return
        about = T("A file on a stick that only the office's recovery key opens: {key}. It has all that is on "
                  "this device, sent or not.", key=view.opened_by)  # fmt: skip
        self.add_widget(note(about))
        if self._told is not None:
            self.add_widget(self._told)
        if view.part is not None:
            self._follow(view.part)
            return
        make = Button(
            text=T("Back up to a stick…"),
            icon="lock",
            name="settings.backup.make",
            on_release=lambda *_: self._choose(),
        )
        self.add_widget(flow([make]))

    def _choose(self) -> None:
        picker = FolderPicker(
            title=T("Where shall the backup be?"),
            take=T("Back up here"),
            folder=usual_place().parent,
            first=sticks(),
        )
        picker.fbind("on_pick", lambda _picker, folder: self._make(folder))
        picker.open()

    def _make(self, folder: Path) -> None:
        book = self._desk.fieldbook
        if book is None:
            return
        self._told = None
        book.backups.make(folder).then(self._made, self._failed)
        self._ask()

    def _follow(self, part: float) -> None:
        """One is under way, begun here or before somebody came back to this screen."""
        book = self._desk.fieldbook
        assert book is not None
        self._progress.value = part
        self.add_widget(BidiLabel(text=T("Writing, then reading back. Leave the stick where it is.")))
        self.add_widget(self._progress)

        def moved(part: float) -> None:
            if self._shown:
                self._progress.value = part
            elif moved in book.backups.on_part:
                book.backups.on_part.remove(moved)

        book.backups.on_part.append(moved)

    def _made(self, made: Backup) -> None:
        told = T("{file} is on the stick, read back and whole. Take the stick out, and keep it apart from "
                 "this device.", file=made.path.name)  # fmt: skip
        self._end(BidiLabel(text=told, tone="done", bold=True, name="settings.backup.told"))
        if not self._shown:
            self._desk.tell(T("The backup is made. Take the stick out."))

    def _failed(self, problem: Problem) -> None:
        self._end(BidiLabel(text=wording.problem(problem), tone="danger", name="settings.backup.told"))
        if not self._shown:
            self._desk.tell_problem(problem)

    def _end(self, told: BidiLabel) -> None:
        self._told = told
        self._ask()
