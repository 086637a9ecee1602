"""demo-office --dir DIR: fill a demo server with an invented office.

A real server never loads the invented office, nor the form engine that fills its forms.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from zoneinfo import ZoneInfo

from forms import library
from forms.xform.load import load_form
from sync_server.commands.opened import accounts_of, now_ms, opened
from sync_server.config import SetupProblem
from sync_server.demo_office import people
from sync_server.demo_office.office import make_demo_office
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue


def declare(parser: argparse.ArgumentParser) -> None:
    """Nothing but the folder."""


def run(wanted: argparse.Namespace) -> None:
    with opened(wanted.dir) as (config, storage):
        definitions = {}
        for listing in FormCatalogue(storage, now_ms).current():
            definitions[listing.id] = load_form(storage.form(listing.id, listing.version) or "")
        for form_id, _ in library.forms():
            if form_id not in definitions:
                raise SetupProblem("demo.forms.missing", form=form_id, folder=str(config.folder))
        make_demo_office(
            accounts_of(config, storage),
            storage,
            lambda clock: Exchange(storage, FormCatalogue(storage, clock), clock, demo=True),
            definitions,
            datetime.now(ZoneInfo(people.OFFICE_ZONE)).date(),
            tell=print,
        )
    print(f"Everybody's password is {people.PASSWORD}")
