"""Page by page: a record that changes while a tablet fetches loses nothing on its way."""

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

from sync_server.protocol.messages import Cursor
from sync_server.storage.database import Database
from tests.examples import examples


def one_page(tablet: Any, limit: int = 1_000, most: int = 1_000) -> Any:
    response = tablet.send(tablet.request(limit, most))
    tablet.take(response)
    return response


def test_a_new_tablet_gets_all_of_a_record_whose_latest_change_lies_beyond_the_first_page(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"name": "Arta", "phone": "1"})
    for number in range(8):
        anna.save(town.new_id(), {"note": f"{number}" + "y" * 600})
    anna.save(record, {"phone": "2"})
    anna.sync()
    assert one_page(ben).page.more
    ben.sync(limit=1_000)
    assert ben.values(record) == {"name": "Arta", "phone": "2"}


def test_a_known_tablet_gets_every_change_since_it_was_complete(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"name": "Arta", "phone": "1", "risk": "low"})
    anna.sync()
    ben.sync()
    anna.save(record, {"risk": "high"})
    for number in range(8):
        anna.save(town.new_id(), {"note": f"{number}" + "y" * 600})
    anna.save(record, {"phone": "2"})
    anna.sync()
    assert one_page(ben).page.more
    ben.sync(limit=1_000)
    assert ben.values(record) == {"name": "Arta", "phone": "2", "risk": "high"}


def test_a_pull_that_goes_on_next_week_brings_what_left_its_pages_meanwhile(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    records = [town.new_id() for _ in range(8)]
    for record in records:
        anna.save(record, {"name": "x" * 600, "phone": "1"})
    anna.sync()
    assert one_page(ben).page.more
    for record in records:
        anna.save(record, {"phone": "2"})
    anna.sync()
    ben.sync(limit=1_000)
    assert ben.base == anna.base


def test_the_end_of_a_run_makes_complete_and_the_next_pull_brings_only_what_is_new(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    records = [town.new_id() for _ in range(8)]
    for record in records:
        anna.save(record, {"name": "x" * 600, "phone": "1"})
    anna.sync()
    ben.sync(limit=1_000)
    anna.save(records[0], {"phone": "2"})
    anna.sync()
    (delta,) = one_page(ben).page.items
    assert delta.values == {"phone": "2"}


def test_a_cursor_stays_short(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    for _ in range(3):
        anna.save(town.new_id(), {"note": "y" * 600})
    anna.sync()
    within = one_page(ben).page
    assert within.more
    assert Cursor.parse(within.cursor).complete_to == 0
    assert len(within.cursor) < len(Cursor.parse(within.cursor).scope) + 70
    ben.sync()
    assert Cursor.parse(ben.cursor).complete is None


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            ["save", "save", "save", "save", "sync", "one page", "one page", "one page", "lose the answer"]
        ),
        st.integers(0, 5),
        st.sampled_from(["status", "weight", "narrative"]),
        st.sampled_from(["x", "y" * 700, None]),
    ),
    min_size=5,
    max_size=40,
)

TOWNS = count()


@pytest.fixture(scope="module")
def shared_database() -> Iterator[Database]:
    """One for all examples; each has an office of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.embedded(Path(folder) / "server.db", b"k" * 32)
        database.migrate()
        yield database
        database.close()


@pytest.mark.random
@settings(max_examples=examples(150), deadline=None)
@given(STEPS)
def test_tiny_pages_interrupted_and_pushed_between_end_with_what_a_whole_pull_brings(
    new_town: Any, shared_database: Database, steps: list[tuple[int, str, int, str, str | None]]
) -> None:
    """Records change several times while tablets fetch a page now and then and push what they have."""
    number = next(TOWNS)
    town = new_town(shared_database, random.Random(number), f"office-{number}")
    tablets = [town.tablet(f"{login}-{town.new_id()}") for login in ("anna", "ben", "cleo")]
    records = [town.new_id() for _ in range(6)]
    for who, what, which, path, value in steps:
        tablet = tablets[who]
        town.now += 1_000
        if what == "save":
            tablet.save(records[which], {path: value and f"{value}{town.now}"})
        elif what == "sync":
            tablet.sync(limit=1_000, most=1)
        elif what == "one page":
            one_page(tablet, most=2)
        else:
            tablet.send(tablet.request(1_000, 2))
    for tablet in (*tablets, *tablets):
        tablet.sync(limit=1_000)
    newcomer = town.tablet(f"dora-{town.new_id()}")
    newcomer.sync(limit=16_000_000)
    assert [tablet.base for tablet in tablets] == [newcomer.base] * 3
    assert all(tablet.refused == [] and tablet.pending == [] for tablet in tablets)
