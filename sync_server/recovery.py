"""The office's recovery key as the server knows it: the public half, which it hands to every device.

The private half never comes near the database: it is made here, sealed, written to the one file that
was asked for, and forgotten.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sync_server.config import SetupProblem, written_once
from sync_server.protocol.passphrase import LEAST_LETTERS, LEAST_WORDS, fault
from sync_server.protocol.recovery_key import RecoveryKey, as_text, fingerprint, sealed_file
from sync_server.storage.base import Storage

_PUBLIC: Final = "recovery.public"


def recovery_key(storage: Storage) -> str:
    """The public half in its text; empty where the office has none."""
    return storage.meta(_PUBLIC) or ""


def make_recovery_key(storage: Storage, out: Path, passphrase: str, *, replace: bool = False) -> str:
    """Make a key pair: the private half into the new file `out`, the public one for all devices; its
    fingerprint.

    SetupProblem recovery.key.exists (unless it is to be replaced), recovery.file.exists,
    recovery.file.not_written, recovery.passphrase.empty, .short or .trivial. The file is there before any
    device hears of the key.
    """
    if recovery_key(storage) and not replace:
        raise SetupProblem("recovery.key.exists")
    refuse_weak(passphrase)
    if os.path.lexists(out):
        raise SetupProblem("recovery.file.exists", file=str(out))
    key = RecoveryKey.new()
    try:
        written_once(out, sealed_file(key, passphrase))
    except OSError:
        raise SetupProblem("recovery.file.not_written", file=str(out)) from None
    storage.set_meta(_PUBLIC, as_text(key.public))
    return fingerprint(key.public)


def refuse_weak(passphrase: str) -> None:
    """Refuse a passphrase that is too weak for a key that opens every device."""
    found = fault(passphrase)
    if found == "empty":
        raise SetupProblem("recovery.passphrase.empty")
    if found == "short":
        raise SetupProblem("recovery.passphrase.short", words=LEAST_WORDS, letters=LEAST_LETTERS)
    if found == "trivial":
        raise SetupProblem("recovery.passphrase.trivial")
