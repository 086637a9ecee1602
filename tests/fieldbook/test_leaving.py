"""A tablet that travels does nothing by itself; and how what is lost is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app import leaving
from app.fieldbook import Fieldbook, World, unlock
from app.problems import Problem
from app.settings import Settings, load
from app.store import Store, departures, travel
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock


def away(folder: Path) -> None:
    """As after a departure: the device's server is nowhere near."""
    store = Store.open(folder, PASSPHRASE, floor=CHEAP)
    departures.begin_travel(store, PASSPHRASE, cost=CHEAP, floor=CHEAP)


def test_a_tablet_that_travels_syncs_by_itself_only_when_it_is_back(folder: Path, clock: Clock) -> None:
    away(folder)
    book = unlock(Settings(folder), PASSPHRASE, world=World(now_ms=clock, floor=CHEAP)).wait(30)
    try:
        assert book.leaving.away
        assert book.sync_view().wait(30).next_try is None
        assert book.leaving.look().wait(30).since == book._store.read(travel.since)
        with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
            book.leaving.end_travel("not the words of this device").wait(30)
        assert book.leaving.away
    finally:
        book.close().wait(30)


def test_to_end_a_journey_that_has_not_begun_harms_nothing(folder: Path, clock: Clock) -> None:
    book = unlock(Settings(folder), PASSPHRASE, world=World(now_ms=clock, floor=CHEAP)).wait(30)
    try:
        book.leaving.end_travel(PASSPHRASE).wait(30)
        assert not book.leaving.away
    finally:
        book.close().wait(30)


def test_forms_stay_for_what_is_written_on_the_way(folder: Path, open_book: Callable[[], Fieldbook]) -> None:
    book = open_book()
    before = {each.form for each in book.forms().wait(30)}
    book.close().wait(30)
    away(folder)
    book = open_book()
    assert {each.form for each in book.forms().wait(30)} == before
    case = book.new_case("al", "sq").wait(30)
    assert [row.id for row in book.cases().wait(30)] == [case]


def test_answers_that_a_full_disk_did_not_take_keep_a_tablet_at_home(book: Fieldbook) -> None:
    book._owed["record"] = {"story": "not on the disk"}
    with pytest.raises(Problem, match=r"travel\.work\.unsent"):
        book.leaving.begin_travel(PASSPHRASE).wait(60)
    assert not book.leaving.gone


def test_a_loss_is_told_in_a_line_a_record_and_one_of_numbers(book: Fieldbook) -> None:
    assert leaving.told(book.leaving.look().wait(30).loss) == ["on no server: nothing"]
    case = book.new_case("al", "sq").wait(30)
    (row,) = book.cases().wait(30)
    assert row.id == case
    assert leaving.told(book.leaving.look().wait(30).loss) == [
        f"{row.code}  case_file             waiting",
        "on no server: 1 finished and not sent",
    ]


def test_erasing_a_locked_device_is_for_the_office_to_allow(tmp_path: Path) -> None:
    assert not load(tmp_path, {}).erase_when_locked
    (tmp_path / "settings.toml").write_text("erase_when_locked = true\n")
    assert load(tmp_path, {}).erase_when_locked
