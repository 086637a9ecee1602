"""Letters, lines and what is drawn of them."""

from __future__ import annotations

from kivy.graphics import Rectangle

from app.ui.bidi import Run
from app.ui.i18n import language
from app.ui.widgets import (
    BidiLabel,
    text_runs,
)
from tests.ui_kit.hands import (
    ARABIC_LINE,
    brightness,
    frames,
    lines_of,
    show,
)


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
        alone = [pixel for line in reversed(lines_of(picture.pixels[3::4], wide)) for pixel in line]
        assert max(alone) > 100, f"{item.run.text} has no ink"
        difference = sum(abs(a - b) for a, b in zip(in_window, alone, strict=True)) / len(alone)
        assert difference < 6, f"{item.run.text} is not drawn where it should be ({difference:.1f})"


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
