"""Two ways to leave the app alone: the cover hides it for a moment, the lock ends what held the data.

Python keeps copies of text on its heap long after the last reference is gone, so that only the
end of the process is a lock. `lock` replaces it by a fresh one, which stands at its unlock screen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final, NoReturn

from app.fieldbook import Fieldbook
from app.settings import Settings

#: What must not outlive the process that it was given to.
SECRETS: Final = ("HOMEWARD_PASSPHRASE", "HOMEWARD_PASSWORD", "HOMEWARD_RECOVERY_PASSPHRASE")


class Cover:
    """Whether the screen is covered, and whether it may still come back without the passphrase.

    The screen that is drawn instead, and its wiping, are the UI's. `lasts` is in seconds; after
    them `take_off` answers False and the caller has to `lock`.
    """

    def __init__(self, lasts: float = 300.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lasts = lasts
        self._monotonic = monotonic
        self._since: float | None = None

    @property
    def on(self) -> bool:
        return self._since is not None

    @property
    def expired(self) -> bool:
        return self._since is not None and self._monotonic() - self._since >= self._lasts

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
