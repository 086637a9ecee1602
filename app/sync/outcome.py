"""How one sync ended, as screens and scripts are told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.problems import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt to sync, ended.

    What was exchanged before a `problem` stays exchanged: `sent` counts the change sets that the
    server acknowledged, `received` the records whose changes came down, `conflicts` the notices of
    answers of this worker that lost, `refused` the change sets that the server would not take. `news`:
    colleagues, programmes or alarms are others than before.
    """

    started: datetime
    ended: datetime
    sent: int = 0
    received: int = 0
    conflicts: int = 0
    refused: int = 0
    attachments_sent: int = 0
    attachments_received: int = 0
    forms_received: int = 0
    news: bool = False
    problem: Problem | None = None

    @property
    def succeeded(self) -> bool:
        return self.problem is None

    @property
    def changed_something(self) -> bool:
        """Whether a screen that shows cases or records may have become out of date."""
        return bool(
            self.sent or self.received or self.conflicts or self.refused or self.forms_received
            or self.attachments_received or self.news
        )  # fmt: skip

    def facts(self, device: str) -> dict[str, object]:
        """What the log keeps of a sync."""
        return {
            "device": device,
            "sent": self.sent,
            "received": self.received,
            "refused": self.refused,
            "conflicts": self.conflicts,
            "files_sent": self.attachments_sent,
            "files_received": self.attachments_received,
            "ms": round((self.ended - self.started).total_seconds() * 1000),
            "code": self.problem.code if self.problem else None,
        }
