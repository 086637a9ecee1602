"""A short `make torture ONLY=store`: every row at a small scale, and every seeded bug found."""

from __future__ import annotations

import pytest

from tests.store.torture import shim
from tests.store.torture.rows import ROWS, Found
from tests.store.torture.run import load_rows, table, tortured
from tests.store.torture.seeded import FOUND_BY, SEEDS

load_rows()

#: How much of each row fits into a few seconds; a row of somebody else's gets the smallest.
SCALES = {
    "kill": 0.01,
    "power": 0.006,
    "migration": 0.2,
    "repair": 0.05,
    "flip": 0.005,
    "anchor": 0.2,
    "page": 0.3,
    "journal": 0.01,
    "replay": 0.3,
    "planted": 1,
    "rename": 1,
    "open": 1,
    "fsync": 0.5,
    "erase": 1,
    "passphrase": 1,
    "travel": 0.25,
    "leaving": 0.25,
    "canaries": 0.045,
    "mended": 0.08,
    "stick": 1,
}
_SMALLEST = 0.08


@pytest.mark.parametrize("name", list(ROWS))
def test_nothing_is_lost_torn_or_falsely_told(name: str) -> None:
    found = tried(name)
    assert found.trials > 0
    assert not found.failures, table({name: found}, {name: 0})


@pytest.mark.parametrize(("bug", "name"), [(bug, name) for bug, names in FOUND_BY.items() for name in names])
def test_a_seeded_bug_is_found(bug: str, name: str) -> None:
    assert tried(name, bug).failures, f"{name} does not find {bug}"


def test_every_seeded_bug_has_rows_that_must_find_it() -> None:
    assert set(FOUND_BY) == set(SEEDS)
    assert all(FOUND_BY.values())


def tried(name: str, bug: str = "") -> Found:
    if ROWS[name].shim and (without := shim.missing()):
        pytest.skip(without)
    found, _ = tortured([name], SCALES.get(name, _SMALLEST), seed=20_261_128, seed_bug=bug, processes=1)
    return found[name]
