"""What a device has not yet: the records that changed after its cursor, page by page, of its own office's
cases and of those that others share with it, but of none that denies its user.

Records come in the order of their latest change. One that is changed while a device fetches page
after page moves to a later page and takes its earlier changes along, so the device is not complete
up to where it has read until the run has ended: the cursor keeps both numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Final

from sync_server.accounts import Actor
from sync_server.permissions import names_of, scope
from sync_server.protocol.messages import ConflictNotice, Cursor, Page, RecordDelta
from sync_server.storage.base import Ledger, LoggedConflict, StoredRecord
from sync_server.storage.shared_base import Withdrawn

#: Records that a page looks at in one query, and conflicts that it carries at most.
_ROWS: Final = 500
_NOTICES: Final = 500
#: About how many bytes it takes to tell that a record is to be had no more.
_ID: Final = 40


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
    shares = position < latest and ledger.shares({office}).get(office, 0) > 0
    # Where a case denies anybody of its own office, or one who works for another, that counts as sharing.
    denied = frozenset(ledger.denied_to(names_of(actor))) if shares else frozenset[str]()
    feed = _Feed(ledger, office, actor.login, denied, shares)
    found, end = _records_after(feed, position, complete, latest, limit)
    notices = feed.conflicts_after(position) if position < latest else []
    if len(notices) >= _NOTICES:
        end = min(end, notices[-1].sequence)
        found = [(sequence, each) for sequence, each in found if sequence <= end]
    items = tuple(each for _, each in found if isinstance(each, RecordDelta))
    purged = tuple(each for _, each in found if isinstance(each, str))
    more = end < latest
    page = Page(items, str(Cursor(epoch, office, end, complete if more else None)), more, purged)
    told = tuple(logged.notice for logged in notices if logged.sequence <= end)
    return Pulled(page, told, max((delta.latest for delta in items), default=None))


@dataclass(frozen=True, slots=True)
class _Feed:
    """What comes to one person: of her office's cases and of those that others share with it, without
    those that deny her. `shares`: there may be more than the office's own."""

    ledger: Ledger
    office: str
    login: str
    denied: frozenset[str]
    shares: bool

    def records_after(self, sequence: int) -> list[Sequence[StoredRecord | Withdrawn]]:
        """Each kind in the order of its numbers, at most `_ROWS` of it."""
        own = self.ledger.changed_after(self.office, sequence, _ROWS, self.denied)
        if not self.shares:
            return [own]
        shared = self.ledger.shared_after(self.office, sequence, _ROWS, self.denied)
        return [own, shared, self.ledger.taken_after(self.office, self.login, sequence, _ROWS)]

    def conflicts_after(self, sequence: int) -> list[LoggedConflict]:
        asked = self.office, self.login, sequence, _NOTICES, self.denied
        own = self.ledger.conflicts_after(*asked)
        return _joined(own, self.ledger.conflicts_abroad_after(*asked)) if self.shares else own


def _joined(own: list[LoggedConflict], abroad: list[LoggedConflict]) -> list[LoggedConflict]:
    """Both in the order of their sequence, as far as both go; those of one sequence stay together."""
    found = sorted([*own, *abroad], key=lambda each: (each.sequence, each.notice.id))
    if len(found) <= _NOTICES:
        return found
    last = found[_NOTICES - 1].sequence
    return [each for each in found if each.sequence <= last]


def _records_after(
    feed: _Feed, position: int, complete: int, latest: int, limit: int
) -> tuple[list[tuple[int, RecordDelta | str]], int]:
    """The deltas of the records changed after `position`, about `limit` bytes of them, each with its
    record's latest sequence; and how far they go. Of a record that she is to have no more, the id.

    A delta tells what changed after `complete`: all of a record that is younger, and of a record of
    another office, whose changes have other numbers.
    """
    found: list[tuple[int, RecordDelta | str]] = []
    size = 0
    while position < latest:
        kinds = feed.records_after(position)
        old = {
            each.delta.record
            for each in kinds[0]
            if isinstance(each, StoredRecord) and each.created <= complete
        }
        touched = feed.ledger.paths_after(feed.office, complete, old) if old else {}
        ends = [some[-1].changed for some in kinds if len(some) == _ROWS]
        reach = min(ends, default=latest)
        for each in merge(*kinds, key=lambda each: each.changed):
            if each.changed > reach:
                break
            told: RecordDelta | str
            if isinstance(each, Withdrawn):
                told, cost = each.record, _ID
            elif each.delta.record in old:
                told, cost = _part(each.delta, touched.get(each.delta.record, set()))
            else:
                told, cost = each.delta, each.size
            size += cost
            if found and size > limit:
                return found, position
            found.append((each.changed, told))
            position = each.changed
        if not ends:
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
