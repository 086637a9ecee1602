"""The order of lines, without a window: mixed directions, digits, brackets, codes, wrapping."""

from __future__ import annotations

import pytest
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui import bidi

ARABIC_LINE = "المرافق (الرحلة AT 971، الساعة 22:40)"


def drawn(text: str, rtl: bool) -> list[str]:
    """The runs from left to right, blanks between them left out."""
    return [run.text for run in bidi.visual_runs(text, rtl) if not run.blank]


def as_seen(text: str, rtl: bool) -> str:
    """Every character from left to right."""
    return "".join(run.text[::-1] if run.rtl else run.text for run in bidi.visual_runs(text, rtl))


def test_an_arabic_line_with_flight_time_and_brackets_reads_from_the_right() -> None:
    assert drawn(ARABIC_LINE, True) == [")", "22:40", "، الساعة", "AT 971", "المرافق (الرحلة"]


def test_a_case_code_stays_whole_inside_arabic() -> None:
    assert drawn("الملف AL-7Q4KD2M-X مفتوح", True) == ["مفتوح", "AL-7Q4KD2M-X", "الملف"]
    assert drawn("الملف MA-4T9XW2C-7", True) == ["MA-4T9XW2C-7", "الملف"]


def test_a_phone_number_keeps_its_plus_at_its_left_when_isolated() -> None:
    assert drawn(f"مثال: {bidi.isolate('+212 612 345 678', True)}", True) == ["+212 612 345 678", "مثال:"]


@pytest.mark.parametrize(
    "number", ["+212 612 345 678", "+355-69-123-4567", "0522 30 40 50", "+380 (44) 123 45 67"]
)
def test_a_phone_number_in_groups_is_read_as_it_is_dialled(number: str) -> None:
    text = bidi.with_numbers_whole(f"اتصل {number} مساء")
    assert drawn(text, True) == ["مساء", number, "اتصل"]
    assert bidi.without_controls(text) == f"اتصل {number} مساء"


@pytest.mark.parametrize(
    "text",
    [
        "call +212 612 345 678",
        "الأحد 22 نونبر 2026",
        "22 نونبر 2026 20:10",
        "الساعة 22:40",
        "الملف AL-7Q4KD2M-X",
        "22:40 2026 1 12",
    ],
)
def test_what_is_no_number_in_groups_is_left_as_it_is(text: str) -> None:
    assert bidi.with_numbers_whole(text) == text


def test_a_day_with_its_time_keeps_the_time_together() -> None:
    text = bidi.with_numbers_whole("22 نونبر 2026 20:10")
    assert drawn(text, True) == ["20:10", "2026", "نونبر", "22"]


def test_parts_of_parts_stand_one_after_the_other_from_the_right() -> None:
    inner = " · ".join(bidi.isolate(part, True) for part in ("اليوم", "غدا"))
    whole = " · ".join(bidi.isolate(part, True) for part in ("سفر", inner))
    assert [word for word in drawn(whole, True) if word != "·"] == ["غدا", "اليوم", "سفر"]


def test_arabic_inside_english_keeps_the_english_order() -> None:
    assert drawn("Met مرافق 12 (aunt)", False) == ["Met", "12", "مرافق", "(aunt)"]


def test_digits_of_a_date_are_not_reversed() -> None:
    assert drawn("الأحد 22 نونبر 2026", True) == ["2026", "نونبر", "22", "الأحد"]


def test_scripts_are_shaped_apart_and_digits_go_with_their_neighbours() -> None:
    runs = [(run.text, run.script) for run in bidi.visual_runs("AL-7 · Візит 3 ⵣ", False) if not run.blank]
    assert runs == [("AL-7 ·", "Latn"), ("Візит 3", "Cyrl"), ("ⵣ", "Tfng")]


@pytest.mark.parametrize(
    ("text", "ui_rtl", "expected"),
    [
        ("AL-7Q4KD2M-X", True, False),
        ("+212 612", True, False),
        ("", True, False),
        ("AT 971 رحلة", True, True),
        ("AT 971 رحلة", False, False),
        ("رحلة AT 971", False, True),
    ],
)
def test_the_direction_of_a_paragraph(text: str, ui_rtl: bool, expected: bool) -> None:
    assert bidi.base_is_rtl(text, ui_rtl) is expected


def test_marks_that_steer_the_order_are_not_drawn() -> None:
    text = f"{bidi.isolate('AT 971', True)}\u200f رحلة"
    assert not set(as_seen(text, True)) & set("\u2066\u2067\u2069\u200f")
    assert bidi.without_controls(text) == "AT 971 رحلة"


def test_a_thousand_marks_in_a_row_do_no_harm() -> None:
    text = "م" + "." * 3000 + "م"
    assert sum(len(run.text) for run in bidi.visual_runs(text, True)) == 3002


MIXED = st.text(alphabet="aZ0 9-.,:()[]/+·שםعلالآم٣ЖіⵣAL…«»\u2066\u2067\u2068\u2069", max_size=40)


@given(MIXED, st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_line_is_ordered_as_the_standard_says(text: str, rtl: bool) -> None:
    paragraph = BidiParagraph(text, TextDirection.RTL if rtl else TextDirection.LTR)
    expected = bidi.without_controls(paragraph.get_reordered_string())
    assert as_seen(text, rtl) == expected


@given(MIXED, st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_run_loses_a_blank_at_its_edge(text: str, rtl: bool) -> None:
    for run in bidi.visual_runs(text, rtl):
        assert run.blank or run.text == run.text.strip()


# -- wrapping: a letter is one wide ------------------------------------------------------------------


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in bidi.wrap(text, len, width)]


def test_lines_break_at_blanks_and_drop_them() -> None:
    assert lines("one two  three", 7) == ["one two", "three"]


def test_a_code_is_not_broken_while_it_fits_a_line() -> None:
    assert lines("see AL-7Q4KD2M-X now", 12) == ["see", "AL-7Q4KD2M-X", "now"]


def test_a_word_that_is_too_wide_is_broken_inside() -> None:
    assert lines("a wwwwwwwwwwww b", 5) == ["a", "wwwww", "wwwww", "ww b"]


def test_an_empty_paragraph_is_an_empty_line() -> None:
    assert lines("a\n\nb", 5) == ["a", "", "b"]


@given(st.text(alphabet="ab مع-/\n", max_size=60), st.integers(1, 12))
@settings(max_examples=300, deadline=None)
def test_wrapping_keeps_every_letter_in_order_and_no_line_too_wide(text: str, width: int) -> None:
    wrapped = lines(text, width)
    assert "".join("".join(wrapped).split()) == "".join(text.split())
    assert all(len(line) <= width for line in wrapped)


def test_what_does_not_fit_ends_with_an_ellipsis() -> None:
    assert bidi.shortened("monitoring contact", len, 11) == "monitoring…"
    assert bidi.shortened("short", len, 5) == "short"
