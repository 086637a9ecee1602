"""What the service directory says of an organisation, put into words."""

from __future__ import annotations

from collections.abc import Mapping

from app.ui.i18n import N_, T, joined, language
from app.ui.screens import wording
from app.views import Titles
from forms.casework.directory import Found, Organisation

#: Vetting in words, and the colour that says the same.
VETTING: Mapping[str, tuple[str, str]] = {
    "vetted": (N_("Vetted"), "done"),
    "in_progress": (N_("Being vetted"), "attention"),
    "not_vetted": (N_("Not vetted"), "attention"),
    "suspended": (N_("Suspended: refer nobody"), "danger"),
}


def country(code: str) -> T:
    """A country's name in the language of now; its code where it has none."""
    return T.of(lambda: language.locale.territories.get(code.upper(), code.upper()))


def tongue(code: str) -> T:
    """A language's name in the language of now; its code where it has none."""
    return T.of(lambda: language.locale.languages.get(code.lower(), code))


def vetting(each: Organisation) -> tuple[T, str]:
    text, meaning = VETTING[each.vetting]
    return T(text), meaning


def checked(found: Found) -> tuple[T, str]:
    """When the entry was checked; what is old or was never checked says so."""
    on = found.organisation.checked_on
    if on is None or "directory.check.never" in found.remarks:
        return T("Never checked"), "attention"
    if "directory.check.stale" in found.remarks:
        return T("Old: checked {day}", day=wording.date_of(on)), "attention"
    return T("Checked {day}", day=wording.date_of(on)), "neutral"


def place(each: Organisation) -> T:
    areas = each.areas or (T("whole country"),)
    return joined(country(each.country), *areas)


def services(each: Organisation, kinds: Mapping[str, Titles]) -> T:
    """The services with the places that are free, as far as anybody has said; those with as many together."""
    by_places: dict[int | None, list[T]] = {}
    for offer in each.services:
        by_places.setdefault(offer.places, []).append(service(offer.kind, kinds))
    return joined(*(_with_places(joined(*names), places) for places, names in by_places.items()))


def _with_places(name: T, places: int | None) -> T:
    if places is None:
        return name
    if places == 0:
        return T("{service}: full", service=name)
    return T.n("{service}: {n} place free", "{service}: {n} places free", places, service=name)


def service(code: str, kinds: Mapping[str, Titles]) -> T:
    titles = kinds.get(code)
    return T.titles(titles) if titles else T.of(lambda: code.replace("_", " "))


def languages(each: Organisation) -> T | str:
    return joined(*map(tongue, each.languages)) if each.languages else ""


def warnings(found: Found) -> T:
    """What is to be known before calling, in one line: for where there is no room for chips."""
    parts: list[T] = [vetting(found.organisation)[0]]
    told, state = checked(found)
    if state != "neutral":
        parts.append(told)
    if "directory.language.missing" in found.remarks:
        parts.append(T("Not in the person’s language"))
    return joined(*parts)
