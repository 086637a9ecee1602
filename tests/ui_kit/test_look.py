"""Colours that can be read, icons inside their grid, fonts that have every letter; no window."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")

from fontTools.ttLib import TTFont

from app.ui import theme as look
from app.ui.icons import ICONS

ON_PAPER = ["ink", "ink2", "primary", "attention", "danger", "done", "conflict"]
MEANINGS = ["primary", "attention", "danger", "done", "conflict"]
LETTERS = {
    "en": "abcxyzABCXYZ0123456789.,;:!?'’“”()[]–—…·@#%&*/+−=<>|_~",
    "fr": "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»€ ",
    "sq": "çëÇË",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ₴’",
    "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي،؛؟ًٌٍَُِّْـ٠١٢٣٤٥٦٧٨٩پچڤگ",
    "zgh": "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ",
    "signs": "✓→←▲◆●•",
}


def luminance(token: str) -> float:
    channels = look.theme.colour(token)[:3]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def _look(request: pytest.FixtureRequest) -> object:
    look.theme.switch(dark=request.param)
    yield
    look.theme.switch(dark=False)


@pytest.mark.usefixtures("_look")
def test_every_text_colour_can_be_read_on_its_ground() -> None:
    pairs = [(tone, ground) for tone in ON_PAPER for ground in ("paper", "card")]
    pairs += [(meaning, f"{meaning}_container") for meaning in MEANINGS]
    pairs += [
        ("ink2", "neutral_container"),
        ("ink", "neutral_container"),
        ("ink2", "rail"),
        ("primary", "rail"),
    ]
    pairs += [
        ("ink", "primary_container"),
        ("on_demo", "demo"),
        ("on_ink", "ink"),
        ("on_conflict", "conflict"),
    ]
    pairs += [("on_primary", "primary"), ("on_primary", "primary_pressed"), ("on_danger", "danger")]
    faint = {f"{a} on {b}": round(contrast(a, b), 2) for a, b in pairs if contrast(a, b) < 4.5}
    assert faint == {}


@pytest.mark.usefixtures("_look")
def test_the_edge_of_a_field_can_be_seen() -> None:
    assert min(contrast("outline", "card"), contrast("outline", "paper")) >= 3


def test_a_misspelt_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        look.theme.colour("primry")


@pytest.mark.parametrize("name", sorted(ICONS))
def test_an_icon_stays_inside_its_grid(name: str) -> None:
    points = [point for path in (*ICONS[name].strokes, *ICONS[name].fills) for point in path]
    assert points
    assert all(0 <= x <= 24 and 0 <= y <= 24 for x, y in points)


def test_what_has_a_direction_turns_around_and_a_clock_does_not() -> None:
    assert ICONS["back"].mirrors
    assert ICONS["chevron-end"].mirrors
    assert not ICONS["clock"].mirrors
    assert not ICONS["check"].mirrors


@pytest.mark.parametrize("path", [look.REGULAR, look.BOLD], ids=["regular", "bold"])
@pytest.mark.parametrize("script", sorted(LETTERS))
def test_one_font_has_every_letter(path: str, script: str) -> None:
    known = TTFont(path).getBestCmap()
    assert [letter for letter in LETTERS[script] if ord(letter) not in known] == []


def test_both_weights_stand_on_one_baseline() -> None:
    metrics = {(font["hhea"].ascent, font["hhea"].descent) for font in map(TTFont, (look.REGULAR, look.BOLD))}
    assert len(metrics) == 1
