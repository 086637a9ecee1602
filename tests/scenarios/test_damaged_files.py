"""Files that are not any more what was written: on the server and under an open app. Told, and put right."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.problems import Problem
from sync_server.storage.database import Database
from tests.scenarios.office import RunningServer, Tablet

PAGE = 4096


def damage(file: Path, first: int, last: int | None = None) -> None:
    """Write noise over pages of a database, counted from 0."""
    end = file.stat().st_size // PAGE if last is None else last + 1
    with file.open("r+b") as opened:
        opened.seek(first * PAGE)
        opened.write(os.urandom((end - first) * PAGE))


def root_of(server: RunningServer, table: str) -> int:
    """The page that a table begins on."""
    with closing(server.storage()) as storage:
        assert isinstance(storage, Database)
        with storage.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,))
            return int(found.scalar_one()) - 1


def told(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as met:
        work()
    return met.value.code


def test_a_server_whose_database_is_damaged_tells_the_tablet_which_keeps_its_work_until_a_good_copy_is_back(
    server: RunningServer, officer: Tablet
) -> None:
    server.stop()
    database = server.folder / "server.db"
    page = root_of(server, "devices")
    good = database.read_bytes()
    damage(database, page, page)
    server.start()
    record = officer.case_file(officer.new_case())
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "server.database.damaged"
    assert officer.book.sync_view().wait(10).waiting == 1
    server.stop()

    for beside in ("server.db-wal", "server.db-shm"):
        (server.folder / beside).unlink(missing_ok=True)
    database.write_bytes(good)
    server.start()
    assert officer.sync().sent == 1
    assert server.values(record)["country"] == "al"


@pytest.mark.parametrize(
    ("first", "code"), [(0, "server.database.does_not_open"), (1, "server.database.damaged")]
)
def test_a_server_whose_database_is_damaged_at_its_beginning_does_not_start_and_says_why(
    server: RunningServer, first: int, code: str
) -> None:
    server.stop()
    database = server.folder / "server.db"
    good = database.read_bytes()
    damage(database, first, first)
    before = database.read_bytes()
    said = server.refuses_to_start()
    assert said.endswith(f"[{code}]\n")
    assert "elete nothing" in said
    assert database.read_bytes() == before
    database.write_bytes(good)
    server.start()


@pytest.mark.parametrize("emptied", [True, False])
def test_a_server_whose_database_is_gone_says_so_and_makes_no_new_one_in_its_place(
    server: RunningServer, officer: Tablet, emptied: bool
) -> None:
    officer.new_case()
    server.stop()
    database = server.folder / "server.db"
    good = database.read_bytes()
    database.unlink()
    if emptied:
        database.touch()
    assert server.refuses_to_start().endswith("[server.database.missing]\n")
    assert (database.stat().st_size if emptied else database.exists()) == 0
    database.write_bytes(good)
    server.start()
    assert officer.sync().sent == 1


def test_a_store_that_is_damaged_while_the_app_is_open_is_told_as_damaged_and_not_as_a_full_disk(
    officer: Tablet,
) -> None:
    for _ in range(40):
        case = officer.new_case()
        officer.fill(
            case, "monitoring_contact", outcome="unreachable", observation="x" * 9000, risk_level="low"
        )
    officer.close()
    officer.open()
    store = officer.book._store
    for connection in (store._writer, store._reader):
        # What was read before must be read again.
        connection.execute("PRAGMA cache_size = 1").fetchall()
        connection.execute("PRAGMA shrink_memory").fetchall()
    good = (officer.folder / "store.db").read_bytes()
    damage(officer.folder / "store.db", 3)
    assert told(lambda: officer.book.cases().wait(10)) == "store.file.damaged"
    assert told(lambda: officer.new_case()) == "store.file.damaged"
    officer.close()
    assert told(officer.open) == "store.file.damaged"
    (officer.folder / "store.db").write_bytes(good)
    officer.open()
    assert len(officer.book.cases().wait(10)) == 40
