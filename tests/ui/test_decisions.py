"""A coordinator decides at the real window: she passes what is soft, shares a case, joins two files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.conftest import Office, add_second_office, opened
from tests.ui.test_a_workers_day import unlock
from tests.ui.test_what_is_missing import GENT, missing, open_the_case_of
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def two_offices(office: Office) -> Office:
    add_second_office(office)
    return office


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
    window.touch("files.join")
    window.touch("files.code")
    window.write(other)
    window.touch("files.because")
    window.write("Both papers have one number")
    window.touch("dialog.0")
    window.scroll_to("files.part")
    window.picture("files")
    window.touch("files.part")
    window.wait_for(lambda: window.find("files.part") is None, "the files are apart again")
