"""The part of the ledger in SQL that is about whom cases deny."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update

from sync_server.storage.connected import Connected, chunks
from sync_server.storage.denied_base import DeniedLedger, DeniedName, TakenAway
from sync_server.storage.shared_base import Withdrawn
from sync_server.storage.tables import conflicts, denied_names, denied_records, offices, records

_DENIED_NAME: Final = [denied_names.c[name] for name in DeniedName.__slots__]


class SqlDeniedLedger(Connected, DeniedLedger):
    """On one connection, within one transaction."""

    def deny_lists(self, cases: Collection[str]) -> list[DeniedName]:
        found = []
        for some in chunks(sorted(cases)):
            query = select(*_DENIED_NAME).where(denied_names.c.case.in_(some))
            ordered = query.order_by(denied_names.c.case, denied_names.c.name)
            found += [DeniedName(*row) for row in self._connection.execute(ordered)]
        return found

    def denied_to(self, names: Collection[str]) -> dict[str, int]:
        query = (
            select(denied_names.c.case, func.min(denied_names.c.since_ms))
            .where(denied_names.c.name.in_(sorted(names)), denied_names.c.denied.is_(True))
            .group_by(denied_names.c.case)
        )
        return {case: since for case, since in self._connection.execute(query)}  # noqa: C416

    def put_denied_names(self, rows: Sequence[DeniedName]) -> None:
        told = [{name: getattr(each, name) for name in each.__slots__} for each in rows]
        for some in chunks(told):
            keys, others = ("office", "case", "name"), ("denied", "since_ms", "decided_on")
            self._put(denied_names, some, keys, others)
        homes = sorted({each.office for each in rows})
        if homes:
            counted = update(offices).where(offices.c.id.in_(homes))
            self._connection.execute(counted.values(shares=offices.c.shares + 1))

    def take_away(self, office: str, taken: Sequence[TakenAway]) -> None:
        told = [
            {
                "office": office,
                "login": each.login,
                "record": each.record,
                "case": each.case,
                "changed": each.sequence,
            }
            for each in taken
        ]
        self._put(denied_records, told, ("office", "login", "record"), ("changed",))

    def taken_after(self, office: str, login: str, sequence: int, limit: int) -> list[Withdrawn]:
        query = (
            select(denied_records.c.record, denied_records.c.changed)
            .where(
                denied_records.c.office == office,
                denied_records.c.login == login,
                denied_records.c.changed > sequence,
            )
            .order_by(denied_records.c.changed)
            .limit(limit)
        )
        return [Withdrawn(*row) for row in self._connection.execute(query)]

    def taken_cases(self, office: str, login: str) -> set[str]:
        query = select(denied_records.c.case).where(
            denied_records.c.office == office, denied_records.c.login == login
        )
        return set(self._connection.execute(query.distinct()).scalars())

    def give_back(
        self, office: str, case: str, logins: Collection[str], records_: Sequence[str], first: int
    ) -> None:
        for some in chunks(sorted(logins)):
            self._connection.execute(
                delete(denied_records).where(
                    denied_records.c.office == office,
                    denied_records.c.case == case,
                    denied_records.c.login.in_(some),
                )
            )
            self._connection.execute(
                update(conflicts)
                .where(
                    conflicts.c.office == office,
                    conflicts.c.case == case,
                    conflicts.c.lost_author.in_(some),
                )
                .values(sequence=first + len(records_))
            )
        numbered = (
            update(records)
            .where(records.c.office == office, records.c.id == bindparam("of_id"))
            .values(created=bindparam("number"), changed=bindparam("number"))
        )
        if records_:
            told = [{"of_id": record, "number": number} for number, record in enumerate(records_, first)]
            self._connection.execute(numbered, told)
