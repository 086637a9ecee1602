"""A list of many choices, such as countries: a field narrows it, and once answered it folds to the answer."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from app.ui.i18n import T
from app.ui.searched import has_all_words
from app.ui.theme import M, S
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.choices import ChoiceList
from app.ui.widgets.fields import TextField
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column

#: More choices than this are not looked through row by row.
MANY = 20


class LongList(Column):
    """Around a list of choices. A short one is left as it is; of one that cannot be changed only what is
    chosen is shown.

    Names: entry.search.<path>, entry.all.<path>.
    """

    def __init__(self, choices: ChoiceList, path: str) -> None:
        super().__init__(spacing=dp(S))
        self._list = choices
        self._opened = False
        self._search = TextField(name=f"entry.search.{path}", hint=T("Search in this list"))
        self._all = PushButton(kind="plain", name=f"entry.all.{path}", icon="chevron-down")
        self._all.fbind("on_release", lambda *_: self._open())
        self._none = BidiLabel(style="secondary", tone="ink2")
        self._search.fbind("text", lambda *_: self.draw())
        self._search.fbind("on_text_validate", lambda *_: self._choose_first())
        self.add_widget(choices)
        choices.fbind("on_choice", lambda *_: self._chosen())

    def draw(self) -> None:
        """Follow the choices, the answer and what is typed."""
        rows, query = self._list.choices, self._search.text.strip()
        long = len(rows) > MANY and not self._list.disabled
        chosen = {value for value, _ in rows if value in self._list.chosen}
        if self._list.disabled:
            shown = chosen
        elif not long:
            shown = None
        elif query:
            shown = {value for value, label in rows if has_all_words(str(label), query)} | chosen
        else:
            shown = chosen if chosen and not self._opened else None
        if shown != self._list.shown:
            self._list.shown = shown
        folded = long and not query and shown is not None
        if shown == set():
            self._none.text = T("Nothing in the list has this.") if long else "—"
        if folded:
            self._all.text = T("Show {n} more", n=len(rows) - len(chosen))
        below: list[Widget] = [self._all] if folded else [self._none] if shown == set() else []
        self._arrange([*([self._search] if long else []), self._list, *below])

    def _arrange(self, wanted: list[Widget]) -> None:
        if list(reversed(self.children)) == wanted:
            return
        for part in (self._search, self._all, self._none):
            if part not in wanted and part.parent is not None:
                self.remove_widget(part)
        for number, part in enumerate(wanted):
            if part.parent is None:
                self.add_widget(part, index=len(self.children) - number)

    def _open(self) -> None:
        self._opened = True
        self.draw()

    def _choose_first(self) -> None:
        """Enter takes the first that has what was typed."""
        chosen = set(self._list.chosen)
        first = next((row for row in self._list.in_sight if row.value not in chosen), None)
        if self._search.text.strip() and first is not None:
            first.activate()

    def _chosen(self) -> None:
        """Of several, those who look through the whole list go on doing so."""
        if len(self._list.choices) <= MANY:
            return
        if self._list.multiple and not self._search.text:
            self._opened = True
            self.draw()
            return
        self._opened = False
        self._search.text = ""
        self.draw()
        # The page is much shorter now: what was answered stays in sight.
        Clock.schedule_once(lambda _seconds: self._show_on_page(), 0.05)

    def _show_on_page(self) -> None:
        page = self.parent
        while page is not None and page is not getattr(page, "parent", None):
            if isinstance(page, ScrollView):
                page.scroll_to(self, padding=dp(M), animate=False)
                return
            page = page.parent
