"""Everything that can be due, and every reminder, is said in words, in every language."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from app.ui.i18n import LANGUAGES, language
from app.ui.screens import wording
from app.views import DueItem
from forms.casework.due import KINDS
from forms.casework.reminders import ReminderCode

DAY = date(2026, 2, 6)


@pytest.fixture(autouse=True)
def _english_afterwards() -> object:
    yield
    language.switch("en")


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_kind_of_due_thing_has_its_own_words(code: str) -> None:
    language.switch(code)
    told = {kind: str(wording.due_kind(kind)) for kind in KINDS}
    assert len(set(told.values())) == len(KINDS)
    assert wording.DUE_KINDS.keys() == set(KINDS)
    if code != "en":
        assert not any(text in wording.DUE_KINDS.values() for text in told.values())


def test_who_has_to_act_is_told_where_it_is_somebody_else() -> None:
    language.switch("en")
    item = DueItem(
        "c", "AL-1", "high", "escalation.missed_contact", None, DAY, False, {"owner": "coordinator"}
    )
    assert str(wording.due_sentence(item, DAY)).startswith("Missed contact · Coordinator · due")
    mine = DueItem("c", "AL-1", "high", "action.agreed", None, DAY, False, {"owner": "worker"})
    assert str(wording.due_sentence(mine, DAY)).startswith("Agreed action · due")


def test_a_reminder_has_words_that_name_no_work() -> None:
    assert wording.REMINDERS.keys() == set(get_args(ReminderCode))
    for text in wording.REMINDERS.values():
        assert not {"case", "contact", "person", "visit", "arrival"} & set(
            text.lower().replace(".", "").split()
        )
