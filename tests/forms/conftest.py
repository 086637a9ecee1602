"""Forms as Markdown tables, loaded the way a device loads them, and entries with a fixed clock."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Tirane"))

Load = Callable[[str], FormDefinition]
Begin = Callable[..., FormEntry]


@pytest.fixture(scope="session")
def load() -> Load:
    """Loads a form; a table without settings gets an id and a version."""
    known: dict[str, FormDefinition] = {}

    def load_markdown(table: str) -> FormDefinition:
        if "| settings" not in table:
            table += "\n| settings |\n| | form_id | version |\n| | test | 1 |\n"
        if table not in known:
            known[table] = load_form(xform_from_xlsform(table).xml)
        return known[table]

    return load_markdown


@pytest.fixture(scope="session")
def begin(load: Load) -> Begin:
    """Begins an entry of a table, or of a definition, at noon of 22 November 2026 in Tirana."""

    def begin_entry(
        form: str | FormDefinition, values: Any = None, *, seed: int = 1, **options: Any
    ) -> FormEntry:
        definition = load(form) if isinstance(form, str) else form
        options.setdefault("now", lambda: NOON)
        return FormEntry(definition, values, random=Random(seed), **options)

    return begin_entry
