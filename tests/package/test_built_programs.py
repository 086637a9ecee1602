"""The programs of `make package`, built and tried: the short form, with the walk in one language."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
ARABIC = ROOT / "app" / "ui" / "fonts" / "HomewardSans-Regular.ttf"
WORD = "ملاحظات"
BOX = (0, 0, 400, 90)


@pytest.fixture
def drawn_text(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script beside the smoke test, which is no part of a package."""
    found = importlib.util.spec_from_file_location("drawn_text", ROOT / "packaging" / "drawn_text.py")
    assert found is not None
    assert found.loader is not None
    script = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, "drawn_text", script)
    found.loader.exec_module(script)
    return script


def _word(path: Path, text: str, font: ImageFont.FreeTypeFont) -> Path:
    image = Image.new("RGB", BOX[2:], "#f5f3ec")
    ImageDraw.Draw(image).text((20, 10), text, font=font, fill="#0c2d2c")
    image.save(path)
    return path


@pytest.mark.window
@pytest.mark.timeout(900)
@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb for a virtual display")
def test_the_built_programs_do_a_days_work_without_python_on_the_machine(tmp_path: Path) -> None:
    package = tmp_path / "package"
    built = subprocess.run(
        ["bash", "packaging/build.sh", str(package)],
        cwd=ROOT,
        env={**os.environ, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    tried = subprocess.run(
        [sys.executable, "packaging/smoke_test.py", "--package", str(package), "--languages", "ar"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
    device, server = (
        (package / "work" / program / "PYZ-00.toc").read_text()
        for program in ("homeward-app", "homeward-server")
    )
    assert "'sync_server.protocol.merge'" in device
    assert not [name for name in ("flask", "sqlalchemy", "sync_server.exchange") if f"('{name}'," in device]
    assert "('sync_server.exchange'," in server
    assert not [name for name in ("kivy", "PIL", "app.fieldbook") if f"('{name}'," in server]


def test_letters_that_are_not_joined_are_told_from_arabic_writing(
    tmp_path: Path, drawn_text: ModuleType
) -> None:
    # Without its layout engine Pillow puts the letters side by side as they stand in the alphabet.
    apart = ImageFont.truetype(str(ARABIC), 48, layout_engine=ImageFont.Layout.BASIC)
    picture = drawn_text.read(_word(tmp_path / "apart.png", WORD, apart))
    assert drawn_text.columns_of_ink(picture.pixels(), picture.channels, BOX) >= len(WORD)

    # The same word in the letter forms that joining chooses: its three pieces.
    joined = _word(tmp_path / "joined.png", "\ufe95\ufe8e\ufec8\ufea3\ufefc\ufee3", apart)
    picture = drawn_text.read(joined)
    assert 1 <= drawn_text.columns_of_ink(picture.pixels(), picture.channels, BOX) < len(WORD) - 1


def test_boxes_for_letters_that_a_font_lacks_are_no_writing(tmp_path: Path, drawn_text: ModuleType) -> None:
    kivy = importlib.util.find_spec("kivy")
    assert kivy is not None
    assert kivy.origin is not None
    without_arabic = Path(kivy.origin).parent / "data" / "fonts" / "Roboto-Regular.ttf"
    font = ImageFont.truetype(str(without_arabic), 48)
    picture = drawn_text.read(_word(tmp_path / "boxes.png", WORD, font))
    assert drawn_text.columns_of_ink(picture.pixels(), picture.channels, BOX) >= len(WORD)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_pixels_of_a_picture_are_read_as_pillow_reads_them(
    mode: str, tmp_path: Path, drawn_text: ModuleType
) -> None:
    image = Image.effect_mandelbrot((90, 60), (-2, -1.2, 1, 1.2), 40).convert(mode)
    image.paste(Image.linear_gradient("L").resize((40, 60)).convert(mode), (50, 0))
    image.save(tmp_path / "drawn.png")
    picture = drawn_text.read(tmp_path / "drawn.png")
    assert (picture.width, picture.height, picture.channels) == (90, 60, len(mode))
    assert {line[0] for line in picture.lines} >= {1, 2, 4}, "the filters that it takes apart"
    assert b"".join(picture.pixels()) == image.tobytes()


def test_an_empty_picture_has_hardly_a_line_that_differs(tmp_path: Path, drawn_text: ModuleType) -> None:
    Image.new("RGB", (1280, 800), "#f5f3ec").save(tmp_path / "empty.png")
    assert drawn_text.different_lines(drawn_text.read(tmp_path / "empty.png")) <= 2
