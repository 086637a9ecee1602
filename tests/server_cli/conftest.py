"""A real server process: its commands run as an administrator runs them, its HTTP over a real socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct-horse-battery"


class ServerProcess:
    """One server below one folder. `start` waits until it listens; `stop` returns its exit code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "server"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.port_file = folder / "port"
        self.log_file = folder / "log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")},
            "TMPDIR": str(self.temporary),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str | Path, **secrets: str) -> subprocess.CompletedProcess[str]:
        command, *rest = map(str, arguments)
        return subprocess.run(
            [sys.executable, "-m", "sync_server", command, "--dir", str(self.folder), *rest],
            cwd=ROOT,
            env={**self.environment, **secrets},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def must(self, *arguments: str | Path, **secrets: str) -> str:
        done = self.run(*arguments, **secrets)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def publish_library(self, **secrets: str) -> str:
        """The readers of the office have read all of it."""
        self.must("sign-off", "--all", "--by", "Readers of the office", **secrets)
        return self.must("publish-form", "--library", **secrets)

    def start(self, *arguments: str, **environment: str) -> None:
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "sync_server", "serve", "--dir", str(self.folder),
                    "--port", "0", "--port-file", str(self.port_file), *arguments,
                ],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self.port_file.exists():
            assert self.process.poll() is None, self.log_file.read_text()
            assert time.monotonic() < deadline, "the server did not listen within a minute"
            time.sleep(0.05)
        self.port = int(self.port_file.read_text())
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        try:
            return self.process.wait(40)
        finally:
            self.process.kill()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def enrol(self, login: str, password: str = PASSWORD, demo: bool = False) -> dict[str, Any]:
        body = {"login": login, "password": password, "label": "tablet", "demo": demo}
        response = requests.post(f"{self.url}/v1/enrol", json=body, timeout=30)
        response.raise_for_status()
        enrolled: dict[str, Any] = response.json()
        return enrolled


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A real office's server (no demo), with the library's forms and two users, listening."""
    server = ServerProcess(tmp_path_factory.mktemp("office"))
    server.must("init", "--unattended", "--name", "Office of tests")
    server.publish_library()
    for login in ("officer", "coordinator"):
        server.must(
            "add-user", "--login", login, "--role", login, "--office", "Tirana", "--country", "al",
            "--zone", "Europe/Tirane", HOMEWARD_PASSWORD=PASSWORD,
        )  # fmt: skip
    server.start()
    yield server
    if server.process is not None and server.process.poll() is None:
        server.stop()


@pytest.fixture
def new_server() -> Iterator[Callable[[Path], ServerProcess]]:
    """Makes servers that are ended with the test."""
    made: list[ServerProcess] = []

    def make(folder: Path) -> ServerProcess:
        made.append(ServerProcess(folder))
        return made[-1]

    yield make
    for server in made:
        if server.process is not None and server.process.poll() is None:
            server.stop()
