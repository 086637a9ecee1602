"""The service directory: who helps with what, where, in which languages; carried along offline.

What a directory says grows old. An entry that nobody has checked for months, or whose organisation was not
vetted, is told to be so wherever it is shown; it is never left out silently, nor offered as if it were good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from forms.casework.case import add_months
from forms.casework.tables import Table

Vetting = Literal["vetted", "in_progress", "not_vetted", "suspended"]
Remark = Literal[
    "directory.check.stale",
    "directory.check.never",
    "directory.vetting.missing",
    "directory.capacity.full",
    "directory.capacity.unknown",
    "directory.language.missing",
]

_SETTINGS = frozenset(
    {"id", "name", "country", "areas", "languages", "vetting", "checked_on", "services", "hotlines", "minors"}
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of service. `places` is how many persons more can be taken; None where nobody has said."""

    kind: str
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number to call: when, and in which languages (none named: in the country's own)."""

    number: str
    hours: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """One entry. Without areas it serves its whole country. `minors`: it may take in children."""

    id: str
    name: str
    country: str
    vetting: Vetting = "not_vetted"
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    services: tuple[Offer, ...] = ()
    hotlines: tuple[Hotline, ...] = ()
    checked_on: date | None = None
    minors: bool = False

    def offer(self, kind: str) -> Offer | None:
        return next((offer for offer in self.services if offer.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation for one need, with what to know before calling it. The fewer remarks, the sooner."""

    organisation: Organisation
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries of a programme. `stale_months`: older checks are told to be old."""

    organisations: tuple[Organisation, ...] = ()
    stale_months: int = 6

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Directory:
        """From the section `directory`. Problem form.programme.section_invalid, also for two of one id."""
        given = Table("directory", table, frozenset({"stale_months", "organisations"}))
        found: dict[str, Organisation] = {}
        for each in given.tables("organisations", _SETTINGS):
            made = _organisation(each)
            if made.id in found:
                raise each.wrong("id")
            found[made.id] = made
        return cls(tuple(found.values()), given.whole("stale_months", cls().stale_months))

    def get(self, id: str) -> Organisation | None:
        return next((each for each in self.organisations if each.id == id), None)

    def find(
        self,
        service: str,
        country: str,
        today: date,
        *,
        area: str = "",
        language: str = "",
        minor: bool = False,
        denied: Iterable[str] = (),
    ) -> tuple[Found, ...]:
        """Who offers this service there, those with nothing to remark first, then by free places and name.

        A child is only offered organisations that are vetted and take children in. Whom the case's deny list
        names, and who is suspended, is left out.
        """
        never = set(denied)
        found = []
        for each in self.organisations:
            offer = each.offer(service)
            if offer is None or each.country.upper() != country.upper() or each.id in never:
                continue
            if each.vetting == "suspended" or (minor and (each.vetting != "vetted" or not each.minors)):
                continue
            if area and each.areas and area not in each.areas:
                continue
            found.append((offer, Found(each, self._remarks(each, offer, today, language))))
        found.sort(key=lambda pair: (len(pair[1].remarks), -(pair[0].places or 0), pair[1].organisation.name))
        return tuple(each for _, each in found)

    @classmethod
    def merged(cls, directories: Iterable[Directory]) -> Directory:
        """All entries of several: of two with one id in one country the one that was checked last, and the
        strictest time after which a check is old."""
        found: dict[tuple[str, str], Organisation] = {}
        months = []
        for directory in directories:
            months.append(directory.stale_months)
            for each in directory.organisations:
                before = found.setdefault((each.country, each.id), each)
                if (each.checked_on or date.min) > (before.checked_on or date.min):
                    found[each.country, each.id] = each
        return cls(tuple(found.values()), min(months, default=cls().stale_months))

    def browse(
        self, today: date, *, service: str = "", country: str = "", area: str = "", language: str = ""
    ) -> tuple[Found, ...]:
        """All entries that match, to be read: unlike `find` also who is suspended, which whoever shows them
        has to tell. Those with least to remark first, then by name."""
        found = []
        for each in self.organisations:
            offer = each.offer(service) if service else None
            if (service and offer is None) or (country and each.country.upper() != country.upper()):
                continue
            if area and each.areas and area not in each.areas:
                continue
            found.append(Found(each, self._remarks(each, offer, today, language)))
        return tuple(
            sorted(
                found,
                key=lambda one: (
                    one.organisation.vetting == "suspended",
                    len(one.remarks),
                    one.organisation.name,
                ),
            )
        )

    def hotlines(self, country: str, language: str = "") -> tuple[tuple[Organisation, Hotline], ...]:
        """The numbers to call in a country, those in this language first; of suspended ones none."""
        known = [
            (each, line)
            for each in self.organisations
            if each.country.upper() == country.upper() and each.vetting != "suspended"
            for line in each.hotlines
        ]
        return tuple(sorted(known, key=lambda pair: bool(language) and language not in pair[1].languages))

    def stale(self, today: date) -> tuple[Organisation, ...]:
        """The entries that somebody has to check, the oldest check first; those never checked lead."""
        old = [each for each in self.organisations if self._age(each, today) is not None]
        return tuple(sorted(old, key=lambda each: (each.checked_on or date.min, each.id)))

    def _age(self, each: Organisation, today: date) -> Remark | None:
        """A check of a day to come was none."""
        if each.checked_on is None or each.checked_on > today:
            return "directory.check.never"
        return "directory.check.stale" if add_months(each.checked_on, self.stale_months) < today else None

    def _remarks(
        self, each: Organisation, offer: Offer | None, today: date, language: str
    ) -> tuple[Remark, ...]:
        """Of places nothing is said where no service is asked for."""
        remarks: list[Remark] = []
        if (age := self._age(each, today)) is not None:
            remarks.append(age)
        if each.vetting != "vetted":
            remarks.append("directory.vetting.missing")
        if offer is not None and offer.places is None:
            remarks.append("directory.capacity.unknown")
        elif offer is not None and offer.places == 0:
            remarks.append("directory.capacity.full")
        if language and language not in each.languages:
            remarks.append("directory.language.missing")
        return tuple(remarks)


def _organisation(table: Table) -> Organisation:
    vetting = table.text("vetting", "not_vetted")
    if vetting not in ("vetted", "in_progress", "not_vetted", "suspended"):
        raise table.wrong("vetting")
    minors = table.text("minors", "no")
    if minors not in ("yes", "no"):
        raise table.wrong("minors")
    offers = [
        Offer(each.text("kind"), each.whole("places", 0) if "places" in each else None)
        for each in table.tables("services", frozenset({"kind", "places"}))
    ]
    if len({offer.kind for offer in offers}) != len(offers):
        raise table.wrong("services")
    lines = [
        Hotline(each.text("number"), each.text("hours", ""), each.words("languages"))
        for each in table.tables("hotlines", frozenset({"number", "hours", "languages"}))
    ]
    return Organisation(
        table.text("id"),
        table.text("name"),
        table.text("country").upper(),
        vetting,  # type: ignore[arg-type]
        table.words("areas"),
        table.words("languages"),
        tuple(offers),
        tuple(lines),
        table.day("checked_on"),
        minors == "yes",
    )
