"""The embedded database is encrypted, durable, and does not open with another key."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.pool import QueuePool

from sync_server.protocol.problems import Problem
from sync_server.storage.base import Ledger, Office
from sync_server.storage.database import Database

CANARY = "Zamira-Kanarienvogel"


def test_nothing_in_the_file_can_be_read(embedded: Database, tmp_path: Path) -> None:
    embedded.migrate()
    embedded.add_office(Office("tirana", CANARY, "al"))
    before = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    embedded.checkpoint()
    after = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for written in (before, after):
        assert CANARY.encode() not in written
        assert b"SQLite format 3" not in written
        assert b"CREATE TABLE" not in written


def test_another_key_does_not_open_it(embedded: Database, tmp_path: Path) -> None:
    embedded.migrate()
    embedded.close()
    with pytest.raises(Problem, match=r"server\.error"):
        Database.embedded(tmp_path / "server.db", b"x" * 32).meta("server")
    with pytest.raises(ValueError, match="32"):
        Database.embedded(tmp_path / "server.db", b"short")


def test_every_connection_is_durable_and_careful(embedded: Database) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "trusted_schema": 0,
    }
    assert isinstance(embedded.engine.pool, QueuePool)
    with embedded.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert connection.exec_driver_sql("PRAGMA cipher_version").scalar_one()
    assert found == wanted


def test_a_checkpoint_folds_everything_into_the_file(embedded: Database, tmp_path: Path) -> None:
    embedded.migrate()
    embedded.add_office(Office("tirana", "Tirana", "al"))
    embedded.checkpoint()
    assert (tmp_path / "server.db-wal").stat().st_size == 0


def test_a_writer_that_never_gets_its_turn_is_told_that_the_server_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_server.storage.database._TURN", 0.2)
    one = Database.embedded(tmp_path / "server.db", b"k" * 32)
    other = Database.embedded(tmp_path / "server.db", b"k" * 32)
    one.migrate()

    def hold(ledger: Ledger) -> None:
        with pytest.raises(Problem, match=r"server\.busy"):
            other.set_meta("name", "x")

    one.write(hold)
    other.set_meta("name", "x")
    one.close()
    other.close()


def test_a_reader_does_not_wait_for_a_writer(embedded: Database) -> None:
    embedded.migrate()
    embedded.add_office(Office("tirana", "Tirana", "al"))

    def work(ledger: Ledger) -> int:
        ledger.take_sequences("tirana", 4)
        return embedded.read(lambda reading: reading.latest("tirana"))

    assert embedded.write(work) == 0
