"""A programme and a country as data: one file each, so that another one is a file and no code.

A file may rename stages, leave some out and add others, name the forms of each, and set within bounds what
rules leave to a programme. It may make a gate stricter. It cannot soften a hard one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final

from forms.casework.age import AgeRules
from forms.casework.consent import ConsentRules
from forms.casework.directory import Directory
from forms.casework.due.rules import DueRules
from forms.casework.gates import GateRules
from forms.casework.indicators import donor
from forms.casework.minors import MinorRules
from forms.casework.money import Rates
from forms.casework.pathway import STANDARD, StagePlan
from forms.casework.procedures import Procedures, built_in
from forms.casework.referral import Agreement
from forms.casework.reminders import OfficeHours
from forms.casework.risk import RiskTable
from forms.casework.table import number, only, section, word, words
from forms.errors import FormProblem

#: All that may stand in a programme's file: what it tells of itself, and the sections of its rules.
_TOLD: Final = ("id", "title", "begins", "ends", "hosts", "returns", "stage")
_SECTIONS: Final = (
    "age", "consent", "minors", "gates", "targets", "due", "risk", "office_hours", "agreements", "rates",
    "directory", "procedures", "donor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Programme:
    """What one programme has of its own. `hosts` and `returns` are countries; none named means any.

    What its file does not set is as it is everywhere: a programme without procedures has Homeward's own. One
    that is not `readable` has the rules of the standard in place of its own, which may be stricter: no gate
    that goes by the rules of a programme opens under it.
    """

    id: str
    title: str
    begins: date | None = None
    ends: date | None = None
    hosts: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    persons: int = 0
    minors_among_them: int = 0
    stages: tuple[StagePlan, ...] = STANDARD
    consent: ConsentRules = field(default_factory=ConsentRules)
    minors: MinorRules = field(default_factory=MinorRules)
    gates: GateRules = field(default_factory=GateRules)
    due: DueRules = field(default_factory=DueRules)
    risk: RiskTable = field(default_factory=RiskTable)
    office_hours: OfficeHours = field(default_factory=OfficeHours)
    agreements: tuple[Agreement, ...] = ()
    rates: Rates = field(default_factory=Rates)
    directory: Directory = field(default_factory=Directory)
    procedures: Procedures = field(default_factory=built_in)
    donor: donor.Agreement = field(default_factory=donor.Agreement)
    readable: bool = True

    def serves(self, host: str, country: str) -> bool:
        """Whether a return from this host state to this country belongs to the programme."""
        return (not self.hosts or host.upper() in self.hosts) and (
            not self.returns or country.upper() in self.returns
        )


@dataclass(frozen=True, slots=True)
class Country:
    """What rules and forms need of a country. `statuses` are those that its authorities give to victims."""

    code: str
    currency: str
    calling_code: str
    zone: str
    languages: tuple[str, ...]
    host: bool = False
    statuses: tuple[str, ...] = ()


#: What holds where no programme is named.
NONE_NAMED: Final = Programme("standard", "Standard")


def programmes() -> tuple[str, ...]:
    """The ids of the programmes that come with Homeward."""
    return _names("programmes")


def countries() -> tuple[str, ...]:
    """The codes of the countries that come with Homeward."""
    return tuple(name.upper() for name in _names("countries"))


def programme(name: str) -> Programme:
    """A programme that comes with Homeward. Problem form.programme.not_found."""
    return read_programme(programme_text(name))


def programme_text(name: str) -> str:
    """The file of a programme that comes with Homeward. Problem form.programme.not_found."""
    return _file("programmes", name)


def programme_of(named: str, known: Mapping[str, Programme]) -> Programme:
    """The programme whose rules hold for a case: the one that its file names; where it names none, or one
    that nobody knows here, the only one that there is, else the standard.
    """
    if named in known:
        return known[named]
    return next(iter(known.values())) if len(known) == 1 and not named else NONE_NAMED


def country(code: str) -> Country:
    """A country that comes with Homeward, by its code. Problem form.programme.not_found."""
    return read_country(_file("countries", code.lower()))


def read_programme(text: str) -> Programme:
    """A programme from its file's text. Problems form.programme.not_readable, form.programme.value_invalid,
    form.programme.value_unknown, form.programme.section_invalid.
    """
    table = _table(text)
    only(table, *_TOLD, *_SECTIONS)
    targets = section(table, "targets")
    only(targets, "persons", "minors")
    persons = number(targets, "persons", 0, 0, 1_000_000)
    begins, ends = _day(table, "begins"), _day(table, "ends")
    if begins and ends and ends < begins:
        raise FormProblem("form.programme.value_invalid", name="ends")
    return Programme(
        id=word(table, "id"),
        title=word(table, "title"),
        begins=begins,
        ends=ends,
        hosts=_codes(table, "hosts"),
        returns=_codes(table, "returns"),
        persons=persons,
        minors_among_them=number(targets, "minors", 0, 0, persons),
        stages=_stages(table),
        consent=ConsentRules.from_table(
            section(table, "consent"), AgeRules.from_table(section(table, "age"))
        ),
        minors=MinorRules.from_table(section(table, "minors")),
        gates=GateRules.from_table(section(table, "gates")),
        due=DueRules.from_table(section(table, "due")),
        risk=RiskTable.from_table(section(table, "risk")),
        office_hours=OfficeHours.from_table(section(table, "office_hours")),
        agreements=tuple(Agreement.from_table(each) for each in _tables(table, "agreements")),
        rates=Rates.from_table(section(table, "rates")),
        directory=Directory.from_table(section(table, "directory")),
        procedures=Procedures.from_table(section(table, "procedures"))
        if "procedures" in table
        else built_in(),
        donor=donor.Agreement.from_table(section(table, "donor")),
    )


def read_country(text: str) -> Country:
    """A country from its file's text; problems as of `read_programme`."""
    table = _table(text)
    only(table, "code", "currency", "calling_code", "zone", "languages", "host", "statuses")
    host = table.get("host", False)
    languages = words(table, "languages")
    if not isinstance(host, bool) or not languages:
        raise FormProblem("form.programme.value_invalid", name="languages" if not languages else "host")
    return Country(
        code=_code(word(table, "code"), "code"),
        currency=word(table, "currency"),
        calling_code=word(table, "calling_code"),
        zone=word(table, "zone"),
        languages=languages,
        host=host,
        statuses=words(table, "statuses"),
    )


