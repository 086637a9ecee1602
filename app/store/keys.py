"""From a passphrase, or the office's recovery key, to the keys of a store, through `keys.json` beside it.

A random data key opens everything. It lies in `keys.json` in one slot or two: sealed under a key that
Argon2id makes of the passphrase, and sealed to the recovery key of the office. The header and
Argon2id's parameters are authenticated by the seals, and parameters are refused before any work when
they ask for too little (somebody weakened them) or too much (somebody wants the device to choke). So
three cases stay apart: the file is damaged (its checksum, which is no protection, fails), the
passphrase is wrong (the seal does not open), or the keys are right and whatever fails afterwards is
damage of the store.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nacl.utils

from app.problems import Problem
from app.store import key_file, key_slots
from app.store.key_file import FILE_NAME, KeyFile, sync_folder
from app.store.key_slots import CEILING, FLOOR, KeyCost
from app.store.system_keyring import SystemKeyring, factor_for, system_keyring
from sync_server.protocol.recovery_key import RecoveryKey

__all__ = [
    "CEILING",
    "FILE_NAME",
    "FLOOR",
    "KeyCost",
    "StoreKeys",
    "change_passphrase",
    "create_keys",
    "is_bound_to_keyring",
    "recover_keys",
    "recovery_key_in",
    "says_demo",
    "set_passphrase",
    "set_recovery_key",
    "sync_folder",
    "takes_recovery_key",
    "unwrap_keys",
]

FindKeyring = Callable[[], SystemKeyring | None]

_KEEP: Final = object()


@dataclass(frozen=True, slots=True, repr=False)
class StoreKeys:
    """The unwrapped keys. `store` is the id that the store's sentinel row must carry.

    `demo` is told by the header too, so that the banner stands before anything is unlocked.
    """

    store: str
    data_key: bytes
    demo: bool = False

    @property
    def database(self) -> bytes:
        """The raw key of the SQLCipher file."""
        return hashlib.blake2b(key=self.data_key, person=b"homeward-store", digest_size=32).digest()


def create_keys(
    folder: Path,
    passphrase: str,
    cost: KeyCost,
    demo: bool = False,
    recovery: bytes | None = None,
    find_keyring: FindKeyring = system_keyring,
) -> StoreKeys:
    """Make fresh random keys and write `keys.json`, which must not exist yet. `recovery`: the public half
    of the office's recovery key."""
    path = folder / FILE_NAME
    if os.path.lexists(path):
        raise Problem("store.file.exists", {"name": FILE_NAME})
    keys = StoreKeys(str(uuid.uuid4()), nacl.utils.random(32), demo)
    key_file.write(path, _file(keys, passphrase, cost, recovery, find_keyring))
    return keys


def unwrap_keys(
    folder: Path, passphrase: str, floor: KeyCost = FLOOR, find_keyring: FindKeyring = system_keyring
) -> StoreKeys:
    """The keys behind a passphrase.

    Problems: store.passphrase.wrong, store.keys.missing, store.keys.damaged, store.keys.weak,
    store.keyring.missing (the store is bound to the keyring of a system account that is not this one).
    """
    file = key_file.read(folder / FILE_NAME)
    factor = None
    if file.passphrase["keyring"]:
        factor = factor_for(file.header["store"], find_keyring())
    return _keys(file, key_slots.open_passphrase_slot(file, passphrase, floor, factor))


def recover_keys(folder: Path, key: RecoveryKey) -> StoreKeys:
    """The keys behind the office's recovery key, whatever the passphrase, and without the system's keyring.

    Problems: store.recovery.none, store.recovery.other, store.keys.missing, store.keys.damaged.
    """
    file = key_file.read(folder / FILE_NAME)
    return _keys(file, key_slots.open_recovery_slot(file, key))


def says_demo(folder: Path) -> bool:
    """Whether the header says that only invented people are in there; it is proved by unlocking alone."""
    try:
        return bool(key_file.read(folder / FILE_NAME).header["demo"])
    except (Problem, OSError):
        return False


def change_passphrase(
    folder: Path,
    old: str,
    new: str,
    cost: KeyCost = FLOOR,
    floor: KeyCost = FLOOR,
    find_keyring: FindKeyring = system_keyring,
) -> None:
    """Seal the same data key under a new passphrase; the store's file is not touched.

    The new `keys.json` replaces the old one in one step: after a crash either of them opens. A file of
    format 1 becomes one of format 2.
    """
    set_passphrase(folder, unwrap_keys(folder, old, floor, find_keyring), new, cost, find_keyring)


def set_passphrase(
    folder: Path,
    keys: StoreKeys,
    new: str,
    cost: KeyCost = FLOOR,
    find_keyring: FindKeyring = system_keyring,
    recovery: bytes | object | None = _KEEP,
) -> None:
    """Have `new` open what `keys` open, instead of the passphrase so far. The slot for recovery stays, where
    it is one that was made with these keys; `recovery`: make one for this public key, None for none."""
    path = folder / FILE_NAME
    if recovery is _KEEP:
        recovery = key_slots.recovery_key_of(key_file.read(path), keys.data_key)
    assert recovery is None or isinstance(recovery, bytes)
    key_file.write(path, _file(keys, new, cost, recovery, find_keyring))


def recovery_key_in(folder: Path, keys: StoreKeys) -> bytes | None:
    """The public key whose owner can open this store; None where nobody can, or where that slot was put there
    by somebody without these keys."""
    return key_slots.recovery_key_of(key_file.read(folder / FILE_NAME), keys.data_key)


def takes_recovery_key(folder: Path) -> bool:
    """Whether `set_recovery_key` is possible: not in a file of format 1, before its passphrase is changed."""
    return key_file.read(folder / FILE_NAME).format > 1


def set_recovery_key(folder: Path, keys: StoreKeys, public: bytes) -> None:
    """Let the owner of this key open the store, and nobody else but who has the passphrase, which stays."""
    path = folder / FILE_NAME
    file = key_file.read(path)
    assert file.format > 1, "see takes_recovery_key"
    slot = key_slots.recovery_slot(file.header, keys.data_key, public)
    key_file.write(path, KeyFile(file.header, file.passphrase, slot))


def is_bound_to_keyring(folder: Path) -> bool:
    """Whether the passphrase alone does not open the store: the keyring of this system account must, too."""
    return bool(key_file.read(folder / FILE_NAME).passphrase["keyring"])


def _keys(file: KeyFile, data_key: bytes) -> StoreKeys:
    return StoreKeys(file.header["store"], data_key, file.header["demo"])


def _file(
    keys: StoreKeys, passphrase: str, cost: KeyCost, recovery: bytes | None, find_keyring: FindKeyring
) -> KeyFile:
    """A store is bound to the keyring only where the recovery key could open it all the same: an account of
    the system is lost more easily than a passphrase. Invented people need none."""
    header: dict[str, Any] = {
        "format": key_file.FORMAT,
        "store": keys.store,
        "demo": keys.demo,
        "check": key_slots.check_of(keys.data_key),
    }
    bind = recovery is not None and not keys.demo
    keyring = find_keyring() if bind else None
    factor = keyring.make(keys.store) if keyring is not None else None
    return KeyFile(
        header,
        key_slots.passphrase_slot(header, keys.data_key, passphrase, cost, factor),
        key_slots.recovery_slot(header, keys.data_key, recovery) if recovery is not None else None,
    )
