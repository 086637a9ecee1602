"""repair: save what can be read of a store that does not open any more."""

from __future__ import annotations

import argparse

from app.commands.secrets import secret
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    """One line a record; the exit status is 1 where unsent work was lost."""
    passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.store.folder import QUARANTINE
    from app.store.repair import repair
    from app.store.store import system_now_ms
    from app.unlocking import attempts_at

    attempts = attempts_at(settings.folder)
    done = repair(settings.folder, passphrase, now_ms=system_now_ms, attempts=attempts)
    for each in done.records:
        print(f"{each.fate:<6}  {each.code or '-':<12}  {each.form or '-'}")
    counts = ", ".join(f"{fate} {done.count(fate)}" for fate in ("saved", "server", "lost"))
    print(f"{counts}{'' if done.complete else '; there may have been more'}")
    print(f"The damaged file is in {QUARANTINE}. Sync now: the server brings what it has.")
    return 1 if done.count("lost") else 0
