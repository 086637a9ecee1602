"""Who has the keyboard: Tab and Shift-Tab move in the order of reading, Enter and Space activate.

Kivy's own behaviour covers text fields; everything else that can be pressed or chosen goes through `focus`.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, Protocol

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import BooleanProperty
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

TAB, ENTER, NUMPAD_ENTER, ESCAPE, SPACE = 9, 13, 271, 27, 32
#: After so many frames a page has its layout.
SETTLED = 8
ARROWS = {273: "up", 274: "down", 275: "right", 276: "left"}


class Modal(Protocol):
    """A widget above all others, which keeps the keyboard to itself until it is dismissed."""

    def dismiss(self, *_: Any) -> None: ...

    def put_aside(self) -> None: ...

    def put_back(self) -> None: ...


class Focusable(Widget):
    """Can have the keyboard. `focused` says whether it has; `by_key` whether it came there by a key."""

    focused = BooleanProperty(False)
    by_key = BooleanProperty(False)
    can_focus = BooleanProperty(True)
    takes_text = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        focus.attach()

    def activate(self) -> None:
        """What Enter or Space does."""

    def arrow(self, direction: str) -> bool:
        """An arrow key (up, down, left, right, as on the screen); True when it was of use."""
        return False

    def commit(self) -> None:
        """Give what is being typed."""

    def focus_gained(self) -> None:
        """The keyboard came here."""

    def focus_lost(self) -> None:
        """The keyboard went elsewhere."""


class FocusManager:
    """Knows the one focused widget of the window, and moves it."""

    def __init__(self) -> None:
        self._current: weakref.ref[Focusable] | None = None
        self._attached = False
        self.modals: list[Any] = []
        #: What waits outside of the window while it is covered; None while it is not.
        self.aside: list[Any] | None = None

    def attach(self) -> None:
        """Listens to the window's keys, from the first focusable widget on."""
        if not self._attached and Window is not None:
            self._attached = True
            Window.bind(on_key_down=self._on_key_down)

    @property
    def current(self) -> Focusable | None:
        widget = self._current() if self._current else None
        return widget if widget is not None and widget.get_root_window() is not None else None

    def give(self, widget: Focusable | None, *, by_key: bool = False) -> None:
        """Gives the keyboard to `widget`, or to nobody."""
        old = self._current() if self._current else None
        if old is not None and old is not widget:
            there = widget is not None and widget.get_root_window() is not None
            old.focused = old.by_key = False
            old.focus_lost()
            # What was typed is an answer now, and for it a screen may have put another button there.
            if there and widget is not None and widget.get_root_window() is None:
                widget = self._named(getattr(widget, "name", ""))
        self._current = weakref.ref(widget) if widget is not None else None
        if widget is None:
            return
        newly = not widget.focused
        widget.by_key = by_key
        widget.focused = True
        if newly:
            widget.focus_gained()
        if by_key:
            self._show(widget)
            self._show_still(widget, SETTLED)

    def _show_still(self, widget: Focusable, frames: int) -> None:
        """What was called up just now has its place only some frames later."""

        def again(_seconds: float) -> None:
            if self.current is widget and widget.by_key:
                self._show(widget)
                self._show_still(widget, frames - 1)

        if frames:
            Clock.schedule_once(again, 0)

    def set_aside(self) -> None:
        """Take what is above all others out of the window, as it is, until `bring_back`. What would open
        meanwhile waits with it."""
        if self.aside is None:
            self.aside, self.modals = self.modals, []
            for modal in self.aside:
                modal.put_aside()

    def bring_back(self) -> None:
        waiting, self.aside = self.aside or [], None
        for modal in waiting:
            modal.put_back()

    def holds(self, modal: Any) -> bool:
        """Whether it is open, be it aside."""
        return modal in self.modals or modal in (self.aside or ())

    def give_named(self, name: str, *, by_key: bool = True) -> bool:
        """Gives the keyboard to the visible widget of that name; False when there is none."""
        widget = self._named(name)
        if widget is None:
            return False
        self.give(widget, by_key=by_key)
        return True

    def _named(self, name: str) -> Focusable | None:
        return next((each for each in self.candidates() if name and getattr(each, "name", "") == name), None)

    def move(self, step: int) -> None:
        """To the next (1) or the previous (-1) widget, around the end.

        What was typed is given first: it may have called up where to go.
        """
        if self.current is not None:
            self.current.commit()
        order = list(self.candidates())
        if not order:
            return
        current = self.current
        index = 0 if step > 0 else -1
        if current in order:
            index = (order.index(current) + step) % len(order)
        self.give(order[index], by_key=True)

    def candidates(self) -> Iterator[Focusable]:
        """What can have the keyboard now, in reading order: inside the topmost modal if there is one."""
        roots = [self.modals[-1]] if self.modals else list(reversed(Window.children))
        for root in roots:
            yield from self._below(root)

    def _below(self, widget: Widget) -> Iterator[Focusable]:
        if widget.disabled or widget.opacity == 0:
            return
        if isinstance(widget, Focusable) and widget.can_focus and widget.width > 0 and widget.height > 0:
            yield widget
        for child in reversed(widget.children):
            yield from self._below(child)

    def _show(self, widget: Widget) -> None:
        parent = widget.parent
        while parent is not None and parent is not Window and parent.parent is not parent:
            if isinstance(parent, ScrollView) and parent.children:
                parent.scroll_to(widget, padding=24, animate=False)
            parent = parent.parent

    def _on_key_down(self, _window: Any, key: int, _scan: int, _text: str, modifiers: list[str]) -> bool:
        if key == TAB:
            self.move(-1 if "shift" in modifiers else 1)
            return True
        if key == ESCAPE and self.modals:
            self.modals[-1].dismiss()
            return True
        current = self.current
        if current is None or current.takes_text or current.disabled:
            return False
        if key in (ENTER, NUMPAD_ENTER, SPACE):
            current.activate()
            return True
        return current.arrow(ARROWS[key]) if key in ARROWS else False


focus = FocusManager()
