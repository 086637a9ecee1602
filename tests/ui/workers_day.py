"""A worker's day at the real window, with all that interrupts it: how often she types her passphrase, how
long the window takes to be blank and to be back, and whether a letter is lost.

A minute of the office's policy is some seconds here, so that lunch does not take an hour.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.ui.conftest import PASSPHRASE
from tests.ui.other_window import other_window
from tests.ui.quick_hands import quick_hands
from tests.ui.test_a_workers_day import begin, choose
from tests.ui.window import AppWindow

PIN = "2580"
FORM = "airport_reception"
FIELD = "entry.question.handover/handed_over_to"
PHOTO = "entry.question.handover/paper_photo"
#: Minutes of the default policy, and of a phone call.
COVER_LASTS, LOCK_AFTER, CALL = 5, 10, 3
#: At the left of the window: the rail stands there, and nothing of the blank page but paper.
_STRIP = (0, 100, 24, 600)
_PATIENCE = 20.0
_BETWEEN_DIGITS = 0.15
#: Letters without a key of their own on the test's keyboard are lost by the hands now and then.
_SENTENCES = (
    "Night shift, with Drita at the gate",
    "Her aunt, whom she knows from before",
    "Nata, turni i Drites",
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
        self._blank = b""

    def go_through(self, visits: int) -> Measured:
        """Visits, covered by key, by another window and by tap in turn; a photo in the first, a call in the
        second, lunch after half of them; in the evening a lock, and a look at everything that was typed."""
        self._unlock()
        leaving: tuple[tuple[str, Callable[[], None]], ...] = (
            ("key", lambda: self._hands.key("F12")),
            ("focus lost", lambda: self._other.take_focus()),
            ("tap", lambda: self._hands.tap(*self._button)),
        )
        display = self._window.display
        with other_window(display) as self._other, quick_hands(display, _STRIP) as self._hands:
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
        if not self._blank:
            window.keys("F12")
            window.see("cover")
            window.settle()
            self._blank = self._hands.look()
            self._enter_pin()
            window.see(FIELD)
            window.settle()
        self._button = _middle(window, "nav.cover")
        begun = time.perf_counter()
        leave()
        ended = self._hands.until(lambda seen: seen == self._blank, _PATIENCE)
        assert ended is not None, window.text()
        self.measured.to_cover.setdefault(how, []).append((ended - begun) * 1000)

    def _back_by_pin(self, *, by_touch: bool) -> None:
        places = []
        if by_touch:
            self._window.touch("cover")
            places = [_middle(self._window, f"pin.{digit}") for digit in PIN]
        begun = time.perf_counter()
        self._enter_pin(places)
        ended = self._hands.until(lambda seen: seen != self._blank, _PATIENCE)
        assert ended is not None, self._window.text()
        self.measured.back.append(ended - begun)
        self._window.settle()
        self._is_there()

    def _enter_pin(self, places: Sequence[tuple[int, int]] = ()) -> None:
        """Typed, or touched where the digits stand."""
        for number, digit in enumerate(PIN):
            if places:
                self._hands.tap(*places[number])
            else:
                self._hands.key(digit)
            time.sleep(_BETWEEN_DIGITS)

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
        self._enter_pin()
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


def _middle(window: AppWindow, name: str) -> tuple[int, int]:
    there = window.see(name)
    return int(there["x"] + there["w"] / 2), int(there["y"] + there["h"] / 2)
