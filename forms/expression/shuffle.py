"""The shuffle of randomize(), the same in every client for the same seed.

Sources: ODK XForms specification, `randomize` (inside-out Fisher-Yates, Park-Miller generator); the seeds
that are no whole numbers as JavaRosa and Web Forms take them, so that one record shows one order everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar

_MODULUS = 2_147_483_647
_MULTIPLIER = 16_807
_LONG = 2**63

T = TypeVar("T")


class ParkMiller:
    """The minimal standard generator: each number follows from the one before it."""

    def __init__(self, seed: int) -> None:
        self.state = int(math.fmod(seed, _MODULUS)) if abs(seed) < 2**53 else _remainder(seed)
        if self.state <= 0:
            self.state += _MODULUS - 1

    def random(self) -> float:
        """From 0 up to, but not including, 1."""
        self.state = self.state * _MULTIPLIER % _MODULUS
        return (self.state - 1) / (_MODULUS - 1)


def _remainder(seed: int) -> int:
    """With the sign of the seed, as in C and Java."""
    rest = abs(seed) % _MODULUS
    return rest if seed >= 0 else -rest


def seed_of(number: float, text: str) -> int:
    """A number without its fraction and within 64 bits; no answer is 0; any other text by its hash."""
    if number != number:
        if not text or text == "NaN":
            return 0
        return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)
    if math.isinf(number):
        return _LONG - 1 if number > 0 else -_LONG
    return max(-_LONG, min(_LONG - 1, math.trunc(number)))


def shuffled(values: Sequence[T], random: Callable[[], float]) -> list[T]:
    """The values in another order, by the inside-out shuffle; what is given stays as it is."""
    result: list[T] = []
    for place, value in enumerate(values):
        other = math.floor(random() * (place + 1))
        result.append(value)
        if other != place:
            result[place] = result[other]
            result[other] = value
    return result
