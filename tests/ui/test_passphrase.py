"""What opens the device, at the real window: a new passphrase in Settings, and the wait after wrong ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import passphrases
from tests.ui.conftest import PASSPHRASE, Office, enrol, opened, running_office
from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window

KEY_PASSPHRASE = "granite window for the safe downstairs"


@pytest.fixture(scope="module")
def keyed_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of its own: its recovery key is made and replaced here."""
    with running_office(tmp_path_factory.mktemp("keyed")) as office:
        command(office, "recovery-key", "--out", str(office.folder.parent / "first.key"))
        yield office


def command(office: Office, *words: str) -> str:
    """A command of the server; what stands out in what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "sync_server", *words, "--dir", str(office.folder)],
        cwd=ROOT,
        env={**os.environ, "HOMEWARD_RECOVERY_PASSPHRASE": KEY_PASSPHRASE},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return next(line.strip() for line in done.stdout.splitlines() if line.startswith("    "))


def enter(window: AppWindow, passphrase: str) -> None:
    window.touch("unlock.passphrase")
    window.write(passphrase)
    window.press("Return")


def type_words(window: AppWindow, words: str) -> None:
    """The words by their keys; other scripts need their letters on the keyboard."""
    window.write(words)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ar"])
def test_a_new_passphrase_is_shown_once_typed_again_and_opens_from_then_on(
    display: Display, keyed_office: Office, tmp_path: Path, language: str
) -> None:
    with opened(display, keyed_office, tmp_path, language) as window:
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
        window.touch("nav.settings")
        told = str(window.see("settings.keys.recovery")["text"])
        assert len(told.rpartition(": ")[2]) == 19
        window.picture(f"settings-{language}")
        window.touch("settings.keys.change")
        words = str(window.see("passphrase.shown")["text"])
        assert set(words.split()) <= set(passphrases.words(language)), words
        assert len(words.split()) == 5
        window.settle()
        window.picture(f"passphrase-{language}")

        window.touch("passphrase.old")
        type_words(window, PASSPHRASE)
        window.touch("passphrase.again")
        type_words(window, words.rpartition(" ")[0])
        window.touch("passphrase.change")
        window.wait_for(lambda: window.find("passphrase.refused")["text"], "the refusal")
        window.picture(f"passphrase-refused-{language}")

        window.fill("passphrase.again", f"  {words} ".upper() if language == "en" else words)
        window.touch("passphrase.change")
        window.see("settings.keys.change", 30)
        window.picture(f"passphrase-changed-{language}")
        window.touch("settings.lock")
        window.wait_for(lambda: window.find("unlock.passphrase"), "the unlock screen", 40)
        enter(window, words)
        window.see("nav.today", 60)
    assert PASSPHRASE not in words
    assert words not in window.log.read_text()


def test_a_passphrase_of_her_own_must_be_strong(
    display: Display, keyed_office: Office, tmp_path: Path
) -> None:
    with opened(display, keyed_office, tmp_path) as window:
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
        window.touch("nav.settings")
        window.touch("settings.keys.change")
        window.touch("passphrase.own")
        window.fill("passphrase.old", PASSPHRASE)
        for weak, told in (("two words", "too short"), ("passwordpassword", "among the first")):
            window.fill("passphrase.new", weak)
            window.fill("passphrase.again", weak)
            window.touch("passphrase.change")
            window.read(told)
        window.picture("passphrase-own")
        window.fill("passphrase.new", "my neighbours goat ate the hat")
        window.fill("passphrase.again", "my neighbours goat ate the hat")
        window.touch("passphrase.change")
        window.see("settings.keys.change", 30)


def test_a_new_recovery_key_waits_for_her_word(
    display: Display, keyed_office: Office, tmp_path: Path
) -> None:
    with opened(display, keyed_office, tmp_path) as window:
        second = command(keyed_office, "recovery-key", "--replace", "--out", str(tmp_path / "second.key"))
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
        window.press("F2")
        window.read("Synced", 60)
        window.touch("nav.settings")
        assert second in str(window.see("settings.keys.offered")["text"])
        assert second not in str(window.see("settings.keys.recovery")["text"])
        window.picture("settings-offered")
        window.touch("settings.keys.take")
        window.touch("settings.keys.passphrase")
        window.write(PASSPHRASE)
        window.picture("settings-take")
        window.touch("dialog.0")
        window.gone("settings.keys.offered")
        assert second in str(window.see("settings.keys.recovery")["text"])


@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.long)])
def test_wrong_passphrases_count_down_and_after_ten_only_a_code_goes_on(
    display: Display, keyed_office: Office, tmp_path: Path, language: str
) -> None:
    folder = enrol(keyed_office, tmp_path / "tablet")
    window = AppWindow(display, folder, tmp_path, language)
    window.start()
    try:
        window.see("unlock.passphrase")
        for _ in range(3):
            enter(window, "wrong one")
            window.wait_for(lambda: window.find("unlock.error")["text"], "the refusal")
            window.wait_for(lambda: window.see("unlock.open")["enabled"], "the end of the wait")
        enter(window, "wrong one")
        window.wait_for(lambda: window.find("unlock.wait")["text"], "the countdown")
        window.picture(f"unlock-wait-{language}")
        # The right one, entered before its time, opens as soon as the time is over.
        enter(window, PASSPHRASE)
        assert window.find("nav.today") is None
        window.see("nav.today", 60)
    finally:
        window.close()

    guess_on(folder, 10)
    window.start()
    try:
        number = window.see("unlock.number")["text"]
        assert window.find("unlock.passphrase") is None
        window.picture(f"unlock-code-{language}")
        device = str(number).split()[-1].strip("\u2066\u2069")
        code = command(keyed_office, "unlock-code", "--device", device)
        window.touch("unlock.code")
        window.write(code.lower())
        window.press("Return")
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
    finally:
        window.close()


def guess_on(folder: Path, failures: int) -> None:
    """So many were wrong, and their wait is over: another boot, an hour ago."""
    from app.store import attempts

    attempts._write(folder / attempts.FILE_NAME, attempts._Record(failures, "another boot", 0))
