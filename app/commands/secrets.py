"""What nobody may see on a command line: passphrases and passwords, asked for or taken from elsewhere."""

from __future__ import annotations

import getpass
import locale
import os
import re
import sys

from app import core_dumps
from app.settings import Settings


def secret(name: str, question: str) -> str:
    """From the environment (and out of it at once), a hidden prompt, or a line of a pipe."""
    given = os.environ.get(name)
    if given is not None:
        core_dumps.wipe_from_environment(name)
        del os.environ[name]
        return given
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip("\r\n")


def new_passphrase(settings: Settings) -> tuple[str, bool]:
    """Her own, checked at once, or one that is made here; and whether it was made."""
    from app import passphrases

    if sys.stdin.isatty() and "HOMEWARD_PASSPHRASE" not in os.environ:
        print("A passphrase of your own, or nothing: then one of five words is made for you.")
    typed = secret("HOMEWARD_PASSPHRASE", "New passphrase of this device: ")
    if typed.strip():
        passphrases.refuse_weak(typed)
        return typed, False
    language = settings.language or (locale.getlocale()[0] or "en")
    return passphrases.generate(re.split("[_.-]", language)[0].lower()), True


def tell_passphrase(passphrase: str, made: bool) -> None:
    if made:
        print("Its passphrase, shown this once. Write it down, and keep it away from the device:")
        print(f"\n    {passphrase}\n")
