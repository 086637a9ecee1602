"""One sync, as a list of steps: greet, push and pull, keys, forms, attachments, finish.

Every step leaves the store in order, so a cut at any moment costs at most the exchange under way:
what was acknowledged stays acknowledged, the cursor is saved with the page that it ends.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from app.background import as_problem
from app.boot import boot_facts
from app.problems import Problem
from app.store import (
    Snapshot,
    Store,
    Transaction,
    attachments,
    conflicts,
    form_library,
    inherited,
    meta,
    outbox,
    pages,
    reference,
    travel,
)
from app.store.form_library import StoredForm
from app.store.store import BootFacts, system_now_ms
from app.sync import receipt
from app.sync.http_client import HttpClient
from app.sync.outcome import Outcome
from app.sync.pace import Pace
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.messages import (
    ClockReading,
    FormListing,
    Refused,
    Settled,
    SyncRequest,
    SyncResponse,
    forms_fingerprint,
)

#: The fingerprint of the server's list of forms, once all of it is here.
_FORMS: Final = "sync.forms"

#: The device and the server disagree about how many change sets there were.
_MISCOUNTED: Final = frozenset({"sync.sequence.gap", "sync.sequence.reused"})
#: How often in a row the device counts anew before it gives up.
RECOUNTS: Final = 3

#: connect, push, pull, forms, attachments; None when the sync has ended.
OnPhase = Callable[[str | None], object]
#: From a listed version and its XML to what is stored; raises when the XML is not that form. An empty
#: hash: not listed, so only the name can be checked.
ReadForm = Callable[[FormListing, str], StoredForm]

_BATCHES: Final = uuid.UUID("0b1f5a52-6f0e-5d0a-8a6b-2d8d0a6f0e11")

log = logging.getLogger(__name__)


@dataclass
class _Counts:
    """What one sync has exchanged so far."""

    sent: int = 0
    refused: int = 0
    received: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    forms: int = 0
    news: bool = False
    files_sent: int = 0
    files_received: int = 0

    def add(self, response: SyncResponse) -> None:
        self.sent += len(response.accepted)
        self.refused += len(_refusals(response))
        self.received.update(delta.record for delta in response.page.items)
        self.conflicts.update(notice.id for notice in response.conflicts if notice.state == "open")


class Syncer:
    """Syncs one store with the server that it is enrolled with. One `sync` at a time, on any thread."""

    def __init__(
        self,
        store: Store,
        client: HttpClient,
        read_form: ReadForm,
        *,
        on_phase: OnPhase = lambda phase: None,
        now_ms: Callable[[], int] = system_now_ms,
        boot_facts: BootFacts = boot_facts,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._client = client
        self._read_form = read_form
        self._on_phase = on_phase
        self._now_ms, self._boot_facts = now_ms, boot_facts
        self._pace = pace or Pace()
        self._greeted = False

    def sync(self) -> Outcome:
        """Exchange everything there is. What goes wrong is in the outcome; nothing is raised for it."""
        started, counts = self._now(), _Counts()
        problem: Problem | None = None
        try:
            self._refuse_while_away()
            self._greet()
            listed = self._push_and_pull(counts)
            unsettled = self._settle_keys()
            unread = self._fetch_forms(listed, counts)
            stuck = self._send_attachments(counts)
            stuck = self._fetch_attachments(counts) or stuck
            problem = unread or stuck or self._store.read(receipt.put_back) or unsettled
        except Exception as met:
            problem = as_problem(met)
        if problem is not None:
            # Whoever answers next time may be somebody else: greet again before anything is sent.
            self._greeted = False
            log.info("sync.met_problem", extra={"code": problem.code})
        outcome = self._outcome(started, counts, problem)
        try:
            self._store.write(lambda db: receipt.note(db, outcome))
        except Problem as unkept:
            # A full disk must not hide how the sync itself ended.
            log.warning("sync.end_not_kept", extra={"code": unkept.code})
            outcome = replace(outcome, problem=problem or unkept)
        self._on_phase(None)
        return outcome

    # -- the steps

    def _refuse_while_away(self) -> None:
        """What was taken off the device for a journey must not come back at a touch on the way."""
        if self._store.read(travel.since) is not None:
            raise Problem("travel.mode.on")

    def _greet(self) -> None:
        """Nothing is sent to a server that is not the one of the enrolment, or of the other kind (demo).

        A sync that brings nothing, to a server that was greeted before, goes without: one round trip.
        A restored device has to be made known first: until then nothing is sent in any name.
        """
        if self._store.read(inherited.of) is not None:
            raise Problem("sync.device.restored")
        if self._greeted and not self._store.read(_has_work):
            return
        self._on_phase("connect")
        about = self._client.about()
        if about.demo != self._store.identity.demo:
            raise Problem("sync.demo.mismatch")
        if about.server != self._store.identity.server_id:
            raise Problem("sync.server.other")
        self._greeted = True

    def _push_and_pull(self, counts: _Counts) -> Sequence[FormListing] | None:
        """Both go in one round trip, again and again until nothing waits and no page is left.

        Returns the server's list of forms where it differs from the one of the last sync.
        """
        self._on_phase("push")
        listed, more, miscounts = None, True, 0
        while more:
            request = self._request()
            if not request.changes:
                self._on_phase("pull")
            response = self._exchange(request, counts)
            counts.add(response)
            problem = miscounted(response)
            miscounts = miscounts + 1 if problem else 0
            if problem and miscounts > RECOUNTS:
                raise problem
            listed = response.forms if response.forms is not None else listed
            more = response.page.more or bool(self._store.read(lambda db: outbox.batch(db, limit=1)))
        return listed

    def _settle_keys(self) -> Problem | None:
        """A key file that cannot be read or written is told at the end, and stops nothing else."""
        try:
            self._store.settle_keys()
        except Problem as problem:
            return problem
        return None

    def _fetch_forms(self, listed: Sequence[FormListing] | None, counts: _Counts) -> Problem | None:
        """The versions that the server lists or records are of, and this device lacks.

        One that cannot be used is told at the end: an old app must still exchange everything else.
        """
        here = {(form, version): digest for form, version, digest in self._store.read(form_library.listed)}
        wanted = [form for form in listed or () if here.get((form.id, form.version)) != form.hash]
        names = {(form.id, form.version) for form in wanted}
        # The server lists the newest version of each form; a record may be of an older one.
        older = (FormListing(*key, "") for key in self._store.read(form_library.missing) if key not in names)
        unread: Problem | None = None
        for form in (*wanted, *older):
            self._on_phase("forms")
            try:
                self._fetch_form(form)
            except Problem as problem:
                if not problem.code.startswith(("form.", "sync.form.")):
                    raise
                unread = problem
            else:
                counts.forms += 1
        if listed is not None and unread is None:
            self._store.write(lambda db: _forms_are(db, listed, here))
        return unread

    def _fetch_form(self, form: FormListing) -> None:
        stored = self._read_form(form, self._client.form(form.id, form.version))
        self._store.write(lambda db: form_library.put(db, stored))

    def _send_attachments(self, counts: _Counts) -> Problem | None:
        """After the rows that name them, so that the server knows whose they are; small ones first.

        A file that cannot be sent is told at the end, and stops none of the others.
        """
        stuck: Problem | None = None
        for digest, _ in self._store.read(attachments.to_send):
            self._on_phase("attachments")
            try:
                self._send_attachment(digest)
            except Problem as problem:
                stuck = _of_one_file(problem)
            else:
                counts.files_sent += 1
        return stuck

    def _send_attachment(self, digest: str) -> None:
        try:
            self._client.put_attachment(digest, attachments.path_of(self._store.folder, digest))
        except OSError as error:
            raise Problem("attachment.file.lost") from error
        self._store.write(lambda db: attachments.sent(db, digest))

    def _fetch_attachments(self, counts: _Counts) -> Problem | None:
        """What the server lacks too, because its author has not sent it yet, is left for the next time.

        A file that arrives damaged or is too large is told at the end, and stops none of the others.
        """
        stuck: Problem | None = None
        for digest in self._store.read(attachments.to_fetch):
            self._on_phase("attachments")
            try:
                self._fetch_attachment(digest)
            except Problem as problem:
                if problem.code != "attachment.not_found":
                    stuck = _of_one_file(problem)
            else:
                counts.files_received += 1
        return stuck

    def _fetch_attachment(self, digest: str) -> None:
        size = attachments.keep_file(self._store.folder, digest, self._client.get_attachment(digest))
        self._store.write(lambda db: attachments.fetched(db, digest, size))

    # -- one exchange

    def _request(self) -> SyncRequest:
        size = self._pace.size
        changes, settled, cursor, forms, known = self._store.read(
            lambda db: (
                outbox.batch(db, size),
                conflicts.to_tell(db),
                meta.cursor(db),
                meta.get(db, _FORMS),
                reference.fingerprint(db),
            )
        )
        boot, uptime = self._boot_facts()
        return SyncRequest(
            clock=ClockReading(self._now_ms(), boot, uptime),
            batch=batch_id(changes, settled),
            changes=changes,
            settled=settled,
            cursor=cursor,
            limit=size,
            forms=forms,
            reference=known,
            demo=self._store.identity.demo,
        )

    def _exchange(self, request: SyncRequest, counts: _Counts) -> SyncResponse:
        """One round trip, its answer taken in; the size of the next one follows from how long it took."""
        began = time.monotonic()
        try:
            response = self._client.sync(request)
        except Problem:
            self._pace.failed()
            raise
        arrived = time.monotonic()
        refuse_standstill(request, response)
        counts.news |= self._store.write(lambda db: take_in(db, request, response))
        self._pace.took(arrived - began, time.monotonic() - arrived)
        return response

    def _outcome(self, started: datetime, counts: _Counts, problem: Problem | None) -> Outcome:
        return Outcome(
            started=started,
            ended=self._now(),
            sent=counts.sent,
            received=len(counts.received),
            conflicts=len(counts.conflicts),
            refused=counts.refused,
            attachments_sent=counts.files_sent,
            attachments_received=counts.files_received,
            forms_received=counts.forms,
            news=counts.news,
            problem=problem,
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_ms() / 1000, UTC)


def _has_work(db: Snapshot) -> bool:
    return bool(outbox.batch(db, limit=1) or conflicts.to_tell(db) or attachments.to_send(db))


def take_in(db: Transaction, request: SyncRequest, response: SyncResponse) -> bool:
    """Everything that one answer says, in one transaction with the cursor that it ends at.

    Returns whether there is news of colleagues, programmes or alarms.
    """
    forgotten = not outbox.remembers(db, response.received)
    outbox.acknowledge(db, response.accepted)
    for refused in _refusals(response):
        outbox.refuse(db, refused.sequence, refused.code, refused.params)
    if forgotten or _numbered_twice(db, response):
        receipt.note_put_back(db)
    if forgotten or miscounted(response) or meta.get(db, meta.RECOUNT):
        outbox.renumber(db, response.received)
    outbox.note_what_the_server_has(db, response.received)
    conflicts.told(db, request.settled)
    pages.apply_page(db, response.page, response.max_stamp)
    conflicts.take_in(db, response.conflicts)
    news = reference.put_alarms(db, response.alarms)
    if response.reference is not None:
        reference.put(db, response.reference)
        news = True
    if not response.page.more and not outbox.unsent(db):
        db.step_back(response.now, response.max_stamp)
    return news


def miscounted(response: SyncResponse) -> Problem | None:
    """The problem of the count, if the device and the server disagree about it.

    After one of the two was put back to an older state; no change set was refused for what it says.
    """
    for refused in response.refused:
        if refused.code in _MISCOUNTED:
            return Problem(refused.code, refused.params)
    return None


def _numbered_twice(db: Snapshot, response: SyncResponse) -> bool:
    """Whether the server has other work of this device under a number that the device gave now: then the
    device does not remember that it had given it before."""
    reused = any(refused.code == "sync.sequence.reused" for refused in response.refused)
    return reused and meta.get(db, meta.RECOUNT) is None


def _refusals(response: SyncResponse) -> tuple[Refused, ...]:
    """What the server will not take. In an answer that is about the count, children only shared the
    fate of a parent that goes out again."""
    left_out = _MISCOUNTED | {outbox.PARENT_REFUSED} if miscounted(response) else frozenset()
    return tuple(refused for refused in response.refused if refused.code not in left_out)


def _of_one_file(problem: Problem) -> Problem:
    """The problem, if it is this file's own; raised if it is the way to the server, or the disk."""
    if problem.code.startswith("attachment.") or problem.code == "sync.answer.too_large":
        return problem
    raise problem


