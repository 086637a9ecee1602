"""The keyboard goes everywhere and is given back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kivy.metrics import dp

from app.background import Job
from app.problems import Problem
from app.ui.i18n import T
from app.ui.screens.ask import Ask
from app.ui.widgets import (
    Button,
    ChoiceList,
    Column,
    Dialog,
    Page,
    Pick,
    Row,
    RowLayout,
    TextField,
    focus,
)
from tests.ui_kit.hands import (
    DOWN,
    ENTER,
    ESCAPE,
    SPACE,
    TAB,
    UP,
    frames,
    key,
    named,
    show,
    touch,
)


def case_in_a_narrow_row_what_trails_stands_below() -> None:
    button = Button(text="Record")
    row = show(Row(title="AL-7", trailing=button, size_hint_x=None, width=700))
    assert button.parent is row
    row.width = 380
    frames()
    assert button.parent is not row
    assert row.height > dp(90)


def case_tab_goes_in_reading_order_and_skips_what_is_disabled() -> None:
    row = RowLayout()
    for name, off in (("one", False), ("two", True), ("three", False)):
        row.add_widget(Button(text=name, name=name, disabled=off))
    column = Column()
    column.add_widget(row)
    column.add_widget(TextField(name="four"))
    show(column)
    order = []
    for _ in range(4):
        key(TAB)
        order.append(getattr(focus.current, "name", ""))
    assert order == ["one", "three", "four", "one"]
    key(TAB, "shift")
    assert focus.current is named("four")
    assert named("four")._input.focus, "the field itself listens"


def case_enter_and_space_press_and_the_ring_shows_only_for_keys() -> None:
    pressed = []
    button = show(Button(text="Go", name="go", on_release=lambda _: pressed.append(1)))
    touch(button)
    assert pressed == [1]
    assert not button.ring
    key(TAB)
    assert button.ring
    key(ENTER)
    key(SPACE)
    assert pressed == [1, 1, 1]


def case_arrow_keys_move_inside_a_list_that_tab_enters_once() -> None:
    column = Column()
    column.add_widget(ChoiceList(choices=[("a", "A"), ("b", "B"), ("c", "C")], prefix="list"))
    column.add_widget(Button(text="after", name="after"))
    show(column)
    key(TAB)
    key(DOWN)
    key(DOWN)
    key(DOWN)
    assert focus.current is named("list.c")
    key(UP)
    key(SPACE)
    assert named("list.b").selected
    key(TAB)
    assert focus.current is named("after")
    key(TAB, "shift")
    assert focus.current is named("list.b")


def case_choices_that_are_put_side_by_side_keep_the_keyboard() -> None:
    choices_ = show(ChoiceList(choices=[("a", "A"), ("b", "B"), ("c", "C")], prefix="list"))
    key(TAB)
    key(DOWN)
    for beside in (True, False):
        choices_.beside = beside
        frames()
        assert focus.current is named("list.b")


def case_what_fits_on_a_page_stands_at_its_top() -> None:
    page = show(Page())
    page.add(*(Button(text=str(number), name=f"b{number}", min_height=dp(200)) for number in range(9)))
    frames()
    focus.give(named("b8"), by_key=True)
    frames()
    assert page.scroll_y < 0.2, "Tab scrolled to what it reached"
    page.clear()
    page.add(Button(text="one", name="one"), Button(text="two", name="two"))
    frames()
    key(TAB)
    frames()
    one = named("one")
    assert abs(one.to_window(one.x, one.top)[1] - page.top) < dp(2)


def case_of_what_is_higher_than_the_page_the_top_is_brought_into_sight() -> None:
    page = show(Page())
    page.add(*(Button(text=name, name=name, min_height=dp(1100)) for name in ("one", "two", "three")))
    frames()
    page.scroll_y = 0
    frames()
    two = named("two")
    page.scroll_to(two)
    frames()
    assert abs(two.to_window(two.x, two.top)[1] - page.top) < dp(2)


def case_a_dialog_keeps_the_keyboard_and_gives_it_back() -> None:
    done = []
    opener = show(Button(text="open", name="opener"))
    key(TAB)
    dialog = Dialog(title="Sure?", actions=[("Yes", "danger", lambda: done.append(1)), ("No", "plain", None)])
    dialog.open()
    frames()
    key(TAB)
    assert focus.current is named("dialog.0")
    key(TAB)
    key(TAB)
    assert focus.current is named("dialog.0"), "Tab stays inside"
    key(ENTER)
    assert done == [1]
    assert dialog.parent is None
    assert focus.current is opener
    Dialog(title="Again", actions=[("No", "plain", None)]).open()
    frames()
    key(ESCAPE)
    assert focus.modals == []


def case_what_is_refused_is_said_in_the_question_and_what_was_typed_stays() -> None:
    """What was typed is not lost by a refusal, and nothing closes before it is known how it ended."""
    told: list[str] = []
    jobs: list[Job[str]] = []

    def act() -> Job[str] | T:
        if not why.text:
            return T("A reason is needed.")
        jobs.append(Job())
        return jobs[-1]

    desk: Any = SimpleNamespace(tell_problem=lambda problem: told.append(problem.code))
    why = TextField(name="why")
    ask = Ask(desk, title="Pass?", body=why, do=T("Pass"), act=act)
    ask.open()
    frames(6)
    touch(named("dialog.0"))
    assert str(named("ask.refused").text) == "A reason is needed."
    why.text = "Her sister waits"
    touch(named("dialog.0"))
    touch(named("dialog.0"))
    assert len(jobs) == 1, "a second press before the answer is none"
    jobs[0].run(_refuses)
    frames(6)
    assert "Only a coordinator can waive this" in str(named("ask.refused").text)
    assert (why.text, told) == ("Her sister waits", [])
    touch(named("dialog.0"))
    jobs[1].run(lambda: "record")
    frames(4)
    assert not focus.modals
    ask.open()
    frames(4)
    touch(named("dialog.0"))
    ask.dismiss()
    jobs[2].run(_refuses)
    assert told == ["gate.pass.not_coordinator"], "what nobody sees in it any more is told by the window"


def _refuses() -> str:
    raise Problem("gate.pass.not_coordinator")


def case_one_of_many_is_picked_from_a_line_by_finger_and_by_key() -> None:
    chosen: list[str] = []
    names = ("Albania", "Morocco", "Ukraine", "Türkiye", "Tunisia", "Egypt", "Serbia", "Kosovo")
    pick = show(Pick(title="Country", name="country", choices=[(name[:2].lower(), name) for name in names]))
    pick.fbind("on_choice", lambda _pick, value: chosen.append(value))
    assert pick.height >= dp(48)
    touch(pick)
    touch(named("country.mo"))
    assert (chosen, pick.value, focus.modals) == (["mo"], "mo", [])
    assert str(pick.text) == "Morocco"
    focus.give(pick, by_key=True)
    key(ENTER)
    frames(4)
    assert focus.current is named("country.search")
    focus.current.text = "turk"
    frames(4)
    focus.current.dispatch("on_text_validate")
    frames(4)
    assert (pick.value, focus.current) == ("tü", pick)
    touch(pick)
    touch(named("country.tü"))
    assert pick.value == "", "a second touch takes it back"
