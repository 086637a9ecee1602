"""What the kit does in a real window. Each `case_…` is one test, started by test_window.py."""

# ruff: noqa: E402 - the window has its size before it is imported

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kivy.config import Config

Config.set("graphics", "width", "1280")
Config.set("graphics", "height", "800")
Config.set("graphics", "multisamples", "0")  # as the app does
Config.set("kivy", "exit_on_escape", "0")

from kivy.base import EventLoop, runTouchApp
from kivy.core.window import Keyboard, Window
from kivy.graphics import Rectangle
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.background import Job
from app.preview import PreviewBook
from app.problems import Problem
from app.ui import probe
from app.ui.bidi import Run
from app.ui.i18n import T, language
from app.ui.screens.ask import Ask
from app.ui.screens.form_choice import FormChoice
from app.ui.screens.short_form import ShortFormView
from app.ui.screens.today import TodayScreen
from app.ui.theme import theme
from app.ui.widgets import (
    BidiLabel,
    Button,
    Chip,
    ChoiceList,
    Column,
    Dialog,
    Flow,
    Focusable,
    Fold,
    Icon,
    Page,
    Pick,
    PinPad,
    Row,
    RowLayout,
    TextField,
    focus,
    text_runs,
)
from app.ui.widgets.dialog import typed_before
from app.ui.widgets.questions import Context, question_widget
from app.views import AlarmView, FormOffer, OffersView, StageOffers
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

ARABIC_LINE = "المرافق (الرحلة AT 971، الساعة 22:40)"
TAB, ENTER, SPACE, ESCAPE, UP, DOWN = 9, 13, 32, 27, 273, 274


# -- hands and eyes ----------------------------------------------------------------------------------


def frames(count: int = 4) -> None:
    for _ in range(count):
        EventLoop.idle()


