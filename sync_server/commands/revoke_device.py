"""revoke-device --dir DIR --device D: a device is lost; the server takes nothing from it any more."""

from __future__ import annotations

import argparse

from sync_server import device_commands
from sync_server.commands.opened import now_ms, opened


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", required=True, metavar="D", help="its number, as `devices` lists it")


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = device_commands.revoke(storage, wanted.device, now_ms())
    print("\n".join(told))
