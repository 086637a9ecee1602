"""The worker's answers that another version replaced: those that wait for a word first."""

from __future__ import annotations

from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.conflict_card import conflict_card
from app.ui.screens.screen import Screen, heading, note
from app.ui.widgets import Chip, Row
from app.views import ConflictView


class ConflictsScreen(Screen):
    place = "conflicts"
    topics = frozenset({"conflicts"})

    def enter(self) -> None:
        self.book.conflicts().then(self._show)

    def _show(self, conflicts: tuple[ConflictView, ...]) -> None:
        waiting = [conflict for conflict in conflicts if conflict.state == "open"]
        settled = [conflict for conflict in conflicts if conflict.state != "open"]
        self.desk.count_conflicts(len(waiting))
        self.titled(T("Your words that another version replaced"))
        parts: list[Widget] = [conflict_card(self.desk, conflict) for conflict in waiting]
        if not waiting:
            told = T("Nothing waits for you.") if settled else T("None of your answers was replaced.")
            parts = [note(told, name="conflicts.none")]
        if settled:
            parts += [heading(T("Settled"), len(settled))]
            parts += [self._settled(conflict) for conflict in settled]
        self.fill(*parts)

    def _settled(self, conflict: ConflictView) -> Row:
        restored = conflict.state == "restored"
        return Row(
            name=f"conflict.settled.{conflict.id}",
            title=T.titles(conflict.question),
            subtitle=joined(
                wording.whose(conflict.case, conflict.code),
                T.titles(conflict.form_titles),
                wording.moment(conflict.lost_at),
            ),
            trailing=Chip(
                text=T("Restored") if restored else T("Left as it is"),
                meaning="done" if restored else "neutral",
            ),
            pressable=True,
            on_release=lambda *_: self.desk.go("conflict", conflict=conflict.id),
        )
