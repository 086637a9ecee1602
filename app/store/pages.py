"""Taking in a page of the pull: what the server made of everybody's work, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from app.store import attachments, cases, history, meta, outbox
from app.store.record_state import COLUMNS, decode, encode
from app.store.transaction import Row, Transaction
from sync_server.protocol.messages import Page, RecordDelta

_MARKS = ", ".join("?" * 14)
_UPSERT = (
    f"INSERT INTO record (id, case_id, form, form_version, {COLUMNS}, on_server_ms) VALUES ({_MARKS})"
    " ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, form = excluded.form,"
    " form_version = excluded.form_version, author = excluded.author, stamp = excluded.stamp,"
    " effective = excluded.effective, field_values = excluded.field_values, stamps = excluded.stamps,"
    " effectives = excluded.effectives, authors = excluded.authors, rivals = excluded.rivals,"
    " changed = excluded.changed, on_server_ms = coalesce(on_server_ms, excluded.on_server_ms)"
)
#: How many record ids one query may name.
_CHUNK = 500


def apply_page(db: Transaction, page: Page, max_stamp: str | None = None) -> frozenset[str]:
    """Take in a page with its cursor and the server's greatest stamp; which records it touched.

    A delta's paths replace what was known of them. Unsent work and an open draft lie over it and
    lose nothing. What the server had acknowledged before is now told by the page itself: for its
    records at once, for all others with the last page (one whose value lost need not be in it).
    A page that comes twice changes nothing.
    """
    at_ms = db.now_ms()
    rows: list[Row] = []
    known = _known(db, [delta.record for delta in page.items])
    for delta in page.items:
        before = known.get(delta.record)
        whole = delta if before is None else _joined(db, before, delta)
        rows.append((delta.record, delta.case, delta.form, delta.form_version, *encode(whole), at_ms))
    db.run_many(_UPSERT, rows)
    for delta in page.items:
        attachments.expect(db, delta.record, delta.values.values(), on_server=True)
    touched = {delta.record for delta in page.items}
    keep = partial(history.keep_sent, db)
    if page.more:
        touched |= outbox.forget_covered(db, touched, keep)
    else:
        touched |= outbox.forget_covered(db, None, keep)
    touched |= _purge(db, page.purged)
    meta.put(db, meta.CURSOR, page.cursor)
    if max_stamp is not None:
        db.observe(max_stamp)
    cases.refresh(db, touched, {delta.case for delta in page.items if delta.form == cases.FORM})
    return frozenset(touched)


def _known(db: Transaction, records: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for start in range(0, len(records), _CHUNK):
        for row in db.rows_in(
            f"SELECT id, {COLUMNS} FROM record WHERE id IN ({{}})", records[start : start + _CHUNK]
        ):
            found[row[0]] = row[1:]
    return found


def _joined(db: Transaction, before: Row, delta: RecordDelta) -> RecordDelta:
    """All that is known of a record now; what it said until now stays in its history."""
    old, new = decode(before), delta.states()
    history.keep_replaced(db, delta.record, old, new)
    states = {**old, **new}
    return RecordDelta.of(delta.record, delta.case, delta.form, delta.form_version, states)


def _purge(db: Transaction, records: Iterable[str]) -> set[str]:
    """Drop records that this user may not have any more; those with unsent work keep just that.

    What the server has acknowledged is not only here, whether a page has brought it back or not.
    """
    dropped = list(records)
    gone = outbox.forget_covered(db, dropped, partial(history.keep_sent, db)) if dropped else set()
    cases_hit: set[str] = set()
    for record in dropped:
        case = db.value("SELECT case_id FROM record WHERE id = ?", record)
        if case is None:
            continue
        cases_hit.add(case)
        gone.add(record)
        unsent = db.value(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM outbox WHERE record = ?1)"
            " OR EXISTS (SELECT 1 FROM answer WHERE record = ?1)",
            record,
        )
        if unsent:
            db.run(
                "UPDATE record SET stamp = '', effective = NULL, field_values = '{}', stamps = '{}',"
                " effectives = '{}', authors = '{}', rivals = '{}', changed = '', on_server_ms = NULL"
                " WHERE id = ?",
                record,
            )
        else:
            db.run("DELETE FROM record WHERE id = ?", record)
            db.run("DELETE FROM draft WHERE record = ?", record)
            db.run("DELETE FROM conflict WHERE record = ?", record)
        db.run("DELETE FROM history WHERE record = ?", record)
        attachments.forget_unused(db, record)
    cases.refresh(db, [], cases_hit)
    return gone
