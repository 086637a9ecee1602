"""Who may be in the files already: shown before a new case is made, with reasons; a person decides.

Points and a threshold, not a probability: made by ourselves, not validated, advisory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from forms.casework.case import Case
from forms.casework.names import RANK, alike, alternatives

#: From so many points on a case is shown.
LIKELY: Final = 50

#: What each reason weighs. Every code that `Match.because` can have.
POINTS: Final = {
    "duplicate.document": 70,
    "duplicate.name.full": 50,
    "duplicate.name.one": 25,
    "duplicate.name.part": 10,
    "duplicate.name.differs": -20,
    "duplicate.phone": 35,
    "duplicate.birth.same": 35,
    "duplicate.birth.swapped": 25,
    "duplicate.birth.partly": 20,
    "duplicate.birth.near": 10,
    "duplicate.birth.differs": -40,
    "duplicate.sex.differs": -15,
}

#: Countries' calling codes of ours, and how many digits follow.
_CALLING: Final = {"al": ("355", (8, 9)), "ma": ("212", (9,)), "ua": ("380", (9,))}
_BIRTH: Final = re.compile(
    r"(?:(?P<y>\d{4})(?:[-./](?P<m>\d{1,2})(?:[-./](?P<d>\d{1,2}))?)?"
    r"|(?:(?P<d2>\d{1,2})[-./])?(?P<m2>\d{1,2})[-./](?P<y2>\d{4}))"
)


@dataclass(frozen=True, slots=True)
class Birth:
    """A date of birth as far as it is known."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def from_text(cls, text: str) -> Birth | None:
        """From '1998', '1998-05', '12.5.1998' in digits of any script; None where it is no date.

        The first of January stands for a year in papers of many countries, so it says the year only.
        """
        found = _BIRTH.fullmatch(_digits(text).strip().lstrip("~"))
        if found is None:
            return None
        year, month, day = (found[name] or found[f"{name}2"] for name in "ymd")
        if not 1900 <= int(year) <= 2100 or not 1 <= int(month or 1) <= 12 or not 1 <= int(day or 1) <= 31:
            return None
        if month and day and int(month) == int(day) == 1:
            return cls(int(year))
        return cls(int(year), int(month) if month else None, int(day) if day else None)


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person may be known. `names` has every name the person goes by, in full, in any script."""

    case: str
    names: tuple[str, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    country: str = ""
    documents: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    @classmethod
    def from_case(
        cls, key: str, case: Case, documents: Iterable[str] = (), phones: Iterable[str] = ()
    ) -> Identity:
        """From a case file, and the documents and telephones that its records tell of."""
        return cls(
            key,
            tuple(dict.fromkeys(name for name in (case.name, *alternatives(case.other_names)) if name)),
            Birth.from_text(case.birth_date.isoformat()) if case.birth_date else None,
            case.sex,
            case.country,
            frozenset(number for each in documents if (number := document(each))),
            frozenset(number for each in phones if (number := phone(each, case.country))),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A case that may be the same person's, with the codes of the reasons for it and against it."""

    case: str
    score: int
    because: tuple[str, ...]


def likely(new: Identity, cases: Iterable[Identity]) -> list[Match]:
    """The cases that may be of this person, the likeliest first."""
    found = [
        match(new, each) for each in cases if not new.case or each.case != new.case
    ]  # a case is no duplicate of itself
    return sorted((each for each in found if each.score >= LIKELY), key=lambda each: (-each.score, each.case))


def match(new: Identity, case: Identity) -> Match:
    """One case beside the new one, likely or not."""
    because = [
        *(["duplicate.document"] if new.documents & case.documents else []),
        *_of_names(new.names, case.names),
        *(["duplicate.phone"] if _shared(new.phones, case.phones) else []),
        *_of_births(new.birth, case.birth),
        *(["duplicate.sex.differs"] if {new.sex, case.sex} == {"female", "male"} else []),
    ]
    score = sum(POINTS[code] for code in because)
    return Match(case.case, max(0, min(100, score)), tuple(because))


def document(text: str) -> str:
    """The number of a document, as it compares; empty when it is too short to tell anybody apart."""
    folded = unicodedata.normalize("NFKC", _digits(text)).upper().translate(_LOOK_ALIKE)
    number = "".join(character for character in folded if character.isalnum())
    return number if len(number) >= 5 and any(character.isdigit() for character in number) else ""


_LOOK_ALIKE: Final = str.maketrans("АВЕКМНОРСТХІ", "ABEKMHOPCTXI")


def phone(text: str, country: str = "") -> str:
    """A telephone number with its calling code (`+355…`), or without a plus where none can be told.

    Of a national number the country tells the code. Empty when it is too short for a number.
    """
    plain = _digits(text).replace("(0)", "").strip()
    international = plain.startswith(("+", "00"))
    digits = "".join(character for character in plain if character.isdigit())
    digits = digits[2:] if plain.startswith("00") else digits
    for code, lengths in _CALLING.values():
        rest = digits.removeprefix(code).lstrip("0")
        if digits.startswith(code) and len(rest) in lengths:
            return f"+{code}{rest}"
    if international:
        return f"+{digits}" if len(digits) >= 8 else ""
    digits = digits.lstrip("0")
    if len(digits) < 8:
        return ""
    if country in _CALLING and len(digits) in _CALLING[country][1]:
        return f"+{_CALLING[country][0]}{digits}"
    return digits


def _shared(here: Iterable[str], there: Iterable[str]) -> bool:
    """Whether one number is in both: without a calling code, by the digits after it."""
    return any(
        a == b or (a[0] != "+" and b.endswith(a)) or (b[0] != "+" and a.endswith(b))
        for a in here
        for b in there
    )


def _of_names(here: Sequence[str], there: Sequence[str]) -> list[str]:
    """The best of all pairs of names that the two go by."""
    found = [alike(a, b) for a in here for b in there]
    best = min(found, key=RANK.index, default="unknown")
    return [] if best == "unknown" else [f"duplicate.name.{best}"]


def _of_births(here: Birth | None, there: Birth | None) -> list[str]:
    if here is None or there is None:
        return []
    parts = [
        (a, b)
        for a, b in ((here.month, there.month), (here.day, there.day))
        if a is not None and b is not None
    ]
    if here.year != there.year:
        near = abs(here.year - there.year) <= 2 and (not parts or all(a == b for a, b in parts))
        return ["duplicate.birth.near" if near else "duplicate.birth.differs"]
    if all(a == b for a, b in parts):
        return ["duplicate.birth.same" if len(parts) == 2 else "duplicate.birth.partly"]
    if (here.month, here.day) == (there.day, there.month):
        return ["duplicate.birth.swapped"]
    off_by_one_part = len(parts) == 2 and sum(a == b for a, b in parts) == 1
    return ["duplicate.birth.near" if off_by_one_part else "duplicate.birth.differs"]


def _digits(text: str) -> str:
    """Digits of every script as ours."""
    return "".join(
        str(unicodedata.decimal(character)) if unicodedata.category(character) == "Nd" else character
        for character in text
    )
