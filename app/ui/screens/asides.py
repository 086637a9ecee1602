"""Answers in a record that its form has no question for: they are kept, and shown as such."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.uix.widget import Widget

from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.screen import below, heading, note
from app.ui.widgets import BidiLabel, Card
from app.views import AsideView


def asides(found: Sequence[AsideView], about: T | None = None) -> list[Widget]:
    """A heading, a word on what they are, and each answer under its question; nothing where there is none."""
    if not found:
        return []
    card = Card(name="asides")
    for aside in found:
        card.add_widget(
            below(
                BidiLabel(text=T.titles(aside.titles), style="small", tone="ink2"),
                BidiLabel(text=wording.answer(aside.text), name=f"aside.{aside.path}"),
                gap=0,
            )
        )
    return [
        heading(T("Answers without a question"), len(found)),
        note(about or T("This version of the form does not ask for them. They stay in the record.")),
        card,
    ]
