"""Disks that are full to the last byte, on the tablet and in the office: what was said to be kept is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.problems import Problem
from tests.scenarios.bad_disk import needs_linux
from tests.scenarios.office import ROOT, RunningServer, Tablet, copy_server
from tests.scenarios.own_disks import SmallDisk, mounts

pytestmark = [needs_linux, mounts]

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


@contextmanager
def tablet(folder: Path, login: str, server: RunningServer) -> Iterator[Tablet]:
    enrolled = Tablet(folder, login, server)
    try:
        yield enrolled
    finally:
        enrolled.close()


@contextmanager
def running(server: RunningServer) -> Iterator[RunningServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def told(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as met:
        work()
    return met.value.code


def test_a_tablet_whose_disk_is_full_keeps_every_answer_that_it_took_and_goes_on_when_there_is_room(
    server: RunningServer, coordinator: Tablet, small_disk: SmallDisk
) -> None:
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        opened = officer.book.begin(officer.new_case(), "monitoring_contact").wait(30)
        officer.answer(opened, {"outcome": "unreachable"})
        heard: list[Problem] = []
        officer.book.on_problem.append(heard.append)
        with small_disk.full():
            observed = {"observation": "No answer, curtains drawn."}
            assert told(lambda: officer.answer(opened, observed)) == "store.write.failed"
            assert [problem.code for problem in heard] == ["store.write.failed"]
            assert told(lambda: officer.book.finish(opened.record).wait(30)) == "store.write.failed"
            assert told(lambda: officer.new_case("ma", "ar")) == "store.write.failed"
            (draft,) = officer.book.today().wait(10).drafts
            assert draft.record == opened.record
        officer.answer(opened, {"risk_level": "medium"})
        assert officer.book.finish(opened.record).wait(30) == ()
        assert len(officer.book.cases().wait(10)) == 1
        officer.sync()
        coordinator.sync()
        values = coordinator.values(opened.record)
        assert (values["outcome"], values["observation"], values["risk_level"]) == (
            *("unreachable", "No answer, curtains drawn.", "medium"),
        )


ANSWER_UNTIL_FULL = """
import os, sys
from pathlib import Path
from app.fieldbook import World, unlock
from app.problems import Problem
from app.settings import Settings
from tests.scenarios.office import CHEAP, PASSPHRASE

book = unlock(Settings(Path(sys.argv[1]), auto_sync=False), PASSPHRASE, world=World(floor=CHEAP)).wait()
for number in range(1000):
    try:
        opened = book.begin(sys.argv[2], "monitoring_contact").wait()
        path = next(path for path in opened.entry.definition.questions if path.endswith("observation"))
        book.save(opened.record, opened.entry.answer(path, f"{number} " + "x" * 9000)).wait()
    except Problem as problem:
        print(problem.code, flush=True)
        os.kill(os.getpid(), 9)
    print(opened.record, flush=True)
