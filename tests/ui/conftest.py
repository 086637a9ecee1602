"""A demo office with a real server, and a device enrolled with it, for a person at a real window."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from app.fieldbook import unlock
from app.settings import Settings
from app.sync import enrolment
from tests.ui.window import ROOT, AppWindow, Display

PASSPHRASE = "correct horse demo"
PASSWORD = "demo-demo-demo"


@dataclass(frozen=True)
class Office:
    address: str
    folder: Path


def _run(*words: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no window can be driven here: {', '.join(missing)} not installed")
    display = Display(1280, 800)
    yield display
    display.close()


@cache
def _demo_office() -> Path:
    """The folder of a server with the demo office, made once a process; nobody has served it."""
    scratch = Path(tempfile.mkdtemp(prefix="demo-office-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    folder = scratch / "server"
    _run("sync_server", "init", "--dir", str(folder), "--demo", "--unattended")
    _run("sync_server", "publish-form", "--dir", str(folder), "--library")
    _run("sync_server", "demo-office", "--dir", str(folder))
    return folder


@contextmanager
def running_office(folder: Path) -> Iterator[Office]:
    """A server on loopback with a demo office of its own in it, as `make run` starts it."""
    port_file = folder / "port"
    shutil.copytree(_demo_office(), folder / "server")
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "sync_server", "serve", "--dir", str(folder / "server")),
                *("--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file)),
            ],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + 60
    while not (port_file.exists() and port_file.read_text().strip()):
        assert server.poll() is None, (folder / "server.log").read_text()
        assert time.monotonic() < until, "the server never listened"
        time.sleep(0.1)
    try:
        yield Office(f"http://127.0.0.1:{port_file.read_text().strip()}", folder / "server")
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_office(tmp_path_factory.mktemp("office")) as office:
        yield office


def add_second_office(office: Office) -> None:
    """Elira works with the same server, in Athens."""
    _run(
        *("sync_server", "add-user", "--dir", str(office.folder), "--login", "elira", "--role", "officer"),
        *("--office", "Athens", "--country", "gr", "--zone", "Europe/Athens"),
        environment={"HOMEWARD_PASSWORD": "winter-lemon-harbour"},
    )


@pytest.fixture(scope="session")
def two_offices(office: Office) -> Office:
    """The same, with Athens beside it."""
    add_second_office(office)
    return office


def enrol(office: Office, folder: Path, login: str = "officer") -> Path:
    """Enrol a device folder with the office, and sync once, so that the worker's cases are there.

    In this process: what the commands `enrol` and `sync` say and refuse has tests of its own.
    """
    enrolment.enrol(folder, office.address, login, PASSWORD, PASSPHRASE, "", demo=True)
    book = unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(60)
    try:
        outcome = book.sync_now().wait(120)
    finally:
        book.close().wait(30)
    assert outcome.problem is None, outcome.problem
    return folder


@contextmanager
def opened(
    display: Display, office: Office, scratch: Path, language: str = "en", login: str = "officer"
) -> Iterator[AppWindow]:
    """The app of an enrolled device with one photo on it, at its unlock screen."""
    folder = enrol(office, scratch / "tablet", login)
    (scratch / "pictures").mkdir()
    Image.new("RGB", (640, 400), "#D9C7A3").save(scratch / "pictures" / "luggage-tag.png")
    window = AppWindow(display, folder, scratch, language)
    window.start()
    try:
        yield window
    finally:
        window.close()


@pytest.fixture
def window(display: Display, office: Office, tmp_path: Path) -> Iterator[AppWindow]:
    with opened(display, office, tmp_path) as window:
        yield window
