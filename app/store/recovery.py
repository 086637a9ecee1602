"""Which recovery key opens this store, and which one the office's server offers.

The first key that a device is offered gets its slot at once: before it nobody but the worker could open
the store. Another one later never takes its place in silence, for it may be a stranger's, on a server
that is one. The old slot stays until the worker takes the new key with her passphrase, after its
fingerprint was compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.store import keys as key_files
from app.store import meta, reference
from app.store.keys import StoreKeys
from app.store.transaction import Snapshot, Transaction
from sync_server.protocol.recovery_key import as_text, from_text

#: The key that has the slot, in its text: if somebody takes the slot away it is made again.
TAKEN: Final = "recovery.taken"


@dataclass(frozen=True, slots=True)
class RecoveryStanding:
    """Public keys: `slot` opens this store; `offered` is another one that waits for the worker's word."""

    slot: bytes | None = None
    offered: bytes | None = None


def standing(folder: Path, keys: StoreKeys, db: Snapshot) -> RecoveryStanding:
    slot = key_files.recovery_key_in(folder, keys)
    offered = from_text(reference.get(db).recovery_key)
    return RecoveryStanding(slot, None if offered == slot else offered)


def settle(folder: Path, keys: StoreKeys, db: Transaction) -> None:
    """Give the first key that was offered its slot; restore the slot that was there; change none."""
    slot = key_files.recovery_key_in(folder, keys)
    if slot is None and key_files.takes_recovery_key(folder):
        slot = from_text(meta.get(db, TAKEN) or "") or from_text(reference.get(db).recovery_key)
        if slot is not None:
            key_files.set_recovery_key(folder, keys, slot)
    if slot is not None and meta.get(db, TAKEN) is None:
        meta.put(db, TAKEN, as_text(slot))


def is_settled(folder: Path, keys: StoreKeys, db: Snapshot) -> bool:
    """Whether `settle` would find nothing to do."""
    slot = key_files.recovery_key_in(folder, keys)
    if slot is not None:
        return meta.get(db, TAKEN) is not None
    known = from_text(meta.get(db, TAKEN) or "") or from_text(reference.get(db).recovery_key)
    return known is None or not key_files.takes_recovery_key(folder)


def take(db: Transaction, public: bytes) -> None:
    """Note that the worker has taken this key; its slot is written before."""
    meta.put(db, TAKEN, as_text(public))
