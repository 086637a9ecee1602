"""The encrypted store of one device: create it, open it, write and read in whole transactions.

    store = Store.open(folder, passphrase)
    store.write(lambda db: records.save_answers(db, record, {"outcome": "met"}))
    rows = store.read(lambda db: records.of_case(db, case))

The modules beside this one (records, outbox, conflicts, cases, search, form_library, attachments,
meta) are functions over the `Transaction` or `Snapshot` that is handed in. What `write` has
returned from is on the disk: neither the end of the process nor a power cut takes it back.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2

from app.problems import Problem
from app.store import anchor, attachments, meta, recovery, reference
from app.store import attempts as attempt_files
from app.store import connection as connections
from app.store import keys as key_files
from app.store.anchor import Anchor, Mark
from app.store.attempts import Attempts, Codes
from app.store.folder import FolderLock, says_damaged, set_aside, unsaved, writing
from app.store.identity import Identity, read_identity, to_note, write_identity
from app.store.keys import FLOOR, FindKeyring, KeyCost, StoreKeys
from app.store.leaving import finish_leaving, refuse_unfinished
from app.store.recovery import RecoveryStanding
from app.store.system_keyring import system_keyring
from app.store.transaction import Snapshot, Transaction
from sync_server.protocol.clock import HybridClock
from sync_server.protocol.recovery_key import RecoveryKey

T = TypeVar("T")
#: Seconds that an erasing waits for a save to end, and for who reads.
log = logging.getLogger(__name__)
BootFacts = Callable[[], tuple[str | None, int | None]]


def system_now_ms() -> int:
    return time.time_ns() // 1_000_000


def random_id() -> str:
    return str(uuid.uuid4())


def no_boot_facts() -> tuple[None, None]:
    return None, None


@dataclass(frozen=True, slots=True, repr=False)
class Pinned:
    """A store's file that stays as it is: `connection` sees the commit `mark`, and the file has all of it."""

    path: Path
    connection: Any
    keys: StoreKeys
    mark: Mark
    identity: Identity


