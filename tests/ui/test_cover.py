"""The cover and the lock at the real window: at once by key, tap, lost focus; back by a PIN; nothing lost."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Office, opened
from tests.ui.other_window import other_window
from tests.ui.test_a_workers_day import begin, choose, open_a_case, unlock
from tests.ui.test_new_case import held, open_new_case
from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window

PIN = "2580"
#: All that may stand on a covered window before anybody asks to go on.
BLANK = {"cover", "cover.title"}


def set_pin(window: AppWindow, pin: str = PIN) -> None:
    window.touch("nav.settings")
    window.touch("settings.pin")
    window.see("pin.go_on")
    for _ in range(2):
        window.write(pin)
        window.touch("pin.go_on")
    window.gone("pin.go_on")


def is_covered(window: AppWindow) -> None:
    window.see("cover")
    there = {str(widget["name"]) for widget in window.widgets()}
    assert there <= BLANK, there - BLANK


def clipboard(window: AppWindow) -> str:
    found = subprocess.run(
        ["xclip", "-selection", "clipboard", "-o"],
        env={**os.environ, "DISPLAY": window.display},
        capture_output=True,
        text=True,
        timeout=20,
    )
    return found.stdout


def test_a_pin_takes_the_cover_off_and_three_wrong_ones_lock(window: AppWindow) -> None:
    unlock(window)
    window.touch("nav.settings")
    window.read("In a demo any touch takes the cover off.")
    window.touch("settings.pin")
    window.write("1234")
    window.press("Return")
    window.read("Too easy")
    for wrong_or_right in (PIN, "2581"):
        window.write(wrong_or_right)
        window.press("Return")
    window.read("Not the same digits.")
    window.press("Escape")
    set_pin(window)
    window.read("Your PIN takes the cover off")
    open_a_case(window, 0)
    window.press("F12")
    is_covered(window)
    window.press("Return")
    window.see("pin.5")
    for digit in PIN:
        window.touch(f"pin.{digit}", rest=0)
    window.see("case.new_form")

    window.press("F12")
    is_covered(window)
    window.write("99")
    window.see("pin.dots")
    window.press("BackSpace", "BackSpace")
    window.write(PIN)
    window.see("case.new_form")

    window.press("ctrl+l")
    is_covered(window)
    window.write("9999")
    window.read("Not this PIN. 2 tries are left.")
    assert "AL-" not in window.text()
    window.write("9998")
    window.read("Not this PIN. 1 try is left.")
    window.press("Escape")
    is_covered(window)
    window.write("9997")
    window.see("unlock.passphrase", 40)
    unlock(window)
    window.touch("nav.settings")
    window.read("There is no PIN.")


def test_every_digit_is_large_enough_for_a_finger_and_stands_as_on_a_telephone_in_arabic_too(
    display: Display, office: Office, tmp_path: Path
) -> None:
    with opened(display, office, tmp_path, language="ar") as window:
        unlock(window)
        set_pin(window)
        window.press("F12")
        window.see("cover")
        window.press("Return")
        window.see("pin.5")
        window.picture("pin-ar")
        keys = [window.see(f"pin.{digit}") for digit in (1, 2, 3)]
        assert all(key["w"] >= 48 and key["h"] >= 48 for key in keys)
        assert keys[0]["x"] < keys[1]["x"] < keys[2]["x"]
        subprocess.run(["setxkbmap", "-display", window.display, "-layout", "ara"], check=True, timeout=20)
        try:
            # What a key writes there is another digit's sign, or none: its place counts.
            window.keys(*_places_of(PIN))
            window.see("nav.today")
        finally:
            subprocess.run(
                ["setxkbmap", "-display", window.display, "-layout", "us,ara,ua"], check=True, timeout=20
            )


def _places_of(pin: str) -> list[str]:
    """Key codes of X for the row of digits."""
    return [str(19 if digit == "0" else 9 + int(digit)) for digit in pin]


def test_whatever_takes_the_keyboard_away_covers_and_a_hidden_window_is_covered(window: AppWindow) -> None:
    unlock(window)
    own = window.own_window()
    code = open_a_case(window, 1)
    with other_window(window.display) as call:
        call.take_focus()
        is_covered(window)
        assert code not in window.text()
    window.touch("cover")
    window.see("case.new_form")
    window.xdo("windowfocus", own)
    window.xdo("windowunmap", own)
    window.see("cover")
    window.xdo("windowmap", own, "windowfocus", own)
    is_covered(window)
    window.press("Return")
    window.see("case.new_form")


def test_one_tap_covers_even_with_a_dialog_open_and_what_stands_in_it_is_there_afterwards(
    window: AppWindow,
) -> None:
    unlock(window)
    open_a_case(window, 0)
    begin(window, "airport_reception")
    window.touch("page.back")
    window.see("case.new_form")
    window.touch("case.new_form")
    window.see("case.offers.search")
    window.fill("case.offers.search", "rece")
    window.tap_through("nav.cover")
    is_covered(window)
    window.press("Return")
    window.see("case.offers.search")
    assert window.see("case.offers.search")["text"] == "rece"


def test_each_letter_typed_is_there_after_a_lock_that_came_at_once(window: AppWindow) -> None:
    unlock(window)
    code = open_a_case(window, 1)
    begin(window, "airport_reception")
    choose(window, "identity/reception_outcome", "received")
    window.touch("entry.section.handover")
    field = "entry.question.handover/handed_over_to"
    window.touch(field)
    window.type_quickly("Night shift, with Drita at the gate")
    window.keys("shift+F12")
    window.see("unlock.passphrase", 40)
    unlock(window)
    window.touch(f"today.continue.{code}.airport_reception")
    window.see("entry.progress")
    window.touch("entry.section.handover")
    window.wait_for(
        lambda: window.scroll_to(field)["text"] == "Night shift, with Drita at the gate", "each letter"
    )


def test_what_is_no_answer_and_no_case_yet_is_there_after_a_lock_too(window: AppWindow) -> None:
    """The fields of a new case, and a date that nobody can read: neither is in any record."""
    unlock(window)
    code = open_a_case(window, 4)
    begin(window, "monitoring_contact")
    date = "entry.question.contact/contact_date"
    choose(window, "contact/outcome", "met")
    window.fill(date, "5 or 6 May")
    window.press("Tab")
    window.read("Not saved: what cannot be read")
    open_new_case(window)
    window.write("Luljeta")
    window.press("Tab")
    window.type_quickly("Prova")
    window.keys("shift+F12")
    window.see("unlock.passphrase", 40)
    unlock(window)
    window.read("What was typed for a new case is still there.")
    open_new_case(window)
    assert window.see("new_case.given_name")["text"] == "Luljeta"
    assert window.see("new_case.family_name")["text"] == "Prova"
    window.touch("new_case.empty")
    window.touch("nav.today")
    window.touch(f"today.continue.{code}.monitoring_contact")
    window.see("entry.progress")
    window.wait_for(lambda: window.scroll_to(date)["text"] == "5 or 6 May", "the words that are no date")
    window.fill(date, "2026-02-03")
    window.press("Tab")
    window.keys("shift+F12")
    window.see("unlock.passphrase", 40)
    unlock(window)
    window.touch(f"today.continue.{code}.monitoring_contact")
    window.wait_for(lambda: "5 or 6 May" not in str(window.scroll_to(date)["text"]), "the date alone")


def test_letters_typed_right_before_the_cover_stand_there_after_it_and_the_keyboard_is_back(
    window: AppWindow,
) -> None:
    unlock(window)
    open_new_case(window)
    window.type_quickly("Luljeta")
    window.keys("F12")
    is_covered(window)
    window.type_quickly("xyz")
    window.press("Return")
    window.see("new_case.given_name")
    window.wait_for(lambda: window.see("new_case.given_name")["text"] == "Luljeta", "each letter, no other")
    window.wait_for(lambda: held(window) == "new_case.given_name", "the keyboard where it was")


def test_it_says_that_it_locks_soon_and_a_touch_keeps_it_open(
    window: AppWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.close()
    monkeypatch.setenv("HOMEWARD_LOCK_AFTER", "8")
    window.start()
    unlock(window)
    window.press("F2")
    window.see("lock.soon", 10)
    window.picture("locks-soon")
    assert "AL-" not in str(window.see("lock.soon")["text"])
    window.touch("nav.cases")
    window.gone("lock.soon", 2)
    window.see("page.title")
    # A sync is nobody's touch.
    window.see("lock.soon", 10)
    window.see("unlock.passphrase", 40)
    assert window.find("nav.today") is None


def test_a_cover_that_nobody_takes_off_locks(window: AppWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.close()
    monkeypatch.setenv("HOMEWARD_COVER_LASTS", "4")
    window.start()
    unlock(window)
    set_pin(window)
    window.press("F12")
    is_covered(window)
    window.see("unlock.passphrase", 40)


def test_what_was_copied_is_gone_with_the_cover_and_with_the_lock(window: AppWindow) -> None:
    unlock(window)
    open_new_case(window)
    for leave, back in (("F12", "Return"), ("shift+F12", "")):
        window.fill("new_case.given_name", "Kanarina Секретенко السرّية")
        window.press("ctrl+a", "ctrl+c")
        window.wait_for(lambda: "Kanarina" in clipboard(window), "the copied name")
        window.press(leave)
        window.wait_for(lambda: clipboard(window) == "", "an empty clipboard", 5)
        if back:
            window.press(back)
            window.see("new_case.given_name")
    window.see("unlock.passphrase", 40)
    assert clipboard(window) == ""


def test_what_another_program_copied_meanwhile_stays(window: AppWindow) -> None:
    unlock(window)
    open_new_case(window)
    window.write("Kanarina")
    window.press("ctrl+a", "ctrl+c")
    window.wait_for(lambda: clipboard(window) == "Kanarina", "the copied name")
    subprocess.run(
        ["xclip", "-selection", "clipboard", "-i"],
        env={**os.environ, "DISPLAY": window.display},
        input="a bus ticket",
        text=True,
        check=True,
        timeout=20,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    window.press("F12")
    is_covered(window)
    time.sleep(0.5)
    assert clipboard(window) == "a bus ticket"


def test_choosing_a_photo_leaves_no_trace_outside_of_the_devices_folder(
    window: AppWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list of recent files, no thumbnail, no copy: in a home of its own, only caches of drawing appear."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    for place in (home, temporary):
        place.mkdir()
    window.close()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(temporary))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    window.start()
    unlock(window)
    open_a_case(window, 1)
    begin(window, "airport_reception")
    choose(window, "identity/reception_outcome", "received")
    window.touch("entry.section.handover")
    window.touch("entry.question.handover/paper_photo")
    window.see("files.file.luggage-tag.png")
    # The picker is the app's own: the cover comes over it, and it is there again afterwards.
    window.press("F12")
    is_covered(window)
    window.press("Return")
    window.touch("files.file.luggage-tag.png")
    window.see("entry.picture.handover/paper_photo")
    window.read("Saved on this device")
    window.press("F12")
    is_covered(window)
    traces = [
        str(file.relative_to(place))
        for place in (home, temporary)
        for file in place.rglob("*")
        if file.is_file()
    ]
    assert [
        trace for trace in traces if not trace.startswith((".cache/mesa_shader_cache", ".cache/fontconfig"))
    ] == []
    assert not [trace for trace in traces if "luggage" in trace or "recent" in trace or "thumb" in trace]


def test_the_window_is_called_notes_in_each_list_of_windows(window: AppWindow) -> None:
    own = window.own_window()
    assert window.ask_x("getwindowname", own) == "Notes"
    told = subprocess.run(
        ["xprop", "-id", own, "WM_CLASS", "WM_NAME", "_NET_WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME"],
        env={**os.environ, "DISPLAY": window.display},
        capture_output=True,
        text=True,
        timeout=20,
    ).stdout
    assert 'WM_CLASS(STRING) = "notes", "notes"' in told
    assert "omeward" not in told
    unlock(window)
    open_a_case(window, 0)
    assert window.ask_x("getwindowname", own) == "Notes"


def test_the_icon_of_the_window_is_our_own_and_tells_nothing(window: AppWindow) -> None:
    shown = subprocess.run(
        ["xprop", "-id", window.own_window(), "-notype", "32c", "_NET_WM_ICON"],
        env={**os.environ, "DISPLAY": window.display},
        capture_output=True,
        text=True,
        timeout=20,
    ).stdout
    numbers = [int(number) for number in re.findall(r"\d+", shown.partition("=")[2])]
    width, height, *pixels = numbers
    ours = Image.open(ROOT / "app" / "ui" / "icon" / "notes.png").convert("RGBA")
    assert (width, height) == ours.size
    expected = [(a << 24) | (r << 16) | (g << 8) | b for r, g, b, a in ours.get_flattened_data()]
    opaque = [(one, two) for one, two in zip(pixels, expected, strict=False) if two >> 24 == 255]
    assert len(opaque) > 1000
    assert all(one == two for one, two in opaque)
    assert not list(window.folder.rglob("kivy-icon*"))
