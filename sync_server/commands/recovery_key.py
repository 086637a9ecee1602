"""recovery-key --dir DIR --out FILE [--replace]: make the key by which the office opens its devices."""

from __future__ import annotations

import argparse
from pathlib import Path

from sync_server import key_commands
from sync_server.commands.opened import opened


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="a file that is not there yet"
    )
    parser.add_argument("--replace", action="store_true", help="make another one than devices know")


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = key_commands.recovery_key(storage, wanted.out, wanted.replace)
    print("\n".join(told))
