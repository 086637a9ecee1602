"""A coordinator decides at the real window: she passes what is soft, shares a case, joins two files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.conftest import Office, opened
from tests.ui.test_a_workers_day import unlock
from tests.ui.test_what_is_missing import GENT, missing, open_the_case_of
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window


@pytest.fixture
def coordinator(display: Display, two_offices: Office, tmp_path: Path) -> Iterator[AppWindow]:
    with opened(display, two_offices, tmp_path, login="coordinator") as window:
        yield window


def test_what_is_soft_is_passed_with_a_reason_and_what_is_hard_has_no_button(coordinator: AppWindow) -> None:
    window = coordinator
    unlock(window)
    open_the_case_of(window, GENT)
    window.touch("case.gate.clear_to_travel")
    window.see("gate.stops")
    before = missing(window)
    assert window.find("gate.pass.consent_missing") is None
    (button, *_) = window.wait_for(lambda: window.names("gate.pass."), "something soft")
    window.touch(button)
    # Without a reason it is refused in words, and the question stays.
    window.touch("dialog.0")
    window.read("A reason is needed. Write why it is right all the same.")
    window.picture("gate-refused")
    assert window.find("gate.why") is not None
    window.touch("gate.why")
    window.write("Her sister waits at the airport")
    window.picture("gate-pass")
    window.touch("dialog.0")
    window.wait_for(lambda: missing(window) == before - 1, "one reason less")


def test_a_case_is_shared_on_a_ground_and_taken_back(coordinator: AppWindow) -> None:
    window = coordinator
    unlock(window)
    open_the_case_of(window, GENT)
    window.scroll_to("case.sharing")
    window.touch("case.sharing")
    window.see("sharing.share.Athens")
    window.touch("sharing.share.Athens")
    # On consent, which nobody has recorded, it is refused in words.
    window.touch("dialog.0")
    window.read("The person has not agreed that this office gets the case.")
    window.picture("sharing-refused")
    window.touch("sharing.ground.vital_interest")
    window.touch("sharing.reason")
    window.write("Threats were made against him there")
    window.picture("sharing-ask")
    window.touch("dialog.0")
    window.see("sharing.end.Athens")
    window.read("It works on the case.")
    window.picture("sharing")
    window.touch("sharing.end.Athens")
    window.see("sharing.share.Athens")


def test_another_file_of_the_same_person_is_found_by_its_code(coordinator: AppWindow) -> None:
    window = coordinator
    unlock(window)
    window.touch("nav.cases")
    rows = window.wait_for(lambda: window.names("cases.row."), "cases")
    other = rows[1].removeprefix("cases.row.")
    window.touch(rows[0])
    window.scroll_to("case.files")
    window.touch("case.files")
    window.read("This case has no other file.")
    window.touch("files.join")
    window.touch("files.code")
    window.write(other[:-2])
    window.touch("files.because")
    window.write("Both papers have one number")
    window.touch("dialog.0")
    window.read("No file here has this code.")
    window.fill("files.code", other)
    window.touch("dialog.0")
    window.gone("files.code")
    window.read("Read as one")

    # They are read apart again, and why is asked.
    window.touch("files.part")
    window.touch("dialog.0")
    window.read("A reason is needed. Write how it is known that they are two people.")
    window.touch("files.apart")
    window.write("Two numbers after all")
    window.touch("dialog.0")
    window.read("This case has no other file.")


def test_files_that_differ_on_safe_contact_stop_every_contact_until_one_is_corrected(
    coordinator: AppWindow,
) -> None:
    """Gent has a second file, made in a hurry, in which another way is said to be safe."""
    window = coordinator
    unlock(window)
    window.touch("nav.cases")
    window.touch("cases.new")
    window.see("new_case.given_name")
    window.write("Gent")
    window.touch("new_case.family_name")
    window.write("Shembulli")
    (hers,) = window.wait_for(lambda: window.names("new_case.likely."), "the file that is here")
    window.touch("new_case.language")
    window.touch("new_case.language.sq")
    window.touch("new_case.make")
    window.touch("dialog.1")
    window.see("case.new_form")
    second = str(window.see("page.title")["text"])
    window.touch("case.frozen.file")
    turn_safe_channel(window, "text_message")
    window.touch("nav.cases")
    window.fill("cases.search", second)
    window.touch(f"cases.row.{second}")

    # It is chosen among the likely ones, without a code.
    window.scroll_to("case.files")
    window.touch("case.files")
    window.see(hers.replace("new_case", "files"))
    window.touch(hers.replace("new_case.likely", "files.same"))
    window.touch("files.because")
    window.write("He told us himself")
    window.touch("dialog.0")
    window.see("files.contact")
    window.read("Nobody makes contact now")
    window.picture("files-differ")
    assert len(window.names("files.value.safe_channel.")) == 2

    # Nor does the case itself let anybody call, and it leads here.
    window.touch("page.back")
    window.touch("case.frozen.files")
    window.see("files.contact")

    # A touch on what is wrong opens that file; once it is corrected nothing differs any more.
    window.touch(f"files.value.safe_channel.{second}")
    turn_safe_channel(window, "text_message")
    window.touch("nav.cases")
    window.fill("cases.search", second)
    window.touch(f"cases.row.{second}")
    window.scroll_to("case.files")
    window.touch("case.files")
    window.read("Read as one")
    assert window.find("files.contact") is None


def turn_safe_channel(window: AppWindow, channel: str) -> None:
    """From a case file that is open to be read: say it, or take it back, and finish."""
    window.touch("review.change")
    window.see("entry.progress")
    while not window.names(f"entry.choice.safe_channel.{channel}"):
        window.touch("entry.next")
    window.touch(f"entry.choice.safe_channel.{channel}")
    while window.find("entry.finish") is None:
        window.touch("entry.next")
    window.touch("entry.finish")
    window.touch("review.finish")
    window.see("receipt.only_here")
