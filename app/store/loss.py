"""What of this device is on no server: what would be lost with it, record by record."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.store import meta, reports
from app.store.folder import QUARANTINE
from app.store.transaction import Snapshot

Part = Literal["draft", "waiting", "refused", "typed", "files"]


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """One record and what of it is here alone: answers of a draft, finished work that waits or was refused,
    text in the window, files. `case`, `form` and `version` are empty of a record that has no row."""

    record: str
    case: str
    form: str
    version: str
    parts: tuple[Part, ...]
    files: int


@dataclass(frozen=True, slots=True)
class Loss:
    """`settled`: conflicts that were decided here and that the server was not told of; `typed`: what was
    typed for a case that is not made yet; `reports`: frozen reports, and the list of what was published."""

    records: tuple[OnlyHere, ...] = ()
    settled: int = 0
    typed: int = 0
    reports: int = 0

    @property
    def nothing(self) -> bool:
        return self == Loss()

    @property
    def count(self) -> int:
        """How many things there are."""
        return len(self.records) + self.settled + self.typed + self.reports

    @property
    def finished(self) -> int:
        """Records with finished work that no server has."""
        return sum(1 for each in self.records if {"waiting", "refused"} & set(each.parts))

    @property
    def drafts(self) -> int:
        return sum(1 for each in self.records if {"draft", "typed"} & set(each.parts))

    @property
    def files(self) -> int:
        return sum(each.files for each in self.records)


def look(db: Snapshot) -> Loss:
    """Everything that is on this device alone; what the server has acknowledged is not."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for (record,) in db.rows("SELECT DISTINCT record FROM answer"):
        parts[record].append("draft")
    for record, waiting, refused in db.rows(
        "SELECT record, max(state = 'waiting'), max(state = 'refused') FROM outbox"
        " WHERE state <> 'sent' GROUP BY record"
    ):
        if waiting:
            parts[record].append("waiting")
        if refused:
            parts[record].append("refused")
    typed = 0
    for name in json.loads(meta.get(db, meta.TYPED) or "{}"):
        if name.startswith(meta.TYPED_INTO):
            parts[name.removeprefix(meta.TYPED_INTO)].append("typed")
        else:
            typed += 1
    files: dict[str, int] = dict(
        db.rows("SELECT record, count(*) FROM attachment WHERE here = 1 AND on_server = 0 GROUP BY record")
    )
    for record in files:
        parts[record].append("files")
    return Loss(
        tuple(_only_here(db, record, tuple(found), files.get(record, 0)) for record, found in parts.items()),
        db.value("SELECT count(*) FROM conflict WHERE settled_here = 1"),
        typed,
        len(reports.heads(db)) + (reports.ledger(db) is not None),
    )


def set_aside(folder: Path) -> int:
    """How many files openings and repairs have put into quarantine: damaged, and read as far as they can
    be."""
    place = folder / QUARANTINE
    return sum(1 for _ in place.iterdir()) if place.is_dir() else 0


def _only_here(db: Snapshot, record: str, parts: tuple[Part, ...], files: int) -> OnlyHere:
    row = db.row("SELECT case_id, form, form_version FROM record WHERE id = ?", record)
    case, form, version = row or ("", "", "")
    return OnlyHere(record, case, form, version, parts, files)
