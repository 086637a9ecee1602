"""A case: its pseudonymous code, made offline, and its facts as its case file tells them."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, Protocol, cast

from forms.errors import FormProblem

Stage = Literal[
    "identified", "shelter", "decision", "pre_departure", "travel", "arrival", "reintegration", "closed"
]
Risk = Literal["high", "medium", "low", "unknown"]

#: In the order of the journey. A case may enter at any of them and may go back.
STAGES: Final[tuple[Stage, ...]] = (
    "identified",
    "shelter",
    "decision",
    "pre_departure",
    "travel",
    "arrival",
    "reintegration",
    "closed",
)
RISKS: Final[tuple[Risk, ...]] = ("high", "medium", "low", "unknown")

_EARLIEST: Final = date(1900, 1, 1)
_LATEST: Final = date(2199, 12, 31)

# Crockford's base 32: no I, L, O (they look like 1 and 0), no U.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BODY: Final = {character: value for value, character in enumerate(_ALPHABET)}
# A country's code has letters that the alphabet lacks. They take values of digits, which no country
# has, and these of all: with others, some swap of a country's last letter with the next passes.
_COUNTRY: Final = {c: v for c, v in _BODY.items() if c.isalpha()} | {"O": 0, "I": 1, "L": 2, "U": 3}
_MISREAD: Final = {"O": "0", "I": "1", "L": "1"}
# Letters of a Cyrillic keyboard that look like the Latin one that was meant.
_CYRILLIC: Final = str.maketrans("АВЕКМНОРСТХІ", "ABEKMHOPCTXI")
_LENGTH: Final = 10


class Randomness(Protocol):
    """What `random.Random` and `random.SystemRandom` offer."""

    def randrange(self, stop: int, /) -> int: ...


def new_case_code(country: str, random: Randomness) -> str:
    """A new code such as `AL-7Q4KD2M-X`: country, 35 random bits, a check character.

    Made without asking anyone, so it tells nothing but the country; two offices that make a hundred
    thousand codes of one country hold one pair alike with a chance of one in seven. The record's
    uuid, never the code, is a case's identity.
    """
    country = country.upper()
    if len(country) != 2 or any(letter not in _COUNTRY for letter in country):
        raise FormProblem("case.country.invalid", length=len(country))
    body = "".join(_ALPHABET[random.randrange(32)] for _ in range(7))
    values = [_COUNTRY[letter] for letter in country] + [_BODY[character] for character in body]
    return f"{country}-{body}-{_ALPHABET[_check(values)]}"


def check_case_code(text: str) -> str:
    """The code as it is written, from what a person typed; FormProblem when it is not a case code.

    Accepts lower case, spaces or missing dashes, O for 0 and I or L for 1 after the country, digits
    and look-alike letters of Arabic and Cyrillic keyboards. Refuses every code in which one character
    was changed or two neighbours were swapped.
    """
    characters = [character for character in _plain(text) if character not in "- "]
    if len(characters) != _LENGTH:
        raise FormProblem("case.code.length", length=len(characters))
    country, rest = characters[:2], [_MISREAD.get(c, c) for c in characters[2:]]
    if any(c not in _COUNTRY for c in country) or any(c not in _BODY for c in rest):
        raise FormProblem("case.code.character")
    values = [_COUNTRY[c] for c in country] + [_BODY[c] for c in rest]
    if _check(values[:-1]) != values[-1]:
        raise FormProblem("case.code.check")
    return f"{''.join(country)}-{''.join(rest[:7])}-{rest[7]}"


def _check(values: list[int]) -> int:
    """The value that makes the sum of x^k * value zero in the field of 32 elements.

    The weights differ pairwise, so a change or a swap always shows; modulo 32 it would not.
    """
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return _times_x(total)


def _times_x(element: int) -> int:
    shifted = element << 1
    return shifted ^ 0b100101 if shifted & 0b100000 else shifted


def _plain(text: str) -> str:
    """Upper-case ASCII where the character has an unmistakable one; dashes of every length alike."""
    plain = []
    for character in unicodedata.normalize("NFKC", text.strip()).upper().translate(_CYRILLIC):
        if unicodedata.category(character) == "Nd":
            plain.append(str(unicodedata.decimal(character)))
        elif unicodedata.category(character) == "Pd":
            plain.append("-")
        elif unicodedata.category(character) != "Cf":  # marks of direction come along when pasting
            plain.append(character)
    return "".join(plain)


@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one case, as its case file holds them today. What is not known is empty or None."""

    code: str = ""
    country: str = ""
    host_country: str = ""
    programme: str = ""
    office: str = ""
    stage: Stage = "identified"
    risk: Risk = "unknown"
    language: str = ""
    language_other: str = ""
    given_name: str = ""
    family_name: str = ""
    other_names: str = ""
    birth_date: date | None = None
    sex: str = ""
    safe_channel: tuple[str, ...] = ()
    safe_times: str = ""
    safe_never: str = ""
    code_word_agreed: bool | None = None
    expected_arrival: datetime | None = None
    arrived_on: date | None = None
    carer: str = ""
    notes: str = ""

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Case:
        """From the values of a `case_file` record.

        Never fails: a record of another version, or a stage and a risk that this one does not know,
        must not hide the case. Such a risk is unknown, such a stage the first.
        """
        stage, risk = values.get("stage"), values.get("risk")
        channels = values.get("safe_channel")
        return cls(
            code=text(values, "case_code"),
            country=text(values, "country"),
            host_country=text(values, "host_country"),
            programme=text(values, "programme"),
            office=text(values, "office"),
            stage=cast(Stage, stage) if stage in STAGES else "identified",
            risk=cast(Risk, risk) if risk in RISKS else "unknown",
            language=text(values, "language"),
            language_other=text(values, "language_other"),
            given_name=text(values, "given_name"),
            family_name=text(values, "family_name"),
            other_names=text(values, "other_names"),
            birth_date=written_date(values.get("birth_date")),
            sex=text(values, "sex"),
            safe_channel=tuple(str(c) for c in channels) if isinstance(channels, list | tuple) else (),
            safe_times=text(values, "safe_times"),
            safe_never=text(values, "safe_never"),
            code_word_agreed={"yes": True, "no": False}.get(text(values, "code_word_agreed")),
            expected_arrival=moment(values.get("expected_arrival")),
            arrived_on=local_date(values.get("arrived_on")),
            carer=text(values, "carer"),
            notes=text(values, "notes"),
        )

    @property
    def name(self) -> str:
        """The name as the person says it; empty when none is known."""
        return " ".join(part for part in (self.given_name.strip(), self.family_name.strip()) if part)

    @property
    def searchable(self) -> str:
        """All by which someone on the device may look for the case: the code and every name."""
        return " ".join(part for part in (self.code, self.name, self.other_names.strip()) if part)

    def may_be_minor(self, today: date) -> bool:
        """Whether the person may be under 18: so is who has no date of birth in the file."""
        if self.birth_date is None:
            return True
        eighteen = add_years(self.birth_date, 18)
        return today < eighteen


def text(values: Mapping[str, Any], name: str) -> str:
    """The text of one answer, empty when there is none or it is no text."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def local_date(value: object) -> date | None:
    """The date of a date or dateTime answer, as it was written down there; None when it is none.

    No rule counts beyond these centuries: `9999-12-31`, by which some mean 'without end', is the last day.
    """
    day = written_date(value)
    return None if day is None else min(max(day, _EARLIEST), _LATEST)


def written_date(value: object) -> date | None:
    """The same of any century: a birth date goes to others as it stands in the papers, or not at all."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """The moment of a dateTime answer with the offset that it was given; None when it is none."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        told = datetime.fromisoformat(value)
    except ValueError:
        return None
    day = min(max(told.date(), _EARLIEST), _LATEST)
    return told if day == told.date() else datetime.combine(day, told.timetz())


def add_years(day: date, years: int) -> date:
    """The same day in a later year; from 29 February, 1 March where there is none. Beyond the year 9999 the
    last day that has a name."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
