"""When the device syncs by itself."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import Problem
from app.schedule import ReminderSchedule, SyncSchedule, next_pause
from app.sync.outcome import Outcome
from forms.casework.reminders import Reminder

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
WELL = Outcome(NOW, NOW)
ILL = Outcome(NOW, NOW, problem=Problem("sync.server.unreachable"))


@given(st.integers(0, 200), st.floats(1, 3600), st.floats(10, 86400), st.integers())
def test_no_pause_is_longer_than_the_limit_nor_shorter_than_makes_sense(
    failures: int, every: float, limit: float, seed: int
) -> None:
    pause = next_pause(failures, every, limit, random.Random(seed))
    if failures == 0:
        assert 0.9 * every <= pause <= 1.1 * every
    else:
        assert 0 < pause <= limit


@given(st.integers(1, 8), st.integers(), st.integers())
def test_pauses_grow_with_each_failure_whatever_the_chance(failures: int, seed: int, other: int) -> None:
    shorter = next_pause(failures, 300, 1e9, random.Random(seed))
    longer = next_pause(failures + 2, 300, 1e9, random.Random(other))
    assert longer >= 2 * shorter


def test_devices_that_failed_together_do_not_come_back_together() -> None:
    assert len({next_pause(3, 300, 3600, random.Random(seed)) for seed in range(50)}) == 50


def test_after_a_success_the_pause_is_the_usual_one_again() -> None:
    schedule = SyncSchedule(lambda: WELL, every=1000, limit=4000, chance=random.Random(1))
    schedule.start(first_after=3000)

    def pause() -> float:
        assert schedule.next_try is not None
        return (schedule.next_try - datetime.now(UTC)).total_seconds()

    for _ in range(4):
        schedule.heard(ILL)
    assert 390 < pause() < 801
    schedule.heard(ILL)
    assert 790 < pause() < 1601
    schedule.heard(WELL)
    assert 890 < pause() < 1101
    schedule.stop()


def test_attempts_follow_each_other_away_from_this_thread_until_stopped() -> None:
    attempts: list[threading.Thread] = []
    third = threading.Event()

    def attempt() -> Outcome:
        attempts.append(threading.current_thread())
        if len(attempts) == 3:
            third.set()
        schedule.heard(WELL)
        return WELL

    schedule = SyncSchedule(attempt, every=0.05, limit=1)
    schedule.start(first_after=0.01)
    assert third.wait(10)
    schedule.stop()
    schedule.stop()
    assert threading.current_thread() not in attempts
    time.sleep(0.1)
    ended = len(attempts)
    time.sleep(0.2)
    assert len(attempts) == ended
    assert schedule.next_try is None


class Day:
    """A clock and what there is to be reminded of."""

    def __init__(self) -> None:
        self.found: Reminder | None = None
        self.told: list[Reminder | None] = []
        self.schedule = ReminderSchedule(self.look, self.told.append, lambda: NOW)

    def look(self) -> Reminder | None:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_a_reminder_is_told_once_and_again_when_the_numbers_change() -> None:
    day = Day()
    day.schedule.look_now()
    one, two = Reminder("reminder.today", 0, 1), Reminder("reminder.today", 0, 2)
    for found in (one, one, two, None, None, one):
        day.found = found
        day.schedule.look_now()
    assert day.told == [one, two, None, one]


def test_an_alarm_is_told_at_every_look_until_it_is_settled() -> None:
    day = Day()
    day.found = Reminder("reminder.alarm", 1, 0)
    for _ in range(3):
        day.schedule.look_now()
    assert len(day.told) == 3


def test_a_look_that_fails_is_logged_without_words_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    day = Day()
    day.found = RuntimeError("Mira Shembulli")  # type: ignore[assignment]
    day.schedule.look_now()
    assert "Mira" not in str([vars(record) for record in caplog.records])
    day.found = Reminder("reminder.today", 0, 1)
    day.schedule.look_now()
    assert len(day.told) == 1


def test_it_looks_by_itself_at_the_next_even_step_and_not_after_stop() -> None:
    day, heard = Day(), threading.Event()
    day.found = Reminder("reminder.today", 0, 1)
    schedule = ReminderSchedule(day.look, lambda _: heard.set(), lambda: NOW)
    schedule.start(first_after=0.01)
    assert heard.wait(10)
    for _ in range(100):
        if schedule.next_look is not None:
            break
        time.sleep(0.02)
    assert schedule.next_look is not None
    pause = (schedule.next_look - datetime.now(UTC)).total_seconds()
    assert 880 < pause <= 900
    schedule.stop()
    schedule.stop()
    day.schedule.stop()
    day.schedule.look_now()
    assert day.told == []
