"""Both databases, each fresh for every test; PostgreSQL runs on loopback for this session only."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sync_server.storage.database import Database
from tests.scenarios.own_disks import run_apart


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    return run_apart(pyfuncitem)


BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A throw-away PostgreSQL cluster. It refuses to run as root, so root runs it as `postgres`."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._data = folder / "data"
        self.folder = folder
        self._port = _free_port()
        self._as_postgres = os.geteuid() == 0
        if self._as_postgres:
            shutil.chown(folder, "postgres")
        self.user = "postgres" if self._as_postgres else getpass.getuser()

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", self.user, "-E", "UTF8", "--no-sync")
        self.start_again()

    def start_again(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", self.folder / "log", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        before = ["runuser", "-u", "postgres", "--"] if self._as_postgres else []
        command = [*before, str(self._binaries / program), *map(str, arguments)]
        # pg_ctl's server keeps our pipes, so its output goes to files of ours.
        with open(self.folder.parent / f"{self.folder.name}.{program}", "w+") as output:
            done = subprocess.run(command, cwd="/", stdout=output, stderr=output, timeout=120, check=False)
            if done.returncode != 0:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read()[-2_000:]}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if not BINARIES:
        pytest.skip("PostgreSQL's server is not installed: nothing in /usr/lib/postgresql")
    with tempfile.TemporaryDirectory(prefix="homeward-postgres-") as parent:
        os.chmod(parent, 0o755)
        folder = Path(parent) / "cluster"
        folder.mkdir(mode=0o700)
        cluster = Cluster(BINARIES[-1], folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def postgres(cluster: Cluster) -> Iterator[Database]:
    """An empty database on PostgreSQL."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    database = Database.postgres(cluster.url(name))
    yield database
    database.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    """An empty embedded database."""
    database = Database.embedded(tmp_path / "server.db", b"k" * 32)
    yield database
    database.close()


@pytest.fixture(params=["embedded", "postgres"])
def empty(request: pytest.FixtureRequest) -> Database:
    """Each database in turn, without tables."""
    database: Database = request.getfixturevalue(request.param)
    return database


@pytest.fixture
def storage(empty: Database) -> Database:
    """Each database in turn, with its tables."""
    empty.migrate()
    return empty
