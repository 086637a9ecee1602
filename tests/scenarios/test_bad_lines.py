"""Lines that break in the middle: what was lost is sent again, and nothing is taken twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.problems import Problem
from tests.scenarios.bad_line import BadLine
from tests.scenarios.office import RunningServer, Tablet

RECEPTION = {
    "reception_outcome": "received",
    "identity_confirmed": "code",
    "met_by": "officer",
    "urgent_health": ["none"],
    "escorted_to": "shelter",
    "handed_over_to": "Night shift",
    "arrived_at": "2024-05-04T14:20:00.000+02:00",
    "handed_over_at": "2024-05-04T15:05:00.000+02:00",
}


@pytest.fixture
def line(server: RunningServer) -> Iterator[BadLine]:
    line = BadLine(server.port)
    yield line
    line.close()


@pytest.fixture
def faraway(line: BadLine, tmp_path: Path) -> Iterator[Tablet]:
    """The officer's tablet, at the end of the bad line."""
    tablet = Tablet(tmp_path / "faraway", "officer", line)
    yield tablet
    tablet.close()


@pytest.mark.parametrize("passed", [0, 1, 20, 150, 300])
def test_a_lost_acknowledgement_is_neither_a_loss_nor_a_conflict(
    server: RunningServer, line: BadLine, faraway: Tablet, passed: int
) -> None:
    case = faraway.new_case()
    record = faraway.case_file(case)
    line.cut_after = passed
    outcome = faraway.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code in ("sync.server.unreachable", "sync.answer.cut")
    assert server.values(record)["country"] == "al", "the server had taken it, only its answer was lost"
    line.cut_after = None

    # She goes on before she knows that the first part has arrived.
    faraway.change(record, risk="high")
    assert faraway.sync().sent == 2
    assert server.values(record)["risk"] == "high"
    assert server.conflict_log() == []
    (row,) = faraway.book.case(case).wait(10).records
    assert row.state == "on_server"
    assert (faraway.sync().sent, faraway.sync().received) == (0, 0)


def test_a_pull_goes_on_where_it_was_cut(
    server: RunningServer, line: BadLine, officer: Tablet, tmp_path: Path
) -> None:
    cases = [officer.new_case() for _ in range(300)]
    officer.sync()
    tablet = Tablet(tmp_path / "faraway", "coordinator", line, fresh=True)
    tablet.close()
    tablet.open(page=32_000)
    line.cut_after = 15_000
    assert not tablet.try_to_sync().succeeded
    kept = len(tablet.book.cases().wait(10))
    assert 0 < kept < len(cases), "some pages came, each with its cursor"
    line.cut_after = None
    assert tablet.sync().received == len(cases) - kept
    assert len(tablet.book.cases().wait(10)) == len(cases)
    tablet.close()


def test_a_photo_follows_its_record_to_the_other_tablet(
    officer: Tablet, coordinator: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "paper.jpg"
    Image.new("RGB", (640, 480), (12, 90, 60)).save(photo)
    case = officer.new_case()
    opened = officer.book.begin(case, "airport_reception").wait(10)
    officer.answer(opened, RECEPTION)
    path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
    name = officer.book.attach(opened.record, path, photo).wait(10)
    officer.book.save(opened.record, opened.entry.answer(path, name)).wait(10)
    assert officer.book.sync_view().wait(10).waiting_attachments == 0, "a draft's photo waits for its end"
    assert officer.book.finish(opened.record).wait(10) == ()
    assert officer.book.sync_view().wait(10).waiting_attachments == 1
    assert officer.sync().attachments_sent == 1
    assert coordinator.sync().attachments_received == 1
    assert coordinator.book.attachment(name).wait(10) == officer.book.attachment(name).wait(10)
    assert officer.sync().attachments_sent == coordinator.sync().attachments_received == 0


def test_a_photo_that_its_author_could_not_send_yet_comes_with_a_later_sync(
    line: BadLine, faraway: Tablet, coordinator: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "paper.png"
    Image.effect_noise((200, 200), 90).save(photo)
    case = faraway.new_case()
    opened = faraway.book.begin(case, "airport_reception").wait(10)
    faraway.answer(opened, RECEPTION)
    path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
    name = faraway.book.attach(opened.record, path, photo).wait(10)
    faraway.book.save(opened.record, opened.entry.answer(path, name)).wait(10)
    assert faraway.book.finish(opened.record).wait(10) == ()
    line.refuse_uploads = True
    outcome = faraway.try_to_sync()
    assert outcome.problem is not None
    assert (outcome.sent, outcome.attachments_sent) == (2, 0)

    assert coordinator.sync().attachments_received == 0
    with pytest.raises(Problem, match=r"attachment\.file\.missing"):
        coordinator.book.attachment(name).wait(10)

    line.refuse_uploads = False
    assert faraway.sync().attachments_sent == 1
    assert coordinator.sync().attachments_received == 1
    assert coordinator.book.attachment(name).wait(10) == photo.read_bytes()


def test_a_sync_with_nothing_to_do_is_one_short_round_trip(line: BadLine, faraway: Tablet) -> None:
    faraway.new_case()
    faraway.sync()
    faraway.sync()
    up, down = line.up, line.down
    line.requests.clear()
    faraway.sync()
    assert line.requests == ["POST /v1/sync"]
    assert line.up - up < 1_000, "headers included"
    assert line.down - down < 1_000, "headers included"
