"""Workers with real stores and the real syncer, and a server's real exchange without HTTP between them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.problems import Problem
from app.store import Identity, KeyCost, Store, attachments, drafts, form_library, outbox, records
from app.store.attachments import Sealed
from app.store.form_library import StoredForm
from app.sync.outcome import Outcome
from app.sync.pace import Pace
from app.sync.syncer import Syncer
from sync_server.accounts import Actor
from sync_server.exchange import Exchange
from sync_server.protocol import schema
from sync_server.protocol.merge import Rules
from sync_server.protocol.messages import (
    About,
    ConflictNotice,
    FormListing,
    SyncRequest,
    SyncResponse,
)
from sync_server.protocol.problems import Problem as WireProblem
from sync_server.storage.base import Office, User
from sync_server.storage.database import Database

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR
OFFICE = "Tirana"
CHEAP = KeyCost(1024, 1)
FORM, VERSION = "visit", "1"
VISIT = StoredForm(FORM, VERSION, "ab" * 32, "<form/>", {"en": "Visit"}, {"story": "both"})


class World:
    """The true time, which nobody can set."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def later(self, ms: int = HOUR) -> None:
        self.now += ms


class Forms:
    """The server knows one form, as the devices do; its question `story` keeps both texts."""

    def current(self) -> tuple[FormListing, ...]:
        return (FormListing(FORM, VERSION, VISIT.hash),)

    def rules(self, id: str, version: str) -> Rules | None:
        return _rules if (id, version) == (FORM, VERSION) else None

    def meanings(self, id: str, version: str) -> frozenset[str]:
        return frozenset()

    files = denials = lifts = denied_names = meanings

    def sharing(self, id: str, version: str) -> dict[str, str]:
        return {}

    joining = sharing


def _rules(path: str) -> str:
    return VISIT.merge_rules.get(path, "last")


