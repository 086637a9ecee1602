"""Files that are not any more what was written: on the server and under an open app. Told, and put right."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.problems import Problem
from app.store.repair import awaited, repair
from app.store.store import system_now_ms
from sync_server.storage.database import Database
from tests.scenarios.office import CHEAP, PASSPHRASE, RunningServer, Tablet

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


def test_a_repaired_tablet_sends_what_it_had_not_sent_and_has_everything_else_back_from_the_server(
    server: RunningServer, officer: Tablet
) -> None:
    cases = [officer.new_case() for _ in range(12)]
    sent = {case: officer.fill(case, "monitoring_contact", outcome="unreachable", risk_level="low",
                               observation=f"{case} " + "x" * 3000) for case in cases}  # fmt: skip
    officer.sync()
    unsent = officer.fill(
        cases[0], "monitoring_contact", outcome="unreachable", risk_level="medium", observation="unsent"
    )
    draft = officer.book.begin(cases[1], "monitoring_contact").wait(30)
    officer.answer(draft, {"outcome": "met", "observation": "half written"})
    rows = officer.book._store.read(
        lambda db: db.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'record'")
    )
    officer.close()
    # The root of the table of records: none of them can be read, their indexes can.
    damage(officer.folder / "store.db", rows[0][0] - 1, rows[0][0] - 1)
    assert told(officer.open) == "store.file.damaged"

    done = repair(officer.folder, PASSPHRASE, now_ms=system_now_ms, floor=CHEAP)
    fates = {each.record: each for each in done.records}
    assert {fates[record].fate for record in sent.values()} == {"server"}
    assert {fates[record].form for record in sent.values()} == {"monitoring_contact"}
    codes = {each.code for each in done.records}
    assert len(codes) == 12
    assert "" not in codes
    assert fates[unsent].fate == fates[draft.record].fate == "saved"
    assert done.complete

    officer.open()
    assert officer.book.sync_view().wait(10).waiting == 1
    assert officer.sync().sent == 1
    assert officer.book._store.read(awaited) == ()
    assert "unsent" in server.values(unsent).values()
    for case, record in sent.items():
        assert officer.values(record)["observation"] == f"{case} " + "x" * 3000
    resumed = officer.book.resume(draft.record).wait(30)
    assert "half written" in resumed.entry.values().values()
    assert sorted(row.id for row in officer.book.cases().wait(10)) == sorted(cases)
    officer.close()
    officer.open()


def test_an_old_copy_of_a_whole_tablet_is_told_by_its_next_sync(
    server: RunningServer, officer: Tablet
) -> None:
    case = officer.new_case()
    officer.sync()
    officer.close()
    old = {name: (officer.folder / name).read_bytes() for name in ("store.db", "store.anchor")}
    officer.open()
    record = officer.fill(case, "monitoring_contact", outcome="unreachable", risk_level="low")
    officer.sync()
    officer.close()
    for name, content in old.items():
        (officer.folder / name).write_bytes(content)

    officer.open()
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.device.put_back"
    assert officer.values(record)["outcome"] == "unreachable"
    officer.sync()
