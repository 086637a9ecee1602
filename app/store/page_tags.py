"""Which version of each page a store consists of: what SQLCipher signs each page with, in the pages' order.

SQLCipher vouches for a page, and not for the moment: any page can be put back as it once was. So the anchor
also keeps a hash over the tags of all pages. After a commit the tags of the changed pages are read from
the journal, where SQLite has just written them; nothing else is read again.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Final

#: SQLCipher 4: the page ends with its HMAC-SHA512, of which half is plenty to tell two apart.
PAGE: Final = 4096
_SIGNED_BY: Final = 64
TAG: Final = 32

#: https://www.sqlite.org/fileformat2.html#walformat
_JOURNAL_HEAD: Final = 32
_SALTS: Final = slice(16, 24)
_FRAME: Final = struct.Struct(">II16x")


class PageTags:
    """The tags of one store, as of its latest commit."""

    def __init__(self, tags: bytearray | None = None) -> None:
        self._tags = tags or bytearray()
        self._journal_salts = b""
        self._frames = 0

    @classmethod
    def of_file(cls, path: Path) -> PageTags:
        """Of a store in whose journal nothing stands. Errors of the system as they are."""
        tags = bytearray()
        with path.open("rb") as file:
            while page := file.read(PAGE):
                tags += _tag(page)
        return cls(tags)

    def take_in(self, journal: Path, frames: int) -> None:
        """Take over what commits have written: the journal's first `frames` frames, without those that were
        taken in before. Errors of the system as they are; then all of it can be taken in later."""
        with journal.open("rb") as file:
            salts = file.read(_JOURNAL_HEAD)[_SALTS]
            begun_anew = salts != self._journal_salts or frames < self._frames
            first = 0 if begun_anew else self._frames
            file.seek(_JOURNAL_HEAD + first * (_FRAME.size + PAGE))
            for _ in range(first, frames):
                frame = file.read(_FRAME.size + PAGE)
                if len(frame) < _FRAME.size + PAGE:
                    raise OSError("the journal is shorter than it was")
                number, count = _FRAME.unpack_from(frame)
                self._tags.extend(bytes(max(0, number * TAG - len(self._tags))))
                self._tags[(number - 1) * TAG : number * TAG] = _tag(frame)
                if count:
                    del self._tags[count * TAG :]
        self._journal_salts, self._frames = salts, frames

    def digest(self, key: bytes) -> bytes:
        """One hash of them all."""
        return hashlib.blake2b(self._tags, key=key, digest_size=32, person=b"homeward-pages").digest()


def _tag(page: bytes) -> bytes:
    return page[-_SIGNED_BY : TAG - _SIGNED_BY]
