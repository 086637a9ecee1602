"""An office's folder that the server may not write to: it says so, and the devices keep their work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.problems import Problem
from tests.scenarios.bad_disk import OBEDIENT, needs_linux
from tests.scenarios.office import PASSWORD, ROOT, RunningServer, Tablet, copy_server
from tests.scenarios.own_disks import FailingDisk, SmallDisk, mounts, read_only

pytestmark = needs_linux


@contextmanager
def closed(folder: Path, *, files_too: bool = False) -> Iterator[None]:
    """Take the right to write to a folder away, as a wrong owner or a restored copy does."""
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    files = [path for path in folder.rglob("*") if path.is_file()] if files_too else []
    for path in files:
        path.chmod(0o400)
    for path in places:
        path.chmod(0o500)
    try:
        yield
    finally:
        for path in places:
            path.chmod(0o700)
        for path in files:
            path.chmod(0o600)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".log"}


@pytest.fixture
def obedient(server_template: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """A server that the permissions of its folder hold for."""
    server = copy_server(server_template, tmp_path / "server", program=OBEDIENT)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mira(obedient: RunningServer, tmp_path: Path) -> Iterator[Tablet]:
    tablet = Tablet(tmp_path / "mira", "officer", obedient)
    yield tablet
    tablet.close()


@pytest.mark.parametrize("files_too", [False, True])
def test_a_server_is_not_started_in_a_folder_that_it_may_not_write_to_and_says_why(
    obedient: RunningServer, mira: Tablet, files_too: bool
) -> None:
    record = mira.case_file(mira.new_case())
    obedient.stop()
    before = contents(obedient.folder)
    with closed(obedient.folder, files_too=files_too):
        said = obedient.refuses_to_start()
        outcome = mira.try_to_sync()
    assert "The server may not write to" in said
    assert "run this as the user that the folder belongs to" in said
    assert said.endswith("[server.storage.read_only]\n")
    assert contents(obedient.folder) == before
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.server.unreachable"

    obedient.start()
    assert mira.sync().sent == 1
    assert obedient.values(record)["country"] == "al"


def test_a_server_is_not_started_when_it_may_not_keep_the_files_of_records(obedient: RunningServer) -> None:
    obedient.stop()
    with closed(obedient.folder / "blobs"):
        assert "[server.storage.read_only]" in obedient.refuses_to_start()
    obedient.start()


def test_a_photo_that_the_server_may_not_keep_is_told_kept_by_the_tablet_and_sent_later(
    obedient: RunningServer, mira: Tablet, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.bin"
    photo.write_bytes(os.urandom(5000))
    opened = mira.book.begin(mira.new_case(), "monitoring_contact").wait(30)
    mira.answer(opened, {"outcome": "unreachable", "observation": "x", "risk_level": "low"})
    name = mira.book.attach(opened.record, "", photo).wait(30)
    digest, _, _ = name.partition(":")
    sealed = mira.folder / "attachments" / f"{digest}.sealed"
    with closed(obedient.folder / "blobs"), pytest.raises(Problem) as met:
        mira.book._client.put_attachment(digest, sealed)
    assert met.value.code == "server.storage.read_only"
    assert list((obedient.folder / "blobs").iterdir()) == []
    mira.book._client.put_attachment(digest, sealed)
    assert (obedient.folder / "blobs" / digest).read_bytes() == sealed.read_bytes()


@mounts
def test_a_server_on_a_disk_that_is_mounted_read_only_says_why_it_does_not_start(
    server_template: Path, small_disk: SmallDisk
) -> None:
    office = copy_server(server_template, small_disk.folder / "server")
    before = contents(office.folder)
    with read_only(office.folder):
        assert "[server.storage.read_only]" in office.refuses_to_start()
    assert contents(office.folder) == before
    office.start()
    office.stop()


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[FailingDisk]:
    try:
        disk = FailingDisk(tmp_path / "image", tmp_path / "disk")
    except OSError as error:
        pytest.skip(f"no file system can be made and mounted here, as root can: {error}")
    yield disk
    disk.close()


def test_a_disk_that_turns_read_only_under_a_running_server_is_told_and_work_is_sent_when_it_is_mended(
    server_template: Path, failing_disk: FailingDisk, tmp_path: Path
) -> None:
    office = copy_server(server_template, failing_disk.folder / "server")
    # What was copied is safe before anything fails; for what comes then the server cares by itself.
    os.sync()
    office.start()
    tablet = Tablet(tmp_path / "tablet", "officer", office)
    there = tablet.case_file(tablet.new_case())
    tablet.sync()
    try:
        failing_disk.fail()
        record = tablet.case_file(tablet.new_case("ma", "ar"))
        for _ in range(2):
            outcome = tablet.try_to_sync()
            assert outcome.problem is not None
            assert outcome.problem.code == "server.storage.read_only"
        view = tablet.book.sync_view().wait(10)
        assert (view.problem, view.waiting) == ("server.storage.read_only", 1)
    finally:
        office.stop()
    assert "Traceback" not in (office.folder.parent / "server.log").read_text("utf-8")
    assert "[server.storage.read_only]" in office.refuses_to_start()

    failing_disk.repair()
    office.start()
    assert office.values(there)["country"] == "al"
    assert tablet.sync().sent == 1
    assert office.values(record)["country"] == "ma"
    office.stop()
    tablet.close()


@pytest.mark.parametrize(
    "words",
    [
        ("add-user", "--login", "new", "--role", "officer", "--office", "Tirana"),
        ("publish-form", "--library"),
        ("sign-off", "--all", "--by", "Mira"),
        ("init", "--unattended"),
    ],
)
def test_a_command_that_may_not_write_says_so_and_changes_nothing(
    server_template: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "there" / "server"
    folder.parent.mkdir()
    if words[0] != "init":
        copy_server(server_template, folder)
    before = contents(folder.parent)
    with closed(folder.parent):
        done = subprocess.run(
            [*OBEDIENT, words[0], "--dir", str(folder), *words[1:]],
            cwd=ROOT,
            env={**os.environ, "HOMEWARD_PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.endswith("[server.storage.read_only]\n"), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert contents(folder.parent) == before


@pytest.mark.parametrize("hidden", ["", "server.toml", "master.key"])
def test_who_may_not_read_the_servers_folder_is_told_to_be_another_user(
    server_template: Path, tmp_path: Path, hidden: str
) -> None:
    folder = tmp_path / "server"
    office = copy_server(server_template, folder, program=OBEDIENT)
    (folder / hidden).chmod(0)
    try:
        said = office.refuses_to_start()
    finally:
        (folder / hidden).chmod(0o700 if hidden == "" else 0o600)
    assert said.endswith("[config.file.not_readable]\n"), said
    assert sys.executable not in said
