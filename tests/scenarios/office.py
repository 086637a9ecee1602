"""An office to tell stories about: a real server process, and tablets with real stores that call it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from app.fieldbook import Fieldbook, OpenEntry, World, unlock
from app.settings import Settings
from app.store import Identity, KeyCost
from app.sync.enrolment import enrol
from app.sync.outcome import Outcome
from app.sync.pace import FIRST, Pace
from app.views import AlarmView, ConflictView, GateView
from sync_server import config as server_config
from sync_server.protocol.messages import ConflictNotice
from sync_server.storage.base import Storage
from sync_server.storage.database import Database

ROOT = Path(__file__).resolve().parents[2]
OFFICE = "Tirana"
PASSWORD = "winter-lemon-harbour"
PASSPHRASE = "five words nobody else knows"
CHEAP = KeyCost(1024, 1)
WORKERS = {"officer": "officer", "coordinator": "coordinator", "reception": "reception"}


def command(*words: str, **environment: str) -> None:
    """One command of the server, which must succeed."""
    subprocess.run(
        [sys.executable, "-m", "sync_server", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )


def found_server(folder: Path, *, demo: bool = False, database: str = "") -> None:
    """Make a server with an office of three workers and the forms of the library."""
    kind = [*(["--demo"] if demo else []), *(["--database", database] if database else [])]
    command("init", "--dir", str(folder), "--unattended", *kind)
    for login, role in WORKERS.items():
        command(
            *("add-user", "--dir", str(folder), "--login", login, "--role", role, "--office", OFFICE),
            *("--country", "al", "--zone", "Europe/Tirane"),
            HOMEWARD_PASSWORD=PASSWORD,
        )
    if not demo:
        sign_off(folder)
    command("publish-form", "--dir", str(folder), "--library")


def sign_off(folder: Path, *forms: Path) -> None:
    """The readers of the office have read the drafts of these forms, or of the whole library."""
    command("sign-off", "--dir", str(folder), *(["--form", *map(str, forms)] if forms else []), "--all",
            "--by", "Readers of the office")  # fmt: skip


class RunningServer:
    """`python -m sync_server serve` in its own process. After `start` again it has the same address."""

    def __init__(self, folder: Path, program: Sequence[str] = (sys.executable, "-m", "sync_server")) -> None:
        self.folder = folder
        self._program = program
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        port_file = self.folder.with_name(f"{self.folder.name}.port")
        port_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                *(*self._program, "serve", "--dir", str(self.folder)),
                *("--port", str(self.port), "--port-file", str(port_file)),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder.parent / "server.log").open("ab"),
        )
        wait_until(lambda: port_file.exists() or self._process.poll() is not None)
        if not port_file.exists():
            raise AssertionError((self.folder.parent / "server.log").read_text("utf-8"))
        self.port = int(port_file.read_text("ascii"))

    def stop(self, sign: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(30)
            self._process = None

    def refuses_to_start(self) -> str:
        """What it says instead of starting."""
        done = subprocess.run(
            [*self._program, "serve", "--dir", str(self.folder), "--port", str(self.port)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    def storage(self) -> Storage:
        """The server's own database, opened beside it; close it."""
        config = server_config.load_config(self.folder)
        return Database.embedded(config.database_file, server_config.master_key(config), connections=2)

    def conflict_log(self) -> list[ConflictNotice]:
        with closing(self.storage()) as storage:
            return [logged.notice for logged in storage.read(lambda ledger: ledger.conflict_log(OFFICE))]

    def values(self, record: str) -> dict[str, Any]:
        """What the server holds of one record; empty when it has not got it."""
        with closing(self.storage()) as storage:
            found = storage.read(lambda ledger: ledger.records(OFFICE, {record}))
        return dict(found[record].delta.values) if record in found else {}


class Addressed(Protocol):
    """A server, or a line to one."""

    @property
    def address(self) -> str: ...


