"""Touches and keys without a program started for each, and a look at a strip of the screen: to measure with.

What takes milliseconds here is the app and the X server, not the start of another process.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ALL_PLANES = ctypes.c_ulong(0xFFFFFFFFFFFFFFFF)
_Z_PIXMAP = 2


class _Image(ctypes.Structure):
    """The beginning of an XImage."""

    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("xoffset", ctypes.c_int),
        ("format", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("byte_order", ctypes.c_int),
        ("bitmap_unit", ctypes.c_int),
        ("bitmap_bit_order", ctypes.c_int),
        ("bitmap_pad", ctypes.c_int),
        ("depth", ctypes.c_int),
        ("bytes_per_line", ctypes.c_int),
    )


class QuickHands:
    """On one display; `strip` is left, top, width and height of what `look` sees."""

    def __init__(self, display: str, strip: tuple[int, int, int, int]) -> None:
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._x.XGetImage.restype = ctypes.POINTER(_Image)
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        assert self._display.value, f"no display {display}"
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._strip = strip

    def key(self, name: str) -> None:
        """A key by its X name, down and up."""
        symbol = ctypes.c_ulong(self._x.XStringToKeysym(name.encode()))
        code = self._x.XKeysymToKeycode(self._display, symbol)
        for down in (1, 0):
            self._test.XTestFakeKeyEvent(self._display, code, down, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def tap(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, ctypes.c_ulong(0))
        for down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, down, ctypes.c_ulong(0))
            self._x.XSync(self._display, 0)
            time.sleep(0.02)

    def look(self) -> bytes:
        """The pixels of the strip now."""
        left, top, width, height = self._strip
        image = self._x.XGetImage(self._display, self._root, left, top, width, height, _ALL_PLANES, _Z_PIXMAP)
        seen = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * height)
        self._x.XDestroyImage(image)
        return seen

    def until(self, condition: Callable[[bytes], bool], seconds: float) -> float | None:
        """The moment at which the strip is so, on the clock of `perf_counter`; None when it never is."""
        end = time.perf_counter() + seconds
        while not condition(self.look()):
            if time.perf_counter() > end:
                return None
            time.sleep(0.002)
        return time.perf_counter()

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)


@contextmanager
def quick_hands(display: str, strip: tuple[int, int, int, int]) -> Iterator[QuickHands]:
    hands = QuickHands(display, strip)
    try:
        yield hands
    finally:
        hands.close()
