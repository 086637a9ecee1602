"""Sync of 10,000 records of 30 fields: push, pull, and a hundred changes, beside the limits.

A real server process on its embedded encrypted database, real HTTP through a counting proxy, real
encrypted devices in processes of their own. Seconds stand beside the floor of the same run (see
limits.py). The goals stand here and judge nothing until the sync is built for them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import limits
from counting_proxy import CountingProxy
from figures import Figure, figure
from records import form_text, load

ROOT = Path(__file__).resolve().parents[2]
_DEVICE = Path(__file__).with_name("device.py")
_PASSWORD = "bench-bench-bench"


def measure(scratch: Path) -> Iterator[Figure]:
    records, changed, source = load(scratch)
    count = len(records)
    with tempfile.TemporaryDirectory(dir=scratch) as folder, _server(Path(folder), records[0]) as server:
        bench = _Bench(Path(folder), server)
        everything = bench.write("records.json", records)
        hundred = bench.write("changed.json", changed)
        bench.enrol("one", "officer")
        bench.enrol("two", "coordinator")
        bench.device("one", "fill", str(everything))

        pushed = bench.sync("one")
        _expect(pushed["sent"], count)
        floor, floor_bytes = _median_floor(records, Path(folder))
        yield figure(
            "sync", f"push of {count} records", pushed["seconds"], "s",
            beside=("one bare POST, plaintext, no log", floor), goal="<= 4", note=source,
        )  # fmt: skip
        yield figure(
            "sync", f"push of {count} records: bytes up", pushed["up"] / 1e6, "MB",
            beside=("the bare POST's body", floor_bytes / 1e6), note="goal: <= 3.2 MB",
        )  # fmt: skip
        yield figure("sync", f"push of {count} records: peak memory of the device", pushed["peak_mb"], "MB")

        pulled = bench.sync("two")
        _expect(pulled["received"], count)
        insert = statistics.median(
            limits.raw_sqlcipher_insert(limits.rows_of(records), Path(folder)) for _ in range(3)
        )
        yield figure(
            "sync", f"pull of {count} records by an empty device", pulled["seconds"], "s",
            beside=("raw SQLCipher insert", insert), goal="<= 6",
        )  # fmt: skip
        yield figure(
            "sync", f"pull of {count} records: bytes down", pulled["down"] / 1e6, "MB",
            beside=("the bare POST's body", floor_bytes / 1e6), note="goal: <= 3.2 MB",
        )  # fmt: skip
        yield figure("sync", f"pull of {count} records: peak memory of the device", pulled["peak_mb"], "MB")
        yield figure("sync", "peak memory of the server", server.peak_mb(), "MB")

        bench.device("one", "change", str(hundred))
        up = bench.sync("one")
        _expect(up["sent"], len(changed))
        yield figure("sync", "100 changed records up", up["seconds"], "s")
        yield figure("sync", "100 changed records: bytes up", up["up"], "bytes", goal="<= 4500")
        down = bench.sync("two")
        _expect(down["received"], len(changed))
        yield figure("sync", "100 changed records down", down["seconds"], "s")
        yield figure("sync", "100 changed records: bytes down", down["down"], "bytes", goal="<= 4500")

        idle = bench.sync("two")
        yield figure(
            "sync", "a sync with nothing to do: bytes both ways", idle["up"] + idle["down"], "bytes",
            note="headers, the greeting and its connection included",
        )  # fmt: skip


class _Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self.port = process, port

    def peak_mb(self) -> float:
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return float("nan")


class _Bench:
    """Devices of one server, by name, behind one counting proxy."""

    def __init__(self, folder: Path, server: _Server) -> None:
        self._folder = folder
        self._proxy = CountingProxy(server.port)

    def write(self, name: str, records: list[dict[str, Any]]) -> Path:
        target = self._folder / name
        target.write_text(json.dumps(records), encoding="utf-8")
        return target

    def enrol(self, name: str, login: str) -> None:
        self.device(name, "enrol", f"http://127.0.0.1:{self._proxy.port}", login)

    def device(self, name: str, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, str(_DEVICE), str(self._folder / name), *arguments],
            env={**os.environ, "HOMEWARD_PASSWORD": _PASSWORD},
            stdout=subprocess.PIPE,
            check=True,
        )
        return dict(json.loads(done.stdout))

    def sync(self, name: str) -> dict[str, Any]:
        self._proxy.reset()
        result = self.device(name, "sync")
        return {**result, "up": self._proxy.up, "down": self._proxy.down}


@contextmanager
def _server(folder: Path, sample: dict[str, Any]) -> Iterator[_Server]:
    home, port_file, form = folder / "server", folder / "port", folder / "sample_visit.md"
    form.write_text(form_text(sample), encoding="utf-8")

    def command(*arguments: str | Path, **environment: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "sync_server", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=True,
        )

    command("init", "--dir", home, "--unattended")
    command("publish-form", "--dir", home, form)
    for login, role in (("officer", "officer"), ("coordinator", "coordinator")):
        command(
            "add-user", "--dir", home, "--login", login, "--role", role,
            "--office", "bench", "--country", "al", HOMEWARD_PASSWORD=_PASSWORD,
        )  # fmt: skip
    process = subprocess.Popen(
        [
            sys.executable, "-m", "sync_server", "serve", "--dir", str(home),
            "--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        patience = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().strip()):
            if process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError("the server of the bench did not start")
            time.sleep(0.05)
        port = int(port_file.read_text())
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
        yield _Server(process, port)
    finally:
        process.terminate()
        process.wait(30)


def _median_floor(records: list[dict[str, Any]], folder: Path) -> tuple[float, int]:
    runs = [limits.post_floor(records, folder) for _ in range(3)]
    return statistics.median(taken for taken, _ in runs), runs[0][1]


def _expect(count: int, wanted: int) -> None:
    if count != wanted:
        raise RuntimeError(f"{count} records came through, not {wanted}")
