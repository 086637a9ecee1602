"""What a line of a log may say, on the device and on the server: one JSON object, and nothing personal.

Our own records are of events with a name in the list here, and carry named facts (`extra`): numbers
of devices, counts, codes, times and places in the code, each of a fixed shape; what has another
shape is left out, whoever wrote it. A form's id is no such fact: the form of a stranger may have
been named after a person. A record of a library keeps
its name and its place only, for its text may quote what somebody wrote into a form. Of an exception
its type and the way it took through the code stay, never its text.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, TextIO

_OURS: Final = frozenset({"app", "forms", "sync_server"})
#: The script that a packaged program begins with stands in no folder.
_PACKAGED_MAIN: Final = Path("__main__.py")
_HOME: Final = Path(__file__).resolve().parents[2]
_DEEPEST: Final = 12
_MOST: Final = 1 << 62

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,40}(\.[a-z0-9_]{1,40}){0,4}")
_WORD: Final = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")
_PLACE: Final = re.compile(r"[A-Za-z0-9_./+-]{1,200}:[0-9]{1,6}|elsewhere")
#: What a line of ours may say that happened. A login, too, would have the shape of an event's name.
EVENTS: Final = frozenset(
    {
        *(
            "anchor.not_moved",
            "app.started",
            "attempt.not_counted",
            "backup.made",
            "backup.not_noted",
            "checkpoint.failed",
            "command.refused",
            "fault.unhandled",
            "form.signed_off",
            "job.done",
            "job.failed",
            "journal.not_emptied",
            "keyring.absent",
            "keyring.refused",
        ),
        *("note", "request.answered", "request.failed", "request.refused", "sealed_file.not_deleted"),
        *(
            "reminder.failed",
            "server.ended",
            "server.listening",
            "sync.end_not_kept",
            "sync.ended",
            "sync.failed",
        ),
        *(
            "sync.met_problem",
            "programme.not_readable",
            "unlock.not_tidied",
            "window.capture_not_refused",
            "work.failed",
            "work.refused",
        ),
    }
)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}\+00:00")
_NUMBER: Final = None

#: What a line may carry beside time, level and event, and the shape of it; None for a number or a truth.
FACTS: Final[Mapping[str, re.Pattern[str] | None]] = {
    **dict.fromkeys(("request_id", "version", "job", "python", "system", "machine"), _WORD),
    **dict.fromkeys(
        ("status", "ms", "bytes_in", "bytes_out", "accepted", "refused", "conflicts", "sent", "received"),
        _NUMBER,
    ),
    **dict.fromkeys(("files_sent", "files_received", "count", "port", "demo", "frozen"), _NUMBER),
    "language": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}"),
    "method": re.compile(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"),
    "route": re.compile(r"/[A-Za-z0-9_./<>:-]{0,100}"),
    "device": re.compile(r"[0-9a-f]{8}"),
    "code": _CODE,
    "error": re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}"),
    "at": _PLACE,
    "trace": _PLACE,
}


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname.lower()}
        if _says_ours(record):
            line.update(_of_ours(record))
        else:
            name = record.name if _WORD.fullmatch(record.name) else "unnamed"
            line.update(event=f"library.{name}", at=_place(record.pathname, record.lineno))
        if record.exc_info and record.exc_info[1] is not None:
            line.update(error_facts(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def _says_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS


def _is_wanted(record: logging.LogRecord) -> bool:
    """Libraries may set levels of their own; Kivy does."""
    return _says_ours(record) or record.levelno >= logging.WARNING


def _of_ours(record: logging.LogRecord) -> dict[str, Any]:
    event = str(record.msg)
    facts: dict[str, Any] = {"event": event}
    if event not in EVENTS:
        facts = {"event": "note", "at": _place(record.pathname, record.lineno)}
    if isinstance(record.args, tuple):
        for argument in record.args:
            if _fits("code", code := getattr(argument, "code", None)):
                facts["code"] = code
    return {**facts, **fitting(vars(record))}


def fitting(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `facts` that a line may carry, and that have their shape."""
    return {name: facts[name] for name in FACTS if _fits(name, facts.get(name))}


def _fits(name: str, value: object) -> bool:
    shape = FACTS[name]
    if isinstance(value, bool | int | float):
        return shape is _NUMBER and -_MOST < value < _MOST
    if isinstance(value, list):
        return name == "trace" and len(value) <= _DEEPEST and all(_fits(name, each) for each in value)
    return shape is not None and isinstance(value, str) and shape.fullmatch(value) is not None


