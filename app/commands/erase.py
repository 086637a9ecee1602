"""erase: destroy everything on this device, and say before what is lost."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from app.commands.secrets import secret
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="without the question")
    parser.add_argument(
        "--unopened", action="store_true", help="without its passphrase; what is lost cannot be told then"
    )


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    """One question, after what is lost was told; the exit status is 1 where nothing was erased."""
    from app import leaving

    if wanted.unopened:
        print("What is on no server cannot be told while the device is locked. It will be lost.")
        if not _confirmed(wanted):
            return 1
        leaving.erase_unopened(settings).wait()
    else:
        passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
        from app.fieldbook import unlock

        book = unlock(replace(settings, auto_sync=False), passphrase).wait()
        try:
            print("\n".join(leaving.told(book.leaving.look().wait().loss)))
            if not _confirmed(wanted):
                return 1
            book.leaving.erase().wait()
        finally:
            book.close().wait()
    print("Nothing of it is on this device any more.")
    return 0


def _confirmed(wanted: argparse.Namespace) -> bool:
    if wanted.yes:
        return True
    if sys.stdin.isatty():
        print('Type "erase" to destroy everything on this device. There is no way back.')
    if sys.stdin.readline().strip().lower() == "erase":
        return True
    print("Nothing was erased.")
    return False
