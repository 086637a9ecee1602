"""One connection within one transaction, on which the parts of the ledger stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

#: How many ids one IN takes, and how many rows one statement writes.
_MANY: Final = 1_000


class Connected:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _insert_into(self, table: Table) -> Any:
        """An INSERT that can be told what to do with a row that is there."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    def _put(
        self, table: Table, told: Sequence[dict[str, Any]], keys: Sequence[str], others: Sequence[str]
    ) -> None:
        """Insert rows, or replace `others` of those that have the same `keys`."""
        if told:
            insert = self._insert_into(table)
            replaced = {name: insert.excluded[name] for name in others}
            self._connection.execute(
                insert.on_conflict_do_update(index_elements=list(keys), set_=replaced), list(told)
            )

    def _add(self, table: Table, told: Sequence[dict[str, Any]]) -> None:
        """Insert rows, and pass over those that are there."""
        if told:
            self._connection.execute(self._insert_into(table).on_conflict_do_nothing(), list(told))


def chunks(items: Collection[Any]) -> Iterator[list[Any]]:
    listed = list(items)
    for start in range(0, len(listed), _MANY):
        yield listed[start : start + _MANY]
