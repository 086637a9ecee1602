"""A new case at the real window, by hand and by keyboard alone; who may be here already is shown."""

from __future__ import annotations

import pytest

from tests.ui.test_a_workers_day import unlock
from tests.ui.window import AppWindow

pytestmark = pytest.mark.window


def open_new_case(window: AppWindow) -> None:
    window.touch("nav.cases")
    window.touch("cases.new")
    window.see("new_case.given_name")
    window.wait_for(lambda: window.see("new_case.country")["text"] != "Choose…", "the office's country")


def likely(window: AppWindow) -> list[str]:
    return [name.removeprefix("new_case.likely.") for name in window.names("new_case.likely.")]


def held(window: AppWindow) -> str:
    """What has the keyboard."""
    return next((str(each["name"]) for each in window.widgets() if each["focus"]), "")


def has_the_keyboard(window: AppWindow, name: str) -> None:
    window.wait_for(lambda: held(window) == name, f"{name} to have the keyboard")


def tab_to(window: AppWindow, name: str, key: str = "Tab") -> None:
    for _ in range(60):
        if held(window) == name:
            return
        window.press(key)
    raise AssertionError(f"{key} never came to {name}, and is at {held(window)!r}")


def test_she_is_warned_while_she_types_and_what_she_typed_is_in_the_new_case(window: AppWindow) -> None:
    unlock(window)
    open_new_case(window)
    window.read("Albania")
    window.picture("new-case-empty")
    window.write("Gent")
    window.press("Return")
    has_the_keyboard(window, "new_case.family_name")
    window.write("Shembulli")
    (code,) = window.wait_for(lambda: likely(window), "the case that is here")
    window.read("the same names")
    assert not [line for line in window.text().splitlines() if "Gent" in line and "Shembulli" in line]
    window.touch("new_case.birth")
    window.write("5.12.1996")
    window.read("5 Dec 1996")
    window.read("born on the same day")
    window.picture("new-case-likely")

    # One touch opens that case, and the way back leads to what she typed.
    window.touch(f"new_case.likely.{code}")
    window.see("case.new_form")
    window.touch("page.back")
    window.wait_for(lambda: likely(window) == [code], "the same warning")

    # It is another person: a touch alone makes nothing, a second one does.
    window.touch("new_case.make")
    window.see("dialog.1")
    window.picture("new-case-ask")
    window.touch("dialog.0")
    window.see("new_case.make")
    window.touch("new_case.make")
    window.touch("dialog.1")
    window.see("case.new_form")
    window.touch("case.show_name")
    window.read("Gent Shembulli")
    window.touch("nav.cases")
    window.fill("cases.search", "gent")
    window.wait_for(lambda: len(window.names("cases.row.")) == 2, "both cases")

    # Nothing of it is left for the next one.
    window.touch("cases.new")
    window.see("new_case.given_name")
    assert "Shembulli" not in window.text()


def test_a_case_is_made_by_the_keyboard_alone(window: AppWindow) -> None:
    unlock(window)
    tab_to(window, "nav.cases")
    window.press("Return")
    window.see("cases.new")
    tab_to(window, "cases.new", "shift+Tab")
    window.press("Return")
    window.see("new_case.given_name")
    typed = {
        "given_name": "Luljeta",
        "family_name": "Prova",
        "other_names": "Lule",
        "birth": "1999",
        "phone": "069 765 43 21",
        "document": "AB 99887",
    }
    for name, words in typed.items():
        has_the_keyboard(window, f"new_case.{name}")
        window.write(words)
        window.wait_for(lambda name=name, words=words: window.see(f"new_case.{name}")["text"] == words, words)
        window.press("Return")
    has_the_keyboard(window, "new_case.country")
    window.press("Return")
    has_the_keyboard(window, "new_case.country.search")
    window.write("moro")
    window.press("Return")
    window.gone("new_case.country.search")
    window.wait_for(lambda: window.see("new_case.country")["text"] == "Morocco", "what was chosen")
    window.press("Tab")
    has_the_keyboard(window, "new_case.language")
    window.press("Return")
    has_the_keyboard(window, "new_case.language.search")
    window.write("arab")
    window.press("Return")
    window.gone("new_case.language.search")
    window.press("Tab")
    has_the_keyboard(window, "new_case.sex")
    window.press("Return")
    has_the_keyboard(window, "new_case.sex.female")
    window.picture("new-case-sex")
    window.press("Return")
    window.wait_for(lambda: window.see("new_case.sex")["text"] == "Female", "what was chosen")
    window.read("Nobody like this is on this device.")
    window.press("Tab")
    has_the_keyboard(window, "new_case.make")
    window.press("Return")
    window.see("case.new_form")
    assert str(window.see("page.title")["text"]).startswith("MA-")
    window.read("1999")
    window.press("F2")
    window.read("On the server since", 60)


def test_what_is_typed_is_out_of_sight_under_the_cover_and_there_again_after_it(window: AppWindow) -> None:
    unlock(window)
    open_new_case(window)
    window.write("Luljeta")
    window.press("ctrl+l")
    window.see("cover")
    assert "Luljeta" not in window.text()
    window.press("Return")
    window.see("new_case.given_name")
    window.read("Luljeta")
    # Elsewhere and back: it waits, until it is emptied.
    window.touch("nav.today")
    window.see("page.title")
    open_new_case(window)
    window.read("Luljeta")
    window.touch("new_case.empty")
    window.wait_for(lambda: "Luljeta" not in window.text(), "empty fields")


def test_a_birth_that_cannot_be_is_refused_in_words_and_nothing_is_lost(window: AppWindow) -> None:
    unlock(window)
    open_new_case(window)
    window.write("Luljeta")
    window.touch("new_case.birth")
    window.write("31.2.1999")
    window.touch("new_case.make")
    window.read("The date of birth cannot be read, or is still to come.")
    window.picture("new-case-refused")
    window.fill("new_case.birth", "2.1999")
    window.read("February 1999")
    window.touch("new_case.make")
    window.see("case.new_form")
