"""When the device does something by itself: when it tries to sync, and when it reminds the worker.

Syncs come at even pauses while all is well, at growing ones when not. Both run on a thread of their
scheduler's, never on the UI thread, and one at a time.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from app.sync.outcome import Outcome
from forms.casework.reminders import Reminder, next_look
from sync_server.protocol.log_lines import error_facts

_JOB = "sync"
_REMINDER = "reminder"

log = logging.getLogger(__name__)


def next_pause(failures: int, every: float, limit: float, chance: random.Random) -> float:
    """Seconds until the next attempt, after so many failures in a row (0 = the last one succeeded).

    A first failure is tried again after a tenth of `every`, for most are a short loss of the link;
    then the pause doubles up to `limit`. Each is drawn from its upper half, so that the tablets of
    an office that lost its server together do not come back together.
    """
    if failures == 0:
        return every * chance.uniform(0.9, 1.1)
    full = min(limit, every / 10 * 2.0 ** min(failures - 1, 30))
    return full * chance.uniform(0.5, 1.0)


class SyncSchedule:
    """Calls `attempt` again and again, until `stop`; each pause follows the end of an attempt."""

    def __init__(
        self,
        attempt: Callable[[], Outcome],
        *,
        every: float,
        limit: float,
        chance: random.Random | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._attempt = attempt
        self._every, self._limit = every, limit
        self._chance = chance or random.SystemRandom()
        self._now = now
        self._failures = 0
        self._stopped = False
        self._lock = threading.Lock()
        self._scheduler = _one_thread()

    @property
    def next_try(self) -> datetime | None:
        """When the next attempt is planned; None while one runs and after `stop`."""
        job = self._scheduler.get_job(_JOB)
        return job.next_run_time if job else None

    def start(self, first_after: float = 1.0) -> None:
        self._scheduler.start()
        self._plan(first_after)

    def heard(self, outcome: Outcome) -> None:
        """Take an attempt into account, its own or one that the worker asked for, and plan the next."""
        with self._lock:
            self._failures = 0 if outcome.succeeded else self._failures + 1
            pause = next_pause(self._failures, self._every, self._limit, self._chance)
        self._plan(pause)

    def stop(self) -> None:
        """Plan nothing more; calling it twice is harmless. An attempt under way is not waited for."""
        with self._lock:
            already, self._stopped = self._stopped, True
        if not already and self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _plan(self, pause: float) -> None:
        with self._lock:
            if not self._stopped and self._scheduler.running:
                self._scheduler.add_job(
                    self._run,
                    "date",
                    run_date=self._now() + timedelta(seconds=pause),
                    id=_JOB,
                    replace_existing=True,
                )

    def _run(self) -> None:
        with self._lock:
            if self._stopped:
                return
        # `attempt` tells `heard` through whoever runs syncs, since a worker's own tap counts as well.
        self._attempt()


class ReminderSchedule:
    """Looks at even steps of the day whether there is something to be reminded of, until `stop`.

    `look` decides it, `deliver` hears of it: whenever the numbers differ from those last told, and with
    None when nothing is left. The same is not told twice, but an alarm is, at every look.
    """

    def __init__(
        self,
        look: Callable[[], Reminder | None],
        deliver: Callable[[Reminder | None], Any],
        now: Callable[[], datetime],
    ) -> None:
        self._look = look
        self._deliver = deliver
        self._now = now
        self._told: Reminder | None = None
        self._stopped = False
        self._lock = threading.Lock()
        self._scheduler = _one_thread()

    @property
    def next_look(self) -> datetime | None:
        """When it looks again; None while it does, and after `stop`."""
        job = self._scheduler.get_job(_REMINDER)
        return job.next_run_time if job else None

    def start(self, first_after: float = 2.0) -> None:
        self._scheduler.start()
        self._plan(timedelta(seconds=first_after))

    def stop(self) -> None:
        """Remind no more; calling it twice is harmless. A look under way is not waited for."""
        with self._lock:
            already, self._stopped = self._stopped, True
        if not already and self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def look_now(self) -> None:
        """Look once, and tell what is new. A look that fails leaves a line, and the next one is planned."""
        try:
            found = self._look()
        except Exception as error:
            log.warning("reminder.failed", extra=error_facts(error))
            return
        with self._lock:
            alarm = found is not None and found.code == "reminder.alarm"
            if self._stopped or (found == self._told and not alarm):
                return
            self._told = found
        self._deliver(found)

    def _plan(self, pause: timedelta) -> None:
        with self._lock:
            if not self._stopped and self._scheduler.running:
                self._scheduler.add_job(
                    self._run,
                    "date",
                    run_date=datetime.now(UTC) + pause,
                    id=_REMINDER,
                    replace_existing=True,
                )

    def _run(self) -> None:
        self.look_now()
        now = self._now()
        self._plan(next_look(now) - now)


def _one_thread() -> BackgroundScheduler:
    return BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
        daemon=True,
    )