def later(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        EventLoop.idle()
        time.sleep(0.01)


def show(widget: Widget) -> Any:
    Window.add_widget(widget)
    frames()
    return widget


def key(code: int, *modifiers: str) -> None:
    Window.dispatch("on_key_down", code, 0, None, list(modifiers))
    Window.dispatch("on_key_up", code, 0)
    frames(2)


def touch(widget: Widget) -> None:
    x, y = widget.to_window(*widget.center)
    Window.dispatch("on_mouse_down", x, Window.height - y, "left", [])
    frames(2)
    Window.dispatch("on_mouse_up", x, Window.height - y, "left", [])
    frames(8)


def brightness(x: int, y: int, width: int, height: int) -> list[int]:
    """The red of each pixel, row by row from below. Read before the buffers are swapped."""
    frames()
    Window.dispatch("on_draw")
    return list(glReadPixels(x, y, width, height, GL_RGBA, GL_UNSIGNED_BYTE)[::4])


def named(name: str) -> Any:
    for child in Window.children:
        for widget in child.walk():
            if getattr(widget, "name", "") == name:
                return widget
    raise AssertionError(f"{name} is not in the window")


def question(kind: str, value: Any = None, **more: Any) -> SimpleNamespace:
    blank = {"path": "q", "type": kind, "label": "Question", "hint": "", "guidance": "", "value": value}
    blank |= {
        "raw": None,
        "required": False,
        "readonly": False,
        "appearances": frozenset(),
        "scale": None,
        "choices": (),
    }
    return SimpleNamespace(**blank | {"violation": None, "calculated": False} | more)


def choices(*names: str) -> tuple[SimpleNamespace, ...]:
    return tuple(SimpleNamespace(name=name, label=name.capitalize(), media=None) for name in names)


def asked(state: SimpleNamespace, context: Context | None = None) -> tuple[Any, list[tuple[str, Any]]]:
    """A question in the window, and the answers that it gives."""
    widget = question_widget(state, context)
    given: list[tuple[str, Any]] = []
    widget.bind(on_answer=lambda _, path, raw: given.append((path, raw)))
    page = Page()
    page.add(widget)
    show(page)
    return widget, given


# -- text --------------------------------------------------------------------------------------------


def case_an_arabic_line_is_drawn_with_each_run_where_it_reads() -> None:
    """The window's pixels at each run's place are those of that run, and places go from left to right."""
    language.switch("ar")
    label = show(BidiLabel(text=ARABIC_LINE, tone="on_ink", size_hint=(None, None), width=600, pos=(40, 300)))
    assert [item.run.text for item in label.placed] == [")", "22:40", "، الساعة", "AT 971", "المرافق (الرحلة"]
    assert [item.x for item in label.placed] == sorted(item.x for item in label.placed)
    last = label.placed[-1]
    assert abs(last.x + last.width - label.width) <= 2, "a line of Arabic begins at the right edge"
    for item in label.placed:
        picture = text_runs.texture(item.run, label.pixels, label.is_bold)
        wide, high = picture.size
        rectangle = next(
            i for i in label.canvas.children if isinstance(i, Rectangle) and i.texture is picture
        )
        x, y = (int(value) for value in rectangle.pos)
        in_window = brightness(x, y, wide, high)
        alone = [pixel for line in reversed(_lines(picture.pixels[3::4], wide)) for pixel in line]
        assert max(alone) > 100, f"{item.run.text} has no ink"
        difference = sum(abs(a - b) for a, b in zip(in_window, alone, strict=True)) / len(alone)
        assert difference < 6, f"{item.run.text} is not drawn where it should be ({difference:.1f})"


def _lines(pixels: Any, wide: int) -> list[list[int]]:
    # A texture that was flipped gives its first line at the top.
    return [list(pixels[start : start + wide]) for start in range(0, len(pixels), wide)]


def case_arabic_letters_join() -> None:
    word = text_runs.run_width("سلام", 32, False, True, "Arab")
    apart = sum(text_runs.run_width(letter, 32, False, True, "Arab") for letter in "سلام")
    assert word < apart * 0.9, (word, apart)


def case_a_width_asked_for_first_is_that_of_what_is_drawn() -> None:
    run = Run("الأمتعة", 0, True, "Arab")
    asked_first = text_runs.run_width(run.text, 37, True, True, "Arab")
    assert asked_first == text_runs.texture(run, 37, True).width


def case_arabic_and_latin_stand_on_one_baseline() -> None:
    assert text_runs.texture(Run("AL-7", 0, False, "Latn"), 16, False).height == (
        text_runs.texture(Run("ملف", 0, True, "Arab"), 16, False).height
    )


def case_a_label_wraps_and_grows_and_a_short_one_ends_with_an_ellipsis() -> None:
    words = "Only by message, between ten and twelve, never through the family."
    label = show(BidiLabel(text=words, size_hint=(None, None), width=180))
    assert label.line_count >= 3
    assert label.height == label.line_count * label.line_pixels
    assert all(item.x + item.width <= 181 for item in label.placed)
    label.shorten = True
    frames()
    assert label.line_count == 1
    assert label.placed[-1].run.text.endswith("…")
    label.shorten, label.max_lines = False, 2
    frames()
    assert label.line_count == 2
    assert label.placed[-1].run.text.endswith("…")


def case_texts_of_a_list_are_drawn_from_kept_pictures() -> None:
    run = Run("kept", 0, False, "Latn")
    assert text_runs.texture(run, 16, False) is text_runs.texture(run, 16, False)


# -- direction and look ------------------------------------------------------------------------------


def case_a_switch_of_language_turns_rows_around_and_changes_their_words() -> None:
    first, second = Chip(text=T.of(lambda: "واحد" if language.rtl else "one")), Button(text="two")
    show(RowLayout(size_hint=(None, None), width=500, pos=(100, 100)))
    row = Window.children[0]
    row.add_widget(first)
    row.add_widget(BidiLabel())
    row.add_widget(second)
    frames()
    assert abs(first.x - 100) < 1
    assert first.x < second.x
    language.switch("ar")
    frames()
    assert abs(first.x + first.width - 600) < 1
    assert second.x < first.x
    assert str(first.text) == "واحد"
    language.switch("en")
    frames()
    assert abs(first.x - 100) < 1


def case_dark_changes_colours_of_what_is_shown() -> None:
    Window.clearcolor = theme.colour("card")
    show(Chip(text="AL-7", meaning="done", pos=(100, 100)))
    light = brightness(100 + 20, 104, 1, 1)[0]
    theme.switch(dark=True)
    frames()
    dark = brightness(100 + 20, 104, 1, 1)[0]
    assert light > 150 > dark, (light, dark)


def case_larger_text_makes_everything_that_can_be_pressed_larger_never_smaller() -> None:
    button = show(Button(text="Record"))
    before = tuple(button.size)
    theme.switch(text_size=1.4)
    frames()
    assert button.width > before[0]
    assert button.height >= before[1]


def case_whatever_can_be_pressed_is_at_least_48_high_and_wide() -> None:
    column = Column(size_hint=(None, None), width=420)
    for widget in (
        Button(text="A"),
        Button(text="A", kind="plain"),
        TextField(),
        ChoiceList(choices=[("a", "A"), ("b", "B")]),
        Row(title="AL-7", pressable=True),
    ):
        column.add_widget(widget)
    for kind in ("text", "integer", "date", "time", "dateTime", "image"):
        column.add_widget(question_widget(question(kind)))
    show(column)
    small = [
        (type(w).__name__, w.size) for w in column.walk() if isinstance(w, Focusable) and min(w.size) < dp(48)
    ]
    assert small == []
    assert named_kind(column, Row).height >= dp(64)


def named_kind(root: Widget, kind: type) -> Any:
    return next(widget for widget in root.walk() if isinstance(widget, kind))


def case_icons_with_a_direction_turn_around() -> None:
    icon = show(Icon(icon="back", tone="on_ink", pos=(50, 50)))

    def left_heavy() -> bool:
        pixels = _lines(brightness(50, 50, 24, 24), 24)
        return sum(sum(line[:12]) for line in pixels) > sum(sum(line[12:]) for line in pixels)

    assert left_heavy()
    language.switch("ar")
    frames()
    assert not left_heavy()
    assert icon.width == dp(24)


# -- keyboard ----------------------------------------------------------------------------------------


def case_a_secret_is_never_copied() -> None:
    from kivy.core.clipboard import Clipboard, CutBuffer

    field = show(TextField(secret=True, text="never copied"))
    Clipboard.copy("before")
    focus.give(field)
    field.select_all()
    for action in (field._input.copy, field._input.cut):
        action()
    assert field.text == "never copied"
    assert Clipboard.paste() != "never copied"
    field._toggle_secret()
    field.select_all()
    frames(8)
    assert not CutBuffer or CutBuffer.get_cutbuffer() != "never copied"


def case_what_was_copied_is_taken_back_after_a_while_and_only_that() -> None:
    from kivy.core.clipboard import Clipboard

    from app.ui import clipboard

    lasts, clipboard.LASTS = clipboard.LASTS, 0.2
    try:
        assert lasts == 30
        field = show(TextField(text="Kanarina"))
        focus.give(field)
        field.select_all()
        field._input.copy()
        assert Clipboard.paste() == "Kanarina"
        later(0.5)
        assert Clipboard.paste() == ""
        field.select_all()
        field._input.cut()
        assert (Clipboard.paste(), field.text) == ("Kanarina", "")
        Clipboard.copy("a bus ticket")
        later(0.5)
        assert Clipboard.paste() == "a bus ticket", "what is another's stays"
    finally:
        clipboard.LASTS = lasts


def case_a_dialog_waits_outside_of_a_covered_window_and_one_that_opens_meanwhile_too() -> None:
    typed = TextField(name="typed", text="half a sen")
    first = Dialog(title="First", body=typed, actions=[("Keep", "plain", None)])
    first.open()
    focus.set_aside()
    assert (first.parent, focus.modals) == (None, [])
    gone: list[str] = []
    second = Dialog(title="Second", actions=[("Keep", "plain", None)])
    second.fbind("on_dismiss", lambda *_: gone.append("second"))
    second.open()
    third = Dialog(title="Third").open()
    third.dismiss()
    assert focus.holds(second)
    assert not focus.holds(third)
    assert second.parent is None
    focus.bring_back()
    frames(4)
    assert focus.modals == [first, second]
    assert typed.text == "half a sen"
    key(ESCAPE)
    key(ESCAPE)
    assert (focus.modals, gone) == ([], ["second"])


def case_a_dialog_keeps_what_is_typed_and_chosen_in_it_and_never_a_secret() -> None:
    def dialog() -> tuple[Dialog, TextField, TextField, ChoiceList]:
        why, secret = TextField(name="why", text="as usual"), TextField(name="secret", secret=True)
        which = ChoiceList(prefix="which", choices=[("a", "A"), ("b", "B")], value="a")
        body = Column()
        for part in (why, secret, which):
            body.add_widget(part)
        return Dialog(title="Why?", body=body, keeps="c1/why"), why, secret, which

    first, why, secret, which = dialog()
    first.open()
    assert first.typed() == {}, "what stood there before is nobody's words"
    secret.text = "granite window"
    assert first.typed() == {}
    why.text, which.value = "she asked", "b"
    assert first.typed() == {"why": "she asked", "which": "b"}
    first.dismiss()
    typed_before["c1/why"] = {"why": "she asked", "which": "b"}
    second, why, secret, which = dialog()
    second.open()
    assert (why.text, secret.text, which.value) == ("she asked", "", "b")
    assert second.typed() == {"why": "she asked", "which": "b"}, "a second lock keeps it again"
    second.dismiss()
    third, why, *_ = dialog()
    third.open()
    assert why.text == "as usual", "it is handed back once"
    third.dismiss()


def case_a_pin_is_typed_on_any_keyboard() -> None:
    heard: list[str] = []
    pad = show(PinPad())
    pad.fbind("on_enter", lambda _pad, entered: heard.append(entered))
    pad.listen()
    # French, unshifted: é & by the places of 2 and 1. Arabic-Indic by what is written. A numpad by place.
    for number, place, text in ((233, 31, "é"), (38, 30, "&"), (0, 0, "٧"), (273, 96, None)):
        Window.dispatch("on_key_down", number, place, text, [])
    assert pad.entered == "2178"
    Window.dispatch("on_key_down", ord("x"), 27, "x", [])
    Window.dispatch("on_key_down", 8, 42, None, [])
    assert pad.entered == "217"
    assert str(named("pin.dots").text) == "•••"
    Window.dispatch("on_key_down", 13, 40, None, [])
    assert heard == ["217"]
    pad.deaf()
    Window.dispatch("on_key_down", ord("5"), 34, "5", [])
    assert pad.entered == "217"


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


# -- questions ---------------------------------------------------------------------------------------


def case_of_a_list_that_cannot_be_changed_only_the_answer_is_shown() -> None:
    three = choices("home", "school", "street", "other")
    widget, _ = asked(question("select_one", "school", choices=three, readonly=True))
    assert [row.value for row in widget.list.in_sight] == ["school"]
    widget.redraw(question("select_one", choices=three, readonly=True))
    assert widget.list.in_sight == []


def case_of_a_long_list_several_are_chosen_one_after_the_other() -> None:
    many = choices(*(f"town{number}" for number in range(30)))
    widget, given = asked(question("select_multiple", choices=many))
    for number in (3, 5):
        widget.list.rows[number].activate()
    assert given[-1] == ("q", ["town3", "town5"])
    assert len(widget.list.in_sight) == 30
    named("entry.search.q").text = "town29"
    widget.list.in_sight[-1].activate()
    assert [row.value for row in widget.list.in_sight] == ["town3", "town5", "town29"]


def case_a_long_list_folds_to_its_answer_and_the_keyboard_stays_on_it() -> None:
    many = choices(*(f"town{number}" for number in range(30)))
    widget, given = asked(question("select_one", choices=many))
    row = widget.list.rows[7]
    focus.give(row, by_key=True)
    row.activate()
    assert given == [("q", "town7")]
    widget.redraw(question("select_one", "town7", choices=many))
    frames()
    assert widget.list.in_sight == [row]
    assert focus.current is row
    named("entry.search.q").text = "TOWN2"
    assert [each.value for each in widget.list.in_sight] == [
        "town2",
        "town7",
        *(f"town2{n}" for n in range(10)),
    ]
    named("entry.search.q").text = "nowhere"
    assert widget.list.in_sight == [row]
    widget.redraw(question("select_one", choices=many))
    assert widget.list.in_sight == []
    named("entry.search.q").text = ""
    assert len(widget.list.in_sight) == 30


def case_a_touch_on_a_choice_answers_and_a_second_clears() -> None:
    widget, given = asked(question("select_one", choices=choices("yes", "no")))
    touch(named("entry.choice.q.no"))
    assert given == [("q", "no")]
    widget.redraw(question("select_one", "no", choices=choices("yes", "no")))
    touch(named("entry.choice.q.no"))
    assert given[-1] == ("q", None)


def case_several_choices_answer_in_the_order_of_the_form() -> None:
    _, given = asked(question("select_multiple", choices=choices("a", "b", "c", "d")))
    touch(named("entry.choice.q.c"))
    touch(named("entry.choice.q.a"))
    assert given == [("q", ["c"]), ("q", ["a", "c"])]


def case_a_typed_answer_comes_when_the_keyboard_leaves() -> None:
    widget, given = asked(question("integer"))
    field = named("entry.question.q")
    focus.give(field)
    field._input.insert_text("23")
    frames()
    assert given == []
    focus.give(None)
    assert given == [("q", "23")]
    widget.redraw(question("integer", None, raw="2x", violation=SimpleNamespace(message="No number.")))
    frames()
    assert field.text == "2x"
    assert field.invalid
    assert str(named("entry.violation.q").text) == "No number."


def case_a_redraw_never_undoes_what_is_being_typed() -> None:
    widget, _ = asked(question("text", "old"))
    field = named("entry.question.q")
    focus.give(field)
    field._input.text = "new wor"
    widget.redraw(question("text", "old"))
    assert field.text == "new wor"


def case_a_moment_is_shown_without_its_offset_and_picked_by_day() -> None:
    widget, given = asked(question("dateTime", "2026-11-22T22:40:00+01:00"))
    field = named("entry.question.q")
    assert field.text == "2026-11-22 22:40"
    touch(named("entry.calendar.q"))
    touch(named("calendar.2026-11-20"))
    assert given == [("q", "2026-11-20 22:40")]
    assert widget.path == "q"


def case_a_day_that_nobody_may_change_offers_no_calendar_and_no_example() -> None:
    asked(question("dateTime", readonly=True))
    assert named("entry.question.q").hint == ""
    for aid in ("entry.calendar.q", "entry.now.q"):
        try:
            named(aid)
        except AssertionError:
            continue
        raise AssertionError(f"{aid} is offered")


def case_a_note_that_tells_to_stop_looks_otherwise_than_one_that_explains() -> None:
    told = {}
    for appearances in (frozenset(), frozenset({"stop"})):
        widget, _ = asked(question("note", appearances=appearances))
        told[appearances] = (widget.note.meaning, widget.note._icon.icon)
    assert len(set(told.values())) == 2
    assert told[frozenset({"stop"})][0] == "danger"


def case_a_photo_is_asked_for_and_shown_from_its_bytes() -> None:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.png"
        Image.new("RGB", (80, 60), "white").save(file)
        wanted = []

        def load(name: str, deliver: Callable[[bytes], None]) -> None:
            wanted.append(name)
            deliver(file.read_bytes())

        widget, given = asked(question("image"), Context(load_picture=load, pictures_folder=Path(folder)))
        sources: list[tuple[str, str]] = []
        widget.bind(on_attach=lambda _, path, source: sources.append((path, source)))
        touch(named("entry.question.q"))
        touch(named("files.file.paper.png"))
        assert sources == [("q", str(file))]
        widget.redraw(question("image", "hash"))
        frames()
        assert wanted == ["hash"]
        assert named("entry.picture.q").height > 50
        touch(named("entry.clear.q"))
        assert given == [("q", None)]


def case_a_file_that_is_no_picture_is_said_so() -> None:
    asked(question("image", "x"), Context(load_picture=lambda _, deliver: deliver(b"no picture")))
    said = [probe.text_of(widget) for widget in named("entry.picture.q").walk()]
    assert "This file is not a picture that can be shown." in said


def case_a_kind_that_cannot_be_asked_is_said_so() -> None:
    asked(question("geotrace", "1 2"))
    assert "cannot ask" in probe.text_of(named("entry.question.q"))


# -- the probe ---------------------------------------------------------------------------------------


def case_the_probe_tells_places_and_never_a_masked_value() -> None:
    column = Column(size_hint=(None, None), width=400, pos=(100, 500))
    column.add_widget(TextField(name="secret", secret=True, text="never told"))
    column.add_widget(Button(name="go", text="Go"))
    show(column)
    path = Path(tempfile.mkdtemp()) / "p.sock"
    allowed = [True]
    listening = probe.Probe(path, lambda: allowed[0])
    try:
        answer = _ask(path)
        assert "never told" not in json.dumps(answer)
        told = {entry["name"]: entry for entry in answer if entry["name"]}
        go = named("go")
        assert told["go"]["x"] == round(go.x)
        assert told["go"]["y"] == round(Window.height - go.y - go.height)
        assert told["go"]["text"] == "Go"
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        allowed[0] = False
        assert _ask(path) == []
    finally:
        listening.close()


def _ask(path: Path) -> Any:
    answers: list[bytes] = []

    def ask() -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            while part := connection.recv(65536):
                answers.append(part)

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        EventLoop.idle()
    return json.loads(b"".join(answers))


# -- folds and forms -----------------------------------------------------------------------------------


def case_a_fold_shows_what_is_below_it_only_when_it_is_opened_by_hand_or_by_key() -> None:
    turned: list[bool] = []
    made: list[int] = []

    def make() -> list[Widget]:
        made.append(1)
        return [Button(text="Below", name="below")]

    column = Column(width=600, size_hint_x=None)
    fold = Fold(title="Checklist", told="0 of 3", make=make, name="fold")
    fold.fbind("on_turn", lambda _fold, opened: turned.append(opened))
    column.add_widget(fold)
    show(column)
    assert not made
    assert named("fold").height >= dp(48)
    touch(named("fold"))
    assert named("below").height > 0
    key(TAB)
    assert focus.current is named("below")
    key(TAB, "shift")
    assert focus.current is named("fold")
    key(ENTER)
    assert turned == [True, False]
    assert not [widget for widget in column.walk() if getattr(widget, "name", "") == "below"]


def case_a_button_that_is_longer_than_its_line_wraps_and_stays_inside() -> None:
    flow = Flow(width=220, size_hint_x=None)
    flow.add_widget(Button(text="Begin: Reintegration plan with a rather long title", name="long"))
    flow.add_widget(Button(text="Open", name="short"))
    show(flow)
    frames(6)
    long, short = named("long"), named("short")
    assert long.width <= 220
    assert long.height > short.height
    assert short.right <= flow.right


def case_the_sheet_of_forms_folds_what_other_stages_ask_for_and_begins_the_first_that_is_found() -> None:
    begun: list[str] = []
    offers = OffersView(
        (FormOffer("consent", "1", {"en": "Consent"}),),
        (FormOffer("places", "1", {"en": "Places"}),),
        (StageOffers("identified", {}, (FormOffer("screening", "1", {"en": "Screening"}),)),),
    )
    sheet = FormChoice(offers, begun.append)
    sheet.open()
    frames(6)
    shown = lambda: [name for name in _names(sheet) if name.startswith("case.offer.")]  # noqa: E731
    assert shown() == ["case.offer.consent", "case.offer.places"]
    assert all(widget.height >= dp(48) for widget in sheet.walk() if isinstance(widget, Button))
    touch(named("case.offers.fold.identified"))
    assert shown() == ["case.offer.consent", "case.offer.places", "case.offer.screening"]
    named("case.offers.search").text = "scr"
    frames(4)
    assert shown() == ["case.offer.screening"]
    named("case.offers.search").dispatch("on_text_validate")
    frames(4)
    assert begun == ["screening"]
    assert not focus.modals


def case_an_alarm_of_a_case_that_is_elsewhere_tells_its_code_and_whom_to_call() -> None:
    gone: list[str] = []
    desk: Any = SimpleNamespace(wide=True, go=lambda name, **where: gone.append(where["case"]))
    screen = TodayScreen(desk)
    since = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    here = screen._alarm(AlarmView("alarm.arrival.unconfirmed", "c1", "AL-1", since))
    elsewhere = screen._alarm(AlarmView("alarm.arrival.unconfirmed", None, "MA-2", since))
    show(Column(width=700, size_hint_x=None)).add_widget(here)
    frames(4)
    touch(named("today.alarm.AL-1.alarm.arrival.unconfirmed.open"))
    assert gone == ["c1"]
    assert (elsewhere.pressable, elsewhere.trailing, str(elsewhere.title)) == (False, None, "MA-2")
    assert "call the office that holds it" in str(elsewhere.subtitle)
    assert "call the office" not in str(here.subtitle)


def case_a_row_that_must_not_wait_has_its_own_colour() -> None:
    row = show(Row(title="AL-1", subtitle="The arrival is not confirmed", meaning="danger"))
    assert (row.fill, row.border) == ("danger_container", "danger")
    row.meaning = "none"
    assert (row.fill, row.border) == ("card", "line")


def _names(root: Widget) -> list[str]:
    return [name for widget in root.walk() if (name := getattr(widget, "name", ""))]


# -- the short form ----------------------------------------------------------------------------------

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


# -- running -----------------------------------------------------------------------------------------


def fresh() -> None:
    """An empty black window in English and light, the keyboard with nobody."""
    focus.give(None)
    focus.modals.clear()
    for child in list(Window.children):
        Window.remove_widget(child)
    language.switch("en")
    theme.switch(dark=False, text_size=1.0)
    Window.clearcolor = (0, 0, 0, 1)
    frames(2)


def main() -> None:
    runTouchApp(Widget(), embedded=True)
    results = {}
    for name, case in list(globals().items()):
        if not name.startswith("case_"):
            continue
        fresh()
        try:
            case()
            results[name.removeprefix("case_")] = ""
        except Exception:
            results[name.removeprefix("case_")] = traceback.format_exc()
    Path(os.environ["CASES_OUT"]).write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main()
