"""The window: one Kivy app around one `Navigator`. It knows how to unlock, and nothing about casework."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import platformdirs
from kivy.config import Config

#: A sheet of paper with lines. packaging/icon.py draws it.
ICON = Path(__file__).with_name("icon") / "notes.png"


def _arrange_window() -> None:
    """Before Kivy opens its window: Esc means back, a mouse is one finger, and tests choose the size."""
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    # From the window's first moment: else Kivy shows its own until the app has one.
    Config.set("kivy", "window_icon", str(ICON))
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "minimum_width", "360")
    Config.set("graphics", "minimum_height", "480")
    width, _, height = os.environ.get("HOMEWARD_WINDOW", "1280x800").partition("x")
    Config.set("graphics", "width", width)
    Config.set("graphics", "height", height)
    if "HOMEWARD_WINDOW" in os.environ:
        Config.set("graphics", "position", "custom")
        Config.set("graphics", "left", "0")
        Config.set("graphics", "top", "0")


_arrange_window()

from kivy.app import App  # noqa: E402 - Kivy reads its settings when these are imported
from kivy.clock import Clock  # noqa: E402
from kivy.core.window import Keyboard, Window  # noqa: E402

from app.problems import Problem  # noqa: E402

if Window is None:
    raise Problem("app.window.missing")

from app import capture, mending, unlocking  # noqa: E402
from app import fieldbook as fieldbooks  # noqa: E402
from app.background import Job  # noqa: E402
from app.fieldbook import Fieldbook  # noqa: E402
from app.mending import MendedView  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.ui import probe  # noqa: E402
from app.ui.i18n import language  # noqa: E402
from app.ui.navigation import Navigator  # noqa: E402
from app.ui.preferences import Preferences  # noqa: E402
from app.ui.theme import theme  # noqa: E402

#: SDL's number for the key with the L of a Latin keyboard. On a Ukrainian or Arabic one it has another
#: letter, and must cover all the same.
_PLACE_OF_L = 15

Unlock = Callable[[Settings, str, Callable[[Callable[[], Any]], Any]], Job[Fieldbook]]


def on_window_thread(call: Callable[[], Any]) -> None:
    """Kivy's `deliver`: run this between two frames, on the thread that owns the widgets."""
    Clock.schedule_once(lambda _seconds: call(), 0)


class HomewardApp(App):
    """`run()` shows the unlock screen and returns when the window is closed and the fieldbook with it."""

    title = "Notes"

    def __init__(self, settings: Settings, *, unlock: Unlock | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.icon = str(ICON)
        self.settings = settings
        self._unlock = unlock or fieldbooks.unlock
        self.preferences = Preferences.load(settings.folder, settings.language)
        self.navigator: Navigator

    def build(self) -> Navigator:
        self._apply()
        self.navigator = self._navigator()
        Window.bind(on_key_down=self._key)
        Window.bind(on_resize=lambda *_size: self.navigator.resized())
        self._probe = probe.start(self._may_be_watched)
        return self.navigator

    def _navigator(self) -> Navigator:
        return Navigator(self)

    def on_start(self) -> None:
        # Only now does the root widget stand in the window and can have the keyboard.
        self.navigator.start()
        if self.navigator.keeps and not self.is_demo:
            capture.refuse(Window)

    def on_pause(self) -> bool:
        """Android takes the window away, and its picture for the list of recent programs with it."""
        self.navigator.cover()
        return True

    def on_resume(self) -> None:
        self.navigator.guard.look()

    def on_stop(self) -> None:
        if self._probe is not None:
            self._probe.close()
        self.navigator.guard.stop()
        book, self.navigator.fieldbook = self.navigator.fieldbook, None
        if book is not None:
            book.close().wait(10)

    # -- what pages may ask of the window -----------------------------------------------------------

    def unlock(self, passphrase: str) -> Job[Fieldbook]:
        return self._unlock(self.settings, passphrase, on_window_thread)

    def enter_code(self, typed: str) -> Job[None]:
        """A coordinator's code, before another passphrase may be tried."""
        return unlocking.enter_code(self.settings, typed, on_window_thread)

    @staticmethod
    def deliver(call: Callable[[], Any]) -> None:
        """Have something called on the window's thread."""
        on_window_thread(call)

    def mend(self, passphrase: str, on_step: Callable[[mending.Step, float], Any]) -> Job[MendedView]:
        """Repair a store that does not open any more; `on_step` is told how far it is."""
        return mending.mend(self.settings, passphrase, on_window_thread, on_step)

    @property
    def pictures_folder(self) -> Path:
        """Where choosing a photo begins: the user's pictures, where there are any."""
        pictures = Path(os.environ.get("HOMEWARD_PICTURES") or platformdirs.user_pictures_path())
        return pictures if pictures.is_dir() else Path.home()

    @property
    def is_demo(self) -> bool:
        """Whether everybody in here is invented; while locked, as far as the device says so."""
        book = self.navigator.fieldbook
        return fieldbooks.says_demo(self.settings) if book is None else book.session.demo

    def _may_be_watched(self) -> bool:
        return self.navigator.fieldbook is None or self.is_demo

    def prefer(self, **changes: Any) -> None:
        """Change a liking, keep it, and draw everything again in it."""
        self.preferences = replace(self.preferences, **changes)
        self.preferences.save(self.settings.folder)
        self._apply()
        self.navigator.redraw()

    def _apply(self) -> None:
        language.switch(self.preferences.language)
        theme.switch(dark=self.preferences.dark, text_size=self.preferences.text_size)

    # -- keyboard -----------------------------------------------------------------------------------

    def _key(self, _window: Any, key: int, place: int, _text: str | None, modifiers: list[str]) -> bool:
        if place == _PLACE_OF_L and "ctrl" in modifiers:
            key = Keyboard.keycodes["l"]
        return self.navigator.key(key, frozenset(modifiers) - {"numlock", "capslock"})
