"""Answers and bodies that no honest device or server sends, or that are too much: nothing is lost by them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from app.problems import TEXTS
from sync_server.storage.base import Office
from sync_server.storage.database import Database
from tests.scenarios.office import OFFICE, RunningServer, Tablet, copy_server
from tests.sync.raw_server import RawServer, answer

FOLDED = "Content-Encoding: zstd\r\n"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (answer(b"not json at all"), "sync.answer.not_ours"),
        (answer(b'{"protocols": [1], "name": 7}'), "sync.answer.invalid"),
        (answer(b'{"welcome": "to another program"}'), "sync.answer.invalid"),
        (answer(b"[" * 100_000), "sync.answer.not_ours"),
        (answer(b'{"name": "' + b"x" * 70_000_000 + b'"}'), "sync.answer.too_large"),
        (answer(zstandard.compress(bytes(100_000_000)), more=FOLDED), "sync.answer.too_large"),
        (answer(b"no zstd", more=FOLDED), "sync.answer.not_ours"),
    ],
    ids=["no JSON", "another type", "another schema", "too deep", "too large", "zip bomb", "damaged"],
)
def test_whatever_is_answered_to_a_tablet_it_says_so_and_sends_its_work_to_the_right_server_later(
    server: RunningServer, officer: Tablet, raw_server: RawServer, told: bytes, code: str
) -> None:
    case = officer.new_case()
    raw_server.say(told)
    officer.book._client.address = raw_server.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == code
    assert code in TEXTS
    assert officer.book.sync_view().wait(10).waiting == 1
    officer.book._client.address = server.address
    assert officer.sync().sent == 1
    assert server.values(officer.case_file(case))["country"] == "al"


def test_an_answer_to_a_push_that_makes_no_sense_neither_takes_nor_loses_anything(
    server: RunningServer, officer: Tablet, raw_server: RawServer
) -> None:
    officer.sync()
    case = officer.new_case()
    about = {"protocols": [1], "server": officer.identity.server_id, "demo": False, "name": "x", "now": 1}
    raw_server.say(answer(json.dumps(about).encode()), answer(b'{"accepted": "all of it"}'))
    officer.book._client.address = raw_server.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.answer.invalid"
    assert officer.book.sync_view().wait(10).waiting == 1
    officer.book._client.address = server.address
    assert officer.sync().sent == 1
    assert server.values(officer.case_file(case))["country"] == "al"


@pytest.fixture
def narrow(server_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    """A server that takes no body of more than 64 KiB."""
    monkeypatch.setenv("HOMEWARD_MAX_BODY", str(64 * 1024))
    server = copy_server(server_template, tmp_path / "narrow")
    server.start()
    yield server
    server.stop()


def test_what_is_too_large_for_the_server_goes_in_smaller_parts_and_all_of_it_arrives(
    narrow: RunningServer, tmp_path: Path
) -> None:
    officer = Tablet(tmp_path / "officer", "officer", narrow)
    cases = [officer.new_case() for _ in range(40)]
    for case in cases:
        officer.change(officer.case_file(case), notes=os.urandom(4_500).hex())
    heard = []
    for _ in range(6):
        outcome = officer.try_to_sync()
        if outcome.problem is None:
            break
        heard.append(outcome.problem.code)
    assert heard == ["sync.body.too_large"] * len(heard)
    assert heard, "the limit was never met"
    assert officer.book.sync_view().wait(10).waiting == 0
    assert all(len(narrow.values(officer.case_file(case))["notes"]) == 9_000 for case in cases)
    officer.close()


def move(server: RunningServer, case: str, office: str) -> None:
    """Give a case to another office, as an administrator may one day."""
    with closing(server.storage()) as storage:
        assert isinstance(storage, Database)
        storage.add_office(Office(office, office, "al"))
        with storage.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE cases SET office = ? WHERE id = ?", (office, case))


def test_a_record_of_a_case_that_is_not_hers_any_more_is_refused_shown_and_kept_and_others_pass(
    server: RunningServer, officer: Tablet
) -> None:
    lost, own = officer.new_case(), officer.new_case()
    officer.sync()
    move(server, lost, "Elsewhere")
    officer.change(officer.case_file(lost), notes="written before she knew")
    officer.change(officer.case_file(own), notes="this one passes")
    outcome = officer.try_to_sync()
    assert (outcome.problem, outcome.sent, outcome.refused) == (None, 1, 1)
    view = officer.book.sync_view().wait(10)
    assert [row.id for row in view.refused] == [officer.case_file(lost)]
    assert [row.refused for row in view.refused] == ["sync.case.not_granted"]
    assert officer.values(officer.case_file(lost))["notes"] == "written before she knew"
    assert server.values(officer.case_file(own))["notes"] == "this one passes"

    move(server, lost, OFFICE)
    officer.change(officer.case_file(lost), risk="high")
    officer.sync()
    values = server.values(officer.case_file(lost))
    assert (values["notes"], values["risk"]) == ("written before she knew", "high")
    assert officer.book.sync_view().wait(10).refused == ()
