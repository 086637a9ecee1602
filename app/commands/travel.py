"""travel [--end]: take every case off this device before a border; bring them back."""

from __future__ import annotations

import argparse
from dataclasses import replace

from app.commands.secrets import secret
from app.problems import Problem
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--end", action="store_true", help="the journey is over: sync, and have them again")


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    """What is on no server is listed, a line a record; then nothing is done."""
    passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app import leaving
    from app.fieldbook import unlock

    book = unlock(replace(settings, auto_sync=False), passphrase).wait()
    try:
        if wanted.end:
            book.leaving.end_travel(passphrase).wait()
            outcome = book.sync_now().wait()
            if outcome.problem is not None:
                raise outcome.problem
            print(f"The cases are here again: received {outcome.received}.")
            return 0
        try:
            book.leaving.begin_travel(passphrase).wait()
        except Problem as problem:
            if problem.code == "travel.work.unsent":
                print("\n".join(leaving.told(book.leaving.look().wait().loss)))
            raise
    finally:
        book.close().wait()
    print("No case is on this device any more. After the journey: travel --end")
    return 0
