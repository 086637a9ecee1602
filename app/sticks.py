"""Where a stick is found that was plugged into this device."""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: Where Linux desktops and macOS put them, directly or below the user's name.
_PLACES: Final = ("/media", "/run/media", "/Volumes")
_ENOUGH: Final = 20


def sticks() -> tuple[Path, ...]:
    """The folders of what is plugged in, as far as the system tells; none is no sign that nothing is."""
    found = _drives() if sys.platform == "win32" else _mounted()
    return tuple(sorted(found)[:_ENOUGH])


def _mounted() -> Iterator[Path]:
    for place in map(Path, _PLACES):
        for folder in _folders(place):
            yield from (each for each in (folder, *_folders(folder)) if os.path.ismount(each))


def _drives() -> Iterator[Path]:
    own = Path.home().drive.upper()
    for letter in string.ascii_uppercase[3:]:
        drive = Path(f"{letter}:\\")
        if f"{letter}:" != own and drive.exists():
            yield drive


def _folders(place: Path) -> list[Path]:
    try:
        return [path for path in place.iterdir() if path.is_dir()]
    except OSError:
        return []
