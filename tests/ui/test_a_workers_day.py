"""The main job of the app, done by hand at the real window: find a case, fill in, finish, sync, receipt."""

from __future__ import annotations

import pytest

from tests.ui.conftest import PASSPHRASE
from tests.ui.window import AppWindow

pytestmark = pytest.mark.window


def unlock(window: AppWindow) -> None:
    window.touch("unlock.passphrase")
    window.write(PASSPHRASE)
    window.press("Return")
    window.see("nav.today", 30)


def open_a_case(window: AppWindow, number: int) -> str:
    """Find a case by typing the middle of its code, as it stands on a paper."""
    window.touch("nav.cases")
    window.wait_for(lambda: window.names("cases.row."), "cases")
    code = window.names("cases.row.")[number].removeprefix("cases.row.")
    window.touch("cases.search")
    window.write(code.split("-")[1].lower())
    window.wait_for(lambda: window.names("cases.row.") == [f"cases.row.{code}"], f"only {code}")
    window.touch(f"cases.row.{code}")
    window.see("case.new_form")
    return code


def begin(window: AppWindow, form: str, title: str = "") -> None:
    """A form of the sheet, be it folded away under another stage."""
    window.touch("case.new_form")
    window.see("case.offers.search")
    if window.find(f"case.offer.{form}") is None:
        window.fill("case.offers.search", title or form.partition("_")[0])
    window.touch(f"case.offer.{form}")
    window.see("entry.progress")


def choose(window: AppWindow, path: str, choice: str) -> None:
    """What an answer brings along may push the choice out of sight: it is looked for again."""
    window.touch(f"entry.choice.{path}.{choice}")
    window.wait_for(lambda: window.scroll_to(f"entry.choice.{path}.{choice}")["selected"], f"{choice} chosen")


def finish_and_sync(window: AppWindow, words: str = "On the server since") -> None:
    window.touch("entry.finish")
    window.touch("review.finish")
    window.see("receipt.only_here")
    window.touch("receipt.sync")
    window.see("receipt.on_server", 40)
    window.read(words)


def test_a_wrong_passphrase_opens_nothing_and_says_so(window: AppWindow) -> None:
    window.read("Notes")
    window.touch("unlock.passphrase")
    window.write("not this one")
    window.press("Return")
    window.read("This passphrase is not right")
    assert window.find("nav.today") is None
    unlock(window)
    window.read("DEMO")
    window.read("Overdue")


def test_a_reception_survives_a_dead_battery_and_reaches_the_server(window: AppWindow) -> None:
    unlock(window)
    code = open_a_case(window, 1)
    begin(window, "airport_reception")
    choose(window, "identity/reception_outcome", "not_arrived")
    window.read("Call the coordinator now")
    choose(window, "identity/reception_outcome", "received")
    window.wait_for(lambda: "Call the coordinator now" not in window.text(), "the warning to go")
    choose(window, "identity/identity_confirmed", "code_word")
    window.read("Saved on this device")

    window.kill()
    window.start()
    unlock(window)
    window.touch(f"today.continue.{code}.airport_reception")
    window.see("entry.progress")
    row = window.see("entry.choice.identity/identity_confirmed.code_word")
    assert row["selected"], "the last answer before the kill is there"

    window.touch("entry.next")
    window.touch("entry.now.arrival/arrived_at")
    choose(window, "arrival/met_by", "officer")
    choose(window, "arrival/with_others", "yes")
    window.touch("entry.next")
    window.touch("entry.add.arrival/companion")
    window.read("Person who came along 2")
    remove = window.names("entry.remove.arrival/companion[")[-1]
    window.touch(remove)
    window.gone(remove)
    companion = window.names("entry.instance.arrival/companion[")[0].removeprefix("entry.instance.")
    choose(window, f"{companion}/companion_relation", "child")
    age = f"entry.question.{companion}/companion_age"
    window.touch(age)
    window.write("430")
    window.press("Tab")
    window.see(age.replace("question", "violation"))
    window.fill(age, "4")
    window.press("Tab")
    window.gone(age.replace("question", "violation"))
    window.touch("entry.next")
    choose(window, "wellbeing/urgent_health", "none")
    window.touch("entry.next")
    window.touch("entry.next")
    window.touch(window.names("entry.choice.handover/escorted_to.")[0])
    window.touch("entry.question.handover/handed_over_to")
    window.write("Night shift of the shelter")
    window.touch("entry.now.handover/handed_over_at")
    window.touch("entry.question.handover/paper_photo")
    window.touch("files.file.luggage-tag.png")
    window.see("entry.picture.handover/paper_photo")
    window.read("Saved on this device")
    window.touch("entry.next")
    finish_and_sync(window)
    window.touch("receipt.case")
    window.read("On the server since")


