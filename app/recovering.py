"""Opening a device by the office's recovery key, when its worker has no passphrase any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from app import passphrases
from app.problems import Problem
from app.store import KeyCost, Store
from app.store.keys import FLOOR
from sync_server.protocol.recovery_key import RecoveryKey, open_file

_LARGEST: Final = 100_000


def read_key(file: Path, passphrase: Callable[[], str]) -> RecoveryKey:
    """The recovery key in a file. The passphrase is asked for only when there is one.

    Problems recovery.file.missing, and those of `open_file`.
    """
    try:
        with file.open(encoding="utf-8") as kept:
            text = kept.read(_LARGEST)
    except OSError:
        raise Problem("recovery.file.missing", {"name": file.name}) from None
    except ValueError:
        raise Problem("recovery.file.damaged") from None
    return open_file(text, passphrase())


def recover(folder: Path, key: RecoveryKey, passphrase: str, cost: KeyCost = FLOOR) -> None:
    """Give the device in `folder` a new passphrase. Nothing of its records is changed.

    Problems as of `Store.recover`; store.passphrase.empty, .short, .trivial.
    """
    passphrases.refuse_weak(passphrase)
    Store.recover(folder, key, passphrase, cost=cost)
