"""The anchor: a small file beside the store that knows how far the store has come.

SQLCipher vouches for each page, and for nothing about when it was written: an old copy of the store, an
old journal or an old page opens as well as the newest. So each commit carries a number and the head of a
chain (the row of the table `anchor`), and the same two stand in `store.anchor` with a hash that tells
which version of each page there is (page_tags.py), under a MAC whose key comes from the data key. The
file is durable before a save is said to be kept. Then a store that is one ahead of its anchor is a crash
between the two, and fine; one that is behind it, on another chain, or with another page, was put back by
somebody or has lost what was saved.

The file has two places and each commit overwrites the older one: it needs no room on a full disk, and a
power cut in the middle of a write spoils one place only. The spoilt place was then being written after a
commit, so the store must be one ahead of the other one, exactly.

Beside the first place the file keeps a note, sealed: who works on the device. In the store that is one page
like any other; where that page is damaged, a repair has it from here.

What this cannot see: a store and its anchor put back together. The next sync does (syncer.py).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import nacl.bindings
import nacl.exceptions

from app.problems import Problem
from app.store.folder import writing
from app.store.keys import StoreKeys, sync_folder
from app.store.page_tags import PageTags

FILE_NAME: Final = "store.anchor"
_MAGIC: Final = b"HWANCHR1"
#: Each place has a sector of its own, of any disk: what tears one leaves the other whole.
_APART: Final = 4096
_HEAD_BYTES: Final = 32
_SALT_BYTES: Final = 16
_PAGES_BYTES: Final = 32
_MAC_BYTES: Final = 32
_BODY_BYTES: Final = len(_MAGIC) + 8 + _HEAD_BYTES + _SALT_BYTES + _PAGES_BYTES
_BODY: Final = struct.Struct(f">Q{_HEAD_BYTES}s{_SALT_BYTES}s{_PAGES_BYTES}s")
_NOTE_AT: Final = 1024
_LONGEST_NOTE: Final = 3000
_NONCE_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_FILE_BYTES: Final = 2 * _APART
_BINARY: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_sync = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Mark:
    """One commit: its number, its head of the chain, and the head before it."""

    generation: int
    head: bytes
    previous: bytes = b""

    def after(self) -> Mark:
        """The next commit. What follows one state twice, as after a replay, is two different ones."""
        told = self.head + (self.generation + 1).to_bytes(8, "big") + secrets.token_bytes(16)
        head = hashlib.blake2b(told, digest_size=_HEAD_BYTES, person=b"homeward-chain").digest()
        return Mark(self.generation + 1, head, self.head)

    def follows(self, other: Mark) -> bool:
        return self.generation == other.generation + 1 and self.previous == other.head


#: Of a store that was made before there were anchors.
NEVER: Final = Mark(0, b"")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file says. `torn`: only one of its two places is whole. `salt`: the store's first bytes,
    without which SQLCipher cannot check any of its pages. `pages`: the hash of all pages' tags. `note`: empty
    where none was kept, or none can be opened."""

    mark: Mark
    salt: bytes
    pages: bytes
    torn: bool
    note: bytes = b""


def mark_of(connection: Any) -> Mark:
    """The mark that an open store carries."""
    return Mark(*connection.execute("SELECT generation, head, previous FROM anchor").fetchone())


def put_mark(connection: Any, mark: Mark) -> None:
    """Have the transaction under way be this commit."""
    connection.execute(
        "UPDATE anchor SET generation = ?, head = ?, previous = ?",
        (mark.generation, mark.head, mark.previous),
    )


def check(kept: Kept | None, mark: Mark | None, pages: bytes) -> None:
    """Refuse a store whose mark or pages do not fit what its anchor says; `mark` is None of one without.

    Problems: store.anchor.missing, store.anchor.damaged, store.file.replayed.
    """
    if kept is None:
        if mark is not None and mark.generation > 0:
            raise Problem("store.anchor.missing", {"name": FILE_NAME})
        return
    if mark is None:
        raise Problem("store.file.replayed")
    if mark.follows(kept.mark):
        return
    same = mark.generation == kept.mark.generation and hmac.compare_digest(mark.head, kept.mark.head)
    if not same or not hmac.compare_digest(pages, kept.pages):
        raise Problem("store.file.replayed")
    if kept.torn:
        # No crash spoils a place and leaves the store where the other one is.
        raise Problem("store.anchor.damaged", {"name": FILE_NAME})