def test_a_monitoring_contact_is_checked_before_it_is_finished(window: AppWindow) -> None:
    unlock(window)
    open_a_case(window, 4)
    begin(window, "monitoring_contact")
    window.fill("entry.question.contact/contact_date", "2199-01-01")
    window.press("Tab")
    window.see("entry.violation.contact/contact_date")
    window.touch("entry.question.contact/contact_date")
    window.fill("entry.question.contact/contact_date", "2026-02-03")
    window.press("Tab")
    window.gone("entry.violation.contact/contact_date")
    choose(window, "contact/outcome", "met")
    window.touch("entry.section.conclusion")
    choose(window, "conclusion/risk_level", "low")
    window.touch("entry.next")
    window.touch("entry.finish")
    missing = window.see("review.missing.contact/safe_to_talk")
    assert missing
    assert not window.see("review.finish")["enabled"]
    window.touch("review.missing.contact/safe_to_talk")
    choose(window, "contact/present", "nobody")
    choose(window, "contact/safe_to_talk", "yes")
    window.touch("entry.section.plan")
    choose(window, "plan/needs_any", "yes")
    window.touch("entry.next")
    need = window.wait_for(lambda: window.names("entry.instance.plan/need["), "the first need")[0]
    need = need.removeprefix("entry.instance.")
    choose(window, f"{need}/need_kind", "health")
    window.touch(f"entry.question.{need}/need_action")
    window.write("Appointment with the doctor")
    window.press("Tab")
    window.touch("entry.section.conclusion")
    window.touch("entry.next")
    window.touch("entry.question.conclusion/observation")
    window.write("Calm, looked well.")
    finish_and_sync(window)
    window.touch("receipt.case")
    window.touch("case.record.monitoring_contact")
    window.see("review.change")
    window.press("Escape")
    window.see("case.new_form")
    assert "On the server since" in str(window.see("case.state.monitoring_contact")["text"])


def test_the_cover_hides_everything_at_once_and_keys_lead_around(window: AppWindow) -> None:
    unlock(window)
    open_a_case(window, 0)
    window.press("ctrl+l")
    window.see("cover")
    assert [widget for widget in window.widgets() if widget["name"] not in ("cover", "cover.title")] == []
    window.press("Return")
    window.see("case.new_form")
    window.press("Escape")
    window.see("cases.search")
    window.press("Escape")
    window.read("Overdue")
    window.press("F2")
    window.read("Synced", 40)


def test_the_lock_starts_the_program_anew_without_any_data(window: AppWindow) -> None:
    unlock(window)
    window.touch("nav.settings")
    window.touch("settings.lock")
    window.see("unlock.passphrase", 40)
    assert window.find("nav.today") is None
    unlock(window)


def test_the_language_changes_at_once_and_arabic_is_mirrored(window: AppWindow) -> None:
    unlock(window)
    left = window.see("nav.today")["x"]
    window.touch("nav.settings")
    window.touch("settings.language.ar")
    window.wait_for(lambda: window.see("nav.today")["x"] > left + 800, "the rail at the right")
    window.touch("settings.language.en")
    window.wait_for(lambda: window.see("nav.today")["x"] == left, "the rail at the left")
