"""The server's log: one JSON object a line, for machines, and nothing personal in it.

Our own records carry named facts (`extra`), all of them ids, counts, codes and times. Records of
libraries keep only their template, never the arguments, and of an exception only kind and place:
arguments and messages may quote what somebody wrote into a form.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

#: What a line may carry beside time, level and event. Anything else that a record holds stays out.
FACTS: Final = frozenset(
    {
        *(
            "request_id",
            "method",
            "route",
            "status",
            "code",
            "ms",
            "bytes_in",
            "bytes_out",
            "device",
            "office",
        ),
        *("protocol", "accepted", "refused", "conflicts", "sent", "form", "version", "job", "count"),
        *("host", "port", "demo", "error", "at"),
    }
)
_OURS: Final = "sync_server"
_HOME: Final = Path(__file__).resolve().parents[1]


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower()}
        if record.name == _OURS or record.name.startswith(_OURS + "."):
            line["event"] = str(record.msg)
            line.update(
                {fact: getattr(record, fact) for fact in FACTS if getattr(record, fact, None) is not None}
            )
        else:
            line["event"] = f"library.{record.name}"
            line["template"] = (
                str(record.msg)[:200] if isinstance(record.msg, str) else type(record.msg).__name__
            )
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"), default=str)


def install(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send every record of this process to `stream` as JSON lines; libraries only from warning on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level)
    logging.captureWarnings(True)


def place(error: BaseException) -> str:
    """File and line of the innermost frame that is ours, as `sync_server/exchange.py:120`."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_HOME) and "site-packages" not in path.parts:
            return f"{path.relative_to(_HOME).as_posix()}:{frame.lineno}"
    return "elsewhere"
