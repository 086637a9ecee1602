"""unlock-code --dir DIR --device D: a code for a device that waits after wrong passphrases."""

from __future__ import annotations

import argparse

from sync_server import key_commands
from sync_server.commands.opened import opened


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", required=True, metavar="D", help="its number; its unlock screen tells it")


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = key_commands.unlock_code(storage, wanted.device)
    print("\n".join(told))
