"""A newer version of a form comes down while a draft lies there: at the window, with a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import Office
from tests.ui.test_a_workers_day import finish_and_sync
from tests.ui.test_forms_of_others import begin_other, publish
from tests.ui.window import AppWindow

pytestmark = pytest.mark.window

FORM = """
| settings |
| | form_id | form_title | version | default_language | namespaces | attribute::homeward:title_en | attribute::homeward:title_ar |
| | home | Home visit | {version} | English (en) | homeward="https://homeward.invalid/xforms" | Home visit | زيارة منزلية |
| survey |
| | type | name | label::English (en) | label::Arabic (ar) |
"""  # noqa: E501 - a row of a table
FIRST = (
    FORM.format(version=1)
    + """\
| | text | people | How many people? | كم عدد الأشخاص؟ |
| | text | mood | How is she? | كيف حالها؟ |
"""
)
SECOND = (
    FORM.format(version=2)
    + """\
| | begin_group | home | At home | في البيت |
| | integer | people | How many people live there? | كم شخصًا يعيش هناك؟ |
| | text | mood | How is she? | كيف حالها؟ |
| | end_group | | | |
| | text | wishes | What does she wish? | ماذا تتمنى؟ |
"""
)


def a_draft_of_an_older_version(office: Office, window: AppWindow, tmp_path: Path) -> None:
    form = tmp_path / "home.md"
    form.write_text(FIRST, "utf-8")
    publish(office, form)
    begin_other(window, "home")
    window.fill("entry.question.people", "a few")
    window.fill("entry.question.mood", "tired")
    window.press("Tab")
    window.read("Saved on this device")
    window.press("Escape")
    form.write_text(SECOND, "utf-8")
    publish(office, form)
    window.press("F2")
    window.read("Synced", 40)
    window.touch("nav.today")
    window.touch(
        window.wait_for(lambda: window.names("today.continue.", ".home"), "the draft of the form")[0]
    )


def test_a_draft_moves_to_a_newer_version_when_its_author_says_so(
    office: Office, window: AppWindow, tmp_path: Path
) -> None:
    a_draft_of_an_older_version(office, window, tmp_path)
    window.read("A newer version of this form is there.")
    window.picture("newer-banner-en")
    window.touch("entry.newer")
    window.read("From version 1 to version 2")
    window.read("New question")
    window.read("What does she wish?")
    window.read("Answers without a question")
    window.read("a few")
    window.picture("newer-changes-en")
    window.touch("revision.stay")
    window.see("entry.newer")
    assert "What does she wish?" not in window.text()

    window.touch("entry.newer")
    window.touch("revision.move")
    window.read("The draft goes on in the newer version.")
    window.gone("entry.newer")
    window.read("How many people live there?")
    window.fill("entry.question.home/people", "3")
    window.press("Tab")
    window.read("Saved on this device")
    while window.find("entry.finish") is None:
        window.touch("entry.next")
    window.touch("entry.finish")
    window.read("Answers without a question")
    assert window.see("aside.kept-from.1/people")["text"] == "a few"
    assert window.see("review.answer.home/mood")["text"] == "tired"
    window.picture("newer-review-en")
    window.press("Escape")
    finish_and_sync(window)
