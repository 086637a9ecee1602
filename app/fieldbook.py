"""Everything one worker has on one device, unlocked: the only object that screens call.

Each method returns a `Job` at once; the work happens on the threads of the store, and results
come back on the UI thread through `deliver`. Nothing here touches a widget, and saving an answer
never touches the network.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from app import (
    aftermath,
    backups,
    calendar_file,
    casefile,
    cover_policy,
    decisions,
    device_keys,
    directory,
    figures,
    guidance,
    history,
    inbox,
    leaving,
    money,
    office,
    reminding,
    reports,
    shelf,
    sync_view,
    today,
    unfinished,
    unlocking,
)
from app.background import Deliver, Job, Worker, as_problem, deliver_here
from app.boot import boot_facts
from app.cover_policy import CoverRules
from app.discretion import Discretion
from app.entries import Entries, OpenEntry
from app.problems import Problem
from app.schedule import ReminderSchedule, SyncSchedule
from app.settings import Settings
from app.store import KeyCost, Snapshot, Store, Transaction, attachments, conflicts, records
from app.store.folder import COULD_NOT_WRITE
from app.store.keys import FLOOR
from app.store.store import random_id, system_now_ms
from app.sync.http_client import HttpClient
from app.sync.outcome import Outcome
from app.sync.pace import Pace
from app.sync.syncer import Syncer
from app.views import (
    CaseRow,
    CaseView,
    ConflictView,
    FigureView,
    FormOffer,
    OfficeFileView,
    RevisionView,
    Session,
    SyncView,
    TodayView,
)
from forms.casework.indicators.population import Period
from forms.casework.reminders import Reminder
from forms.definition import FormDefinition
from forms.entry import EntryChange
from forms.validation import Violation
from sync_server.protocol.log_lines import error_facts

__all__ = ["Fieldbook", "OpenEntry", "Topic", "unlock"]

log = logging.getLogger("app.fieldbook")

T = TypeVar("T")
Topic = Literal["cases", "records", "conflicts", "sync"]
Topics = frozenset[Topic]

_SAVED: Topics = frozenset({"records"})
_FINISHED: Topics = frozenset({"cases", "records", "sync"})
_SETTLED: Topics = frozenset({"cases", "conflicts", "records", "sync"})
_SYNC: Topics = frozenset({"sync"})


@dataclass(frozen=True, slots=True)
class World:
    """What a fieldbook does not make itself, so that tests can: time, chance, and the pace of syncing.

    `floor` is the cheapest key that a store is opened with; lower it for tests only.
    """

    now_ms: Callable[[], int] = system_now_ms
    chance: random.Random | None = None
    pace: Pace | None = None
    floor: KeyCost = FLOOR


def unlock(
    settings: Settings, passphrase: str, deliver: Deliver = deliver_here, world: World | None = None
) -> Job[Fieldbook]:
    """Open the store in `settings.folder`. Problems: store.passphrase.wrong, store.file.damaged, ..."""
    given = world or World()
    worker = Worker("store", deliver)

    def open_store() -> Fieldbook:
        try:
            store = Store.open(
                settings.folder, passphrase, now_ms=given.now_ms, boot_facts=boot_facts, floor=given.floor,
                attempts=unlocking.attempts_at(settings.folder),
            )  # fmt: skip
            try:
                store.write(attachments.forget_all_unused)
            except Problem as problem:
                # On a full disk she can still read what she has, and send it.
                log.warning("unlock.not_tidied", extra={"code": problem.code})
            store.read(lambda db: attachments.remove_strays(settings.folder, db))
            return Fieldbook(settings, store, worker, deliver, given)
        except BaseException:
            worker.close(0)
            raise

    return worker.submit(open_store)


def says_demo(settings: Settings) -> bool:
    """Whether the device in `settings.folder` says, still locked, that it is a demo's."""
    return Store.says_demo(settings.folder)


