"""Why two files may be of one person is said in words, in every language, and never by a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.ui.i18n import LANGUAGES, language
from app.ui.screens.likely import AGAINST, FOR, because
from app.views import LikelyView
from forms.casework.duplicates import POINTS


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.switch("en")


def test_whatever_speaks_for_or_against_it_has_its_words() -> None:
    assert FOR.keys() == {code for code, points in POINTS.items() if points > 0}
    assert AGAINST.keys() == {code for code, points in POINTS.items() if points < 0}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_reason_is_said_in_the_language_of_the_worker(code: str) -> None:
    language.switch(code)
    said = {reason: str(because(LikelyView("", "AL-1", 60, (reason,)))) for reason in POINTS}
    assert len(set(said.values())) == len(POINTS)
    assert not [reason for reason, text in said.items() if reason in text]


def test_what_speaks_against_it_comes_last_and_says_so() -> None:
    found = LikelyView("", "AL-1", 60, ("duplicate.phone", "duplicate.name.differs", "duplicate.sex.differs"))
    assert str(because(found)) == "the same telephone or account · but: other names, another sex"
