"""The faults below Python (faults.c): built with gcc, loaded before a process starts, armed within it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntFlag
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
_PRELOAD = "LD_PRELOAD"


class Call(IntFlag):
    """The kinds of calls that change files."""

    OPEN = 1
    WRITE = 2
    SYNC = 4
    RENAME = 8
    TRUNCATE = 16
    UNLINK = 32

    @classmethod
    def every(cls) -> Call:
        return cls(63)


def missing() -> str:
    """Why there can be no such faults on this machine; empty where there can."""
    if sys.platform != "linux":
        return "faults below Python are for Linux"
    if shutil.which("gcc") is None:
        return "gcc is missing: make setup-dev installs it"
    return ""


def build(folder: Path) -> Path:
    """The library, built below `folder`."""
    library = folder / "faults.so"
    subprocess.run(
        ["gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"],
        check=True,
        timeout=120,
    )
    return library


def environment(library: Path) -> dict[str, str]:
    """The environment of a process that is to have the faults at hand."""
    return {**os.environ, _PRELOAD: str(library)}


class Shim:
    """The faults of this process, which was started with the library."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_counted.restype = ctypes.c_long
        self._library.fault_arm.argtypes = [ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int]
        self._library.fault_mark.argtypes = [ctypes.c_long]

    @staticmethod
    def loaded() -> bool:
        return hasattr(ctypes.CDLL(None), "fault_arm")

    def watch(self, folder: Path) -> None:
        """Only the files below this folder matter."""
        self._library.fault_folder(str(folder).encode())

    def arm(self, kinds: Call, nth: int, error: int, *, lasting: bool = False) -> None:
        """Have the `nth` call of these kinds fail with `error`; with `lasting` all after it too."""
        self._library.fault_arm(int(kinds), nth, error, int(lasting))

    def kill_at(self, nth: int) -> None:
        """End this process, as kill -9 does, right before its `nth` call."""
        self._library.fault_arm(int(Call.every()), nth, 0, 0)

    def disarm(self) -> bool:
        """Let everything work again; whether the fault was met."""
        self._library.fault_disarm()
        return bool(self._library.fault_fired())

    def count(self) -> int:
        """How many calls of the armed kinds there were."""
        return int(self._library.fault_counted())

    @contextmanager
    def trace(self, file: Path) -> Iterator[None]:
        """Write down every call into `file`."""
        if self._library.fault_trace(str(file).encode()) < 0:
            raise OSError(f"{file} cannot be written")
        try:
            yield
        finally:
            self._library.fault_trace_end()

    def mark(self, number: int) -> None:
        """A note in the trace: this much has been acknowledged."""
        self._library.fault_mark(number)
