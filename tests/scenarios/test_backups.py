"""A tablet is lost: what was on it comes back from a stick, on another one; nothing of it is told twice, or
lies over what others have said since."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app import restoring
from app.fieldbook import World, unlock
from app.problems import Problem
from app.settings import Settings
from app.store import Store, inherited
from app.sync.outcome import Outcome
from sync_server.protocol.recovery_key import RecoveryKey, open_file
from tests.scenarios.office import CHEAP, PASSPHRASE, PASSWORD, ROOT, RunningServer, Tablet
from tests.scenarios.own_disks import SmallDisk, mounts, read_only
from tests.scenarios.test_recovery import KEY_PASSPHRASE, NEW, make_key, shut

Enrol = Callable[..., Tablet]


@pytest.fixture
def key(server: RunningServer, tmp_path: Path) -> RecoveryKey:
    """The office's, made before anybody enrols."""
    file = tmp_path / "office.key"
    make_key(server, file)
    return open_file(file.read_text(), KEY_PASSPHRASE)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def back_up(tablet: Tablet, stick: Path) -> Path:
    made = tablet.book.backups.make(stick).wait(60)
    assert made.path.parent == stick
    return made.path


class Replacement(Tablet):
    """Another tablet, on which a backup was restored."""

    def __init__(self, folder: Path, login: str, file: Path, key: RecoveryKey) -> None:
        self.folder, self.login = folder, login
        self.told = restoring.restore(folder, file, key, NEW, CHEAP)

    def open(self, *, page: int = 0) -> None:  # type: ignore[override]
        self.book = unlock(Settings(self.folder, auto_sync=False), NEW, world=World(floor=CHEAP)).wait(30)

    def rejoin(self, server: RunningServer) -> int:
        return restoring.make_known(
            self.folder, NEW, server.address, self.login, PASSWORD, floor=CHEAP
        ).uncertain

    def work(self, server: RunningServer) -> Outcome:
        """Made known, unlocked, synced."""
        self.rejoin(server)
        self.open()
        return self.sync()


@pytest.fixture
def restore(tmp_path: Path, key: RecoveryKey) -> Callable[[Path], Replacement]:
    return lambda file: Replacement(tmp_path / "replacement", "officer", file, key)


def revoke(server: RunningServer, device: str) -> None:
    with closing(server.storage()) as storage:
        storage.revoke_device(device, 1_790_000_000_000)


def lose(tablet: Tablet) -> None:
    """It is gone, with everything that was only on it."""
    shut(tablet)


def waiting_or_refused(tablet: Tablet) -> tuple[int, int]:
    view = tablet.book.sync_view().wait(30)
    return view.waiting, len(view.refused)


def changes_of(server: RunningServer, record: str) -> list[tuple[str, int]]:
    """Whose change sets of a record the server has taken in: device and its number."""
    with closing(server.storage()) as storage:
        from sqlalchemy import text

        rows = storage._in_read(  # type: ignore[attr-defined]
            lambda db: db.execute(
                text("SELECT device, device_sequence FROM changes WHERE record = :r ORDER BY sequence"),
                {"r": record},
            ).all()
        )
    return [(device, number) for device, number in rows]


def test_what_no_server_had_comes_back_from_the_stick_with_its_drafts(
    server: RunningServer,
    coordinator: Tablet,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
) -> None:
    officer = enrol_tablet("officer")
    case = officer.new_case()
    record = officer.case_file(case)
    officer.sync()
    officer.change(record, safe_times="mornings")
    opened = officer.book.edit(record).wait(30)
    officer.answer(opened, {"birth_date": "1999-03-08"})
    file = back_up(officer, stick)
    lose(officer)

    other = restore(file)
    assert (other.told.device, other.told.login) == (officer.identity.device, "officer")
    assert (other.told.unsent, other.told.drafts) == (1, 1)
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        Store.open(other.folder, PASSPHRASE, floor=CHEAP)
    other.work(server)
    assert other.book.session.device != officer.identity.device
    assert server.values(record)["safe_times"] == "mornings"
    assert changes_of(server, record)[-1][0] == officer.identity.device, "sent in the name it was written in"
    assert other.book.finish(record).wait(30) == ()
    other.sync()
    assert server.values(record)["birth_date"] == "1999-03-08"
    assert server.conflict_log() == []
    coordinator.sync()
    assert coordinator.values(record)["birth_date"] == "1999-03-08"
    other.close()


