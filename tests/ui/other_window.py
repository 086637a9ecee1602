"""Another program's window on the same display: a phone call, a chat, whatever takes the keyboard away."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_REVERT_TO_PARENT = 2


class OtherWindow:
    """A small window beside the screen, so that no picture shows it; `take_focus` gives it the keyboard."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        assert self._display.value, f"no display {display}"
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XCreateSimpleWindow.restype = ctypes.c_ulong
        root = self._x.XDefaultRootWindow(self._display)
        self._window = ctypes.c_ulong(
            self._x.XCreateSimpleWindow(self._display, ctypes.c_ulong(root), 3000, 3000, 60, 40, 0, 0, 0)
        )
        self._x.XMapRaised(self._display, self._window)
        self._x.XSync(self._display, 0)

    def take_focus(self) -> None:
        self._x.XSetInputFocus(self._display, self._window, _REVERT_TO_PARENT, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XDestroyWindow(self._display, self._window)
        self._x.XCloseDisplay(self._display)


@contextmanager
def other_window(display: str) -> Iterator[OtherWindow]:
    window = OtherWindow(display)
    try:
        yield window
    finally:
        window.close()
