"""No text of the app is left in English where a person reads another language."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("fr", "sq", "ar", "uk")


def test_every_text_of_the_app_is_translated_into_every_language() -> None:
    done = subprocess.run(
        [sys.executable, "packaging/messages.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n'make messages' collects new texts."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_every_place_that_is_filled_in(language: str) -> None:
    path = ROOT / "app" / "ui" / "locale" / language / "LC_MESSAGES" / "homeward.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    odd = []
    for message in catalogue:
        if not message.id:
            continue
        wanted = _places(message.id if isinstance(message.id, str) else message.id[1])
        strings = (message.string,) if isinstance(message.string, str) else message.string
        # A plural form may leave the number out, where the language says 'one' or 'two' in a word.
        odd += [text for text in strings if not wanted - {"n"} <= _places(text) <= wanted]
    assert not odd


def _places(text: str) -> set[str]:
    return set(re.findall(r"{(\w*)}", text))
