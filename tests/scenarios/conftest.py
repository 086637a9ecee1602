"""Servers and tablets for the stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.compiled_library import library_definitions
from tests.scenarios.office import RunningServer, Tablet, copy_server, found_server
from tests.scenarios.own_disks import SmallDisk, may_mount, run_apart
from tests.sync.raw_server import RawServer

Enrol = Callable[..., Tablet]
_TEMPLATES: dict[bool, Path] = {}


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    return run_apart(pyfuncitem)


@pytest.fixture(scope="session")
def server_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server that was set up and never served; each story gets a copy."""
    return _template(tmp_path_factory, demo=False)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _template(tmp_path_factory, demo=True)


def _template(tmp_path_factory: pytest.TempPathFactory, *, demo: bool) -> Path:
    """One for all folders of tests that borrow these fixtures."""
    if demo not in _TEMPLATES:
        library_definitions()  # held from now on: no tablet loads them again
        folder = tmp_path_factory.mktemp("template") / "server"
        found_server(folder, demo=demo)
        _TEMPLATES[demo] = folder
    return _TEMPLATES[demo]


@pytest.fixture
def server(server_template: Path, tmp_path: Path) -> Iterator[RunningServer]:
    server = copy_server(server_template, tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def demo_server(demo_template: Path, tmp_path: Path) -> Iterator[RunningServer]:
    server = copy_server(demo_template, tmp_path / "demo")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def enrol_tablet(server: RunningServer, tmp_path: Path) -> Iterator[Enrol]:
    """Enrols a worker's tablet with the office's server."""
    tablets: list[Tablet] = []

    def enrol(login: str, name: str = "") -> Tablet:
        tablet = Tablet(tmp_path / (name or login), login, server)
        tablets.append(tablet)
        return tablet

    yield enrol
    for tablet in tablets:
        tablet.close()


@pytest.fixture
def officer(enrol_tablet: Enrol) -> Tablet:
    return enrol_tablet("officer")


@pytest.fixture
def coordinator(enrol_tablet: Enrol) -> Tablet:
    return enrol_tablet("coordinator")


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    """A stranger on the line."""
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk | None]:
    """For tests that are marked so; None where the test is run apart, by itself."""
    if not may_mount():
        yield None
        return
    disk = SmallDisk(tmp_path / "disk", 16)
    yield disk
    disk.close()