def test_what_the_old_tablet_has_sent_since_is_neither_told_twice_nor_laid_over_newer_answers(
    server: RunningServer,
    coordinator: Tablet,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
) -> None:
    officer = enrol_tablet("officer")
    record = officer.case_file(officer.new_case())
    officer.sync()
    officer.change(record, safe_times="mornings", stage="shelter")
    file = back_up(officer, stick)
    officer.sync()
    officer.change(record, safe_times="evenings")
    officer.sync()
    coordinator.sync()
    coordinator.change(record, safe_times="never", stage="decision")
    coordinator.sync()
    before = changes_of(server, record)
    lose(officer)

    other = restore(file)
    other.work(server)
    assert changes_of(server, record) == before
    assert waiting_or_refused(other) == (0, 0)
    for tablet in (other, coordinator):
        values = tablet.values(record)
        assert (values["safe_times"], values["stage"]) == ("never", "decision")
    assert server.conflict_log() == []
    other.change(record, safe_times="Sundays")
    other.sync()
    assert server.values(record)["safe_times"] == "Sundays"
    assert changes_of(server, record)[-1] == (other.book.session.device, 1)
    other.close()


@pytest.mark.parametrize("syncs_first", ["the old tablet", "the new tablet"])
def test_a_tablet_that_is_found_again_and_its_copy_are_two_devices_and_neither_loses_a_word(
    server: RunningServer,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
    syncs_first: str,
) -> None:
    officer = enrol_tablet("officer")
    record = officer.case_file(officer.new_case())
    officer.change(record, stage="shelter")
    file = back_up(officer, stick)
    officer.change(record, stage="decision", phone="+355 1")
    other = restore(file)
    other.open()
    other.change(record, stage="identified", birth_date="1999-03-08")
    assert other.try_to_sync().problem.code == "sync.device.restored"  # type: ignore[union-attr]
    other.close()

    if syncs_first == "the old tablet":
        officer.sync()
    other.work(server)
    officer.sync()
    other.sync()
    officer.sync()
    for tablet in (officer, other):
        values = tablet.values(record)
        assert (values["stage"], values["phone"], values["birth_date"]) == (
            "identified",
            "+355 1",
            "1999-03-08",
        )
        assert waiting_or_refused(tablet) == (0, 0)
        (lost,) = tablet.conflicts()
        assert (lost.lost, lost.kept) == ("decision", "identified")
    (logged,) = server.conflict_log()
    assert (logged.lost, logged.kept) == ("decision", "identified")
    assert officer.book.session.device != other.book.session.device
    other.close()


def test_of_a_revoked_tablet_what_stands_on_all_that_is_known_goes_out_and_the_rest_waits_for_its_author(
    server: RunningServer,
    coordinator: Tablet,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
) -> None:
    officer = enrol_tablet("officer")
    record = officer.case_file(officer.new_case())
    officer.sync()
    coordinator.sync()
    officer.change(record, stage="shelter", phone="+355 1")
    officer.change(record, stage="decision")
    file = back_up(officer, stick)
    lose(officer)
    coordinator.change(record, stage="pre_departure")
    coordinator.sync()
    revoke(server, officer.identity.device)

    other = restore(file)
    assert other.rejoin(server) == 2, "each of her two answers"
    other.open()
    other.sync()
    values = server.values(record)
    assert values["phone"] == "+355 1"
    assert values["stage"] == "pre_departure", "what was said since is not overwritten"
    assert server.conflict_log() == []
    assert other.values(record)["stage"] == "decision", "and what she said is before her"
    (refused,) = other.book.sync_view().wait(30).refused
    assert refused.refused == inherited.UNCERTAIN
    # She looks at it, and says it again.
    opened = other.book.edit(record).wait(30)
    assert other.book.finish(opened.record).wait(30) == ()
    other.sync()
    assert waiting_or_refused(other) == (0, 0)
    (logged,) = server.conflict_log()
    assert {logged.lost, logged.kept} == {"decision", "pre_departure"}
    other.close()


def test_of_a_revoked_tablet_that_had_sent_everything_nothing_is_sent_again(
    server: RunningServer,
    coordinator: Tablet,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
) -> None:
    officer = enrol_tablet("officer")
    record = officer.case_file(officer.new_case())
    officer.change(record, safe_times="mornings", phone="+355 1")
    file = back_up(officer, stick)
    officer.sync()
    coordinator.sync()
    coordinator.change(record, safe_times="never")
    coordinator.sync()
    lose(officer)
    revoke(server, officer.identity.device)
    before = changes_of(server, record)

    other = restore(file)
    assert other.rejoin(server) == 0
    other.open()
    other.sync()
    assert changes_of(server, record) == before
    assert other.values(record)["safe_times"] == "never"
    assert waiting_or_refused(other) == (0, 0)
    other.close()


