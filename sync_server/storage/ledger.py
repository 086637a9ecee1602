"""The ledger in SQL: what a sync reads and writes, in few statements whatever the batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from sync_server.storage import rows
from sync_server.storage.base import Device, Ledger, LoggedChange, LoggedConflict, StoredRecord, Taken
from sync_server.storage.connected import chunks
from sync_server.storage.denied_ledger import SqlDeniedLedger
from sync_server.storage.file_ledger import SqlFileLedger
from sync_server.storage.shared_ledger import SqlSharedLedger, not_in_cases
from sync_server.storage.tables import cases, changes, conflicts, devices, offices, records, replies

_TAKE: Final = (
    update(offices)
    .where(offices.c.id == bindparam("of_office"))
    .values(sequence=offices.c.sequence + bindparam("how_many"))
    .returning(offices.c.sequence, offices.c.shares)
)


class SqlLedger(SqlSharedLedger, SqlDeniedLedger, SqlFileLedger, Ledger):
    """One transaction on one connection. `writes` says whether it may lock and write."""

    def __init__(self, connection: Connection, writes: bool) -> None:
        super().__init__(connection)
        self._writes = writes

    def lock_device(self, device: str) -> int:
        query = select(devices.c.received).where(devices.c.id == device)
        return int(self._connection.execute(self._locking(query)).scalar_one())

    def device(self, device: str) -> Device:
        query = select(*(devices.c[name] for name in Device.__slots__)).where(devices.c.id == device)
        return Device(*self._connection.execute(query).one())

    def logged(self, office: str, device: str, sequences: Collection[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for some in chunks(sequences):
            query = select(changes.c.device_sequence, changes.c.id).where(
                changes.c.office == office, changes.c.device == device, changes.c.device_sequence.in_(some)
            )
            for sequence, id in self._connection.execute(query):
                found[sequence] = id
        return found

    def reply(self, office: str, device: str, batch: str) -> str | None:
        return self._connection.execute(
            select(replies.c.reply).where(
                replies.c.office == office, replies.c.device == device, replies.c.batch == batch
            )
        ).scalar_one_or_none()

    def offices_of(self, cases_: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(cases_):
            query = select(cases.c.id, cases.c.office).where(cases.c.id.in_(some))
            for case, office in self._connection.execute(query):
                found[case] = office
        return found

    def records(self, office: str, ids: Collection[str]) -> dict[str, StoredRecord]:
        found = {}
        # In one order for everybody, so that two pushes never wait for each other's rows.
        for some in chunks(sorted(ids)):
            query = select(records).where(records.c.office == office, records.c.id.in_(some))
            for row in self._connection.execute(self._locking(query.order_by(records.c.id))).mappings():
                found[row["id"]] = rows.record_of(row)
        return found

    def history(self, office: str, records_: Collection[str]) -> dict[str, list[LoggedChange]]:
        found: dict[str, list[LoggedChange]] = {}
        for some in chunks(records_):
            query = select(changes).where(changes.c.office == office, changes.c.record.in_(some))
            for row in self._connection.execute(query.order_by(changes.c.sequence)).mappings():
                found.setdefault(row["record"], []).append(rows.change_of(row))
        return found

    def log_after(self, office: str, sequence: int, limit: int) -> list[tuple[int, LoggedChange]]:
        query = select(changes).where(changes.c.office == office, changes.c.sequence > sequence)
        found = self._connection.execute(query.order_by(changes.c.sequence).limit(limit)).mappings()
        return [(row["sequence"], rows.change_of(row)) for row in found]

    def conflicts(self, office: str, ids: Collection[str]) -> dict[str, LoggedConflict]:
        found = {}
        for some in chunks(ids):
            query = select(conflicts).where(conflicts.c.office == office, conflicts.c.id.in_(some))
            for row in self._connection.execute(query).mappings():
                found[row["id"]] = rows.conflict_of(row)
        return found

    def open_conflicts(self, office: str, author: str, records_: Collection[str]) -> list[LoggedConflict]:
        found = []
        for some in chunks(records_):
            query = select(conflicts).where(
                conflicts.c.office == office,
                conflicts.c.record.in_(some),
                conflicts.c.lost_author == author,
                conflicts.c.state == "open",
            )
            found += [rows.conflict_of(row) for row in self._connection.execute(query).mappings()]
        return found

    def conflict_log(self, office: str) -> list[LoggedConflict]:
        query = select(conflicts).where(conflicts.c.office == office)
        ordered = query.order_by(conflicts.c.sequence, conflicts.c.id)
        return [rows.conflict_of(row) for row in self._connection.execute(ordered).mappings()]

    def latest(self, office: str) -> int:
        query = select(offices.c.sequence).where(offices.c.id == office)
        return int(self._connection.execute(query).scalar_one())

    def changed_after(
        self, office: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[StoredRecord]:
        query = (
            select(records)
            .where(records.c.office == office, records.c.changed > sequence)
            .order_by(records.c.changed)
            .limit(limit)
        )
        if without:
            query = query.where(records.c.case.not_in(sorted(without)))
        return [rows.record_of(row) for row in self._connection.execute(query).mappings()]

    def paths_after(self, office: str, sequence: int, records_: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for some in chunks(records_):
            query = select(changes.c.record, changes.c.body).where(
                changes.c.office == office, changes.c.record.in_(some), changes.c.sequence > sequence
            )
            for record, body in self._connection.execute(query):
                found.setdefault(record, set()).update(rows.paths_of(body))
        return found

    def conflicts_after(
        self, office: str, author: str, sequence: int, limit: int, without: Collection[str] = ()
    ) -> list[LoggedConflict]:
        of_office = (conflicts.c.office == office, *not_in_cases(without))
        found = self._conflicts_after(conflicts.c.sequence, of_office, author, sequence, limit)
        return [rows.conflict_of(row) for row in found]

    def take(self, office: str, count: int) -> Taken:
        row = self._connection.execute(_TAKE, {"of_office": office, "how_many": count}).one()
        return Taken(row.sequence - count + 1, row.shares)

    def add_cases(self, office: str, ids: Iterable[str], now_ms: int) -> None:
        self._write(insert(cases), [{"office": office, "id": id, "created_ms": now_ms} for id in sorted(ids)])

    def put_records(self, office: str, new: Sequence[StoredRecord], changed: Sequence[StoredRecord]) -> None:
        self._write(insert(records), [rows.record_row(office, record) for record in new])
        columns = ("form_version", "changed", "answers", "stamps")
        replace = (
            update(records)
            .where(records.c.office == bindparam("in_office"), records.c.id == bindparam("of_id"))
            .values({column: bindparam(f"new_{column}") for column in columns})
        )
        replaced = []
        for record in changed:
            row = rows.record_row(office, record)
            values = {f"new_{column}": row[column] for column in columns}
            replaced.append({"in_office": office, "of_id": row["id"], **values})
        self._write(replace, replaced)

    def log_changes(self, office: str, entries: Sequence[tuple[int, LoggedChange]]) -> None:
        self._write(
            insert(changes), [rows.change_row(office, sequence, logged) for sequence, logged in entries]
        )

    def log_conflicts(self, office: str, entries: Sequence[LoggedConflict], now_ms: int) -> int:
        known = self.conflicts(office, {entry.notice.id for entry in entries})
        new = {entry.notice.id: entry for entry in reversed(entries) if entry.notice.id not in known}
        self._add(conflicts, [rows.conflict_row(office, entry, now_ms) for entry in new.values()])
        return len(new)

    def settle_conflicts(
        self,
        office: str,
        settled: Mapping[str, Literal["restored", "accepted"]],
        sequence: int,
        partner_sequence: int = 0,
    ) -> None:
        numbers = {"sequence": sequence} | (
            {"partner_sequence": partner_sequence} if partner_sequence else {}
        )
        settle = (
            update(conflicts)
            .where(conflicts.c.office == office, conflicts.c.id == bindparam("of_id"))
            .values(state=bindparam("new_state"), **numbers)
        )
        self._write(settle, [{"of_id": id, "new_state": state} for id, state in settled.items()])

    def keep_reply(self, office: str, device: str, batch: str, reply: str, now_ms: int) -> None:
        row = {"office": office, "device": device, "batch": batch, "reply": reply, "given_ms": now_ms}
        self._write(insert(replies), [row])

    def note_device(self, device: str, received: int, clock_offset_ms: int, now_ms: int) -> None:
        self._connection.execute(
            update(devices)
            .where(devices.c.id == device)
            .values(received=received, clock_offset_ms=clock_offset_ms, last_contact_ms=now_ms)
        )

    def _locking(self, query: Select[Any]) -> Select[Any]:
        """SQLite has one writer at a time and ignores this."""
        return query.with_for_update() if self._writes else query

    def _write(self, statement: Any, given: Sequence[dict[str, Any]]) -> None:
        if given:
            self._connection.execute(statement, list(given))
