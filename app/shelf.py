"""The forms of this device as the app uses them: parsed once, newest version of each to begin with."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping

from app.problems import Problem
from app.store import Snapshot, form_library
from app.store.form_library import StoredForm
from app.views import FormOffer
from forms.definition import FormDefinition
from forms.errors import FormProblem
from forms.xform.load import load_form
from sync_server.protocol.messages import FormListing


class FormShelf:
    """Parsed forms, kept; a version never changes, so neither does what is kept. For any thread."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str, str], FormDefinition] = {}
        self._lock = threading.Lock()

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


def offers(db: Snapshot) -> tuple[FormOffer, ...]:
    """The newest version of each form."""
    return tuple(FormOffer(form.id, form.version, form.titles) for form in form_library.newest(db))


def titles(db: Snapshot) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The titles of every version here."""
    listed = ((form, version) for form, version, _ in form_library.listed(db))
    found = ((key, form_library.get(db, *key)) for key in listed)
    return {key: form.titles for key, form in found if form is not None}
