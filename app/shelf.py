"""What this device reads and never writes, as the app uses it: forms, colleagues, programmes; parsed once."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from app.problems import Problem
from app.store import Snapshot, form_library, reference
from app.store.form_library import StoredForm
from app.views import FormOffer
from forms.casework.days import zone_named, zones_of_offices
from forms.casework.facts import Author, coordinators_of
from forms.casework.programme import Programme, read_programme
from forms.definition import FormDefinition
from forms.errors import FormProblem
from forms.xform.load import load_form
from sync_server.protocol.messages import FormListing, Reference

log = logging.getLogger("app.shelf")


@dataclass(frozen=True, slots=True)
class Known:
    """Colleagues by login, the programmes by id, and the zones of offices. A programme that is written for a
    newer version of the app is not `readable`."""

    colleagues: Mapping[str, Author] = field(default_factory=dict)
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)

    @property
    def coordinators(self) -> frozenset[str]:
        return frozenset(login for login, each in self.colleagues.items() if each.coordinator)

    def coordinators_of(self, office: str) -> frozenset[str]:
        """The coordinators of one office: nobody else lifts a denial of its cases."""
        return coordinators_of(office, self.colleagues.values())

    def author(self, login: str) -> Author:
        """Somebody of whom nothing is known has only her login."""
        return self.colleagues.get(login) or Author(login)


class Shelf:
    """Parsed forms, kept; a version never changes, so neither does what is kept. For any thread.

    Colleagues and programmes are kept until the server tells of others.
    """

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str, str], FormDefinition] = {}
        self._known: tuple[str, Known] = ("", Known())
        self._lock = threading.Lock()

    def known(self, db: Snapshot) -> Known:
        """Who else works here, and by which programmes, as the server said last."""
        fingerprint = reference.fingerprint(db) or ""
        with self._lock:
            if self._known[0] != fingerprint:
                self._known = fingerprint, _known(reference.get(db))
            return self._known[1]

    def find(self, db: Snapshot, form: str, version: str) -> FormDefinition | None:
        """This version of a form, or None while it has not come down."""
        stored = form_library.get(db, form, version)
        if stored is None:
            return None
        key = (stored.id, stored.version, stored.hash)
        with self._lock:
            if key not in self._parsed:
                self._parsed[key] = load_form(stored.xml)
            return self._parsed[key]

    def get(self, db: Snapshot, form: str, version: str) -> FormDefinition:
        """Problem record.form.missing while it has not come down."""
        definition = self.find(db, form, version)
        if definition is None:
            raise Problem("record.form.missing", {"form": form, "version": version})
        return definition

    def all(self, db: Snapshot) -> tuple[FormDefinition, ...]:
        """Every version of every form that is here."""
        found = (self.find(db, form, version) for form, version, _ in form_library.listed(db))
        return tuple(each for each in found if each is not None)

    def newest(self, db: Snapshot, form: str) -> FormDefinition:
        """The version in which a new record is begun. Problem record.form.missing when there is none."""
        for stored in form_library.newest(db):
            if stored.id == form:
                return self.get(db, form, stored.version)
        raise Problem("record.form.missing", {"form": form, "version": ""})


def read_form(listed: FormListing, xml: str) -> StoredForm:
    """A form that came down, if it is the one that was asked for and this app can read it.

    Without a hash in `listed`, an older version that the server lists no more, its name must do.
    """
    digest = hashlib.blake2b(xml.encode(), digest_size=16).hexdigest()
    damaged = Problem("sync.form.damaged", {"form": listed.id, "version": listed.version})
    if listed.hash not in ("", digest):
        raise damaged
    try:
        definition = load_form(xml)
    except FormProblem as problem:
        raise Problem("sync.form.unreadable", {"form": listed.id, "reason": problem.code}) from problem
    if (definition.id, definition.version) != (listed.id, listed.version):
        raise damaged
    return StoredForm(listed.id, listed.version, digest, xml, definition.titles, definition.merge_rules)


def _known(told: Reference) -> Known:
    people = {
        each.login: Author(
            each.login,
            each.country,
            each.office,
            each.role == "coordinator",
            zone_named(each.zone),
            each.display_name,
            each.role,
        )
        for each in told.colleagues
    }
    programmes = {}
    for name, text in told.programmes.items():
        try:
            programmes[name] = read_programme(text)
        except FormProblem as problem:
            log.warning("programme.not_readable", extra={"code": problem.code})
            programmes[name] = Programme(name, name, readable=False)
    zones = zones_of_offices((each.office, each.zone, each.role == "coordinator") for each in told.colleagues)
    return Known(people, programmes, zones)


def offers(db: Snapshot) -> tuple[FormOffer, ...]:
    """The newest version of each form."""
    return tuple(FormOffer(form.id, form.version, form.titles) for form in form_library.newest(db))


def titles(db: Snapshot) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The titles of every version here."""
    listed = ((form, version) for form, version, _ in form_library.listed(db))
    found = ((key, form_library.get(db, *key)) for key in listed)
    return {key: form.titles for key, form in found if form is not None}
