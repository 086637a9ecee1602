"""rejoin --server URL --login L: make a restored device known to the server, under its own name."""

from __future__ import annotations

import argparse

from app.commands.secrets import secret
from app.settings import Settings


def declare(parser: argparse.ArgumentParser) -> None:
    declare_server(parser, needed=True)


def declare_server(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    """What a restored device needs to be known by its server."""
    parser.add_argument("--server", required=needed, default="", help="as https://office.example")
    parser.add_argument("--login", required=needed, default="", help="whose device it was")
    parser.add_argument("--label", default="", help="a name for this device, shown to the office")


def run(settings: Settings, wanted: argparse.Namespace) -> int:
    password = secret("HOMEWARD_PASSWORD", "Password of the server: ")
    passphrase = secret("HOMEWARD_PASSPHRASE", "Passphrase of this device: ")
    return make_known(settings, wanted, passphrase, password)


def make_known(settings: Settings, wanted: argparse.Namespace, passphrase: str, password: str) -> int:
    from app import restoring

    told = (wanted.server, wanted.login, password, wanted.label)
    done = restoring.make_known(settings.folder, passphrase, *told)
    print(f"known as {done.login} ({done.role}, office {done.office}), device {done.device}; sync now")
    if done.uncertain:
        print(f"{done.uncertain} answers wait for their author, since the lost device may have sent them")
    return 0