def batch_id(changes: Sequence[ChangeSet], settled: Sequence[Settled]) -> str | None:
    """The same work sent again is the same batch, after a restart too: its content decides."""
    if not changes:
        return None
    lines = [
        *(f"{each.sequence} {each.id}" for each in changes),
        *(f"{each.conflict} {each.state}" for each in settled),
    ]
    return str(uuid.uuid5(_BATCHES, "\n".join(lines)))


def refuse_standstill(request: SyncRequest, response: SyncResponse) -> None:
    """An answer that decides nothing of what was sent, or a page that leads nowhere, would go on for ever."""
    decided = {*response.accepted, *(refused.sequence for refused in response.refused)}
    if not decided.issuperset(change_set.sequence for change_set in request.changes):
        raise Problem("sync.answer.invalid", {"field": "accepted"})
    if response.page.more and response.page.cursor == request.cursor:
        raise Problem("sync.answer.invalid", {"field": "page.cursor"})


def _forms_are(db: Transaction, listed: Sequence[FormListing], before: Iterable[tuple[str, str]]) -> None:
    """All that is listed is here; what was here before and is listed no more goes, unless it is in use."""
    for form, version in {*before} - {(each.id, each.version) for each in listed}:
        form_library.forget(db, form, version)
    meta.put(db, _FORMS, forms_fingerprint(tuple(listed)))
