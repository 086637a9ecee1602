"""What is in a backup: who made it, the store's file, and the sealed files beside it, one after the other.

    frame:   the length of a JSON text (4 bytes), the text
    about, then for each file its frame (name, size) and its bytes, then the end: how many, and a digest

The sealing around it shows that nothing is missing and all of it is in its place; the digest at the end
shows that what is read back is what was copied.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

from app.problems import Problem
from app.store.keys import StoreKeys
from app.store.sealed_stream import SealedReader, SealedWriter

STORE_NAME: Final = "store.db"
_SEALED_NAME: Final = re.compile(r"[0-9a-f]{64}\.sealed", re.ASCII)
_PIECE: Final = 256 * 1024
_LENGTH: Final = 4
_LONGEST: Final = 4_096


@dataclass(frozen=True, slots=True, repr=False)
class About:
    """The keys of the store in a backup, the device that made it and when by its clock, and the number of
    the latest commit."""

    keys: StoreKeys
    device: str
    made_ms: int
    generation: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file to copy: its first `size` bytes; `needed` is False of one that may be gone by now."""

    name: str
    path: Path
    size: int
    needed: bool


class Sink(Protocol):
    """Where a file of a backup goes."""

    def write(self, piece: bytes, /) -> object: ...

    def close(self) -> None: ...


class _Digest:
    """Of all names and contents, in their order."""

    def __init__(self) -> None:
        self._all = hashlib.blake2b(digest_size=32)
        self.count = 0

    def begin(self, name: str, size: int) -> None:
        self._all.update(f"{name}\n{size}\n".encode())
        self.count += 1

    def add(self, piece: bytes) -> None:
        self._all.update(piece)

    def told(self) -> dict[str, Any]:
        return {"files": self.count, "digest": self._all.hexdigest()}


def write(
    out: SealedWriter, about: About, sources: Iterable[Source], copied: Callable[[int], object]
) -> dict[str, Any]:
    """Write all of it; `copied` hears the size of each piece. Returns what `read` tells of the same."""
    digest = _Digest()
    out.write(
        _frame(
            {
                "store": about.keys.store,
                "data_key": base64.b64encode(about.keys.data_key).decode(),
                "demo": about.keys.demo,
                "device": about.device,
                "made_ms": about.made_ms,
                "generation": about.generation,
            }
        )
    )
    for source in sources:
        file = _opened(source)
        if file is None:
            continue
        with file:
            out.write(_frame({"name": source.name, "size": source.size}))
            digest.begin(source.name, source.size)
            for piece in _pieces(file, source.size):
                out.write(piece)
                digest.add(piece)
                copied(len(piece))
    end = digest.told()
    out.write(_frame({"end": end}))
    return end


def read(reader: SealedReader, keep: Callable[[str], Sink | None], seen: Callable[[int], object]) -> Any:
    """Read all of it: `keep` opens where a file goes, or nothing for one that is only looked at; `seen` hears
    the size of each piece. Returns the `About` and the end.

    Problem backup.file.damaged, also where a name is none of ours.
    """
    about = _about(_framed(reader))
    digest = _Digest()
    while True:
        told = _framed(reader)
        if "end" in told:
            break
        name, size = told.get("name"), told.get("size")
        fitting = isinstance(name, str) and (
            name == STORE_NAME if digest.count == 0 else _SEALED_NAME.fullmatch(name)
        )
        if not fitting or type(size) is not int or size < 0:
            raise Problem("backup.file.damaged")
        digest.begin(str(name), size)
        out = keep(str(name))
        try:
            left = size
            while left:
                piece = reader.exactly(min(left, _PIECE))
                left -= len(piece)
                digest.add(piece)
                seen(len(piece))
                if out is not None:
                    out.write(piece)
        finally:
            if out is not None:
                out.close()
    if told["end"] != digest.told() or digest.count == 0 or not reader.at_end():
        raise Problem("backup.file.damaged")
    return about, told["end"]


def _opened(source: Source) -> IO[bytes] | None:
    try:
        return source.path.open("rb")
    except FileNotFoundError:
        if source.needed:
            raise Problem("store.file.missing") from None
        return None
    except OSError as error:
        raise Problem("store.read.failed", {"kind": type(error).__name__}) from error


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Of a file of the device: its faults are not those of the stick."""
    left = size
    while left:
        try:
            piece = file.read(min(left, _PIECE))
        except OSError as error:
            raise Problem("store.read.failed", {"kind": type(error).__name__}) from error
        if not piece:
            raise Problem("store.file.damaged")
        left -= len(piece)
        yield piece


def _frame(told: dict[str, Any]) -> bytes:
    text = json.dumps(told).encode()
    return len(text).to_bytes(_LENGTH, "big") + text


def _framed(reader: SealedReader) -> dict[str, Any]:
    length = int.from_bytes(reader.exactly(_LENGTH), "big")
    if length > _LONGEST:
        raise Problem("backup.file.damaged")
    try:
        told = json.loads(reader.exactly(length))
    except (ValueError, RecursionError):
        raise Problem("backup.file.damaged") from None
    if not isinstance(told, dict):
        raise Problem("backup.file.damaged")
    return told


def _about(told: dict[str, Any]) -> About:
    try:
        keys = StoreKeys(
            str(told["store"]), base64.b64decode(told["data_key"], validate=True), told["demo"] is True
        )
        return About(keys, str(told["device"]), int(told["made_ms"]), int(told["generation"]))
    except (ValueError, KeyError, TypeError):
        raise Problem("backup.file.damaged") from None
