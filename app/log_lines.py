"""The device's log: `logs/app.log` in its folder. It tells what happened and never about whom.

What a line may say is decided in `sync_server.protocol.log_lines`, for both sides at once: codes,
counts, the device's id, and places in the code.
"""

from __future__ import annotations

import logging
import platform
import sys
from pathlib import Path
from typing import Final

from sync_server.protocol.log_lines import LogFile, catch_unhandled
from sync_server.protocol.log_lines import install as install_handlers
from sync_server.protocol.version import PROGRAM

FOLDER: Final = "logs"
_NAME: Final = "app.log"
#: Some months of a device; older lines go.
_BYTES_EACH: Final = 1_000_000
_FILES: Final = 4

log = logging.getLogger("app.command")


def install(folder: Path | None) -> None:
    """Log into `folder`/logs from now on; a folder that is not there yet is not made for this.

    As long as the folder is not known (None) nothing is logged, and a fault tells no more than later.
    """
    install_handlers(*([LogFile(folder / FOLDER, _NAME, _BYTES_EACH, _FILES)] if folder else []))
    catch_unhandled(log, _tell)
    if folder is None:
        return
    log.info(
        "app.started",
        extra={
            "version": PROGRAM,
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            "frozen": bool(getattr(sys, "frozen", False)),
        },
    )


def _tell(what: str) -> None:
    """The last words on a terminal; a packaged app on Windows has none."""
    if sys.stderr is not None:
        print(f"Homeward met a fault of its own: {what} [app.work.failed]", file=sys.stderr)
