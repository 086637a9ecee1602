"""Photos and other files: sealed before they touch the disk, named by the hash of what is sealed.

The answer to an image question is the file's *name*: `<64 hex digits>:<43 base64url characters>`.
Before the colon stands the BLAKE2b-256 of the sealed file, by which device and server store and
fetch it; after it the random key of this one file, which travels only inside the record and so
lies only in encrypted stores. Whoever may have the record can open the file; who holds the file
alone (the server's blob folder, a thief of the disk) has noise.

Format: the magic, a random 16-byte prefix, then chunks of 64 KiB, each sealed by
XChaCha20-Poly1305 under nonce = prefix + 7-byte chunk number + a byte that is 1 for the last
chunk only, with magic and prefix as associated data. So no chunk can be cut off, swapped, or moved.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.utils

from app.problems import Problem
from app.store.folder import writing
from app.store.keys import sync_folder
from app.store.pictures import without_traces
from app.store.transaction import Snapshot, Transaction

MAGIC: Final = b"HWSEAL1\n"
CHUNK: Final = 65_536
_PREFIX: Final = 16
_TAG: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
#: What one attachment may weigh once it is sealed, which is what the server takes; and so before that.
#: A tablet holds it in memory to show it.
LARGEST_SEALED: Final = 64 * 1024 * 1024
LARGEST: Final = LARGEST_SEALED - len(MAGIC) - _PREFIX - _TAG * (LARGEST_SEALED // CHUNK)
_NAME: Final = re.compile(r"([0-9a-f]{64}):([A-Za-z0-9_-]{43})", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME_LENGTH: Final = 108


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file that was sealed: the name to answer with, its hash, and the sealed size in bytes."""

    name: str
    hash: str
    bytes: int


def is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) == _NAME_LENGTH and _NAME.fullmatch(value) is not None


def hash_of(name: str) -> str:
    """The hash by which an attachment is stored. Problem attachment.name.invalid."""
    return _parts(name)[0]


def path_of(folder: Path, digest: str) -> Path:
    """Where the sealed file lies, or will lie, below the store's folder."""
    if _HASH.fullmatch(digest) is None:
        raise Problem("attachment.name.invalid")
    return folder / "attachments" / f"{digest}.sealed"


def seal_file(folder: Path, source: Path | bytes) -> Sealed:
    """Seal a copy of a file below the store's folder; of a JPEG or PNG without place, time or camera.

    The file is complete and durable under its name when this returns; the source is not touched.
    Problems: attachment.source.missing, attachment.source.too_large, store.write.failed (a full disk),
    store.folder.read_only.
    """
    plain = _of_fitting_size(without_traces(_read_source(source)))
    key = nacl.utils.random(32)
    head = MAGIC + nacl.utils.random(_PREFIX)
    digest = hashlib.blake2b(digest_size=32)
    target = folder / "attachments"
    part = target / f"{secrets.token_hex(8)}.part"
    size = 0
    with writing():
        target.mkdir(mode=0o700, exist_ok=True)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in (head, *_seal(plain, key, head)):
                    file.write(piece)
                    digest.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path_of(folder, digest.hexdigest()))
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target)
    name = f"{digest.hexdigest()}:{base64.urlsafe_b64encode(key).decode().rstrip('=')}"
    return Sealed(name, digest.hexdigest(), size)


def open_file(folder: Path, name: str) -> bytes:
    """What was sealed. Problems: attachment.file.missing (not here yet), attachment.file.damaged."""
    digest, key = _parts(name)
    try:
        with path_of(folder, digest).open("rb") as file:
            return b"".join(_open(file, key))
    except FileNotFoundError:
        raise Problem("attachment.file.missing") from None
    except nacl.exceptions.CryptoError:
        raise Problem("attachment.file.damaged") from None


