"""Which screen is in sight, how one gets to the next and back, and what may cover them all.

Screens stand on a stack; the rail's places start a new one. The navigator alone holds the unlocked
fieldbook; a covered window holds no screen at all, and a locked one no fieldbook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.window import Keyboard, Window
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.fieldbook import Fieldbook, OpenEntry
from app.lock import lock
from app.problems import Problem
from app.sync.outcome import Outcome
from app.ui.guard import Guard
from app.ui.i18n import T, joined, language
from app.ui.screens import wording
from app.ui.screens.cover import CoverScreen
from app.ui.screens.erase_dialog import ask_to_erase
from app.ui.screens.screen import Screen
from app.ui.theme import RAIL_FROM, theme
from app.ui.widgets import BottomBar, Column, DemoBar, Dialog, NavEntry, Rail, RowLayout, Toast, focus
from app.unfinished import ENTRY
from app.views import CaseView, TodayView
from forms.casework.office_file import is_office_file
from forms.casework.reminders import Reminder

if TYPE_CHECKING:
    from app.ui.homeward_app import HomewardApp

#: A conflict's two versions belong to the same place of the rail as their list.
PLACES = ("today", "cases", "directory", "conflicts", "sync")


def _entries() -> dict[str, NavEntry]:
    return {
        entry.key: entry
        for entry in (
            NavEntry("today", "calendar", T("Today")),
            NavEntry("cases", "folder", T("Cases")),
            NavEntry("directory", "pin", T("Services")),
            NavEntry("conflicts", "conflict", T("Conflicts")),
            NavEntry("sync", "sync", T("Sync")),
            NavEntry("settings", "sliders", T("Settings")),
            NavEntry("lock", "lock", T("Lock")),
            NavEntry("cover", "eye-off", T("Cover"), ink=True),
        )
    }


def screen_class(name: str) -> type[Screen]:
    """The screen of a name; its module is read when it is first needed."""
    words = "".join(word.capitalize() for word in name.split("_"))
    found: type[Screen] = getattr(import_module(f"app.ui.screens.{name}"), f"{words}Screen")
    return found


class Navigator(Column):
    """The window's only root widget: banner, rail or bar, and the screen in sight."""

    #: Whether what is answered here is kept.
    keeps = True

    def __init__(self, window: HomewardApp) -> None:
        super().__init__(size_hint_y=1, spacing=0)
        self.window = window
        self.fieldbook: Fieldbook | None = None
        self._stack: list[Screen] = []
        self.guard = Guard(self)
        self._cover_screen: CoverScreen | None = None
        #: The screen that was covered, until it has been told; and what had the keyboard on it.
        self._leaving: Screen | None = None
        self._held = ""
        #: What was typed on a screen and is no record's yet, by the screen's name; it outlives the lock.
        self.unfinished: dict[str, Any] = {}
        self._untold: Problem | None = None
        self._conflicts = 0
        self._waiting = 0
        self._bars: Rail | BottomBar | None = None
        self._drawn_wide = self.wide
        with self.canvas.before:
            self._paper = Color(rgba=theme.colour("paper"))
            self._ground = Rectangle()
        self.fbind("pos", self._lay_ground)
        self.fbind("size", self._lay_ground)

    @property
    def wide(self) -> bool:
        return bool(Window.width >= dp(RAIL_FROM))

    @property
    def has_places(self) -> bool:
        """Whether there is anywhere to go: not before the store is open."""
        return self.fieldbook is not None

    @property
    def current(self) -> Screen | None:
        return self._stack[-1] if self._stack and not self.guard.covered else None

    def start(self) -> None:
        self._stack = [screen_class("unlock")(self)]
        self._appear()

    # -- from place to place ------------------------------------------------------------------------

    def go(self, name: str, **where: Any) -> None:
        """To a screen on top of this one."""
        self._leave()
        self._stack.append(screen_class(name)(self, **where))
        self._appear()

    def switch(self, place: str) -> None:
        """To one of the rail's places; the way back ends there."""
        if place in ("cover", "lock"):
            (self.cover if place == "cover" else self.lock)()
            return
        self._leave()
        self._stack = [screen_class(place)(self)]
        self._appear()

    def back(self) -> None:
        if self.current is None or self.current.back():
            return
        if len(self._stack) > 1:
            self._leave()
            self._stack.pop()
            self._appear()
        elif self.has_places and self.current.place != "today":
            self.switch("today")

    def replace(self, name: str, **where: Any) -> None:
        """To a screen instead of this one: back leads to where one came from."""
        self._leave()
        self._stack[-1:] = [screen_class(name)(self, **where)]
        self._appear()

    def leave_to(self, name: str, **where: Any) -> None:
        """Back down to the screen of that name, or to a new one where it is not on the way."""
        wanted = screen_class(name)
        self._leave()
        while self._stack and not (isinstance(self._stack[-1], wanted) and self._stack[-1].where == where):
            self._stack.pop()
        if not self._stack:
            self._stack = [screen_class("today")(self), wanted(self, **where)]
        self._appear()

    def leave_to_file(self, case: str) -> None:
        """Back down to a case, or to the office's own file."""
        if is_office_file(case):
            self.leave_to("office")
        else:
            self.leave_to("case", case=case)

    # -- forms --------------------------------------------------------------------------------------

    def begin(self, case: str, form: str) -> None:
        """A new form; where one of the same case lies unfinished, the worker is asked which she means."""
        fieldbook = self.fieldbook
        if fieldbook is None:
            return

        def begin() -> None:
            fieldbook.begin(case, form, language.code).then(self._fill_in)

        def ask(view: TodayView) -> None:
            drafts = [draft for draft in view.drafts if (draft.case, draft.form) == (case, form)]
            if not drafts:
                begin()
                return
            latest = max(drafts, key=lambda draft: draft.saved_at)
            answered = T("{n} of {all} answered", n=latest.answered, all=latest.questions)
            Dialog(
                title=T("This form is begun already"),
                message=joined(wording.whose(case, latest.code), T.titles(latest.titles), answered),
                actions=[
                    (T("Continue"), "filled", lambda: self.resume(latest.record)),
                    (T("Begin a new one"), "outlined", begin),
                ],
            ).open()

        fieldbook.today().then(ask)

    def resume(self, record: str) -> None:
        if self.fieldbook is not None:
            self.fieldbook.resume(record, language.code).then(self._fill_in)

    def read(self, record: str) -> None:
        """A finished record, to look at and perhaps to change."""
        if self.fieldbook is not None:
            self.fieldbook.edit(record, language.code).then(
                lambda opened: self.go("review", opened=opened, finished=True)
            )

    def open_record(self, view: CaseView, record: str) -> None:
        """A record of a case: to go on with where it is a draft, else to look at."""
        drafts = {each.id for each in view.records if each.state == "draft"}
        (self.resume if record in drafts else self.read)(record)

    def finished(self, opened: OpenEntry) -> None:
        """A form was finished: its receipt stands on its case, after the short form on Today, and nothing
        leads back into the form."""
        self.remember(f"{ENTRY}{opened.record}", None)
        if self.fieldbook is not None and self.fieldbook.discretion.is_on(opened.record):
            self.switch("today")
        else:
            self.leave_to_file(opened.case.id)
        self.go("receipt", opened=opened)

    def _fill_in(self, opened: OpenEntry) -> None:
        self.go("entry", opened=opened)

    # -- unlocked, covered, locked ------------------------------------------------------------------

    def opened(self, fieldbook: Fieldbook) -> None:
        """The unlock screen has got the fieldbook."""
        self.fieldbook = fieldbook
        fieldbook.on_change.append(self._changed)
        fieldbook.on_problem.append(self.tell_problem)
        fieldbook.on_reminder.append(self.remind)
        self.switch("today")
        self.guard.start()
        fieldbook.unfinished.take().then(self._take_up)
        fieldbook.conflicts().then(
            lambda found: self.count_conflicts(sum(each.state == "open" for each in found))
        )
        self.guard.ask_rules(offer_pin=not self.window.is_demo)

    def remember(self, name: str, typed: Any) -> None:
        """What was typed on a screen and is no record's yet; nothing forgets it."""
        self.unfinished.pop(name, None)
        if typed:
            self.unfinished[name] = typed

    def _take_up(self, typed: dict[str, Any]) -> None:
        self.guard.hand_back(typed)
        self.unfinished = {**typed, **self.unfinished}
        if "new_case" in typed:
            self.tell(T("What was typed for a new case is still there."))

    def cover(self) -> None:
        """Take everything out of sight at once; nothing of it stays in the tree of widgets.

        The screen is told a frame later: what it does with a text half typed must not keep it in sight.
        """
        if self.fieldbook is None or not self.keeps or self.guard.covered:
            return
        self._leaving = self.current
        self._held = getattr(focus.current, "name", "") if not focus.modals else ""
        self.guard.cover.put_on()
        self.guard.clear_window()
        self.clear_widgets()
        self._cover_screen = CoverScreen(self, self.guard.pin)
        self.add_widget(self._cover_screen)
        Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: self._leave(), 0), 0)

    def uncover(self) -> None:
        """Somebody wants to go on: by the PIN where there is one. Without one everything is locked, for a
        cover that any hand takes off protects nobody; but in a demo, where nobody is to be protected."""
        if not self.guard.covered or self._cover_screen is None:
            return
        if self.guard.pin.is_set and not self.guard.cover.expired:
            self._cover_screen.ask()
        elif self.window.is_demo:
            self.take_cover_off()
        else:
            self.lock()

    def take_cover_off(self) -> None:
        """Everything as it was, open dialogs too; locked instead, where the cover has lasted too long."""
        if not self.guard.cover.take_off():
            self.lock()
            return
        self._leave()
        self.guard.idle.begin()
        self._appear()
        focus.bring_back()
        if not focus.modals and self._held:
            focus.give_named(self._held, by_key=False)
        untold, self._untold = self._untold, None
        if untold is not None:
            self.tell_problem(untold)

    def all_typed(self) -> dict[str, Any]:
        """What is typed and saved nowhere, on screens and in dialogs."""
        return {**self.unfinished, **self.guard.typed()}

    def lock(self) -> None:
        """Close the store and start the program anew, at its unlock screen."""
        if self.fieldbook is None or not self.keeps:
            return
        self._leave()
        self.guard.clear_window()
        self.clear_widgets()
        self.fieldbook.unfinished.keep(self.all_typed())  # closing waits for it
        chosen = self.window.preferences.language
        lock(self.fieldbook, replace(self.window.settings, language=chosen))

    # -- told by others -----------------------------------------------------------------------------

    def tell(self, text: T, meaning: str = "done") -> None:
        """A short word at the foot of the window. Never while covered: it could name something."""
        if not self.guard.covered:
            Toast.show(text, meaning)

    def remind(self, reminder: Reminder | None) -> None:
        """The number of what waits, at the rail's place; and a word that names nobody and no work. While
        covered neither: only the number is there when the cover is taken off."""
        self._waiting = 0 if reminder is None else reminder.overdue + reminder.today
        if self._bars is not None:
            self._bars.set_count("today", self._waiting)
        if reminder is not None:
            alarm = reminder.code == "reminder.alarm"
            self.tell(T(wording.REMINDERS[reminder.code]), "danger" if alarm else "done")

    def tell_problem(self, problem: Problem) -> None:
        """What went wrong; while covered it waits until the cover is taken off, for it must not be lost."""
        if self.guard.covered:
            self._untold = problem
        self.tell(wording.problem(problem), "danger")

    def settled(self, text: T) -> None:
        """A conflict was decided by a tap."""
        self.tell(text)
        if self.current is not None:
            self.current.changed(frozenset({"conflicts"}))

    def sync(self) -> None:
        if self.fieldbook is None:
            return
        self.fieldbook.sync_now().then(self._synced, self.tell_problem)
        self._changed(frozenset({"sync"}))

    def _synced(self, outcome: Outcome) -> None:
        if outcome.problem is not None:
            self.tell_problem(outcome.problem)
        else:
            self.tell(
                T("Synced: {sent} sent, {received} received", sent=outcome.sent, received=outcome.received)
            )
        self._changed(frozenset({"sync", "cases", "records", "conflicts"}))

    def count_conflicts(self, count: int) -> None:
        self._conflicts = count
        if self._bars is not None:
            self._bars.set_count("conflicts", count)

    def _changed(self, topics: frozenset[Any]) -> None:
        if self.fieldbook is None:
            return  # the window was closed while a sync was under way
        if "conflicts" in topics:  # a sync has brought something, perhaps another word of the office
            self.guard.ask_rules()
            self.fieldbook.conflicts().then(
                lambda found: self.count_conflicts(sum(each.state == "open" for each in found))
            )
        if self.current is not None:
            self.current.changed(topics)

    # -- the frame ----------------------------------------------------------------------------------

    def redraw(self) -> None:
        """The language, the look or the size of text was changed."""
        self._paper.rgba = theme.colour("paper")
        if self.current is not None:
            self._appear(again=True)

    def resized(self) -> None:
        if self.wide != self._drawn_wide and self.current is not None:
            self._appear(again=True)
        elif not self.has_places and self.current is not None:
            self.current.redraw()

    def _leave(self) -> None:
        """Tell the screen in sight, or the one that was just covered, that it goes; once."""
        screen, self._leaving = self._leaving or self.current, None
        if screen is not None:
            focus.give(None)
            screen.leave()

    def _appear(self, *, again: bool = False) -> None:
        """Put the screen on top into the frame: banner above, rail beside or bar below. What comes into
        sight under the cover waits for its end."""
        if self.guard.covered:
            return
        if self._cover_screen is not None:
            self._cover_screen.leave()
            self._cover_screen = None
        screen = self._stack[-1]
        self._drawn_wide = self.wide
        held = focus.current if again else None
        focus.give(None)
        for part in [*self.children, screen]:
            _detach(part)
        strip = self._strip()
        if strip is not None:
            self.add_widget(strip)
        if not self.has_places:
            self._bars = None
            self.add_widget(screen)
        elif self.wide:
            middle = RowLayout(size_hint_y=1, spacing=0, align="top")
            self._bars = self._rail(screen)
            middle.add_widget(self._bars)
            middle.add_widget(screen)
            self.add_widget(middle)
        else:
            self.add_widget(screen)
            self._bars = self._bottom_bar(screen)
            self.add_widget(self._bars)
        if self._bars is not None:
            self._bars.set_count("today", self._waiting)
            self._bars.set_count("conflicts", self._conflicts)
        if again:
            screen.redraw()
        else:
            screen.enter()
        if held is not None and held.get_root_window() is not None:
            focus.give(held)
        else:
            screen.appeared()

    def _strip(self) -> Widget | None:
        """What stands over everything of a demo."""
        return DemoBar() if self.window.is_demo else None

    def _rail(self, screen: Screen) -> Rail:
        known = _entries()
        rail = Rail(
            entries=[known[place] for place in PLACES],
            foot=[known["settings"], known["lock"], known["cover"]],
            current=screen.place,
        )
        rail.fbind("on_select", self._selected)
        return rail

    def _bottom_bar(self, screen: Screen) -> BottomBar:
        # Eight would be too small for a finger: there the settings lock.
        known = [entry for key, entry in _entries().items() if key != "lock"]
        bar = BottomBar(entries=known, current=screen.place)
        bar.fbind("on_select", self._selected)
        return bar

    def _selected(self, _bars: Widget, key: str) -> None:
        self.switch(key)

    def covers_at(self, x: float, y: float) -> bool:
        """Whether the button that covers is there, in the window."""
        item = self._bars.items.get("cover") if self._bars is not None else None
        return item is not None and item.get_root_window() is not None and item.collide_point(x, y)

    def _lay_ground(self, *_: Any) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size

    # -- keyboard -----------------------------------------------------------------------------------

    def key(self, key: int, modifiers: frozenset[str]) -> bool:
        """Esc back, F2 sync, F12 or Ctrl+L cover, Shift+F12 lock; on the cover Enter or Esc asks for the PIN
        or takes it off, and Esc leaves the PIN. Ctrl+Shift+Delete erases. True when it was ours."""
        codes = Keyboard.keycodes
        shortcuts: dict[tuple[int, frozenset[str]], Callable[[], None]] = {
            (codes["escape"], frozenset()): self.back,
            (codes["f2"], frozenset()): self.sync,
            (codes["l"], frozenset({"ctrl"})): self.cover,
            (codes["f12"], frozenset()): self.cover,
            (codes["f12"], frozenset({"shift"})): self.lock,
            (codes["delete"], frozenset({"ctrl", "shift"})): lambda: ask_to_erase(self),
        }
        if self.guard.covered:
            return self._cover_key(key)
        if focus.modals and key == codes["escape"]:
            return False
        action = shortcuts.get((key, modifiers))
        if action is not None:
            action()
            return True
        return self.current is not None and self.current.key(key, modifiers)

    def _cover_key(self, key: int) -> bool:
        """The pad has had it before; what it left is for the cover, or for the digit that Tab has led to."""
        codes = Keyboard.keycodes
        if focus.current is not None and key != codes["escape"]:
            return False
        leave_pin = key == codes["escape"] and self._cover_screen is not None and self._cover_screen.blank()
        if not leave_pin and key in (codes["enter"], codes["numpadenter"], codes["escape"]):
            self.uncover()
        # Tab leads around among the digits.
        return key != codes["tab"]


def _detach(widget: Widget) -> None:
    if widget.parent is not None:
        widget.parent.remove_widget(widget)
