"""Why the disk takes nothing: it is full, or the server may not write there."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import Final

from sync_server.protocol.problems import Problem

_MAY_NOT: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
#: A line that breaks while it is read says others.
_CANNOT: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
#: As much as SQLite writes beside a database before it opens it.
_ROOM_TO_OPEN: Final = 64 * 1024


def problem_of(error: OSError) -> Problem | None:
    """server.storage.read_only or server.write.failed; None where the disk did not refuse a write."""
    if error.errno in _MAY_NOT:
        return Problem("server.storage.read_only")
    return Problem("server.write.failed") if error.errno in _CANNOT else None


def refusal(folder: Path, file: str = "") -> Problem | None:
    """Why nothing can be written in a folder, or to that file of it, found by trying; None when it can.

    SQLite tells a fault of the disk, or a file that does not open, without saying why.
    """
    trial = folder / f".trial-{secrets.token_hex(4)}"
    try:
        try:
            trial.write_bytes(bytes(_ROOM_TO_OPEN))
        finally:
            trial.unlink(missing_ok=True)
    except OSError as error:
        return problem_of(error)
    return None if may(folder / file, os.W_OK) else Problem("server.storage.read_only")


def may(place: Path, do: int) -> bool:
    """Whether what is there may be read (os.R_OK) or written to (os.W_OK); what is not there forbids nothing.

    Nothing is opened: to close a database's file once more would let go of SQLite's locks on it.
    """
    return not os.path.exists(place) or os.access(place, do)
