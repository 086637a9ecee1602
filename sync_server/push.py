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
from sync_server.attachments import files_named
from sync_server.conflicts import Ending
from sync_server.grants import Grants
from sync_server.held_records import HeldRecords, effective_stamps, known_of
from sync_server.joined_files import JoinedFiles
from sync_server.judgement import FormInUse, FormVersion, Judgement, form_of
from sync_server.permissions import refusal, scope
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import Contact, milliseconds_of
from sync_server.protocol.merge import merge
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.protocol.messages import ConflictNotice, RecordDelta, Refused, Settled
from sync_server.protocol.problems import Problem
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Ledger, LoggedChange, LoggedConflict, StoredRecord
from sync_server.storage.file_base import FileClaim


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a push: device sequences, and how far the device has come."""

    accepted: tuple[int, ...]
    refused: tuple[Refused, ...]
    received: int


#: Each record that changes, merged, with the conflicts of it.
Merged = dict[str, tuple[RecordDelta, list[ConflictNotice]]]


@dataclass(frozen=True, slots=True)
class _Told:
    """Conflicts in cases of other offices, by home, and the home of each of the cases."""

    by_home: Mapping[str, Mapping[str, LoggedConflict]]
    homes: Mapping[str, str]


class Push:
    """One push within its transaction. `forms` has every form that the change sets name.

    A change is taken in where its case is at home, whoever of the offices that have it has written it.
    """

    def __init__(
        self,
        ledger: Ledger,
        forms: Mapping[FormVersion, FormInUse],
        grants: Grants,
        actor: Actor,
        contact: Contact,
    ) -> None:
        self._ledger = ledger
        self._forms = forms
        self._rules = {key: form.rules for key, form in forms.items()}
        self._grants = grants
        self._actor = actor
        self._contact = contact
        self._office = scope(actor)
        self._homes: dict[str, str] = {}

    def run(self, batch: str | None, changes: Sequence[ChangeSet], settled: Sequence[Settled]) -> Reply:
        """Take in what can be; `changes` come in the order of the device."""
        position = self._ledger.lock_device(self._actor.device)
        sequences = [change_set.sequence for change_set in changes]
        if batch is not None:
            given = self._ledger.reply(self._office, self._actor.device, batch)
            if given is not None:
                return _reply_again(given, sequences)
        logged = self._logged([sequence for sequence in sequences if sequence <= position])
        undecided = [change_set for change_set in changes if change_set.sequence not in logged]
        undecided = [self._signed(change_set) for change_set in undecided]
        cases = {change_set.case for change_set in undecided}
        homes = self._ledger.offices_of(cases)
        told = self._told_elsewhere(settled)
        self._homes = {**dict.fromkeys(cases, self._office), **homes, **told.homes}
        joined = JoinedFiles(self._ledger, self._grants, self._homes, filter(self._may_decide, undecided))
        self._homes = {**joined.homes, **self._homes}
        shared = SharedCases(self._ledger, self._grants, self._office, self._homes, self._actor)
        by_home = self._by_home(undecided, homes, shared)
        held = HeldRecords(self._ledger, by_home, self._rules)
        elsewhere = self._elsewhere(by_home) if shared.involved else set()
        judged = Judgement(
            self._actor, self._forms, homes, shared, held, logged, position, self._written_ms, elsewhere
        )
        judged.decide(changes)
        unknown = {change_set.case for change_set in judged.accepted} - homes.keys()
        self._ledger.add_cases(self._office, unknown, self._contact.received)
        self._take_in(judged.accepted, settled, told, held, shared, joined)
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

    def _logged(self, old: Sequence[int]) -> dict[int, str]:
        """What of these sequences was accepted before, in whichever office's log it is."""
        found: dict[int, str] = {}
        if old:
            for office in {self._office, *self._ledger.homes_shared_with(self._office)}:
                found.update(self._ledger.logged(office, self._actor.device, old))
        return found

    def _written_ms(self, change_set: ChangeSet) -> int:
        """When the last answer of a change set was given, by the server's clock."""
        logged = LoggedChange(change_set, self._contact.received, self._contact.offset_at(change_set))
        return max(map(milliseconds_of, effective_stamps(logged).values()))

    def _signed(self, change_set: ChangeSet) -> ChangeSet:
        """With the role of its author, where a rule of merging asks for it; whatever a device says."""
        role = COORDINATOR if self._actor.role == COORDINATOR else ""
        return change_set if change_set.role == role else replace(change_set, role=role)

    def _by_home(
        self, changes: Iterable[ChangeSet], homes: Mapping[str, str], shared: SharedCases
    ) -> dict[str, list[ChangeSet]]:
        """Those that may be written, by the office in whose tables they belong."""
        found: dict[str, list[ChangeSet]] = {}
        for change_set in changes:
            home = homes.get(change_set.case)
            share, written = shared.of(change_set.case), self._written_ms(change_set)
            denial = shared.denial(change_set.case)
            if not refusal(self._actor, change_set, home, share, False, written, denial):
                found.setdefault(home or self._office, []).append(change_set)
        return found

    def _elsewhere(self, by_home: Mapping[str, Sequence[ChangeSet]]) -> set[str]:
        """Records that are another office's than the one of the case that a change set names."""
        named = {home: {change_set.record for change_set in some} for home, some in by_home.items()}
        foreign = self._ledger.foreign_homes(self._office, set[str]().union(*named.values()))
        found = {
            record for home, ids in named.items() for record in ids if foreign.get(record, {home}) - {home}
        }
        of_others = {record for home, ids in named.items() if home != self._office for record in ids}
        return found | self._ledger.existing(self._office, of_others)

    def _told_elsewhere(self, settled: Sequence[Settled]) -> _Told:
        """The settled conflicts that are of cases of other offices."""
        ids = {one.conflict for one in settled}
        homes = self._ledger.told_conflicts(self._office, ids) if ids else {}
        found = {
            home: self._ledger.conflicts(home, {id for id in homes if homes[id] == home})
            for home in sorted(set(homes.values()))
        }
        return _Told(found, {each.notice.case: home for home in found for each in found[home].values()})

    def _endings(
        self,
        accepted: Sequence[ChangeSet],
        settled: Sequence[Settled],
        told: _Told,
        held: HeldRecords,
        shared: SharedCases,
    ) -> dict[str, dict[str, Ending]]:
        """The conflicts that end with this push, by home. Of a case that denies her, she ends none."""
        own = self._ledger.conflicts(self._office, {one.conflict for one in settled}) if settled else {}
        found = {}
        for home, logged in {**told.by_home, self._office: own}.items():
            hers = {id: each for id, each in logged.items() if shared.denial(each.notice.case) is None}
            found[home] = conflicts.settled_by_choice(hers, self._actor, settled)
        touched: dict[str, list[ChangeSet]] = {}
        for change_set in accepted:
            if change_set.record in held:
                touched.setdefault(self._homes[change_set.case], []).append(change_set)
        for home, some in touched.items():
            records = {change_set.record for change_set in some}
            mine = self._ledger.open_conflicts(home, self._actor.login, records)
            found.setdefault(home, {}).update(conflicts.settled_by_change(mine, some))
        return {home: endings for home, endings in found.items() if endings}

    def _take_in(
        self,
        accepted: Sequence[ChangeSet],
        settled: Sequence[Settled],
        told: _Told,
        held: HeldRecords,
        shared: SharedCases,
        joined: JoinedFiles,
    ) -> None:
        """Merge, and write everything with its sequences; then let other offices have what is theirs."""
        endings = self._endings(accepted, settled, told, held, shared)
        if not accepted and not endings:
            return
        contact = self._contact
        arrived: dict[str, list[LoggedChange]] = {home: [] for home in endings}
        for change_set in accepted:
            logged = LoggedChange(self._signed(change_set), contact.received, contact.offset_at(change_set))
            arrived.setdefault(self._homes[change_set.case], []).append(logged)
        merged = self._merge([logged for some in arrived.values() for logged in some], held)
        touched: dict[str, list[str]] = {case: [] for case in told.homes}
        for id, (delta, _) in merged.items():
            touched.setdefault(delta.case, []).append(id)
        counts = {home: len(some) + (home in endings) for home, some in arrived.items()}
        to_decide = self._to_decide(accepted, shared, joined)
        firsts = shared.lock(counts, {*touched, *to_decide}, self._named(accepted, merged))
        joined.check()
        lost: dict[str, list[LoggedConflict]] = {}
        for home in sorted(arrived):
            numbered = list(enumerate(arrived[home], firsts[home]))
            self._ledger.log_changes(home, numbered)
            lost[home] = self._write_records(home, numbered, merged, held)
        self._claim_files(accepted)
        lost = self._with_partners(lost, shared)
        losers = {each.partner for some in lost.values() for each in some if each.partner}
        losers |= {self._office} if endings.keys() - {self._office} else set()
        numbers = shared.tell(touched, to_decide, losers, contact.received)
        for home, some in lost.items():
            if some:
                some = [replace(each, partner_sequence=numbers.get(each.partner or "", 0)) for each in some]
                self._ledger.log_conflicts(home, some, contact.received)
        for home, of_home in endings.items():
            theirs = 0 if home == self._office else numbers.get(self._office, 0)
            last = firsts[home] + len(arrived[home])
            self._ledger.settle_conflicts(home, of_home, last, theirs)

    def _named(self, accepted: Iterable[ChangeSet], merged: Merged) -> set[str]:
        """The offices that this push names as those that are to have a case."""
        saying = {each.record for each in accepted if self._forms[form_of(each)].shares_on}
        return {name for id in saying for name in self._grants.named_in(self._ledger, merged[id][0])}

    def _to_decide(self, accepted: Iterable[ChangeSet], shared: SharedCases, joined: JoinedFiles) -> set[str]:
        """The cases of which it may be otherwise from now on who has them, or whom they deny."""
        found = set()
        for each in filter(self._may_decide, accepted):
            form = self._forms[form_of(each)]
            files = {each.case, *joined.of(each.case)}
            if not form.speaks_of_denials(each):
                files = {file for file in files if shared.has_partners(file) or shared.has_deny_list(file)}
            found |= files | ({each.case} if form.shares_on else set())
        return found

    def _may_decide(self, change_set: ChangeSet) -> bool:
        """Whether it may be otherwise after it who has a case, this one or one that is joined to it."""
        form = self._forms[form_of(change_set)]
        return form.matters or form.shares_on or form.speaks_of_denials(change_set)

    def _claim_files(self, accepted: Iterable[ChangeSet]) -> None:
        """Note which files these name as answers to questions that ask for one, in which case."""
        claims: dict[str, list[FileClaim]] = {}
        for each in accepted:
            for hash in files_named(each, self._forms[form_of(each)].files):
                claim = FileClaim(each.case, hash, self._actor.login)
                claims.setdefault(self._homes[each.case], []).append(claim)
        for home in sorted(claims):
            self._ledger.claim_files(home, claims[home])

    def _with_partners(
        self, lost: Mapping[str, Sequence[LoggedConflict]], shared: SharedCases
    ) -> dict[str, list[LoggedConflict]]:
        """The conflicts with the office of who lost, where it is another one than the case's own."""
        authors = {
            each.notice.lost_author
            for some in lost.values()
            for each in some
            if shared.has_partners(each.notice.case)
        }
        offices = self._ledger.offices_of_people(authors) if authors else {}
        return {
            home: [
                each
                if (office := offices.get(each.notice.lost_author, home)) == home
                else replace(each, partner=office)
                for each in some
            ]
            for home, some in lost.items()
        }

    def _merge(self, arrived: Iterable[LoggedChange], held: HeldRecords) -> Merged:
        """Each record that changes, merged, with the conflicts of it."""
        by_record: dict[str, list[LoggedChange]] = {}
        for logged in arrived:
            by_record.setdefault(logged.change_set.record, []).append(logged)
        merged: Merged = {}
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
        self, home: str, numbered: Iterable[tuple[int, LoggedChange]], merged: Merged, held: HeldRecords
    ) -> list[LoggedConflict]:
        """Write those of the merged records that are at home there; the conflicts of them."""
        firsts: dict[str, int] = {}
        lasts: dict[str, int] = {}
        for sequence, logged in numbered:
            firsts.setdefault(logged.change_set.record, sequence)
            lasts[logged.change_set.record] = sequence
        new, changed, lost = [], [], []
        for id, last in lasts.items():
            delta, notices = merged[id]
            if id in held:
                changed.append(StoredRecord(delta, held[id].created, last, 0))
            else:
                new.append(StoredRecord(delta, firsts[id], last, 0))
            lost += [LoggedConflict(notice, last) for notice in notices]
        self._ledger.put_records(home, new, changed)
        if joining := {id for id in lasts if self._joins(merged[id][0])}:
            self._ledger.note_joining(home, joining)
        return lost

    def _joins(self, delta: RecordDelta) -> bool:
        return self._grants.joins(self._ledger, delta.form, delta.form_version)


def _reply_text(reply: Reply, sequences: list[int]) -> str:
    refused = [[one.sequence, one.code, dict(one.params)] for one in reply.refused]
    return json.dumps([sequences, reply.accepted, refused, reply.received], separators=(",", ":"))


def _reply_again(given: str, sequences: list[int]) -> Reply:
    then, accepted, refused, received = json.loads(given)
    if then != sequences:
        raise Problem("sync.batch.reused")
    return Reply(tuple(accepted), tuple(Refused(*one) for one in refused), received)