def test_a_rejoin_that_is_cut_off_is_done_again_and_who_is_somebody_else_enrols_another_device(
    server: RunningServer,
    enrol_tablet: Enrol,
    stick: Path,
    restore: Callable[[Path], Replacement],
    key: RecoveryKey,
) -> None:
    officer = enrol_tablet("officer")
    record = officer.case_file(officer.new_case())
    file = back_up(officer, stick)
    lose(officer)
    other = restore(file)
    known = (other.folder, NEW, server.address)
    with pytest.raises(Problem, match=r"restore\.login\.other"):
        restoring.make_known(*known, "coordinator", PASSWORD, floor=CHEAP)
    with pytest.raises(Problem, match=r"auth\.login\.failed"):
        restoring.make_known(*known, "officer", "not her password", floor=CHEAP)
    assert server.values(record), "her work is there by then"
    server.stop()
    with pytest.raises(Problem, match=r"sync\.enrolment\.unreachable"):
        other.rejoin(server)
    server.start()
    other.work(server)
    assert waiting_or_refused(other) == (0, 0)
    other.close()
    with pytest.raises(Problem, match=r"restore\.device\.known"):
        other.rejoin(server)


@mounts
def test_a_full_stick_and_a_locked_one_are_told_apart_and_leave_nothing_half(
    key: RecoveryKey, enrol_tablet: Enrol, small_disk: SmallDisk
) -> None:
    officer = enrol_tablet("officer")
    backups, stick = officer.book.backups, small_disk.folder
    with small_disk.full(), pytest.raises(Problem, match=r"backup\.stick\.full") as told:
        backups.make(stick).wait(60)
    assert int(told.value.params["megabytes"]) >= 1
    # Somebody else fills it meanwhile.
    backups.on_part.append(lambda part: small_disk.fill())
    with pytest.raises(Problem, match=r"backup\.stick\.full"):
        backups.make(stick).wait(60)
    backups.on_part.clear()
    small_disk.free()
    assert [*stick.iterdir()] == []
    with read_only(stick), pytest.raises(Problem, match=r"backup\.stick\.read_only"):
        backups.make(stick).wait(60)
    assert backups.view().wait(30).last is None
    assert back_up(officer, stick).exists()
    assert backups.view().wait(30).last is not None


def run(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_commands_back_up_restore_and_make_known(
    server: RunningServer, tmp_path: Path, stick: Path, key: RecoveryKey
) -> None:
    tablet, other = str(tmp_path / "tablet"), str(tmp_path / "other")
    words = {"HOMEWARD_PASSWORD": PASSWORD, "HOMEWARD_PASSPHRASE": PASSPHRASE}
    enrolled = run("enrol", "--dir", tablet, "--server", server.address, "--login", "officer", **words)
    assert enrolled.returncode == 0, enrolled.stderr
    made = run("backup", "--dir", tablet, "--to", str(stick), **words)
    assert made.returncode == 0, made.stderr
    (file,) = stick.iterdir()
    assert file.name in made.stdout

    keys = {"HOMEWARD_RECOVERY_PASSPHRASE": KEY_PASSPHRASE, "HOMEWARD_PASSWORD": PASSWORD}
    asked = ("restore", "--dir", other, "--from", str(file), "--key", str(tmp_path / "office.key"))
    done = run(*asked, "--server", server.address, "--login", "officer", **keys, HOMEWARD_PASSPHRASE=NEW)
    assert done.returncode == 0, done.stderr
    assert NEW not in done.stdout + done.stderr
    assert "known as officer" in done.stdout
    synced = run("sync", "--dir", other, HOMEWARD_PASSPHRASE=NEW)
    assert synced.returncode == 0, synced.stderr
    again = run(*asked, **keys, HOMEWARD_PASSPHRASE=NEW)
    assert "[store.file.exists]" in again.stderr
    told = run("rejoin", "--dir", other, "--server", server.address, "--login", "officer",
               HOMEWARD_PASSWORD=PASSWORD, HOMEWARD_PASSPHRASE=NEW)  # fmt: skip
    assert "[restore.device.known]" in told.stderr
