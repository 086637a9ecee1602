"""The part of the ledger in SQL that is about cases of several offices."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Column, RowMapping, bindparam, exists, select, update

from sync_server.storage import rows
from sync_server.storage.base import LoggedConflict, Office, StoredRecord, User
from sync_server.storage.connected import Connected, chunks
from sync_server.storage.shared_base import Delivery, SharedCase, SharedLedger, Withdrawn
from sync_server.storage.tables import (
    conflicts,
    denied_names,
    forms,
    meta,
    offices,
    records,
    shared_cases,
    shared_records,
    users,
)

#: Made once: a push asks this each time.
_SHARES: Final = select(offices.c.id, offices.c.shares).where(
    offices.c.id.in_(bindparam("of_offices", expanding=True))
)
_SHARED_CASE: Final = [shared_cases.c[name] for name in SharedCase.__slots__]


def _joining_name(office: str) -> str:
    """Under this name is kept which records of an office join files: few, and asked for with each push, so
    that nobody looks through all of its records for them. The name of an office may be too long for it."""
    return f"joining:{hashlib.blake2b(office.encode(), digest_size=16).hexdigest()}"


class SqlSharedLedger(Connected, SharedLedger):
    """On one connection, within one transaction."""

    def shares(self, offices_: Collection[str]) -> dict[str, int]:
        found = self._connection.execute(_SHARES, {"of_offices": sorted(offices_)})
        return {office: shares for office, shares in found}  # noqa: C416

    def shared_cases(self, cases: Collection[str]) -> list[SharedCase]:
        found = []
        for some in chunks(sorted(cases)):
            query = select(*_SHARED_CASE).where(shared_cases.c.case.in_(some))
            ordered = query.order_by(shared_cases.c.case, shared_cases.c.office)
            found += [SharedCase(*row) for row in self._connection.execute(ordered)]
        return found

    def homes_shared_with(self, office: str) -> set[str]:
        query = select(shared_cases.c.home).where(shared_cases.c.office == office).distinct()
        return set(self._connection.execute(query).scalars())

    def decided_before(self, home: str, day: str) -> list[str]:
        shared = select(shared_cases.c.case).where(
            shared_cases.c.home == home, shared_cases.c.decided_on < day
        )
        denying = select(denied_names.c.case).where(
            denied_names.c.office == home, denied_names.c.decided_on < day
        )
        return sorted(self._connection.execute(shared.union(denying)).scalars())

    def put_shared_cases(self, given: Sequence[SharedCase], now_ms: int) -> None:
        told = [
            {**{name: getattr(each, name) for name in each.__slots__}, "changed_ms": now_ms} for each in given
        ]
        keys = ("office", "case")
        others = ("home", "standing", "code", "ground", "decided_on", "ended_ms", "changed_ms")
        self._put(shared_cases, told, keys, others)
        touched = sorted({name for each in given for name in (each.home, each.office)})
        if touched:
            counted = update(offices).where(offices.c.id.in_(touched))
            self._connection.execute(counted.values(shares=offices.c.shares + 1))

    def records_of_case(self, office: str, case: str) -> list[StoredRecord]:
        query = select(records).where(records.c.office == office, records.c.case == case)
        ordered = query.order_by(records.c.changed)
        return [rows.record_of(row) for row in self._connection.execute(ordered).mappings()]

    def joining_records(self, office: str) -> list[StoredRecord]:
        found = []
        for some in chunks(self._joining(office)):
            query = select(records).where(records.c.office == office, records.c.id.in_(some))
            ordered = query.order_by(records.c.id)
            found += [rows.record_of(row) for row in self._connection.execute(ordered).mappings()]
        return found

    def note_joining(self, office: str, records_: Collection[str]) -> None:
        known = self._joining(office)
        if all_of_them := {*known, *records_} - {""}:
            told = {"name": _joining_name(office), "value": "\n".join(sorted(all_of_them))}
            self._put(meta, [told], ("name",), ("value",))

    def _joining(self, office: str) -> list[str]:
        query = select(meta.c.value).where(meta.c.name == _joining_name(office))
        value = self._connection.execute(query).scalar_one_or_none()
        return value.split("\n") if value else []

    def foreign_homes(self, office: str, records_: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for some in chunks(sorted(records_)):
            query = select(shared_records.c.record, shared_records.c.home).where(
                shared_records.c.office == office, shared_records.c.record.in_(some)
            )
            for record, home in self._connection.execute(query):
                found.setdefault(record, set()).add(home)
        return found

    def existing(self, office: str, records_: Collection[str]) -> set[str]:
        found: set[str] = set()
        for some in chunks(sorted(records_)):
            query = select(records.c.id).where(records.c.office == office, records.c.id.in_(some))
            found.update(self._connection.execute(query).scalars())
        return found

    def form(self, id: str, version: str) -> str | None:
        query = select(forms.c.xml).where(forms.c.id == id, forms.c.version == version)
        return self._connection.execute(query).scalar_one_or_none()

    def offices_named(self, ids: Collection[str]) -> dict[str, Office]:
        found = {}
        for some in chunks(sorted(ids)):
            query = select(offices.c.id, offices.c.name, offices.c.country).where(offices.c.id.in_(some))
            found.update({row.id: Office(*row) for row in self._connection.execute(query)})
        return found

    def staff(self, office: str) -> list[User]:
        query = select(users).where(users.c.office == office).order_by(users.c.login)
        return [User(**row) for row in self._connection.execute(query).mappings()]

    def offices_of_people(self, logins: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(sorted(logins)):
            query = select(users.c.login, users.c.office).where(users.c.login.in_(some))
            found.update((login, office) for login, office in self._connection.execute(query))
        return found

    def shared_after(
        self, office: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[StoredRecord | Withdrawn]:
        numbers = [shared_records.c[name].label(f"shared_{name}") for name in ("created", "changed", "gone")]
        query = (
            select(records, shared_records.c.record.label("shared_id"), *numbers)
            .select_from(shared_records)
            .outerjoin(
                records,
                (records.c.office == shared_records.c.home) & (records.c.id == shared_records.c.record),
            )
            .where(shared_records.c.office == office, shared_records.c.changed > sequence)
            .order_by(shared_records.c.changed)
            .limit(limit)
        )
        if without:
            there = shared_records.c.case.not_in(sorted(without))
            query = query.where(shared_records.c.gone.is_(True) | there)
        found: list[StoredRecord | Withdrawn] = []
        for row in self._connection.execute(query).mappings():
            if row["shared_gone"]:
                found.append(Withdrawn(row["shared_id"], row["shared_changed"]))
            else:
                stored = rows.record_of(row)
                created, changed = row["shared_created"], row["shared_changed"]
                found.append(StoredRecord(stored.delta, created, changed, stored.size))
        return found

    def conflicts_abroad_after(
        self, office: str, author: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[LoggedConflict]:
        abroad = (conflicts.c.partner == office, has_now(office), *not_in_cases(without))
        found = self._conflicts_after(conflicts.c.partner_sequence, abroad, author, sequence, limit)
        told = [rows.conflict_of(row) for row in found]
        return [replace(each, sequence=each.partner_sequence) for each in told]

    def _conflicts_after(
        self, number: Column[int], of_whom: Sequence[Any], author: str, sequence: int, limit: int
    ) -> list[RowMapping]:
        """`limit` rows after `sequence`, and then as many as share the last one's."""
        ordered = (
            select(conflicts)
            .where(*of_whom, conflicts.c.lost_author == author)
            .order_by(number, conflicts.c.id)
        )
        first = [*self._connection.execute(ordered.where(number > sequence).limit(limit)).mappings()]
        if len(first) < limit:
            return first
        last = first[-1][number.name]
        rest = self._connection.execute(ordered.where(number == last)).mappings()
        return [*(row for row in first if row[number.name] < last), *rest]

    def deliver(self, office: str, deliveries: Sequence[Delivery]) -> None:
        self._give(office, deliveries, gone=False)

    def withdraw(self, office: str, deliveries: Sequence[Delivery]) -> None:
        self._give(office, deliveries, gone=True)

    def delivered(self, office: str, home: str, case: str) -> list[str]:
        query = select(shared_records.c.record).where(
            shared_records.c.office == office,
            shared_records.c.home == home,
            shared_records.c.case == case,
            shared_records.c.gone.is_(False),
        )
        return list(self._connection.execute(query.order_by(shared_records.c.record)).scalars())

    def tell_conflicts(self, office: str, home: str, case: str, sequence: int) -> None:
        self._connection.execute(
            update(conflicts)
            .where(
                conflicts.c.office == home,
                conflicts.c.record.in_(
                    select(records.c.id).where(records.c.office == home, records.c.case == case)
                ),
                conflicts.c.partner == office,
            )
            .values(partner_sequence=sequence)
        )

    def told_conflicts(self, office: str, ids: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(sorted(ids)):
            query = select(conflicts.c.id, conflicts.c.office).where(
                conflicts.c.partner == office, conflicts.c.id.in_(some), has_now(office)
            )
            found.update((id, home) for id, home in self._connection.execute(query))
        return found

    def _give(self, office: str, deliveries: Sequence[Delivery], gone: bool) -> None:
        told = [
            {
                "office": office,
                "home": each.home,
                "record": each.record,
                "case": each.case,
                "created": each.sequence,
                "changed": each.sequence,
                "gone": gone,
            }
            for each in deliveries
        ]
        self._put(shared_records, told, ("office", "home", "record"), ("changed", "gone"))


def has_now(office: str) -> Any:
    """Of conflicts: whether their case is one that the office has now."""
    return exists().where(
        shared_cases.c.office == office,
        shared_cases.c.case == conflicts.c.case,
        shared_cases.c.home == conflicts.c.office,
        shared_cases.c.standing == "shared",
    )


def not_in_cases(without: Collection[str]) -> tuple[Any, ...]:
    """Of conflicts: that their case is none of these."""
    return (conflicts.c.case.not_in(sorted(without)),) if without else ()
