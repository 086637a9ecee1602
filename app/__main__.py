"""Homeward on a device: the composition root, from settings to the window or to one command.

    [--dir DIR] [--lang xx]          open the app at its unlock screen
    enrol --server URL --login L     make this device known to a server, and its store
    sync                             one sync without a window, for scripts
    recover --key FILE               open a device by the office's recovery key, and give it a new passphrase
    backup --to FOLDER               back this device up to a stick, for the office's recovery key
    restore --from FILE --key FILE   make a device of a backup, in a folder without one
    rejoin --server URL --login L    make a restored device known to the server
    repair                           save what can be read of a store that does not open any more
    travel [--end]                   take every case off this device before a border; bring them back
    erase                            destroy everything on this device, and say before what is lost
    tour --out DIR                   walk through the screens and save pictures
    --preview FILE                   try a form out in the window; nothing is kept
    support-bundle --out FILE.zip    pack logs and versions, nobody's data, for support

Started as `python -m app`, or as the program `homeward-app` that `make package` builds. Each command is a
module in `app/commands`, loaded when it is called and not otherwise.

A passphrase or password comes from HOMEWARD_PASSPHRASE and HOMEWARD_PASSWORD, that of the recovery key
from HOMEWARD_RECOVERY_PASSPHRASE, or is asked for; without a terminal each is one line of standard input,
the password or the recovery key's passphrase first. Where no new passphrase is given, one is made and
printed, once.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from app import core_dumps, log_lines
from app import settings as settings_file
from app.problems import Problem, told
from app.settings import Settings
from sync_server.protocol import command_line

log = logging.getLogger("app.command")

#: What an erasing or a departure leaves in the folder when it is cut off; here so that a look needs no store.
_CUT_OFF: Final = ("keys.erased", "store.next", "store.next.part")

ABOUT: Final = {
    "enrol": "make this device known to a server",
    "sync": "one sync without a window",
    "recover": "open a device by the office's recovery key, set a new passphrase",
    "backup": "back this device up to a stick, for the office's recovery key",
    "restore": "make a device of a backup, in a folder without one",
    "rejoin": "make a restored device known to the server, under its own name",
    "repair": "save what can be read of a store that does not open any more",
    "travel": "take every case off this device before a border; bring them back",
    "erase": "destroy everything on this device, and say before what is lost",
    "support-bundle": "pack logs and versions, nobody's data, for support",
    "tour": "walk through the screens, save pictures",
}


class Command(Protocol):
    def declare(self, parser: argparse.ArgumentParser, /) -> None:
        """Add its arguments, besides the device's folder and the language."""

    def run(self, settings: Settings, wanted: argparse.Namespace, /) -> int:
        """Do it; the exit status. Raises Problem, which is told."""


def command(name: str) -> Command:
    """The module of a command."""
    match name:
        case "enrol":
            from app.commands import enrol

            return enrol
        case "sync":
            from app.commands import sync

            return sync
        case "recover":
            from app.commands import recover

            return recover
        case "backup":
            from app.commands import backup

            return backup
        case "restore":
            from app.commands import restore

            return restore
        case "rejoin":
            from app.commands import rejoin

            return rejoin
        case "repair":
            from app.commands import repair

            return repair
        case "travel":
            from app.commands import travel

            return travel
        case "erase":
            from app.commands import erase

            return erase
        case "support-bundle":
            from app.commands import support_bundle

            return support_bundle
        case "tour":
            from app.commands import tour

            return tour
    raise ValueError("no such command")


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """It knows all commands by name, and the arguments of those that are among these words."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dir", type=Path, default=argparse.SUPPRESS, help="folder of this device")
    common.add_argument(
        "--lang",
        default=argparse.SUPPRESS,
        help=f"language of the screens: {' '.join(settings_file.LANGUAGES)}",
    )
    whole = command_line.parser("app", "Homeward on a device.", parents=[common], allow_abbrev=False)
    whole.add_argument(
        "--preview", type=Path, metavar="FILE", help="try a form out in the window; nothing is kept"
    )
    whole.set_defaults(command="open", dir=None, lang=None)
    verbs = whole.add_subparsers(title="commands")
    for each, about in ABOUT.items():
        added = verbs.add_parser(each, parents=[common], help=about, allow_abbrev=False)
        added.set_defaults(command=each)
        if each in words:
            command(each).declare(added)
    return whole


def main(arguments: list[str] | None = None) -> int:
    core_dumps.refuse()
    command_line.speak_any_language()
    log_lines.install(None)
    words = sys.argv[1:] if arguments is None else arguments
    chosen = parser(words).parse_args(words)
    try:
        if chosen.preview is not None:
            from app.commands import window

            return window.preview(chosen)
        settings = _settings(chosen)
        _finish_leaving(settings, chosen)
        log_lines.install(settings.folder)
        if chosen.command == "open":
            from app.commands import window

            return window.run(settings, chosen)
        return command(chosen.command).run(settings, chosen)
    except Problem as problem:
        log.warning("command.refused", extra={"code": problem.code})
        print(told(problem), file=sys.stderr)
        if problem.code in ("store.file.missing", "store.keys.missing"):
            print(f"How to enrol: {command_line.program('app')} enrol --help", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings(chosen: argparse.Namespace) -> Settings:
    """A bundle for support is made where the settings are broken, too: perhaps that is why it is wanted."""
    try:
        return settings_file.load(chosen.dir, language=chosen.lang)
    except Problem as problem:
        if chosen.command != "support-bundle":
            raise
        settings = settings_file.defaults(chosen.dir)
        log_lines.install(settings.folder)
        log.warning("command.refused", extra={"code": problem.code})
        return settings


def _finish_leaving(settings: Settings, chosen: argparse.Namespace) -> None:
    """An erasing or a departure that was cut off is ended before anything else, but for who asks for help."""
    if chosen.command != "support-bundle" and _was_cut_off(settings.folder):
        from app import leaving

        try:
            leaving.finish(settings)
        except Problem as problem:
            # The window says it when it is unlocked: without one nobody would hear it.
            if chosen.command != "open":
                raise
            log.warning("command.refused", extra={"code": problem.code})


def _was_cut_off(folder: Path) -> bool:
    """Also where a sync that was under way during an erasing has put a last file down."""
    there = {name for name in (*_CUT_OFF, "store.db", "keys.json", "attachments") if (folder / name).exists()}
    return bool(there & set(_CUT_OFF)) or there == {"attachments"}


if __name__ == "__main__":
    sys.exit(main())
