"""A disk that takes nothing more, and a folder that may not be written to: for this process or another."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

#: No file can grow beyond this many bytes: too few for any page of a database, or for a photo.
FULL: Final = 2000
_MAY_PASS_OVER_PERMISSIONS: Final = 0b110
_CAPABILITIES_V3: Final = 0x20080522

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="limits a process as Linux does")


@contextmanager
def full_disk(process: int = 0) -> Iterator[None]:
    """Have every write of a process that makes a file longer fail, as on a full disk; 0 is this one.

    Python ignores the signal that would otherwise end the process.
    """
    import resource

    _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (FULL, most))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, most))


def obey_permissions() -> None:
    """Let a folder's permissions hold for this thread even when root runs it; there is no way back."""
    if os.geteuid() != 0:
        return
    kernel = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", _CAPABILITIES_V3, 0)
    held = ctypes.create_string_buffer(24)
    if kernel.capget(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    held.raw = struct.pack(
        "6I", *(each & ~_MAY_PASS_OVER_PERMISSIONS for each in struct.unpack("6I", held.raw))
    )
    if kernel.capset(header, held) != 0:
        raise OSError(ctypes.get_errno(), "capset")


#: A program of ours that permissions hold for, whoever runs it: `sync_server` and its words follow.
OBEDIENT: Final = (
    sys.executable,
    "-c",
    "import sys; from tests.scenarios.bad_disk import obey_permissions; obey_permissions();"
    "from sync_server.__main__ import main; sys.exit(main(sys.argv[1:]))",
)
