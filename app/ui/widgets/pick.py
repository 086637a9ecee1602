"""One of many, in the room of one line: the line tells what is chosen, and a press opens the list of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.metrics import dp
from kivy.properties import ListProperty, ObjectProperty

from app.ui.i18n import T
from app.ui.searched import has_all_words
from app.ui.theme import BUTTON_RADIUS, TARGET, L, M, S
from app.ui.widgets.buttons import Pressable
from app.ui.widgets.choices import ChoiceList
from app.ui.widgets.dialog import Sheet
from app.ui.widgets.fields import TextField
from app.ui.widgets.focus import focus
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column

#: From so many choices on they can be searched.
SEARCHED_FROM = 8


class Pick(Pressable):
    """`Pick(title=T("Country"), choices=[("al", T("Albania")), …], name="country")`.

    `on_choice(value)` comes when the worker has chosen. What is chosen can be taken back in the list, where
    `clearable`. The rows of the list are named `<name>.<value>`, its search `<name>.search`.
    """

    choices = ListProperty([])
    value = ObjectProperty("")
    text = ObjectProperty("")
    """What the line tells."""

    def __init__(self, *, title: Any, clearable: bool = True, **options: Any) -> None:
        self._title, self._clearable = title, clearable
        self.register_event_type("on_choice")
        options.setdefault("radius", BUTTON_RADIUS)
        options.setdefault("spacing", dp(S))
        options.setdefault("padding", [dp(L), dp(2), dp(M), dp(2)])
        options.setdefault("min_height", dp(TARGET + 4))
        super().__init__(**options)
        self._label = BidiLabel(shorten=True)
        self.add_widget(self._label)
        self.add_widget(Icon(icon="chevron-down", tone="primary", extent=20))
        for name in ("choices", "value"):
            self.fbind(name, self._show)
        self.fbind("state", self._colour)
        self.fbind("on_release", self._open)
        self._show()
        self._colour()

    def on_choice(self, value: str) -> None:
        """The worker has chosen; `value` is empty when nothing is chosen any more."""

    def _show(self, *_: Any) -> None:
        chosen = dict(self._pairs()).get(self.value)
        self._label.text = self.text = chosen if chosen is not None else T("Choose…")
        self._label.tone = "ink" if chosen is not None else "ink2"

    def _colour(self, *_: Any) -> None:
        self.fill = "primary_container" if self.state == "down" else "card"
        self.border = "outline"

    def _pairs(self) -> Sequence[tuple[str, Any]]:
        return [(choice[0], choice[1]) for choice in self.choices]

    def _open(self, *_: Any) -> None:
        rows = ChoiceList(
            prefix=self.name, choices=self._pairs(), value=self.value or None, clearable=self._clearable
        )
        content = Column(spacing=dp(M))
        search = TextField(hint=T("Search"), name=f"{self.name}.search")
        if len(self.choices) >= SEARCHED_FROM:
            content.add_widget(search)
        content.add_widget(rows)
        sheet = Sheet(title=self._title, content=content, max_width=460)

        def choose(value: str | None) -> None:
            sheet.dismiss()
            if (value or "") != self.value:
                self.value = value or ""
                self.dispatch("on_choice", self.value)

        def narrow(*_: Any) -> None:
            rows.choices = [each for each in self._pairs() if has_all_words(str(each[1]), search.text)]

        rows.fbind("on_choice", lambda _rows, value: choose(value))
        search.fbind("text", narrow)
        search.fbind("on_text_validate", lambda *_: choose(rows.rows[0].value) if rows.rows else None)
        by_key = self.by_key
        sheet.open()
        if by_key:
            first = search if search.parent is not None else next((r for r in rows.rows if r.can_focus), None)
            focus.give(first, by_key=True)
