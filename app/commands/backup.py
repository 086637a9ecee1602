"""backup --to FOLDER: back this device up to a stick, for the office's recovery key."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.secrets import secret
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a folder on the stick")


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    from app.store import Store, backup
    from app.store.store import system_now_ms
    from app.unlocking import attempts_at

    store = Store.open(settings.folder, passphrase, attempts=attempts_at(settings.folder))
    try:
        made = backup.back_up(store, wanted.to, now_ms=system_now_ms())
        backup.note(store, made)
    finally:
        store.close()
    print(f"{made.path.name}: {made.bytes} bytes, read back and whole. Keep it apart from the device.")
    return 0
