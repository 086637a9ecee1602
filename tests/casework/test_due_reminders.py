"""Reminders: how much is due, at hours at which nobody is harmed by it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.due import KINDS, Due
from forms.casework.reminders import PARTS, WEEKDAYS, OfficeHours, Pending, SafeTimes, next_look, reminder
from forms.errors import FormProblem

TIRANA = ZoneInfo("Europe/Tirane")
MONDAY = date(2026, 2, 2)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TIRANA)


def pending(
    kind: str = "contact.week_1", due: date = MONDAY, never: tuple[str, ...] = (), **more: Any
) -> Pending:
    return Pending(Due(kind, "", due, overdue=due < MONDAY), SafeTimes(frozenset(never), **more))


LATE = MONDAY - timedelta(days=1)


def test_a_reminder_counts_and_names_nobody() -> None:
    found = reminder([pending(), pending(due=LATE), pending(due=MONDAY + timedelta(days=1))], at(9))
    assert found is not None
    assert (found.code, found.overdue, found.today, found.held) == ("reminder.overdue", 1, 1, 0)
    assert set(asdict(found)) == {"code", "overdue", "today", "held", "read_first"}


@pytest.mark.parametrize(
    ("now", "reminded"),
    [
        (at(7, 59), False),
        (at(8), True),
        (at(16, 59), True),
        (at(17), False),
        (at(9, day=date(2026, 2, 7)), False),
    ],
)
def test_workers_are_reminded_while_the_office_is_open(now: datetime, reminded: bool) -> None:
    assert (reminder([pending(due=LATE)], now) is not None) is reminded


def test_an_overdue_arrival_is_told_at_two_in_the_night() -> None:
    found = reminder([pending("arrival", LATE), pending(due=LATE)], at(2))
    assert found is not None
    assert (found.code, found.overdue, found.today) == ("reminder.alarm", 1, 0)
    assert reminder([pending("arrival")], at(2)) is None


#: excluded, hour of that Monday, whether the contact is called to mind
EXCLUDED: list[tuple[str, int, bool]] = [
    ("morning", 11, False),
    ("morning", 12, True),
    ("afternoon", 12, False),
    ("afternoon", 11, True),
    ("monday", 9, False),
    ("tuesday", 9, True),
]


@pytest.mark.parametrize(("never", "hour", "reminded"), EXCLUDED)
def test_a_contact_is_not_called_to_mind_when_the_person_must_not_be_contacted(
    never: str, hour: int, reminded: bool
) -> None:
    found = reminder([pending(never=(never,)), pending("court.date")], at(hour))
    assert found is not None
    assert (found.today, found.held) == ((2, 0) if reminded else (1, 1))
    assert (reminder([pending(never=(never,))], at(hour)) is not None) is reminded


def test_while_safe_contact_is_in_conflict_nobody_is_sent_to_contact() -> None:
    assert reminder([pending(frozen=True)], at(9)) is None


def test_words_of_the_person_are_to_be_read_first() -> None:
    safe = SafeTimes.of(Case(safe_never="not when he is at home"), ["morning", "ramadan"])
    assert safe == SafeTimes(frozenset({"morning"}), read_first=True)
    found = reminder([Pending(pending().item, safe)], at(14))
    assert found is not None
    assert found.read_first
    assert SafeTimes.of(Case()) == SafeTimes()


@given(
    st.lists(
        st.builds(
            lambda kind, days, never, frozen: pending(
                kind, MONDAY + timedelta(days=days), never, frozen=frozen
            ),
            st.sampled_from(KINDS),
            st.integers(-9, 3),
            st.lists(st.sampled_from([*PARTS, *WEEKDAYS]), max_size=3).map(tuple),
            st.booleans(),
        )
    ),
    st.integers(0, 23),
)  # fmt: skip
def test_no_contact_is_counted_at_a_time_that_its_person_excludes(found: list[Pending], hour: int) -> None:
    now = at(hour)
    told = reminder(found, now)
    allowed = [p for p in found if p.item.on_desk(MONDAY) and not (p.is_contact and p.safe.excludes(now))]
    assert (told.overdue + told.today if told else 0) <= len(allowed)
    if 8 <= hour < 17:
        assert (told.overdue + told.today if told else 0) == len(allowed)


def test_an_office_has_its_own_hours() -> None:
    hours = OfficeHours.from_table({"days": ["sunday"], "opens": "09:30", "closes": "12:00"})
    sunday = date(2026, 2, 8)
    assert hours.open_at(at(9, 30, sunday))
    assert not hours.open_at(at(9, 29, sunday))
    assert not hours.open_at(at(10))
    for wrong in ({"days": ["someday"]}, {"days": []}, {"opens": "late"}, {"closes": "07:00"}, {"open": "1"}):
        with pytest.raises(FormProblem):
            OfficeHours.from_table(wrong)


def test_the_next_look_is_at_an_even_step() -> None:
    assert next_look(at(9, 7)) == at(9, 15)
    assert next_look(at(9, 15)) == at(9, 30)
