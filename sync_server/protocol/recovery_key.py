"""The office's recovery key: its public half goes to every device, its private half lies in one file.

A device seals its data key to the public half. Whoever has the file and its passphrase opens any
device of the office, without the worker; so the file is kept where neither the server nor a device
is. The file is sealed as a device's keys are: Argon2id makes the key of a passphrase, its parameters
stand in a header that the seal authenticates.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.utils

from sync_server.protocol.passphrase import normal
from sync_server.protocol.problems import Problem

PUBLIC_BYTES: Final = nacl.bindings.crypto_box_PUBLICKEYBYTES
_FORMAT: Final = 1
_NONCE: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_PRIVATE: Final = nacl.bindings.crypto_box_SECRETKEYBYTES
_TAG: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
_LARGEST: Final = 16_384
#: What one guess costs: memory in KiB, and passes. It is used once in years, and guards every device.
_MEMORY_KIB: Final = 131_072
_PASSES: Final = 4
_LEAST: Final = (65_536, 3)
_GREATEST: Final = (1_048_576, 12)


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryKey:
    """A pair of X25519 keys."""

    private: bytes

    @classmethod
    def new(cls) -> RecoveryKey:
        return cls(nacl.utils.random(_PRIVATE))

    @property
    def public(self) -> bytes:
        return bytes(nacl.bindings.crypto_scalarmult_base(self.private))


def fingerprint(public: bytes) -> str:
    """What two people compare of a public key: four groups of four letters and digits (80 bits)."""
    digest = hashlib.blake2b(public, person=b"homeward-rkprint", digest_size=10).digest()
    text = base64.b32encode(digest).decode()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def as_text(public: bytes) -> str:
    return base64.b64encode(public).decode()


def from_text(text: str) -> bytes | None:
    """The public key of its text; None for what is none."""
    try:
        public = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return public if len(public) == PUBLIC_BYTES else None


def sealed_file(
    key: RecoveryKey, passphrase: str, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES
) -> str:
    """The content of the file that keeps the private half; cheaper parameters are for tests."""
    salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES)
    header = {
        "kind": "homeward recovery key",
        "format": _FORMAT,
        "kdf": "argon2id",
        "memory_kib": memory_kib,
        "passes": passes,
        "salt": base64.b64encode(salt).decode(),
        "public": as_text(key.public),
        "fingerprint": fingerprint(key.public),
    }
    nonce = nacl.utils.random(_NONCE)
    sealed = nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        key.private, _canonical(header), nonce, _wrapping_key(passphrase, salt, memory_kib, passes)
    )
    content: dict[str, Any] = {"header": header, "sealed": base64.b64encode(sealed).decode()}
    content["checksum"] = _checksum(content)
    return json.dumps(content, indent=1) + "\n"


def open_file(text: str, passphrase: str, least: tuple[int, int] = _LEAST) -> RecoveryKey:
    """The key in such a file.

    Problems: recovery.file.damaged (or no such file at all), recovery.file.weak (its parameters are none
    of ours), recovery.passphrase.wrong.
    """
    header, salt, sealed = _read(text)
    cost = (header["memory_kib"], header["passes"])
    if any(one < low or one > high for one, low, high in zip(cost, least, _GREATEST, strict=True)):
        raise Problem("recovery.file.weak")
    try:
        private = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[_NONCE:], _canonical(header), sealed[:_NONCE], _wrapping_key(passphrase, salt, *cost)
        )
    except nacl.exceptions.CryptoError:
        raise Problem("recovery.passphrase.wrong") from None
    return RecoveryKey(private)


def _read(text: str) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        content = json.loads(text[:_LARGEST])
        checksum = content.pop("checksum")
        header = content["header"]
        sealed = base64.b64decode(content["sealed"], validate=True)
        salt = base64.b64decode(header["salt"], validate=True)
        whole = (
            checksum == _checksum(content)
            and (header["format"], header["kdf"]) == (_FORMAT, "argon2id")
            and type(header["memory_kib"]) is int
            and type(header["passes"]) is int
            and len(salt) == nacl.pwhash.argon2id.SALTBYTES
            and len(sealed) == _NONCE + _PRIVATE + _TAG
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise Problem("recovery.file.damaged")
    return header, salt, sealed


def _wrapping_key(passphrase: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    text = normal(passphrase).encode("utf-8", "surrogatepass")
    return bytes(nacl.pwhash.argon2id.kdf(32, text, salt, opslimit=passes, memlimit=memory_kib * 1024))


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _checksum(content: dict[str, Any]) -> str:
    """Against bad disks, not against people."""
    return hashlib.blake2b(_canonical(content), digest_size=16).hexdigest()
