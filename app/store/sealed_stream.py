"""A sealed file that only the owner of the office's recovery key can open, written and read as a stream.

    head:   the magic, the length of a JSON header (4 bytes), the header, a random 16-byte prefix
    then:   chunks of 64 KiB, each sealed by XChaCha20-Poly1305 under the file's own random key, with
            nonce = prefix + 7-byte chunk number + a byte that is 1 for the last chunk only

In the header lies the file's key, in a box for the recovery key, together with a digest of the other
parts of the header; and a digest of the whole head goes into every chunk beside what it seals. So no chunk
can be cut off, swapped or moved, none comes from another file, and a head fits its own chunks only.
Anybody can seal such a file who has the public key: that it was made by a device, only what is in it tells.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import IO, Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.public
import nacl.utils

from app.problems import Problem
from sync_server.protocol.recovery_key import RecoveryKey, as_text, fingerprint, from_text

MAGIC: Final = b"HWBACK1\n"
FORMAT: Final = 1
CHUNK: Final = 65_536
_TAG: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
_PREFIX: Final = 16
_KEY: Final = 32
_LENGTH: Final = 4
_LONGEST_HEADER: Final = 4_096


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a sealed file. `demo`: it says that only invented people are in there."""

    raw: bytes
    public: bytes
    demo: bool
    box: bytes
    told: dict[str, Any]

    @property
    def beside(self) -> bytes:
        """What every chunk is sealed with."""
        return hashlib.blake2b(self.raw, digest_size=32, person=b"homeward-bkhead1").digest()


class SealedWriter:
    """Seals what is written into `file`; complete only after `close`."""

    def __init__(self, file: IO[bytes], public: bytes, demo: bool) -> None:
        self.key = nacl.utils.random(_KEY)
        told: dict[str, Any] = {"format": FORMAT, "demo": demo, "public": as_text(public)}
        box = nacl.public.SealedBox(nacl.public.PublicKey(public)).encrypt(self.key + _digest(told))
        header = _canonical({**told, "box": base64.b64encode(box).decode()})
        raw = MAGIC + len(header).to_bytes(_LENGTH, "big") + header + nacl.utils.random(_PREFIX)
        self.head = Head(raw, public, demo, box, told)
        self._file, self._number, self._pending = file, 0, bytearray()
        file.write(raw)

    def write(self, data: bytes) -> None:
        self._pending += data
        while len(self._pending) > CHUNK:
            self._seal(bytes(self._pending[:CHUNK]), last=False)
            del self._pending[:CHUNK]

    def close(self) -> None:
        """Seal the last chunk. Making it durable is the caller's."""
        self._seal(bytes(self._pending), last=True)
        self._pending.clear()

    def _seal(self, chunk: bytes, last: bool) -> None:
        nonce = _nonce(self.head, self._number, last)
        self._file.write(
            nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(chunk, self.head.beside, nonce, self.key)
        )
        self._number += 1


class SealedReader:
    """What was sealed, read from behind its head on. Problem backup.file.damaged from any method, where a
    chunk is not what was written, or not where it was."""

    def __init__(self, file: IO[bytes], head: Head, key: bytes) -> None:
        self._file, self._head, self._key = file, head, key
        self._number, self._plain, self._ended = 0, bytearray(), False
        self._next = file.read(CHUNK + _TAG)

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes, at most some megabytes."""
        while len(self._plain) < size and not self._ended:
            self._open()
        if len(self._plain) < size:
            raise Problem("backup.file.damaged")
        found = bytes(self._plain[:size])
        del self._plain[:size]
        return found

    def at_end(self) -> bool:
        """Whether everything was read, to the last chunk and to the end of the file."""
        while not self._plain and not self._ended:
            self._open()
        return not self._plain

    def _open(self) -> None:
        sealed, self._next = self._next, self._file.read(CHUNK + _TAG)
        last = not self._next
        if len(sealed) < _TAG:
            raise Problem("backup.file.damaged")
        try:
            self._plain += nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed, self._head.beside, _nonce(self._head, self._number, last), self._key
            )
        except nacl.exceptions.CryptoError:
            raise Problem("backup.file.damaged") from None
        self._number += 1
        self._ended = last


def read_head(file: IO[bytes]) -> Head:
    """Problems backup.file.foreign (no backup at all), backup.version.newer, backup.file.damaged."""
    start = file.read(len(MAGIC) + _LENGTH)
    if not start.startswith(MAGIC):
        raise Problem("backup.file.foreign")
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if len(start) < len(MAGIC) + _LENGTH or length > _LONGEST_HEADER:
        raise Problem("backup.file.damaged")
    header, prefix = file.read(length), file.read(_PREFIX)
    try:
        told = json.loads(header)
        newer = type(told["format"]) is int and told["format"] > FORMAT
        box = base64.b64decode(told.pop("box"), validate=True)
        public, demo = from_text(told["public"]), told["demo"]
        whole = told.keys() == {"format", "demo", "public"} and type(demo) is bool and public is not None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Problem("backup.file.damaged") from None
    if newer:
        raise Problem("backup.version.newer")
    if not whole or public is None or len(prefix) < _PREFIX:
        raise Problem("backup.file.damaged")
    return Head(start + header + prefix, public, demo, box, told)


def key_of(head: Head, key: RecoveryKey) -> bytes:
    """The key of the file. Problems store.recovery.other (it was sealed for another recovery key, whose
    fingerprint is told), backup.file.damaged."""
    if head.public != key.public:
        raise Problem("store.recovery.other", {"fingerprint": fingerprint(head.public)})
    try:
        opened = nacl.public.SealedBox(nacl.public.PrivateKey(key.private)).decrypt(head.box)
    except nacl.exceptions.CryptoError:
        raise Problem("backup.file.damaged") from None
    if not hmac.compare_digest(opened[_KEY:], _digest(head.told)):
        raise Problem("backup.file.damaged")
    return opened[:_KEY]


def _nonce(head: Head, number: int, last: bool) -> bytes:
    return head.raw[-_PREFIX:] + number.to_bytes(7, "big") + bytes([last])


def _digest(told: dict[str, Any]) -> bytes:
    return hashlib.blake2b(_canonical(told), person=b"homeward-bkbox-1", digest_size=32).digest()


def _canonical(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
