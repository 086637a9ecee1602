"""The server's log: `logs/server.log` in its folder, the same lines on its standard error while it serves."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Final, TextIO

from sync_server.protocol.log_lines import JsonLines, LogFile, QuietStream, catch_unhandled, place
from sync_server.protocol.log_lines import install as install_handlers

__all__ = ["FOLDER", "JsonLines", "install", "place"]

FOLDER: Final = "logs"
_NAME: Final = "server.log"
#: About a hundred thousand requests; older lines go.
_BYTES_EACH: Final = 5_000_000
_FILES: Final = 5

log = logging.getLogger("sync_server.command")


def install(folder: Path | None, stream: TextIO | None = None) -> None:
    """Log into `folder`/logs and to `stream`, as far as they are given."""
    handlers: list[logging.Handler] = []
    if folder is not None:
        handlers.append(LogFile(folder / FOLDER, _NAME, _BYTES_EACH, _FILES))
    if stream is not None:
        handlers.append(QuietStream(stream))
    install_handlers(*handlers)
    catch_unhandled(log, _tell if stream is None else _log_says_it)


def _tell(what: str) -> None:
    print(f"The server met a fault of its own: {what} [server.error]", file=sys.stderr)


def _log_says_it(_what: str) -> None:
    """The line is on standard error already."""
