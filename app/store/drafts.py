"""A form being filled in: begun, saved at each answer, finished into one change set or thrown away.

What matters here is what the author had before her. `open_draft` notes every field as it shows
it; an answer takes its parents from that note, even when a pull brings something newer while the
form is open. So the merge later knows which answers she had seen and replaced, and which not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.problems import Problem
from app.store import attachments, cases, outbox, records
from app.store.records import Answer, Values
from app.store.transaction import Snapshot, Transaction, to_json
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import TRUSTED_OFFSET_MS
from sync_server.protocol.merge import same
from sync_server.protocol.messages import ClockReading


@dataclass(frozen=True, slots=True)
class Draft:
    """A form open for filling in, with the answers to show."""

    record: str
    case: str
    form: str
    form_version: str
    values: Values


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list. `answered`: how many paths it has a value for; `edit`: of a finished record."""

    record: str
    case: str
    form: str
    form_version: str
    answered: int
    edit: bool
    saved_ms: int


def begin(db: Transaction, record: str, case: str, form: str, form_version: str) -> None:
    """Begin a new record of a case. Saying so twice is harmless."""
    if records.exists(db, record):
        return
    db.run(
        "INSERT INTO record (id, case_id, form, form_version, author) VALUES (?, ?, ?, ?, ?)",
        record,
        case,
        form,
        form_version,
        db.identity.login,
    )
    db.run("INSERT INTO draft (record, seen, opened_ms) VALUES (?, '{}', ?)", record, db.now_ms())


def open_draft(db: Transaction, record: str) -> Draft:
    """Open a record to fill it in further, or a finished one to change it: what its author now sees.

    Answers that were saved before are shown as they were typed, and keep the parents they have.
    Problem record.row.unknown.
    """
    head = records.header(db, record)
    fields = records.state(db, record)
    note = {path: [list(field.heads), field.value] for path, field in fields.items()}
    db.run(
        "INSERT INTO draft (record, seen, opened_ms) VALUES (?, ?, ?)"
        " ON CONFLICT (record) DO UPDATE SET seen = excluded.seen, opened_ms = excluded.opened_ms",
        record,
        to_json(note),
        db.now_ms(),
    )
    return Draft(record, head.case, head.form, head.form_version, records.values(db, record))


def go_on_in(db: Transaction, record: str, form_version: str) -> None:
    """Have a draft of a new record go on in another version of its form.

    Problem draft.version.none for a record that was finished: others know it in the version it has.
    """
    if records.summary(db, record).finished:
        raise Problem("draft.version.none")
    db.run("UPDATE record SET form_version = ? WHERE id = ?", form_version, record)


def save_answers(db: Transaction, record: str, changed: Mapping[str, Any]) -> str:
    """Keep answers with one stamp, which is returned; None clears a path.

    Problem draft.row.unknown when the record is not open as a draft.
    """
    seen_text = db.value("SELECT seen FROM draft WHERE record = ?", record)
    if seen_text is None:
        raise Problem("draft.row.unknown")
    seen: dict[str, list[Any]] = json.loads(seen_text)
    stamp, read = db.tick(), db.clock_reading()
    rows = []
    for path, value in changed.items():
        heads, was = seen.get(path, ([], None))
        answer = (to_json(value), stamp, to_json(heads), to_json(was))
        rows.append((record, path, *answer, read.now, read.boot, read.uptime))
    # The first answer's parents stay: a later one of the same draft replaces it and what it replaced.
    db.run_many(
        "INSERT INTO answer (record, path, value, stamp, parents, was, wall_ms, boot, uptime)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (record, path) DO UPDATE SET value = excluded.value, stamp = excluded.stamp,"
        " wall_ms = excluded.wall_ms, boot = excluded.boot, uptime = excluded.uptime",
        rows,
    )
    db.run("UPDATE draft SET saved_ms = ? WHERE record = ?", db.now_ms(), record)
    attachments.expect(db, record, changed.values())
    cases.refresh(db, [record])
    return stamp