class Server:
    """One office on an embedded database. `lose` answers get lost on the way to the device."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder, self.world = folder, world
        self.blobs: dict[str, bytes] = {}
        self.lose = 0
        self.requests: list[SyncRequest] = []
        folder.mkdir()
        self._open()
        self.database.migrate()
        self.database.add_office(Office(OFFICE, OFFICE, "al"))

    def _open(self) -> None:
        self.database = Database.embedded(self.folder / "server.db", b"k" * 32)
        self.exchange = Exchange(self.database, Forms(), lambda: self.world.now)

    def copy(self) -> bytes:
        self.database.checkpoint()
        return (self.folder / "server.db").read_bytes()

    def restore(self, copy: bytes) -> None:
        self.database.close()
        for file in self.folder.glob("server.db*"):
            file.unlink()
        (self.folder / "server.db").write_bytes(copy)
        self._open()

    def values(self, record: str) -> dict[str, Any]:
        found = self.database.read(lambda ledger: ledger.records(OFFICE, {record}))
        return dict(found[record].delta.values) if record in found else {}

    def conflict_log(self) -> list[ConflictNotice]:
        return [logged.notice for logged in self.database.read(lambda ledger: ledger.conflict_log(OFFICE))]


class Line:
    """What a device's HTTP client does, straight into the exchange; all goes through the wire's schemas."""

    def __init__(self, server: Server, actor: Actor) -> None:
        self.server, self.actor = server, actor

    def about(self) -> About:
        return About(server="srv", name="office", demo=False, now=self.server.world.now)

    def sync(self, request: SyncRequest) -> SyncResponse:
        try:
            read = schema.decode(SyncRequest, schema.encode(request))
            self.server.requests.append(read)
            response = self.server.exchange.sync(self.actor, read)
        except WireProblem as problem:
            raise Problem(problem.code, problem.params) from None
        if self.server.lose:
            self.server.lose -= 1
            raise Problem("sync.server.unreachable")
        return schema.decode(SyncResponse, schema.encode(response))

    def form(self, *_: str) -> str:
        raise AssertionError("every device has the form")

    def put_attachment(self, name: str, sealed: Path) -> None:
        self.server.blobs[name] = sealed.read_bytes()

    def get_attachment(self, name: str) -> Iterator[bytes]:
        if name not in self.server.blobs:
            raise Problem("attachment.not_found")
        yield self.server.blobs[name]


class Worker:
    """One worker: her store, her clock that may be `off`, her syncer."""

    def __init__(self, folder: Path, server: Server, login: str, number: int) -> None:
        self.folder, self.server, self.login = folder, server, login
        self.off = 0
        self.booted = server.world.now - HOUR
        self.boot = str(uuid.UUID(int=number))
        self.chance = random.Random(number)
        device = f"{number:08x}"
        server.database.add_user(User(login, login, "officer", OFFICE, "x", "Europe/Tirane"))
        server.database.add_device(device, login, login, f"{number:064x}", server.world.now)
        identity = Identity(
            device=device,
            login=login,
            display_name=login,
            role="officer",
            office=OFFICE,
            zone="Europe/Tirane",
            server="x",
            server_id="srv",
            epoch="1",
            demo=False,
            token="t",
        )
        self.line = Line(server, Actor(login, login, "officer", OFFICE, "Europe/Tirane", device))
        self.store = Store.create(
            folder, "pw", identity, now_ms=self.now, boot_facts=self.boot_facts, cost=CHEAP
        )
        self.store.write(lambda db: form_library.put(db, VISIT))
        self._begin_syncing()

    def _begin_syncing(self) -> None:
        self.syncer = Syncer(
            self.store,
            self.line,  # type: ignore[arg-type]
            _read_no_form,
            now_ms=self.now,
            boot_facts=self.boot_facts,
            pace=Pace(),
        )

    def now(self) -> int:
        return self.server.world.now + self.off

    def boot_facts(self) -> tuple[str | None, int | None]:
        return self.boot, self.server.world.now - self.booted

    def reboot(self) -> None:
        self.boot, self.booted = self.new_id(), self.server.world.now

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def reopen(self, copy: dict[str, bytes] | None = None) -> None:
        """Start again; with a `copy` of the store and its anchor, on that old state."""
        self.store.close()
        for name, content in (copy or {}).items():
            (self.folder / name).write_bytes(content)
        self.store = Store.open(self.folder, "pw", now_ms=self.now, boot_facts=self.boot_facts, floor=CHEAP)
        self._begin_syncing()

    def copy(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in ("store.db", "store.anchor")}

    def sync(self) -> Outcome:
        """One sync, which must go well."""
        outcome = self.syncer.sync()
        assert outcome.problem is None, outcome.problem
        return outcome

    def fill(self, **answers: Any) -> str:
        record = self.new_id()

        def work(db: Any) -> None:
            drafts.begin(db, record, self.new_id(), FORM, VERSION)
            drafts.save_answers(db, record, answers)
            drafts.finish(db, record)

        self.store.write(work)
        return record

    def change(self, record: str, **answers: Any) -> None:
        def work(db: Any) -> None:
            drafts.open_draft(db, record)
            drafts.save_answers(db, record, answers)
            drafts.finish(db, record)

        self.store.write(work)

    def photograph(self, content: bytes) -> tuple[str, Sealed]:
        """A record with a photo, finished."""
        sealed = attachments.seal_file(self.folder, content)
        record = self.new_id()

        def work(db: Any) -> None:
            drafts.begin(db, record, self.new_id(), FORM, VERSION)
            attachments.add(db, record, sealed)
            drafts.save_answers(db, record, {"photo": sealed.name})
            drafts.finish(db, record)

        self.store.write(work)
        return record, sealed

    def values(self, record: str) -> dict[str, Any]:
        return self.store.read(lambda db: records.values(db, record))

    def states(self) -> dict[str, int]:
        return dict(self.store.read(outbox.counts))


def _read_no_form(*_: object) -> Any:
    raise AssertionError("no form is listed")
