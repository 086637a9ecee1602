"""devices --dir DIR: the devices of this server, whose they are, and when each last called."""

from __future__ import annotations

import argparse

from sync_server import device_commands
from sync_server.commands.opened import opened


def declare(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (_, storage):
        told = device_commands.listed(storage)
    print("\n".join(told))
