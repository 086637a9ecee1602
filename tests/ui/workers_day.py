"""A worker's day at the real window, with all that interrupts it: how often she types her passphrase, how
long the window takes to be blank and to be back, and whether a letter is lost.

A minute of the office's policy is some seconds here, so that lunch does not take an hour.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PIL import Image, ImageGrab

from tests.ui.conftest import PASSPHRASE
from tests.ui.other_window import other_window
from tests.ui.test_a_workers_day import begin, choose
from tests.ui.window import AppWindow

PIN = "2580"
FORM = "airport_reception"
FIELD = "entry.question.handover/handed_over_to"
PHOTO = "entry.question.handover/paper_photo"
#: Minutes of the default policy, and of a phone call.
COVER_LASTS, LOCK_AFTER, CALL = 5, 10, 3
_SENTENCES = (
    "Night shift, with Drita at the gate",
    "Her aunt, whom she knows from before",
    "Nata, turni i Dritës",
    "The driver waited with them until six",
)


@dataclass
class Measured:
    """Milliseconds until the window was blank, by what covered it; seconds from the PIN's first digit to the
    screen; how often the passphrase was typed; what was typed and not found again."""

    to_cover: dict[str, list[float]] = field(default_factory=dict)
    back: list[float] = field(default_factory=list)
    passphrases: int = 0
    lost: list[str] = field(default_factory=list)
    visits: int = 0


@contextmanager
def policy(minute: float) -> Iterator[None]:
    """The office's minutes for a window that starts in here, each as long as this, in seconds."""
    names = {"HOMEWARD_COVER_LASTS": COVER_LASTS, "HOMEWARD_LOCK_AFTER": LOCK_AFTER}
    os.environ.update({name: str(minutes * minute) for name, minutes in names.items()})
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]


