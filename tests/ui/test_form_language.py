"""A form in a language that the app's own screens do not speak, and the word over one that is a draft."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from forms import library
from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window

FONTS = [ROOT / "app" / "ui" / "fonts" / f"HomewardSans-{style}.ttf" for style in ("Regular", "Bold")]
DRAFT = "A draft that no native speaker has reviewed."


@pytest.fixture
def reception(display: Display, tmp_path: Path) -> Iterator[Callable[[str], AppWindow]]:
    """Opens the library's form for a reception, to be tried out, in a language of the app."""
    form = tmp_path / "airport_reception.md"
    form.write_text(library.read("airport_reception"), "utf-8")
    opened: list[AppWindow] = []

    def open_window(language: str) -> AppWindow:
        window = AppWindow(display, tmp_path / "device", tmp_path, language, ("--preview", str(form)))
        window.start()
        opened.append(window)
        window.see("preview.bar")
        return window

    yield open_window
    for window in opened:
        window.close()


def scripts(text: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}


def test_a_sheet_in_tifinagh_has_a_glyph_for_every_letter(reception: Callable[[str], AppWindow]) -> None:
    window = reception("en")
    window.touch("entry.language.zgh")
    window.read("Only a sample in this language.")
    window.read(DRAFT)
    window.touch("entry.choice.identity/reception_outcome.received")
    drawn = window.text()
    while window.find("entry.choice.wellbeing/needs_now.food") is None:
        window.touch("entry.next")
        window.wait_for(lambda before=drawn: window.text() != before, "another sheet")
        drawn = window.text()
    window.read("ⵓⵜⵛⵉ ⴷ ⵡⴰⵎⴰⵏ")
    window.read("Warm or clean clothes")
    drawn = window.text()
    assert "TIFINAGH" in scripts(drawn)
    for font in FONTS:
        has = TTFont(font).getBestCmap()
        lacking = {letter for letter in drawn if ord(letter) not in has and not letter.isspace()}
        assert lacking == set(), font.name
    window.picture("reception-zgh")


def test_a_worker_reads_a_form_in_russian_and_goes_back(reception: Callable[[str], AppWindow]) -> None:
    window = reception("en")
    assert window.find("entry.draft") is None, "English is the original"
    assert window.scroll_to("entry.language.ru")["text"] == "Русский", "as those call it who read it"
    window.touch("entry.language.ru")
    window.read("Чем завершилось прибытие?")
    window.read(DRAFT)
    assert window.find("entry.sample") is None
    window.touch("entry.choice.identity/reception_outcome.not_arrived")
    window.read("Сейчас же позвоните координации.")
    window.picture("reception-ru")
    window.touch("entry.language.en")
    window.read("Call the coordinator now.")
    assert window.find("entry.draft") is None


def test_a_language_of_the_app_that_is_a_draft_is_said_to_be_one(
    reception: Callable[[str], AppWindow],
) -> None:
    window = reception("fr")
    window.read("Brouillon qu’aucune personne de langue maternelle n’a relu.")
    window.read("Accueil comme prévu")