"""


def test_a_tablet_that_dies_on_a_full_disk_opens_with_every_answer_that_it_took(
    server: RunningServer, small_disk: SmallDisk
) -> None:
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        case = officer.new_case()
        officer.close()
        small_disk.fill(but=400_000)
        dying = subprocess.run(
            [sys.executable, "-c", ANSWER_UNTIL_FULL, str(officer.folder), case],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        *taken, code = dying.stdout.split()
        assert code == "store.write.failed", dying.stderr
        assert len(taken) > 2
        small_disk.free()
        officer.open()
        drafts = officer.book.today().wait(10).drafts
        assert {draft.record for draft in drafts} == set(taken)
        resumed = officer.book.resume(taken[-1]).wait(10)
        observed = f"{len(taken) - 1} {'x' * 9000}"
        assert observed in resumed.entry.values().values()
        officer.answer(resumed, {"outcome": "unreachable", "risk_level": "low"})
        assert officer.book.finish(taken[-1]).wait(30) == ()
        assert officer.sync().sent == 2
        assert observed in server.values(taken[-1]).values()


def test_a_tablet_is_opened_on_a_full_disk_as_soon_as_there_is_room_and_never_called_damaged(
    server: RunningServer, small_disk: SmallDisk
) -> None:
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        case = officer.new_case()
        officer.close()
        with small_disk.full():
            assert told(officer.open) == "store.write.failed"
        officer.open()
        assert [row.id for row in officer.book.cases().wait(10)] == [case]


@pytest.mark.parametrize("room", [0, 20_000, 60_000])
def test_a_sync_of_a_tablet_whose_disk_is_full_is_told_and_the_next_one_brings_and_sends_the_rest(
    server: RunningServer, coordinator: Tablet, small_disk: SmallDisk, room: int
) -> None:
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        others = [coordinator.new_case() for _ in range(60)]
        coordinator.sync()
        own = officer.new_case()
        officer.change(officer.case_file(own), risk="high")
        small_disk.fill(but=room)
        outcome = officer.try_to_sync()
        assert outcome.problem is not None
        assert outcome.problem.code == "store.write.failed"
        view = officer.book.sync_view().wait(10)
        assert (view.waiting, view.running) == (1, False)
        assert [row.id for row in officer.book.cases().wait(10)] == [own]

        # The server has taken it, and she could not note so: it goes out once more, and counts once.
        assert server.values(officer.case_file(own))["risk"] == "high"
        small_disk.free()
        officer.sync()
        assert {row.id for row in officer.book.cases().wait(10)} == {own, *others}
        assert officer.book.sync_view().wait(10).waiting == 0
        assert server.conflict_log() == []
        coordinator.sync()
        assert coordinator.values(officer.case_file(own))["risk"] == "high"


@pytest.mark.parametrize("room", [0, 40_000, 102_000])
def test_a_photo_for_which_the_tablet_has_no_room_is_taken_again_and_sent(
    server: RunningServer, coordinator: Tablet, small_disk: SmallDisk, tmp_path: Path, room: int
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(os.urandom(100_000))
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        opened = officer.book.begin(officer.new_case(), "airport_reception").wait(30)
        officer.answer(opened, RECEPTION)
        path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
        small_disk.fill(but=room)
        code = told(lambda: officer.book.attach(opened.record, path, photo).wait(30))
        assert code == "store.write.failed"
        assert list((officer.folder / "attachments").iterdir()) == []
        small_disk.free()
        name = officer.book.attach(opened.record, path, photo).wait(30)
        officer.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
        assert officer.book.finish(opened.record).wait(30) == ()
        assert officer.sync().attachments_sent == 1
        coordinator.sync()
        assert coordinator.book.attachment(name).wait(10) == photo.read_bytes()


def test_a_photo_that_comes_down_to_a_full_disk_comes_with_the_next_sync(
    server: RunningServer, coordinator: Tablet, small_disk: SmallDisk, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(os.urandom(400_000))
    opened = coordinator.book.begin(coordinator.new_case(), "airport_reception").wait(30)
    coordinator.answer(opened, RECEPTION)
    path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
    name = coordinator.book.attach(opened.record, path, photo).wait(30)
    coordinator.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
    assert coordinator.book.finish(opened.record).wait(30) == ()
    with tablet(small_disk.folder / "tablet", "officer", server) as officer:
        coordinator.sync()
        small_disk.fill(but=300_000)
        outcome = officer.try_to_sync()
        assert outcome.problem is not None
        assert outcome.problem.code == "store.write.failed"
        assert list((officer.folder / "attachments").iterdir()) == []
        assert officer.values(opened.record)["met_by"] == "officer", "the record came without its photo"
        small_disk.free()
        assert officer.sync().attachments_received == 1
        assert officer.book.attachment(name).wait(10) == photo.read_bytes()


def test_a_server_whose_disk_is_full_says_so_takes_nothing_by_half_and_all_of_it_later(
    server_template: Path, small_disk: SmallDisk, tmp_path: Path
) -> None:
    office = copy_server(server_template, small_disk.folder / "server")
    with running(office), tablet(tmp_path / "officer", "officer", office) as officer:
        cases = [officer.new_case() for _ in range(5)]
        with small_disk.full():
            outcome = officer.try_to_sync()
            assert outcome.problem is not None
            assert outcome.problem.code == "server.write.failed"
            assert officer.book.sync_view().wait(10).waiting == 5
        assert office.values(officer.case_file(cases[0])) == {}
        assert officer.sync().sent == 5
        assert office.values(officer.case_file(cases[-1]))["country"] == "al"


def test_what_a_server_took_before_its_disk_was_full_survives_its_death_and_the_rest_comes_later(
    server_template: Path, small_disk: SmallDisk, tmp_path: Path
) -> None:
    office = copy_server(server_template, small_disk.folder / "server")
    with running(office), tablet(tmp_path / "officer", "officer", office) as officer:
        case = officer.new_case()
        officer.sync()
        record = officer.case_file(case)
        small_disk.fill(but=900_000)
        taken = 0
        for number in range(1, 200):
            officer.change(record, notes=f"{number} {'x' * 9_000}")
            outcome = officer.try_to_sync()
            if outcome.problem is not None:
                break
            taken = number
        assert outcome.problem is not None
        assert outcome.problem.code == "server.write.failed"
        assert taken > 0
        office.stop(9)
        small_disk.free()
        office.start()
        assert office.values(record)["notes"].split()[0] == str(taken)
        assert officer.sync().sent == 1
        assert office.values(record)["notes"].split()[0] == str(number)
        assert office.conflict_log() == []


def test_a_photo_that_does_not_fit_on_the_servers_disk_is_sent_later(
    server_template: Path, small_disk: SmallDisk, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(os.urandom(600_000))
    office = copy_server(server_template, small_disk.folder / "server")
    with running(office), tablet(tmp_path / "officer", "officer", office) as officer:
        opened = officer.book.begin(officer.new_case(), "airport_reception").wait(30)
        officer.answer(opened, RECEPTION)
        path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
        name = officer.book.attach(opened.record, path, photo).wait(30)
        officer.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
        assert officer.book.finish(opened.record).wait(30) == ()
        small_disk.fill(but=500_000)
        outcome = officer.try_to_sync()
        assert outcome.problem is not None
        assert (outcome.problem.code, outcome.sent) == ("server.write.failed", 2)
        assert list((office.folder / "blobs").iterdir()) == []
        assert officer.book.sync_view().wait(10).waiting_attachments == 1
        small_disk.free()
        assert officer.sync().attachments_sent == 1


def test_a_server_that_is_started_on_a_full_disk_says_why_it_does_not_and_starts_when_there_is_room(
    server_template: Path, small_disk: SmallDisk, tmp_path: Path
) -> None:
    office = copy_server(server_template, small_disk.folder / "server")
    with running(office), tablet(tmp_path / "officer", "officer", office) as officer:
        case = officer.new_case()
        officer.sync()
        office.stop()
        with small_disk.full():
            assert "[server.write.failed]" in office.refuses_to_start()
        office.start()
        assert office.values(officer.case_file(case))["country"] == "al"
        assert officer.sync().sent == 0
