"""What the functions of the store work on: a snapshot to read, or a transaction that also writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.problems import Problem
from app.store.identity import Identity
from sync_server.protocol.messages import ClockReading

if TYPE_CHECKING:
    from sync_server.protocol.clock import HybridClock

Row = tuple[Any, ...]


def to_json(value: Any) -> str:
    """JSON as it is kept in the store: short, in the order given, scripts readable.

    Problem store.value.invalid for a number that JSON does not have, such as the result of 0 / 0.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise Problem("store.value.invalid") from None


class Snapshot:
    """One committed state of the store, for as long as the function it was given to runs."""

    def __init__(self, connection: Any, identity: Identity) -> None:
        self._connection = connection
        self.identity = identity

    def rows(self, sql: str, *params: object) -> list[Row]:
        rows: list[Row] = self._connection.execute(sql, params).fetchall()
        return rows

    def row(self, sql: str, *params: object) -> Row | None:
        row: Row | None = self._connection.execute(sql, params).fetchone()
        return row

    def value(self, sql: str, *params: object) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, *params)
        return None if row is None else row[0]

    def rows_in(self, sql: str, values: Sequence[object]) -> Iterator[Row]:
        """The rows of a query whose `({})` stands for the values: one query for any number of them."""
        if values:
            yield from self.rows(sql.format(", ".join("?" * len(values))), *values)


class Transaction(Snapshot):
    """A snapshot that writes. All of it is on the disk when `Store.write` returns, or none of it."""

    def __init__(
        self,
        connection: Any,
        identity: Identity,
        clock: HybridClock,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        boot_facts: Callable[[], tuple[str | None, int | None]],
    ) -> None:
        super().__init__(connection, identity)
        self._clock = clock
        self.now_ms = now_ms
        self.new_id = new_id
        self.boot_facts = boot_facts
        self.unused_files: list[str] = []

    def run(self, sql: str, *params: object) -> int:
        """Change rows; how many were changed."""
        count: int = self._connection.execute(sql, params).rowcount
        return count

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(sql, rows)

    def clock_reading(self) -> ClockReading:
        """What the clocks of this machine say now."""
        boot, uptime = self.boot_facts()
        return ClockReading(self.now_ms(), boot, uptime)

    def tick(self) -> str:
        """The stamp of something that happens here and now, later than all stamps seen so far."""
        return self._clock.tick()

    def observe(self, stamp: str) -> None:
        """Have every later stamp of this device come after one that was received."""
        self._clock.observe(stamp)

    def step_back(self, server_now: int, max_stamp: str | None) -> None:
        """Leave the stamps of a time when the clock was wrong behind; only while nothing is unsent."""
        self._clock.step_back(server_now, max_stamp)

    def remove_after_commit(self, digests: Iterable[str]) -> None:
        """Have sealed files deleted once the transaction that forgot them is durable, and not before."""
        self.unused_files.extend(digests)
