"""App and server of different ages, and tablets whose clocks stand in 1970 and in 2031."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from app.fieldbook import World, unlock
from app.problems import SERVER_IS_OLDER, TEXTS, Problem, text_of
from app.settings import Settings
from app.store.store import system_now_ms
from tests.scenarios.office import CHEAP, PASSPHRASE, RunningServer, Tablet
from tests.sync.raw_server import RawServer, answer


def reopened_at(tablet: Tablet, year: int, month: int = 1, day: int = 2) -> None:
    """Open the tablet again with a clock that says this day, and goes on from there."""
    tablet.close()
    ahead = int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000) - system_now_ms()
    world = World(floor=CHEAP, now_ms=lambda: system_now_ms() + ahead)
    tablet.book = unlock(Settings(tablet.folder, auto_sync=False), PASSPHRASE, world=world).wait(30)


@pytest.mark.parametrize(
    ("spoken", "newest", "text"),
    [([2, 3], 3, TEXTS["sync.protocol.unsupported"]), ([0], 0, SERVER_IS_OLDER)],
)
def test_a_server_of_another_age_gets_nothing_and_she_hears_which_side_must_be_updated(
    server: RunningServer,
    officer: Tablet,
    raw_server: RawServer,
    spoken: list[int],
    newest: int,
    text: str,
) -> None:
    case = officer.new_case()
    about = {"server": officer.identity.server_id, "name": "x", "demo": False, "now": 1, "protocols": spoken}
    raw_server.say(answer(json.dumps(about).encode()))
    officer.book._client.address = raw_server.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.protocol.unsupported"
    assert outcome.problem.params == {"protocol": 1, "newest": newest}
    assert text_of(outcome.problem) == text
    assert [request.split(b" ")[1] for request in raw_server.requests] == [b"/v1/about"]
    view = officer.book.sync_view().wait(10)
    assert (view.problem, view.waiting) == ("sync.protocol.unsupported", 1)
    assert view.problem_params == {"protocol": 1, "newest": newest}

    officer.book._client.address = server.address
    assert officer.sync().sent == 1
    assert server.values(officer.case_file(case))["country"] == "al"


@pytest.mark.parametrize(
    ("protocol", "text"), [(0, TEXTS["sync.protocol.unsupported"]), (2, SERVER_IS_OLDER)]
)
def test_a_server_refuses_a_request_of_a_protocol_that_it_does_not_speak(
    server: RunningServer, officer: Tablet, monkeypatch: pytest.MonkeyPatch, protocol: int, text: str
) -> None:
    from sync_server.protocol import schema

    officer.sync()
    case = officer.new_case()
    encode = schema.encode
    with monkeypatch.context() as other:
        other.setattr(
            schema,
            "encode",
            lambda message: encode(message).replace(b'"protocol":1', b'"protocol":%d' % protocol),
        )
        outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.protocol.unsupported"
    assert outcome.problem.params == {"protocol": protocol, "newest": 1}
    assert text_of(outcome.problem) == text
    assert server.values(officer.case_file(case)) == {}
    assert officer.sync().sent == 1


@pytest.mark.parametrize("year", [1970, 2031])
def test_whatever_year_a_tablet_believes_in_the_later_answer_stands_and_the_other_is_told(
    server: RunningServer, officer: Tablet, coordinator: Tablet, year: int
) -> None:
    case = officer.new_case()
    officer.sync()
    coordinator.sync()
    record = officer.case_file(case)

    # The one with the wrong clock writes first and syncs last; then she writes after the other one.
    reopened_at(officer, year)
    officer.change(record, stage="shelter", notes="written in a wrong year")
    coordinator.change(record, stage="decision")
    coordinator.sync()
    officer.sync()
    coordinator.sync()
    assert officer.values(record)["stage"] == coordinator.values(record)["stage"] == "decision"
    assert server.values(record)["notes"] == "written in a wrong year"
    (logged,) = server.conflict_log()
    assert (logged.kept, logged.lost) == ("decision", "shelter")
    assert [conflict.id for conflict in officer.conflicts()] == [logged.id]

    officer.change(record, stage="travel")
    officer.sync()
    coordinator.sync()
    assert coordinator.values(record)["stage"] == "travel"
    coordinator.change(record, stage="arrival")
    coordinator.sync()
    officer.sync()
    assert officer.values(record)["stage"] == server.values(record)["stage"] == "arrival"
    assert len(server.conflict_log()) == 1

    # The clock that is right again goes on from where all the others are.
    officer.close()
    officer.open()
    officer.change(record, notes="written in the right year")
    officer.sync()
    coordinator.sync()
    assert coordinator.values(record)["notes"] == "written in the right year"


@pytest.mark.parametrize("year", [1970, 2031])
def test_a_case_begun_in_a_wrong_year_is_there_in_the_right_one(
    server: RunningServer, officer: Tablet, coordinator: Tablet, year: int
) -> None:
    reopened_at(officer, year)
    case = officer.new_case()
    assert officer.book.today().wait(10) is not None
    record = officer.fill(
        case, "monitoring_contact", outcome="unreachable", observation="x", risk_level="low"
    )
    officer.sync()
    officer.close()
    officer.open()
    coordinator.sync()
    assert coordinator.values(record)["observation"] == officer.values(record)["observation"] == "x"
    view = officer.book.sync_view().wait(10)
    assert (view.problem, view.waiting) == (None, 0)


def test_a_record_of_a_form_that_is_not_here_is_told_kept_and_opened_after_the_next_sync(
    officer: Tablet, coordinator: Tablet
) -> None:
    case = officer.new_case()
    record = officer.fill(
        case, "monitoring_contact", outcome="unreachable", observation="x", risk_level="low"
    )
    officer.sync()
    coordinator.sync()
    coordinator.book._store.write(lambda db: db.run("DELETE FROM form WHERE id = 'monitoring_contact'"))
    with pytest.raises(Problem, match=r"record\.form\.missing"):
        coordinator.book.edit(record).wait(10)
    assert record in {row.id for row in coordinator.book.case(case).wait(10).records}
    coordinator.sync()
    assert coordinator.values(record)["observation"] == "x"
