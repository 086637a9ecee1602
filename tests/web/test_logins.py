"""Guessing passwords is slow, and cannot exhaust the server."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.accounts import Passwords, Throttle
from sync_server.protocol.problems import Problem

QUICK = {"operations": 1, "memory": 8 * 1024}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_password_matches_however_its_letters_were_composed() -> None:
    passwords = Passwords(**QUICK)
    stored = passwords.hash("përralla e gjatë")
    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, "pe\u0308rralla e gjate\u0308")
    assert not passwords.matches(stored, "perralla e gjate")


def test_nobody_has_no_password() -> None:
    assert not Passwords(**QUICK).matches(None, "")


def test_the_stored_hash_meets_the_floor_for_argon2id() -> None:
    _, _, version, parameters, _, _ = Passwords().hash("a long enough one").split("$")
    memory, operations, _ = (int(part.split("=")[1]) for part in parameters.split(","))
    assert version == "v=19"
    assert memory >= 46 * 1024
    assert operations >= 1


def test_one_login_too_many_at_once_is_told_that_the_server_is_busy() -> None:
    passwords = Passwords(at_once=1, patience=0.05, **QUICK)
    inside, leave = threading.Event(), threading.Event()

    def occupy() -> None:
        with passwords._slot():
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=occupy)
    holder.start()
    try:
        assert inside.wait(10)
        with pytest.raises(Problem) as raised:
            passwords.matches(None, "x")
        assert raised.value.code == "server.busy"
        assert raised.value.params["retry_after"]
    finally:
        leave.set()
        holder.join()
    assert not passwords.matches(None, "x")


def test_the_sixth_guess_has_to_wait_and_each_further_one_longer() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(5):
        throttle.attempt("mira")
    waits = []
    for _ in range(12):
        with pytest.raises(Problem) as raised:
            throttle.attempt("mira")
        assert raised.value.code == "auth.throttled"
        waits.append(raised.value.params["retry_after"])
        clock.now += raised.value.params["retry_after"]
        throttle.attempt("mira")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_one_guessed_at_does_not_lock_out_another() -> None:
    throttle = Throttle(Clock())
    for _ in range(5):
        throttle.attempt("mira")
    throttle.attempt("arta")


def test_the_right_password_forgives_what_was_mistyped() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(20):
        clock.now += 30
        for _ in range(4):
            throttle.attempt("mira")
        throttle.succeeded("mira")


def test_many_logins_guessed_at_slow_down_the_whole_server_for_a_while() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for number in range(Throttle.FAILURES_A_MINUTE):
        throttle.attempt(f"login{number}")
    with pytest.raises(Problem) as raised:
        throttle.attempt("mira")
    assert raised.value.params["retry_after"] == 60
    clock.now += 60
    throttle.attempt("mira")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 20)), max_size=60))
def test_no_login_gets_more_than_five_guesses_without_a_pause(moves: list[tuple[int, float]]) -> None:
    clock = Clock()
    throttle = Throttle(clock)
    made: dict[str, list[float]] = {}
    for number, pause in moves:
        clock.now += pause
        login = f"login{number}"
        try:
            throttle.attempt(login)
        except Problem:
            continue
        made.setdefault(login, []).append(clock.now)
    for times in made.values():
        for earlier, later in pairwise(times[4:]):
            assert later - earlier >= 1
