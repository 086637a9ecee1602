"""What an office has written into its own service directory, one record an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from forms.casework.directory import Directory, Hotline, Offer, Organisation, Vetting
from forms.casework.facts import Evidence, lines

_NAME: Final = "organisation.name"
_VETTINGS: Final[tuple[Vetting, ...]] = ("vetted", "in_progress", "not_vetted", "suspended")


def reads(meaning: str) -> bool:
    """Whether an entry is made of this meaning."""
    return meaning.startswith("organisation.")


def told(evidence: Iterable[Evidence], today: date) -> Directory:
    """The entries that these records tell; a record without a name is none. What says nothing of vetting is
    not vetted, and a check of a day to come was none."""
    return Directory(tuple(_organisation(each) for each in evidence if each.text(_NAME).strip()))


def _organisation(each: Evidence) -> Organisation:
    places = each.get("organisation.places")
    free = places if isinstance(places, int) and not isinstance(places, bool) and places >= 0 else None
    languages = tuple(sorted(each.chosen("organisation.language") - {"other"}))
    vetting = each.text("organisation.vetting")
    hours = each.text("organisation.hours").strip()
    return Organisation(
        id=each.record,
        name=each.text(_NAME).strip(),
        country=each.text("organisation.country").upper(),
        vetting=next((known for known in _VETTINGS if known == vetting), "not_vetted"),
        areas=tuple(lines(each.get("organisation.areas"))),
        languages=languages,
        services=tuple(Offer(kind, free) for kind in sorted(each.chosen("organisation.service"))),
        hotlines=tuple(
            Hotline(number, hours, languages) for number in lines(each.get("organisation.hotline"))
        ),
        checked_on=each.day("organisation.checked_on"),
        minors=each.text("organisation.minors") == "yes",
    )
