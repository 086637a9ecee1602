"""Reading what can be read of a damaged store: table by table, and where a page is damaged row by row.

SQLCipher refuses a page that is not what was written, and everything on that connection from then on; so
each refusal costs a new connection, and what lies around it is asked for again. The first page that it
refuses it gives as zeros, and only the next page from the disk fails: rows count as read when a page was
read anew after them. What was there and cannot
be read is told by the indexes, which lie on pages of their own.

Where the first page is damaged, which holds the table of contents, the same pages of an empty store of the
same schema are laid over it: SQLite puts the same tables in the same places.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store.keys import StoreKeys
from app.store.migrations import migrate, shipped
from app.store.transaction import Row

Connect = Callable[[Path, StoreKeys], Any]

PAGE: Final = 4096
#: How many row numbers beyond the last one known are tried where nothing tells how many there were.
_BEYOND: Final = 2_000
_BATCH: Final = 200


@dataclass
class Table:
    """What is known of one table: its readable rows by row number, and of those that an index names, the
    indexed columns. `complete`: nothing else was in it; `indexed`: the named rows are all there were."""

    columns: tuple[str, ...] = ()
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    named: dict[int, dict[str, Any]] = field(default_factory=dict)
    complete: bool = False
    indexed: bool = False

    @property
    def lost(self) -> dict[int, dict[str, Any]]:
        """What is known of the rows that cannot be read."""
        return {number: facts for number, facts in self.named.items() if number not in self.rows}


class Reader:
    """One damaged file, a copy. Every question is answered as far as its pages are whole."""

    def __init__(self, path: Path, keys: StoreKeys, connect: Connect) -> None:
        """Problem store.file.damaged where not even the table of contents can be read."""
        self._path, self._keys, self._connect = path, keys, connect
        self._connection: Any = connect(path, keys)

    def ask(self, sql: str, *params: object) -> tuple[list[Row], bool]:
        """Rows before the first page that cannot be read, and whether those were all."""
        rows: list[Row] = []
        try:
            cursor = self._connection.execute(sql, params)
            while found := cursor.fetchmany(_BATCH):
                self._read_a_page()
                rows.extend(found)
            self._read_a_page()
        except dbapi2.DatabaseError:
            self._again()
            return rows, False
        return rows, True

    def close(self) -> None:
        self._connection.close()

    def _read_a_page(self) -> None:
        """Have one come from the disk, not from the cache: it fails where one before it was refused."""
        self._connection.execute("PRAGMA shrink_memory")
        self._connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()

    def _again(self) -> None:
        self._connection.close()
        self._connection = self._connect(self._path, self._keys)


def read_all(
    reader: Reader, skipped: Iterable[str] = (), on_part: Callable[[float], object] = lambda part: None
) -> dict[str, Table]:
    """Every table, as far as it can be read, without those whose name begins as `skipped`.

    `on_part` is told how much is done, from 0 to 1.
    """
    left_out = ("sqlite_", *skipped)
    found, _ = reader.ask("SELECT name FROM sqlite_schema WHERE type = 'table'")
    names = [name for (name,) in found if not name.startswith(left_out)]
    tables = {}
    for number, name in enumerate(names):
        on_part(number / len(names))
        tables[name] = _read(reader, name)
    return tables


def _read(reader: Reader, name: str) -> Table:
    columns, _ = reader.ask("SELECT name FROM pragma_table_info(?)", name)
    table = Table(tuple(column for (column,) in columns))
    for index, indexed in _indexes(reader, name):
        found, whole = reader.ask(f'SELECT rowid, {", ".join(indexed)} FROM "{name}" INDEXED BY "{index}"')
        table.indexed |= whole
        for number, *values in found:
            table.named.setdefault(number, {}).update(zip(indexed, values, strict=True))
    select = f'SELECT rowid, {", ".join(table.columns)} FROM "{name}" NOT INDEXED'

    def keep(rows: Iterable[Row]) -> None:
        table.rows.update((number, dict(zip(table.columns, rest, strict=True))) for number, *rest in rows)

    rows, table.complete = reader.ask(f"{select} ORDER BY rowid")
    keep(rows)
    if table.complete:
        return table
    first = max(table.rows, default=0)
    rows, _ = reader.ask(f"{select} WHERE rowid > ? ORDER BY rowid DESC", first)
    keep(rows)
    behind = (number for number in table.rows if number > first)
    last = min(behind, default=max([first, *table.named]) + _BEYOND)
    for number in _between(first, last, table.named):
        rows, _ = reader.ask(f"{select} WHERE rowid = ?", number)
        keep(rows)
    return table


def _between(first: int, last: int, named: Iterable[int]) -> Iterator[int]:
    """The row numbers to try one by one: all that are named, and the others where they are not too many."""
    if last - first <= 50 * _BEYOND:
        yield from range(first + 1, last)
    else:
        yield from sorted(number for number in named if first < number < last)


def _indexes(reader: Reader, table: str) -> Iterator[tuple[str, Sequence[str]]]:
    names, _ = reader.ask("SELECT name FROM pragma_index_list(?)", table)
    for (name,) in names:
        columns, _ = reader.ask("SELECT name FROM pragma_index_info(?)", name)
        if columns and all(column for (column,) in columns):
            yield name, [column for (column,) in columns]


def lay_contents_over(damaged: Path, keys: StoreKeys, salt: bytes, version: int, work: Path) -> None:
    """Give a damaged copy the table of contents of an empty store of the schema's `version`.

    It fits where nothing was added to the schema since the store was made. Whoever reads on must ask
    whether the rows are the ones that belong there: the sentinel's tells.
    """
    empty = work / "empty.db"
    empty.unlink(missing_ok=True)
    pages = -(-damaged.stat().st_size // PAGE)
    connection = dbapi2.connect(str(empty), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{keys.database.hex()}{salt.hex()}'\"")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        migrate(connection, shipped()[:version])
        roots = {root for (root,) in connection.execute("SELECT rootpage FROM sqlite_schema")}
        (own,) = connection.execute("PRAGMA page_count").fetchone()
        # The first page says how many there are, and none beyond that is read.
        missing = max(0, pages - own) * PAGE
        connection.execute("INSERT INTO meta VALUES ('', ?)", ["x" * missing])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    with empty.open("rb") as source, damaged.open("r+b") as target:
        target.truncate(max(pages * PAGE, empty.stat().st_size))
        for number in range(1, own + 1):
            if number not in roots:
                source.seek((number - 1) * PAGE)
                target.seek((number - 1) * PAGE)
                target.write(source.read(PAGE))
    empty.unlink()


def readable(
    files: Sequence[Path], work: Path, keys: StoreKeys, salt: bytes | None, connect: Connect
) -> Reader | None:
    """A reader of a copy of these files, the store first; None where nothing of them can be read."""
    copy = work / files[0].name
    for version in (None, *range(len(shipped()), 0, -1)):
        for old in work.iterdir():
            old.unlink()
        for file in files if version is None else files[:1]:
            shutil.copyfile(file, work / file.name)
        try:
            if version is not None:
                whole_salt = salt or copy.read_bytes()[:16]
                lay_contents_over(copy, keys, whole_salt, version, work)
            reader = Reader(copy, keys, connect)
        except (Problem, dbapi2.Error):
            continue
        found, _ = reader.ask("SELECT store FROM sentinel")
        if version is None or found == [(keys.store,)]:
            return reader
        reader.close()
    return None
