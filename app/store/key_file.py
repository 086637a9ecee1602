"""`keys.json` as a file: which shapes it may have, and how it is replaced in one step.

Format 2 holds a header and several slots, each with the same data key sealed to something else:

    {"header": {"format": 2, "store": …, "demo": …, "check": …}, "slots": [{"kind": "passphrase", …}, …]}

Format 1, of the first devices, has one passphrase and its parameters in the header. It is read for
ever and written no more. What the seals mean is in `key_slots`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nacl.bindings
import nacl.pwhash.argon2id

from app.problems import Problem

FILE_NAME: Final = "keys.json"
FORMAT: Final = 2
_LARGEST_FILE: Final = 16_384
_PUBLIC_BYTES: Final = nacl.bindings.crypto_box_PUBLICKEYBYTES
#: A nonce, a key of 32 bytes and a tag; and a box with such a key and a digest of 32 bytes.
_SEALED_BYTES: Final = 24 + 32 + 16
_BOXED_BYTES: Final = nacl.bindings.crypto_box_SEALBYTES + 64

Slot = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What `keys.json` says. Of format 1 the header has a passphrase slot's parameters, too."""

    header: dict[str, Any]
    passphrase: Slot
    recovery: Slot | None = None

    @property
    def format(self) -> int:
        return int(self.header["format"])


def read(path: Path) -> KeyFile:
    """Problems store.keys.missing, and store.keys.damaged for whatever is no such file."""
    if not path.is_file() or path.is_symlink():
        raise Problem("store.keys.missing")
    raw = path.read_bytes()[: _LARGEST_FILE + 1]
    try:
        content = json.loads(raw)
        checksum = content.pop("checksum")
        whole = checksum == checksum_of(content) and len(raw) <= _LARGEST_FILE
        found = _of_format_1(content) if content["header"]["format"] == 1 else _of_format_2(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole, found = False, None
    if not whole or found is None:
        raise Problem("store.keys.damaged")
    return found


def write(path: Path, file: KeyFile) -> None:
    """Put it in the place of what is there in one step: after a crash it is the old one or this one."""
    slots = [file.passphrase, *([file.recovery] if file.recovery else [])]
    content: dict[str, Any] = {"header": file.header, "slots": slots}
    content["checksum"] = checksum_of(content)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(json.dumps(content, indent=1).encode())
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)
    sync_folder(path.parent)


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What is still told of a key file that was overwritten: the store's id, and whether a keyring has a
    factor of it. Empty where that could not be read."""

    store: str = ""
    keyring: bool = False


def overwrite(path: Path) -> None:
    """Overwrite a key file where it lies, slots and all, durably; doing so again is harmless. Errors of the
    system as they are."""
    told = overwritten_of(path)
    text = json.dumps({"erased": told.store, "keyring": told.keyring}).encode()
    with path.open("r+b") as file:
        file.write(text.ljust(max(path.stat().st_size, len(text))))
        file.flush()
        os.fsync(file.fileno())


def overwritten_of(path: Path) -> Destroyed:
    """What a key file tells once it was overwritten, or would."""
    try:
        content = json.loads(path.read_bytes()[:_LARGEST_FILE])
        if "erased" in content:
            return Destroyed(str(content["erased"]), bool(content["keyring"]))
        bound = any(bool(slot.get("keyring")) for slot in content.get("slots", ()))
        return Destroyed(str(content["header"]["store"]), bound)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Destroyed()


def _of_format_1(content: dict[str, Any]) -> KeyFile | None:
    header = content["header"]
    slot = {"kind": "passphrase", "keyring": False, "sealed": content["sealed"]}
    slot |= {name: header[name] for name in ("kdf", "memory_kib", "passes", "salt")}
    return KeyFile(header, slot) if _names_a_store(header) and _is_passphrase_slot(slot) else None


def _of_format_2(content: dict[str, Any]) -> KeyFile | None:
    header, slots = content["header"], content["slots"]
    kinds = [slot["kind"] for slot in slots]
    known = type(header["format"]) is int and header["format"] == FORMAT and isinstance(header["check"], str)
    if not known or not _names_a_store(header) or kinds not in (["passphrase"], ["passphrase", "recovery"]):
        return None
    recovery = slots[1] if len(slots) > 1 else None
    if not _is_passphrase_slot(slots[0]) or (recovery is not None and not _is_recovery_slot(recovery)):
        return None
    return KeyFile(header, slots[0], recovery)


def _names_a_store(header: dict[str, Any]) -> bool:
    return isinstance(header["store"], str) and isinstance(header["demo"], bool)


def _is_passphrase_slot(slot: Slot) -> bool:
    return (
        slot["kdf"] == "argon2id"
        and type(slot["memory_kib"]) is int
        and type(slot["passes"]) is int
        and isinstance(slot["keyring"], bool)
        and len(base64.b64decode(slot["salt"], validate=True)) == nacl.pwhash.argon2id.SALTBYTES
        and len(base64.b64decode(slot["sealed"], validate=True)) == _SEALED_BYTES
    )


def _is_recovery_slot(slot: Slot) -> bool:
    return (
        len(base64.b64decode(slot["public"], validate=True)) == _PUBLIC_BYTES
        and len(base64.b64decode(slot["sealed"], validate=True)) == _BOXED_BYTES
        and isinstance(slot["mac"], str)
    )


def canonical(content: Any) -> bytes:
    """The one text of a JSON value that is sealed and summed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def checksum_of(content: dict[str, Any]) -> str:
    """Against bad disks, not against people: whoever edits the file can write a fitting one."""
    return hashlib.blake2b(canonical(content), digest_size=16).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, where the system has that notion (Windows does it by itself)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
