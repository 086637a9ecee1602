"""The log tells what happened and never about whom."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from sync_server.log_lines import JsonLines
from sync_server.protocol.log_lines import EVENTS, LogFile, checked
from sync_server.protocol.version import PROGRAM

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


def test_a_fact_of_another_shape_is_left_out_whoever_wrote_it() -> None:
    line = line_of(
        record("app.sync", "sync.ended", code=CANARY, device=CANARY, form=CANARY, sent=CANARY, ms=3)
    )
    assert line["event"] == "sync.ended"
    assert line["ms"] == 3
    assert not {"code", "device", "form", "sent"} & set(line)


def test_a_sentence_is_no_event_and_only_the_code_of_its_problem_is_kept() -> None:
    class Refused(Exception):
        code = "sync.case.not_granted"

    line = line_of(record("app.sync.syncer", f"ended for {CANARY}: %s", Refused(CANARY)))
    assert (line["event"], line["code"]) == ("note", "sync.case.not_granted")
    assert CANARY not in json.dumps(line)


def test_a_login_is_no_event_though_it_looks_like_one() -> None:
    line = line_of(record("app.views", "mira.shembulli"))
    assert line["event"] == "note"
    assert "mira" not in json.dumps(line)
    written = json.dumps({"time": "2026-05-04T07:00:00.000+00:00", "event": "mira.shembulli"})
    assert checked(written) is None


def test_every_event_that_is_logged_has_a_name_and_every_name_is_used() -> None:
    root = Path(__file__).parents[2]
    sources = [path for side in ("app", "forms", "sync_server") for path in (root / side).rglob("*.py")]
    logged = {
        first
        for path in sources
        for first in re.findall(
            r"\blog\.(?:debug|info|warning|error|exception|critical)\(\s*([^,)]+)", path.read_text("utf-8")
        )
    }
    assert logged == {f'"{event}"' for event in EVENTS - {"note"}}


def test_a_line_that_was_read_again_says_the_same() -> None:
    text = JsonLines().format(record("sync_server.web", "request.answered", status=200, route="/v1/sync"))
    assert checked(text) == text


def test_a_log_takes_a_bounded_place_and_is_for_its_owner_only(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs", "server.log", 2_000, 3)
    for _ in range(200):
        log.emit(record("sync_server.web", "request.answered", status=200))
    log.close()
    files = sorted((tmp_path / "logs").iterdir())
    assert [file.name for file in files] == ["server.log", "server.log.1", "server.log.2"]
    assert sum(file.stat().st_size for file in files) <= 6_000
    if os.name == "posix":
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be", "utf-8")
    for folder in (tmp_path / "logs", tmp_path / "nowhere" / "logs"):
        LogFile(folder, "app.log", 2_000, 3).handle(record("app.sync", "sync.ended"))
    assert capfd.readouterr().err == ""
    assert not (tmp_path / "nowhere").exists()


def test_the_release_in_the_log_is_the_one_that_is_built() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == PROGRAM


def test_a_line_that_no_program_of_ours_wrote_is_no_line_of_a_log() -> None:
    for odd in ("[" * 5_000, "[" * 200_000, "{}", "no json"):
        assert checked(odd) is None
