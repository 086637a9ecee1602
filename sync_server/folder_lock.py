"""One server at a time answers out of one folder: each of two would count failed logins, keep house and turn
the log over by itself.

The commands beside it may run meanwhile: the database keeps them apart.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync_server.config import SetupProblem
from sync_server.storage import disk

if sys.platform == "win32":
    import msvcrt

    def _take(folder: Path) -> int:
        """A folder cannot be locked there, but a file that stays in it."""
        file = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(file)
            raise BlockingIOError from None
        return file

else:
    import fcntl

    def _take(folder: Path) -> int:
        """The folder itself is locked: that needs no room on a full disk."""
        file = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise
        except OSError:
            # Some disks of a network lock no folders: to serve unguarded is better than not to serve.
            pass
        return file


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other servers out of the folder; the system lets go of it when the process ends, however that is.

    Raises SetupProblem server.folder.in_use, and what `disk.problem_of` tells of a folder without room.
    """
    try:
        file = _take(folder)
    except BlockingIOError:
        raise SetupProblem("server.folder.in_use", folder=str(folder)) from None
    except OSError as error:
        raise disk.problem_of(error) or error from error
    try:
        yield
    finally:
        os.close(file)
