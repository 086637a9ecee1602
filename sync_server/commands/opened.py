"""An initialised server's folder and its database, as nearly every command needs them."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync_server import config as configuration
from sync_server.accounts import Accounts, Passwords, Throttle
from sync_server.config import ServerConfig, SetupProblem
from sync_server.protocol.problems import Problem
from sync_server.storage.database import Database

log = logging.getLogger("sync_server.command")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def open_storage(config: ServerConfig, key: bytes) -> Database:
    """The database of this server, brought to the newest version."""
    if config.database is not None:
        database = Database.postgres(config.database, connections=config.threads + 2)
    else:
        database = Database.embedded(config.database_file, key, connections=config.threads + 2)
    try:
        database.migrate()
    except Problem as problem:
        database.close()
        if problem.code != "server.error":
            raise
        if config.database is not None:
            raise SetupProblem("server.database.not_reached") from None
        raise SetupProblem("server.database.does_not_open") from None
    return database


@contextmanager
def opened(folder: Path) -> Iterator[tuple[ServerConfig, Database]]:
    config = configuration.load_config(folder)
    configuration.refuse_forbidden(config)
    if config.database is None and not _has_content(config.database_file):
        # A new one in its place would hide that everything is gone.
        raise SetupProblem("server.database.missing", file=str(config.database_file))
    storage = open_storage(config, configuration.master_key(config))
    try:
        yield config, storage
        try:
            storage.checkpoint()
        except Problem as problem:
            # What was committed is durable in the journal too.
            log.warning("checkpoint.failed", extra={"code": problem.code})
    finally:
        storage.close()


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def accounts_of(config: ServerConfig, storage: Database) -> Accounts:
    return Accounts(storage, now_ms, Passwords(at_once=config.logins_at_once), Throttle(time.monotonic))
