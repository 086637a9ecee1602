"""A program that crashes writes what it had in memory into a file: names, answers, keys, in plain.

So none is written of this one. The limit alone is not enough: where the system hands cores to a program of
its own, as systemd-coredump or apport, only a process that may not be dumped is left out. That also keeps
other programs of the same user from reading its memory and the environment that it was started with.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from contextlib import suppress
from typing import Any, Final

#: prctl(2): PR_SET_DUMPABLE.
_SET_DUMPABLE: Final = 4
#: SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX: no report of a crash is made;
#: WER_FAULT_REPORTING_FLAG_NOHEAP: one that is made all the same leaves the heap out.
_NO_REPORT, _NO_HEAP = 0x0001 | 0x0002, 0x1


def refuse(platform: str = sys.platform) -> None:
    """From now on a crash of this process leaves no copy of its memory, as far as the system lets a program
    say so. It never raises. A program that takes this one's place (`exec`) has to say it again."""
    with suppress(Exception):
        (_on_windows if platform == "win32" else _on_unix)(platform)


def _on_unix(platform: str) -> None:
    resource: Any = importlib.import_module("resource")
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def _on_windows(_platform: str) -> None:
    windows: Any = ctypes
    windows.windll.kernel32.SetErrorMode(_NO_REPORT)
    windows.windll.wer.WerSetFlags(_NO_HEAP)


def wipe_from_environment(name: str) -> None:
    """Overwrite what the environment that this process was started with says under `name`.

    To take it out of `os.environ` is not enough: the system shows the first environment of a process to
    other programs of its user, from the memory where it was laid. Call it before that.
    """
    if sys.platform == "win32":
        return
    with suppress(Exception):
        getenv = ctypes.CDLL(None).getenv
        getenv.restype = ctypes.c_void_p
        place = getenv(name.encode())
        if place:
            ctypes.memset(place, 0, len(ctypes.string_at(place)))
