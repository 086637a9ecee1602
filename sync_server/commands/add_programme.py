"""add-programme --dir DIR (care | tact | FILE.toml): give all devices the rules of a programme."""

from __future__ import annotations

import argparse
from pathlib import Path

from forms.casework.programme import programmes
from forms.errors import FormProblem
from forms.problem_texts import explain
from sync_server.commands.opened import opened
from sync_server.config import SetupProblem
from sync_server.reference import add_programme


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programme", help="care, tact, or a file of your own (.toml)")


def run(wanted: argparse.Namespace) -> None:
    """By its name one that comes with Homeward, else from a file."""
    given: str = wanted.programme
    if given not in programmes():
        try:
            given = Path(given).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise SetupProblem("server.programme.not_found", names=", ".join(programmes())) from None
    with opened(wanted.dir) as (_, storage):
        try:
            added = add_programme(storage, given)
        except FormProblem as problem:
            told = explain(problem)
            reason = f"{told.cause} {told.remedy}"
            raise SetupProblem(problem.code, file=wanted.programme, reason=reason) from problem
    print(f"Devices get the programme {added} with their next sync.")
