"""The server's half of a sync: takes in what a device has, and gives it what it has not.

Everything that a push does happens in one transaction: change sets, merged records, conflicts,
and the reply itself, which is given again when the same batch comes again. Nothing is
acknowledged before its merge is decided and durable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from sync_server import conflicts
from sync_server.accounts import Actor
from sync_server.permissions import may_write, scope
from sync_server.protocol.change import ChangeSet, check
from sync_server.protocol.clock import Contact, corrected
from sync_server.protocol.merge import Known, Rules, merge, replaces
from sync_server.protocol.messages import (
    ConflictNotice,
    Cursor,
    FormListing,
    RecordDelta,
    Refused,
    Settled,
    SyncRequest,
    SyncResponse,
    forms_fingerprint,
)
from sync_server.protocol.problems import Problem
from sync_server.pull import Pulled, pull
from sync_server.storage.base import Ledger, LoggedChange, LoggedConflict, Storage, StoredRecord

#: A sync that brings nothing writes down that the device was there no more often than this.
_NOTED_EVERY_MS: Final = 60_000


FormVersion = tuple[str, str]


class Catalogue(Protocol):
    """What a sync asks of the published forms."""

    def current(self) -> tuple[FormListing, ...]: ...

    def rules(self, id: str, version: str) -> Rules | None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a push: device sequences, and how far the device has come."""

    accepted: tuple[int, ...]
    refused: tuple[Refused, ...]
    received: int


@dataclass(slots=True)
class _Judged:
    """A batch, sorted by what becomes of it."""

    accepted: list[ChangeSet] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    received: int = 0


