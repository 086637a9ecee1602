"""What the office decides about cover, lock and PIN, at the real window of a device that syncs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server.demo_office import people
from tests.ui.conftest import Office, opened, running_office
from tests.ui.test_a_workers_day import unlock
from tests.ui.test_cover import PIN, is_covered, set_pin
from tests.ui.window import ROOT, Display

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def deciding_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of its own: what it decides would hold for the others' windows, too."""
    with running_office(tmp_path_factory.mktemp("deciding")) as office:
        yield office


def decide(office: Office, *words: str) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "sync_server", "cover-policy", "--dir", str(office.folder)),
            *("--office", people.OFFICE, *words),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )


def test_the_office_asks_for_a_longer_pin_locks_sooner_and_allows_none(
    display: Display, deciding_office: Office, tmp_path: Path
) -> None:
    with opened(display, deciding_office, tmp_path) as window:
        unlock(window)
        set_pin(window)
        window.read("It locks by itself after 10 minutes without a touch or a key.")
        decide(deciding_office, "--lock-after", "120", "--cover-lasts", "60", "--pin-least", "6")
        window.press("F2")
        window.read("The office asks for a longer PIN.", 60)
        window.touch("nav.today")
        window.touch("nav.settings")
        window.read("A PIN has 6 digits here.")
        window.read("It locks by itself after 2 minutes without a touch or a key.")
        window.read("The office has decided this.")
        window.scroll_to("settings.pin")
        window.picture("settings-of-the-office")
        window.touch("settings.pin")
        window.see("pin.go_on")
        window.write(PIN)
        assert not window.see("pin.go_on")["enabled"]
        window.press("Return")
        window.read("6 digits.")
        for _ in range(2):
            window.write("258014")
            window.press("Return")
        window.gone("pin.go_on")
        window.press("F12")
        is_covered(window)
        window.write("258014")
        window.see("settings.pin")

        # It holds after a lock too, before any sync; then none is allowed.
        window.press("shift+F12")
        window.see("unlock.passphrase", 40)
        unlock(window)
        window.touch("nav.settings")
        window.read("A PIN has 6 digits here.")
        set_pin(window, "258014")
        decide(deciding_office, "--no-pin")
        window.press("F2")
        window.read("The office allows no PIN any more", 60)
        window.touch("nav.today")
        window.touch("nav.settings")
        window.read("The office allows no PIN.")
        assert window.find("settings.pin") is None


@pytest.mark.long
def test_it_locks_as_soon_as_the_office_has_decided(
    display: Display, deciding_office: Office, tmp_path: Path
) -> None:
    decide(deciding_office, "--lock-after", "30")
    with opened(display, deciding_office, tmp_path) as window:
        unlock(window)
        window.see("lock.soon", 60)
        window.see("unlock.passphrase", 40)
