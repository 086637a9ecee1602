"""A finger and a keyboard inside the process: touches and keys go through Kivy's own window events.

For the tour and for pictures; a person's window is never touched by it. Waiting is asynchronous, so
that the window goes on drawing and jobs go on coming back while the finger rests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Keyboard, Window
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget
from PIL import Image

from app.ui import probe


class NotInSight(Exception):
    """The tour waited for something that did not come: the picture so far and this name say what."""


class Finger:
    """Finds widgets by name in the window's tree, and presses where they stand."""

    def __init__(self, patience: float = 30.0) -> None:
        self._patience = patience

    # -- eyes ---------------------------------------------------------------------------------------

    def find(self, name: str) -> Widget | None:
        """The widget of this name that is in the window now."""
        for child in Window.children:
            for widget in child.walk():
                if probe.name_of(widget) == name:
                    return widget
        return None

    def names(self, start: str = "") -> list[str]:
        """All names in sight that begin so, in the order of the tree."""
        found = (
            probe.name_of(widget) or "" for child in reversed(Window.children) for widget in child.walk()
        )
        return [name for name in found if name and name.startswith(start)]

    async def see(self, name: str) -> Widget:
        widget = await self.until(lambda: self.find(name), name)
        assert isinstance(widget, Widget)
        return widget

    async def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait until this holds; NotInSight after the finger's patience."""
        end = time.monotonic() + self._patience
        while not (result := condition()):
            if time.monotonic() > end:
                raise NotInSight(f"{what}; in sight: {', '.join(self.names())}")
            await asyncio.sleep(0.02)
        return result

    async def rest(self, frames: int = 6) -> None:
        """Let layouts settle and jobs come back: so many frames, however slow the machine."""
        end = Clock.frames + frames
        while Clock.frames < end:
            await asyncio.sleep(0.02)

    # -- hands --------------------------------------------------------------------------------------

    async def touch(self, name: str) -> None:
        x, y = await self._place_of(name)
        top = Window.height - y
        Window.dispatch("on_mouse_down", x, top, "left", [])
        await self.rest(3)
        Window.dispatch("on_mouse_up", x, top, "left", [])
        await self.rest(8)

    async def show(self, name: str) -> None:
        """Scroll until it stands at the top of its page, as far as the page goes."""
        widget = await self.see(name)
        parent = widget.parent
        while parent is not None and parent is not Window and not isinstance(parent, ScrollView):
            parent = parent.parent
        if isinstance(parent, ScrollView):
            column = parent.children[0]
            down = column.to_window(0, column.top)[1] - widget.to_window(0, widget.top)[1]
            parent.scroll_y = 1 - min(1.0, max(0.0, down / max(1.0, column.height - parent.height)))
        await self.rest(4)

    async def choose(self, name: str) -> None:
        """Touch a choice until it is chosen: a layout that moves under the finger makes it miss."""
        for _ in range(3):
            await self.touch(name)
            if getattr(await self.see(name), "selected", True):
                return
        raise NotInSight(f"{name} as chosen")

    async def write(self, words: str) -> None:
        for letter in words:
            Window.dispatch("on_textinput", letter)
        await self.rest(4)

    async def press(self, key: str, *modifiers: str) -> None:
        """A key by Kivy's name for it: enter, escape, tab, f2, l."""
        code = Keyboard.keycodes[key]
        Window.dispatch("on_key_down", code, 0, None, list(modifiers))
        await self.rest(2)
        Window.dispatch("on_key_up", code, 0)
        await self.rest(6)

    async def _place_of(self, name: str) -> tuple[float, float]:
        """Where to press: the middle of the widget, once it is in view and no longer moves or is replaced."""
        before: tuple[Any, ...] = ()
        for _ in range(40):
            widget = await self.see(name)
            await self._bring_into_view(widget)
            now = (widget, *widget.to_window(*widget.pos), *widget.size)
            if now == before:
                break
            before = now
            await self.rest(2)
        x, y = widget.to_window(widget.center_x, widget.center_y)
        return x, y

    async def _bring_into_view(self, widget: Widget) -> None:
        parent = widget.parent
        while parent is not None and parent is not Window and not isinstance(parent, ScrollView):
            parent = parent.parent
        if isinstance(parent, ScrollView):
            parent.scroll_to(widget, padding=24, animate=False)
            await self.rest(2)

    # -- pictures -----------------------------------------------------------------------------------

    async def resize(self, width: int, height: int) -> None:
        if tuple(Window.size) != (width, height):
            Window.size = (width, height)
            await self.until(lambda: tuple(Window.size) == (width, height), f"a window of {width}x{height}")
        await self.rest(12)

    async def picture(self, target: Path) -> Path:
        """What the window shows now, as a PNG: read from its frame buffer just before a frame is shown."""
        await self.rest(10)
        frames: list[tuple[tuple[int, int], bytes]] = []

        def take(*_: Any) -> None:
            width, height = Window.system_size
            read = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
            frames.append(((width, height), bytes(read)))

        Window.bind(on_flip=take)
        Window.canvas.ask_update()
        await self.until(lambda: frames, "a frame")
        Window.unbind(on_flip=take)
        size, pixels = frames[-1]
        image = Image.frombytes("RGBA", size, pixels).convert("RGB")
        target.parent.mkdir(parents=True, exist_ok=True)
        image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(target)
        return target
