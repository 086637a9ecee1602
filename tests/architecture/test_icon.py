"""The icon that is committed is what its script draws."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_icons_are_those_that_the_script_draws(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "icon.py"), "--out", str(tmp_path)], check=True, timeout=60
    )
    for name in ("app/ui/icon/notes.png", "packaging/notes.ico"):
        committed, drawn = (Image.open(place / name).convert("RGBA") for place in (ROOT, tmp_path))
        assert committed.size == drawn.size
        assert ImageChops.difference(committed, drawn).getbbox() is None, name
    with Image.open(ROOT / "packaging" / "notes.ico") as sizes:
        assert {16, 32, 48, 256} <= {width for width, _ in sizes.info["sizes"]}


def test_window_and_packaged_program_take_it() -> None:
    assert "notes.ico" in (ROOT / "packaging" / "homeward-app.spec").read_text("utf-8")
    assert '"icon" / "*.png"' in (ROOT / "packaging" / "hooks" / "hook-app.ui.py").read_text("utf-8")
