"""Direction, colours and sizes."""

from __future__ import annotations

from kivy.core.window import Window
from kivy.metrics import dp

from app.ui.i18n import T, language
from app.ui.theme import theme
from app.ui.widgets import (
    BidiLabel,
    Button,
    Chip,
    ChoiceList,
    Column,
    Focusable,
    Icon,
    Row,
    RowLayout,
    TextField,
)
from app.ui.widgets.questions import question_widget
from tests.ui_kit.hands import (
    brightness,
    frames,
    lines_of,
    named_kind,
    question,
    show,
)


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


def case_icons_with_a_direction_turn_around() -> None:
    icon = show(Icon(icon="back", tone="on_ink", pos=(50, 50)))

    def left_heavy() -> bool:
        pixels = lines_of(brightness(50, 50, 24, 24), 24)
        return sum(sum(line[:12]) for line in pixels) > sum(sum(line[12:]) for line in pixels)

    assert left_heavy()
    language.switch("ar")
    frames()
    assert not left_heavy()
    assert icon.width == dp(24)
