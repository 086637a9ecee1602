"""The store's schema, one numbered .sql file a step; the files are its only truth.

Each step and the record that it was done (`user_version`) are one transaction, so that a step that
fails half-way leaves the store as it was. A store with people in it is migrated as a copy: upgrade.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store.folder import unsaved

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_CHANGES_ROWS = re.compile(r"^-- changes the rows of: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def changes_rows_of(self) -> frozenset[str]:
        """The tables that may have more or fewer rows afterwards; all others must have as many as before."""
        named = ",".join(_CHANGES_ROWS.findall(self.sql))
        return frozenset(name.strip() for name in named.split(",") if name.strip())


def shipped() -> tuple[Migration, ...]:
    """The migrations of this build, in order: 1, 2, 3 … without a gap."""
    found = []
    for file in resources.files("app.store").joinpath("migrations").iterdir():
        if match := _NAME.fullmatch(file.name):
            found.append(Migration(int(match[1]), file.name, file.read_text(encoding="utf-8")))
    found.sort(key=lambda each: each.version)
    assert [each.version for each in found] == list(range(1, len(found) + 1))
    return tuple(found)


def outdated(connection: Any) -> bool:
    """Whether the store needs a migration. Problem store.version.newer: it was written by a newer app."""
    (have,) = connection.execute("PRAGMA user_version").fetchone()
    newest = shipped()[-1].version
    if have > newest:
        raise Problem("store.version.newer", {"store": have, "app": newest})
    return bool(have < newest)


def migrate(connection: Any, steps: Sequence[Migration] | None = None) -> int:
    """Bring the schema up to this build and return its version.

    Problems: store.version.newer (the store was written by a newer app), store.migration.failed, and
    where the disk is full those of `unsaved`.
    """
    steps = shipped() if steps is None else steps
    (have,) = connection.execute("PRAGMA user_version").fetchone()
    newest = steps[-1].version
    if have > newest:
        raise Problem("store.version.newer", {"store": have, "app": newest})
    for step in steps:
        if step.version <= have:
            continue
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _statements(step.sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step.version}")
            connection.execute("COMMIT")
        except dbapi2.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _says_full(error):
                raise unsaved(error) from error
            raise Problem("store.migration.failed", {"migration": step.name}) from error
    return newest


def _says_full(error: dbapi2.Error) -> bool:
    """Whether the disk is at fault: then the migration is not."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"))


def _statements(sql: str) -> Iterator[str]:
    """The statements of a file; a `;` inside a trigger or a text does not end one."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if dbapi2.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        raise Problem("store.migration.failed", {"migration": "unfinished statement"})
