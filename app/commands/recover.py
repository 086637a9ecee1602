"""recover --key FILE: open a device by the office's recovery key, and give it a new passphrase."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands.secrets import new_passphrase, secret, tell_passphrase
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="as the server's recovery-key made it"
    )


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    from app import recovering

    key = recovering.read_key(
        wanted.key, lambda: secret("HOMEWARD_RECOVERY_PASSPHRASE", "Passphrase of the recovery key: ")
    )
    passphrase, made = new_passphrase(settings)
    recovering.recover(settings.folder, key, passphrase)
    print("This device has a new passphrase. The one before opens nothing any more.")
    tell_passphrase(passphrase, made)
    return 0
