"""init --dir DIR [--name NAME] [--demo] [--unattended] [--database URL]: make a new server."""

from __future__ import annotations

import argparse
import os

from sync_server import config as configuration
from sync_server.accounts import found_server
from sync_server.commands.opened import open_storage
from sync_server.config import ServerConfig
from sync_server.demo_office import people


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="what devices call the server")
    parser.add_argument("--demo", action="store_true", help="for invented people only, for ever")
    parser.add_argument("--unattended", action="store_true", help="keep the master key beside the database")
    parser.add_argument("--database", metavar="URL", help="PostgreSQL instead of an encrypted file")


def run(wanted: argparse.Namespace) -> None:
    config = configuration.new_folder(wanted.dir)
    if wanted.database:
        config = ServerConfig(folder=wanted.dir, database=configuration.safe_to_write(wanted.database))
    unattended = wanted.unattended or wanted.demo
    given = os.environ.get("HOMEWARD_MASTER_KEY")
    key = configuration.key_from_text(given) if given else configuration.new_master_key()
    try:
        if unattended:
            configuration.write_key_file(config, key)
        storage = open_storage(config, key)
        try:
            found_server(storage, wanted.name or (people.OFFICE if wanted.demo else "Homeward"), wanted.demo)
            storage.checkpoint()
        finally:
            storage.close()
        configuration.write_config(config)
    except BaseException:
        configuration.forget_new_folder(config)
        raise
    kind = "demo server (for invented people only)" if wanted.demo else "server"
    print(f"A new {kind} in {wanted.dir}.")
    if unattended:
        print(f"It starts unattended: its master key lies in {config.key_file}.")
    elif not given:
        print("Its master key, shown this once. Write it down; without it the data cannot be opened:")
        print(f"\n    {configuration.key_as_text(key)}\n")
