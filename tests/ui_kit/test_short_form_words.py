"""The words by which one turns to the short form and back are everyday ones, in every language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.ui.i18n import LANGUAGES, _, language
from app.ui.screens import short_form
from forms.telltale import tells


def words() -> list[str]:
    """Every text of the module that a person may read."""
    tree = ast.parse(Path(short_form.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    texts = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "T"]
    return [text.value for text in texts if isinstance(text, ast.Constant)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_none_of_them_tells_a_bystander_anything(code: str) -> None:
    language.switch(code)
    try:
        assert len(words()) >= 8
        for word in words():
            shown = _(word)
            assert not tells(shown), shown
            assert code == "en" or shown != word, f"{word} is not translated"
    finally:
        language.switch("en")
