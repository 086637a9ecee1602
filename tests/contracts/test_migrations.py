"""Migrations make exactly the tables of tables.py, and a failed one leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from sync_server.storage import migrate
from sync_server.storage.database import Database, open_database
from sync_server.storage.newest import NEWEST, is_newest
from sync_server.storage.tables import metadata

BROKEN = """
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None

def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


def test_migrations_make_the_tables_that_the_code_knows(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_knows(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        assert migrate.version(connection) == NEWEST
    monkeypatch.setattr(migrate, "upgrade", lambda engine: pytest.fail("nothing was due"))
    empty.migrate()


@pytest.mark.parametrize("lacking", ["DELETE FROM meta WHERE name = 'epoch'", "DELETE FROM alembic_version"])
def test_a_database_that_lacks_something_is_not_taken_for_the_newest(empty: Database, lacking: str) -> None:
    empty.migrate()
    with empty.engine.begin() as connection:
        connection.execute(text(lacking))
    assert not is_newest(empty.engine)


def test_migrating_again_changes_nothing(empty: Database) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        version = migrate.version(connection)
    empty.migrate()
    with empty.engine.connect() as connection:
        assert migrate.version(connection) == version is not None


def test_a_failed_migration_is_rolled_back(empty: Database, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_broken.py").write_text(BROKEN)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    with pytest.raises(DBAPIError):
        migrate.run(empty.engine, config, "head")
    assert inspect(empty.engine).get_table_names() == []
    empty.migrate()
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM records")).scalar_one() == 0


def test_an_office_of_before_shared_cases_has_shared_nothing_yet(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0002")
    with empty.engine.begin() as connection:
        connection.execute(text("INSERT INTO offices VALUES ('tirana', 'Tirana', 'al', 7)"))
    empty.migrate()
    assert empty.read(lambda ledger: (ledger.shares({"tirana"}), ledger.latest("tirana"))) == (
        {"tirana": 0},
        7,
    )


def test_who_sent_a_file_before_has_shown_that_she_has_it(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0003")
    with empty.engine.begin() as connection:
        for office, login, device in (("tirana", "arta", "aaaaaaaa"), ("athens", "eleni", "eeeeeeee")):
            connection.execute(text(f"INSERT INTO offices VALUES ('{office}', '{office}', 'al', 0, 0)"))
            connection.execute(
                text(f"INSERT INTO users VALUES ('{login}', '{login}', 'officer', '{office}', '-', 'UTC')")
            )
            connection.execute(
                text(
                    f"INSERT INTO devices VALUES ('{device}', '{login}', '', '{device}', 1, NULL, NULL, 0, 0)"
                )
            )
            # Hers lies with the home of the case that was shared with her.
            row = f"('tirana', '{device[0] * 64}', 1, '{device}', 1)"
            connection.execute(text(f"INSERT INTO attachments VALUES {row}"))
    empty.migrate()
    with empty.engine.connect() as connection:
        found = connection.execute(text("SELECT office, login, hash FROM file_proofs ORDER BY login")).all()
    assert [tuple(row) for row in found] == [("tirana", "arta", "a" * 64), ("tirana", "eleni", "e" * 64)]
    assert empty.attachment_hashes() == {"a" * 64, "e" * 64}


def test_every_unique_key_of_case_data_contains_the_office() -> None:
    of_cases = ("cases", "records", "changes", "conflicts", "replies", "attachments", "alarms")
    denials_and_files = ("denied_names", "denied_records", "file_claims", "file_proofs")
    for name in (*of_cases, "shared_cases", "shared_records", *denials_and_files):
        table = metadata.tables[name]
        keys = [table.primary_key.columns.keys()]
        keys += [index.columns.keys() for index in table.indexes if index.unique]
        assert all("office" in key for key in keys), name


def test_a_database_is_opened_by_its_url(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'server.db'}", b"k" * 32)
    assert database.meta("server")
    database.close()
    with pytest.raises(ValueError, match="key"):
        open_database(f"sqlite:///{tmp_path / 'server.db'}", None)
