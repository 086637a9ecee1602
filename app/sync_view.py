"""What is only on this device, what a sync is at, and how the last attempt ended."""

from __future__ import annotations

from datetime import datetime

from app import casefile
from app.store import Snapshot, attachments, records
from app.sync import receipt
from app.views import SyncView


def view(db: Snapshot, now: datetime, phase: str | None, next_try: datetime | None) -> SyncView:
    """`phase` of the sync under way, None where none is; `next_try` by itself."""
    told = receipt.receipt(db)
    refused = [records.summary(db, each.record) for each in told.only_here if each.refused]
    return SyncView(
        running=phase is not None,
        phase=phase,
        last_try=casefile.in_zone(told.last_try, now),
        last_success=casefile.in_zone(told.last_success, now),
        problem=told.problem,
        problem_params=told.problem_params,
        waiting=sum(1 for each in told.only_here if each.waiting),
        waiting_attachments=attachments.waiting(db),
        refused=casefile.record_rows(db, refused, now),
        next_try=casefile.in_zone(next_try, now),
        sent=told.sent,
        received=told.received,
    )
