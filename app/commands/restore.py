"""restore --from FILE --key FILE: make a device of a backup, in a folder without one."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from app.commands.rejoin import declare_server, make_known
from app.commands.secrets import new_passphrase, secret, tell_passphrase
from app.settings import Settings
from sync_server.protocol import command_line


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="backup", type=Path, required=True, metavar="FILE", help="a file of `backup`"
    )
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="as the server's recovery-key made it"
    )
    declare_server(parser, needed=False)
    parser.set_defaults(parser=parser)


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    """With a login the device is made known at once; without one it opens, and does not sync yet."""
    from app import recovering, restoring

    restoring.refuse_used(settings.folder)
    if bool(wanted.server) != bool(wanted.login):
        wanted.parser.error("--server and --login belong together")
    key = recovering.read_key(
        wanted.key, lambda: secret("HOMEWARD_RECOVERY_PASSPHRASE", "Passphrase of the recovery key: ")
    )
    password = secret("HOMEWARD_PASSWORD", "Password of the server: ") if wanted.login else ""
    passphrase, made = new_passphrase(settings)
    done = restoring.restore(settings.folder, wanted.backup, key, passphrase)
    when = datetime.fromtimestamp(done.made_ms / 1000, UTC)
    print(f"restored: device {done.device} of {done.login}, as of {when:%Y-%m-%d %H:%M} UTC by its clock")
    print(f"{done.unsent} saves and {done.drafts} drafts were not on a server then")
    tell_passphrase(passphrase, made)
    if wanted.login:
        return make_known(settings, wanted, passphrase, password)
    print(f"It does not sync before the server knows it: {command_line.program('app')} rejoin --help")
    return 0
