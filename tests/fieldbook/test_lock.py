"""Leaving the app alone: the cover that comes off again, and the lock that ends the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.lock import Cover, fresh_environment, restart_command
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_a_cover_comes_off_again_for_some_minutes_and_then_no_more() -> None:
    seconds = [0.0]
    cover = Cover(lasts=300, monotonic=lambda: seconds[0])
    assert cover.take_off()
    cover.put_on()
    seconds[0] = 200
    cover.put_on()
    assert cover.on
    assert not cover.expired
    assert cover.take_off()
    assert not cover.on

    cover.put_on()
    seconds[0] += 300
    cover.put_on()
    assert cover.expired
    assert not cover.take_off()
    assert cover.on


def test_the_app_starts_anew_on_the_same_folder_and_with_no_secret_in_its_command(tmp_path: Path) -> None:
    command = restart_command(Settings(tmp_path, language="ar"))
    assert command == [sys.executable, "-m", "app", "--dir", str(tmp_path), "--lang", "ar"]


def test_a_packaged_app_starts_anew_as_from_its_icon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/homeward-app/homeward-app")
    monkeypatch.setenv("HOMEWARD_PASSPHRASE", "given to the first process")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/homeward-app/_internal:/what/the/user/set")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/what/the/user/set")
    assert restart_command(Settings(tmp_path)) == ["/opt/homeward-app/homeward-app", "--dir", str(tmp_path)]
    environment = fresh_environment()
    assert environment["LD_LIBRARY_PATH"] == "/what/the/user/set"
    assert environment["PYINSTALLER_RESET_ENVIRONMENT"] == "1"
    assert not {"HOMEWARD_PASSPHRASE", "LD_LIBRARY_PATH_ORIG"} & environment.keys()
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG")
    assert "LD_LIBRARY_PATH" not in fresh_environment()


LOCKING = """
import os, sys
from pathlib import Path
from app import lock
from app.fieldbook import World, unlock
from app.settings import Settings
from tests.fieldbook.conftest import CHEAP, PASSPHRASE

settings = Settings(Path(sys.argv[1]), auto_sync=False)
book = unlock(settings, PASSPHRASE, world=World(floor=CHEAP)).wait(30)
book.new_case("al", "sq").wait(30)
print(os.getpid(), flush=True)
say = "import os; print(os.getpid(), os.environ.get('HOMEWARD_PASSPHRASE'), flush=True)"
lock.restart_command = lambda settings: [sys.executable, "-c", say]
lock.lock(book, settings)
print("never", flush=True)
"""


def test_locking_closes_the_store_and_replaces_the_process_without_its_secrets(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOCKING, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOMEWARD_PASSPHRASE": "given to the first process"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    before, after = ended.stdout.splitlines()
    assert after == f"{before} None", "the same process id, and nothing of what it knew"
    assert not list(folder.glob("*-wal")), "nothing is left beside the store"
