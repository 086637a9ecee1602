"""The short form."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from kivy.core.window import Keyboard, Window
from kivy.metrics import dp

from app.preview import PreviewBook
from app.ui.screens.short_form import ShortFormView
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.ui_kit.hands import (
    TAB,
    frames,
    named,
    show,
    touch,
)

VISIT = """
| survey |
| | type | name | label | bind::homeward:safety | bind::homeward:meaning |
| | select_one outcome | outcome | How did it go? | | contact.outcome |
| | select_one safe | safe | Can you talk? | | contact.safe_to_talk |
| | text | blows | Who beats whom? | private | |
| choices |
| | list_name | name | label |
| | outcome | met | Met |
| | outcome | not_alone | Not alone |
| | safe | yes | Yes |
| | safe | no | No |
| settings |
| | form_id | version | form_title |
| | visit | 1 | Violence at home |
"""


def visit() -> tuple[ShortFormView, Any, list[bool]]:
    """A form in a window, its short form, and how often the screen was to be drawn anew."""
    definition = load_form(xform_from_xlsform(VISIT).xml)
    opened: Any = PreviewBook(definition, "a form", lambda call: call())
    entry = opened.open("en")
    drawn: list[bool] = []
    desk = SimpleNamespace(fieldbook=opened, finished=lambda _opened: None, tell=lambda *_: None)
    view = ShortFormView(desk, entry, lambda: drawn.append(view.on))
    return view, entry.entry, drawn


def case_the_short_form_comes_with_one_touch_and_leaves_with_two() -> None:
    view, _entry, drawn = visit()
    assert str(view.title) == "Violence at home"
    enter = show(view.button())
    assert enter.height >= dp(48)
    assert enter.width >= dp(48)
    touch(enter)
    assert (view.on, drawn) == (True, [True])
    assert str(view.title) == "Notes"
    assert [line.path for line in view.outline()] == ["outcome", "safe"]
    Window.remove_widget(enter)
    leave = show(view.button())
    assert leave.height >= dp(48)
    touch(leave)
    assert view.on, "one touch, perhaps of somebody else, is not enough"
    touch(named("dialog.1"))
    assert view.on
    touch(leave)
    touch(named("dialog.0"))
    assert (view.on, drawn) == (False, [True, False])
    assert len(view.outline()) == 3


def case_the_key_of_the_short_form_asks_before_the_whole_one_comes_back() -> None:
    view, _entry, drawn = visit()
    assert not view.key(TAB)
    f3 = Keyboard.keycodes["f3"]
    assert view.key(f3)
    assert (view.on, drawn) == (True, [True])
    assert view.key(f3)
    assert not view.key(f3), "it asks once"
    frames()
    assert view.on
    touch(named("dialog.0"))
    assert not view.on


def case_the_short_form_that_came_by_itself_says_how_to_leave_it() -> None:
    view, entry, _drawn = visit()
    assert not view.heard(entry.answer("outcome", "met"))
    assert not view.heard(entry.answer("safe", "yes"))
    assert not view.on
    assert view.heard(entry.answer("safe", "no"))
    assert view.on
    (word,) = view.word()
    told = str(word.text)
    assert "Whole form" in told
    assert "Show it" in told
    view.toggle()
    frames()
    touch(named("dialog.0"))
    view.enter()
    assert view.word() == [], "who asked for it knows, and nobody else is told"


def case_two_touches_end_a_visit_and_keep_what_was_said() -> None:
    view, entry, _drawn = visit()
    entry.answer("outcome", "met")
    entry.answer("blows", "He does")
    assert not view.can_end(_noon)
    view.enter()
    assert view.can_end(_noon)
    ended: list[Any] = []
    view.ask_to_end(ended.append, _noon)
    frames()
    touch(named("dialog.1"))
    assert ended == []
    assert entry.values()["outcome"] == "met"
    view.ask_to_end(ended.append, _noon)
    frames()
    touch(named("dialog.0"))
    assert [change.values for change in ended] == [{"outcome": "not_alone"}]
    assert entry.values()["blows"] == "He does"


def _noon() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
