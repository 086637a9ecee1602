"""Hands and eyes for what the kit does in a real window. The window has its size before it is imported."""

# ruff: noqa: E402 - the window has its size before it is imported

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from kivy.config import Config

Config.set("graphics", "width", "1280")
Config.set("graphics", "height", "800")
Config.set("graphics", "multisamples", "0")  # as the app does
Config.set("kivy", "exit_on_escape", "0")

from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.uix.widget import Widget

from app.ui.i18n import language
from app.ui.theme import theme
from app.ui.widgets import (
    Page,
    focus,
)
from app.ui.widgets.questions import Context, question_widget

ARABIC_LINE = "المرافق (الرحلة AT 971، الساعة 22:40)"
TAB, ENTER, SPACE, ESCAPE, UP, DOWN = 9, 13, 32, 27, 273, 274


def frames(count: int = 4) -> None:
    for _ in range(count):
        EventLoop.idle()


def later(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        EventLoop.idle()
        time.sleep(0.01)


def show(widget: Widget) -> Any:
    Window.add_widget(widget)
    frames()
    return widget


def key(code: int, *modifiers: str) -> None:
    Window.dispatch("on_key_down", code, 0, None, list(modifiers))
    Window.dispatch("on_key_up", code, 0)
    frames(2)


def touch(widget: Widget) -> None:
    x, y = widget.to_window(*widget.center)
    Window.dispatch("on_mouse_down", x, Window.height - y, "left", [])
    frames(2)
    Window.dispatch("on_mouse_up", x, Window.height - y, "left", [])
    frames(8)


def brightness(x: int, y: int, width: int, height: int) -> list[int]:
    """The red of each pixel, row by row from below. Read before the buffers are swapped."""
    frames()
    Window.dispatch("on_draw")
    return list(glReadPixels(x, y, width, height, GL_RGBA, GL_UNSIGNED_BYTE)[::4])


def lines_of(pixels: Any, wide: int) -> list[list[int]]:
    # A texture that was flipped gives its first line at the top.
    return [list(pixels[start : start + wide]) for start in range(0, len(pixels), wide)]


def named(name: str) -> Any:
    for child in Window.children:
        for widget in child.walk():
            if getattr(widget, "name", "") == name:
                return widget
    raise AssertionError(f"{name} is not in the window")


def question(kind: str, value: Any = None, **more: Any) -> SimpleNamespace:
    blank = {"path": "q", "type": kind, "label": "Question", "hint": "", "guidance": "", "value": value}
    blank |= {
        "raw": None,
        "required": False,
        "readonly": False,
        "appearances": frozenset(),
        "scale": None,
        "choices": (),
    }
    return SimpleNamespace(**blank | {"violation": None, "calculated": False} | more)


def choices(*names: str) -> tuple[SimpleNamespace, ...]:
    return tuple(SimpleNamespace(name=name, label=name.capitalize(), media=None) for name in names)


def asked(state: SimpleNamespace, context: Context | None = None) -> tuple[Any, list[tuple[str, Any]]]:
    """A question in the window, and the answers that it gives."""
    widget = question_widget(state, context)
    given: list[tuple[str, Any]] = []
    widget.bind(on_answer=lambda _, path, raw: given.append((path, raw)))
    page = Page()
    page.add(widget)
    show(page)
    return widget, given


def named_kind(root: Widget, kind: type) -> Any:
    return next(widget for widget in root.walk() if isinstance(widget, kind))


def fresh() -> None:
    """An empty black window in English and light, the keyboard with nobody."""
    focus.give(None)
    focus.modals.clear()
    for child in list(Window.children):
        Window.remove_widget(child)
    language.switch("en")
    theme.switch(dark=False, text_size=1.0)
    Window.clearcolor = (0, 0, 0, 1)
    frames(2)


def begin() -> None:
    """Open the window; what is done in it is done by hand."""
    runTouchApp(Widget(), embedded=True)
