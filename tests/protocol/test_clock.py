"""Stamps, and what the server makes of a clock that is off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import (
    MAX_MS,
    Contact,
    HybridClock,
    corrected,
    format_stamp,
    is_stamp,
    lifted,
    milliseconds_of,
    parse_stamp,
)
from sync_server.protocol.problems import Problem

DEVICE = "0a1b2c3d"
HOUR = 3_600_000


def saved(ms: int, boot: str | None = None, uptime: int | None = None) -> ChangeSet:
    stamp = format_stamp(ms, 0, DEVICE)
    return ChangeSet("", "", "", "", "", stamp, "", DEVICE, 1, {}, boot=boot, uptime=uptime)


@given(st.integers(0, MAX_MS), st.integers(0, 0xFFFF), st.integers(0, MAX_MS), st.integers(0, 0xFFFF))
def test_the_text_of_stamps_sorts_as_time_does(ms: int, counter: int, ms2: int, counter2: int) -> None:
    one, other = format_stamp(ms, counter, DEVICE), format_stamp(ms2, counter2, DEVICE)
    assert parse_stamp(one) == (ms, counter, DEVICE)
    assert (one < other) == ((ms, counter) < (ms2, counter2))


@pytest.mark.parametrize("text", ["", "x", "0" * 26, format_stamp(1, 1, DEVICE).upper(), None, 5, "é" * 26])
def test_what_is_no_stamp_is_told(text: object) -> None:
    assert not is_stamp(text)
    with pytest.raises(Problem) as told:
        parse_stamp(text)  # type: ignore[arg-type]
    assert told.value.code == "sync.change.invalid"


@given(st.lists(st.integers(-5, MAX_MS + 5), min_size=1))
def test_a_clock_never_goes_back_whatever_the_wall_clock_does(times: list[int]) -> None:
    moments = iter(times)
    clock = HybridClock(DEVICE, lambda: next(moments))
    stamps = [clock.tick() for _ in times]
    assert stamps == sorted(set(stamps)) or MAX_MS in map(milliseconds_of, stamps)


def test_a_clock_goes_on_after_a_restart_and_after_what_it_has_seen() -> None:
    clock = HybridClock(DEVICE, lambda: 1_000)
    first = clock.tick()
    again = HybridClock(DEVICE, lambda: 500, last=first)
    second = again.tick()
    again.observe(format_stamp(2_000, 7, "ffffffff"))
    assert first < second < again.tick() == format_stamp(2_000, 8, DEVICE)


def test_many_ticks_in_one_millisecond_go_over_into_the_next() -> None:
    clock = HybridClock(DEVICE, lambda: 5, last=format_stamp(5, 0xFFFF, DEVICE))
    assert clock.tick() == format_stamp(6, 0, DEVICE)


def test_the_way_through_the_network_is_no_wrong_clock() -> None:
    assert Contact(now=10_000, received=11_900).offset == 0
    assert Contact(now=10_000, received=12_100).offset == -2_100


def test_a_fast_clock_is_set_right() -> None:
    contact = Contact(now=50 * HOUR, received=2 * HOUR)
    claim = format_stamp(49 * HOUR, 3, DEVICE)
    assert corrected(claim, contact.offset, contact.received) == format_stamp(1 * HOUR, 3, DEVICE)


def test_no_claim_is_later_than_its_arrival() -> None:
    claim = format_stamp(9 * HOUR, 3, DEVICE)
    assert corrected(claim, 0, HOUR) == format_stamp(HOUR, 3, DEVICE)


def test_a_claim_before_all_time_is_the_beginning_of_it() -> None:
    assert milliseconds_of(corrected(format_stamp(5, 0, DEVICE), HOUR, HOUR)) == 0


def test_a_clock_set_since_the_save_is_seen_through_within_one_boot() -> None:
    # Saved at 10 h by a clock two days ahead; since then the clock was set right.
    change_set = saved(ms=58 * HOUR, boot="b1", uptime=4 * HOUR)
    contact = Contact(now=12 * HOUR, received=12 * HOUR, boot="b1", uptime=6 * HOUR)
    offset = contact.offset_at(change_set)
    assert milliseconds_of(corrected(change_set.stamp, offset, contact.received)) == 10 * HOUR


@pytest.mark.parametrize(("boot", "uptime"), [("b2", 9 * HOUR), (None, None), ("b1", 3 * HOUR)])
def test_across_boots_the_offset_of_today_stands(boot: str | None, uptime: int | None) -> None:
    change_set = saved(ms=58 * HOUR, boot="b1", uptime=4 * HOUR)
    assert (
        Contact(now=60 * HOUR, received=12 * HOUR, boot=boot, uptime=uptime).offset_at(change_set)
        == 48 * HOUR
    )


def test_a_child_is_lifted_above_all_its_parents() -> None:
    own = format_stamp(5, 0, DEVICE)
    parents = [format_stamp(9, 0xFFFF, "ffffffff"), format_stamp(7, 0, "eeeeeeee")]
    assert lifted(own, parents) == format_stamp(10, 0, DEVICE)
    assert lifted(own, []) == own
    assert lifted(format_stamp(99, 0, DEVICE), parents) == format_stamp(99, 0, DEVICE)


def test_a_clock_that_was_in_2099_once_comes_back_to_the_servers_time() -> None:
    wall = [4_070_908_800_000]
    clock = HybridClock(DEVICE, lambda: wall[0])
    clock.tick()
    wall[0] = 1_700_000_000_000
    assert milliseconds_of(clock.tick()) == 4_070_908_800_000
    assert clock.step_back(wall[0] + 500, format_stamp(wall[0] + 900, 3, "ffffffff"))
    assert clock.tick() == format_stamp(wall[0] + 900, 4, DEVICE)


def test_a_clock_that_is_still_wrong_or_nearly_right_stays_where_it_is() -> None:
    wall = [4_070_908_800_000]
    clock = HybridClock(DEVICE, lambda: wall[0])
    last = clock.tick()
    assert not clock.step_back(1_700_000_000_000, None)
    wall[0] -= HOUR
    assert not clock.step_back(wall[0], None)
    assert clock.last == last
