"""Sealed files of cases: the server keeps bytes that it cannot read, and who may have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sync_server.accounts import Actor
from sync_server.permissions import scope
from sync_server.protocol.problems import Problem
from sync_server.storage.base import Storage
from sync_server.storage.blobs import Blobs


class Attachments:
    """Puts and gives attachments of the actor's office, and of the cases that others share with it.

    Those lie with the case's home, as its records do; when the sharing ends, so does the way to them.
    """

    def __init__(self, storage: Storage, blobs: Blobs, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._blobs = blobs
        self._now_ms = now_ms

    def put(self, actor: Actor, hash: str, chunks: Iterable[bytes]) -> None:
        """Keep a file under the hash of its sealed bytes; sent again, it changes nothing.

        The bytes are durable before the row that knows them. They are always read and checked:
        only who has them may make them her office's.
        """
        size = self._blobs.put(hash, chunks)
        office = scope(actor)
        home = self._storage.home_of_attachment(office, hash)
        self._storage.add_attachment(home or office, hash, size, actor.device, self._now_ms())

    def get(self, actor: Actor, hash: str) -> bytes:
        """The sealed bytes. Raises Problem('attachment.not_found'), also for other offices' files."""
        office = scope(actor)
        if not self._storage.has_attachment(office, hash):
            home = self._storage.home_of_attachment(office, hash)
            if home is None or not self._storage.has_attachment(home, hash):
                raise Problem("attachment.not_found")
        return self._blobs.read(hash)

    def remove_orphans(self, older_than: float) -> int:
        """Remove files that no office has, last written before `older_than` (seconds since 1970)."""
        return self._blobs.remove_orphans(self._storage.attachment_hashes(), older_than)
