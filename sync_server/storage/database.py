"""The two databases behind one storage: an embedded SQLCipher file, and PostgreSQL."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from sync_server.protocol.problems import Problem
from sync_server.storage import disk
from sync_server.storage.base import Collision, Ledger
from sync_server.storage.directory import Directory
from sync_server.storage.ledger import SqlLedger
from sync_server.storage.newest import is_newest

T = TypeVar("T")

_ATTEMPTS: Final = 8
_FIRST_PAUSE: Final = 0.02

#: Seconds that a writer of an embedded database waits for its turn, or a thread for a connection.
_TURN: Final = 20

#: A transaction was in another one's way: serialization failure, deadlock, lock not available.
_COLLISIONS: Final = frozenset({"40001", "40P01", "55P03"})


#: PostgreSQL: disk full, an error of the system's input and output.
_NO_ROOM: Final = frozenset({"53100", "58030"})
#: PostgreSQL: insufficient privilege.
_NOT_ALLOWED: Final = "42501"
#: PostgreSQL writes nothing: it stands by for another one, or was told so.
_READ_ONLY: Final = "25006"
#: PostgreSQL: out of memory, too many connections, some other limit; it is just starting or ending.
_NOT_NOW: Final = frozenset({"53200", "53300", "53400", "57P01", "57P02", "57P03"})
#: What SQLite says of a page that is not what was written; to SQLCipher it is not authentic either.
_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
#: What SQLite says where it could not write, whatever the reason.
_NOT_WRITTEN: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")


class Database(Directory):
    """One database through SQLAlchemy Core. `embedded` and `postgres` make one.

    `pause` waits between attempts and can be replaced by a test. `file` is an embedded one's.
    """

    def __init__(
        self, engine: Engine, pause: Callable[[float], None] = time.sleep, file: Path | None = None
    ) -> None:
        self._engine = engine
        self._file = file
        self._pause = pause
        self._reading = engine.execution_options(**self._options_of_reading(engine))

    @classmethod
    def embedded(cls, path: Path, key: bytes, connections: int = 8) -> Database:
        """The SQLCipher database at `path`, made when there is none.

        `key` is the raw key, 32 bytes. Raises ValueError when it is not. Whoever
        uses it meets Problem('server.error') when the file does not open with it.
        """
        if len(key) != 32:
            raise ValueError("the key of the database has 32 bytes")
        engine = create_engine(
            "sqlite+pysqlite://",
            module=sqlcipher,
            creator=lambda: _open_embedded(path, key),
            poolclass=QueuePool,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_TURN,
        )
        event.listen(engine, "begin", _begin_embedded)
        return cls(engine, file=path)

    @classmethod
    def postgres(cls, url: str, connections: int = 8) -> Database:
        """A PostgreSQL database, by its URL `postgresql://…`."""
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_TURN,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
        )
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """For migrations and tests; everything else goes through transactions."""
        return self._engine

    def migrate(self) -> None:
        """Bring the tables to the newest version; wholly or not at all.

        Raises Problem('server.storage.read_only') and Problem('server.write.failed') when it cannot be
        written, Problem('server.database.damaged'), Problem('server.busy'), and Problem('server.error')
        when PostgreSQL does not answer, does not let us in, or not make tables.
        """
        try:
            if not is_newest(self._engine):
                # Alembic takes a third of the time in which a command starts, and is needed once a version.
                from sync_server.storage import migrate

                migrate.upgrade(self._engine)
        except DBAPIError as error:
            if self._engine.dialect.name == "postgresql" and _is_not_ours(error.orig):
                raise Problem("server.error", {"what": "database_not_reached"}) from error
            raise self._refused(error.orig) or error from error

    def write(self, work: Callable[[Ledger], T]) -> T:
        return self._repeated(
            self._engine, lambda connection: work(SqlLedger(connection, writes=True)), collisions=True
        )

    def read(self, work: Callable[[Ledger], T]) -> T:
        return self._in_read(lambda connection: work(SqlLedger(connection, writes=False)))

    def checkpoint(self) -> None:
        if self._engine.dialect.name == "sqlite":
            try:
                with self._raw() as raw:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlcipher.Error as error:
                raise self._refused(error) or error from error

    def close(self) -> None:
        self._engine.dispose()

    def _in_write(self, work: Callable[[Connection], T]) -> T:
        return self._repeated(self._engine, work)

    def _in_read(self, work: Callable[[Connection], T]) -> T:
        return self._repeated(self._reading, work)

    def _repeated(self, engine: Engine, work: Callable[[Connection], T], *, collisions: bool = False) -> T:
        """Run a transaction, and again when another one was in its way, each time after a longer pause.

        `collisions`: a row that somebody else has just inserted counts as such too; the
        repetition finds it.
        """
        for number in range(_ATTEMPTS):
            try:
                with engine.begin() as connection:
                    return work(connection)
            except PoolTimeout:
                break
            except Collision:
                pass
            except DBAPIError as error:
                if _waited_in_vain(error):
                    break
                if refused := self._refused(error.orig, reads=engine is self._reading):
                    raise refused from error
                if not (_collided(error) or (collisions and isinstance(error, IntegrityError))):
                    raise
                if number == _ATTEMPTS - 1 and isinstance(error, IntegrityError):
                    raise
            self._pause(_FIRST_PAUSE * 2**number * random.uniform(0.5, 1.5))  # noqa: S311
        raise Problem("server.busy", {"retry_after": 5})

    def _refused(self, error: object, reads: bool = False) -> Problem | None:
        """Why the database did not do it; the transaction has left nothing behind. None for another fault.

        `reads`: to write was not allowed in the transaction, so to be told so is a fault of ours.
        """
        state = getattr(error, "sqlstate", None)
        if state in _NO_ROOM:
            return Problem("server.write.failed")
        if state in _NOT_NOW or _is_away(error):
            return Problem("server.busy", {"retry_after": 5})
        if state == _READ_ONLY and not reads:
            return Problem("server.storage.read_only")
        name = getattr(error, "sqlite_errorname", None) or ""
        if name.startswith(_DAMAGED):
            return Problem("server.database.damaged")
        if self._file is None or not name.startswith(_NOT_WRITTEN):
            return None
        refused = disk.refusal(self._file.parent, self._file.name)
        if refused is None and name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            # By now there may be room again for what was tried.
            refused = Problem("server.write.failed")
        return refused

    @contextmanager
    def _raw(self) -> Iterator[Any]:
        connection = self._engine.raw_connection()
        try:
            yield connection.driver_connection
        finally:
            connection.close()

    @staticmethod
    def _options_of_reading(engine: Engine) -> dict[str, Any]:
        if engine.dialect.name == "postgresql":
            return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return {"homeward_reads": True}


def open_database(url: str, key: bytes | None) -> Database:
    """The database of a URL: `sqlite:///path` (with its key) or `postgresql://…`, migrated."""
    if make_url(url).get_backend_name() == "sqlite":
        path = make_url(url).database
        if not path or key is None:
            raise ValueError("an embedded database needs a path and a key")
        database = Database.embedded(Path(path), key)
    else:
        database = Database.postgres(url)
    database.migrate()
    return database


def _open_embedded(path: Path, key: bytes) -> sqlcipher.Connection:
    connection = sqlcipher.connect(path, check_same_thread=False, isolation_level=None, timeout=_TURN)
    try:
        # SQLCipher would write lines of its own to stderr, among those of the log.
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if not connection.execute("PRAGMA cipher_version").fetchone():
            raise Problem("server.error", {"what": "no_cipher"})
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "cache_size = -32000",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise _why_not_opened(path, error) from None
    except Problem:
        connection.close()
        raise
    return connection


def _why_not_opened(path: Path, error: sqlcipher.DatabaseError) -> Problem:
    """Another key than its own, and a damaged first page, are no database; damage behind it is told apart."""
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
        return Problem("server.database.damaged")
    if isinstance(error, sqlcipher.OperationalError) and (refused := disk.refusal(path.parent, path.name)):
        return refused
    return Problem("server.error", {"what": "database_does_not_open"})


def _begin_embedded(connection: Connection) -> None:
    """A writer waits for its turn at the beginning, not in the middle, where it could not go on."""
    reads = connection.get_execution_options().get("homeward_reads", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _collided(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _is_away(error: object) -> bool:
    """PostgreSQL was not reached, let nobody in or went away: only then an error has no state."""
    return getattr(error, "sqlstate", "") is None and type(error).__name__ == "OperationalError"


def _is_not_ours(error: object) -> bool:
    """PostgreSQL was not reached by this URL, or does not know or allow what our user wants."""
    state = getattr(error, "sqlstate", None)
    return state is None or state == _NOT_ALLOWED


def _waited_in_vain(error: DBAPIError) -> bool:
    """SQLite's single writer did not get its turn in time; it has waited long enough."""
    return isinstance(error.orig, sqlcipher.OperationalError) and "is locked" in str(error.orig)
