"""The office's word on cover, lock and PIN is a bound: a device may be stricter, and never less strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cover_policy import rules
from app.lock import Cover, Idle, QuickPin
from app.settings import Settings
from sync_server.protocol.messages import CoverPolicy

OFFICE = CoverPolicy(lock_after=300, cover_lasts=120, pin_least=5)


def device(**chosen: float) -> Settings:
    return Settings(Path("device"), **chosen)


def test_without_a_word_of_the_office_the_settings_of_the_device_hold() -> None:
    found = rules(device(lock_after=900, cover_lasts=60))
    assert (found.lock_after, found.cover_lasts, found.pin, found.pin_least) == (900, 60, True, 4)
    assert not found.of_office


def test_a_device_is_never_less_strict_than_its_office() -> None:
    found = rules(device(lock_after=9_000, cover_lasts=9_000, pin_least=4), OFFICE)
    assert (found.lock_after, found.cover_lasts, found.pin_least) == (300, 120, 5)
    assert found.of_office
    assert not rules(device(pin=True), CoverPolicy(without_pin=True)).pin


def test_a_device_may_be_stricter_than_its_office() -> None:
    found = rules(device(lock_after=60, cover_lasts=30, pin_least=6, pin=False), OFFICE)
    assert (found.lock_after, found.cover_lasts, found.pin, found.pin_least) == (60, 30, False, 6)


@pytest.mark.parametrize("digits", [7, 99])
def test_an_office_that_asks_for_more_digits_than_there_can_be_gets_the_most(digits: int) -> None:
    assert rules(device(), CoverPolicy(pin_least=digits)).pin_least == 6


def test_a_server_that_asks_for_a_second_leaves_the_device_usable() -> None:
    found = rules(device(), CoverPolicy(lock_after=1, cover_lasts=1))
    assert (found.lock_after, found.cover_lasts) == (30, 30)


def test_a_pin_that_is_too_short_now_is_forgotten_and_a_long_one_stays() -> None:
    pin = QuickPin()
    pin.choose("2580")
    assert not pin.limit(allowed=True, least=4)
    assert pin.is_set
    assert pin.limit(allowed=True, least=5)
    assert not pin.is_set
    assert pin.choose("2580") == "digits"
    assert pin.choose("25803") is None
    assert pin.limit(allowed=False, least=4)
    assert pin.choose("25803") == "digits", "there may be none at all"
    assert not pin.is_set


def test_a_new_bound_holds_for_the_cover_that_is_on_and_the_time_that_went_by() -> None:
    seconds = [0.0]
    cover, idle = Cover(300, lambda: seconds[0]), Idle(600, now=lambda: seconds[0])
    cover.put_on()
    seconds[0] = 150
    assert (cover.expired, idle.state) == (False, "awake")
    cover.limit(120)
    idle.limit(140)
    assert (cover.expired, idle.state) == (True, "over")
