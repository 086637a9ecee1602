"""A disk that is full, on the tablet and in the office, and a folder that may not be written to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.problems import Problem
from sync_server.protocol.problems import CODES
from tests.scenarios.bad_disk import full_disk, needs_linux
from tests.scenarios.office import ROOT, RunningServer, Tablet

pytestmark = needs_linux


def test_an_answer_that_a_full_disk_does_not_take_is_told_and_kept_with_the_next_save(
    officer: Tablet, coordinator: Tablet
) -> None:
    case = officer.new_case()
    opened = officer.book.begin(case, "monitoring_contact").wait(30)
    officer.answer(opened, {"outcome": "unreachable"})
    heard: list[Problem] = []
    officer.book.on_problem.append(heard.append)
    with full_disk(), pytest.raises(Problem, match=r"store\.write\.failed"):
        officer.answer(opened, {"observation": "No answer, curtains drawn."})
    assert [problem.code for problem in heard] == ["store.write.failed"]
    (draft,) = officer.book.today().wait(10).drafts
    kept = officer.book.resume(opened.record).wait(10).entry.values().values()
    assert draft.record == opened.record
    assert "unreachable" in kept
    assert "No answer, curtains drawn." not in kept

    # There is room again: what was not saved goes with the next answer, for her screen shows it still.
    officer.answer(opened, {"risk_level": "medium"})
    assert officer.book.finish(opened.record).wait(30) == ()
    officer.sync()
    coordinator.sync()
    values = coordinator.values(opened.record)
    assert (values["outcome"], values["observation"]) == ("unreachable", "No answer, curtains drawn.")


def test_what_a_full_disk_did_not_take_is_finished_with_the_form(officer: Tablet) -> None:
    case = officer.new_case()
    opened = officer.book.begin(case, "monitoring_contact").wait(30)
    officer.answer(opened, {"outcome": "unreachable", "risk_level": "medium"})
    with full_disk():
        with pytest.raises(Problem, match=r"store\.write\.failed"):
            officer.answer(opened, {"observation": "Nobody there."})
        with pytest.raises(Problem, match=r"store\.write\.failed"):
            officer.book.finish(opened.record).wait(30)
    assert officer.book.finish(opened.record).wait(30) == ()
    assert officer.values(opened.record)["observation"] == "Nobody there."


def test_a_database_that_may_not_grow_says_so_and_keeps_what_it_has(officer: Tablet) -> None:
    case = officer.new_case()
    opened = officer.book.begin(case, "monitoring_contact").wait(30)
    officer.answer(opened, {"outcome": "unreachable"})
    writer = officer.book._store._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    with pytest.raises(Problem, match=r"store\.write\.failed"):
        officer.answer(opened, {"observation": "long " * 1500})
    writer.execute("PRAGMA max_page_count = 1000000").fetchall()
    officer.close()
    officer.open()
    resumed = officer.book.resume(opened.record).wait(10)
    assert "unreachable" in resumed.entry.values().values()
    officer.answer(resumed, {"observation": "short"})


def test_a_page_that_a_full_disk_does_not_take_comes_with_the_next_sync(
    server: RunningServer, officer: Tablet, coordinator: Tablet
) -> None:
    case = officer.new_case()
    own = coordinator.new_case()
    officer.sync()
    with full_disk():
        outcome = coordinator.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "store.write.failed"
    view = coordinator.book.sync_view().wait(10)
    assert (view.waiting, view.running) == (1, False)
    assert [row.id for row in coordinator.book.cases().wait(10)] == [own]

    coordinator.sync()
    assert {row.id for row in coordinator.book.cases().wait(10)} == {case, own}
    assert coordinator.book.sync_view().wait(10).waiting == 0
    assert server.values(coordinator.case_file(own))["country"] == "al"


def test_a_photo_that_a_full_disk_does_not_take_leaves_nothing_half_written(
    officer: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(b"x" * 100_000)
    opened = officer.book.begin(officer.new_case(), "airport_reception").wait(30)
    with full_disk():
        with pytest.raises(Problem) as met:
            officer.book.attach(opened.record, "photo", photo).wait(30)
        assert met.value.code == "store.write.failed"
    assert list((officer.folder / "attachments").iterdir()) == []
    name = officer.book.attach(opened.record, "photo", photo).wait(30)
    assert officer.book.attachment(name).wait(10) == photo.read_bytes()


def test_a_small_photo_whose_row_a_full_disk_does_not_take_is_not_left_lying(
    officer: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(b"x" * 100)
    opened = officer.book.begin(officer.new_case(), "airport_reception").wait(30)
    with full_disk(), pytest.raises(Problem, match=r"store\.write\.failed"):
        officer.book.attach(opened.record, "photo", photo).wait(30)
    assert list((officer.folder / "attachments").iterdir()) == []


def test_a_store_on_a_full_disk_is_not_called_damaged(officer: Tablet) -> None:
    case = officer.new_case()
    officer.close()
    with full_disk(), pytest.raises(Problem, match=r"store\.write\.failed"):
        officer.open()
    officer.open()
    assert [row.id for row in officer.book.cases().wait(10)] == [case]
    assert sorted(path.name for path in officer.folder.glob("trial-*")) == []


def test_a_server_with_a_full_disk_says_so_keeps_no_half_and_takes_it_later(
    server: RunningServer, officer: Tablet
) -> None:
    officer.sync()
    case = officer.new_case()
    record = officer.case_file(case)
    assert server._process is not None
    with full_disk(server._process.pid):
        outcome = officer.try_to_sync()
        assert outcome.problem is not None
        assert outcome.problem.code == "server.write.failed"
        assert CODES["server.write.failed"] == 507
        assert officer.book.case(case).wait(10).row.only_here == 1
    assert server.values(record) == {}
    assert officer.sync().sent == 1
    assert server.values(record)["country"] == "al"


def test_a_photo_that_the_servers_full_disk_does_not_take_is_sent_later(
    server: RunningServer, officer: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(b"x" * 5000)
    case = officer.new_case()
    opened = officer.book.begin(case, "airport_reception").wait(30)
    path = next(p for p, q in opened.entry.definition.questions.items() if q.type == "image")
    name = officer.book.attach(opened.record, path, photo).wait(30)
    change = opened.entry.answer(path, name)
    officer.book.save(opened.record, change).wait(30)
    digest, _, _ = name.partition(":")
    sealed = (officer.folder / "attachments" / f"{digest}.sealed").read_bytes()
    assert server._process is not None
    with full_disk(server._process.pid), pytest.raises(Problem, match=r"server\.write\.failed"):
        officer.book._client.put_attachment(digest, officer.folder / "attachments" / f"{digest}.sealed")
    blobs = server.folder / "blobs"
    assert list(blobs.iterdir()) == []
    officer.book._client.put_attachment(digest, officer.folder / "attachments" / f"{digest}.sealed")
    assert (blobs / digest).read_bytes() == sealed


READ_ONLY = """
import os, sys
from pathlib import Path
from app.problems import Problem, told
from app.store import Identity, Store
from tests.scenarios.bad_disk import obey_permissions
from tests.scenarios.office import CHEAP, PASSPHRASE

obey_permissions()
folder = Path(sys.argv[1])
who = Identity("00000002", "m", "M", "officer", "Tirana", "Europe/Tirane")
for attempt in (
    lambda: Store.open(folder, PASSPHRASE, floor=CHEAP),
    lambda: Store.create(folder / "new", PASSPHRASE, who, cost=CHEAP),
):
    try:
        attempt()
    except Problem as problem:
        print(problem.code)
"""


@pytest.mark.parametrize("files_too", [False, True])
def test_a_folder_that_may_not_be_written_to_is_told_and_its_store_stays_as_it_was(
    officer: Tablet, files_too: bool
) -> None:
    case = officer.new_case()
    officer.close()
    files = [path for path in officer.folder.iterdir() if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    officer.folder.chmod(0o500)
    for path in files if files_too else []:
        path.chmod(0o400)
    try:
        tried = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(officer.folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        officer.folder.chmod(0o700)
        for path in files:
            path.chmod(0o600)
    assert tried.stdout.split() == ["store.folder.read_only"] * 2, tried.stderr
    assert {path: path.read_bytes() for path in files} == before
    officer.open()
    assert [row.id for row in officer.book.cases().wait(10)] == [case]
