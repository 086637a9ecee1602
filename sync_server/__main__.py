"""The server's commands.

init --dir DIR [--name NAME] [--demo] [--unattended] [--database URL]
add-user --dir DIR --login L --name N --role R --office O [--country XX] [--zone Z]
publish-form --dir DIR (FILE… | --library)
sign-off --dir DIR [--form F…] (--language L… | --all) --by NAME
add-programme --dir DIR (care | tact | FILE.toml)
demo-office --dir DIR
recovery-key --dir DIR --out FILE [--replace]
unlock-code --dir DIR --device D
devices --dir DIR
revoke-device --dir DIR --device D
cover-policy --dir DIR --office O [--lock-after S] [--cover-lasts S] [--pin | --no-pin] [--pin-least N]
serve --dir DIR [--host H] [--port P] [--port-file F]
support-bundle --dir DIR --out FILE.zip

Started as `python -m sync_server`, or as the program `homeward-server` that `make package` builds. Each
command is a module in `sync_server/commands`, loaded when it is called and not otherwise.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from sync_server import config as configuration
from sync_server import log_lines
from sync_server.command_texts import text_of
from sync_server.config import SetupProblem
from sync_server.protocol import command_line
from sync_server.protocol.problems import Problem

log = logging.getLogger("sync_server.command")

ABOUT: Final = {
    "init": "make a new server",
    "add-user": "add a worker (password: typed, or HOMEWARD_PASSWORD)",
    "publish-form": "publish forms (XLSForm as .md or .xlsx, or XForm .xml)",
    "sign-off": "answer for a language of forms, so that it can be published",
    "add-programme": "give all devices the rules of a programme",
    "recovery-key": "make the key by which the office opens any of its devices",
    "unlock-code": "a code for a device that waits after wrong passphrases",
    "devices": "list the devices of this server, and when each last called",
    "revoke-device": "a device is lost: take nothing from it any more",
    "cover-policy": "how devices of an office lock, and which PIN is enough",
    "demo-office": "fill a demo server with an invented office",
    "serve": "answer devices until SIGTERM or Ctrl-C",
    "support-bundle": "pack logs and versions, nobody's data, for support",
}


class Command(Protocol):
    def declare(self, parser: argparse.ArgumentParser, /) -> None:
        """Add its arguments, besides the server's folder."""

    def run(self, wanted: argparse.Namespace, /) -> None:
        """Do it. Raises SetupProblem, or a Problem that is told to the administrator."""


def command(name: str) -> Command:
    """The module of a command."""
    match name:
        case "init":
            from sync_server.commands import init

            return init
        case "add-user":
            from sync_server.commands import add_user

            return add_user
        case "publish-form":
            from sync_server.commands import publish_form

            return publish_form
        case "sign-off":
            from sync_server.commands import sign_off

            return sign_off
        case "add-programme":
            from sync_server.commands import add_programme

            return add_programme
        case "recovery-key":
            from sync_server.commands import recovery_key

            return recovery_key
        case "unlock-code":
            from sync_server.commands import unlock_code

            return unlock_code
        case "devices":
            from sync_server.commands import devices

            return devices
        case "revoke-device":
            from sync_server.commands import revoke_device

            return revoke_device
        case "cover-policy":
            from sync_server.commands import cover_policy

            return cover_policy
        case "demo-office":
            from sync_server.commands import demo_office

            return demo_office
        case "serve":
            from sync_server.commands import serve

            return serve
        case "support-bundle":
            from sync_server.commands import support_bundle

            return support_bundle
    raise ValueError("no such command")


def parser(name: str | None) -> argparse.ArgumentParser:
    """It knows all commands by name, and the arguments of the one that is called."""
    commands = command_line.parser("sync_server", "Homeward's sync server.")
    verbs = commands.add_subparsers(dest="command", required=True)
    for each, about in ABOUT.items():
        added = verbs.add_parser(each, help=about, description=about)
        if each == name:
            added.add_argument(
                "--dir", type=Path, default=configuration.default_folder(), help="the server's folder"
            )
            command(each).declare(added)
    return commands


def _for_the_administrator(problem: Problem, folder: Path) -> SetupProblem:
    """What the server tells devices too, in words for who runs a command; another one is a fault of ours."""
    place = f"{folder}, or to its database"
    if problem.code == "server.storage.read_only":
        return SetupProblem("server.storage.read_only", place=place)
    if problem.code == "server.write.failed":
        return SetupProblem("server.write.failed", place=place)
    if problem.code == "server.database.damaged":
        return SetupProblem("server.database.damaged", folder=str(folder))
    if problem.code == "server.busy":
        return SetupProblem("server.database.busy")
    raise problem


def main(arguments: Sequence[str] | None = None) -> int:
    command_line.speak_any_language()
    log_lines.install(None)
    words = sys.argv[1:] if arguments is None else arguments
    # No option before a command takes a word of its own.
    wanted = parser(next((word for word in words if not word.startswith("-")), None)).parse_args(words)
    # os.path says no, and raises nothing, where the folder may not be looked into.
    founded = os.path.exists(wanted.dir / configuration.CONFIG_FILE)
    log_lines.install(wanted.dir if founded else None)
    try:
        try:
            command(wanted.command).run(wanted)
        except Problem as problem:
            raise _for_the_administrator(problem, wanted.dir) from problem
    except SetupProblem as problem:
        log.warning("command.refused", extra={"code": problem.code})
        print(text_of(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
