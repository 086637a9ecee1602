"""How the devices of an office are covered and locked."""

from __future__ import annotations

import argparse

from sync_server import cover_policy
from sync_server.commands.opened import opened


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", required=True)
    parser.add_argument("--lock-after", type=int, metavar="S", help="seconds without a touch, at most")
    parser.add_argument(
        "--cover-lasts", type=int, metavar="S", help="seconds that a cover comes off, at most"
    )
    parser.add_argument(
        "--pin", action="store_false", dest="without_pin", default=None, help="a PIN takes it off"
    )
    parser.add_argument("--no-pin", action="store_true", dest="without_pin", default=None, help="no PIN does")
    parser.add_argument("--pin-least", type=int, metavar="N", help="digits of a PIN, at least")


def run(wanted: argparse.Namespace) -> None:
    names = ("lock_after", "cover_lasts", "without_pin", "pin_least")
    changes = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    with opened(wanted.dir) as (_, storage):
        policy = cover_policy.decide(storage, wanted.office, **changes)
    print("\n".join(cover_policy.told(wanted.office, policy)))
