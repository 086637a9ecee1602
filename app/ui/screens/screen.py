"""What all screens share: a head with the way back, a body that scrolls, a foot for the thumb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kivy.metrics import dp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from app.fieldbook import Fieldbook
from app.ui.i18n import T
from app.ui.theme import XL, L, M, S
from app.ui.widgets import BidiLabel, Column, Flow, IconButton, Page, RiskMark, RowLayout, Spacer

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

Text = str | T
#: The part of the screen's height that what is pinned has at most.
_PINNED, _PINNED_NARROW = 0.6, 0.3


class Screen(Column):
    """One screen. The navigator makes it, calls `enter` whenever it comes into sight, and `leave` after.

    A screen draws itself from a view that it asked the fieldbook for, and asks again when `changed`
    says that one of its `topics` did. `redraw` is called for what widgets do not follow by themselves:
    a window that has become wide or narrow.
    """

    #: Which place of the rail it belongs to.
    place = ""
    topics: frozenset[str] = frozenset()

    def __init__(self, desk: Navigator, **where: Any) -> None:
        super().__init__(size_hint_y=1, spacing=0)
        self.desk = desk
        self.where = where
        self.head = Column(padding=[dp(self._side), dp(M), dp(self._side), dp(S)], spacing=dp(S))
        self.body = self._scrolling()
        self.body.name = "page.body"
        self._middle = BoxLayout()
        self._middle.add_widget(self.body)
        self.add_widget(self.head)
        self.add_widget(self._middle)

    # -- for the navigator --------------------------------------------------------------------------

    def enter(self) -> None:
        """Come into sight: fetch what is to be shown."""

    def appeared(self) -> None:
        """Stand in sight for the first time since going somewhere: the moment to place the keyboard."""

    def leave(self) -> None:
        """Go out of sight, perhaps for good."""

    def key(self, key: int, modifiers: frozenset[str]) -> bool:
        """A key that no widget and no shortcut took; True when the screen used it."""
        return False

    def back(self) -> bool:
        """Esc or the arrow; True when the screen itself took a step back and stays."""
        return False

    def changed(self, topics: frozenset[str]) -> None:
        if topics & self.topics:
            self.enter()

    def redraw(self) -> None:
        """Draw again in the window's new width."""
        self.enter()

    # -- for the screens ----------------------------------------------------------------------------

    @property
    def book(self) -> Fieldbook:
        assert self.desk.fieldbook is not None, "only the unlock screen is shown without a fieldbook"
        return self.desk.fieldbook

    def now(self) -> datetime:
        """This moment in the office's zone, in which forms read what is typed."""
        try:
            return datetime.now(ZoneInfo(self.book.session.zone))
        except (ZoneInfoNotFoundError, ValueError):
            return datetime.now(UTC)

    @property
    def wide(self) -> bool:
        return self.desk.wide

    @property
    def _side(self) -> int:
        return XL + 4 if self.desk.wide else L

    @property
    def shown(self) -> bool:
        return self.desk.current is self

    def titled(
        self,
        title: Text,
        *,
        back: bool = False,
        signs: Iterable[Widget] = (),
        actions: Iterable[Widget] = (),
    ) -> BidiLabel:
        """Draw the head anew: the way back, the title, signs (chips) and actions at the end.

        Where the window is narrow the signs stand in a line of their own.
        """
        signs, actions = list(signs), list(actions)
        self.head.clear_widgets()
        self.head.padding = [dp(self._side), dp(M), dp(self._side), dp(S)]
        row = RowLayout(spacing=dp(M), min_height=dp(48))
        if back:
            row.add_widget(
                IconButton(
                    icon="back", text=T("Back"), name="page.back", on_release=lambda *_: self.desk.back()
                )
            )
        heading = BidiLabel(text=title, style="title" if self.wide else "heading", name="page.title")
        row.add_widget(heading)
        for sign in signs if self.wide else ():
            row.add_widget(sign)
        for action in actions:
            row.add_widget(action)
        self.head.add_widget(row)
        if signs and not self.wide:
            self.head.add_widget(flow(signs))
        return heading

    def fill(self, *widgets: Widget) -> None:
        """Draw the body anew, in one column."""
        self._one_body()
        self.body.clear()
        self.body.column.padding = [dp(self._side), dp(S), dp(self._side), dp(XL)]
        self.body.add(*widgets)

    def fill_two(
        self, main: Sequence[Widget], side: Sequence[Widget], *, pinned: Widget | None = None
    ) -> None:
        """Draw the body anew: two columns that scroll by themselves, or one below the other when narrow.

        `pinned` stands above the side column, or above everything, and never scrolls away. Where it is
        larger than its part of the screen it scrolls by itself, so that it covers nothing.
        """
        if not self.wide:
            if pinned is not None:
                self.head.add_widget(self._held(pinned, _PINNED_NARROW))
            self.fill(*main, *side)
            return
        self._one_body()
        self._middle.clear_widgets()
        self._pair = RowLayout(size_hint_y=1, spacing=0, align="top")
        margin = dp(self._side)
        second = self._scrolling()
        second.name = "page.side"
        aside = Column(size_hint_x=None, size_hint_y=1, spacing=0)

        def share(_pair: Widget, width: float) -> None:
            # Whole pixels: half of one blurs every letter of a scrolled column.
            aside.width = round(width * 0.4)

        self._pair.fbind("width", share)
        self.body.clear()
        self.body.column.padding = [margin, dp(S), dp(M), dp(XL)]
        second.column.padding = [dp(M), dp(S), margin, dp(XL)]
        self.body.add(*main)
        second.add(*side)
        self._pair.add_widget(self.body)
        if pinned is not None:
            above = Column(padding=[dp(M), dp(S), margin, dp(S)])
            above.add_widget(self._held(pinned, _PINNED))
            aside.add_widget(above)
        aside.add_widget(second)
        self._pair.add_widget(aside)
        self._middle.add_widget(self._pair)

    _pair: RowLayout | None = None

    def _one_body(self) -> None:
        if self._pair is not None:
            self._pair.clear_widgets()
            self._middle.clear_widgets()
            self._pair = None
            self._middle.add_widget(self.body)

    def _held(self, pinned: Widget, part: float) -> Page:
        page = Page(size_hint_y=None)
        page.add(pinned)

        def limit(*_: Any) -> None:
            page.height = min(page.column.height, part * self.height)

        page.column.fbind("height", limit)
        self.fbind("height", limit)
        limit()
        return page

    def _scrolling(self) -> Page:
        return Page(gap=M)


