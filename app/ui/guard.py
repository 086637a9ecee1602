"""Who watches over the open window: it covers itself when nobody looks, and locks when nobody is there.

The decisions are those of `app.lock`; here are their causes (focus, touches, the clock) and what they do
to the window. The navigator draws what the guard decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.core.window import Window

from app.cover_policy import CoverRules, rules
from app.lock import Cover, Idle, QuickPin
from app.ui.clipboard import own_copy
from app.ui.i18n import T
from app.ui.screens.pin_sheet import PinSheet
from app.ui.widgets import LockSoon, Toast, focus
from app.ui.widgets.dialog import typed_before
from app.unfinished import DIALOG

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

#: Seconds between two looks at the clock.
_LOOKS = 0.5


class Guard:
    """`cover`, `pin` and `idle` are what holds now; `start` begins to watch."""

    def __init__(self, desk: Navigator) -> None:
        self._desk = desk
        #: What holds: until the store is open, and can tell of the office, the device's own.
        self.rules = rules(desk.window.settings)
        self.cover = Cover(self.rules.cover_lasts)
        self.pin = QuickPin()
        self.idle = Idle(self.rules.lock_after)
        #: While this holds the clock locks nothing: what is under way must not be cut off.
        self.awake = False
        self._warning: LockSoon | None = None
        self._looking: Any = None

    @property
    def covered(self) -> bool:
        return self.cover.on

    def start(self) -> None:
        """From the unlocking on. A window that is hidden or loses the keyboard to another is covered."""
        self.idle.begin()
        if self._looking is None:
            self._looking = Clock.schedule_interval(self.look, _LOOKS)
            Window.bind(
                focus=self._focus_changed,
                on_minimize=self._left,
                on_hide=self._left,
                on_motion=self._moved,
                on_touch_down=self._pressed_at,
                on_key_down=self._pressed,
                on_key_up=self._pressed,
                on_textinput=self._pressed,
            )

    def ask_rules(self, *, offer_pin: bool = False) -> None:
        """Have what the office decides hold from now on; `offer_pin`: then a PIN is asked for, where it may
        be one."""

        def told(found: CoverRules) -> None:
            self._obey(found)
            if offer_pin and found.pin:
                PinSheet(self.pin, later=T("Not now")).open()

        if self._desk.fieldbook is not None:
            self._desk.fieldbook.cover_rules().then(told)

    def _obey(self, found: CoverRules) -> None:
        """At once, also for the cover that is on. A PIN that is not good enough any more is forgotten, and
        that is told."""
        self.rules = found
        self.cover.limit(found.cover_lasts)
        self.idle.limit(found.lock_after)
        if self.pin.limit(allowed=found.pin, least=found.pin_least):
            self._desk.tell(
                T("The office asks for a longer PIN. Choose it under Settings.")
                if found.pin
                else T("The office allows no PIN any more: the passphrase takes the cover off."),
                "attention",
            )

    def stop(self) -> None:
        """The window closes; what was copied in it does not outlive it."""
        own_copy.take_back()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def clear_window(self) -> None:
        """Everything above the screens goes out of the window, and what was copied out of the clipboard.
        Dialogs wait with what is written in them; words that were only told are gone."""
        focus.set_aside()
        self._hide_warning()
        Toast.hide_now()
        for child in list(Window.children):
            if child is not self._desk:
                Window.remove_widget(child)
        own_copy.take_back()

    def typed(self) -> dict[str, Any]:
        """What is typed in dialogs that are open or wait under the cover, and what no dialog has asked for
        since the last lock: for the next unlocking, by `DIALOG` and what each keeps."""
        kept: dict[str, Any] = dict(typed_before)
        for sheet in (*focus.modals, *(focus.aside or ())):
            if (keeps := getattr(sheet, "keeps", "")) and (typed := sheet.typed()):
                kept[keeps] = typed
        return {f"{DIALOG}{keeps}": typed for keeps, typed in kept.items()}

    def hand_back(self, typed: dict[str, Any]) -> None:
        """Take out what belongs to dialogs; each has it again when it is opened. It is told of which case."""
        for name in [each for each in typed if each.startswith(DIALOG)]:
            typed_before[name.removeprefix(DIALOG)] = typed.pop(name)
        cases = {keeps.partition("/")[0] for keeps in typed_before if "/" in keeps}
        for case in cases:
            assert self._desk.fieldbook is not None
            self._desk.fieldbook.case(case).then(
                lambda view: self._desk.tell(
                    T("What was typed for a decision in {code} is there when you open it again.",
                      code=view.row.code)
                ),
                lambda _problem: None,
            )  # fmt: skip

    def look(self, _seconds: float = 0.0) -> None:
        """What the clock says: lock, warn, or nothing."""
        if self._desk.fieldbook is None or self.awake:
            return
        if self.cover.on:
            if self.cover.expired:
                self._desk.lock()
            return
        state = self.idle.state
        if state == "over":
            self._desk.lock()
        elif state == "soon":
            self._warn()
        else:
            self._hide_warning()

    def _warn(self) -> None:
        if self._warning is None:
            self._warning = LockSoon(T("Locks soon. A touch or a key, and it stays open."))
            self._warning.open()

    def _hide_warning(self) -> None:
        if self._warning is not None:
            self._warning.close()
            self._warning = None

    # -- what happens to the window -----------------------------------------------------------------

    def _focus_changed(self, _window: Any, has_it: bool) -> None:
        if not has_it:
            self._desk.cover()

    def _left(self, *_: Any) -> None:
        self._desk.cover()

    def _moved(self, _window: Any, kind: str, event: Any) -> None:
        """A finger or a button of the mouse; a mouse that is only pushed is nobody."""
        if kind == "begin" and getattr(event, "is_touch", False):
            self._touched()

    def _pressed_at(self, _window: Any, touch: Any) -> bool:
        """One tap covers as soon as the finger is down, whatever is open above the button: before a field
        is left, and what was typed in it called up the next question."""
        if getattr(touch, "button", "left") != "left" or not self._desk.covers_at(*touch.pos):
            return False
        if focus.modals and focus.modals[-1].page.collide_point(*touch.pos):
            return False
        self._desk.cover()
        return True

    def _pressed(self, *_: Any) -> None:
        self._touched()

    def _touched(self) -> None:
        self.idle.touched()
        if self.idle.state == "awake":
            self._hide_warning()
