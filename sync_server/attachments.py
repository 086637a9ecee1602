"""Sealed files of cases: the server keeps bytes that it cannot read, and who may have them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from forms.paths import template
from sync_server.accounts import Actor
from sync_server.permissions import names_of, scope
from sync_server.protocol.change import ChangeSet, Json
from sync_server.protocol.problems import Problem
from sync_server.storage.base import Ledger, Storage
from sync_server.storage.blobs import Blobs, is_hash


class Attachments:
    """Takes files from anybody, and gives each to who has a case to which it belongs.

    It belongs to a case when somebody who may write there named it as the answer to a question that asks
    for a file, and the same person has sent all of its bytes. So nobody opens a file by writing down a hash
    that she read somewhere: not in a text, and not as an answer of a case of her own.
    """

    def __init__(self, storage: Storage, blobs: Blobs, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._blobs = blobs
        self._now_ms = now_ms

    def put(self, actor: Actor, hash: str, chunks: Iterable[bytes]) -> None:
        """Keep a file under the hash of its sealed bytes; sent again, it changes nothing.

        The bytes are durable before the row that knows them. They are always read and checked, also when
        the server has them: only who has them proves it.
        """
        size = self._blobs.put(hash, chunks)
        office, now_ms = scope(actor), self._now_ms()
        self._storage.write(
            lambda ledger: ledger.keep_file(office, hash, size, actor.device, actor.login, now_ms)
        )

    def get(self, actor: Actor, hash: str) -> bytes:
        """The sealed bytes. Raises Problem('attachment.not_found'), also for a file that she may not have."""

        def may_have(ledger: Ledger) -> bool:
            cases = ledger.cases_of_file(scope(actor), hash)
            return bool(cases) and bool(cases - ledger.denied_to(names_of(actor)).keys())

        if not (is_hash(hash) and self._storage.read(may_have)):
            raise Problem("attachment.not_found")
        return self._blobs.read(hash)

    def remove_orphans(self, older_than: float) -> int:
        """Remove files that nobody has sent whole, last written before `older_than` (seconds since 1970)."""
        return self._blobs.remove_orphans(self._storage.attachment_hashes(), older_than)


def files_named(change_set: ChangeSet, questions: Collection[str]) -> list[str]:
    """The hashes that a change set names as answers to these questions, given by their template paths."""
    if not questions:
        return []
    answers = [value for path, value in change_set.values.items() if template(path) in questions]
    return [hash for hash in map(_hash_in, answers) if hash is not None]


def _hash_in(answer: Json) -> str | None:
    """The hash of the file that an answer names, before its colon; None where it names none."""
    hash = answer.partition(":")[0] if isinstance(answer, str) else ""
    return hash if is_hash(hash) else None
