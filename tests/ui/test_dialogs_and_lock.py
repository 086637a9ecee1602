"""What is typed in an open dialog is there again after a lock, and sealed in the store meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.canaries import NOTE, found_in
from tests.ui.conftest import Office, opened
from tests.ui.test_a_workers_day import unlock
from tests.ui.test_cover import is_covered, set_pin
from tests.ui.test_what_is_missing import GENT, open_the_case_of
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window

WHY = "Threats were made against him there"


@pytest.fixture
def coordinator(display: Display, two_offices: Office, tmp_path: Path) -> Iterator[AppWindow]:
    with opened(display, two_offices, tmp_path, login="coordinator") as window:
        yield window


def ask_to_share(window: AppWindow) -> None:
    open_the_case_of(window, GENT)
    window.scroll_to("case.sharing")
    window.touch("case.sharing")
    window.touch("sharing.share.Athens")
    window.see("sharing.reason")


def ask_to_leave_out(window: AppWindow) -> str:
    open_the_case_of(window, GENT)
    window.scroll_to("case.checklist")
    window.touch("case.checklist")
    for _ in range(10):
        if found := window.whole_names("case.leave_out."):
            window.touch(found[0])
            window.see("step.reason")
            return found[0]
        window.scroll_down()
    raise AssertionError("nothing can be left out")


def text(window: AppWindow, name: str) -> str:
    return str(window.see(name)["text"])


def test_a_reason_that_is_being_typed_is_there_after_locks_by_hand_and_by_itself(
    coordinator: AppWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = coordinator
    window.close()
    monkeypatch.setenv("HOMEWARD_COVER_LASTS", "4")
    window.start()
    unlock(window)
    set_pin(window)
    ask_to_share(window)
    window.touch("sharing.ground.vital_interest")
    window.touch("sharing.reason")
    window.write(f"{WHY}: {NOTE.split(',')[0]}")
    # Covered, and nobody comes back: it locks by itself.
    window.press("F12")
    is_covered(window)
    window.see("unlock.passphrase", 40)
    assert found_in(window.folder) == set()

    # She is told of it, and locks again before she has looked.
    unlock(window)
    window.read("What was typed for a decision in AL-")
    window.keys("shift+F12")
    window.see("unlock.passphrase", 40)
    unlock(window)

    ask_to_share(window)
    window.wait_for(lambda: text(window, "sharing.reason").startswith(WHY), "each letter")
    assert window.see("sharing.ground.vital_interest")["selected"]
    window.picture("dialog-again")
    window.touch("dialog.0")
    window.see("sharing.end.Athens")
    window.touch("sharing.end.Athens")

    # It was handed back once.
    window.touch("sharing.share.Athens")
    assert text(window, "sharing.reason") == ""
    window.press("Escape")

    # The question of another step does not get it, nor does one that was cancelled.
    ask_to_leave_out(window)
    assert text(window, "step.reason") == ""
    window.touch("step.reason")
    window.type_quickly("Nobody was there")
    window.keys("shift+F12")
    window.see("unlock.passphrase", 40)
    unlock(window)
    ask_to_leave_out(window)
    window.wait_for(lambda: text(window, "step.reason") == "Nobody was there", "each letter")
    window.touch("dialog.1")
    ask_to_leave_out(window)
    assert text(window, "step.reason") == ""
