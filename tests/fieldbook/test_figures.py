"""The figures of an office on a coordinator's device: from her cases and from the office's own file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.problems import Problem
from app.store import Store
from app.views import FigureView
from forms.casework.indicators.population import Period
from tests.fieldbook import conftest
from tests.fieldbook.conftest import CHEAP, IDENTITY, PASSPHRASE, Clock
from tests.fieldbook.test_fieldbook import answer, done
from tests.fieldbook.test_office_file import add_row, hold_meeting

APRIL_TO_JUNE = Period(date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture
def as_coordinator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever enrolled the device is a coordinator."""
    monkeypatch.setattr(conftest, "IDENTITY", dataclasses.replace(IDENTITY, role="coordinator"))


@pytest.fixture
def drita(as_coordinator: None, request: pytest.FixtureRequest) -> Fieldbook:
    found: Fieldbook = request.getfixturevalue("book")
    return found


def figures(book: Fieldbook, period: Period = APRIL_TO_JUNE, *by: str) -> dict[tuple[str, ...], FigureView]:
    found = done(book.figures(period, by))
    return {(each.indicator, *(name for _, name in each.group)): each for each in found}


def screen(book: Fieldbook, case: str) -> None:
    """A first conversation in which signs of trafficking were found."""
    opened = done(book.begin(case, "assistance"))
    answer(
        book, opened, assistance_kind="medical", on="2026-05-04", outcome="received",
    )  # fmt: skip
    done(book.finish(opened.record))


def test_meetings_count_once_and_of_no_person(drita: Fieldbook) -> None:
    hold_meeting(drita)
    hold_meeting(drita)
    done(drita.new_case("al", "sq"))
    found = figures(drita)
    assert (found["meetings",].value, found["meetings",].persons) == (2, 0)
    assert found["participants", "meeting"].value == 18
    assert found["participants.organisation", "ngo", "female"].value == 14
    assert found["trainings",].value == 0