class Fieldbook:
    """What one worker can do on this device. Made by `unlock`, ended by `close`.

    `on_change` are called on the UI thread with the topics that a save or a sync changed;
    `on_problem` with each problem that no callback took, such as that of a save; `on_reminder` with what
    the worker is to be reminded of, and None when nothing is left.
    """

    def __init__(
        self, settings: Settings, store: Store, worker: Worker, deliver: Deliver, world: World
    ) -> None:
        who = store.identity
        self.session = Session(
            who.login, who.display_name, _role(who.role), who.office, who.zone, who.device, who.demo
        )
        self.on_change: list[Callable[[Topics], Any]] = []
        self.on_problem: list[Callable[[Problem], Any]] = []
        self.on_reminder: list[Callable[[Reminder | None], Any]] = []
        self.discretion = Discretion()
        self._settings = settings
        self._store, self._deliver, self._now_ms = store, deliver, world.now_ms
        self._settings = settings
        self._zone = shelf.zone_named(who.zone)
        self._shelf = shelf.Shelf()
        self._entries = Entries(
            self._shelf,
            self._now,
            world.chance or random.SystemRandom(),
            lambda db, case: office.row_of(db, self._shelf, case, self._now()),
        )
        #: Decisions about a case that are taken by one tap and a reason.
        self.decisions = decisions.Decisions(
            self._shelf, self._entries, self._now, self._read, lambda work: self._write(work, _FINISHED)
        )
        #: Who helps with what; the money of a case; what a coordinator reports; what opens this device.
        self.directory = directory.ServiceDirectory(self._shelf, self._now, self._read)
        self.money = money.CaseMoney(
            self._shelf, self._entries, self._now, self._read, lambda work: self._write(work, _FINISHED)
        )
        self.reports = reports.Reports(self._shelf, self._now, self._read, lambda work: self._write(work))
        #: What the lock would else end: typed, and of no record yet.
        self.unfinished = unfinished.Unfinished(self._write)
        #: What a repair or an old copy that was put back leaves to be told.
        self.aftermath = aftermath.Aftermath(self._read, self._write, self._now)
        self.keys = device_keys.DeviceKeys(store, worker.submit, world.floor)
        self.backups = backups.Backups(store, self._now, deliver, worker.submit)
        self.histories = history.Histories(self._shelf, self.discretion, self._now, self._read)
        self._writer = worker
        self._writer.unheard = self._tell_problem
        self._reader = Worker("store-read", deliver, self._tell_problem)
        self._line = Worker("sync", deliver, self._tell_problem)
        self._client = HttpClient(who.server, who.token)
        self._syncer = Syncer(
            store,
            self._client,
            shelf.read_form,
            on_phase=self._phase_is,
            now_ms=world.now_ms,
            pace=world.pace,
        )
        #: What a full disk did not take, by record; for the writer's thread only.
        self._owed: dict[str, dict[str, Any]] = {}
        self._syncing: Job[Outcome] | None = None
        self._phase: str | None = None
        self._lock = threading.Lock()
        self._schedule = SyncSchedule(
            lambda: self.sync_now().wait(), every=settings.sync_every, limit=settings.sync_pause_limit
        )
        self._reminders = ReminderSchedule(
            lambda: self._store.read(lambda db: reminding.look(db, self._shelf, self._now())),
            self._remind,
            self._now,
        )
        #: A device that travels does nothing by itself.
        self.leaving = leaving.Leaving(
            *(store, worker.submit, self.sync_now, self._owed, self._go_by_itself),
            *(self._zone, deliver, world.floor),
        )
        if not self.leaving.away:
            self._go_by_itself()

    # -- what screens show

    def today(self) -> Job[TodayView]:
        """What is due today and overdue, drafts, open conflicts, and how much is only here."""
        return self._read(
            lambda db: self.discretion.today(
                today.view(db, self._shelf, self._now(), self._progress), self._form_in(db)
            )
        )

    def cases(self, query: str = "", stage: str | None = None) -> Job[tuple[CaseRow, ...]]:
        """Cases whose code or names match `query` (all for an empty one), those due first."""
        return self._read(lambda db: casefile.rows(db, self._shelf, self._now(), query, stage))

    def case(self, case_id: str) -> Job[CaseView]:
        """One case with its facts, records, what is due, and the forms that can be begun."""
        return self._read(
            lambda db: self.discretion.case(
                casefile.view(db, self._shelf, case_id, self._now()), self._form_in(db)
            )
        )

    def office_file(self) -> Job[OfficeFileView]:
        """What the office of this device does for no single person, and the forms that are begun in it."""
        return self._read(lambda db: office.view(db, self._shelf, self._now()))

    def figures(self, period: Period, by: Collection[str] = ()) -> Job[tuple[FigureView, ...]]:
        """A coordinator's report of a period, from all that is here. Problems: see `figures.views`."""
        return self._read(lambda db: figures.views(db, self._shelf, period, self._now(), tuple(by)))

    def reminder(self) -> Job[Reminder | None]:
        """What the worker is to be reminded of now, in numbers that name nobody."""
        return self._read(lambda db: reminding.look(db, self._shelf, self._now()))

    def cover_rules(self) -> Job[CoverRules]:
        """How this device is left alone, by the office's word and the device's settings."""
        return self._read(lambda db: cover_policy.rules_of(self._settings, db))

    def forms(self) -> Job[tuple[FormOffer, ...]]:
        """The forms on this device, newest version each."""
        return self._read(shelf.offers)

    def write_calendar(self, out: Path, word: str = "") -> Job[int]:
        """Write what is due as a calendar file, outside the encrypted store and without names; how many
        entries it has. Problems calendar.file.exists, calendar.file.not_written."""
        return self._read(lambda db: calendar_file.write(db, self._shelf, self._now(), out, word))

    # -- filling in

    def tick(
        self, case_id: str, step: str, done: bool, reason: str = "", language: str | None = None
    ) -> Job[None]:
        """Record a step of the checklist: done, left out with a reason, or, with neither, open again.
        Problems guidance.step.unknown, record.form.missing."""

        def tick(db: Transaction) -> None:
            guidance.tick(db, self._entries, case_id, step, done, reason, language)

        return self._write(tick, _FINISHED)

    def new_case(self, country: str, language: str) -> Job[str]:
        """Open a case with a new code, made offline; returns its id. `edit` its case file to say more."""
        return self._write(lambda db: self._entries.new_case(db, country, language), _FINISHED)

    def begin(self, case_id: str, form_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Begin a form for a case, or in the office's own file, its labels in `language`. Nothing is stored
        before the first save. Problem record.form.elsewhere for a form that belongs in the other one."""
        return self._read(lambda db: self._entries.begin(db, random_id(), case_id, form_id, language))

    def resume(self, record_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Open a draft again, as it was at its last saved answer."""
        return self._write(lambda db: self._entries.open(db, record_id, language))

    def edit(self, record_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Open a finished record to change it: a draft on top of it, until it is finished again."""
        return self._write(lambda db: self._entries.open(db, record_id, language))

    def draft_revision(self, record_id: str) -> Job[RevisionView]:
        """What changed in the form since the draft was begun. Problem draft.version.none."""
        return self._read(lambda db: self._entries.revision(db, record_id))

    def move_draft(self, record_id: str, language: str | None = None) -> Job[OpenEntry]:
        """The draft in the newest version of its form. Answers move with their questions; those without
        one stay in the record, and are shown. Problem draft.version.none."""

        def move(db: Transaction) -> OpenEntry:
            if owed := self._owed.get(record_id):
                self._entries.save(db, record_id, EntryChange("", owed, (), False, None))
            return self._entries.move(db, record_id, language)

        def move_all() -> OpenEntry:
            opened = self._store.write(move)
            self._owed.pop(record_id, None)
            self._changed(_SAVED)
            return opened

        return self._writer.submit(move_all)

    def save(self, record_id: str, change: EntryChange) -> Job[None]:
        """Keep one answer with all that it changed; when the job ends well it survives a crash.

        A save that fails is told to `on_problem` even when the screen did not ask. What it could not
        keep goes with the next save of this record, or with its end: the screen shows it still.
        """

        def save() -> None:
            owed = {**self._owed.get(record_id, {}), **change.values}
            try:
                self._store.write(lambda db: self._entries.save(db, record_id, replace(change, values=owed)))
            except Problem as problem:
                if problem.code in COULD_NOT_WRITE:
                    self._owed[record_id] = owed
                raise
            self._owed.pop(record_id, None)
            self._changed(_SAVED)

        return self._writer.submit(save).then(None, self._tell_problem)

    def finish(self, record_id: str, language: str | None = None) -> Job[tuple[Violation, ...]]:
        """Check the whole form as it is saved; without violations its changes wait for the next sync."""

        def finish(db: Transaction) -> tuple[Violation, ...]:
            if owed := self._owed.get(record_id):
                self._entries.save(db, record_id, EntryChange("", owed, (), False, None))
            return self._entries.finish(db, record_id, language)

        def finish_all() -> tuple[Violation, ...]:
            violations = self._store.write(finish)
            self._owed.pop(record_id, None)
            self._changed(_FINISHED)
            return violations

        return self._writer.submit(finish_all)

    def discard(self, record_id: str) -> Job[None]:
        """Throw a draft away; of a finished record only the changes since it was finished."""

        def discard(db: Transaction) -> None:
            self._entries.discard(db, record_id)
            self._owed.pop(record_id, None)

        return self._write(discard, _FINISHED)

    def attach(self, record_id: str, path: str, source: Path) -> Job[str]:
        """Seal a copy of a file beside the store; returns the name to answer the question at `path` with."""

        def seal() -> str:
            sealed = attachments.seal_file(self._store.folder, source)
            try:
                self._store.write(lambda db: attachments.add(db, record_id, sealed))
            except Problem:
                attachments.remove_files(self._store.folder, [sealed.hash])
                raise
            return sealed.name

        return self._writer.submit(seal)

    def attachment(self, name: str) -> Job[bytes]:
        """The content of an attachment. Problem attachment.file.missing when it has not come down yet."""
        return self._reader.submit(lambda: attachments.open_file(self._store.folder, name))

    # -- conflicts

    def conflicts(self) -> Job[tuple[ConflictView, ...]]:
        """Answers of this worker that another one replaced: open ones first, the latest first."""
        return self._read(lambda db: inbox.views(db, self._shelf, self._now()))

    def restore(self, conflict_id: str) -> Job[None]:
        """Put the lost answer back: a new change, which goes to the server like any other."""
        return self._write(lambda db: _nothing(conflicts.restore(db, conflict_id)), _SETTLED)

    def accept(self, conflict_id: str) -> Job[None]:
        """Let the other answer stand."""
        return self._write(lambda db: _nothing(conflicts.accept(db, conflict_id)), _SETTLED)

    # -- sync

    def sync_now(self) -> Job[Outcome]:
        """Sync at once; while one is under way, its outcome. A failure is in the outcome, not raised."""
        with self._lock:
            if self._syncing is None or self._syncing.done:
                self._syncing = self._line.submit(self._sync)
            return self._syncing

    def sync_view(self) -> Job[SyncView]:
        """What is only here, what is under way, and how the last attempt ended."""
        return self._read(self._sync_view)

    def close(self) -> Job[None]:
        """Stop syncing, checkpoint and close the store. Nothing can be called afterwards."""
        job = self._writer.submit(self._shut)
        self._writer.close(0)
        return job

    # -- behind the scenes

    def _go_by_itself(self) -> None:
        if self._settings.auto_sync:
            self._schedule.start()
            self._reminders.start()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(self._zone)

    def _read(self, work: Callable[[Snapshot], T]) -> Job[T]:
        return self._reader.submit(lambda: self._store.read(work))

    def _write(self, work: Callable[[Transaction], T], changes: Topics = frozenset()) -> Job[T]:
        def write() -> T:
            result = self._store.write(work)
            self._changed(changes)
            return result

        return self._writer.submit(write)

    def _sync(self) -> Outcome:
        self._phase_is("connect")
        try:
            outcome = self._syncer.sync()
        except Exception as error:
            log.error("sync.failed", extra=error_facts(error))
            now = self._now()
            outcome = Outcome(now, now, problem=as_problem(error))
        log.info("sync.ended", extra=outcome.facts(self.session.device))
        self._phase_is(None)
        self._schedule.heard(outcome)
        self._changed(_SETTLED if outcome.changed_something else _SYNC)
        return outcome

    def _sync_view(self, db: Snapshot) -> SyncView:
        view = sync_view.view(db, self._now(), self._phase, self._schedule.next_try)
        return self.discretion.sync(view, self._form_in(db))

    def _form_in(self, db: Snapshot) -> Callable[[str], FormDefinition | None]:
        def form_of(record: str) -> FormDefinition | None:
            head = records.header(db, record)
            return self._shelf.find(db, head.form, head.form_version)

        return form_of

    def _shut(self) -> None:
        self._schedule.stop()
        self._reminders.stop()
        self._client.close()
        self.backups.stop()
        self._reader.close(2)
        # A sync that hangs on the network is not waited for: what it has exchanged is committed.
        self._line.close(2)
        self._store.close()

    def _progress(self, definition: FormDefinition, values: Any) -> tuple[int, int]:
        return self._entries.progress(definition, values)

    def _phase_is(self, phase: str | None) -> None:
        if phase != self._phase:
            self._phase = phase
            self._changed(_SYNC)

    def _changed(self, topics: Topics) -> None:
        if topics:
            self._deliver(lambda: [told(topics) for told in tuple(self.on_change)])

    def _remind(self, reminder: Reminder | None) -> None:
        self._deliver(lambda: [told(reminder) for told in tuple(self.on_reminder)])

    def _tell_problem(self, problem: Problem) -> None:
        for told in tuple(self.on_problem):
            told(problem)


def _nothing(_: object) -> None:
    """The result of what is asked for its effect only."""


def _role(role: str) -> Literal["officer", "reception", "coordinator"]:
    """A role that this app does not know is the one with the fewest screens."""
    return role if role in ("officer", "reception", "coordinator") else "officer"  # type: ignore[return-value]