class Anchor:
    """The anchor of one store, which is not open yet, or open here alone. Not for two threads at once."""

    def __init__(self, store: Path, keys: StoreKeys) -> None:
        self._store = store
        self._journal = store.with_name(f"{store.name}-wal")
        self._path = store.with_name(FILE_NAME)
        self._key = hashlib.blake2b(key=keys.data_key, person=b"homeward-anchor", digest_size=32).digest()
        self._salt = b""
        self._generation = -1
        self._note_key = hashlib.blake2b(key=keys.data_key, person=b"homeward-note", digest_size=32).digest()
        self._note = b""
        self._tags = PageTags()

    def read(self) -> Kept | None:
        """What the file says; None where there is none. Problem store.anchor.damaged."""
        try:
            facts = self._path.lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(facts.st_mode) or facts.st_size != _FILE_BYTES:
            raise Problem("store.anchor.damaged", {"name": FILE_NAME})
        raw = self._path.read_bytes()
        found = [each for place in (0, _APART) if (each := self._verified(raw[place:])) is not None]
        if not found:
            raise Problem("store.anchor.damaged", {"name": FILE_NAME})
        newest = max(found, key=lambda each: each.mark.generation)
        return replace(newest, torn=len(found) == 1, note=self._opened(raw[_NOTE_AT:_APART]))

    def check(self, connection: Any, store: Path, kept: Kept | None) -> None:
        """Refuse an open store, or an open copy, in whose journal nothing stands. Problems of `check`."""
        marked = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'anchor'").fetchone()
        with writing():
            pages = PageTags.of_file(store).digest(self._key)
        check(kept, mark_of(connection) if marked else None, pages)

    def follow(self, connection: Any) -> None:
        """Go on with an open store that was checked, and bring the file up to it. Problems of `unsaved`."""
        mark, kept = mark_of(connection), self.read()
        if kept is None:
            self.create(mark)
            return
        self._note = kept.note
        self._look_at_store()
        if kept.torn or kept.mark.generation != mark.generation:
            self._write(mark)
        self._generation = mark.generation

    def create(self, mark: Mark, made: Path | None = None) -> None:
        """Make the file, in place of any other, for the store or for what is `made` to become it. Problems of
        `unsaved`."""
        self._look_at_store(made)
        self._generation = mark.generation
        self._replace(mark)

    def catch_up(self, connection: Any) -> None:
        """Before a transaction begins: the file must be where the store is.

        It is not when it could not be written after the last commit. Problems of `unsaved`, and then
        nothing may be saved: the store would get two ahead, which nobody could tell from a replay.
        """
        mark = mark_of(connection)
        if mark.generation != self._generation:
            self._look_at_journal(connection)
            self._write(mark)
            self._generation = mark.generation

    def keep(self, connection: Any, mark: Mark) -> None:
        """Make a commit that is durable known to the file, durably; before the journal is emptied.

        Problems of `unsaved`.
        """
        self._look_at_journal(connection)
        self._write(mark)
        self._generation = mark.generation

    def remember(self, connection: Any, note: bytes) -> None:
        """Keep a note, of up to some 3,000 bytes, where it is not kept yet. Problems of `unsaved`."""
        if note != self._note and len(note) <= _LONGEST_NOTE:
            self.catch_up(connection)
            self._note = note
            self._replace(mark_of(connection))

    def _look_at_store(self, made: Path | None = None) -> None:
        with writing():
            with (made or self._store).open("rb") as file:
                self._salt = file.read(_SALT_BYTES)
            self._tags = PageTags.of_file(made or self._store)

    def _look_at_journal(self, connection: Any) -> None:
        """Take in what was committed since the last look."""
        _, frames, _ = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        with writing():
            self._tags.take_in(self._journal, frames)

    def _replace(self, mark: Mark) -> None:
        content = self._sealed(mark).ljust(_NOTE_AT, b"\0") + self._sealed_note()
        content = content.ljust(_APART, b"\0") + self._sealed(mark)
        part = self._path.with_name(f"{FILE_NAME}.part")
        with writing():
            part.unlink(missing_ok=True)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
            try:
                os.write(file, content.ljust(_FILE_BYTES, b"\0"))
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(part, self._path)
            sync_folder(self._path.parent)

    def _write(self, mark: Mark) -> None:
        with writing():
            file = os.open(self._path, os.O_WRONLY | _BINARY)
            try:
                os.lseek(file, mark.generation % 2 * _APART, os.SEEK_SET)
                os.write(file, self._sealed(mark))
                _sync(file)
            finally:
                os.close(file)

    def _sealed(self, mark: Mark) -> bytes:
        number, head = mark.generation.to_bytes(8, "big"), mark.head.ljust(_HEAD_BYTES, b"\0")
        body = _MAGIC + number + head + self._salt + self._tags.digest(self._key)
        return body + hashlib.blake2b(body, key=self._key, digest_size=_MAC_BYTES).digest()

    def _sealed_note(self) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            self._note, _MAGIC, nonce, self._note_key
        )
        return len(sealed).to_bytes(2, "big") + nonce + sealed

    def _opened(self, raw: bytes) -> bytes:
        length, nonce, sealed = (
            int.from_bytes(raw[:2], "big"),
            raw[2 : 2 + _NONCE_BYTES],
            raw[2 + _NONCE_BYTES :],
        )
        try:
            return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed[:length], _MAGIC, nonce, self._note_key
            )
        except (nacl.exceptions.CryptoError, ValueError, TypeError):
            return b""

    def _verified(self, place: bytes) -> Kept | None:
        body, mac = place[:_BODY_BYTES], place[_BODY_BYTES : _BODY_BYTES + _MAC_BYTES]
        fitting = hashlib.blake2b(body, key=self._key, digest_size=_MAC_BYTES).digest()
        if not hmac.compare_digest(mac, fitting) or not body.startswith(_MAGIC):
            return None
        number, head, salt, pages = _BODY.unpack_from(body, len(_MAGIC))
        return Kept(Mark(number, head if number else b""), salt, pages, torn=False)
