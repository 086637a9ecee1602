"""publish-form --dir DIR (FILE… | --library): publish forms, all of them or none."""

from __future__ import annotations

import argparse
from pathlib import Path

from sync_server import form_commands
from sync_server.commands.opened import accounts_of, now_ms, opened
from sync_server.form_catalogue import FormCatalogue
from sync_server.sign_off import SignOffs


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--library", action="store_true", help="the forms that come with Homeward")
    parser.set_defaults(refuse=parser.error)


def run(wanted: argparse.Namespace) -> None:
    if not (wanted.files or wanted.library):
        wanted.refuse("name at least one FILE, or --library")
    with opened(wanted.dir) as (config, storage):
        register = None if accounts_of(config, storage).demo else SignOffs(storage, now_ms)
        checked = form_commands.checked(wanted.files, with_library=wanted.library)
        told = form_commands.publish(checked, FormCatalogue(storage, now_ms), register, wanted.dir)
    print("\n".join(told))
