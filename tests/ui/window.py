"""A person at a real window: an own X display, the app as a process, eyes (the probe) and hands (xdotool).

The probe tells where a named widget stands; every touch and every key goes through the X server, so that
what passes here passes for fingers and keyboards too.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from PIL import ImageGrab

ROOT = Path(__file__).resolve().parents[2]
Widget = Mapping[str, Any]
#: One turn of the wheel is so many notches of 20 pixels, a small part of any area: nothing is skipped.
_NOTCHES = 4
_TURNS = 60
_FRAMES = 8


class Display:
    """An X server of our own without a screen; it picks a free number itself."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        read, write = os.pipe()
        self._process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=(write,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"
        # Further layouts on the keyboard: letters that it has not are lost now and then.
        subprocess.run(["setxkbmap", "-display", self.name, "-layout", "us,ara,ua"], check=True, timeout=20)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class AppWindow:
    """The app, started as its users start it, and driven from outside."""

    def __init__(
        self, display: Display, folder: Path, scratch: Path, language: str = "en", more: tuple[str, ...] = ()
    ) -> None:
        self._display = display
        self._folder = folder
        self._language = language
        self.scratch = scratch
        self._more = more
        #: How many times as long as usual is waited, where other work keeps the machine busy.
        self.patience = 1.0
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The device's folder."""
        return self._folder

    @property
    def display(self) -> str:
        return self._display.name

    # -- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        self._starts += 1
        self._probe = self.scratch / f"p{self._starts}"
        self.log = self.scratch / f"app-{self._starts}.log"
        width, height = self._display.size
        environment = {
            **os.environ,
            "DISPLAY": self._display.name,
            "HOMEWARD_UI_PROBE": str(self._probe),
            "HOMEWARD_WINDOW": f"{width}x{height}",
            "HOMEWARD_PICTURES": str(self.scratch / "pictures"),
            "HOMEWARD_AUTO_SYNC": "0",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "app", "--dir", str(self._folder), "--lang", self._language),
                    *self._more,
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_for(lambda: self.widgets(), "the first frame", seconds=60)

    def kill(self) -> None:
        """kill -9, as when a battery is pulled out: nothing gets a chance to be written."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._process = None

    def close(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    # -- eyes ---------------------------------------------------------------------------------------

    def widgets(self) -> list[Widget]:
        """What stands on the window now; empty while the app is not there yet."""
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(
                f"the app ended with {self._process.returncode}:\n{self.log.read_text()[-4000:]}"
            )
        try:
            with socket.socket(socket.AF_UNIX) as eyes:
                eyes.settimeout(20)
                eyes.connect(str(self._probe))
                answer = bytearray()
                while piece := eyes.recv(65536):
                    answer += piece
        except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
            return []
        return json.loads(answer) if answer else []

    def find(self, name: str) -> Widget | None:
        return next((widget for widget in self.widgets() if widget["name"] == name), None)

    def names(self, start: str, end: str = "") -> list[str]:
        """The names in sight that begin and end so, in the order of reading."""
        return [
            widget["name"]
            for widget in self.widgets()
            if widget["name"].startswith(start) and widget["name"].endswith(end)
        ]

    def whole_names(self, start: str) -> list[str]:
        """The names that begin so of what can be touched as it stands, without scrolling."""
        return [
            widget["name"]
            for widget in self.widgets()
            if widget["name"].startswith(start) and not widget["clipped"]
        ]

    def text(self) -> str:
        """All words on the window, one widget a line."""
        return "\n".join(str(widget["text"]) for widget in self.widgets() if widget.get("text"))

    def see(self, name: str, seconds: float = 20) -> Widget:
        found = self.wait_for(lambda: self.find(name), f"widget {name}", seconds)
        assert isinstance(found, dict)
        return found

    def read(self, words: str, seconds: float = 20) -> None:
        """Wait until these words stand on the window."""
        self.wait_for(lambda: words in self.text(), f"the words {words!r}", seconds)

    def gone(self, name: str, seconds: float = 20) -> None:
        self.wait_for(lambda: self.find(name) is None, f"widget {name} to go", seconds)

    def wait_for(self, condition: Callable[[], Any], what: str, seconds: float = 20) -> Any:
        until = time.monotonic() + seconds * self.patience
        while True:
            if result := condition():
                return result
            if time.monotonic() > until:
                names = [widget["name"] for widget in self.widgets() if widget["name"]]
                self.picture("failed")
                raise AssertionError(f"waited {seconds} s for {what}; on the window: {names}\n{self.text()}")
            time.sleep(0.1)

    def picture(self, name: str) -> Path:
        """What the window shows, as a PNG in the scratch folder (read from the X server)."""
        target = self.scratch / f"{name}.png"
        ImageGrab.grab(xdisplay=self._display.name).save(target, compress_level=1)
        return target

    # -- hands --------------------------------------------------------------------------------------

    def touch(self, name: str, seconds: float = 20, rest: float = 0.25) -> None:
        """Press the middle of a named widget, after scrolling to it with the wheel where needed."""
        widget = self.scroll_to(name, seconds)
        self._xdo("mousemove", *self._middle(widget), "click", "1")
        time.sleep(rest)
        if rest:
            # Two frames later, however slow the machine: keys are taken at once, a touch a frame later.
            self.widgets()
            self.widgets()

    def write(self, words: str) -> None:
        """Type into whatever has the keyboard."""
        self._xdo("type", "--delay", "30", words)
        time.sleep(0.2)

    def press(self, *keys: str) -> None:
        """Press keys by their X names: Return, Escape, Tab, ctrl+l."""
        for key in keys:
            self._xdo("key", key)
            time.sleep(0.1)

    def keys(self, *keys: str) -> None:
        """Press keys one right after the other, without looking."""
        self._xdo("key", "--delay", "25", *keys)

    def type_quickly(self, words: str) -> None:
        """Type without looking, as the next key comes after it anyway."""
        self._xdo("type", "--delay", "12", words)

    def fill(self, name: str, words: str) -> None:
        """Replace what a text field holds."""
        self.touch(name)
        self.press("ctrl+a")
        self.write(words)

    def scroll_down(self, notches: int = _NOTCHES) -> bool:
        """Turn the wheel over the page; False where there is none, and at its end."""
        return self._turn_wheel("page.body", "5", notches)

    def own_window(self) -> str:
        """The number of the app's window at the X server: that which has the keyboard."""
        return self.ask_x("getwindowfocus", "-f")

    def ask_x(self, *words: str) -> str:
        """What xdotool answers."""
        found = subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self._display.name},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return found.stdout.strip()

    def xdo(self, *words: str) -> None:
        """Any other thing that xdotool does, as `windowunmap`."""
        self._xdo(*words)

    def tap_through(self, name: str) -> None:
        """Press where a widget stands, whatever lies above it."""
        self._xdo("mousemove", *self._middle(self.see(name)), "click", "1")

    def settle(self) -> None:
        """Until two looks show the same: layouts settle over a few frames."""
        before = self.widgets()
        for _ in range(20):
            time.sleep(0.06)
            after = self.widgets()
            if _places(after) == _places(before):
                return
            before = after

    def scroll_to(self, name: str, seconds: float = 20) -> Widget:
        """The probe tells only what is in sight, so a widget below or above is looked for with the wheel."""
        until = time.monotonic() + seconds * self.patience
        while True:
            widget = self._resting(name)
            if widget is not None:
                return widget
            for area, wheel in product(("page.body", "page.side", "case.offers"), ("5", "4")):
                for _ in range(_TURNS):
                    if not self._turn_wheel(area, wheel):
                        break
                    if (widget := self._resting(name)) is not None:
                        return widget
            if time.monotonic() > until:
                self.see(name, 0)

    def _turn_wheel(self, area: str, button: str, notches: int = _NOTCHES) -> bool:
        """Turn it over an area; False where there is none or it is covered, and when nothing moves."""
        before = self.widgets()
        there = {str(widget["name"]): widget for widget in before}
        place, offers = there.get(area), there.get("case.offers")
        covered = offers is not None and area != "case.offers"
        if place is None or covered or "sheet" in there or "files" in there:
            return False
        # Beside the questions, where a wheel turns no field and no list; a sheet stands in the middle.
        beside = place["x"] + 6 if offers is None else int(self._middle(place)[0]) - 270
        where = ("mousemove", str(beside), self._middle(place)[1])
        self._xdo(*where, "click", "--repeat", str(notches), "--delay", "2", button)
        time.sleep(0.12)
        # Each look comes a frame later, however slow the machine: by then the turn has reached the page.
        return any(_places(self.widgets()) != _places(before) for _ in range(_FRAMES))

    def _resting(self, name: str) -> Widget | None:
        """The widget, wholly in sight, once it stands still: layouts settle over a few frames."""
        before = self.find(name)
        for _ in range(20):
            if before is None or before.get("clipped"):
                return None
            time.sleep(0.06)
            after = self.find(name)
            if after is not None and (after["x"], after["y"]) == (before["x"], before["y"]):
                return after
            before = after
        return before

    def _middle(self, widget: Widget) -> tuple[str, str]:
        return str(int(widget["x"] + widget["w"] / 2)), str(int(widget["y"] + widget["h"] / 2))

    def _xdo(self, *words: str) -> None:
        subprocess.run(
            ["xdotool", *words],
            env={**os.environ, "DISPLAY": self._display.name},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


def _places(widgets: list[Widget]) -> list[tuple[Any, ...]]:
    """What stands where: of a page that was turned, something stands elsewhere."""
    return [(widget["name"], widget["text"], widget["x"], widget["y"], widget["h"]) for widget in widgets]
