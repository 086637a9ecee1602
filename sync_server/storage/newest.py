"""Whether a database has the tables of this version already, asked without the machinery of migrations."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, column, inspect, select, table

from sync_server.storage.tables import meta

#: The newest migration; a test holds that no other one is.
NEWEST: Final = "0004"

#: Where Alembic notes which migration a database is at.
_NOTED: Final = table("alembic_version", column("version_num"))


def is_newest(engine: Engine) -> bool:
    """Asked as one who writes: a database that cannot be written is told of here, as by a migration."""
    with engine.begin() as connection:
        alone(connection)
        tables = set(inspect(connection).get_table_names())
        if not {_NOTED.name, meta.name} <= tables:
            return False
        if list(connection.execute(select(_NOTED.c.version_num)).scalars()) != [NEWEST]:
            return False
        return {"epoch", "server"} <= set(connection.execute(select(meta.c.name)).scalars())


def alone(connection: Connection) -> None:
    """Two server processes that start at once migrate one after the other."""
    if connection.dialect.name == "postgresql" and inspect(connection).has_table(meta.name):
        connection.exec_driver_sql(f"LOCK TABLE {meta.name} IN ACCESS EXCLUSIVE MODE")
