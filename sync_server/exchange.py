"""The server's half of a sync: takes in what a device has, and gives it what it has not.

push.py takes in, pull.py gives; here the two come together, each in its transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from sync_server.accounts import Actor
from sync_server.grants import Grants, matters
from sync_server.judgement import FormInUse
from sync_server.permissions import names_of, names_of_place, scope
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import Contact
from sync_server.protocol.merge import Rules
from sync_server.protocol.messages import (
    AlarmNotice,
    Cursor,
    FormListing,
    Settled,
    SyncRequest,
    SyncResponse,
    forms_fingerprint,
)
from sync_server.protocol.problems import Problem
from sync_server.pull import Pulled, pull
from sync_server.push import Push, Reply, form_of
from sync_server.reference import Programmes, reference
from sync_server.storage.base import Storage

#: A sync that brings nothing writes down that the device was there no more often than this.
_NOTED_EVERY_MS: Final = 60_000


class Catalogue(Protocol):
    """What a sync asks of the published forms."""

    def current(self) -> tuple[FormListing, ...]: ...

    def rules(self, id: str, version: str) -> Rules | None: ...

    def meanings(self, id: str, version: str) -> frozenset[str]: ...

    def files(self, id: str, version: str) -> frozenset[str]: ...

    def denials(self, id: str, version: str) -> frozenset[str]: ...

    def lifts(self, id: str, version: str) -> frozenset[str]: ...

    def sharing(self, id: str, version: str) -> Mapping[str, str]: ...

    def joining(self, id: str, version: str) -> Mapping[str, str]: ...

    def denied_names(self, id: str, version: str) -> frozenset[str]: ...


class Exchange:
    """Answers syncs. Safe to use from many threads."""

    def __init__(
        self, storage: Storage, catalogue: Catalogue, now_ms: Callable[[], int], demo: bool = False
    ) -> None:
        self._storage = storage
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._demo = demo
        self._programmes = Programmes(storage)
        self._grants = Grants(lambda case: self._programmes.of(case).consent)

    def sync(self, actor: Actor, request: SyncRequest) -> SyncResponse:
        """Push, then pull, so that the page already shows what became of the push.

        Raises Problem('sync.demo.mismatch') when a demo device speaks to a real server or the
        other way round, and what `push` and `pull` raise.
        """
        if request.demo != self._demo:
            raise Problem("sync.demo.mismatch")
        received = self._now_ms()
        clock = request.clock
        contact = Contact(now=clock.now, received=received, boot=clock.boot, uptime=clock.uptime)
        if request.changes or request.settled:
            reply = self.push(actor, contact, request.batch, request.changes, request.settled)
        else:
            reply = Reply((), (), self._heard(actor, contact))
        pulled = self.pull(actor, request.cursor, request.limit)
        forms = self._catalogue.current()
        known = reference(self._storage, actor.device)
        return SyncResponse(
            page=pulled.page,
            now=received,
            max_stamp=pulled.max_stamp,
            accepted=reply.accepted,
            refused=reply.refused,
            received=reply.received,
            conflicts=pulled.notices,
            forms=None if request.forms == forms_fingerprint(forms) else forms,
            reference=None if request.reference == known.fingerprint else known,
            alarms=self.alarms(actor),
        )

    def push(
        self,
        actor: Actor,
        contact: Contact,
        batch: str | None,
        changes: Sequence[ChangeSet],
        settled: Sequence[Settled] = (),
    ) -> Reply:
        """Take in change sets and settled conflicts of the actor's device, in one transaction.

        What cannot be taken is refused one by one, with a code; the rest is accepted. A batch
        that was answered before gets that answer; Problem('sync.batch.reused') when it names
        other change sets than then.
        """
        ordered = sorted(changes, key=lambda change_set: change_set.sequence)
        # Before the transaction: within it, a second connection could wait for one that waits for us.
        self._programmes.refresh()
        forms = {key: self._in_use(*key) for key in {form_of(change_set) for change_set in ordered}}
        return self._storage.write(
            lambda ledger: Push(ledger, forms, self._grants, actor, contact).run(batch, ordered, settled)
        )

    def pull(self, actor: Actor, cursor: str | None, limit: int) -> Pulled:
        """What changed for the actor after `cursor`, in at most about `limit` bytes.

        At least one record comes, however large. A cursor of another epoch, office or future is
        answered from the start. Raises Problem('sync.cursor.invalid').
        """
        asked = Cursor.parse(cursor) if cursor is not None else None
        epoch = self._storage.epoch
        return self._storage.read(lambda ledger: pull(ledger, actor, asked, epoch, limit))

    def alarms(self, actor: Actor) -> tuple[AlarmNotice, ...]:
        """What must not wait in the cases of the actor's office, and in others that name its country,
        but none that denies her, nor one of another office that denies hers, its country or somebody there;
        the oldest first. Of a case of another office only its code is told."""
        offices = {office.id: office for office in self._storage.offices()}
        office, here = scope(actor), offices.get(actor.office)
        place, country = frozenset[str](), ""
        if here is not None:
            staff = (user for user in self._storage.users() if user.office == here.id)
            place, country = names_of_place(here, staff), here.country
        return tuple(
            AlarmNotice(
                each.code,
                each.case_code,
                each.since_ms,
                each.raised_ms,
                each.case if each.office == office else None,
            )
            for each in self._storage.alarms(office, country, names_of(actor), place)
        )

    def _in_use(self, id: str, version: str) -> FormInUse:
        rules = self._catalogue.rules(id, version)
        meanings = self._catalogue.meanings(id, version)
        return FormInUse(
            rules,
            matters(id, meanings),
            self._catalogue.files(id, version),
            self._catalogue.denials(id, version),
            self._catalogue.lifts(id, version),
            self._catalogue.sharing(id, version),
            self._catalogue.joining(id, version),
            self._catalogue.denied_names(id, version),
        )

    def _heard(self, actor: Actor, contact: Contact) -> int:
        device = self._storage.read(lambda ledger: ledger.device(actor.device))
        last = device.last_contact_ms
        if last is None or contact.received - last >= _NOTED_EVERY_MS:
            self._storage.touch_device(actor.device, contact.offset, contact.received)
        return device.received
