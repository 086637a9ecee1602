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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Widget = Mapping[str, Any]


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

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class AppWindow:
    """The app, started as its users start it, and driven from outside."""

    def __init__(self, display: Display, folder: Path, scratch: Path, language: str = "en") -> None:
        self._display = display
        self._folder = folder
        self._language = language
        self._scratch = scratch
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    # -- life ---------------------------------------------------------------------------------------

    def start(self) -> None:
        self._starts += 1
        self._probe = self._scratch / f"p{self._starts}"
        self.log = self._scratch / f"app-{self._starts}.log"
        width, height = self._display.size
        environment = {
            **os.environ,
            "DISPLAY": self._display.name,
            "HOMEWARD_UI_PROBE": str(self._probe),
            "HOMEWARD_WINDOW": f"{width}x{height}",
            "KIVY_HOME": str(self._scratch / "kivy"),
            "KIVY_NO_ARGS": "1",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "--dir", str(self._folder), "--lang", self._language],
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
                eyes.sendall(b"\n")
                answer = bytearray()
                while piece := eyes.recv(65536):
                    answer += piece
        except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
            return []
        return json.loads(answer) if answer else []

    def find(self, name: str) -> Widget | None:
        return next((widget for widget in self.widgets() if widget["name"] == name), None)

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
        until = time.monotonic() + seconds
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
        from PIL import Image

        width, height = self._display.size
        raw = subprocess.run(
            ["xwd", "-root", "-silent", "-display", self._display.name], capture_output=True, check=False
        ).stdout
        target = self._scratch / f"{name}.png"
        if len(raw) > width * height * 4:
            pixels = raw[-width * height * 4 :]
            Image.frombytes("RGBX", (width, height), pixels, "raw", "BGRX").convert("RGB").save(target)
        return target

    # -- hands --------------------------------------------------------------------------------------

    def touch(self, name: str, seconds: float = 20) -> None:
        """Press the middle of a named widget, after scrolling to it with the wheel where needed."""
        widget = self._bring_into_view(name, seconds)
        self._xdo("mousemove", *self._middle(widget), "click", "1")
        time.sleep(0.15)

    def write(self, words: str) -> None:
        """Type into whatever has the keyboard."""
        self._xdo("type", "--delay", "30", words)
        time.sleep(0.2)

    def press(self, *keys: str) -> None:
        """Press keys by their X names: Return, Escape, Tab, ctrl+l."""
        for key in keys:
            self._xdo("key", key)
            time.sleep(0.1)

    def fill(self, name: str, words: str) -> None:
        """Replace what a text field holds."""
        self.touch(name)
        self.press("ctrl+a")
        self.write(words)

    def _bring_into_view(self, name: str, seconds: float) -> Widget:
        widget = self._resting(name, seconds)
        width, height = self._display.size
        top, bottom = self._reading_area()
        for _ in range(60):
            middle = widget["y"] + widget["h"] / 2
            if top + 8 <= middle <= bottom - 8 or not self._scrolls(widget):
                break
            button = "4" if middle < top + 8 else "5"
            before = widget["y"]
            x = int(min(max(widget["x"] + widget["w"] / 2, 8), width - 8))
            self._xdo("mousemove", str(x), str(int((top + bottom) / 2)), "click", button)
            time.sleep(0.15)
            widget = self._resting(name, seconds)
            if widget["y"] == before:
                break
        return widget

    def _reading_area(self) -> tuple[float, float]:
        """The part of the window in which a page scrolls: between its head and its foot."""
        top, bottom = 0.0, float(self._display.size[1])
        for widget in self.widgets():
            if widget["name"] == "page.body":
                top, bottom = widget["y"], widget["y"] + widget["h"]
        return max(top, 0.0), min(bottom, float(self._display.size[1]))

    def _scrolls(self, widget: Widget) -> bool:
        return bool(widget.get("scrolls", True)) and not str(widget["name"]).startswith(
            ("nav.", "entry.next")
        )

    def _resting(self, name: str, seconds: float) -> Widget:
        """The widget once it stands still: layouts settle over a few frames."""
        before = self.see(name, seconds)
        for _ in range(20):
            time.sleep(0.08)
            after = self.see(name, seconds)
            if (after["x"], after["y"]) == (before["x"], before["y"]):
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
