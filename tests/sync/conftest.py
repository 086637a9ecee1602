"""What the tests of syncing share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sync.raw_server import RawServer
from tests.sync.workers import Server, Worker, World


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(tmp_path: Path, world: World) -> Iterator[Server]:
    server = Server(tmp_path / "server", world)
    yield server
    server.database.close()


@pytest.fixture
def new_worker(tmp_path: Path, server: Server) -> Iterator[Callable[[str], Worker]]:
    made: list[Worker] = []

    def make(login: str) -> Worker:
        made.append(Worker(tmp_path / login, server, login, len(made) + 1))
        return made[-1]

    yield make
    for worker in made:
        worker.store.close()


@pytest.fixture
def mira(new_worker: Callable[[str], Worker]) -> Worker:
    return new_worker("mira")


@pytest.fixture
def arben(mira: Worker, new_worker: Callable[[str], Worker]) -> Worker:
    return new_worker("arben")
