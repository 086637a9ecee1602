"""Forms of the library that differ most, each in another language, by hand at the real window.

All of them, with pictures of each page: `make window`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import running_office
from tests.ui.library_by_hand import Chosen, fill_all
from tests.ui.window import Display

pytestmark = pytest.mark.window

#: Repeats and photos, from right to left.
REPEATS = {"airport_reception": "ar"}
#: A few decisions, and the most questions.
MORE = {"consent": "uk", "child_monitoring": "en"}


@pytest.mark.parametrize("languages", [REPEATS, pytest.param(MORE, marks=pytest.mark.long)])
def test_what_is_answered_by_hand_is_what_the_office_gets(
    display: Display, tmp_path: Path, languages: dict[str, str]
) -> None:
    """In an office of its own: what is answered at random makes another day of it."""
    with running_office(tmp_path) as office:
        work = fill_all(display, office, tmp_path, Chosen(tuple(languages), languages=languages))
    assert {filled.form: filled.problem for filled in work} == dict.fromkeys(languages, "")
    assert all(len(filled.said) > 10 for filled in work)
