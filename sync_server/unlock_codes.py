"""Codes that let a worker try her passphrase again, after too many wrong ones on her device.

The server makes them, one after the other, from a secret of its own and the device's id; the device
knows only hashes, of those that come next and of a few that were printed last. A code lifts the wait
on that one device, once. It opens nothing: the passphrase is needed all the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Final

from sync_server.config import SetupProblem
from sync_server.protocol.messages import UnlockCode
from sync_server.protocol.unlock_code import code_hash, written
from sync_server.storage.base import Storage

_KEPT_SECRET: Final = "unlock.secret"  # noqa: S105
_PRINTED: Final = "unlock.printed"
#: How many codes a device that does not sync can be helped with, and how many printed ones stay good.
AHEAD: Final = 8
_BEHIND: Final = 3


def make_secret(storage: Storage) -> str:
    """The secret of this server, made when it is needed first."""
    kept = storage.meta(_KEPT_SECRET)
    if kept is None:
        storage.set_meta(_KEPT_SECRET, secrets.token_hex(32))
        kept = storage.meta(_KEPT_SECRET)
        assert kept is not None
    return kept


def hashes_for(storage: Storage, device: str) -> tuple[UnlockCode, ...]:
    """What the device is told: it knows a code of its own when it is typed."""
    secret, following = make_secret(storage), _printed(storage).get(device, 0)
    numbers = range(max(0, following - _BEHIND), following + AHEAD)
    return tuple(UnlockCode(number, code_hash(device, _code(secret, device, number))) for number in numbers)


def next_code(storage: Storage, device: str) -> str:
    """The next code of a device, as a coordinator reads it out. SetupProblem device.id.unknown."""
    if all(each.id != device or each.revoked_ms is not None for each in storage.devices()):
        raise SetupProblem("device.id.unknown", device=device)
    printed = _printed(storage)
    number = printed.get(device, 0)
    code = _code(make_secret(storage), device, number)
    storage.set_meta(_PRINTED, json.dumps({**printed, device: number + 1}))
    return written(code)


def _printed(storage: Storage) -> dict[str, int]:
    kept = storage.meta(_PRINTED)
    return dict(json.loads(kept)) if kept else {}


def _code(secret: str, device: str, number: int) -> str:
    """40 bits: enough for who may try once, then waits longer and longer."""
    made = hashlib.blake2b(
        f"{device} {number}".encode(), key=bytes.fromhex(secret), person=b"homeward-unlock", digest_size=5
    )
    return base64.b32encode(made.digest()).decode()
