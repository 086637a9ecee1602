"""tour --out DIR: walk through the screens and save pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.window import prepare_kivy
from app.settings import LANGUAGES, Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--languages", type=_languages, default=["en", "ar"], help="as en,ar")
    parser.add_argument(
        "--sizes", type=_sizes, default=[(1280, 800), (1366, 768)], help="of the window, as 1280x800,1366x768"
    )
    parser.add_argument("--walk", action="store_true", help="also do a day's work")
    parser.add_argument("--lock", action="store_true", help="lock at the end, and stay at the unlock screen")


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    prepare_kivy(settings.folder)
    from app.ui import tour

    return tour.main(settings, wanted)


def _languages(text: str) -> list[str]:
    codes = [code for code in text.split(",") if code]
    if not codes or any(code not in LANGUAGES for code in codes):
        raise argparse.ArgumentTypeError(f"languages are {', '.join(LANGUAGES)}")
    return codes


def _sizes(text: str) -> list[tuple[int, int]]:
    try:
        return [(int(width), int(height)) for width, height in (size.split("x") for size in text.split(","))]
    except ValueError:
        raise argparse.ArgumentTypeError("sizes are like 1280x800,1366x768") from None