class Tablet:
    """One worker's device, enrolled and, if not told otherwise, synced once, so that it has the forms.

    Every step of hers is one call, and has ended when the call returns.
    """

    def __init__(
        self, folder: Path, login: str, server: Addressed, *, demo: bool = False, fresh: bool = False
    ) -> None:
        self.folder = folder
        self.login = login
        self.identity: Identity = enrol(
            folder, server.address, login, PASSWORD, PASSPHRASE, f"{login}'s tablet", demo=demo, cost=CHEAP
        )
        self.book: Fieldbook = self.open()
        if not fresh:
            self.sync()

    def open(self, *, page: int = FIRST) -> Fieldbook:
        """Unlock it; `page` is how many bytes its first sync asks for at once."""
        settings = Settings(self.folder, auto_sync=False)
        world = World(floor=CHEAP, pace=Pace(page))
        self.book = unlock(settings, PASSPHRASE, world=world).wait(30)
        return self.book

    def close(self) -> None:
        self.book.close().wait(30)

    def sync(self) -> Outcome:
        """Sync, which must go well."""
        outcome = self.try_to_sync()
        assert outcome.problem is None, outcome.problem
        return outcome

    def try_to_sync(self) -> Outcome:
        return self.book.sync_now().wait(60)

    def new_case(self, country: str = "al", language: str = "sq") -> str:
        return self.book.new_case(country, language).wait(30)

    def fill(self, case: str, form: str, **answers: Any) -> str:
        """Fill a form in, question by question, and finish it; the record's id."""
        opened = self.book.begin(case, form).wait(30)
        self.answer(opened, answers)
        return self.finish(opened)

    def finish(self, opened: OpenEntry) -> str:
        violations = self.book.finish(opened.record).wait(30)
        assert violations == (), (opened.form, violations)
        return opened.record

    def answer_rows(self, opened: OpenEntry, repeat: str, *rows: Mapping[str, Any]) -> None:
        """Answer the instances of a repeat in turn; those that are not there are added."""
        for number, row in enumerate(rows):
            self.answer(opened, row, self._instance(opened, repeat, number))

    def _instance(self, opened: OpenEntry, repeat: str, number: int) -> str:
        (path,) = [n.path for n in opened.entry.outline() if n.kind == "repeat" and n.path.endswith(repeat)]
        while True:
            those = [n.path for n in opened.entry.outline() if n.kind == "instance"]
            those = [each for each in those if each.startswith(f"{path}[")]
            if len(those) > number:
                return those[number]
            self.add_instance(opened, path)

    def change(self, record: str, **answers: Any) -> None:
        """Change a finished record and finish it again."""
        opened = self.book.edit(record).wait(30)
        self.answer(opened, answers)
        assert self.book.finish(opened.record).wait(30) == ()

    def answer(self, opened: OpenEntry, answers: Mapping[str, Any], within: str = "") -> None:
        """Answer questions by their names, saving each; `within` is the instance of a repeat."""
        by_name = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
        for name, raw in answers.items():
            change = opened.entry.answer(f"{within}/{name}" if within else by_name[name], raw)
            assert change.violation is None, (name, change.violation)
            self.book.save(opened.record, change).wait(30)

    def add_instance(self, opened: OpenEntry, repeat: str) -> str:
        """One more in a repeat, saved; its path."""
        change = opened.entry.add_instance(repeat)
        self.book.save(opened.record, change).wait(30)
        return change.path

    def values(self, record: str) -> dict[str, Any]:
        """The answers of a record by the names of their questions, as a screen would show them."""
        opened = self.book.edit(record).wait(30)
        found = {path.rpartition("/")[2]: value for path, value in opened.entry.values().items()}
        self.book.discard(record).wait(30)
        return found

    def case_file(self, case: str) -> str:
        """The id of the case's own record."""
        view = self.book.case(case).wait(30)
        (record,) = (row.id for row in view.records if row.form == "case_file")
        return record

    def missing(self, case: str, gate: str) -> set[str]:
        """What a gate still misses; nothing where it is open."""
        view = self.gate(case, gate)
        assert view.open == (not view.reasons)
        return {each.code.removeprefix(f"gate.{gate}.") for each in view.reasons}

    def gate(self, case: str, gate: str) -> GateView:
        found = self.book.case(case).wait(30).protection.gates
        return next(each for each in found if each.gate == gate)

    def alarms(self) -> tuple[AlarmView, ...]:
        return self.book.today().wait(30).alarms

    def conflicts(self) -> tuple[ConflictView, ...]:
        return self.book.conflicts().wait(30)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def copy_server(template: Path, folder: Path, **options: Any) -> RunningServer:
    shutil.copytree(template, folder)
    return RunningServer(folder, **options)
