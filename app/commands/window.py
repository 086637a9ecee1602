"""The app at its unlock screen, or one form that is tried out."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from app.settings import Settings


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    prepare_kivy(settings.folder)
    from app.ui.homeward_app import HomewardApp

    HomewardApp(settings).run()
    return 0


def preview(wanted: argparse.Namespace) -> int:
    """The window with one form and an entry that is kept nowhere. Kivy's own files are in a folder that
    is gone afterwards; the device's folder is not touched."""
    from forms.check import check_file

    report = check_file(wanted.preview)
    if report.definition is None:
        print("\n".join(report.lines()), file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), wanted.lang or "")
        prepare_kivy(settings.folder)
        from app.ui import preview_app

        preview_app.run(settings, report.definition, report.file)
    return 0


def prepare_kivy(folder: Path) -> None:
    """Have Kivy write nothing outside our folder and read no command line; before its first import.

    Problems store.folder.read_only and store.write.failed.
    """
    home = folder / "kivy"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.mkdir(exist_ok=True, mode=0o700)
        # Where this folder is, Kivy copies no icons of its own into it.
        (home / "icon").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        from app.store.folder import unsaved

        raise unsaved(error) from None
    if sys.platform == "linux":
        # Without a display SDL would else draw into memory, and the app run where nobody sees it.
        os.environ.setdefault("SDL_VIDEODRIVER", "x11,wayland")
    os.environ.update(
        KIVY_WINDOW="sdl2",  # the others end the program where there is no display
        KIVY_CLIPBOARD="sdl2",  # the others hand a copied text to a program that outlives this one
        SDL_VIDEO_X11_WMCLASS="notes",  # by which a desktop groups and names windows
        SDL_VIDEO_WAYLAND_WMCLASS="notes",
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_LOG_MODE="PYTHON",  # its words go where ours go, and it leaves standard error alone
        KIVY_NO_ENV_CONFIG="1",
    )
