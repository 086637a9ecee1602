"""Sealed files on the server's disk, named by the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from sync_server.protocol.problems import Problem
from sync_server.storage import disk

#: A photo or a scan; what is longer is refused before it fills the disk.
MAX_BLOB: Final = 64 * 1024 * 1024

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PARTIAL = ".partial-"


def is_hash(name: str) -> bool:
    return _HASH.fullmatch(name) is not None


class Blobs:
    """A folder `blobs/<hash>`. A file that is there is whole: it appears by an atomic rename."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder where it is missing. Raises Problem('server.storage.read_only') when nothing
        can be written there."""
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise disk.problem_of(error) or error from error
        refused = disk.refusal(folder)
        # On a full disk what is there can still be read.
        if refused is not None and refused.code == "server.storage.read_only":
            raise refused

    def put(self, hash: str, chunks: Iterable[bytes]) -> int:
        """Keep the bytes under their hash, durably, and return how many there are.

        Raises Problem('attachment.hash.mismatch') when they have another hash, and
        Problem('attachment.too_large'); Problem('server.write.failed') on a full disk and
        Problem('server.storage.read_only'). Nothing is kept then. A blob that is there stays.
        """
        target = self._path(hash)
        partial = self._folder / f"{_PARTIAL}{secrets.token_hex(8)}"
        digest = hashlib.blake2b(digest_size=32)
        size = 0
        try:
            with open(partial, "xb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > MAX_BLOB:
                        raise Problem("attachment.too_large", {"limit": MAX_BLOB})
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != hash:
                raise Problem("attachment.hash.mismatch")
            os.replace(partial, target)
            self._sync_folder()
        except OSError as error:
            raise disk.problem_of(error) or error from error
        finally:
            # Where nothing may be written, nothing can be removed: not even what was never there.
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        return size

    def read(self, hash: str) -> bytes:
        """The bytes of a blob. Raises Problem('attachment.not_found')."""
        try:
            return self._path(hash).read_bytes()
        except FileNotFoundError:
            raise Problem("attachment.not_found") from None

    def size(self, hash: str) -> int | None:
        """How long a blob is; None when there is none."""
        try:
            return self._path(hash).stat().st_size
        except FileNotFoundError:
            return None

    def hashes(self) -> Iterator[str]:
        return (entry.name for entry in self._folder.iterdir() if is_hash(entry.name))

    def remove_orphans(self, wanted: set[str], older_than: float) -> int:
        """Remove what nobody refers to and what an interruption left, both only when last written
        before `older_than` (seconds since 1970): an upload that is going on has no row yet."""
        removed = 0
        for entry in self._folder.iterdir():
            ours = entry.name.startswith(_PARTIAL) or (is_hash(entry.name) and entry.name not in wanted)
            if ours and entry.stat().st_mtime < older_than:
                entry.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, hash: str) -> Path:
        if not is_hash(hash):
            raise Problem("attachment.not_found")
        return self._folder / hash

    def _sync_folder(self) -> None:
        if os.name == "posix":
            descriptor = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
