"""One answer that another version replaced, as a card: what stands, what the worker wrote, one tap back.

Cards stand in lists, where nobody is named: what was typed is shown by `Compare` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.screen import below, beside, flow, note
from app.ui.widgets import BidiLabel, Button, Card, Chip
from app.views import ConflictView, Titles

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


def conflict_card(desk: Navigator, conflict: ConflictView) -> Card:
    card = Card(border="conflict", name=f"conflict.card.{conflict.id}")
    card.add_widget(
        beside(
            Chip(text=T.titles(conflict.form_titles), meaning="conflict"),
            BidiLabel(text=wording.whose(conflict.case, conflict.code), style="strong"),
        )
    )
    card.add_widget(BidiLabel(text=T.titles(conflict.question), style="strong", max_lines=2))
    kept_by, lost_at = (
        joined(conflict.kept_by, wording.moment(conflict.kept_at)),
        wording.moment(conflict.lost_at),
    )
    if conflict.personal:
        versions = [
            _words(T("Kept"), kept_by),
            _words(T("Yours"), lost_at),
            note(T("The words themselves: by “Compare”.")),
        ]
    else:
        versions = [
            _version(T("Kept"), conflict.kept_text, kept_by),
            _version(T("Yours"), conflict.lost_text, lost_at),
        ]
    card.add_widget(below(*versions, gap=2))
    card.add_widget(flow([*answers(desk, conflict), _button(desk, T("Compare"), conflict)]))
    return card


def answers(desk: Navigator, conflict: ConflictView, *, first: str = "outlined") -> list[Button]:
    """The two things one can do about it."""
    assert desk.fieldbook is not None
    book = desk.fieldbook
    buttons = []
    if conflict.can_restore:
        buttons.append(
            Button(
                text=T("Restore mine"),
                kind=first,
                name=f"conflict.restore.{conflict.id}",
                on_release=lambda *_: book.restore(conflict.id).then(
                    lambda _done: desk.settled(T("Your answer is back in the file."))
                ),
            )
        )
    buttons.append(
        Button(
            text=T("Fine as it is"),
            kind="outlined" if first == "filled" else "plain",
            name=f"conflict.accept.{conflict.id}",
            on_release=lambda *_: book.accept(conflict.id).then(
                lambda _done: desk.settled(T("The other answer stays."))
            ),
        )
    )
    return buttons


def _button(desk: Navigator, text: T, conflict: ConflictView) -> Button:
    return Button(
        text=text,
        kind="plain",
        name=f"conflict.compare.{conflict.id}",
        on_release=lambda *_: desk.go("conflict", conflict=conflict.id),
    )


def _words(whose: T, when: T) -> BidiLabel:
    return BidiLabel(text=T("{whose} ({when})", whose=whose, when=when))


def _version(whose: T, text: Titles, when: T) -> BidiLabel:
    return BidiLabel(
        text=T("{whose}: {text} ({when})", whose=whose, text=wording.answer(text), when=when), max_lines=3
    )
