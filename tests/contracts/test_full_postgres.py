"""A PostgreSQL that cannot write: its disk is full, its memory or connections are used up, it only reads."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from sync_server.protocol.problems import Problem
from sync_server.storage.base import Ledger
from sync_server.storage.database import Database
from tests.contracts.conftest import Cluster
from tests.scenarios.office import RunningServer, Tablet, found_server
from tests.scenarios.own_disks import SmallDisk, may_mount, mounts

DEVICE = "aaaaaaaa"


@pytest.fixture
def tablespace(cluster: Cluster) -> Iterator[tuple[str, SmallDisk] | None]:
    """A place on a small disk for databases of the cluster; what PostgreSQL needs to live lies elsewhere."""
    if not may_mount():
        yield None
        return
    disk = SmallDisk(cluster.folder.parent / uuid.uuid4().hex, 16)
    data = disk.folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")
    name = f"small_{uuid.uuid4().hex}"
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{data}'")
    yield name, disk
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"DROP TABLESPACE {name}")
    disk.close()


@contextmanager
def database_on(cluster: Cluster, space: str) -> Iterator[str]:
    name = f"full_{uuid.uuid4().hex}"
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TABLESPACE {space}")
    try:
        yield cluster.url(name)
    finally:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} (FORCE)")


def keep(database: Database, reply: str) -> str:
    """Have the ledger keep a reply; the batch that it is of."""
    batch = str(uuid.uuid4())
    database.write(lambda ledger: ledger.keep_reply("tirana", DEVICE, batch, reply, 1))
    return batch


def kept(database: Database, batch: str) -> str | None:
    return database.read(lambda ledger: ledger.reply("tirana", DEVICE, batch))


@mounts
def test_a_postgres_whose_disk_is_full_says_so_keeps_no_half_and_goes_on_when_there_is_room(
    cluster: Cluster, tablespace: tuple[str, SmallDisk]
) -> None:
    space, disk = tablespace
    with database_on(cluster, space) as url:
        say_so_and_go_on(Database.postgres(url), disk)


def say_so_and_go_on(database: Database, disk: SmallDisk) -> None:
    database.migrate()
    before = keep(database, "before")
    seen: list[str] = []

    def fill(ledger: Ledger) -> None:
        ledger.keep_reply("tirana", DEVICE, str(uuid.uuid4()), "half", 1)
        for _ in range(20):
            seen.append(str(uuid.uuid4()))
            ledger.keep_reply("tirana", DEVICE, seen[-1], os.urandom(200_000).hex(), 1)

    disk.fill(but=500_000)
    for _ in range(2):
        with pytest.raises(Problem) as met:
            database.write(fill)
        assert (met.value.code, met.value.status) == ("server.write.failed", 507)
    assert kept(database, before) == "before"
    assert [kept(database, batch) for batch in seen] == [None] * len(seen)

    disk.free()
    after = keep(database, os.urandom(200_000).hex())
    assert kept(database, after) is not None
    assert kept(database, before) == "before"
    database.close()


@mounts
def test_a_server_on_a_postgres_whose_disk_is_full_says_so_and_takes_everything_when_there_is_room(
    cluster: Cluster, tablespace: tuple[str, SmallDisk], tmp_path: Path
) -> None:
    space, disk = tablespace
    with database_on(cluster, space) as url:
        found_server(tmp_path / "server", database=url)
        office = RunningServer(tmp_path / "server")
        office.start()
        officer = Tablet(tmp_path / "officer", "officer", office)
        coordinator = Tablet(tmp_path / "coordinator", "coordinator", office)
        disk.fill()
        cases = [officer.new_case() for _ in range(40)]
        for case in cases:
            officer.change(officer.case_file(case), notes=os.urandom(4_000).hex())
        outcome = officer.try_to_sync()
        assert outcome.problem is not None
        assert outcome.problem.code == "server.write.failed"
        assert officer.book.sync_view().wait(10).waiting > 0

        disk.free()
        officer.sync()
        coordinator.sync()
        assert {row.id for row in coordinator.book.cases().wait(10)} == set(cases)
        officer.close()
        coordinator.close()
        office.stop()


def test_a_postgres_whose_shared_memory_is_used_up_is_busy_and_goes_on_afterwards(
    cluster: Cluster, postgres: Database
) -> None:
    postgres.migrate()
    before = keep(postgres, "before")
    with psycopg.connect(cluster.url(), autocommit=True) as greedy:
        with pytest.raises(psycopg.errors.OutOfMemory):
            greedy.execute("SELECT pg_advisory_lock(number) FROM generate_series(1, 10000000) AS number")
        with pytest.raises(Problem) as met:
            postgres.migrate()
        assert (met.value.code, met.value.params) == ("server.busy", {"retry_after": 5})
        assert kept(postgres, before) == "before"
        greedy.execute("SELECT pg_advisory_unlock_all()")
    postgres.migrate()
    assert kept(postgres, keep(postgres, "after")) == "after"


def test_a_postgres_that_has_no_connection_left_is_busy_and_goes_on_afterwards(
    cluster: Cluster, postgres: Database
) -> None:
    postgres.migrate()
    name = postgres.engine.url.database
    with psycopg.connect(cluster.url(str(name)), autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{name}" LOGIN')
        connection.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{name}"')
        connection.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
        # The limit is for those who are not its administrator.
        plain = Database.postgres(cluster.url(str(name)).replace(f"{cluster.user}@", f"{name}@"))
        with pytest.raises(Problem, match=r"server\.busy"):
            plain.meta("epoch")
        connection.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        assert plain.meta("epoch") == postgres.epoch
        plain.close()


def test_a_postgres_that_goes_away_is_busy_until_it_is_back(cluster: Cluster, postgres: Database) -> None:
    postgres.migrate()
    before = keep(postgres, "before")
    cluster.stop()
    try:
        for _ in range(2):
            with pytest.raises(Problem, match=r"server\.busy"):
                keep(postgres, "meanwhile")
    finally:
        cluster.start_again()
    assert kept(postgres, before) == "before"
    assert kept(postgres, keep(postgres, "after")) == "after"


def test_a_postgres_that_is_away_or_lets_nobody_make_tables_is_not_reached_when_a_command_begins(
    cluster: Cluster, postgres: Database
) -> None:
    name = postgres.engine.url.database
    with psycopg.connect(cluster.url(str(name)), autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{name}" LOGIN')
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    plain = cluster.url(str(name)).replace(f"{cluster.user}@", f"{name}@")
    for url in (plain, plain.replace(f"{name}@", "nobody@"), f"{plain}?no_such_option=1"):
        database = Database.postgres(url)
        with pytest.raises(Problem) as met:
            database.migrate()
        assert (met.value.code, met.value.params) == ("server.error", {"what": "database_not_reached"})
        database.close()


def test_a_postgres_that_only_reads_is_told_as_such_and_still_read(postgres: Database) -> None:
    postgres.migrate()
    before = keep(postgres, "before")
    name = postgres.engine.url.database
    with postgres.engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        connection.commit()
    postgres.close()
    with pytest.raises(Problem, match=r"server\.storage\.read_only"):
        keep(postgres, "after")
    assert kept(postgres, before) == "before"
