"""Tells a test what is in the window: names, texts and places of widgets, over a unix socket of this user.

It answers only when HOMEWARD_UI_PROBE names the socket, and only as long as `allowed()` holds: nothing
unlocked yet, or a demo. What is typed into a masked field is never told.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.scrollview import ScrollView
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from app.ui.bidi import without_controls

VARIABLE = "HOMEWARD_UI_PROBE"
Box = tuple[float, float, float, float]


def name_of(widget: Widget) -> str:
    """The stable name of a widget, empty when it has none."""
    name = getattr(widget, "name", "")
    return name if isinstance(name, str) else ""


def text_of(widget: Widget) -> str:
    """What a person can read in a widget; nothing of a masked field."""
    if getattr(widget, "secret", False) or isinstance(widget, TextInput):
        return ""  # the field around an input tells what is in it
    for attribute in ("text", "title"):
        text = getattr(widget, attribute, None)
        if text is not None:
            return without_controls(str(text))
    return ""


def in_window(widget: Widget) -> Box:
    """Left, lower, right and upper edge in the window, y upwards."""
    left, low = widget.to_window(widget.x, widget.y)
    return (left, low, left + widget.width, low + widget.height)


def visible() -> list[dict[str, Any]]:
    """Each widget in sight that has a name or a text, with what is seen of it. For the UI thread."""
    whole: Box = (0, 0, Window.width, Window.height)
    return [entry for child in reversed(Window.children) for entry in _below(child, whole)]


def _below(widget: Widget, clip: Box) -> Iterator[dict[str, Any]]:
    if widget.opacity == 0:
        return
    box = in_window(widget)
    seen = _common(box, clip)
    if isinstance(widget, ScrollView):
        if seen is None:
            return
        clip = seen
    name, text = name_of(widget), text_of(widget)
    if seen is not None and (name or text):
        left, low, right, high = seen
        yield {
            "name": name,
            "kind": type(widget).__name__,
            "text": text,
            "x": round(left),
            "y": round(Window.height - high),
            "w": round(right - left),
            "h": round(high - low),
            "clipped": seen != box,
            "enabled": not widget.disabled,
            "focus": bool(getattr(widget, "focused", False)),
            "selected": bool(getattr(widget, "selected", False) or getattr(widget, "current", False) is True),
        }
    for child in reversed(widget.children):
        yield from _below(child, clip)


def _common(one: Box, other: Box) -> Box | None:
    left, low = max(one[0], other[0]), max(one[1], other[1])
    right, high = min(one[2], other[2]), min(one[3], other[3])
    return (left, low, right, high) if right - left >= 1 and high - low >= 1 else None


class Probe:
    """The listening socket. Each connection gets one JSON list and is closed."""

    def __init__(self, path: Path, allowed: Callable[[], bool]) -> None:
        self._path = path
        self._allowed = allowed
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen(4)
        threading.Thread(target=self._serve, name="ui-probe", daemon=True).start()

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            with connection:
                try:
                    connection.sendall(json.dumps(self._ask()).encode())
                except OSError:
                    continue  # the test went away

    def _ask(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = []
        done = threading.Event()

        def look(_: float) -> None:
            try:
                if self._allowed():
                    answer.extend(visible())
            finally:
                done.set()

        Clock.schedule_once(look, 0)
        done.wait(10)
        return list(answer)


def start(allowed: Callable[[], bool]) -> Probe | None:
    """Begins to answer when the environment asks for it; None otherwise."""
    path = os.environ.get(VARIABLE, "")
    return Probe(Path(path), allowed) if path else None
