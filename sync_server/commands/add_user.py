"""add-user --dir DIR --login L --role R --office O [--name N] [--country XX] [--zone Z]: add a worker."""

from __future__ import annotations

import argparse
import os

from sync_server.accounts import ROLES
from sync_server.commands.opened import accounts_of, opened
from sync_server.config import SetupProblem, ask_secret
from sync_server.office_zones import zone_beside


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--login", required=True)
    parser.add_argument("--name", help="what colleagues see; the login if left out")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--office", required=True)
    parser.add_argument("--country", help="two letters; makes the office if it is new")
    parser.add_argument("--zone", help="her time zone, as Europe/Tirane; else that of the office's others")


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (config, storage):
        accounts = accounts_of(config, storage)
        password = os.environ.get("HOMEWARD_PASSWORD") or _typed_password(wanted.login)
        if wanted.country:
            accounts.add_office(wanted.office, wanted.country)
        theirs = zone_beside(storage.users(), wanted.office)
        zone = (theirs or "UTC") if wanted.zone is None else wanted.zone
        accounts.add_user(
            wanted.login, wanted.name or wanted.login, wanted.role, wanted.office, zone, password
        )
    print(f"Added {wanted.login} ({wanted.role}, {wanted.office}), time zone {zone}.")
    if theirs not in (None, zone):
        print(f"Warning: the others there have {theirs}. The office's day ends when it ends for most.")
    elif wanted.zone is None:
        print("That is the zone of the others there." if theirs else "For another time zone give --zone.")


def _typed_password(login: str) -> str:
    try:
        return ask_secret(f"Password for {login}: ")
    except EOFError:
        raise SetupProblem("account.password.missing") from None
