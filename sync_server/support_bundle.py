"""The server's support bundle: logs, versions, settings and sizes, without its master key."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sync_server import log_lines
from sync_server.config import ServerConfig, SetupProblem
from sync_server.protocol import support

#: Those whose version the bundle tells.
LIBRARIES: Final = (
    *("flask", "flask-smorest", "marshmallow", "waitress", "sqlalchemy", "alembic", "sqlcipher3", "psycopg"),
    *("pynacl", "zstandard", "apscheduler", "pyxform"),
)


def write(config: ServerConfig, out: Path) -> str:
    """Make the bundle; what a person should read about it.

    SetupProblem support.file.exists, support.file.not_written.
    """
    parts, now = _parts(config), datetime.now(UTC)
    try:
        support.write_new(out, support.packed("server", parts, now))
    except FileExistsError:
        raise SetupProblem("support.file.exists", file=str(out)) from None
    except OSError:
        raise SetupProblem("support.file.not_written", file=str(out)) from None
    return support.told(out, parts)


def _parts(config: ServerConfig) -> list[support.Part]:
    logs = support.log_parts(config.folder / log_lines.FOLDER)
    numbers = {
        each.name: getattr(config, each.name)
        for each in fields(config)
        if isinstance(getattr(config, each.name), int)
    }
    settings = {"database": "postgresql" if config.database else "embedded", **numbers}
    database = config.database_file
    sizes = support.sizes(
        {
            "database": database,
            "database journal": database.with_name(f"{database.name}-wal"),
            "key file": config.key_file,
        },
        {"files of records, sealed": config.blobs},
    )
    return [
        support.system_part(LIBRARIES, config.folder),
        support.facts_part(
            "settings.json", "numbers from the server's settings, and its kind of database", settings
        ),
        support.facts_part("sizes.json", "how large the server's files are, in bytes", sizes),
        support.codes_part(logs),
        *logs,
    ]
