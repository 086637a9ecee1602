"""What a device has not yet: the records that changed after its cursor, page by page.

Records come in the order of their latest change. One that is changed while a device fetches page
after page moves to a later page and takes its earlier changes along, so the device is not complete
up to where it has read until the run has ended: the cursor keeps both numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sync_server.accounts import Actor
from sync_server.permissions import scope
from sync_server.protocol.messages import ConflictNotice, Cursor, Page, RecordDelta
from sync_server.storage.base import Ledger

#: Records that a page looks at in one query, and conflicts that it carries at most.
_ROWS: Final = 500
_NOTICES: Final = 500


@dataclass(frozen=True, slots=True)
class Pulled:
    page: Page
    notices: tuple[ConflictNotice, ...]
    max_stamp: str | None


def pull(ledger: Ledger, actor: Actor, asked: Cursor | None, epoch: str, limit: int) -> Pulled:
    """What changed for the actor after the cursor `asked`, in at most about `limit` bytes.

    At least one record comes, however large. A cursor of another `epoch`, office or future is
    answered from the start.
    """
    office = scope(actor)
    latest = ledger.latest(office)
    position = complete = 0
    if asked is not None and (asked.epoch, asked.scope) == (epoch, office) and asked.sequence <= latest:
        position, complete = asked.sequence, asked.complete_to
    found, end = _records_after(ledger, office, position, complete, latest, limit)
    notices = ledger.conflicts_after(office, actor.login, position, _NOTICES) if position < latest else []
    if len(notices) >= _NOTICES:
        end = min(end, notices[-1].sequence)
        found = [(sequence, delta) for sequence, delta in found if sequence <= end]
    items = tuple(delta for _, delta in found)
    more = end < latest
    page = Page(items, str(Cursor(epoch, office, end, complete if more else None)), more)
    told = tuple(logged.notice for logged in notices if logged.sequence <= end)
    return Pulled(page, told, max((delta.latest for delta in items), default=None))


def _records_after(
    ledger: Ledger, office: str, position: int, complete: int, latest: int, limit: int
) -> tuple[list[tuple[int, RecordDelta]], int]:
    """The deltas of the records changed after `position`, about `limit` bytes of them, each with its
    record's latest sequence; and how far they go.

    A delta tells what changed after `complete`: all of a record that is younger.
    """
    found: list[tuple[int, RecordDelta]] = []
    size = 0
    while position < latest:
        records = ledger.changed_after(office, position, _ROWS)
        old = {record.delta.record for record in records if record.created <= complete}
        touched = ledger.paths_after(office, complete, old) if old else {}
        for record in records:
            delta, cost = record.delta, record.size
            if delta.record in old:
                delta, cost = _part(delta, touched.get(delta.record, set()))
            size += cost
            if found and size > limit:
                return found, position
            found.append((record.changed, delta))
            position = record.changed
        if len(records) < _ROWS:
            break
    return found, latest


def _part(delta: RecordDelta, paths: set[str]) -> tuple[RecordDelta, int]:
    """The part of a record that changed, and about how many bytes it takes."""
    states = {path: state for path, state in delta.states().items() if path in paths}
    if not states:
        return delta, 200
    part = RecordDelta.of(delta.record, delta.case, delta.form, delta.form_version, states)
    size = 250 + sum(len(path) + len(str(value)) + 40 for path, value in part.values.items())
    return part, size
