"""`make run` as a newcomer meets it: from nothing to pictures, and nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb for a virtual display"),
]


def _family(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def _is_blank(picture: Path) -> bool:
    from PIL import Image

    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
    return colours is None or max(count for count, _ in colours) > 0.995 * sum(count for count, _ in colours)


@pytest.mark.timeout(900)
def test_without_a_display_the_demo_walks_by_itself_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    demo_folder, home = tmp_path / "demo", tmp_path / "home"
    home.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
        "HOME": str(home),
    }
    demo = subprocess.Popen(
        # In one language: the built programs do the same walk in Arabic (tests/package).
        [sys.executable, "packaging/run_demo.py", "--dir", str(demo_folder), "--languages", "en"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            said.append(line)
            if "serving until Ctrl-C" in line:
                break
        assert "serving until Ctrl-C" in said[-1], _story(said, demo_folder)
        address = next(line for line in said if "the server answers at" in line).rsplit(" ", 1)[1].strip()
        assert urllib.request.urlopen(f"{address}/healthz", timeout=10).status == 200
        pictures = sorted(demo_folder.glob("*.png"))
        assert len(pictures) >= 4, _story(said, demo_folder)
        assert all(str(picture) in "".join(said) for picture in pictures)
        assert not [picture.name for picture in pictures if _is_blank(picture)]
        family = _family(demo.pid)
        assert family
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
        patience = time.monotonic() + 10
        while any(process.is_running() for process in family) and time.monotonic() < patience:
            time.sleep(0.1)
        assert not [process for process in family if process.is_running()]
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(30)
        if demo.stdout:
            demo.stdout.close()
    assert not list(home.rglob("*.png")), "a picture of the demo was left in the home folder"
    assert not (home / ".kivy").exists(), "Kivy kept logs in the home folder"


def _story(said: list[str], folder: Path) -> str:
    """What happened, with the last words of the programs, for whoever reads the failed test."""
    logs = [
        f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in sorted(folder.glob("*.log"))
    ]
    return "".join(said) + "\n".join(logs)
