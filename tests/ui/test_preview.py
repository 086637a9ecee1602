"""`python -m app --preview FILE`: a form tried out in the real window, and nothing of it kept anywhere."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window

VISIT = """
| settings |
| | form_title | form_id | version | default_language |
| | Home visit | visit | 3 | English (en) |
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) \
| relevant | required |
| | text | name | Name of the person | اسم الشخص | As they say it | كما يقوله الشخص | | yes |
| | select_one yn | safe | Is it safe to talk? | هل الحديث آمن؟ | | | | |
| | text | why | What is not safe? | ما الذي ليس آمنًا؟ | | | ${safe} = 'n' | |
| | image | tag | Photo of the tag | صورة البطاقة | | | | |
| | begin_repeat | person | Person in the house | شخص في البيت | | | | |
| | integer | age | Age | العمر | | | | |
| | end_repeat | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | yn | y | Yes | نعم |
| | yn | n | No | لا |
"""

#: What is typed calls up the next question.
STEP = """
| survey |
| | type | name | label::English (en) | relevant |
| | text | step | Next step | |
| | text | owner | Who does it? | ${step} != '' |
"""

#: The age of a child calls up a note above the button that adds another one.
CHILDREN = """
| survey |
| | type | name | label::English (en) | relevant |
| | begin_repeat | child | Child | |
| | integer | age | Age | |
| | end_repeat | | | |
| | note | young | A guardian is needed. | count(${child}[age < 18]) > 0 |
"""


@pytest.fixture
def preview(
    display: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AppWindow]]:
    """Opens the preview of a form in a language; its temporary files have a folder of their own."""
    form = tmp_path / "visit.md"
    form.write_text(VISIT, "utf-8")
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (640, 400), "#D9C7A3").save(tmp_path / "pictures" / "tag.png")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    opened: list[AppWindow] = []

    def open_window(language: str, form: Path = form) -> AppWindow:
        window = AppWindow(display, tmp_path / "device", tmp_path, language, ("--preview", str(form)))
        window.start()
        opened.append(window)
        window.see("preview.bar")
        return window

    yield open_window
    for window in opened:
        window.close()


def test_a_form_is_tried_out_and_nothing_of_it_is_kept(
    preview: Callable[[str], AppWindow], tmp_path: Path
) -> None:
    window = preview("en")
    window.read("Home visit")
    window.read("PREVIEW — nothing is kept")
    window.read("As they say it")
    assert "Saved" not in window.text()
    assert window.names("nav.") == []
    window.fill("entry.question.name", "Canary Amaryllis")
    window.touch("entry.choice.safe.n")
    window.read("What is not safe?")
    window.picture("preview-en")
    while window.find("entry.finish") is None:
        window.touch("entry.next")
    window.touch("entry.finish")
    window.read("Nothing is missing.")
    window.read("Canary Amaryllis")
    window.touch("review.finish")
    window.read("The form is complete. Nothing was kept.")
    window.press("F2", "ctrl+l")
    window.read("Canary Amaryllis")
    window.touch("review.discard")
    window.read("Throw this draft away?")
    window.press("Escape")
    window.press("Escape")
    window.see("entry.progress")
    window.close()
    assert not (tmp_path / "device").exists(), "the device's folder is not touched"
    kept = [path for path in (tmp_path / "temporary").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"Amaryllis" in path.read_bytes()]


def test_a_required_answer_is_missed_and_a_preview_begins_anew(preview: Callable[[str], AppWindow]) -> None:
    window = preview("en")
    while window.find("entry.finish") is None:
        window.touch("entry.next")
    window.touch("entry.finish")
    window.see("review.missing.name")
    window.touch("review.missing.name")
    window.fill("entry.question.name", "Somebody")
    while window.find("entry.finish") is None:
        window.touch("entry.next")
    window.touch("entry.finish")
    window.read("Somebody")
    window.touch("review.discard")
    window.read("Throw away")
    window.touch("dialog.0")
    window.see("entry.progress")
    assert "Somebody" not in window.text()


def test_the_preview_speaks_the_language_that_was_asked_for(preview: Callable[[str], AppWindow]) -> None:
    window = preview("ar")
    window.read("اسم الشخص")
    window.read("كما يقوله الشخص")
    window.picture("preview-ar")


def test_who_goes_on_by_keyboard_while_a_note_glides_into_sight_sees_where_she_is(
    preview: Callable[..., AppWindow],
) -> None:
    window = preview("en", ROOT / "forms" / "library" / "consent" / "form.md")
    window.touch("entry.choice.choice/decided_by.person")
    window.wait_for(lambda: window.see("entry.choice.choice/decided_by.person")["selected"], "a choice")
    for pause in (0.0, 0.1, 0.2):
        window.keys("Down", "space")
        window.wait_for(lambda: window.see("entry.choice.choice/decided_by.guardian")["selected"], "a choice")
        time.sleep(pause)
        window.keys("Tab")
        # The note has come to rest by now.
        time.sleep(0.6)
        held = [widget["name"] for widget in window.widgets() if widget["focus"]]
        assert held == ["entry.choice.choice/purpose.return"], f"after {pause} s"
        window.keys("shift+Tab", "Up", "space")
        window.wait_for(lambda: window.see("entry.choice.choice/decided_by.person")["selected"], "a choice")


def test_an_answer_that_puts_another_button_there_does_not_lose_the_keyboard(
    preview: Callable[..., AppWindow], tmp_path: Path
) -> None:
    (tmp_path / "children.md").write_text(CHILDREN, "utf-8")
    window = preview("en", tmp_path / "children.md")
    window.touch(window.names("entry.question.child[")[0])
    window.keys("4", "Tab")
    window.read("A guardian is needed.")
    assert [widget["name"] for widget in window.widgets() if widget["focus"]] == ["entry.add.child"]


def test_tab_goes_to_the_question_that_was_called_up_by_what_was_typed(
    preview: Callable[..., AppWindow], tmp_path: Path
) -> None:
    (tmp_path / "step.md").write_text(STEP, "utf-8")
    window = preview("en", tmp_path / "step.md")
    window.touch("entry.question.step")
    window.keys("c", "a", "l", "l", "Tab")
    window.read("Who does it?")
    assert [widget["name"] for widget in window.widgets() if widget["focus"]] == ["entry.question.owner"]


def test_a_long_list_is_narrowed_by_typing_and_folds_to_its_answer(preview: Callable[..., AppWindow]) -> None:
    window = preview("en", ROOT / "forms" / "library" / "exchange" / "form.md")
    window.touch("entry.next")
    rows = "entry.choice.about/to_state."
    window.fill("entry.search.about/to_state", "ALBA")
    window.wait_for(lambda: window.names(rows) == [f"{rows}al"], "only Albania")
    window.press("Return")
    window.wait_for(lambda: window.see(f"{rows}al")["selected"], "Albania chosen")
    window.read("Show 46 more")
    assert window.names(rows) == [f"{rows}al"]
    assert window.names("entry.choice.about/with_kind."), "the next question has come near"
    window.touch("entry.all.about/to_state")
    other = window.wait_for(lambda: window.whole_names(rows)[1:], "the others")[0]
    window.touch(other)
    window.wait_for(lambda: window.names(rows) == [other], "the other one")


def test_a_form_that_cannot_be_used_is_told_without_a_window(tmp_path: Path) -> None:
    form = tmp_path / "bad.md"
    form.write_text("| survey |\n| | type | name | label |\n| | txet | a | A |\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "app", "--preview", str(form)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "problem: form.xlsform.unknown_type" in done.stderr
    assert "remedy: " in done.stderr
