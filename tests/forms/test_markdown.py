"""Markdown in the texts of a form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.markdown import Span, plain, styled


def test_words_are_strong_or_emphasized_or_both():
    (line,) = styled("Is she **really** _here_, or ***both***?")
    assert [span for span in line.spans if span.strong or span.emphasis][:2] == [
        Span("really", strong=True),
        Span("here", emphasis=True),
    ]
    assert line.text == "Is she really here, or *both*?" or line.text == "Is she really here, or both?"


def test_headings_and_lists_are_lines_of_their_own():
    lines = styled("## Safety\nAsk about:\n- threats\n* debts")
    assert [(line.text, line.heading, line.bullet) for line in lines] == [
        ("Safety", 2, False),
        ("Ask about:", 0, False),
        ("threats", 0, True),
        ("debts", 0, True),
    ]
    assert plain("- threats\n- debts") == "• threats\n• debts"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("no marks at all", "no marks at all"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("case_code_of_her", "case_code_of_her"),
        (r"a \*star\* and a \# sign", "a *star* and a # sign"),
        ("read [the leaflet](https://example.org/a_b)", "read the leaflet"),
        ('<span style="color:red">danger</span><br/>now', "danger\nnow"),
        ("a < b and c > d", "a < b and c > d"),
        ("* not closed", "• not closed"),
        ("**not closed", "**not closed"),
        ("[no address]", "[no address]"),
        ("__مهم__ جدا", "مهم جدا"),
    ],
)
def test_the_words_alone(written, shown):
    assert plain(written) == shown


@given(st.text(alphabet="ab *_#[]()<>\\-\n", max_size=60))
def test_any_text_has_its_words(text):
    letters = [character for character in text if character in "ab"]
    shown = [character for character in plain(text) if character in "ab"]
    if "](" not in text and "<" not in text:
        assert shown == letters


def test_a_text_made_to_hurt_takes_no_time():
    for hostile in ("*" * 20_000, "[" * 20_000, "_a" * 10_000, "<span" * 5_000, "**a" * 7_000):
        plain(hostile)


def test_a_form_shows_its_texts_without_the_marks(begin):
    entry = begin(
        "| survey |\n| | type | name | label | hint |\n"
        "| | text | who | **Who** is there? | _Only if safe_ |\n"
        "| | text | she | Is ${who} *here*? | |\n"
    )
    assert entry.state("who").label == "Who is there?"
    assert entry.state("who").hint == "Only if safe"
    for answer in ("Ana_Maria", "**both** of [them](x)", "<b>", "# 5 - \\"):
        entry.answer("who", answer)
        assert entry.state("she").label == f"Is {answer} here?"
