"""Cost of the device's store: unlocking it, and keeping one answer, beside the bare operations."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from figures import Figure, figure

from app.store import Identity, Store, drafts

_PASSPHRASE = "bench"
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
        store.close()


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
