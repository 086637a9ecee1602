"""The slots of `keys.json`: one data key, sealed to a passphrase and to the office's recovery key.

Both authenticate the header. The slot of the passphrase has it, with its own parameters, as what
XChaCha20-Poly1305 authenticates beside what it encrypts. A sealed box knows nothing beside: there a
digest of the header lies in the box with the key. Anybody can make a box, so a slot for recovery also
carries a code under the data key: once the passphrase has opened the store it shows whether the slot
was made by somebody who could.

The header's `check` is a digest of the data key. No slot opens to another key than the one it names.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.public
import nacl.pwhash.argon2id
import nacl.utils

from app.problems import Problem
from app.store.key_file import KeyFile, Slot, canonical
from sync_server.protocol.passphrase import normal
from sync_server.protocol.recovery_key import RecoveryKey, as_text, fingerprint

_NONCE_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True, order=True)
class KeyCost:
    """What one guess of the passphrase costs: memory in KiB and passes over it."""

    memory_kib: int = 65_536
    passes: int = 3

    def at_least(self, other: KeyCost) -> bool:
        return self.memory_kib >= other.memory_kib and self.passes >= other.passes


#: Nothing weaker is opened (0.4 s a guess on a small tablet), nothing dearer is tried.
FLOOR: Final = KeyCost(65_536, 3)
CEILING: Final = KeyCost(1_048_576, 12)


def check_of(data_key: bytes) -> str:
    """A digest by which a key is known again, and which tells nothing of it."""
    return hashlib.blake2b(data_key, person=b"homeward-kcheck1", digest_size=16).hexdigest()


def passphrase_slot(
    header: dict[str, Any], data_key: bytes, passphrase: str, cost: KeyCost, factor: bytes | None = None
) -> Slot:
    """The data key sealed to a passphrase, and to a second factor where there is one."""
    salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES)
    slot: Slot = {
        "kind": "passphrase",
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "salt": base64.b64encode(salt).decode(),
        "keyring": factor is not None,
    }
    nonce = nacl.utils.random(_NONCE_BYTES)
    wrapping = _wrapping_key(normal(passphrase), salt, cost, factor)
    sealed = nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        data_key, _beside(header, slot), nonce, wrapping
    )
    return {**slot, "sealed": base64.b64encode(sealed).decode()}


def open_passphrase_slot(
    file: KeyFile, passphrase: str, floor: KeyCost, factor: bytes | None = None
) -> bytes:
    """The data key. Problems store.keys.weak, before any work, and store.passphrase.wrong."""
    slot = file.passphrase
    cost = KeyCost(slot["memory_kib"], slot["passes"])
    if not cost.at_least(floor) or not CEILING.at_least(cost):
        raise Problem("store.keys.weak", {"memory_kib": cost.memory_kib, "passes": cost.passes})
    first = file.format == 1
    # The first devices took the text as it was typed, composed.
    text = unicodedata.normalize("NFC", passphrase) if first else normal(passphrase)
    beside = canonical(file.header) if first else _beside(file.header, slot)
    sealed = base64.b64decode(slot["sealed"])
    wrapping = _wrapping_key(text, base64.b64decode(slot["salt"]), cost, factor)
    try:
        data_key = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[_NONCE_BYTES:], beside, sealed[:_NONCE_BYTES], wrapping
        )
    except nacl.exceptions.CryptoError:
        raise Problem("store.passphrase.wrong") from None
    return _checked(file, data_key)


def recovery_slot(header: dict[str, Any], data_key: bytes, public: bytes) -> Slot:
    """The data key sealed to the office's recovery key."""
    slot: Slot = {"kind": "recovery", "public": as_text(public)}
    box = nacl.public.SealedBox(nacl.public.PublicKey(public))
    slot["sealed"] = base64.b64encode(box.encrypt(data_key + _digest(header, slot))).decode()
    return {**slot, "mac": _mac(header, data_key, slot)}


def open_recovery_slot(file: KeyFile, key: RecoveryKey) -> bytes:
    """The data key.

    Problems: store.recovery.none (no such slot), store.recovery.other (it is of another key, whose
    fingerprint is told), store.keys.damaged.
    """
    slot = file.recovery
    if slot is None:
        raise Problem("store.recovery.none")
    if slot["public"] != as_text(key.public):
        raise Problem("store.recovery.other", {"fingerprint": fingerprint(base64.b64decode(slot["public"]))})
    try:
        opened = nacl.public.SealedBox(nacl.public.PrivateKey(key.private)).decrypt(
            base64.b64decode(slot["sealed"])
        )
    except nacl.exceptions.CryptoError:
        raise Problem("store.keys.damaged") from None
    data_key, digest = opened[:_KEY_BYTES], opened[_KEY_BYTES:]
    if not hmac.compare_digest(digest, _digest(file.header, {"kind": "recovery", "public": slot["public"]})):
        raise Problem("store.keys.damaged")
    return _checked(file, data_key)


def recovery_key_of(file: KeyFile, data_key: bytes) -> bytes | None:
    """The public key that a slot for recovery was made for by somebody with this data key; None where there
    is no slot, or one that was put there by somebody else."""
    slot = file.recovery
    if slot is None:
        return None
    unsigned = {name: value for name, value in slot.items() if name != "mac"}
    if not hmac.compare_digest(slot["mac"].encode(), _mac(file.header, data_key, unsigned).encode()):
        return None
    return base64.b64decode(slot["public"])


def _checked(file: KeyFile, data_key: bytes) -> bytes:
    if len(data_key) != _KEY_BYTES:
        raise Problem("store.keys.damaged")
    known = file.header["check"].encode() if file.format > 1 else None
    if known is not None and not hmac.compare_digest(known, check_of(data_key).encode()):
        raise Problem("store.keys.damaged")
    return data_key


def _wrapping_key(text: str, salt: bytes, cost: KeyCost, factor: bytes | None) -> bytes:
    typed = text.encode("utf-8", "surrogatepass")
    made: bytes = nacl.pwhash.argon2id.kdf(
        _KEY_BYTES, typed, salt, opslimit=cost.passes, memlimit=cost.memory_kib * 1024
    )
    if factor is None:
        return made
    return hashlib.blake2b(made, key=factor, person=b"homeward-factor1", digest_size=_KEY_BYTES).digest()


def _beside(header: dict[str, Any], slot: Slot) -> bytes:
    return canonical([header, {name: value for name, value in slot.items() if name != "sealed"}])


def _digest(header: dict[str, Any], slot: Slot) -> bytes:
    return hashlib.blake2b(canonical([header, slot]), person=b"homeward-rslot-1", digest_size=32).digest()


def _mac(header: dict[str, Any], data_key: bytes, slot: Slot) -> str:
    own = hashlib.blake2b(key=data_key, person=b"homeward-slotmac", digest_size=32).digest()
    return hashlib.blake2b(canonical([header, slot]), key=own, digest_size=16).hexdigest()
