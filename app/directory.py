"""The service directory on this device, without a network: who helps with what, and where.

Its entries come with the programmes' files, and from what this office has written down itself. Nothing here
grows old silently: each entry carries what is to be known before somebody calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app import evidence, labels, persons
from app.background import Job
from app.decisions import Reading
from app.shelf import Shelf
from app.store import Snapshot, cases
from app.store.search import fold
from app.views import Titles
from forms.casework import directory_entries
from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.deny_list import DenyList, deny_list
from forms.casework.directory import Directory, Found, Hotline, Organisation
from forms.casework.office_file import office_file
from forms.casework.programme import programme_of
from forms.casework.transliteration import latin

#: The questions whose choices are kinds of service.
_KINDS: Final = ("organisation.service", "referral.service", "service.kind", "assistance.kind")
_NOBODY: Final = DenyList(frozenset())
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. Empty: everything. `area` is one of the country's."""

    text: str = ""
    service: str = ""
    country: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """What was found. `services`, `countries` and `areas` are all that can be asked for; `kinds` names the
    services. `own` are those that this office wrote down, by their records. `left_out` are those that match
    and are not offered to the person of the case. `of_child`: only who is vetted and takes children in is.
    """

    found: tuple[Found, ...]
    hotlines: tuple[tuple[Organisation, Hotline], ...]
    services: tuple[str, ...]
    countries: tuple[str, ...]
    areas: tuple[str, ...]
    kinds: Mapping[str, Titles]
    total: int
    own: frozenset[str] = frozenset()
    left_out: int = 0
    of_child: bool = False


@dataclass(frozen=True, slots=True)
class _Whom:
    """For whom it is looked up: nobody in particular, or the person of a case."""

    language: str = ""
    country: str = ""
    minor: bool = False
    denied: DenyList = _NOBODY


class ServiceDirectory:
    """What a fieldbook offers of it."""

    def __init__(self, shelf: Shelf, now: Callable[[], datetime], read: Reading) -> None:
        self._shelf, self._now, self._read = shelf, now, read

    def look(self, asked: Asked, case_id: str | None = None) -> Job[DirectoryView]:
        """Who matches; for the person of a case only whom that person may be referred to.
        Problem case.row.unknown."""
        return self._read(lambda db: view(db, self._shelf, asked, case_id, self._now()))

    def country_of(self, case_id: str) -> Job[str]:
        """The country in which to begin to look for the person of a case; empty where none is known."""
        return self._read(lambda db: Case.from_values(cases.get(db, case_id).facts).country.upper())


def view(db: Snapshot, shelf: Shelf, asked: Asked, case: str | None, now: datetime) -> DirectoryView:
    today = now.date()
    own = own_entries(db, shelf, today)
    directory = Directory.merged([*(each.directory for each in shelf.known(db).programmes.values()), own])
    whom = _Whom() if case is None else _of_case(db, shelf, case, now)
    kinds = labels.of_meanings(db, shelf, _KINDS)
    matching = [
        each
        for each in directory.browse(
            today,
            service=asked.service,
            country=asked.country,
            area=asked.area,
            language=whom.language,
        )
        if _says(each.organisation, asked.text, kinds)
    ]
    offered = [each for each in matching if case is None or _may_be_offered(each.organisation, whom)]
    here = {each.organisation.id for each in offered}
    lines = directory.hotlines(asked.country, whom.language) if asked.country else _everywhere(directory)
    all_of_country = [o for o in directory.organisations if not asked.country or o.country == asked.country]
    return DirectoryView(
        tuple(offered),
        tuple(line for line in lines if line[0].id in here),
        tuple(sorted({offer.kind for each in directory.organisations for offer in each.services})),
        tuple(sorted({each.country for each in directory.organisations})),
        tuple(sorted({area for each in all_of_country for area in each.areas})),
        kinds,
        len(directory.organisations),
        frozenset(each.id for each in own.organisations),
        len(matching) - len(offered),
        whom.minor,
    )


def own_entries(db: Snapshot, shelf: Shelf, today: date) -> Directory:
    """What this office has written down itself, in its own file."""
    said = evidence.of_case(db, shelf, office_file(db.identity.office), directory_entries.reads)
    return directory_entries.told(said, today)


def _everywhere(directory: Directory) -> tuple[tuple[Organisation, Hotline], ...]:
    countries = sorted({each.country for each in directory.organisations})
    return tuple(line for country in countries for line in directory.hotlines(country))


def _of_case(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> _Whom:
    """By all files of the person: whom one of them denies is offered from none."""
    known_here = shelf.known(db)
    facts = cases.get(db, case)
    person = persons.person_of(db, shelf, facts)
    programme = programme_of(person.facts.programme, known_here.programmes)
    said = [each for file in persons.said_of(db, shelf, person) for each in file]
    today = persons.now_of(db, shelf, person, now).date()
    return _Whom(
        person.facts.language,
        person.facts.country,
        age(person.facts, said, today, programme.consent.age).minor_on(today),
        deny_list(said, known_here.coordinators_of(facts.office), today),
    )


def _may_be_offered(each: Organisation, whom: _Whom) -> bool:
    if each.vetting == "suspended" or whom.denied.denies(each.name, each.id):
        return False
    return not whom.minor or (each.vetting == "vetted" and each.minors)


def _says(each: Organisation, query: str, kinds: Mapping[str, Titles]) -> bool:
    """Whether every word of the query begins a word of the entry, as it is written or in Latin letters."""
    words = _WORD.findall(fold(query))
    if not words:
        return True
    services = (text for offer in each.services for text in (offer.kind, *kinds.get(offer.kind, {}).values()))
    text = " ".join((each.name, *each.areas, *services, *(line.number for line in each.hotlines)))
    told = _WORD.findall(fold(text))
    sounding = _WORD.findall(fold(latin(text)))
    return all(
        any(word.startswith(asked) for word in told)
        or any(word.startswith(fold(latin(asked))) for word in sounding)
        for asked in words
    )
