"""From a passphrase to the keys of a store, through `keys.json` beside it.

A random data key opens everything. It lies in `keys.json`, sealed by XChaCha20-Poly1305 under a key
that Argon2id makes of the passphrase. The header with Argon2id's parameters is authenticated by
that seal, and is refused before any work when it asks for too little (somebody weakened it) or too
much (somebody wants the device to choke). So three cases stay apart: the file is damaged (its
checksum, which is no protection, fails), the passphrase is wrong (the seal does not open), or the
keys are right and whatever fails afterwards is damage of the store.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import unicodedata
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.utils

from app.problems import Problem

FILE_NAME: Final = "keys.json"
FORMAT: Final = 1
_NONCE_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_LARGEST_FILE: Final = 16_384


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


def create_keys(folder: Path, passphrase: str, cost: KeyCost, demo: bool = False) -> StoreKeys:
    """Make fresh random keys and write `keys.json`, which must not exist yet."""
    path = folder / FILE_NAME
    if path.exists():
        raise Problem("store.file.exists", {"name": FILE_NAME})
    keys = StoreKeys(str(uuid.uuid4()), nacl.utils.random(32), demo)
    _write(path, keys, passphrase, cost)
    return keys


def unwrap_keys(folder: Path, passphrase: str, floor: KeyCost = FLOOR) -> StoreKeys:
    """The keys behind a passphrase.

    Problems: store.passphrase.wrong, store.keys.missing, store.keys.damaged, store.keys.weak.
    """
    header, sealed = _read(folder / FILE_NAME)
    cost = KeyCost(header["memory_kib"], header["passes"])
    if not cost.at_least(floor) or not CEILING.at_least(cost):
        raise Problem("store.keys.weak", {"memory_kib": cost.memory_kib, "passes": cost.passes})
    wrapping = _wrapping_key(passphrase, base64.b64decode(header["salt"]), cost)
    try:
        data_key = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[_NONCE_BYTES:], _canonical(header), sealed[:_NONCE_BYTES], wrapping
        )
    except nacl.exceptions.CryptoError:
        raise Problem("store.passphrase.wrong") from None
    return StoreKeys(header["store"], data_key, header["demo"])


def says_demo(folder: Path) -> bool:
    """Whether the header says that only invented people are in there; it is proved by unlocking alone."""
    try:
        return bool(_read(folder / FILE_NAME)[0]["demo"])
    except (Problem, OSError):
        return False


def change_passphrase(
    folder: Path, old: str, new: str, cost: KeyCost = FLOOR, floor: KeyCost = FLOOR
) -> None:
    """Seal the same data key under a new passphrase; the store's file is not touched.

    The new `keys.json` replaces the old one in one step: after a crash either of them opens.
    """
    _write(folder / FILE_NAME, unwrap_keys(folder, old, floor), new, cost)


def _write(path: Path, keys: StoreKeys, passphrase: str, cost: KeyCost) -> None:
    salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES)
    header = {
        "format": FORMAT,
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "salt": base64.b64encode(salt).decode(),
        "store": keys.store,
        "demo": keys.demo,
    }
    nonce = nacl.utils.random(_NONCE_BYTES)
    sealed = nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        keys.data_key, _canonical(header), nonce, _wrapping_key(passphrase, salt, cost)
    )
    content: dict[str, Any] = {"header": header, "sealed": base64.b64encode(sealed).decode()}
    content["checksum"] = _checksum(content)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(json.dumps(content, indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    sync_folder(path.parent)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    if not path.is_file() or path.is_symlink():
        raise Problem("store.keys.missing")
    raw = path.read_bytes()[:_LARGEST_FILE]
    try:
        content = json.loads(raw)
        checksum = content.pop("checksum")
        header = content["header"]
        sealed = base64.b64decode(content["sealed"], validate=True)
        salt = base64.b64decode(header["salt"], validate=True)
        whole = (
            checksum == _checksum(content)
            and header["format"] == FORMAT
            and header["kdf"] == "argon2id"
            and type(header["memory_kib"]) is int
            and type(header["passes"]) is int
            and isinstance(header["store"], str)
            and isinstance(header["demo"], bool)
            and len(salt) == nacl.pwhash.argon2id.SALTBYTES
            and len(sealed) > _NONCE_BYTES
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise Problem("store.keys.damaged")
    return header, sealed


def _wrapping_key(passphrase: str, salt: bytes, cost: KeyCost) -> bytes:
    # The same letters can be typed composed or decomposed, depending on the keyboard.
    text = unicodedata.normalize("NFC", passphrase).encode()
    return nacl.pwhash.argon2id.kdf(32, text, salt, opslimit=cost.passes, memlimit=cost.memory_kib * 1024)


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _checksum(content: dict[str, Any]) -> str:
    """Against bad disks, not against people: whoever edits the file can write a fitting one."""
    return hashlib.blake2b(_canonical(content), digest_size=16).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, where the system has that notion (Windows does it by itself)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
