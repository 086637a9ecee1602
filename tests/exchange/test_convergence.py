"""Random days of three workers: whatever is lost or repeated on the way, all end with the same."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.storage.database import Database
from tests.examples import examples

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            ["save", "save", "save", "sync", "lose the reply", "send late", "wait", "small sync"]
        ),
        st.integers(0, 1),
        st.sampled_from(["status", "weight", "narrative"]),
        st.sampled_from(["x", "y", None]),
    ),
    max_size=30,
)
OFFSETS = st.tuples(*[st.sampled_from([0, 0, 500, -48 * 3_600_000, 48 * 3_600_000])] * 3)


@pytest.fixture(scope="module")
def shared_database() -> Iterator[Database]:
    """One for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.embedded(Path(folder) / "server.db", b"k" * 32)
        database.migrate()
        yield database
        database.close()


#: Each example has an office, ids and tablets of its own in the one database.
TOWNS = count()


@pytest.mark.random
@settings(max_examples=examples(150), deadline=None)
@given(STEPS, OFFSETS)
def test_all_replicas_end_equal_and_every_losing_value_is_logged(
    new_town: Any,
    shared_database: Database,
    steps: list[tuple[int, str, int, str, str | None]],
    offsets: tuple[int, int, int],
) -> None:
    number = next(TOWNS)
    town = new_town(shared_database, random.Random(number), f"office-{number}")
    tablets = [
        town.tablet(f"{login}-{town.new_id()}", offset)
        for login, offset in zip(["anna", "ben", "cleo"], offsets, strict=True)
    ]
    records = [town.new_id(), town.new_id()]
    saved = []
    for who, what, which, path, value in steps:
        tablet = tablets[who]
        town.now += 1_000
        if what == "save":
            saved.append(tablet.save(records[which], {path: value and f"{value}{town.now}"}))
        elif what == "sync":
            tablet.sync()
        elif what == "small sync":
            tablet.sync(limit=1_000, most=1)
        elif what == "lose the reply":
            tablet.send(tablet.request())
        elif what == "send late":
            late = tablet.request()
            tablet.sync()
            tablet.send(late)
        else:
            town.now += 3_600_000
    for _ in range(2):
        for tablet in tablets:
            tablet.sync()
    for record in records:
        first, *others = (tablet.state(record) for tablet in tablets)
        assert all(other == first for other in others)
    assert all(tablet.refused == [] and tablet.pending == [] for tablet in tablets)
    _every_loss_is_logged(town, tablets, saved)


def _every_loss_is_logged(town: Any, tablets: list[Any], saved: list[Any]) -> None:
    log = [logged.notice for logged in town.log()]
    told = {id: notice for tablet in tablets for id, notice in tablet.notices.items()}
    assert told == {notice.id: notice for notice in log}
    logged = {(notice.record, notice.path, notice.lost_stamp) for notice in log}
    changes = {change.stamp: (saving, change) for saving in saved for change in saving.changes()}
    replaced = {parent for _, change in changes.values() for parent in change.parents}
    for stamp, (saving, change) in changes.items():
        field = tablets[0].state(saving.record)[change.path]
        if stamp in replaced:
            continue
        assert stamp in field.heads
        shown = field.value == change.value or (change.value and change.value in str(field.value))
        ours = {head.device for head in field.in_full if head.value == field.value or head.value}
        assert shown or (saving.record, change.path, stamp) in logged or ours == {change.device}


def test_unsent_work_over_a_pull_looks_as_the_server_will_see_it(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    records = [town.new_id() for _ in range(5)]
    for number, record in enumerate(records):
        anna.save(record, {"status": "open", "narrative": "A"})
        anna.sync()
        ben.sync()
        town.now += 1_000
        mine, theirs = (anna, ben) if number % 2 else (ben, anna)
        mine.save(record, {"status": "mine", "narrative": "M", "weight": 1})
        town.now += 1_000
        theirs.save(record, {"status": "theirs", "narrative": "T"})
        theirs.sync()
        unsent, mine.pending = mine.pending, []
        mine.sync()
        mine.pending = unsent
        before = mine.state(record)
        mine.sync()
        theirs.sync()
        assert mine.state(record) == before == theirs.state(record)