def flow(widgets: Iterable[Widget], gap: int = S) -> Flow:
    box = Flow(spacing=dp(gap))
    for widget in widgets:
        box.add_widget(widget)
    return box


def heading(text: Text, count: int | None = None, *, name: str = "") -> RowLayout:
    """The title of a list, with how many it holds; `name` is that of the number."""
    row = RowLayout(spacing=dp(S), padding=[0, dp(S), 0, 0])
    row.add_widget(BidiLabel(text=text, style="label", tone="ink2", fit=True))
    if count is not None:
        row.add_widget(BidiLabel(text=str(count), style="secondary", tone="ink2", fit=True, name=name))
    row.add_widget(Spacer())
    return row


def risk_mark(risk: str) -> RiskMark:
    """The mark at the start of a list's row: all equally wide, so that the codes stand in one line."""
    return RiskMark(risk=risk, fit=False, size_hint_x=None, width=dp(108))


def note(text: Text, *, name: str = "") -> BidiLabel:
    """A quiet sentence: that a list is empty, what something means."""
    return BidiLabel(text=text, style="secondary", tone="ink2", name=name)


def below(*widgets: Widget, gap: int = S) -> Column:
    box = Column(spacing=dp(gap))
    for widget in widgets:
        box.add_widget(widget)
    return box


def beside(*widgets: Widget, gap: int = S) -> RowLayout:
    box = RowLayout(spacing=dp(gap))
    for widget in widgets:
        box.add_widget(widget)
    return box
