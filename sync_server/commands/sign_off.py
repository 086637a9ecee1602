"""sign-off --dir DIR [--form F…] (--language L… | --all) --by NAME: answer for a language of forms."""

from __future__ import annotations

import argparse

from sync_server import form_commands
from sync_server.commands.opened import now_ms, opened
from sync_server.sign_off import SignOffs


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--form", nargs="+", metavar="F", help="ids of the library, or files; else all of it")
    parser.add_argument("--language", nargs="+", metavar="L", help="languages that somebody has read, as fr")
    parser.add_argument("--all", action="store_true", help="every language that is a draft")
    parser.add_argument("--by", required=True, metavar="NAME", help="who has read them")
    parser.set_defaults(refuse=parser.error)


def run(wanted: argparse.Namespace) -> None:
    if bool(wanted.language) == wanted.all:
        wanted.refuse("name the languages by --language, or take --all")
    with opened(wanted.dir) as (_, storage):
        register = SignOffs(storage, now_ms)
        told = form_commands.sign_off(register, wanted.form, wanted.language, wanted.by)
    print("\n".join(told))
