"""Cost of the device's store: unlocking it, each check of an opening, and keeping one answer with its anchor,
beside the bare operations."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from figures import Figure, figure

from app.store import Identity, KeyCost, Store, connection, drafts, keys
from app.store.anchor import Anchor

_PASSPHRASE = "bench"
_CHEAP = KeyCost(8, 1)
_LARGE_MB = 15
_IDENTITY = Identity("0badcafe", "bench", "Bench", "officer", "bench", "UTC")


def measure(scratch: Path) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        home = Path(folder)
        Store.create(home / "store", _PASSPHRASE, _IDENTITY).close()
        bare = _median(lambda: _bare_open(home / "bare.db"), 20)
        unlock = _median(lambda: Store.open(home / "store", _PASSPHRASE).close(), 5)
        yield figure(
            "store", "unlock an empty store", unlock, "s",
            beside=("raw SQLCipher open", bare), note="Argon2id is meant to cost",
        )  # fmt: skip

        store = Store.open(home / "store", _PASSPHRASE)
        record = str(uuid.uuid4())
        store.write(lambda db: drafts.begin(db, record, str(uuid.uuid4()), "sample", "1"))
        answers = iter(range(10_000))
        save = _median(
            lambda: store.write(lambda db: drafts.save_answers(db, record, {"outcome": str(next(answers))})),
            100,
        )
        bare_save = _bare_saves(home / "bare.db", 100)
        yield figure(
            "store", "keep one answer, durably", save * 1000, "ms",
            beside=("one raw SQLCipher transaction", bare_save * 1000), note="with the emptied journal",
        )  # fmt: skip
        yield from _anchor_of_a_save(store, record, answers)
        store.close()
        yield from _checks_of_an_opening(home)


def _anchor_of_a_save(store: Store, record: str, answers: Iterator[int]) -> Iterator[Figure]:
    """What moving the anchor takes of a save, beside the checkpoint that follows it."""
    taken: dict[str, list[float]] = {"anchor": [], "checkpoint": []}

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*given: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*given)
            finally:
                taken[name].append(time.perf_counter() - start)

        return measured

    plain = store._anchor.keep, connection.checkpoint
    store._anchor.keep = timed("anchor", plain[0])  # type: ignore[method-assign]
    connection.checkpoint = timed("checkpoint", plain[1])
    try:
        for _ in range(100):
            store.write(lambda db: drafts.save_answers(db, record, {"outcome": str(next(answers))}))
    finally:
        store._anchor.keep, connection.checkpoint = plain  # type: ignore[method-assign]
    yield figure(
        "store", "move the anchor after a save", statistics.median(taken["anchor"]) * 1000, "ms",
        beside=("the checkpoint of the same save", statistics.median(taken["checkpoint"]) * 1000),
        goal="<= 1.5", judged=True,
    )  # fmt: skip


def _checks_of_an_opening(home: Path) -> Iterator[Figure]:
    """Of a store of some megabytes, each beside the bare opening of the same file with its raw key."""
    folder = home / "large"
    Store.create(folder, _PASSPHRASE, _IDENTITY, cost=_CHEAP).close()
    store = Store.open(folder, _PASSPHRASE, floor=_CHEAP)
    text = "x" * 3000

    def fill(db: Any) -> None:
        db.run_many("INSERT INTO meta VALUES (?, ?)", ((str(n), text) for n in range(_LARGE_MB * 250)))

    store.write(fill)
    store.close()
    found = keys.unwrap_keys(folder, _PASSPHRASE, _CHEAP)
    path = folder / connection.FILE_NAME
    bare = _median(lambda: _bare_read(path, found.database.hex()), 10)
    size = path.stat().st_size / 1e6
    opened = connection.connect(path, found)
    anchored = Anchor(path, found)
    kept = anchored.read()
    checks: dict[str, Callable[[], object]] = {
        "connect, with every setting asserted": lambda: connection.connect(path, found).close(),
        "each page is authentic": lambda: opened.execute("PRAGMA cipher_integrity_check").fetchall(),
        "each table is sound": lambda: opened.execute("PRAGMA quick_check").fetchall(),
        "as new as the anchor, page by page": lambda: anchored.check(opened, path, kept),
    }
    for name, check in checks.items():
        taken = _median(check, 5)
        yield figure(
            "store", name, taken * 1000, "ms", beside=("raw open of the same file", bare * 1000),
            note=f"{size:.0f} MB",
        )  # fmt: skip
    opened.close()
    taken = _median(lambda: _open_and_close(folder, found), 5)
    yield figure(
        "store", "the whole opening after the passphrase", taken * 1000, "ms",
        beside=("raw open of the same file", bare * 1000), note=f"{size:.0f} MB",
    )  # fmt: skip
    copied = _median(lambda: _open_with_a_journal(folder, found), 3)
    yield figure(
        "store", "the same, where a journal is tried on a copy first", copied * 1000, "ms",
        beside=("without a journal", taken * 1000), goal="<= 4", judged=True, note=f"{size:.0f} MB",
    )  # fmt: skip


def _open_and_close(folder: Path, found: keys.StoreKeys) -> None:
    for opened in connection.open_file(folder, found)[:2]:
        opened.close()


def _open_with_a_journal(folder: Path, found: keys.StoreKeys) -> None:
    """What a journal holds that belongs to nothing is not replayed, but somebody has to look."""
    (folder / f"{connection.FILE_NAME}-wal").write_bytes(b"x" * 5000)
    _open_and_close(folder, found)


def _bare_read(path: Path, key: str) -> None:
    db = sqlcipher.connect(str(path), isolation_level=None)
    db.execute(f"PRAGMA key = \"x'{key}'\"")
    db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    db.close()


def _median(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _connect(path: Path) -> sqlcipher.Connection:
    db = sqlcipher.connect(str(path), isolation_level=None)
    db.execute("PRAGMA key = \"x'" + "2d" * 32 + "'\"")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE IF NOT EXISTS answer (path TEXT NOT NULL UNIQUE, value TEXT)")
    return db


def _bare_open(path: Path) -> None:
    _connect(path).close()


def _bare_saves(path: Path, times: int) -> float:
    db = _connect(path)
    numbers = iter(range(times + 1))
    taken = _median(
        lambda: db.execute("INSERT OR REPLACE INTO answer VALUES ('outcome', ?)", (next(numbers),)), times
    )
    db.close()
    return taken
