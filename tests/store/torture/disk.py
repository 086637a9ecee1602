"""A disk that loses its power: what was not synced may be there, or not, or in part, in any order.

It plays a trace of calls (faults.c). A file's bytes and length are durable once the file was synced, a name
in the folder once the folder was. Until then each sector of 512 bytes has its own luck; names keep their
order, as in a file system with a journal.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_HEAD = struct.Struct("<cqqI")


@dataclass(frozen=True, slots=True)
class Operation:
    kind: str
    number: int
    at: int
    data: bytes


def read_trace(file: Path) -> list[Operation]:
    raw, place, found = file.read_bytes(), 0, []
    while place < len(raw):
        kind, number, at, length = _HEAD.unpack_from(raw, place)
        place += _HEAD.size
        found.append(Operation(kind.decode(), number, at, raw[place : place + length]))
        place += length
    return found


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def synced(self) -> None:
        for at, data in self.pending:
            _apply(self.durable, at, data)
        self.pending.clear()


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    """Write `data` at a place; without any, cut or lengthen the file to there."""
    if data is None:
        del content[at:]
        content.extend(bytes(max(0, at - len(content))))
        return
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


class Disk:
    """The folder of one device, which began as a copy of `start`, all of it durable.

    Of the folders in it only those that are `inside` count: their files by the way to them. To sync one
    makes all names durable, as a journal has an order.
    """

    def __init__(self, folder: Path, start: Path, inside: Collection[str] = ()) -> None:
        self._folder = f"{folder}/"
        self._inside = inside
        places = [start, *(start / name for name in inside if (start / name).is_dir())]
        self._names = {
            str(file.relative_to(start)): _File(bytearray(file.read_bytes()))
            for place in places
            for file in _files(place)
        }
        self._durable_names = dict(self._names)
        self._pending_names: list[dict[str, _File]] = []
        self._open: dict[int, _File | Disk | None] = {}
        self._renamed = ""
        self.acknowledged = 0

    def play(self, operation: Operation) -> bool:
        """One call; whether a cut after it can differ from one before it."""
        kind = operation.kind
        if kind == "M":
            self.acknowledged = operation.number
            return False
        if kind == "O":
            return self._opened(operation.number, operation.data.decode())
        if kind == "R":
            self._renamed = operation.data.decode()
            return False
        if kind == "r":
            return self._move(self._renamed, operation.data.decode())
        if kind == "U":
            return self._move(operation.data.decode(), None)
        file = self._open.get(operation.number)
        if file is self:
            self._durable_names = dict(self._names)
            self._pending_names.clear()
        elif isinstance(file, _File) and kind == "S":
            file.synced()
        elif isinstance(file, _File):
            file.pending.append((operation.at, operation.data if kind == "W" else None))
        return True

    def states(self, dice: random.Random) -> Iterator[dict[str, bytes]]:
        """What may lie on the disk after a cut now: only what was synced, all of it, and two mixtures."""
        yield {name: bytes(file.durable) for name, file in self._durable_names.items()}
        yield {name: _with(file, None) for name, file in self._names.items()}
        for _ in range(2):
            steps = [self._durable_names, *self._pending_names]
            yield {name: _with(file, dice) for name, file in dice.choice(steps).items()}

    def _opened(self, number: int, path: str) -> bool:
        name = self._own(path)
        if name is None or name in self._inside:
            self._open[number] = self if name or f"{path}/" == self._folder else None
            return False
        new = name not in self._names
        if new:
            self._names[name] = _File()
            self._pending_names.append(dict(self._names))
        self._open[number] = self._names[name]
        return new

    def _move(self, path: str, target: str | None) -> bool:
        name, there = self._own(path), self._own(target or "")
        if name in self._inside and there is not None:
            for each in [each for each in self._names if each.startswith(f"{name}/")]:
                self._names[there + each.removeprefix(str(name))] = self._names.pop(each)
            self._pending_names.append(dict(self._names))
            return True
        if name is None or name not in self._names:
            return False
        file = self._names.pop(name)
        if there is not None:
            self._names[there] = file
        self._pending_names.append(dict(self._names))
        return True

    def _own(self, path: str) -> str | None:
        """The name of a file in the folder that a power cut can leave behind."""
        name = path.removeprefix(self._folder)
        place, within, _ = name.rpartition("/")
        if not name or (within and place not in self._inside) or name.endswith(("-shm", ".lock")):
            return None
        return name


def _with(file: _File, dice: random.Random | None) -> bytes:
    """The file with all that is pending, or with what luck leaves of it."""
    content = bytearray(file.durable)
    for at, data in file.pending:
        if dice is None:
            _apply(content, at, data)
        elif data is None:
            if dice.random() < 0.5:
                _apply(content, at, None)
        else:
            for start, end in _sectors(at, len(data)):
                if dice.random() < 0.5:
                    _apply(content, start, data[start - at : end - at])
    return bytes(content)


def _sectors(at: int, length: int) -> Iterator[tuple[int, int]]:
    start, end = at, at + length
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield start, stop
        start = stop


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file() and not file.name.endswith(("-shm", ".lock"))]
