"""A visit at which somebody comes in, done by hand at the real window: one touch makes the form harmless."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from forms.discreet import marked
from forms.library import read
from forms.telltale import tells
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.ui.conftest import PASSPHRASE, Office, opened
from tests.ui.test_a_workers_day import choose, unlock
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window

FORM = load_form(xform_from_xlsform(read("monitoring_contact")).xml)
#: The app's own word for what is stored: it says nothing of anybody.
OF_THE_APP = "Safe on this tablet, and only here until the next sync."
USUAL_TITLE = FORM.titles["en"]


def labels(paths: tuple[str, ...]) -> set[str]:
    return {
        "".join(part for part in FORM.questions[path].label.by_language["en"] if isinstance(part, str))
        for path in paths
    }


PRIVATE = labels(marked(FORM))


def look_over_her_shoulder(window: AppWindow) -> None:
    """What stands on the window now, line by line, tells nothing; neither does the window's name."""
    lines = [line for line in window.text().splitlines() if line]
    assert USUAL_TITLE not in lines
    assert not PRIVATE & set(lines), PRIVATE & set(lines)
    telling = [line for line in lines if tells(line) and line != OF_THE_APP]
    assert not telling, telling


def name_of_window(window: AppWindow) -> str:
    """What a list of open windows would show: the name of the window under the pointer."""
    look = {"env": {**os.environ, "DISPLAY": window.display}, "text": True, "timeout": 20}
    place = subprocess.check_output(["xdotool", "getmouselocation", "--shell"], **look)
    number = place.rpartition("WINDOW=")[2].split()[0]
    return str(subprocess.check_output(["xdotool", "getwindowname", number], **look)).strip()


def leaf_through(window: AppWindow) -> int:
    """From the first page of the short form to the last, each from top to end; how many there are."""
    pages = 1
    while window.find("entry.back") and window.see("entry.back")["enabled"]:
        window.touch("entry.back")
    while True:
        look_over_her_shoulder(window)
        while window.scroll_down():
            look_over_her_shoulder(window)
        if window.find("entry.finish"):
            return pages
        window.touch("entry.next")
        pages += 1


def begin_what_is_due(window: AppWindow) -> tuple[str, str]:
    """The first contact on Today: the code of its case and the kind of the contact."""
    window.read("Overdue")
    due = window.wait_for(
        lambda: [name for name in window.names("today.do.") if ".contact." in name], "a contact that is due"
    )[0]
    code, _, kind = str(due).removeprefix("today.do.").partition(".")
    window.touch(due)
    window.see("entry.progress")
    return code, kind


def to_section(window: AppWindow, section: str) -> None:
    window.touch(f"entry.section.{section}")
    window.wait_for(lambda: window.see(f"entry.section.{section}")["selected"], f"section {section}")


