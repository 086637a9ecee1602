"""Every code that can reach a screen has a text there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import app
from app.problems import TEXTS, Problem, text_of
from sync_server.protocol.problems import CODES

SOURCES = [path for path in Path(app.__file__).parent.rglob("*.py") if "ui" not in path.parts]
RAISED = {
    code: path.name
    for path in SOURCES
    for code in re.findall(r'Problem\(\s*"([a-z_]+(?:\.[a-z_]+)+)"', path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("code", sorted({*CODES, *RAISED}))
def test_each_code_has_a_text(code: str) -> None:
    assert code in TEXTS, f"{code} of {RAISED.get(code, 'the wire')} has no text"


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_each_text_is_a_sentence_for_the_worker(code: str) -> None:
    text = TEXTS[code]
    assert text[0].isupper()
    assert not re.search(r"\b(null|exception|http|json|sql)\b", text.lower().replace("https://", ""))
    places = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    assert all(name.isidentifier() for name in places)


def test_an_unknown_code_of_a_newer_server_is_shown_as_it_is() -> None:
    assert "{code}" in text_of(Problem("sync.something.new"))
