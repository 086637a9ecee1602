"""Appearances that are known, and those that are not."""

from typing import get_args

import pytest

from forms.appearances import KNOWN, known_appearances
from forms.definition import QuestionType


@pytest.mark.parametrize(
    ("kind", "written", "known"),
    [
        ("text", "multiline w3", {"multiline"}),
        ("select_one", "columns-3 no-buttons", {"columns-3", "no-buttons"}),
        ("select_one", "minimal hologram", {"minimal"}),
        ("date", "month-year ethiopian", {"month-year", "ethiopian"}),
        ("image", "signature", {"signature"}),
        ("integer", "ex:org.example.count(pulse=${p})", {"ex"}),
        ("group", "field-list", {"field-list"}),
        ("group", "w4", {"w4"}),
        ("time", "field-list", set()),
        ("nobody", "minimal", set()),
        ("text", "", set()),
    ],
)
def test_the_known_ones_are_kept_and_others_are_no_mistake(kind, written, known):
    assert known_appearances(kind, written) == known


def test_every_type_of_question_has_its_appearances():
    assert set(get_args(QuestionType)) | {"group", "range"} == set(KNOWN)
