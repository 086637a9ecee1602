"""A device of real people at its window: outside of a case nobody is named, and the cover hides the rest."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ui.window import ROOT, Display

pytestmark = pytest.mark.window

_STORIES = re.findall(
    r'await self\.tell\("([^"]+)"', (Path(__file__).with_name("real_device.py")).read_text("utf-8")
)
#: Screens without which the walk proves little.
_OUTSIDE = ("today, filled", "cases, filled", "directory", "conflicts", "sync", "settings", "office")


@pytest.fixture(scope="module")
def told(display: Display, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    scratch = tmp_path_factory.mktemp("real")
    home = scratch / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.real_device", str(scratch / "tablet"), str(scratch / "told.json")],
        cwd=ROOT,
        env={**os.environ, "DISPLAY": display.name, "HOME": str(home), "HOMEWARD_WINDOW": "1280x800"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    written = scratch / "told.json"
    assert written.exists(), done.stderr[-4000:]
    found: dict[str, Any] = json.loads(written.read_text("utf-8"))
    return found


@pytest.mark.parametrize("story", _STORIES)
def test_of_real_people(story: str, told: dict[str, Any]) -> None:
    assert told["stories"].get(story, "never told") == ""


def test_the_walk_has_been_everywhere(told: dict[str, Any]) -> None:
    assert set(_OUTSIDE) <= set(told["seen"])
    assert len(_STORIES) == 7
