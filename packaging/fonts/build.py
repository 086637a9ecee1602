"""Builds the two fonts that the app ships, from Debian's fonts-noto-core.

One merged font holds Latin, Cyrillic, Greek, Arabic and Tifinagh on one baseline, so that a line of
mixed text never changes its font in the middle. Run it only to renew the fonts; the results are
committed: `python packaging/fonts/build.py [--source DIR] [--out DIR]`.

Noto's licence (OFL 1.1) has no reserved names; the result has a name of its own all the same, since
it is a modified version.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FAMILY = "Homeward Sans"
SOURCE = Path("/usr/share/fonts/truetype/noto")
TARGET = Path(__file__).parents[2] / "app" / "ui" / "fonts"

TEXT = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin-1, Latin Extended-A and -B
    *range(0x2B0, 0x370),  # modifier letters, combining marks
    *range(0x370, 0x400),  # Greek
    *range(0x400, 0x530),  # Cyrillic
    *range(0x1E00, 0x1F00),  # Latin Extended Additional
    *range(0x2000, 0x2070),  # punctuation
    *range(0x20A0, 0x20C0),  # currencies
    *range(0x2100, 0x2150),  # letter-like
]
ARABIC = [*range(0x600, 0x700), *range(0x750, 0x780), *range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)]
TIFINAGH = [*range(0x2D30, 0x2D80)]
ARROWS = [0x2190, 0x2191, 0x2192, 0x2193]
MATHS = [0x2212, 0x2264, 0x2265, 0x2260, 0x2248]
MARKS = [0x2713, 0x2717, 0x25B2, 0x25BC, 0x25BE, 0x25C6, 0x25CF, 0x25CB]

# What is drawn above and below the baseline, in thousandths of the size: room for the vowel signs of
# Arabic and for stacked Latin accents. The leading between lines is the theme's affair.
ASCENT, DESCENT = 1160, 440

PARTS = {
    "Regular": [
        ("NotoSans-Regular.ttf", TEXT),
        ("NotoSansArabic-Regular.ttf", ARABIC),
        ("NotoSansTifinagh-Regular.ttf", TIFINAGH),
        ("NotoSansSymbols-Regular.ttf", ARROWS),
        ("NotoSansMath-Regular.ttf", MATHS),
        ("NotoSansSymbols2-Regular.ttf", MARKS),
    ],
    "Bold": [
        ("NotoSans-Bold.ttf", TEXT),
        ("NotoSansArabic-Bold.ttf", ARABIC),
        ("NotoSansTifinagh-Regular.ttf", TIFINAGH),  # Noto has no bold Tifinagh
        ("NotoSansSymbols-Bold.ttf", ARROWS),
        ("NotoSansMath-Regular.ttf", MATHS),
        ("NotoSansSymbols2-Regular.ttf", MARKS),
    ],
}


def part(path: Path, wanted: list[int], taken: set[int]) -> TTFont:
    """One source font cut down to the characters that no earlier part has, without hinting."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["*"]
    options.glyph_names = True
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "MATH"]
    font = TTFont(path, recalcTimestamp=False)
    characters = {code for code in wanted if code in font.getBestCmap()} - taken
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    taken |= characters
    return font


def build(style: str, source: Path, target: Path) -> Path:
    """Merges the parts of one style into `HomewardSans-<style>.ttf` and returns its path."""
    taken: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (name, wanted) in enumerate(PARTS[style]):
            cut = Path(folder) / f"{number}.ttf"
            part(source / name, wanted, taken).save(cut)
            files.append(str(cut))
        font = Merger().merge(files)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ASCENT, -DESCENT, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ASCENT, -DESCENT, 0
    os2.usWinAscent, os2.usWinDescent = ASCENT, DESCENT
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}"}
    names[6] = f"HomewardSans-{style}"
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    path = target / f"HomewardSans-{style}.ttf"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(path)
    return path


def main() -> None:
    arguments = argparse.ArgumentParser(description="Merge the fonts that the app ships.")
    arguments.add_argument("--source", type=Path, default=SOURCE)
    arguments.add_argument("--out", type=Path, default=TARGET)
    chosen = arguments.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for style in PARTS:
        path = build(style, chosen.source, chosen.out)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
