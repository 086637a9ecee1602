"""Leaving the app alone: the cover that comes off again, and the lock that ends the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import lock
from app.lock import Cover, Idle, QuickPin, fresh_environment, restart_command, since_boot, weakness
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


def test_three_wrong_pins_and_not_even_the_right_one_is_good_any_more() -> None:
    pin = QuickPin()
    assert not pin.matches(""), "where none was chosen none is right"
    assert pin.choose("2580") is None
    assert not pin.matches("2581")
    assert not pin.matches("25800")
    assert pin.tries_left == 1
    assert pin.matches("2580")
    assert pin.tries_left == 3, "whoever knows it has all tries again"
    for wrong in ("0000", "1111", "2222"):
        assert not pin.matches(wrong)
    assert pin.tries_left == 0
    assert not pin.matches("2580")


def test_a_pin_is_kept_as_no_digits_and_forgotten_when_she_says_so() -> None:
    pin = QuickPin()
    pin.choose("739105")
    assert not [value for value in vars(pin).values() if "739105" in str(value)]
    pin.forget()
    assert not pin.is_set
    assert not pin.matches("739105")
    assert QuickPin().choose("739105") is None, "and no process knows that of another"


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("123", "digits"),
        ("1234567", "digits"),
        ("12a4", "digits"),
        ("٢٥٨٠", "digits"),
        ("0000", "guessable"),
        ("1234", "guessable"),
        ("987654", "guessable"),
        ("1212", None),
        ("2580", None),
        ("902134", None),
    ],
)
def test_what_everybody_tries_first_is_no_pin(pin: str, why: str | None) -> None:
    assert weakness(pin) == why
    chosen = QuickPin()
    assert chosen.choose(pin) == why
    assert chosen.is_set == (why is None)


def test_after_ten_minutes_alone_it_is_over_and_half_a_minute_before_it_says_so() -> None:
    seconds = [50.0]
    idle = Idle(after=600, now=lambda: seconds[0])
    seconds[0] += 569
    assert idle.state == "awake"
    seconds[0] += 1
    assert idle.state == "soon"
    idle.touched()
    assert idle.state == "awake"
    seconds[0] += 599.5
    assert idle.state == "soon"
    seconds[0] += 0.5
    assert idle.state == "over"


def test_the_first_touch_after_a_night_does_not_open_it_again() -> None:
    seconds = [0.0]
    idle = Idle(after=600, now=lambda: seconds[0])
    seconds[0] += 8 * 3600
    idle.touched()
    assert idle.state == "over"
    idle.begin()
    assert idle.state == "awake"


def test_a_short_limit_still_leaves_half_of_it_in_peace() -> None:
    seconds = [0.0]
    idle = Idle(after=40, now=lambda: seconds[0])
    seconds[0] = 19
    assert idle.state == "awake"
    seconds[0] = 20
    assert idle.state == "soon"


def test_the_clock_of_the_lock_does_not_stop_while_the_machine_sleeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert 0 <= since_boot() <= since_boot()
    monkeypatch.setattr(lock.time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(lock.time, "clock_gettime", lambda clock: {7: 90_000.0}[clock], raising=False)
    assert since_boot() == 90_000.0, "the clock that counts the hours with the lid shut"
    monkeypatch.delattr(lock.time, "CLOCK_BOOTTIME")
    monkeypatch.setattr(lock.time, "monotonic", lambda: 3.0)
    assert since_boot() == 3.0


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
