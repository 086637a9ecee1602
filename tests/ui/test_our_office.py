"""The office's own file at the real window: opened, a leaflet day recorded by hand, and seen again on Today."""

from __future__ import annotations

import pytest

from tests.ui.test_a_workers_day import choose, unlock
from tests.ui.window import AppWindow

pytestmark = pytest.mark.window


def open_our_office(window: AppWindow) -> None:
    window.touch("nav.cases")
    window.touch("cases.office")
    window.see("office.offer.meeting")


def test_leaflets_are_recorded_in_the_file_of_the_office_and_reach_the_server(window: AppWindow) -> None:
    unlock(window)
    open_our_office(window)
    window.read("Our office")
    window.read("Nothing is recorded yet.")
    window.picture("our-office-empty")
    window.touch("office.offer.meeting")
    window.see("entry.progress")
    window.read("Our office")
    choose(window, "activity/activity_kind", "leaflets")
    window.read("Saved on this device")

    # It waits on Today as a draft of the office, and of no case.
    window.touch("nav.today")
    window.see("today.draft..meeting")
    window.read("Our office")
    window.touch("today.continue..meeting")
    window.see("entry.progress")
    choose(window, "activity/organisers", "own")
    while window.find("entry.next") is not None:
        for choice in ("afterwards/agreed_any.no", "leaflets/leaflets_any.no"):
            if window.find(f"entry.choice.{choice}") is not None:
                path, _, name = choice.rpartition(".")
                choose(window, path, name)
        window.touch("entry.next")
    window.touch("entry.finish")
    window.touch("review.finish")
    window.see("receipt.only_here")
    window.read("Our office")
    window.touch("receipt.sync")
    window.see("receipt.on_server", 40)
    window.read("Back to our office")
    window.touch("receipt.case")
    window.see("office.record.meeting")
    window.read("On the server")
    window.picture("our-office")

    # In another language it reads in that, and nothing of it moved into a case.
    window.touch("nav.settings")
    window.touch("settings.language.ar")
    open_our_office(window)
    window.read("مكتبنا")
    window.see("office.record.meeting")
    window.picture("our-office-ar")
    window.touch("nav.cases")
    window.wait_for(lambda: window.names("cases.row."), "cases")
    window.picture("cases-ar")
