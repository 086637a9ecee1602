"""Migrations, by Alembic: all that are missing, in one transaction."""

from __future__ import annotations

import secrets
from importlib.resources import as_file, files
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from sync_server.storage.directory import put_meta
from sync_server.storage.newest import alone
from sync_server.storage.tables import meta, metadata


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the database to `target`. When any step fails, everything is as it was before.

    A new database gets its epoch and the server its id.
    """
    with as_file(files("sync_server.storage") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        run(engine, config, target)


def run(engine: Engine, config: Config, target: str) -> None:
    """Run the migrations that `config` knows, up to `target`."""
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, context: Any) -> Any:
        return script._upgrade_revs(target, revision)

    with engine.begin() as connection:
        alone(connection)
        with EnvironmentContext(config, script, fn=steps, destination_rev=target) as environment:
            # The transaction is ours: on SQLite, Alembic by itself would commit each statement.
            environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
            environment.run_migrations()
        _introduce(connection)


def version(connection: Connection) -> str | None:
    """The migration that a database is at; None when it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _introduce(connection: Connection) -> None:
    known = {row.name for row in connection.execute(meta.select())}
    for name in {"epoch", "server"} - known:
        put_meta(connection, name, secrets.token_hex(8))