class Exchange:
    """Answers syncs. Safe to use from many threads."""

    def __init__(
        self, storage: Storage, catalogue: Catalogue, now_ms: Callable[[], int], demo: bool = False
    ) -> None:
        self._storage = storage
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._demo = demo

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
        return SyncResponse(
            page=pulled.page,
            now=received,
            max_stamp=pulled.max_stamp,
            accepted=reply.accepted,
            refused=reply.refused,
            received=reply.received,
            conflicts=pulled.notices,
            forms=None if request.forms == forms_fingerprint(forms) else forms,
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
        rules = {key: self._catalogue.rules(*key) for key in {_form_of(change_set) for change_set in ordered}}
        return self._storage.write(
            lambda ledger: _Push(ledger, rules, actor, contact).run(batch, ordered, settled)
        )

    def pull(self, actor: Actor, cursor: str | None, limit: int) -> Pulled:
        """What changed for the actor after `cursor`, in at most about `limit` bytes.

        At least one record comes, however large. A cursor of another epoch, office or future is
        answered from the start. Raises Problem('sync.cursor.invalid').
        """
        asked = Cursor.parse(cursor) if cursor is not None else None
        epoch = self._storage.epoch
        return self._storage.read(lambda ledger: pull(ledger, actor, asked, epoch, limit))

    def _heard(self, actor: Actor, contact: Contact) -> int:
        device = self._storage.read(lambda ledger: ledger.device(actor.device))
        last = device.last_contact_ms
        if last is None or contact.received - last >= _NOTED_EVERY_MS:
            self._storage.touch_device(actor.device, contact.offset, contact.received)
        return device.received


class _Push:
    """One push within its transaction."""

    def __init__(
        self, ledger: Ledger, rules: Mapping[FormVersion, Rules | None], actor: Actor, contact: Contact
    ) -> None:
        self._ledger = ledger
        self._rules = rules
        self._actor = actor
        self._contact = contact
        self._office = scope(actor)

    def run(self, batch: str | None, changes: Sequence[ChangeSet], settled: Sequence[Settled]) -> Reply:
        position = self._ledger.lock_device(self._actor.device)
        sequences = [change_set.sequence for change_set in changes]
        if batch is not None:
            given = self._ledger.reply(self._office, self._actor.device, batch)
            if given is not None:
                return _reply_again(given, sequences)
        records = self._ledger.records(self._office, {change_set.record for change_set in changes})
        judged = self._judge(changes, position, records)
        self._take_in(judged.accepted, settled, records)
        accepted = sorted({*judged.repeated, *(change_set.sequence for change_set in judged.accepted)})
        reply = Reply(tuple(accepted), tuple(judged.refused), judged.received)
        self._ledger.note_device(
            self._actor.device, reply.received, self._contact.offset, self._contact.received
        )
        if batch is not None:
            self._ledger.keep_reply(
                self._office, self._actor.device, batch, _reply_text(reply, sequences), self._contact.received
            )
        return reply

    def _judge(
        self, changes: Sequence[ChangeSet], position: int, records: Mapping[str, StoredRecord]
    ) -> _Judged:
        """Decide on each change set, in the order of the device."""
        old = [change_set.sequence for change_set in changes if change_set.sequence <= position]
        logged = self._ledger.logged(self._office, self._actor.device, old) if old else {}
        cases = self._ledger.offices_of({change_set.case for change_set in changes})
        homes = {id: (record.delta.case, record.delta.form) for id, record in records.items()}
        judged = _Judged(received=position)
        for change_set in changes:
            try:
                known = logged.get(change_set.sequence)
                if known is not None:
                    if known != change_set.id:
                        raise Problem("sync.sequence.reused")
                    judged.repeated.append(change_set.sequence)
                    continue
                if change_set.sequence > judged.received + 1:
                    raise Problem("sync.sequence.gap", {"expected": judged.received + 1})
                judged.received = max(judged.received, change_set.sequence)
                self._allow(change_set, cases, homes)
            except Problem as problem:
                judged.refused.append(Refused(change_set.sequence, problem.code, problem.params))
                continue
            logged[change_set.sequence] = change_set.id
            homes[change_set.record] = (change_set.case, change_set.form)
            judged.accepted.append(change_set)
        unknown = {change_set.case for change_set in judged.accepted} - cases.keys()
        self._ledger.add_cases(self._office, unknown, self._contact.received)
        return judged

    def _allow(
        self, change_set: ChangeSet, cases: Mapping[str, str], homes: Mapping[str, tuple[str, str]]
    ) -> None:
        """Raise a Problem when the actor may not save this."""
        if change_set.device != self._actor.device:
            raise Problem("sync.change.invalid", {"what": "device"})
        if change_set.author != self._actor.login:
            raise Problem("sync.change.invalid", {"what": "author"})
        check(change_set)
        if not may_write(self._actor, cases.get(change_set.case)):
            raise Problem("sync.case.not_granted")
        home = (change_set.case, change_set.form)
        if homes.get(change_set.record, home) != home:
            raise Problem("sync.record.moved")
        if self._rules[_form_of(change_set)] is None:
            raise Problem("sync.form.unknown", {"form": change_set.form, "version": change_set.form_version})

    def _take_in(
        self, accepted: Sequence[ChangeSet], settled: Sequence[Settled], records: Mapping[str, StoredRecord]
    ) -> None:
        """Merge, and write everything with its sequences."""
        endings = conflicts.settled_by_choice(self._ledger, self._actor, settled)
        touched = {change_set.record for change_set in accepted} & records.keys()
        if touched:
            mine = self._ledger.open_conflicts(self._office, self._actor.login, touched)
            endings.update(conflicts.settled_by_change(mine, accepted))
        if not accepted and not endings:
            return
        arrived = [
            LoggedChange(change_set, self._contact.received, self._contact.offset_at(change_set))
            for change_set in accepted
        ]
        merged = self._merge(arrived, records)
        first = self._ledger.take_sequences(self._office, len(arrived) + bool(endings))
        numbered = list(enumerate(arrived, first))
        self._ledger.log_changes(self._office, numbered)
        self._write_records(numbered, merged, records)
        self._ledger.settle_conflicts(self._office, endings, first + len(arrived))

    def _merge(
        self, arrived: Iterable[LoggedChange], records: Mapping[str, StoredRecord]
    ) -> dict[str, tuple[RecordDelta, list[ConflictNotice]]]:
        """Each record that changes, merged, with the conflicts of it."""
        by_record: dict[str, list[LoggedChange]] = {}
        for logged in arrived:
            by_record.setdefault(logged.change_set.record, []).append(logged)
        states = {id: records[id].delta.states() if id in records else {} for id in by_record}
        contested = {
            id
            for id in by_record.keys() & records.keys()
            if any(
                not replaces(states[id].get(change.path), change)
                for logged in by_record[id]
                for change in logged.change_set.changes()
            )
        }
        histories = self._ledger.history(self._office, contested) if contested else {}
        merged = {}
        for id, logged_here in by_record.items():
            incoming = [known for logged in logged_here for known in known_of(logged)]
            newest = logged_here[-1].change_set
            rules = self._rules[_form_of(newest)]
            assert rules is not None, "a change set of an unknown form is refused"
            history = _History(histories.get(id, ()))
            after = merge(states[id], incoming, rules, history)
            version = newest.form_version
            if id in records and after.state:
                latest = max(after.state.values(), key=lambda state: state.effective)
                if not any(latest.in_full[-1].stamp == known.change.stamp for known in incoming):
                    version = records[id].delta.form_version
            if after.state:
                delta = RecordDelta.of(id, newest.case, newest.form, version, after.state)
            else:
                delta = RecordDelta(
                    id, newest.case, newest.form, version, newest.author, newest.stamp, values={}
                )
            notices = [conflicts.notice(id, newest.case, newest.form, one) for one in after.conflicts]
            merged[id] = delta, notices
        return merged

    def _write_records(
        self,
        numbered: Iterable[tuple[int, LoggedChange]],
        merged: Mapping[str, tuple[RecordDelta, list[ConflictNotice]]],
        records: Mapping[str, StoredRecord],
    ) -> None:
        firsts: dict[str, int] = {}
        lasts: dict[str, int] = {}
        for sequence, logged in numbered:
            firsts.setdefault(logged.change_set.record, sequence)
            lasts[logged.change_set.record] = sequence
        new, changed, lost = [], [], []
        for id, (delta, notices) in merged.items():
            if id in records:
                changed.append(StoredRecord(delta, records[id].created, lasts[id], 0))
            else:
                new.append(StoredRecord(delta, firsts[id], lasts[id], 0))
            lost += [LoggedConflict(notice, lasts[id]) for notice in notices]
        self._ledger.put_records(self._office, new, changed)
        if lost:
            self._ledger.log_conflicts(self._office, lost, self._contact.received)


class _History:
    """The log of one record, by path; read only when a merge asks."""

    def __init__(self, logged: Collection[LoggedChange]) -> None:
        self._logged = logged
        self._by_path: dict[str, list[Known]] | None = None

    def __call__(self, path: str) -> Iterable[Known]:
        if self._by_path is None:
            self._by_path = {}
            for logged in self._logged:
                for known in known_of(logged):
                    self._by_path.setdefault(known.change.path, []).append(known)
        return self._by_path.get(path, ())


def known_of(logged: LoggedChange) -> Iterable[Known]:
    """The changes of an accepted change set with their own effective stamps."""
    effective = {
        stamp: corrected(stamp, logged.clock_offset_ms, logged.received_ms)
        for stamp in {logged.change_set.stamp, *logged.change_set.stamps.values()}
    }
    return [Known(change, effective[change.stamp]) for change in logged.change_set.changes()]


def _form_of(change_set: ChangeSet) -> FormVersion:
    return change_set.form, change_set.form_version


def _reply_text(reply: Reply, sequences: list[int]) -> str:
    refused = [[one.sequence, one.code, dict(one.params)] for one in reply.refused]
    return json.dumps([sequences, reply.accepted, refused, reply.received], separators=(",", ":"))


def _reply_again(given: str, sequences: list[int]) -> Reply:
    then, accepted, refused, received = json.loads(given)
    if then != sequences:
        raise Problem("sync.batch.reused")
    return Reply(tuple(accepted), tuple(Refused(*one) for one in refused), received)
