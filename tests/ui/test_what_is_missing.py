"""Drita looks what still keeps a journey from being cleared, by hand at the real window."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.ui.test_a_workers_day import choose, unlock
from tests.ui.window import AppWindow

pytestmark = pytest.mark.window

GENT, BESA, TILELLI = "gent", "besa", "tilelli"


def open_the_case_of(window: AppWindow, name: str) -> None:
    window.touch("nav.cases")
    window.wait_for(lambda: window.names("cases.row."), "cases")
    window.fill("cases.search", name)
    (row,) = window.wait_for(lambda: len(found := window.names("cases.row.")) == 1 and found, f"only {name}")
    window.touch(row)
    window.see("case.new_form")


def missing(window: AppWindow) -> int:
    """How many things the open gate says are missing, by its heading."""
    return int(str(window.see("gate.count")["text"]))


def test_she_sees_what_is_missing_fills_in_the_form_that_answers_it_and_one_reason_is_gone(
    window: AppWindow,
) -> None:
    unlock(window)
    open_the_case_of(window, GENT)
    window.touch("case.gate.clear_to_travel")
    window.see("gate.stops")
    window.read("You can record everything; this only stops the journey.")
    window.read("Consent to the return: not given yet")
    window.read("Nobody can waive this")
    before = missing(window)
    window.touch("gate.begin.consent_missing")
    window.see("entry.progress")
    fill_in_the_consent(window)
    window.touch("entry.finish")
    window.touch("review.finish")
    window.see("receipt.only_here")
    window.touch("receipt.case")
    window.touch("case.gate.clear_to_travel")
    window.see("gate.stops")
    assert missing(window) == before - 1
    assert window.find("gate.reason.consent_missing") is None


def fill_in_the_consent(window: AppWindow) -> None:
    """A man of age says yes to the return, in writing, in the language that he speaks."""
    yesterday, later = date.today() - timedelta(days=1), date.today() + timedelta(days=90)
    window.fill("entry.question.choice/consented_on", yesterday.isoformat())
    window.press("Tab")
    choose(window, "choice/decided_by", "person")
    choose(window, "choice/purpose", "return")
    window.touch("entry.next")
    choose(window, "choice/decision", "given")
    window.touch("entry.section.given")
    choose(window, "given/in_private", "yes")
    choose(window, "given/spoken", "sq")
    choose(window, "given/understood", "yes")
    window.touch("entry.next")
    window.fill("entry.question.given/valid_until", later.isoformat())
    window.press("Tab")
    choose(window, "given/how_given", "written")
    while window.find("entry.finish") is None:
        window.touch("entry.next")


def test_an_alarm_opens_its_case_and_the_record_that_is_the_reason(window: AppWindow) -> None:
    unlock(window)
    (alarm,) = window.wait_for(
        lambda: [name for name in window.names("today.alarm.", ".open") if "clearance" in name], "an alarm"
    )
    window.touch(alarm)
    window.see("case.clearance.lapsed")
    window.read("Consent to the return: withdrawn")
    window.read("Offices that have to know: Demo office")
    window.touch("case.clearance.reasons")
    window.touch("gate.open.consent_withdrawn.0")
    window.see("review.change")
    window.press("Escape")
    window.see("gate.stops")


def test_nobody_makes_contact_while_the_agreed_way_is_in_doubt(window: AppWindow) -> None:
    unlock(window)
    open_the_case_of(window, TILELLI)
    window.read("Nobody makes contact now")
    window.touch("case.frozen.begin")
    window.see("entry.progress")


def test_a_form_is_found_by_its_title_with_the_keyboard_alone(window: AppWindow) -> None:
    unlock(window)
    open_the_case_of(window, BESA)
    for _ in range(40):
        window.press("Tab")
        if (held := window.find("case.new_form")) and held["focus"]:
            break
    window.press("Return")
    window.wait_for(lambda: (field := window.find("case.offers.search")) and field["focus"], "the search")
    window.write("closu")
    window.wait_for(lambda: window.names("case.offer.") == ["case.offer.closure"], "only one form")
    window.press("Return")
    window.see("entry.progress")


def test_a_step_of_the_checklist_is_ticked_and_left_out_with_a_reason(window: AppWindow) -> None:
    unlock(window)
    open_the_case_of(window, BESA)
    window.touch("case.checklist")
    window.touch("case.tick.pre_departure.reception")
    window.see("case.untick.pre_departure.reception")
    window.read("1 of 3 done")
    window.touch("case.leave_out.pre_departure.both_assess")
    window.touch("step.reason")
    window.write("The other office is closed this week")
    window.touch("dialog.0")
    window.scroll_to("case.untick.pre_departure.both_assess")
    window.read("The other office is closed this week")
    window.touch("case.leaflets")
    window.touch("case.leaflet.your_rights")
    window.see("leaflet.text")
    window.read("Ju vendosni nëse ktheheni.")


def test_the_calendar_is_written_only_after_a_warning(window: AppWindow) -> None:
    unlock(window)
    window.touch("nav.settings")
    window.touch("settings.calendar.write")
    window.read("This file is not encrypted.")
    out = window.scratch / "days.ics"
    window.fill("calendar.path", str(out))
    assert not out.exists()
    window.touch("calendar.0")
    window.wait_for(out.exists, "the file")
    text = out.read_text("utf-8")
    assert "SUMMARY:Appointment" in text
    assert "AL-" not in text
