"""The forms of this device: the XForm XML by id and version, and what merging needs of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.store.transaction import Snapshot, Transaction, to_json
from forms.paths import template
from sync_server.protocol.merge import LAST


@dataclass(frozen=True, slots=True)
class StoredForm:
    """One version of a form. `merge_rules`: template path -> rule; kept only where it is not `last`."""

    id: str
    version: str
    hash: str
    xml: str
    titles: Mapping[str, str]
    merge_rules: Mapping[str, str]


def put(db: Transaction, form: StoredForm) -> None:
    """Keep a version of a form. Versions are immutable; the same one again changes nothing."""
    rules = {path: rule for path, rule in form.merge_rules.items() if rule != LAST}
    db.run(
        "INSERT OR REPLACE INTO form (id, version, hash, xml, titles, merge_rules) VALUES (?, ?, ?, ?, ?, ?)",
        form.id,
        form.version,
        form.hash,
        form.xml,
        to_json(dict(form.titles)),
        to_json(rules),
    )


def listed(db: Snapshot) -> tuple[tuple[str, str, str], ...]:
    """(id, version, hash) of every form here, in order: what the device tells the server it has."""
    return tuple((i, v, h) for i, v, h in db.rows("SELECT id, version, hash FROM form ORDER BY id, version"))


def missing(db: Snapshot) -> tuple[tuple[str, str], ...]:
    """(id, version) of the forms that records here are of and that have not come down."""
    rows = db.rows("SELECT form, form_version FROM record EXCEPT SELECT id, version FROM form")
    return tuple((form, version) for form, version in rows)


def unread(db: Snapshot, case: str) -> tuple[str, ...]:
    """The finished records of a case whose form has not come down, or cannot be read by this app."""
    rows = db.rows(
        "SELECT id FROM record WHERE case_id = ? AND (changed != '' OR id IN (SELECT record FROM outbox))"
        " AND NOT EXISTS (SELECT 1 FROM form WHERE form.id = record.form AND form.version = form_version)"
        " ORDER BY id",
        case,
    )
    return tuple(record for (record,) in rows)


def get(db: Snapshot, form: str, version: str) -> StoredForm | None:
    row = db.row(f"SELECT {_COLUMNS} FROM form WHERE id = ? AND version = ?", form, version)
    return None if row is None else _form(row)


def newest(db: Snapshot) -> tuple[StoredForm, ...]:
    """The newest version of each form, by id. Versions compare by their numbers: 10 comes after 9."""
    forms: dict[str, StoredForm] = {}
    for row in db.rows(f"SELECT {_COLUMNS} FROM form ORDER BY id"):
        form = _form(row)
        if form.id not in forms or version_order(forms[form.id].version) < version_order(form.version):
            forms[form.id] = form
    return tuple(forms.values())


def forget(db: Transaction, form: str, version: str) -> bool:
    """Drop a version that the server withdrew; kept (False) as long as a record here is of it."""
    if db.value("SELECT 1 FROM record WHERE form = ? AND form_version = ? LIMIT 1", form, version):
        return False
    return db.run("DELETE FROM form WHERE id = ? AND version = ?", form, version) > 0


def rules(db: Snapshot, form: str, version: str) -> Callable[[str], str]:
    """The merge rule of each path of a form; `last` for all of a form that has not come down yet."""
    kept = db.value("SELECT merge_rules FROM form WHERE id = ? AND version = ?", form, version)
    by_template: dict[str, str] = json.loads(kept) if kept else {}
    return lambda path: by_template.get(template(path), LAST)


def version_order(version: str) -> tuple[tuple[int, int | str], ...]:
    """A key that sorts versions as people count: 2 < 10, 1.9 < 1.10, words after numbers."""
    return tuple(
        (0, int(part)) if part.isdigit() else (1, part) for part in version.replace("-", ".").split(".")
    )


_COLUMNS = "id, version, hash, xml, titles, merge_rules"


def _form(row: tuple[str, ...]) -> StoredForm:
    form, version, digest, xml, titles, merge_rules = row
    return StoredForm(form, version, digest, xml, json.loads(titles), json.loads(merge_rules))
