"""Passphrases made of words of the user's language, and what one of her own must be.

Each list has 1,296 words (6 to the power of 4), so each word that is drawn is worth log2(1296) = 10.34
bits, and five of them 51.7. They are drawn by the system's source of randomness, one like the other, and
may repeat: to leave out a draw that looks odd would make the others likelier.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Final

from app.problems import Problem
from sync_server.protocol.passphrase import LEAST_LETTERS, LEAST_WORDS, fault, normal

LANGUAGES: Final = ("en", "fr", "sq", "ar", "uk")
WORDS: Final = 5
LIST_LENGTH: Final = 1296

Choose = Callable[[Sequence[str]], str]


@cache
def words(language: str) -> tuple[str, ...]:
    """The words of a language; English ones for a language that has none."""
    code = language if language in LANGUAGES else LANGUAGES[0]
    text = resources.files("app.words").joinpath(f"{code}.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def generate(language: str, count: int = WORDS, choose: Choose = secrets.choice) -> str:
    """A new passphrase of words with a space between."""
    listed = words(language)
    return " ".join(choose(listed) for _ in range(count))


def bits(language: str, count: int = WORDS) -> float:
    """How many bits of chance are in what `generate` gives."""
    return count * math.log2(len(words(language)))


def refuse_weak(typed: str) -> None:
    """Refuse a passphrase of one's own. Problems store.passphrase.empty, .short, .trivial."""
    found = fault(typed)
    if found == "empty":
        raise Problem("store.passphrase.empty")
    if found is not None:
        raise Problem(f"store.passphrase.{found}", {"words": LEAST_WORDS, "letters": LEAST_LETTERS})


def same(one: str, other: str) -> bool:
    """Whether two typed passphrases open the same: letters' case, spaces and Arabic marks do not count."""
    return normal(one) == normal(other)
