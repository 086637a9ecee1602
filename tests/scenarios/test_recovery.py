"""Her passphrase is gone: the office opens her tablet with its recovery key, and nothing is lost."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.fieldbook import World, unlock
from app.problems import Problem
from app.settings import Settings
from app.store import Store
from app.store.keys import FLOOR, KeyCost
from tests.scenarios.office import CHEAP, PASSPHRASE, PASSWORD, ROOT, RunningServer, Tablet

KEY_PASSPHRASE = "granite window for the safe downstairs"
NEW = "marsh lantern ribbon goat thimble"


def make_key(server: RunningServer, out: Path, *more: str, passphrase: str = KEY_PASSPHRASE) -> str:
    """`python -m sync_server recovery-key`; the fingerprint that it tells, or what it refuses."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sync_server", "recovery-key", "--dir", str(server.folder)),
            *("--out", str(out), *more),
        ],
        cwd=ROOT,
        env={**os.environ, "HOMEWARD_RECOVERY_PASSPHRASE": passphrase},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    if done.returncode:
        return done.stderr.rpartition("[")[2].rstrip("]\n")
    return next(line.strip() for line in done.stdout.splitlines() if line.startswith("    "))


def recover(
    folder: Path, key: Path, new: str | None = NEW, key_passphrase: str = KEY_PASSPHRASE
) -> subprocess.CompletedProcess[str]:
    """`python -m app recover`."""
    given = {"HOMEWARD_RECOVERY_PASSPHRASE": key_passphrase}
    return subprocess.run(
        [sys.executable, "-m", "app", "recover", "--dir", str(folder), "--key", str(key), "--lang", "sq"],
        cwd=ROOT,
        env={**os.environ, **given, **({"HOMEWARD_PASSPHRASE": new} if new else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def open_with(folder: Path, passphrase: str, floor: KeyCost = FLOOR) -> Store:
    return Store.open(folder, passphrase, floor=floor)


def shut(tablet: Tablet) -> None:
    """Close it for good: commands work on its folder now."""
    tablet.close()
    tablet.close = lambda: None  # type: ignore[method-assign]


def test_the_office_opens_a_tablet_whose_passphrase_is_forgotten_and_the_work_is_there(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    key = tmp_path / "office.key"
    told = make_key(server, key)
    officer = enrol_tablet("officer")
    assert officer.book.keys.view().wait(30).recovery == told
    case = officer.new_case()
    record = officer.case_file(case)
    shut(officer)

    done = recover(officer.folder, key)
    assert done.returncode == 0, done.stderr
    assert NEW not in done.stdout + done.stderr
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        open_with(officer.folder, PASSPHRASE)
    officer.book = unlock(Settings(officer.folder, auto_sync=False), NEW, world=World()).wait(30)
    officer.close = officer.book.close  # type: ignore[method-assign]
    assert officer.case_file(case) == record
    assert officer.book.keys.view().wait(30).recovery == told, "and the office could do it again"
    officer.sync()


def test_without_a_new_passphrase_one_is_made_and_shown_once(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    key = tmp_path / "office.key"
    make_key(server, key)
    officer = enrol_tablet("officer")
    shut(officer)
    done = recover(officer.folder, key, new=None)
    assert done.returncode == 0, done.stderr
    made = next(line.strip() for line in done.stdout.splitlines() if line.startswith("    "))
    assert len(made.split()) == 5
    open_with(officer.folder, made).close()


def test_who_enrols_is_told_which_key_opens_her_device_too(server: RunningServer, tmp_path: Path) -> None:
    told = make_key(server, tmp_path / "office.key")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "app", "enrol", "--dir", str(tmp_path / "tablet")),
            *("--server", server.address, "--login", "officer"),
        ],
        cwd=ROOT,
        env={**os.environ, "HOMEWARD_PASSWORD": PASSWORD, "HOMEWARD_PASSPHRASE": PASSPHRASE},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert told in done.stdout
    assert PASSPHRASE not in done.stdout + done.stderr


def test_the_private_half_is_in_its_file_only_and_sealed_there(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    from sync_server.protocol.recovery_key import open_file

    key = tmp_path / "office.key"
    make_key(server, key)
    assert key.stat().st_mode & 0o077 == 0
    pair = open_file(key.read_text(), KEY_PASSPHRASE)
    secret = {pair.private, pair.private.hex().encode(), base64.b64encode(pair.private)}
    officer = enrol_tablet("officer")
    shut(officer)
    server.stop()
    with closing(server.storage()) as storage:
        from sqlalchemy import text

        rows = storage._in_read(lambda db: str([*db.execute(text("SELECT * FROM meta"))]))  # type: ignore[attr-defined]
    for file in [*server.folder.rglob("*"), *officer.folder.rglob("*"), key]:
        if file.is_file():
            content = file.read_bytes() + rows.encode()
            assert not any(each in content for each in secret), file


def test_a_wrong_passphrase_a_damaged_file_and_another_key_are_told_apart(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    key, other, damaged = tmp_path / "office.key", tmp_path / "other.key", tmp_path / "damaged.key"
    told = make_key(server, key)
    officer = enrol_tablet("officer")
    shut(officer)
    assert make_key(server, other) == "recovery.key.exists"
    make_key(server, other, "--replace")
    damaged.write_text(key.read_text().replace("argon2id", "argon2ie"))
    for file, passphrase, code in (
        (key, "not this one, though it is long", "recovery.passphrase.wrong"),
        (damaged, KEY_PASSPHRASE, "recovery.file.damaged"),
        (tmp_path / "nothing.key", KEY_PASSPHRASE, "recovery.file.missing"),
        (other, KEY_PASSPHRASE, "store.recovery.other"),
    ):
        done = recover(officer.folder, file, key_passphrase=passphrase)
        assert (done.returncode, f"[{code}]" in done.stderr) == (1, True), (code, done.stderr)
    assert told in recover(officer.folder, other).stderr
    assert "[store.passphrase.short]" in recover(officer.folder, key, new="short").stderr
    open_with(officer.folder, PASSPHRASE, CHEAP).close()


def test_a_device_that_was_enrolled_before_gets_its_slot_with_the_next_sync(
    server: RunningServer, officer: Tablet, tmp_path: Path
) -> None:
    assert officer.book.keys.view().wait(30).recovery == ""
    told = make_key(server, tmp_path / "office.key")
    officer.sync()
    view = officer.book.keys.view().wait(30)
    assert (view.recovery, view.offered) == (told, "")


def test_another_key_never_takes_the_place_of_the_first_without_her_word(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    old, new = tmp_path / "old.key", tmp_path / "new.key"
    first = make_key(server, old)
    officer = enrol_tablet("officer")
    second = make_key(server, new, "--replace")
    for _ in range(2):
        officer.sync()
        view = officer.book.keys.view().wait(30)
        assert (view.recovery, view.offered) == (first, second)
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        officer.book.keys.take_recovery_key("any word").wait(30)
    with pytest.raises(Problem, match=r"store\.unlock\.wait"):
        officer.book.keys.take_recovery_key(PASSPHRASE).wait(30)
    assert officer.book.keys.view().wait(30).recovery == first
    time.sleep(1.1)
    officer.book.keys.take_recovery_key(PASSPHRASE).wait(30)
    view = officer.book.keys.view().wait(30)
    assert (view.recovery, view.offered) == (second, "")
    shut(officer)
    assert "[store.recovery.other]" in recover(officer.folder, old).stderr
    assert recover(officer.folder, new).returncode == 0


def test_a_change_of_passphrase_keeps_the_old_key_or_takes_the_new_one_as_she_says(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    first = make_key(server, tmp_path / "old.key")
    officer = enrol_tablet("officer")
    second = make_key(server, tmp_path / "new.key", "--replace")
    officer.sync()
    officer.book.keys.change_passphrase(PASSPHRASE, NEW, NEW).wait(30)
    assert officer.book.keys.view().wait(30).recovery == first
    officer.book.keys.change_passphrase(NEW, PASSPHRASE, PASSPHRASE, take_offered=True).wait(30)
    assert officer.book.keys.view().wait(30).recovery == second


def test_a_slot_that_somebody_takes_away_comes_back(
    server: RunningServer, enrol_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    from tests.store.key_files import rewrite

    key = tmp_path / "office.key"
    told = make_key(server, key)
    officer = enrol_tablet("officer")
    rewrite(officer.folder, lambda said: said["slots"].pop())
    officer.sync()
    assert officer.book.keys.view().wait(30).recovery == told


@pytest.mark.parametrize("weak", ["", "short one", "password password1"])
def test_a_recovery_key_wants_a_strong_passphrase(server: RunningServer, tmp_path: Path, weak: str) -> None:
    code = make_key(server, tmp_path / "office.key", passphrase=weak)
    assert code in ("recovery.passphrase.empty", "recovery.passphrase.short", "recovery.passphrase.trivial")
    assert not (tmp_path / "office.key").exists()