class Store:
    """One open store. One thread at a time writes and one reads; they need not be the same two for ever.

    `now_ms`, `new_id` and `boot_facts` are the outer world: the clock, randomness, and the id of the
    running boot with the milliseconds since it (None, None where the system does not tell).
    """

    def __init__(
        self,
        folder: Path,
        lock: FolderLock,
        keys: StoreKeys,
        writer: Any,
        reader: Any,
        anchored: Anchor,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        boot_facts: BootFacts,
    ) -> None:
        self.folder = folder
        self._lock = lock
        self._keys = keys
        self._writer: Any = writer
        self._reader: Any = reader
        self._anchor = anchored
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._now_ms, self._new_id, self._boot_facts = now_ms, new_id, boot_facts
        self._closed = False
        first = Snapshot(writer, Identity("", "", "", "", "", ""))
        self.identity = read_identity(first)
        self._clock = HybridClock(self.identity.device, now_ms, meta.get(first, meta.CLOCK))
        self._remember(self.identity)

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        identity: Identity,
        *,
        now_ms: Callable[[], int] = system_now_ms,
        new_id: Callable[[], str] = random_id,
        boot_facts: BootFacts = no_boot_facts,
        cost: KeyCost = FLOOR,
        recovery_key: bytes | None = None,
        find_keyring: FindKeyring = system_keyring,
    ) -> Store:
        """Make a new store in `folder` and open it. Problems store.file.exists: never over an old one, and
        store.folder.erasing.

        Keys without a store, as a creation leaves that was cut off, are moved aside. `recovery_key`: the
        public half of the key by which the office opens it, too.
        `cost` below the default is for tests: such a store opens only with the same `floor`.
        """
        with writing():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        finish_leaving(folder, find_keyring)
        refuse_unfinished(folder)
        lock = FolderLock(folder)
        try:
            if cls.exists(folder):
                raise Problem("store.file.exists", {"name": connections.FILE_NAME})
            if os.path.lexists(folder / key_files.FILE_NAME):
                set_aside(folder, [folder / key_files.FILE_NAME])
            with writing():
                attempt_files.begin(folder)
                keys = key_files.create_keys(
                    folder, passphrase, cost, identity.demo, recovery_key, find_keyring
                )
                connections.create_file(folder, keys, identity)
                (folder / "attachments").mkdir(mode=0o700, exist_ok=True)
            opened = connections.open_file(folder, keys)
            return cls(folder, lock, keys, *opened, now_ms, new_id, boot_facts)
        except dbapi2.Error as error:
            lock.release()
            raise unsaved(error) from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(
        cls,
        folder: Path,
        passphrase: str,
        *,
        now_ms: Callable[[], int] = system_now_ms,
        new_id: Callable[[], str] = random_id,
        boot_facts: BootFacts = no_boot_facts,
        floor: KeyCost = FLOOR,
        attempts: Attempts | None = None,
        find_keyring: FindKeyring = system_keyring,
    ) -> Store:
        """Open the store in `folder`. `attempts` counts wrong passphrases and makes the next one wait.

        Problems: store.passphrase.wrong; store.unlock.wait, .code_needed; store.file.missing, .empty,
        .linked, .exposed, .damaged, .foreign, .replayed, .busy; store.anchor.missing, .damaged;
        store.journal.damaged; store.keys.missing, .damaged, .weak; store.keyring.missing;
        store.version.newer; store.migration.failed; store.folder.read_only; store.write.failed (is the
        disk full?).
        """
        finish_leaving(folder, find_keyring)
        connections.refuse_unfit(folder / connections.FILE_NAME)
        lock = FolderLock(folder)
        try:
            keys = (attempts.judge if attempts else _at_once)(
                lambda: key_files.unwrap_keys(folder, passphrase, floor, find_keyring)
            )
            opened = connections.open_file(folder, keys)
            return cls(folder, lock, keys, *opened, now_ms, new_id, boot_facts)
        except dbapi2.Error as error:
            lock.release()
            raise unsaved(error) from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def recover(
        cls,
        folder: Path,
        key: RecoveryKey,
        passphrase: str,
        *,
        cost: KeyCost = FLOOR,
    ) -> None:
        """Have `passphrase` open the store from now on, by the office's recovery key, in place of one that
        nobody knows any more. It is done only where the store opens; what is in it stays as it is.

        It is bound to no keyring: this may be the coordinator's computer. The next change of passphrase
        binds it.

        Problems: store.recovery.none, store.recovery.other, and those of `open`.
        """
        finish_leaving(folder)
        connections.refuse_unfit(folder / connections.FILE_NAME)
        lock = FolderLock(folder)
        try:
            keys = key_files.recover_keys(folder, key)
            writer, reader, _ = connections.open_file(folder, keys)
            reader.close()
            writer.close()
            with writing():
                key_files.set_passphrase(folder, keys, passphrase, cost, lambda: None)
                attempt_files.begin(folder)
        finally:
            lock.release()

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether `folder` holds a store, sound or not: nothing may be created over it."""
        return os.path.lexists(folder / connections.FILE_NAME)

    @staticmethod
    def says_demo(folder: Path) -> bool:
        """Whether the store in `folder` says, before it is opened, that it is a demo's."""
        return key_files.says_demo(folder)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction. When this returns, it is durable; when `work` raises, it never was.

        The anchor is moved on before this returns, and the next write waits until it was. Afterwards the
        journal is emptied, so that no erased row stands in it; when a reader is just
        then in the way, after the next write.
        """
        with self._write_lock:
            self._refuse_when_closed()
            db = Transaction(
                self._writer, self.identity, self._clock, self._now_ms, self._new_id, self._boot_facts
            )
            last = self._clock.last
            mark: Mark | None = None
            try:
                self._anchor.catch_up(self._writer)
                self._writer.execute("BEGIN IMMEDIATE")
                untouched = self._writer.total_changes
                result = work(db)
                if self._clock.last != last:
                    meta.put(db, meta.CLOCK, self._clock.last)
                if self._writer.total_changes != untouched:
                    mark = anchor.mark_of(self._writer).after()
                    anchor.put_mark(self._writer, mark)
                self._writer.execute("COMMIT")
            except dbapi2.Error as error:
                self._roll_back(last)
                raise unsaved(error) from error
            except BaseException:
                self._roll_back(last)
                raise
            # Of a commit that the anchor does not know yet, the journal tells which pages it has changed.
            if mark is None or self._keep(mark):
                self._empty_journal()
        attachments.remove_files(self.folder, db.unused_files)
        return result

    def read(self, work: Callable[[Snapshot], T]) -> T:
        """Run `work` on one committed state of the store, whatever is written meanwhile."""
        with self._read_lock:
            self._refuse_when_closed()
            self._reader.execute("BEGIN")
            try:
                return work(Snapshot(self._reader, self.identity))
            except dbapi2.Error as error:
                if says_damaged(error):
                    raise Problem("store.file.damaged", {"name": connections.FILE_NAME}) from error
                raise Problem("store.read.failed", {"kind": type(error).__name__}) from error
            finally:
                self._reader.execute("ROLLBACK")

    @contextmanager
    def pinned(self) -> Iterator[Pinned]:
        """The store's file as one commit has left it, for as long as this is open; saving goes on meanwhile.

        The journal is emptied first, and while a reader stands on the empty journal SQLite moves nothing
        out of it: what is saved meanwhile stays in the journal, and the file stays as it is.
        Problems store.file.busy, store.file.damaged, and those of `unsaved`.
        """
        path = self.folder / connections.FILE_NAME
        with self._write_lock, self._read_lock:
            self._refuse_when_closed()
            self._anchor.catch_up(self._writer)
            if not connections.checkpoint(self._writer):
                raise Problem("store.file.busy")
            connection = connections.connect(path, self._keys)
            try:
                connection.execute("BEGIN")
                mark = anchor.mark_of(connection)
            except BaseException:
                connection.close()
                raise
        try:
            connections.refuse_damaged_pages(connection, path.parent)
            yield Pinned(path, connection, self._keys, mark, self.identity)
        finally:
            connection.close()
            with self._write_lock:
                if not self._closed:
                    self._empty_journal()

    def identify(self, identity: Identity, also: Callable[[Transaction], object] = lambda db: None) -> None:
        """Keep what an enrolment has settled: who works here, for which server, with which token; and in the
        same transaction `also` what follows from it."""

        def identify(db: Transaction) -> None:
            write_identity(db, identity)
            also(db)

        self.write(identify)
        if identity.device != self.identity.device:
            self._clock = HybridClock(identity.device, self._now_ms, self._clock.last)
        self.identity = identity
        with self._write_lock:
            self._remember(identity)

    def change_passphrase(
        self,
        old: str,
        new: str,
        *,
        cost: KeyCost = FLOOR,
        floor: KeyCost = FLOOR,
        attempts: Attempts | None = None,
        find_keyring: FindKeyring = system_keyring,
        take_offered: bool = False,
    ) -> None:
        """Have another passphrase open the store; its file is not touched. `take_offered`: from now on the
        recovery key that the server offers opens it, and the one before no more.

        Problems: store.passphrase.wrong for the old one, store.unlock.wait, .code_needed.
        """
        with self._write_lock:
            keys = self.proved(old, floor, attempts, find_keyring)
            now = self.recovery_standing()
            chosen = now.offered if now.offered and (take_offered or now.slot is None) else now.slot
            with writing():
                key_files.set_passphrase(self.folder, keys, new, cost, find_keyring, chosen)
            self._note_recovery_key(chosen)

    def take_recovery_key(
        self,
        passphrase: str,
        *,
        floor: KeyCost = FLOOR,
        attempts: Attempts | None = None,
        find_keyring: FindKeyring = system_keyring,
    ) -> None:
        """Let the offered recovery key open the store instead of the one so far, on the worker's word.

        Problems as of `change_passphrase`; store.recovery.none where none is offered.
        """
        with self._write_lock:
            offered = self.recovery_standing().offered
            if offered is None or not key_files.takes_recovery_key(self.folder):
                raise Problem("store.recovery.none")
            keys = self.proved(passphrase, floor, attempts, find_keyring)
            with writing():
                key_files.set_recovery_key(self.folder, keys, offered)
            self._note_recovery_key(offered)

    def recovery_standing(self) -> RecoveryStanding:
        """Which recovery key opens this store, and which one is offered."""
        return self.read(lambda db: recovery.standing(self.folder, self._keys, db))

    def is_bound_to_keyring(self) -> bool:
        """Whether the keyring of the system account is needed beside the passphrase."""
        return key_files.is_bound_to_keyring(self.folder)

    def settle_keys(self) -> None:
        """Keep beside the store what the server has told for it: the first recovery key gets its slot, the
        unlock codes their file. Called after each sync; nothing is written where nothing is new."""
        with self._write_lock, writing():
            told = self.read(reference.get)
            attempt_files.keep_codes(self.folder, Codes(self.identity.device, told.unlock_codes))
            if not self.read(lambda db: recovery.is_settled(self.folder, self._keys, db)):
                self.write(lambda db: recovery.settle(self.folder, self._keys, db))

    @contextmanager
    def alone(self, patience_s: float = -1) -> Iterator[bool]:
        """Wait until nobody else writes or reads, for ever or for some seconds; whether that came to be."""
        write = self._write_lock.acquire(timeout=patience_s)
        read = self._read_lock.acquire(timeout=patience_s)
        try:
            yield write and read
        finally:
            if read:
                self._read_lock.release()
            if write:
                self._write_lock.release()

    def leave(self, finish: Callable[[], object], *, close: bool = True) -> None:
        """Close without another word into the files, which are not this store's any more, and end with them.
        `close` is False where somebody may be writing or reading still."""
        closed, self._closed = self._closed, True
        try:
            if close and not closed:
                self._reader.close()
                self._writer.close()
            with writing():
                finish()
        finally:
            if not closed:
                self._lock.release()

    def now_ms(self) -> int:
        """The moment by this device's clock."""
        return self._now_ms()

    def proved(
        self, passphrase: str, floor: KeyCost, attempts: Attempts | None, find_keyring: FindKeyring
    ) -> StoreKeys:
        """Who asks for this knows the passphrase, and does not only sit at a tablet that was left open."""
        self._refuse_when_closed()
        return (attempts.judge if attempts else _at_once)(
            lambda: key_files.unwrap_keys(self.folder, passphrase, floor, find_keyring)
        )

    def _note_recovery_key(self, public: bytes | None) -> None:
        if public is not None:
            self.write(lambda db: recovery.take(db, public))

    @property
    def is_closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Empty the journal and close. Closing twice is harmless; anything else afterwards is a problem."""
        with self._write_lock, self._read_lock:
            if self._closed:
                return
            self._closed = True
            self._reader.close()
            self._empty_journal()
            self._writer.close()
            self._lock.release()

    def _remember(self, identity: Identity) -> None:
        """Have a repair know who works here, also where the store cannot tell it any more."""
        try:
            self._anchor.remember(self._writer, to_note(identity))
        except Problem as problem:
            log.warning("anchor.not_moved", extra={"error": problem.code})

    def _keep(self, mark: Mark) -> bool:
        """What was committed is durable already: a disk that fails here must not say that it is not."""
        try:
            self._anchor.keep(self._writer, mark)
        except (Problem, dbapi2.Error) as error:
            log.warning("anchor.not_moved", extra={"error": type(error).__name__})
            return False
        return True

    def _empty_journal(self) -> None:
        """What was committed is durable already: a full disk here must not say that it is not."""
        try:
            connections.checkpoint(self._writer)
        except dbapi2.Error as error:
            log.warning("journal.not_emptied", extra={"error": type(error).__name__})

    def _roll_back(self, last: str) -> None:
        self._clock.observe(last)
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Problem("store.closed.already")


def _at_once(attempt: Callable[[], T]) -> T:
    return attempt()
