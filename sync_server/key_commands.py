"""The commands around the keys of devices: the office's recovery key, and codes for a device that waits."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sync_server.config import SetupProblem, ask_secret
from sync_server.protocol.passphrase import normal
from sync_server.recovery import make_recovery_key, refuse_weak
from sync_server.storage.base import Storage
from sync_server.unlock_codes import next_code


def recovery_key(
    storage: Storage, out: Path, replace: bool, ask: Callable[[str], str] = ask_secret
) -> list[str]:
    """Make the office's recovery key; what to tell. See `make_recovery_key` for the problems."""
    told = make_recovery_key(storage, out, _passphrase(ask), replace=replace)
    return [
        f"The office's recovery key is in {out}. Its fingerprint, for who compares it on a device:",
        f"\n    {told}\n",
        "Devices get it when they enrol, and with their next sync. Keep the file away from this server and "
        "from every device, with its passphrase somewhere else; without both, nobody opens a device whose "
        "passphrase is forgotten.",
    ]


def unlock_code(storage: Storage, device: str) -> list[str]:
    """The next code for a device; what to tell."""
    return [
        f"A code for the device {device}, good once:",
        f"\n    {next_code(storage, device)}\n",
        "Make sure who asks. It lets her try her passphrase again, and opens nothing.",
    ]


def _passphrase(ask: Callable[[str], str]) -> str:
    """Given by HOMEWARD_RECOVERY_PASSPHRASE, or typed twice."""
    given = os.environ.pop("HOMEWARD_RECOVERY_PASSPHRASE", None)
    if given is not None:
        return given
    try:
        typed = ask("New passphrase of the recovery key: ")
        refuse_weak(typed)
        again = ask("The same once more: ")
    except EOFError:
        raise SetupProblem("recovery.passphrase.missing") from None
    if normal(typed) != normal(again):
        raise SetupProblem("recovery.passphrase.different")
    return typed