def test_the_mother_in_law_comes_in_and_all_answers_are_there_when_she_has_gone(window: AppWindow) -> None:
    unlock(window)
    code, kind = begin_what_is_due(window)
    window.read(USUAL_TITLE)
    choose(window, "contact/outcome", "met")
    to_section(window, "safety")
    assert window.find("entry.choice.safety/threats.contact")
    choose(window, "safety/threats", "watched")
    to_section(window, "conclusion")
    window.touch("entry.next")
    window.touch("entry.question.conclusion/observation")
    window.write("She looks at the door before each answer.")

    # The door opens. One touch.
    turn = window.see("short_form.enter")
    assert turn["h"] >= 48
    assert turn["w"] >= 48
    window.touch("short_form.enter")
    window.see("short_form.leave")
    window.read("Visit")
    assert window.find("short_form.word") is None, "she asked for it, and nobody else is told of more"
    window.picture("short-en")
    assert "She looks" not in window.text()
    assert leaf_through(window) > 1
    window.touch("entry.finish")
    window.see("review.answers")
    window.picture("short-review-en")
    look_over_her_shoulder(window)
    assert window.find("review.others"), "what is missing there is counted, and not named"
    window.press("Escape")
    window.see("entry.end")
    assert name_of_window(window) == "Notes"

    # She goes on for a moment, to Today and back: it stays as it is.
    window.press("Escape")
    draft = str(window.see(f"today.draft.{code}.monitoring_contact")["text"])
    assert "Visit" in draft or "Visit" in window.text()
    assert USUAL_TITLE not in window.text().splitlines()
    window.touch(f"today.continue.{code}.monitoring_contact")
    window.see("short_form.leave")
    look_over_her_shoulder(window)

    # Two touches.
    window.touch("entry.end")
    window.see("dialog.0")
    window.picture("end-en")
    window.touch("dialog.0")
    window.see("receipt.only_here")
    look_over_her_shoulder(window)
    window.picture("receipt-en")
    window.touch("receipt.today")
    window.read("Today")
    window.wait_for(lambda: not window.names(f"today.do.{code}.{kind}"), f"{kind} to be done for today")
    window.touch("nav.cases")
    window.touch(f"cases.row.{code}")
    window.see("case.due.contact.again")
    row = window.scroll_to("case.record.monitoring_contact")
    assert row["text"] == "Visit"

    # Later, alone.
    window.touch("case.record.monitoring_contact")
    window.see("short_form.leave")
    look_over_her_shoulder(window)
    window.touch("short_form.leave")
    window.touch("dialog.1")
    window.see("short_form.leave")
    window.touch("short_form.leave")
    window.touch("dialog.0")
    window.see("short_form.enter")
    window.read(USUAL_TITLE)
    window.scroll_to("review.answer.safety/threats")
    window.read("Being followed or watched")
    window.scroll_to("review.answer.conclusion/observation")
    window.read("She looks at the door before each answer.")
    window.touch("review.change")
    choose(window, "contact/outcome", "met")
    window.touch("entry.next")
    choose(window, "contact/safe_to_talk", "yes")
    to_section(window, "conclusion")
    choose(window, "conclusion/risk_level", "high")
    window.touch("entry.next")
    window.touch("entry.finish")
    window.touch("review.finish")
    window.see("receipt.only_here")
    window.touch("receipt.case")
    window.see("case.new_form")
    assert "monitoring" not in window.log.read_text().lower()
    for log in (window.folder / "logs").glob("*"):
        said = log.read_text().lower()
        assert "short" not in said
        assert "discre" not in said


def test_not_sure_whether_it_is_safe_turns_it_by_itself_and_the_lock_forgets_it(window: AppWindow) -> None:
    unlock(window)
    code, _kind = begin_what_is_due(window)
    choose(window, "contact/outcome", "phone_only")
    window.touch("entry.next")
    window.touch("entry.choice.contact/safe_to_talk.unsure")
    window.see("short_form.leave")
    window.see("short_form.word")
    look_over_her_shoulder(window)
    window.press("F3")
    window.see("dialog.0")
    window.press("F3")
    window.press("Escape")
    window.gone("dialog.0")
    window.see("short_form.leave")
    window.press("F3")
    window.touch("dialog.0")
    window.see("short_form.enter")
    window.wait_for(
        lambda: window.scroll_to("entry.choice.contact/safe_to_talk.unsure")["selected"],
        "the answer is there",
    )
    window.press("F3")
    window.see("short_form.leave")
    window.press("ctrl+l")
    window.see("cover")
    window.press("Return")
    window.see("short_form.leave")
    window.kill()
    window.start()
    window.touch("unlock.passphrase")
    window.write(PASSPHRASE)
    window.press("Return")
    window.touch(f"today.continue.{code}.monitoring_contact")
    window.see("short_form.enter")


def test_in_arabic_it_is_as_harmless(display: Display, office: Office, tmp_path: Path) -> None:
    with opened(display, office, tmp_path, language="ar") as window:
        window.touch("unlock.passphrase")
        window.write(PASSPHRASE)
        window.press("Return")
        due = window.wait_for(
            lambda: [name for name in window.names("today.do.") if ".contact." in name], "a contact"
        )[0]
        window.touch(due)
        choose(window, "contact/outcome", "met")
        window.picture("whole-ar")
        window.touch("short_form.enter")
        window.see("short_form.leave")
        window.read(FORM.discreet_titles["ar"])
        lines = [line for line in window.text().splitlines() if line]
        assert FORM.titles["ar"] not in lines
        assert not [line for line in lines if tells(line)]
        window.picture("short-ar")
        window.touch("entry.end")
        window.see("dialog.0")
        window.picture("end-ar")
