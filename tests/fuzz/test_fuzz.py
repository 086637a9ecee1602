"""A short run of the fuzzer, the inputs that once failed, and those that were made to hurt.

`make fuzz ONLY=forms` tries 100,000 cases more.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import hostile
from tests.fuzz.cases import Case, attempt, case_of
from tests.fuzz.guarded import Result, guarded, run
from tests.fuzz.run import try_seed

KEPT = sorted((Path(__file__).parent / "kept").glob("*.*"))
_SLOW = 6.0
"""Seconds of patience here: a test run shares its machine with others. The fuzzer's own limit is lower."""


@pytest.mark.parametrize("start", range(0, 300, 60))
def test_mutated_inputs_are_used_or_refused_in_words(start: int) -> None:
    for seed in range(start, start + 60):
        attempt(case_of(seed))


@pytest.mark.parametrize("kept", KEPT, ids=[path.stem for path in KEPT])
def test_what_once_failed_does_not_fail_again(kept: Path) -> None:
    kind = kept.stem.partition("-")[0]
    attempt(Case(kind, 0, kept.read_text("utf-8", errors="surrogatepass")))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", hostile.CASES)
def test_what_was_made_to_hurt_is_used_or_refused_in_words(name: str) -> None:
    result = guarded(lambda seed: hostile.attempt(name), 0, _SLOW)
    assert not result.failure


def test_the_same_number_is_the_same_case() -> None:
    assert [case_of(seed) for seed in range(40)] == [case_of(seed) for seed in range(40)]


# What the limits are worth


def _hoard(seed: int) -> str:
    return str(len(bytearray(300_000_000)))


def _spin(seed: int) -> str:
    while True:
        pass


def _crash(seed: int) -> str:
    return str(1 // seed)


def _die(seed: int) -> str:
    import os

    if seed == 1:
        os._exit(3)
    return "lived"


def test_a_case_that_takes_too_much_memory_fails() -> None:
    assert guarded(_hoard, 0).failure.endswith("MB")


def test_a_case_that_does_not_end_fails() -> None:
    assert guarded(_spin, 0, 0.2).failure == "more than 0.2 s"


def test_a_case_that_raises_fails_with_its_place() -> None:
    assert "ZeroDivisionError" in guarded(_crash, 0).failure


def test_a_case_that_ends_its_process_fails_and_those_after_it_are_tried() -> None:
    results = {result.seed: result for result in run(_die, [0, 1, 2], 1)}
    assert results[1] == Result(1, "", 0.0, 0.0, "the process ended")
    assert [results[0].outcome, results[2].outcome] == ["lived", "lived"]


def test_hostile_inputs_have_numbers_below_zero() -> None:
    assert try_seed(-1) == f"hostile: {hostile.attempt(next(iter(hostile.CASES)))}"
