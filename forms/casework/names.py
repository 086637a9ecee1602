"""How alike two names are: several spellings and scripts, patronymics, one name only, any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from forms.casework.transliteration import VOWELS, latin, sounds, without_vowels

#: `full`: every name of the one who has fewer (two at least) is found with the other · `one`: the same, of
#: one name only · `part`: some are found, and others differ · `differs`: none is · `unknown`: no name.
Alike = Literal["full", "one", "part", "differs", "unknown"]

RANK: Final[tuple[Alike, ...]] = ("full", "one", "part", "differs", "unknown")

#: From here on two spellings are taken for one name.
SAME: Final = 0.8

# What is no name by itself, in Latin letters.
_PARTICLES: Final = frozenset(
    (
        "al",
        "el",
        "ar",
        "as",
        "at",
        "ad",
        "an",
        "az",
        "ben",
        "bin",
        "bn",
        "bint",
        "bent",
        "bnt",
        "ibn",
        "abn",
        "ould",
        "wld",
        "ait",
        "ayt",
        "u",
        "ou",
        "de",
        "la",
        "le",
        "van",
        "von",
        "i",
    )
)
# 'Servant of', which some write to the name that follows and some do not.
_SERVANT: Final = frozenset(("abd", "bd", "abdel", "abdul"))
_BETWEEN: Final = re.compile(r"[\s\-‐-―'’ʼ`.·/]+")
_OTHERS: Final = re.compile(r"[,;،؛\n()]+")
# Sounds that spellings and languages exchange.
_NEAR: Final = (
    "gh", "hX", "kX", "gk", "sz", "sS", "SC", "ZJ", "Zz", "JC", "gJ", "dt", "bp", "fv", "vw", "td", "dz",
    "Ck", "kh", "Js", "ks", "Cs", "JX",
)  # fmt: skip
_NEARNESS: Final = frozenset(pair for near in _NEAR for pair in (near, near[::-1]))


@dataclass(frozen=True, slots=True)
class Spelling:
    """One name as its sounds; `open` when its script leaves out vowels."""

    sounds: str
    open: bool = False


def spellings(name: str) -> tuple[Spelling, ...]:
    """The parts of a person's name. Articles and 'son of' are left out, unless there is nothing else."""
    parts = [part for part in _BETWEEN.split(name) if sounds(part)]
    return _spelled([part for part in parts if latin(part) not in _PARTICLES] or parts)


def _joined(name: str) -> tuple[Spelling, ...]:
    """The same, with articles and 'son of' written to the name that follows: Ben Ali as Benali."""
    names: list[str] = []
    before = ""
    for part in _BETWEEN.split(name):
        if latin(part) in _PARTICLES | _SERVANT:
            before += part
        elif sounds(part):
            names.append(before + part)
            before = ""
    return _spelled([*names, before] if before else names)


def _spelled(parts: Sequence[str]) -> tuple[Spelling, ...]:
    return tuple(Spelling(sounds(_without_article(part)), without_vowels(part)) for part in parts)


def alternatives(*names: str) -> tuple[str, ...]:
    """The names of a list of other names, each by itself."""
    return tuple(part.strip() for name in names for part in _OTHERS.split(name) if part.strip())


def alike(one: str, other: str) -> Alike:
    """How alike two persons' names are, in any order. What one of them has in addition (a patronymic, a
    second family name) says nothing against it.
    """
    return min((_alike(a, b) for a in _read(one) for b in _read(other)), key=RANK.index)


@lru_cache(maxsize=20_000)
def _read(name: str) -> frozenset[tuple[Spelling, ...]]:
    """The ways to read a name. A name that is being typed is compared with the same ones at every letter."""
    return frozenset((spellings(name), _joined(name)))


def _alike(here: Sequence[Spelling], there: Sequence[Spelling]) -> Alike:
    if not here or not there:
        return "unknown"
    found = _pairs(here, there)
    if not found:
        return "differs"
    if found == min(len(here), len(there)):
        return "full" if found > 1 else "one"
    return "part"


def _pairs(here: Sequence[Spelling], there: Sequence[Spelling]) -> int:
    """How many names are found with the other, the most alike first."""
    scored = sorted(
        ((similarity(a, b), i, k) for i, a in enumerate(here) for k, b in enumerate(there)), reverse=True
    )
    used_here: set[int] = set()
    used_there: set[int] = set()
    for score, i, k in scored:
        if score >= SAME and i not in used_here and k not in used_there:
            used_here.add(i)
            used_there.add(k)
    return len(used_here)


@lru_cache(maxsize=100_000)
def similarity(one: Spelling, other: Spelling) -> float:
    """From 0 to 1: the least that must be changed, consonants weighing more than vowels."""
    vowel = 0.1 if one.open or other.open else 0.3
    a, b = one.sounds, other.sounds
    if not a or not b:
        return 0.0
    row = [0.0]
    for sound in b:
        row.append(row[-1] + _weight(sound, vowel))
    for here in a:
        above, row = row, [row[0] + _weight(here, vowel)]
        for place, there in enumerate(b, 1):
            row.append(
                min(
                    above[place] + _weight(here, vowel),
                    row[place - 1] + _weight(there, vowel),
                    above[place - 1] + _exchange(here, there, vowel),
                )
            )
    most = max(sum(_weight(sound, vowel) for sound in name) for name in (a, b))
    return max(0.0, 1.0 - row[-1] / most)


def _weight(sound: str, vowel: float) -> float:
    if sound in VOWELS:
        return vowel
    return 0.5 if sound in "hw" else 1.0


def _exchange(here: str, there: str, vowel: float) -> float:
    if here == there:
        return 0.0
    if here in VOWELS and there in VOWELS:
        return vowel * 0.7
    if {here, there} in ({"w", "u"}, {"w", "o"}, {"J", "i"}):  # Walid and Oualid, Julia and Yulia
        return 0.2
    if here in VOWELS or there in VOWELS:
        return 1.2
    if {here, there} in ({"Q", "S"}, {"Q", "C"}, {"Q", "X"}):
        return 0.1
    return 0.35 if here + there in _NEARNESS else 1.1


def _without_article(part: str) -> str:
    """An Arabic name without the article that is written to it."""
    return part[2:] if part.startswith("ال") and len(part) > 4 else part
