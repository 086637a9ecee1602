"""Bringing a store up to this build's schema: on a copy, which takes its place only when it was checked.

Until then the old store lies there untouched, and whatever cuts this off leaves it or the new one, each
whole: the copy is durable before one rename puts it in place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from app.problems import Problem
from app.store import anchor
from app.store.folder import writing
from app.store.keys import StoreKeys, sync_folder
from app.store.migrations import Migration, migrate, shipped

COPY_NAME: Final = "store.upgrade"
_BESIDE: Final = ("-wal", "-journal", "-shm")

Connect = Callable[[Path, StoreKeys], Any]
Check = Callable[[Any, Path, StoreKeys], None]


def upgrade(
    path: Path, keys: StoreKeys, connect: Connect, check: Check, steps: Sequence[Migration] | None = None
) -> None:
    """Migrate the closed store `path`, in whose journal nothing stands.

    `connect` opens a file with the keys, `check` refuses one that is not whole. The tables that a step
    does not name in a line `-- changes the rows of: a, b` must have as many rows as before. Problems:
    store.version.newer, store.migration.failed, and those of `unsaved`; the old store is still there.
    """
    steps = shipped() if steps is None else steps
    copy = path.with_name(COPY_NAME)
    try:
        with writing():
            remove_copy(path.parent)
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
        _migrate_copy(copy, keys, connect, check, steps)
        with writing():
            _make_durable(copy)
            os.replace(copy, path)
            sync_folder(path.parent)
    finally:
        with suppress(OSError):
            remove_copy(path.parent)


def remove_copy(folder: Path) -> None:
    """Delete the copy that an upgrade has left which was cut off; the store itself is whole."""
    for suffix in ("", *_BESIDE):
        (folder / f"{COPY_NAME}{suffix}").unlink(missing_ok=True)


def _migrate_copy(
    copy: Path, keys: StoreKeys, connect: Connect, check: Check, steps: Sequence[Migration]
) -> None:
    connection = connect(copy, keys)
    try:
        (have,) = connection.execute("PRAGMA user_version").fetchone()
        before = _row_counts(connection)
        migrate(connection, steps)
        mark = anchor.mark_of(connection)
        if mark.generation:
            connection.execute("BEGIN IMMEDIATE")
            anchor.put_mark(connection, mark.after())
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    done = [step for step in steps if step.version > have]
    changed = set[str]().union(*(step.changes_rows_of for step in done))
    connection = connect(copy, keys)
    try:
        check(connection, copy.parent, keys)
        after = _row_counts(connection)
    except Problem as problem:
        raise Problem("store.migration.failed", {"migration": done[-1].name}) from problem
    finally:
        connection.close()
    if any(after.get(table) != count for table, count in before.items() if table not in changed):
        raise Problem("store.migration.failed", {"migration": done[-1].name})


def _row_counts(connection: Any) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    ).fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables}


def _make_durable(file: Path) -> None:
    handle = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