def finish(db: Transaction, record: str) -> ChangeSet | None:
    """Turn a draft into one change set in the outbox, each path with the stamp of its answer.

    Only what differs from what the author had seen goes out, and what she said of an answer that stands
    where two were given apart: then it is hers. None when there is nothing. Refused
    changes of the record go out again with it, in a change set of their own device's next number.
    Problem draft.row.unknown when the record is not open as a draft.
    """
    if db.value("SELECT 1 FROM draft WHERE record = ?", record) is None:
        raise Problem("draft.row.unknown")
    head = records.header(db, record)
    fields = records.state(db, record)
    outgoing = outbox.of_record(db, record)
    changes = {
        path: Answer(path, change.value, change.stamp, change.parents, None, None)
        for path, change in records.unsent_refused(fields, outgoing).items()
    }
    restores = any(entry.state == "refused" and entry.change_set.restores for entry in outgoing)
    for answer in records.answers(db, record):
        earlier = changes.get(answer.path)
        if earlier is not None:
            changes[answer.path] = replace(answer, parents=earlier.parents, was=earlier.was)
        elif not same(answer.value, answer.was) or len(answer.parents) > 1:
            changes[answer.path] = answer
    db.run("DELETE FROM answer WHERE record = ?", record)
    db.run("DELETE FROM draft WHERE record = ?", record)
    db.run("DELETE FROM outbox WHERE record = ? AND state = 'refused'", record)
    change_set = submit(db, record, changes.values(), restores=restores) if changes else None
    if change_set is None and not records.summary(db, record).finished:
        db.run("DELETE FROM record WHERE id = ?", record)
    attachments.forget_unused(db, record)
    cases.refresh(db, [record], {head.case})
    return change_set


def submit(db: Transaction, record: str, changes: Iterable[Answer], *, restores: bool = False) -> ChangeSet:
    """Put changes of one record into the outbox as one change set; what most paths share, once.

    `restores`: it puts back answers that had lost, and so is no new consent.
    """
    head = records.header(db, record)
    given = list(changes)
    stamp = _most_common(answer.stamp for answer in given)
    parents = _most_common(answer.parents for answer in given)
    boot, uptime = _stamped_at(given, stamp)
    change_set = ChangeSet(
        id=db.new_id(),
        record=record,
        case=head.case,
        form=head.form,
        form_version=head.form_version,
        stamp=stamp,
        author=db.identity.login,
        device=db.identity.device,
        sequence=0,
        values={answer.path: answer.value for answer in given},
        parents=parents,
        stamps={answer.path: answer.stamp for answer in given if answer.stamp != stamp},
        path_parents={answer.path: answer.parents for answer in given if answer.parents != parents},
        boot=boot,
        uptime=uptime,
        restores=restores,
        role=db.identity.role,
    )
    return outbox.add(db, change_set)


def _stamped_at(answers: Iterable[Answer], stamp: str) -> tuple[str | None, int | None]:
    """(boot, uptime) at the moment of `stamp`, where they let the server see through the clock.

    They hold for all paths of a change set or for none: nothing is told when the answers were
    stamped in several boots, or the clock was set between them.
    """
    reads: list[ClockReading] = []
    uptime: int | None = None
    for answer in answers:
        if answer.read is None or answer.read.boot is None or answer.read.uptime is None:
            return None, None
        reads.append(answer.read)
        if answer.stamp == stamp:
            uptime = answer.read.uptime
    booted = [read.now - (read.uptime or 0) for read in reads]
    if len({read.boot for read in reads}) != 1 or max(booted) - min(booted) >= TRUSTED_OFFSET_MS:
        return None, None
    return reads[0].boot, uptime


def discard(db: Transaction, record: str) -> None:
    """Throw a draft away: of a finished record only the changes since then, of a new one all of it."""
    case = db.value("SELECT case_id FROM record WHERE id = ?", record)
    db.run("DELETE FROM answer WHERE record = ?", record)
    db.run("DELETE FROM draft WHERE record = ?", record)
    if case is not None and not records.summary(db, record).finished:
        db.run("DELETE FROM record WHERE id = ?", record)
    attachments.forget_unused(db, record)
    cases.refresh(db, [record], set() if case is None else {case})


def is_open(db: Snapshot, record: str) -> bool:
    """Whether a draft of the record holds saved answers; merely having been opened does not count."""
    return db.value("SELECT 1 FROM answer WHERE record = ? LIMIT 1", record) is not None


def listed(db: Snapshot) -> tuple[DraftSummary, ...]:
    """The drafts with at least one saved answer, the latest first."""
    rows = db.rows(
        "SELECT record.id, case_id, form, form_version, field_values <> '{}' OR EXISTS"
        " (SELECT 1 FROM outbox WHERE outbox.record = record.id), saved_ms, opened_ms"
        " FROM draft JOIN record ON record.id = draft.record"
        " WHERE EXISTS (SELECT 1 FROM answer WHERE answer.record = record.id)"
    )
    found = [
        DraftSummary(
            record, case, form, version, len(records.values(db, record)), bool(edit), saved or opened
        )
        for record, case, form, version, edit, saved, opened in rows
    ]
    return tuple(sorted(found, key=lambda draft: draft.saved_ms, reverse=True))


def _most_common(found: Iterable[Any]) -> Any:
    counts = Counter(found)
    return max(counts, key=lambda each: (counts[each], each))