class WorkersDay:
    """At a window that stands at its unlock screen, started under `policy(minute)`."""

    def __init__(self, window: AppWindow, minute: float) -> None:
        self._window, self._minute = window, minute
        self.measured = Measured()
        #: What she typed last, by the code of the case.
        self._typed: dict[str, str] = {}
        self._visited: list[str] = []
        self._sentence = ""
        self._blank: Image.Image | None = None

    def go_through(self, visits: int) -> Measured:
        """Visits, covered by key, by another window and by tap in turn; a photo in the first, a call in the
        second, lunch after half of them; in the evening a lock, and a look at everything that was typed."""
        self._unlock()
        leaving: tuple[tuple[str, Callable[[], None]], ...] = (
            ("key", lambda: self._window.keys("F12")),
            ("focus lost", lambda: self._other.take_focus()),
            ("tap", lambda: self._window.tap_through("nav.cover")),
        )
        with other_window(self._window.display) as self._other:
            own = self._window.own_window()
            for number in range(visits):
                how, leave = leaving[number % len(leaving)]
                self._visit(number)
                self._cover(how, leave)
                if number == 1:
                    time.sleep(CALL * self._minute)
                self._window.xdo("windowfocus", own)
                self._back_by_pin(by_touch=number % 2 == 1)
                if number == 0:
                    self._photo()
                if number == visits // 2:
                    self._lunch()
                    own = self._window.own_window()
                self.measured.visits += 1
        self._window.keys("shift+F12")
        self._window.see("unlock.passphrase", 40)
        self._unlock()
        self._look_at_everything()
        return self.measured

    # -- what she does ------------------------------------------------------------------------------

    def _unlock(self) -> None:
        window = self._window
        window.touch("unlock.passphrase")
        window.write(PASSPHRASE)
        window.press("Return")
        window.see("nav.today", 30)
        self.measured.passphrases += 1
        window.touch("nav.settings")
        window.touch("settings.pin")
        window.see("pin.go_on")
        for _ in range(2):
            window.write(PIN)
            window.press("Return")
        window.gone("pin.go_on")

    def _visit(self, number: int) -> None:
        """The form of a case, up to a sentence that is still being typed."""
        window = self._window
        window.touch("nav.cases")
        window.wait_for(lambda: window.names("cases.row."), "cases")
        row = next(name for name in window.names("cases.row.") if name not in self._visited)
        self._visited.append(row)
        window.touch(row)
        window.see("case.new_form")
        begin(window, FORM)
        choose(window, "identity/reception_outcome", "received")
        window.touch("entry.section.handover")
        window.touch(FIELD)
        self._sentence = f"{_SENTENCES[number % len(_SENTENCES)]}, visit {number + 1}"
        window.type_quickly(self._sentence)

    def _cover(self, how: str, leave: Callable[[], None]) -> None:
        window = self._window
        if self._blank is None:
            window.keys("F12")
            window.see("cover")
            window.settle()
            self._blank = self._screen()
            self._enter_pin(by_touch=False)
            window.see(FIELD)
            window.settle()
        begun = time.perf_counter()
        leave()
        self._until(lambda: _same(self._screen(), self._blank), "a blank window")
        self.measured.to_cover.setdefault(how, []).append((time.perf_counter() - begun) * 1000)

    def _back_by_pin(self, *, by_touch: bool) -> None:
        if by_touch:
            self._window.touch("cover")
            self._window.see("pin.5")
        begun = time.perf_counter()
        self._enter_pin(by_touch=by_touch)
        self._until(
            lambda: not _same(self._edge(self._screen()), self._edge(self._blank)), "the screen again"
        )
        self.measured.back.append(time.perf_counter() - begun)
        self._window.settle()
        self._is_there()

    def _enter_pin(self, *, by_touch: bool) -> None:
        if not by_touch:
            self._window.keys(*PIN)
            return
        for digit in PIN:
            self._window.tap_through(f"pin.{digit}")

    def _is_there(self) -> None:
        """Each letter of the sentence, where it was typed."""
        found = str(self._window.scroll_to(FIELD)["text"])
        self._typed[self._code()] = self._sentence
        if found != self._sentence:
            self.measured.lost.append(self._sentence)

    def _photo(self) -> None:
        window = self._window
        window.touch(PHOTO)
        window.see("files.file.luggage-tag.png")
        window.keys("F12")
        window.see("cover")
        self._enter_pin(by_touch=False)
        window.touch("files.file.luggage-tag.png")
        window.see(PHOTO.replace("question", "picture"))

    def _lunch(self) -> None:
        """She goes in the middle of a word; the app locks itself, and says so before."""
        window = self._window
        window.touch(FIELD)
        window.press("End")
        window.type_quickly(" and lun")
        self._sentence += " and lun"
        window.see("lock.soon", LOCK_AFTER * self._minute + 20)
        window.see("unlock.passphrase", LOCK_AFTER * self._minute + 40)
        self._unlock()
        self._open_draft(self._code())
        self._is_there()

    def _code(self) -> str:
        return self._visited[-1].removeprefix("cases.row.")

    def _open_draft(self, code: str) -> None:
        window = self._window
        window.touch("nav.today")
        window.touch(f"today.continue.{code}.{FORM}")
        window.see("entry.progress")
        window.touch("entry.section.handover")

    def _look_at_everything(self) -> None:
        """In the evening: every draft is there, with each letter that was typed into it."""
        for code, sentence in self._typed.items():
            self._open_draft(code)
            if str(self._window.scroll_to(FIELD)["text"]) != sentence:
                self.measured.lost.append(sentence)

    # -- what she sees ------------------------------------------------------------------------------

    def _screen(self) -> Image.Image:
        return ImageGrab.grab(xdisplay=self._window.display)

    def _edge(self, screen: Image.Image | None) -> Image.Image:
        """The strip at the side on which the rail stands, and no line of the cover."""
        assert screen is not None
        return screen.crop((0, 100, 24, screen.height))

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + 20 * self._window.patience
        while not condition():
            if time.monotonic() > until:
                self._window.picture("failed")
                raise AssertionError(f"waited for {what}; there is: {self._window.text()}")


def _same(one: Image.Image, other: Image.Image | None) -> bool:
    return other is not None and one.tobytes() == other.tobytes()
