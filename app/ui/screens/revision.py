"""A newer version of a draft's form: what changed, and what becomes of the answers, before one decides."""

from __future__ import annotations

from typing import Any

from kivy.uix.widget import Widget

from app.fieldbook import OpenEntry
from app.ui.i18n import N_, T, joined, language
from app.ui.screens.asides import asides
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.widgets import BidiLabel, Button, Card, Chip
from app.views import ChangeView, RevisionView

_KINDS = {
    "added": N_("New question"),
    "removed": N_("Question taken out"),
    "moved": N_("Stands in another place"),
    "retyped": N_("Asks for another kind of answer"),
    "choices_added": N_("Has new answers to choose from"),
    "choices_removed": N_("Has lost answers to choose from"),
    "label": N_("Has other words"),
    "choice_labels": N_("Its answers have other words"),
    "relevant": N_("Is asked in other cases"),
    "constraint": N_("Is checked in another way"),
    "required": N_("Must be answered in other cases"),
    "calculation": N_("Is worked out in another way"),
    "choice_filter": N_("Offers its answers in other cases"),
    "merge": N_("Two answers are brought together in another way"),
}


class RevisionScreen(Screen):
    """`opened` is the draft. From here it goes on in the newer version, or as it was."""

    place = "cases"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._opened: OpenEntry = where["opened"]

    def enter(self) -> None:
        self.titled(T("A newer version of this form"), back=True, signs=[Chip(text=self._opened.case.code)])
        self.fill()
        self.book.draft_revision(self._opened.record).then(self._show)

    def back(self) -> bool:
        self._stay()
        return True

    def _show(self, view: RevisionView) -> None:
        form = self._opened.entry.definition
        versions = T("From version {old} to version {new}", old=view.old_version, new=view.new_version)
        parts: list[Widget] = [
            below(
                BidiLabel(text=T.titles(form.titles), style="strong"),
                BidiLabel(text=versions, style="secondary", tone="ink2"),
                gap=0,
            ),
            note(T("Your answers move with their questions, and none is lost."), name="revision.promise"),
            heading(T("What changed"), len(view.changes)),
            self._changes(view.changes),
        ]
        parts += asides(view.aside, T("The newer version does not ask for them. They stay in the record."))
        parts.append(
            flow(
                [
                    Button(
                        text=T("Go on in the newer version"),
                        kind="filled",
                        name="revision.move",
                        on_release=lambda *_: self._move(),
                    ),
                    Button(
                        text=T("Stay in this version"),
                        name="revision.stay",
                        on_release=lambda *_: self._stay(),
                    ),
                ]
            )
        )
        self.fill(*parts)

    def _changes(self, changes: tuple[ChangeView, ...]) -> Card:
        card = Card(name="revision.changes")
        for change in changes:
            card.add_widget(
                below(
                    BidiLabel(
                        text=joined(*(T(_KINDS[kind]) for kind in change.kinds)), style="small", tone="ink2"
                    ),
                    BidiLabel(text=T.titles(change.titles)),
                    gap=0,
                )
            )
        return card

    def _move(self) -> None:
        self.book.move_draft(self._opened.record, language.code).then(self._goes_on)

    def _goes_on(self, opened: OpenEntry) -> None:
        self.desk.replace("entry", opened=opened)
        self.desk.tell(T("The draft goes on in the newer version."))

    def _stay(self) -> None:
        self.desk.replace("entry", opened=self._opened)