def checked(text: str) -> str | None:
    """A line of a log file again, without what a line may not say; None where it is no line of a log."""
    try:
        line = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict):
        return None
    time, level, event = (line.get(name) for name in ("time", "level", "event"))
    name = event.removeprefix("library.") if isinstance(event, str) else ""
    known = _WORD.fullmatch(name) if name != event else name in EVENTS
    if not (known and isinstance(time, str) and _TIME.fullmatch(time)):
        return None
    kept = {"time": time, "level": level if level in _LEVELS else "info", "event": event, **fitting(line)}
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":"))


#: A line of ours is shorter by far.
_LONGEST: Final = 20_000
_LEVELS: Final = ("debug", "info", "warning", "error", "critical")


def error_facts(error: BaseException) -> dict[str, Any]:
    """The type of an exception and the places that it came through, the innermost last."""
    frames = [_place(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    facts: dict[str, Any] = {"error": type(error).__name__, "trace": frames[-_DEEPEST:] or ["elsewhere"]}
    return {**facts, **fitting({"code": getattr(error, "code", None)})}


def place(error: BaseException) -> str:
    """File and line of the innermost frame that is ours, as `sync_server/exchange.py:120`."""
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        if _is_ours(Path(frame.f_code.co_filename)):
            return _place(frame.f_code.co_filename, line)
    return "elsewhere"


def _is_ours(file: Path) -> bool:
    """In a packaged program every file is known by its place in the program, those of libraries too."""
    if file.is_absolute():
        return file.is_relative_to(_HOME) and "site-packages" not in file.parts
    return file.parts[:1] != () and (file.parts[0] in _OURS or file == _PACKAGED_MAIN)


def _place(file: str, line: int) -> str:
    """A place in the code without the folder that the program lies in, which may bear a person's name."""
    path = Path(file)
    if path.is_absolute():
        parts = path.parts
        if "site-packages" in parts:
            path = Path(*parts[len(parts) - parts[::-1].index("site-packages") :])
        elif path.is_relative_to(_HOME):
            path = path.relative_to(_HOME)
        elif path.is_relative_to(Path(os.__file__).parent):
            path = path.relative_to(Path(os.__file__).parent)
        else:
            return "elsewhere"
    found = f"{path.as_posix()}:{line}"
    return found if _PLACE.fullmatch(found) else "elsewhere"


class LogFile(RotatingFileHandler):
    """A log in `folder`, for its owner's eyes, of at most `bytes_each` × `files` on the disk.

    The folder is made with the first line, if what it lies in is there. A log that cannot be written
    (the disk is full, the folder read-only) stops nothing and says nothing.
    """

    def __init__(self, folder: Path, name: str, bytes_each: int, files: int) -> None:
        self._folder = folder
        super().__init__(folder / name, "a", bytes_each, files - 1, encoding="ascii", delay=True)
        self.setFormatter(JsonLines())

    def _open(self) -> Any:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="ascii")

    def handleError(self, record: logging.LogRecord) -> None:
        """Work goes on without a log; what logging would print instead could quote a form."""


class QuietStream(logging.StreamHandler[TextIO]):
    """JSON lines on a stream; a stream that was closed stops nothing."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.setFormatter(JsonLines())

    def handleError(self, record: logging.LogRecord) -> None:
        """See LogFile."""


def install(*handlers: logging.Handler) -> None:
    """Send every record of this process to `handlers`; of libraries only warnings and worse."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, LogFile):
            handler.close()
    for handler in handlers:
        handler.addFilter(_is_wanted)
    # With no handler at all Python would print warnings as they are.
    root.handlers[:] = handlers or [logging.NullHandler()]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)


def catch_unhandled(log: logging.Logger, tell: Callable[[str], object]) -> None:
    """Log what nobody caught, on whatever thread, by its type and places; `tell` a person the same in a line.

    Python would print its text, and the texts of what caused it.
    """

    def note(error: BaseException) -> None:
        log.error("fault.unhandled", extra=error_facts(error))
        tell(f"{type(error).__name__} at {place(error)}")

    def of_program(_type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            tell("interrupted")
        else:
            note(error)

    def of_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
            note(what.exc_value)

    def of_nobody(what: Any) -> None:
        if what.exc_value is not None:
            note(what.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_program, of_thread, of_nobody
