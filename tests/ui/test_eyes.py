"""The machine's eyes see what a person would stumble over, and nothing else."""

from __future__ import annotations

from typing import Any

from tests.ui.eyes import stumbling_blocks


def row(name: str, y: int, height: int = 52, text: str = "") -> dict[str, Any]:
    box = {"x": 100, "y": y, "w": 400, "h": height, "clipped": False}
    return {"name": name, "kind": "ChoiceRow", "text": text, **box}


def test_a_page_that_is_as_it_should_be_has_none() -> None:
    page = [row("entry.choice.a.yes", 100, text="نعم"), row("entry.choice.a.no", 160, text="AL-2C6WS38-R")]
    assert stumbling_blocks(page, "ar") == []


def test_a_small_target_an_overlap_and_a_word_of_another_language_are_told() -> None:
    page = [row("entry.choice.a.yes", 100, 30), row("entry.choice.a.no", 120, text="Not translated")]
    assert stumbling_blocks(page, "uk") == [
        "entry.choice.a.yes is only 400 by 30",
        "entry.choice.a.yes lies on entry.choice.a.no",
        "entry.choice.a.no says 'Not translated'",
    ]


def test_what_a_person_wrote_herself_is_in_her_language() -> None:
    assert stumbling_blocks([row("entry.question.a", 100, text="Calm")], "ar", ["Calm"]) == []
