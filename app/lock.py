"""Two ways to leave the app alone: the cover hides it for a moment, the lock ends what held the data.

What is decided here has no window: how long a cover lasts, which PIN takes it off, when nobody has
touched anything for so long that the app locks itself.

Python keeps copies of text on its heap long after the last reference is gone, so that only the
end of the process is a lock. `lock` replaces it by a fresh one, which stands at its unlock screen.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final, Literal, NoReturn

from app.cover_policy import PIN_LEAST, PIN_MOST
from app.fieldbook import Fieldbook
from app.settings import Settings

#: What must not outlive the process that it was given to.
SECRETS: Final = ("HOMEWARD_PASSPHRASE", "HOMEWARD_PASSWORD", "HOMEWARD_RECOVERY_PASSPHRASE")
#: How often a wrong PIN is forgiven.
PIN_TRIES: Final = 3
#: Seconds before it locks by itself, in which it says so.
WARNS: Final = 30.0

IdleState = Literal["awake", "soon", "over"]
Weakness = Literal["digits", "guessable"]


def since_boot() -> float:
    """Seconds, those of a sleeping machine too: a lid that was shut for an hour is an hour alone."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Cover:
    """Whether the screen is covered, and whether it may still come back without the passphrase.

    The screen that is drawn instead, and its wiping, are the UI's. `lasts` is in seconds; after
    them `take_off` answers False and the caller has to `lock`.
    """

    def __init__(self, lasts: float = 300.0, monotonic: Callable[[], float] = since_boot) -> None:
        self._lasts = lasts
        self._monotonic = monotonic
        self._since: float | None = None

    @property
    def on(self) -> bool:
        return self._since is not None

    @property
    def expired(self) -> bool:
        return self._since is not None and self._monotonic() - self._since >= self._lasts

    def limit(self, lasts: float) -> None:
        """From now on it comes off for so many seconds, also where it is on already."""
        self._lasts = lasts

    def put_on(self) -> None:
        """Cover now. Covering what is covered does not make it last longer."""
        if self._since is None:
            self._since = self._monotonic()

    def take_off(self) -> bool:
        """Uncover; False, and covered still, when it has lasted too long."""
        if self.expired:
            return False
        self._since = None
        return True


class QuickPin:
    """The few digits that take the cover off. They live and die with this process.

    On a disk six digits would fall within hours, so nothing of them is ever written. In memory they are
    kept under a key of this process: who can read that reads the open store as well, and a slow hash
    would only make the worker wait.
    """

    def __init__(self, tries: int = PIN_TRIES) -> None:
        self._most_tries = tries
        self._key = secrets.token_bytes(32)
        self._kept: bytes | None = None
        #: Whether there may be one at all, and of how many digits at least.
        self.allowed, self.least = True, PIN_LEAST
        self.length = 0
        self.tries_left = tries

    @property
    def is_set(self) -> bool:
        return self._kept is not None

    def limit(self, *, allowed: bool, least: int) -> bool:
        """What the office allows from now on. Whether the PIN there was is not good enough any more, and is
        forgotten."""
        self.allowed, self.least = allowed, least
        if not self.is_set or (allowed and self.length >= least):
            return False
        self.forget()
        return True

    def choose(self, pin: str) -> Weakness | None:
        """Keep this PIN from now on; where it is a weak one, say why and keep what was."""
        weak = weakness(pin, self.least) if self.allowed else "digits"
        if weak is None:
            self._kept, self.length = self._hash(pin), len(pin)
            self.tries_left = self._most_tries
        return weak

    def forget(self) -> None:
        self._kept, self.length, self.tries_left = None, 0, self._most_tries

    def matches(self, pin: str) -> bool:
        """Whether this is it. Each wrong one costs a try; with none left no PIN matches any more."""
        if self._kept is None or self.tries_left <= 0:
            return False
        if hmac.compare_digest(self._kept, self._hash(pin)):
            self.tries_left = self._most_tries
            return True
        self.tries_left -= 1
        return False

    def _hash(self, pin: str) -> bytes:
        return hashlib.blake2b(pin.encode(), key=self._key, digest_size=32).digest()


def weakness(pin: str, least: int = PIN_LEAST) -> Weakness | None:
    """Why a PIN will not do: not `least` to 6 of the digits 0-9, or one digit over and over, or a run as
    4321."""
    if not (least <= len(pin) <= PIN_MOST and pin.isascii() and pin.isdigit()):
        return "digits"
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return "guessable" if steps in ({0}, {1}, {-1}) else None


class Idle:
    """For how long nobody has touched the window. Times are in seconds.

    Only `touched` counts: neither a sync nor a form that lies open keeps the app from locking. Once it
    is over, no touch revives it: the first hand on a machine that wakes up may be another's.
    """

    def __init__(
        self, after: float = 600.0, warns: float = WARNS, now: Callable[[], float] = since_boot
    ) -> None:
        self._now, self._most_warns = now, warns
        self.limit(after)
        self._last = now()

    def limit(self, after: float) -> None:
        """From now on it is over after so many seconds; those that have gone by count."""
        self._after = after
        # A short limit of the office leaves half of it to work in peace.
        self._warns = min(self._most_warns, after / 2)

    @property
    def state(self) -> IdleState:
        alone = self._now() - self._last
        if alone >= self._after:
            return "over"
        return "soon" if alone >= self._after - self._warns else "awake"

    def touched(self) -> None:
        """A touch or a key."""
        if self.state != "over":
            self._last = self._now()

    def begin(self) -> None:
        """From now on, whatever was before: the store was just opened."""
        self._last = self._now()


def restart_command(settings: Settings) -> list[str]:
    """The command that starts this app anew on the same folder; a packaged app is its own interpreter."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    language = ["--lang", settings.language] if settings.language else []
    return [*program, "--dir", str(settings.folder), *language]


def fresh_environment() -> dict[str, str]:
    """What the next program is given: no secret, and a packaged app nothing that its own start has set.

    It is to start as from its icon. Without the mark it would take itself for a part of the program
    before it, and each lock would add to the paths of the last.
    """
    environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
    if getattr(sys, "frozen", False):
        before = environment.pop("LD_LIBRARY_PATH_ORIG", "")
        environment.pop("LD_LIBRARY_PATH", None)
        environment["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
        if before:
            environment["LD_LIBRARY_PATH"] = before
    return environment


def lock(fieldbook: Fieldbook | None, settings: Settings, timeout: float = 10.0) -> NoReturn:
    """Checkpoint and close the store, then replace this process by one that has never seen the data.

    Everything finished or saved is in the store already; a sync under way is cut and resumes later.
    When the store does not close in time the process is replaced all the same: what is committed
    survives that, and a worker who locks must not be left standing with an open screen.
    """
    if fieldbook is not None:
        try:
            fieldbook.close().wait(timeout)
        except Exception as error:
            print(f"the store was not closed in order: {type(error).__name__}", file=sys.stderr)
    command = restart_command(settings)
    environment = fresh_environment()
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # execv on Windows leaves the old process to be waited for
        subprocess.Popen(command, env=environment)
        os._exit(0)
    os.execve(command[0], command, environment)  # noqa: S606 - no shell is wanted
