"""What the server does by itself: forgets old replies, removes orphaned files, folds its log in, and
watches over arrivals and over what is shared."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from sync_server.arrival_watch import ArrivalWatch
from sync_server.attachments import Attachments
from sync_server.deny_lists import without_coordinator
from sync_server.log_lines import place
from sync_server.share_watch import ShareWatch
from sync_server.storage.base import Storage

log = logging.getLogger("sync_server.jobs")

_HOUR_MS: Final = 3_600_000
#: A device that did not get its reply within this time has come back with a new batch long since.
REPLIES_KEPT_MS: Final = 30 * 24 * _HOUR_MS
#: A file is sent after the rows that refer to it; one that nobody refers to for a day was cut off.
ORPHANS_KEPT_MS: Final = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """The jobs themselves, each safe to run at any moment and as often as anybody likes."""

    storage: Storage
    attachments: Attachments
    now_ms: Callable[[], int]
    arrivals: ArrivalWatch
    shares: ShareWatch

    def forget_replies(self) -> int:
        return self.storage.forget_replies(self.now_ms() - REPLIES_KEPT_MS)

    def remove_orphans(self) -> int:
        return self.attachments.remove_orphans((self.now_ms() - ORPHANS_KEPT_MS) / 1000)

    def checkpoint(self) -> int:
        self.storage.checkpoint()
        return 0

    def watch_arrivals(self) -> int:
        """Raise and end the alarms of arrivals that nobody confirms."""
        return self.arrivals.look()

    def watch_shares(self) -> int:
        """End what is shared on a consent that has run out, and begin what was dated ahead."""
        return self.shares.look()

    def count_cases_without_coordinator(self) -> int:
        """Cases that deny every coordinator of their office: a line in the log for the administrator, since
        nobody else may be told."""
        return without_coordinator(self.storage)


def start(housekeeping: Housekeeping) -> BackgroundScheduler:
    """Run the jobs beside the server until the scheduler is shut down."""
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    for minutes, job in (
        (60, housekeeping.forget_replies),
        (60, housekeeping.remove_orphans),
        (10, housekeeping.checkpoint),
        (5, housekeeping.watch_arrivals),
        (5, housekeeping.watch_shares),
        (60, housekeeping.count_cases_without_coordinator),
    ):
        scheduler.add_job(logged(job), "interval", minutes=minutes, jitter=60, id=job.__name__)
    scheduler.start()
    return scheduler


def logged(job: Callable[[], int]) -> Callable[[], None]:
    """A job that leaves a line when it did something, and one when it failed; it never raises."""
    name = job.__name__

    def run() -> None:
        try:
            count = job()
        except Exception as error:
            facts = {"job": name, "error": type(error).__name__, "at": place(error)}
            log.error("job.failed", extra={**facts, "code": getattr(error, "code", None)})
            return
        if count:
            log.info("job.done", extra={"job": name, "count": count})

    return run
