"""Taking in what a device has: change sets, merged records, conflicts, and the reply itself.

Everything happens in one transaction, and the reply is given again when the same batch comes
again. Nothing is acknowledged before its merge is decided and durable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_server import conflicts
from sync_server.accounts import Actor
from sync_server.held_records import HeldRecords, effective_stamps, known_of
from sync_server.judgement import FormVersion, Judgement, form_of
from sync_server.permissions import scope
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import Contact
from sync_server.protocol.merge import Rules, merge
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.protocol.messages import ConflictNotice, RecordDelta, Refused, Settled
from sync_server.protocol.problems import Problem
from sync_server.storage.base import Ledger, LoggedChange, LoggedConflict, StoredRecord


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a push: device sequences, and how far the device has come."""

    accepted: tuple[int, ...]
    refused: tuple[Refused, ...]
    received: int


class Push:
    """One push within its transaction. `rules` has every form that the change sets name."""

    def __init__(
        self, ledger: Ledger, rules: Mapping[FormVersion, Rules | None], actor: Actor, contact: Contact
    ) -> None:
        self._ledger = ledger
        self._rules = rules
        self._actor = actor
        self._contact = contact
        self._office = scope(actor)

    def run(self, batch: str | None, changes: Sequence[ChangeSet], settled: Sequence[Settled]) -> Reply:
        """Take in what can be; `changes` come in the order of the device."""
        position = self._ledger.lock_device(self._actor.device)
        sequences = [change_set.sequence for change_set in changes]
        if batch is not None:
            given = self._ledger.reply(self._office, self._actor.device, batch)
            if given is not None:
                return _reply_again(given, sequences)
        old = [sequence for sequence in sequences if sequence <= position]
        logged = self._ledger.logged(self._office, self._actor.device, old) if old else {}
        undecided = [change_set for change_set in changes if change_set.sequence not in logged]
        undecided = [self._signed(change_set) for change_set in undecided]
        held = HeldRecords(self._ledger, self._office, undecided, self._rules)
        cases = self._ledger.offices_of({change_set.case for change_set in undecided})
        judged = Judgement(self._actor, self._rules, cases, held, logged, position)
        judged.decide(changes)
        unknown = {change_set.case for change_set in judged.accepted} - cases.keys()
        self._ledger.add_cases(self._office, unknown, self._contact.received)
        self._take_in(judged.accepted, settled, held)
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

    def _signed(self, change_set: ChangeSet) -> ChangeSet:
        """With the role of its author, where a rule of merging asks for it; whatever a device says."""
        role = COORDINATOR if self._actor.role == COORDINATOR else ""
        return change_set if change_set.role == role else replace(change_set, role=role)

    def _take_in(self, accepted: Sequence[ChangeSet], settled: Sequence[Settled], held: HeldRecords) -> None:
        """Merge, and write everything with its sequences."""
        endings = conflicts.settled_by_choice(self._ledger, self._actor, settled)
        touched = {change_set.record for change_set in accepted if change_set.record in held}
        if touched:
            mine = self._ledger.open_conflicts(self._office, self._actor.login, touched)
            endings.update(conflicts.settled_by_change(mine, accepted))
        if not accepted and not endings:
            return
        contact = self._contact
        arrived = [
            LoggedChange(self._signed(change_set), contact.received, contact.offset_at(change_set))
            for change_set in accepted
        ]
        merged = self._merge(arrived, held)
        first = self._ledger.take_sequences(self._office, len(arrived) + bool(endings))
        numbered = list(enumerate(arrived, first))
        self._ledger.log_changes(self._office, numbered)
        self._write_records(numbered, merged, held)
        self._ledger.settle_conflicts(self._office, endings, first + len(arrived))

    def _merge(
        self, arrived: Iterable[LoggedChange], held: HeldRecords
    ) -> dict[str, tuple[RecordDelta, list[ConflictNotice]]]:
        """Each record that changes, merged, with the conflicts of it."""
        by_record: dict[str, list[LoggedChange]] = {}
        for logged in arrived:
            by_record.setdefault(logged.change_set.record, []).append(logged)
        merged: dict[str, tuple[RecordDelta, list[ConflictNotice]]] = {}
        for id, logged_here in by_record.items():
            if id not in held and len(logged_here) == 1:
                (only,) = logged_here
                merged[id] = RecordDelta.of_first(only.change_set, effective_stamps(only)), []
                continue
            incoming = [known for logged in logged_here for known in known_of(logged)]
            newest = logged_here[-1].change_set
            rules = self._rules[form_of(newest)]
            assert rules is not None, "a change set of an unknown form is refused"
            after = merge(held.states(id), incoming, rules, held.history(id))
            version = newest.form_version
            if id in held and after.state:
                latest = max(after.state.values(), key=lambda state: state.effective)
                if not any(latest.in_full[-1].stamp == known.change.stamp for known in incoming):
                    version = held[id].delta.form_version
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
        held: HeldRecords,
    ) -> None:
        firsts: dict[str, int] = {}
        lasts: dict[str, int] = {}
        for sequence, logged in numbered:
            firsts.setdefault(logged.change_set.record, sequence)
            lasts[logged.change_set.record] = sequence
        new, changed, lost = [], [], []
        for id, (delta, notices) in merged.items():
            if id in held:
                changed.append(StoredRecord(delta, held[id].created, lasts[id], 0))
            else:
                new.append(StoredRecord(delta, firsts[id], lasts[id], 0))
            lost += [LoggedConflict(notice, lasts[id]) for notice in notices]
        self._ledger.put_records(self._office, new, changed)
        if lost:
            self._ledger.log_conflicts(self._office, lost, self._contact.received)


def _reply_text(reply: Reply, sequences: list[int]) -> str:
    refused = [[one.sequence, one.code, dict(one.params)] for one in reply.refused]
    return json.dumps([sequences, reply.accepted, refused, reply.received], separators=(",", ":"))


def _reply_again(given: str, sequences: list[int]) -> Reply:
    then, accepted, refused, received = json.loads(given)
    if then != sequences:
        raise Problem("sync.batch.reused")
    return Reply(tuple(accepted), tuple(Refused(*one) for one in refused), received)