def _stages(table: Mapping[str, Any]) -> tuple[StagePlan, ...]:
    """The stages in the order of the file; a programme without any has the standard's."""
    plans = tuple(StagePlan.from_table(each) for each in _tables(table, "stage")) or STANDARD
    if len({plan.id for plan in plans}) != len(plans):
        raise FormProblem("form.programme.value_invalid", name="id")
    if any(plan.id != plan.like and plan.id in {each.id for each in STANDARD} for plan in plans):
        raise FormProblem("form.programme.value_invalid", name="like")
    return plans


def _tables(table: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    listed = table.get(name, [])
    if not isinstance(listed, list) or any(not isinstance(each, dict) for each in listed):
        raise FormProblem("form.programme.value_invalid", name=name)
    return listed


def _codes(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_code(each, name) for each in words(table, name))


def _code(text: str, name: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isupper():
        raise FormProblem("form.programme.value_invalid", name=name)
    return text


def _day(table: Mapping[str, Any], name: str) -> date | None:
    value = table.get(name)
    if value is not None and type(value) is not date:
        raise FormProblem("form.programme.value_invalid", name=name)
    return value


def _table(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormProblem("form.programme.not_readable", reason=str(error)) from None


def _names(folder: str) -> tuple[str, ...]:
    found = (each.name for each in (files(__package__) / folder).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def _file(folder: str, name: str) -> str:
    if name not in _names(folder):
        raise FormProblem("form.programme.not_found", name=name)
    return (files(__package__) / folder / f"{name}.toml").read_text(encoding="utf-8")
