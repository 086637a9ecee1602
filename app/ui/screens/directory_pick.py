"""A question that names an organisation, answered from the service directory while a form is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.directory import Asked, DirectoryView
from app.ui.i18n import T, joined
from app.ui.screens import directory_words as words
from app.ui.screens.screen import below, flow, note
from app.ui.theme import M, S
from app.ui.widgets import Button, Column, Row, Sheet, TextField, focus
from forms.casework.directory import Found
from forms.casework.office_file import is_office_file

if TYPE_CHECKING:
    from app.fieldbook import Fieldbook, OpenEntry
    from app.ui.navigation import Navigator
    from app.ui.widgets.questions import QuestionWidget

#: What asks for an organisation by name.
_NAMES: Final = frozenset({"referral.to", "service.provider", "assistance.provider"})
_SHOWN: Final = 8


def beside_question(
    desk: Navigator, opened: OpenEntry, widget: QuestionWidget, answered: Callable[[str, str], Any]
) -> Widget:
    """The question's widget, and below it the way to the directory where the question asks for one of those
    in it. `answered(path, name)` is told the answer."""
    state, case = widget.state, opened.case.id
    meaning = opened.entry.definition.question_at(state.path).meaning
    if meaning not in _NAMES or state.type != "text" or state.readonly or is_office_file(case):
        return widget
    book = desk.fieldbook
    if book is None or not desk.keeps:
        return widget
    button = Button(
        text=T("From the directory…"),
        kind="plain",
        name=f"entry.directory.{state.path}",
        on_release=lambda *_: DirectoryPick(book, case, lambda name: answered(state.path, name)).open(),
    )
    return below(widget, flow([button]), gap=S)


class DirectoryPick(Sheet):
    """`DirectoryPick(book, case, take).open()`; only who may be offered to the person of the case is in it.

    Names: pick.search, pick.<id>.
    """

    def __init__(self, book: Fieldbook, case: str, take: Callable[[str], Any]) -> None:
        self._book, self._case, self._take = book, case, take
        self._asked = 0
        self._search = TextField(hint=T("Name, town or service"), name="pick.search")
        self._list = Column(spacing=dp(M))
        content = Column(spacing=dp(M))
        content.add_widget(self._search)
        content.add_widget(self._list)
        super().__init__(title=T("Which organisation?"), content=content, name="pick")
        self._search.fbind("text", lambda *_: self._ask())
        self._ask()

    def open(self) -> DirectoryPick:
        super().open()
        focus.give(self._search)
        return self

    def _ask(self) -> None:
        self._asked += 1
        asked = self._asked

        def answer(view: DirectoryView) -> None:
            if asked == self._asked:
                self._draw(view)

        self._book.directory.look(Asked(text=self._search.text), self._case).then(answer)

    def _draw(self, view: DirectoryView) -> None:
        self._list.clear_widgets()
        for found in view.found[:_SHOWN]:
            self._list.add_widget(self._row(found, view.kinds))
        if not view.found:
            self._list.add_widget(note(T("Nobody in the directory matches."), name="pick.none"))
        elif len(view.found) > _SHOWN:
            self._list.add_widget(note(T("{n} more: type a few letters", n=len(view.found) - _SHOWN)))

    def _row(self, found: Found, kinds: Mapping[str, Any]) -> Row:
        each = found.organisation
        return Row(
            name=f"pick.{each.id}",
            title=each.name,
            subtitle=joined(words.place(each), words.services(each, kinds), words.warnings(found)),
            pressable=True,
            on_release=lambda *_: self._choose(each.name),
        )

    def _choose(self, name: str) -> None:
        self.dismiss()
        self._take(name)
