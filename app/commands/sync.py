"""sync: one sync without a window, for scripts."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.commands.secrets import secret
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    """It has no arguments of its own."""


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    # Asked before anything is loaded: the question comes at once, and to give up at it cuts no import off.
    passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.fieldbook import unlock

    book = unlock(replace(settings, auto_sync=False), passphrase).wait()
    try:
        outcome = book.sync_now().wait()
    finally:
        book.close().wait()
    if outcome.problem is not None:
        raise outcome.problem
    print(
        f"sent {outcome.sent}, received {outcome.received}, refused {outcome.refused}, "
        f"conflicts {outcome.conflicts}, files sent {outcome.attachments_sent}, "
        f"files received {outcome.attachments_received}"
    )
    return 0
