"""The log tells what happened and never about whom."""

from __future__ import annotations

import json
import logging
import sys

from sync_server.log_lines import JsonLines

CANARY = "Mira Shembulli"


def line_of(record: logging.LogRecord) -> dict[str, object]:
    text = JsonLines().format(record)
    assert "\n" not in text
    loaded: dict[str, object] = json.loads(text)
    return loaded


def record(name: str, message: str, *args: object, **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(
        name, logging.ERROR, __file__, 1, message, args, sys.exc_info(), extra=extra
    )


def test_a_line_carries_its_facts_and_drops_what_is_no_fact() -> None:
    line = line_of(record("sync_server.web", "request.answered", status=200, ms=3, login=CANARY))
    assert line["event"] == "request.answered"
    assert (line["status"], line["ms"]) == (200, 3)
    assert CANARY not in json.dumps(line)


def test_the_text_of_an_exception_stays_out_of_the_log() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        line = line_of(record("sync_server.web", "request.failed"))
    assert line["error"] == "ValueError"
    assert CANARY not in json.dumps(line)


def test_of_what_a_library_wants_to_say_only_its_place_is_kept() -> None:
    line = line_of(record("sqlalchemy.pool", "could not write %r", CANARY))
    assert line["event"] == "library.sqlalchemy.pool"
    assert line["at"].startswith("tests/server_cli/test_log_lines.py:")
    assert CANARY not in json.dumps(line)