def keep_file(folder: Path, digest: str, sealed: bytes | Iterable[bytes]) -> int:
    """Store a sealed file that came down; its size. Problem attachment.file.damaged: it has another hash."""
    target = path_of(folder, digest)
    part = target.with_name(f"{secrets.token_hex(8)}.part")
    found = hashlib.blake2b(digest_size=32)
    size = 0
    with writing():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in (sealed,) if isinstance(sealed, bytes) else sealed:
                    file.write(piece)
                    found.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            if found.hexdigest() != digest:
                raise Problem("attachment.file.damaged")
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target.parent)
    return size


# -- which of them are here, and which are on the server


def add(db: Transaction, record: str, sealed: Sealed) -> None:
    """Note a file that was sealed here for a record."""
    db.run(
        "INSERT INTO attachment (hash, record, bytes, here, on_server) VALUES (?, ?, ?, 1, 0)"
        " ON CONFLICT (hash) DO UPDATE SET here = 1, bytes = excluded.bytes",
        sealed.hash,
        record,
        sealed.bytes,
    )


def expect(db: Transaction, record: str, values: Iterable[Any], on_server: bool = False) -> None:
    """Note the attachments that answers name; those of pulled answers are (or will be) on the server."""
    found = [(hash_of(value), record) for value in values if is_name(value)]
    if not found:
        return
    db.run_many("INSERT OR IGNORE INTO attachment (hash, record, here, on_server) VALUES (?, ?, 0, 0)", found)
    if on_server:
        db.run_many("UPDATE attachment SET on_server = 1 WHERE hash = ? AND record = ? AND here = 0", found)


def to_send(db: Snapshot) -> tuple[tuple[str, int], ...]:
    """(hash, bytes) of what the server has not got, small ones first: only what it has an answer of.

    A lost answer is one, since it can be restored. What was chosen and never answered with stays here.
    """
    rows = db.rows(
        f"SELECT hash, bytes FROM attachment WHERE {_UNSENT} AND ({_ANSWERED} OR {_IN_OUTBOX} = 'sent'))"
        " ORDER BY bytes, hash"
    )
    return tuple((digest, size) for digest, size in rows)


def waiting(db: Snapshot) -> int:
    """How many files belong to finished work and are on this device alone; a draft's wait for its end."""
    count: int = db.value(
        f"SELECT count(*) FROM attachment WHERE {_UNSENT} AND ({_ANSWERED} OR {_IN_OUTBOX} <> ''))"
    )
    return count


_UNSENT: Final = "here = 1 AND on_server = 0"
_ANSWERED: Final = (
    "EXISTS (SELECT 1 FROM record WHERE id = attachment.record AND instr(field_values || rivals, hash))"
    " OR EXISTS (SELECT 1 FROM conflict WHERE record = attachment.record AND instr(lost, hash))"
)
_IN_OUTBOX: Final = (
    "EXISTS (SELECT 1 FROM outbox WHERE record = attachment.record AND instr(change_set, hash) AND state"
)


def to_fetch(db: Snapshot) -> tuple[str, ...]:
    """The hashes that records name and that are not here yet."""
    return tuple(h for (h,) in db.rows("SELECT hash FROM attachment WHERE here = 0 ORDER BY rowid"))


def sent(db: Transaction, digest: str) -> None:
    """The server has this file, durably."""
    db.run("UPDATE attachment SET on_server = 1 WHERE hash = ?", digest)


def fetched(db: Transaction, digest: str, size: int) -> None:
    """This file has come down and is in its place."""
    db.run("UPDATE attachment SET here = 1, on_server = 1, bytes = ? WHERE hash = ?", size, digest)


def forget_unused(db: Transaction, record: str) -> tuple[str, ...]:
    """Forget the files of a record that no answer names any more; their hashes, for `remove_files`."""
    named = _named(db, record)
    unused = [h for (h,) in db.rows("SELECT hash FROM attachment WHERE record = ?", record) if h not in named]
    for digest in unused:
        db.run("DELETE FROM attachment WHERE hash = ?", digest)
    db.remove_after_commit(unused)
    return tuple(unused)


