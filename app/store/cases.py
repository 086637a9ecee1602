"""The cases of this device: an index made of the `case_file` records, for lists and for search."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.problems import Problem
from app.store import records, search
from app.store.transaction import Row, Snapshot, Transaction, to_json

#: The built-in form whose answers are the case's own facts.
FORM: Final = "case_file"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case by its `case_file`. `facts`: every answer of it by name; texts are '' where unanswered."""

    id: str
    record: str
    code: str
    country: str
    office: str
    stage: str
    risk: str
    language: str
    given_name: str
    family_name: str
    other_names: str
    expected_arrival: str | None
    arrived_on: str | None
    carer: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """In one line, also where two people gave two, which are lines one below the other."""
        return " ".join(f"{self.given_name} {self.family_name}".split())


def listed(db: Snapshot, query: str = "", stage: str | None = None) -> tuple[CaseFacts, ...]:
    """The cases by code; those that `query` finds (see `search.find`), those at `stage` when one is given."""
    wanted = None if not query.strip() else set(search.find(db, query))
    rows = db.rows(f"SELECT {_COLUMNS} FROM case_index ORDER BY code, id")
    found = (_facts(row) for row in rows if wanted is None or row[0] in wanted)
    return tuple(case for case in found if stage is None or case.stage == stage)


def those(db: Snapshot, wanted: Collection[str]) -> tuple[CaseFacts, ...]:
    """Those of these cases that are here, by id."""
    rows = (db.row(f"SELECT {_COLUMNS} FROM case_index WHERE id = ?", case) for case in sorted(wanted))
    return tuple(_facts(row) for row in rows if row is not None)


def get(db: Snapshot, case: str) -> CaseFacts:
    """Problem case.row.unknown when this device has no case file of it."""
    row = db.row(f"SELECT {_COLUMNS} FROM case_index WHERE id = ?", case)
    if row is None:
        raise Problem("case.row.unknown")
    return _facts(row)


def office_of(db: Snapshot, case: str) -> str:
    """The office that holds a case; empty where this device has no case file of it."""
    return db.value("SELECT office FROM case_index WHERE id = ?", case) or ""


def offices(db: Snapshot) -> dict[str, str]:
    """The office that holds it, of each case of this device."""
    return dict(db.rows("SELECT id, office FROM case_index"))


def by_code(db: Snapshot, code: str) -> CaseFacts | None:
    row = db.row(f"SELECT {_COLUMNS} FROM case_index WHERE code = ?", code)
    return None if row is None else _facts(row)


def refresh(db: Transaction, touched: Iterable[str], case_ids: Collection[str] = ()) -> None:
    """Bring the index up to date after these records changed, and for these cases in any case."""
    wanted = dict.fromkeys(case_ids)
    for record in touched:
        case = db.value("SELECT case_id FROM record WHERE id = ? AND form = ?", record, FORM)
        if case is not None:
            wanted[case] = None
    for case in wanted:
        _index(db, case)


def rebuild(db: Transaction) -> int:
    """Make the whole index anew from the records; how many cases there are."""
    db.run("DELETE FROM case_index")
    db.run("DELETE FROM case_search")
    cases = [case for (case,) in db.rows("SELECT DISTINCT case_id FROM record WHERE form = ?", FORM)]
    for case in cases:
        _index(db, case)
    return len(cases)


def _index(db: Transaction, case: str) -> None:
    """One case's row. Should two case files have been made for it, the later one's answers count."""
    old = db.value("SELECT rowid FROM case_index WHERE id = ?", case)
    if old is not None:
        db.run("DELETE FROM case_search WHERE rowid = ?", old)
    ids = db.rows("SELECT id FROM record WHERE case_id = ? AND form = ?", case, FORM)
    files = sorted(
        (records.summary(db, record) for (record,) in ids), key=lambda each: (each.finished, each.changed_ms)
    )
    if not files:
        db.run("DELETE FROM case_index WHERE id = ?", case)
        return
    facts: dict[str, Any] = {}
    for each in files:
        facts.update(each.values)
    texts = {name: facts[name] if isinstance(facts.get(name), str) else "" for name in _TEXTS}
    code = facts.get("case_code")
    texts["code"] = code if isinstance(code, str) else ""
    texts["risk"] = texts["risk"] or "unknown"
    moments = [facts[name] if isinstance(facts.get(name), str) else None for name in _MOMENTS]
    db.run(
        f"INSERT INTO case_index (id, record, {', '.join((*_TEXTS, *_MOMENTS))}, facts)"
        f" VALUES ({', '.join('?' * (3 + len(_TEXTS) + len(_MOMENTS)))}) ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in ("record", *_TEXTS, *_MOMENTS, "facts")),
        case,
        files[-1].id,
        *(texts[name] for name in _TEXTS),
        *moments,
        to_json(facts),
    )
    row = db.value("SELECT rowid FROM case_index WHERE id = ?", case)
    search.index(db, row, texts["code"], [texts["given_name"], texts["family_name"], texts["other_names"]])


_TEXTS: Final = (
    "code", "country", "office", "stage", "risk", "language",
    "given_name", "family_name", "other_names", "carer",
)  # fmt: skip
_MOMENTS: Final = ("expected_arrival", "arrived_on")
_COLUMNS: Final = (
    "id, record, code, country, office, stage, risk, language, given_name, family_name, other_names,"
    " expected_arrival, arrived_on, carer, facts"
)


def _facts(row: Row) -> CaseFacts:
    values = list(row)
    values[-1] = json.loads(values[-1])
    return CaseFacts(*values)
