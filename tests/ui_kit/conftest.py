"""A display of its own for the tests that open a window, and the window's one process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def kit_display() -> Iterator[str]:
    """The name of an X display that this session started and ends."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is missing: nothing can be drawn (apt-get install xvfb)")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    if not number:
        server.wait(10)
        pytest.skip("Xvfb did not start: nothing can be drawn")
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="session")
def window_results(kit_display: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each case of window_cases.py said, run in one process: empty text when it holds."""
    home = tmp_path_factory.mktemp("window")
    environment = {
        **os.environ,
        "DISPLAY": kit_display,
        "HOME": str(home),
        "KIVY_HOME": str(home / "kivy"),
        "KIVY_CLIPBOARD": "dummy",
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_FILELOG": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "PYTHONPATH": str(ROOT),
        "CASES_OUT": str(home / "results.json"),
    }
    finished = subprocess.run(
        [sys.executable, str(HERE / "window_cases.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )
    written = home / "results.json"
    if not written.exists():
        pytest.fail(f"The window's process ended with {finished.returncode}:\n{finished.stderr[-4000:]}")
    results: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return results