def forget_all_unused(db: Transaction) -> None:
    """Forget every unsent file that no answer names; call it when no form is open, as at the start."""
    for (record,) in db.rows(f"SELECT DISTINCT record FROM attachment WHERE {_UNSENT}"):
        forget_unused(db, record)


def find_again(db: Transaction, folder: Path) -> None:
    """After a repair: have a row for each file that an answer names, and say whether it lies here."""
    for (record,) in db.rows("SELECT id FROM record"):
        expect(db, record, (f"{digest}:{'A' * 43}" for digest in sorted(_named(db, record))))
    for (digest,) in db.rows("SELECT hash FROM attachment"):
        path = path_of(folder, digest)
        here = path.is_file()
        size = path.stat().st_size if here else 0
        db.run("UPDATE attachment SET here = ?, bytes = max(bytes, ?) WHERE hash = ?", here, size, digest)


def remove_strays(folder: Path, db: Snapshot) -> None:
    """Delete what a crash has left of a file that was being sealed, or fetched; when no form is open."""
    known = {digest for (digest,) in db.rows("SELECT hash FROM attachment")}
    found = (folder / "attachments").glob("*")
    _remove(path for path in found if path.suffix == ".part" or path.stem not in known)


def remove_files(folder: Path, digests: Iterable[str]) -> None:
    """Delete sealed files; what cannot be deleted now is noise without its key, and goes at a later start."""
    _remove(path_of(folder, digest) for digest in digests)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("sealed_file.not_deleted", extra={"error": type(error).__name__})


def _named(db: Snapshot, record: str) -> set[str]:
    texts = [text for (text,) in db.rows("SELECT field_values || rivals FROM record WHERE id = ?", record)]
    texts += [text for (text,) in db.rows("SELECT value || was FROM answer WHERE record = ?", record)]
    texts += [text for (text,) in db.rows("SELECT change_set FROM outbox WHERE record = ?", record)]
    texts += [text for (text,) in db.rows("SELECT kept || lost FROM conflict WHERE record = ?", record)]
    return {match[1] for text in texts for match in _NAME.finditer(text)}


def _parts(name: str) -> tuple[str, bytes]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise Problem("attachment.name.invalid")
    try:
        return match[1], base64.urlsafe_b64decode(match[2] + "=")
    except binascii.Error:
        raise Problem("attachment.name.invalid") from None


def _read_source(source: Path | bytes) -> bytes:
    try:
        if isinstance(source, Path) and source.stat().st_size > LARGEST:
            raise Problem("attachment.source.too_large", {"limit": LARGEST})
        plain = source if isinstance(source, bytes) else source.read_bytes()
    except OSError:
        raise Problem("attachment.source.missing") from None
    return _of_fitting_size(plain)


def _of_fitting_size(plain: bytes) -> bytes:
    if len(plain) > LARGEST:
        raise Problem("attachment.source.too_large", {"limit": LARGEST})
    return plain


def _nonce(head: bytes, number: int, last: bool) -> bytes:
    return head[len(MAGIC) :] + number.to_bytes(7, "big") + bytes([last])


def _seal(plain: bytes, key: bytes, head: bytes) -> Iterator[bytes]:
    chunks = max(1, -(-len(plain) // CHUNK))
    for number in range(chunks):
        chunk = plain[number * CHUNK : (number + 1) * CHUNK]
        nonce = _nonce(head, number, number == chunks - 1)
        yield nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(chunk, head, nonce, key)


def _open(file: IO[bytes] | BytesIO, key: bytes) -> Iterator[bytes]:
    head = file.read(len(MAGIC) + _PREFIX)
    if len(head) != len(MAGIC) + _PREFIX or not head.startswith(MAGIC):
        raise nacl.exceptions.CryptoError
    chunk = file.read(CHUNK + _TAG)
    number = 0
    while True:
        following = file.read(CHUNK + _TAG)
        if len(chunk) < _TAG:
            raise nacl.exceptions.CryptoError
        nonce = _nonce(head, number, not following)
        yield nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(chunk, head, nonce, key)
        if not following:
            return
        chunk, number = following, number + 1
