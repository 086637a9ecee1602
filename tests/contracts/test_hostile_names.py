"""Names that a stranger may ask for, and that one database keeps and the other does not."""

from __future__ import annotations

import pytest

from sync_server.form_catalogue import FormCatalogue
from sync_server.protocol.problems import Problem
from sync_server.storage.database import Database

NAMES = ("\0", "visit\0", "\ud800", "", "'; DROP TABLE forms; --", "x" * 5_000, "\U0010ffff")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_name_of_a_form_brings_a_database_down(storage: Database, name: str) -> None:
    catalogue = FormCatalogue(storage, lambda: 1)
    for id, version in ((name, "1"), ("visit", name)):
        with pytest.raises(Problem, match=r"form\.not_found"):
            catalogue.xml(id, version)
        assert catalogue.rules(id, version) is None
