"""What is due as a calendar file for the worker's own calendar: days, a neutral word, and nobody's name.

It lies outside the encrypted store, so it is written only when a worker asks for it. One that Homeward wrote
before is replaced; another file of that name is left as it is.
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from app import evidence
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, cases
from forms.casework.calendar_feed import MADE_BY, NEUTRAL, Entry, calendar
from forms.casework.case import Case
from forms.casework.due import READ, agenda
from forms.casework.programme import programme_of

_OURS = MADE_BY.encode()
_HEAD = 200


def entries(db: Snapshot, shelf: Shelf, now: datetime) -> tuple[Entry, ...]:
    """All that is due from today on in the cases of this device, without their codes."""
    found = cases.listed(db)
    said = evidence.of_cases(db, shelf, {case.id for case in found}, READ.__contains__)
    programmes = shelf.known(db).programmes
    listed = []
    for case in found:
        known = Case.from_values(case.facts)
        rules = programme_of(known.programme, programmes).due
        there = now.astimezone(evidence.zone_of(db, shelf, case.id))
        for item in agenda(known, said.get(case.id, ()), there.date(), now=there, rules=rules):
            if item.due >= there.date():
                at = known.expected_arrival if item.kind == "arrival" else None
                listed.append(Entry(case.id, item.kind, item.due, at))
    return tuple(listed)


def write(db: Snapshot, shelf: Shelf, now: datetime, out: Path, word: str) -> int:
    """Write them; how many they are. Readable by nobody but the owner of the file.

    Problems calendar.file.exists, calendar.file.not_written.
    """
    listed = entries(db, shelf, now)
    text = calendar(listed, now, word=word.strip() or NEUTRAL)
    try:
        if out.exists() and _OURS not in out.read_bytes()[:_HEAD]:
            raise Problem("calendar.file.exists", {"name": out.name})
        _replace(out, text.encode())
    except OSError:
        raise Problem("calendar.file.not_written", {"name": out.name}) from None
    return len(listed)


def _replace(out: Path, content: bytes) -> None:
    """Whole or not at all: a calendar never reads half of it."""
    handle, beside = tempfile.mkstemp(dir=out.parent, prefix=".calendar-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, out)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
