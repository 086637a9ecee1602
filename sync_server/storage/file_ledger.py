"""The part of the ledger in SQL that is about whose files are whose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, exists, select

from sync_server.storage.connected import Connected, chunks
from sync_server.storage.file_base import FileClaim, FileLedger
from sync_server.storage.tables import attachments, file_claims, file_proofs, shared_cases

_PROVEN: Final = exists().where(
    file_proofs.c.hash == file_claims.c.hash, file_proofs.c.login == file_claims.c.login
)
_SHARED: Final = exists().where(
    shared_cases.c.office == bindparam("of_office"),
    shared_cases.c.case == file_claims.c.case,
    shared_cases.c.home == file_claims.c.office,
    shared_cases.c.standing == "shared",
)
_CASES: Final = (
    select(file_claims.c.case)
    .where(
        file_claims.c.hash == bindparam("of_hash"),
        _PROVEN,
        (file_claims.c.office == bindparam("of_office")) | _SHARED,
    )
    .distinct()
)


class SqlFileLedger(Connected, FileLedger):
    """On one connection, within one transaction."""

    def claim_files(self, home: str, claims: Sequence[FileClaim]) -> None:
        told: list[dict[str, Any]] = [{"office": home, **each._asdict()} for each in dict.fromkeys(claims)]
        self._add(file_claims, told)

    def keep_file(self, office: str, hash: str, size: int, device: str, login: str, now_ms: int) -> None:
        row = {"office": office, "hash": hash, "size": size, "device": device, "received_ms": now_ms}
        self._add(attachments, [row])
        self.prove_files(office, [(hash, login)])

    def prove_files(self, office: str, proofs: Sequence[tuple[str, str]]) -> None:
        told = [{"office": office, "hash": hash, "login": login} for hash, login in dict.fromkeys(proofs)]
        self._add(file_proofs, told)

    def cases_of_file(self, office: str, hash: str) -> set[str]:
        found = self._connection.execute(_CASES, {"of_office": office, "of_hash": hash})
        return set(found.scalars())

    def unproven_files(self, office: str, hashes: Collection[str]) -> set[str]:
        found: set[str] = set()
        belongs = exists().where(file_claims.c.hash == attachments.c.hash, _PROVEN)
        for some in chunks(sorted(hashes)):
            query = select(attachments.c.hash).where(
                attachments.c.office == office, attachments.c.hash.in_(some), ~belongs
            )
            found.update(self._connection.execute(query).scalars())
        return found
