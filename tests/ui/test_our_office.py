"""The office's own file at the real window: leaflets recorded by hand, and what was agreed due on Today."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

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
    window.see("office.record.organisation")
    assert not window.names("office.record.meeting")
    window.picture("our-office-before")
    window.touch("office.offer.meeting")
    window.see("entry.progress")
    window.read("Our office")
    window.touch("entry.section.activity")
    choose(window, "activity/activity_kind", "leaflets")
    window.read("Saved on this device")

    # It waits on Today as a draft of the office, and of no case.
    window.touch("nav.today")
    window.see("today.draft..meeting")
    window.read("Our office")
    window.touch("today.continue..meeting")
    window.see("entry.progress")
    window.touch("entry.section.activity")
    window.touch("entry.next")
    choose(window, "activity/organisers", "own")
    window.touch("entry.section.leaflets")
    choose(window, "leaflets/leaflets_any", "no")
    window.touch("entry.section.afterwards")
    choose(window, "afterwards/agreed_any", "yes")
    window.touch("entry.next")
    agreed = window.wait_for(lambda: window.names("entry.instance.afterwards/agreed["), "the row")[0]
    row = agreed.removeprefix("entry.instance.")
    window.fill(f"entry.question.{row}/agreed_what", "Print more of them")
    window.fill(
        f"entry.question.{row}/agreed_due", datetime.now(ZoneInfo("Europe/Tirane")).date().isoformat()
    )
    window.press("Tab")
    while window.find("entry.finish") is None:
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

    # What was agreed is due on Today under the name of the office, and opens the record that says so.
    window.touch("nav.today")
    window.scroll_to("office.open.action.agreed")
    window.picture("today-our-office")
    window.touch("office.open.action.agreed")
    window.see("review.change")
    window.read("Print more of them")

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
