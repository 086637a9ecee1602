"""Two versions of one answer side by side: what is in the file now, and what this worker wrote."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.conflict_card import answers
from app.ui.screens.screen import Screen, flow, note
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Button, Card, Chip, Column, RowLayout
from app.views import ConflictView, Titles


class ConflictScreen(Screen):
    place = "conflicts"
    topics = frozenset({"conflicts"})

    def enter(self) -> None:
        self.book.conflicts().then(self._show)

    def _show(self, conflicts: tuple[ConflictView, ...]) -> None:
        found = next((each for each in conflicts if each.id == self.where["conflict"]), None)
        if found is None:
            self.titled(T("Two versions of one answer"), back=True)
            self.fill(note(T("This is no longer a conflict.")))
            return
        about = Chip(text=joined(wording.whose(found.case, found.code), T.titles(found.form_titles)))
        self.titled(T("Two versions of one answer"), back=True, signs=[about])
        question = Card()
        question.add_widget(BidiLabel(text=T.titles(found.question), style="question"))
        versions = RowLayout(spacing=dp(L), align="top") if self.wide else Column(spacing=dp(L))
        restored = found.state == "restored"
        versions.add_widget(
            _version(
                T("Replaced by yours") if restored else T("In the file now"),
                "neutral" if restored else "done",
                found.kept_text,
                [T("Written by {who}", who=found.kept_by), wording.moment(found.kept_at)],
            )
        )
        versions.add_widget(
            _version(
                T("Yours, restored") if restored else T("Yours"),
                "done" if restored else "conflict",
                found.lost_text,
                [T("You"), wording.moment(found.lost_at)],
            )
        )
        parts: list[Widget] = [question, versions, _rule(found)]
        if found.state == "open":
            parts.append(flow(answers(self.desk, found, first="filled")))
        if found.case and found.code:
            # What else is known of the case decides which of two words is right.
            case = found.case
            parts.append(
                Button(
                    text=T("Open the case"),
                    kind="plain",
                    name="conflict.case",
                    on_release=lambda *_: self.desk.go("case", case=case),
                )
            )
        self.fill(*parts)


def _version(title: T, meaning: str, text: Titles, details: list[T]) -> Card:
    border = meaning if meaning != "neutral" else "line"
    card = Card(border=border, border_width=2 if meaning != "neutral" else 1)
    card.add_widget(flow([Chip(text=title, meaning=meaning)]))
    card.add_widget(BidiLabel(text=wording.answer(text), style="heading"))
    for detail in details:
        card.add_widget(BidiLabel(text=detail, style="secondary", tone="ink2"))
    return card


def _rule(conflict: ConflictView) -> Card:
    card = Card()
    text = wording.RULES.get(conflict.rule, wording.RULES["last"])
    card.add_widget(BidiLabel(text=T(text), style="secondary", tone="ink2"))
    return card
