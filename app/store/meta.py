"""Small facts of the store that belong to no table: the pull's cursor, the clock, the last sync."""

from __future__ import annotations

from app.store.transaction import Snapshot, Transaction

CURSOR = "sync.cursor"
CLOCK = "clock.last"
SEQUENCE = "outbox.sequence"
#: The number is a guess, after a repair: the server knows better.
RECOUNT = "outbox.recount"
#: What was typed in the window and is no record's yet (app/unfinished.py).
TYPED = "window.unfinished"
#: How the names of what was typed into the form of a record begin; the record follows.
TYPED_INTO = "entry."


def get(db: Snapshot, key: str) -> str | None:
    value: str | None = db.value("SELECT value FROM meta WHERE key = ?", key)
    return value


def put(db: Transaction, key: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        db.run("DELETE FROM meta WHERE key = ?", key)
    else:
        db.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value)


def cursor(db: Snapshot) -> str | None:
    """Where the next pull begins, as the server said; None: at the beginning."""
    return get(db, CURSOR)


def beginning(db: Snapshot, start: str) -> dict[str, str]:
    """All facts whose key begins so, by key."""
    found = db.rows("SELECT key, value FROM meta WHERE substr(key, 1, ?) = ? ORDER BY key", len(start), start)
    return dict(found)
