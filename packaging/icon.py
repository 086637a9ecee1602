"""Draws the app's icon: a sheet with a folded corner and lines, as of any notebook, that tells nothing.

The results are committed; run it to renew them: `python packaging/icon.py [--out DIR]`.

    app/ui/icon/notes.png    the window's, 64 pixels
    packaging/notes.ico      the packaged program's, 16 to 256 pixels
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
WINDOW, PROGRAM = "app/ui/icon/notes.png", "packaging/notes.ico"
WINDOW_SIZE = 64
SIZES = (16, 24, 32, 48, 64, 128, 256)
#: Everything is drawn on a grid of 32 by 32, so many times as large as it will be, and made smaller.
GRID, FINER = 32, 8

PAPER, FOLD, EDGE, LINE = "#FBFAF6", "#DCD8CC", "#5B6670", "#9AA3AA"
SHEET = ((6, 2.5), (20, 2.5), (26, 8.5), (26, 29.5), (6, 29.5))
CORNER = ((20, 2.5), (20, 8.5), (26, 8.5))
LINES = (((9.5, 13), (22.5, 13)), ((9.5, 18), (22.5, 18)), ((9.5, 23), (18, 23)))


def icon(size: int) -> Image.Image:
    """The icon, so many pixels wide and high, with a transparent ground."""
    scale = size * FINER / GRID
    picture = Image.new("RGBA", (size * FINER, size * FINER), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    # No line thinner than a pixel: at 16 the edge would fade away.
    edge, line = (round(max(width * scale, FINER)) for width in (1.2, 1.6))

    def at(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
        return [(x * scale, y * scale) for x, y in points]

    draw.polygon(at(SHEET), fill=PAPER)
    draw.polygon(at(CORNER), fill=FOLD)
    draw.line(at((*SHEET, SHEET[0], SHEET[1])), fill=EDGE, width=edge, joint="curve")
    draw.line(at(CORNER), fill=EDGE, width=edge, joint="curve")
    for points in LINES:
        draw.line(at(points), fill=LINE, width=line)
    return picture.resize((size, size), Image.Resampling.BOX)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT, help="the folder of the project, or another one")
    out = parser.parse_args().out
    for name in (WINDOW, PROGRAM):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
    icon(WINDOW_SIZE).save(out / WINDOW, optimize=True)
    largest, *others = (icon(size) for size in reversed(SIZES))
    largest.save(out / PROGRAM, sizes=[(size, size) for size in SIZES], append_images=others)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
