"""What a worker writes about people is nowhere in plain, however her day at the device ends.

Each trial is a process that lives through a piece of a day: names and notes in four scripts go through
enrolment, forms, the case file, photos, drafts, dialogs, search, syncs with a real server and errors. Then it
is killed, crashes, locks or closes, and everything that it could have written to is searched.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from PIL import Image

from app import core_dumps, log_lines, support_bundle
from app.fieldbook import Fieldbook, World, unlock
from app.lock import lock
from app.persons import NewPerson
from app.problems import Problem
from app.settings import Settings
from app.sync.enrolment import enrol
from tests.scenarios.canaries import DISPLAY_NAME, LOGIN, NAMES, NOTE, PASSPHRASE, PASSWORD, PHONE, found_in
from tests.scenarios.office import CHEAP, ROOT, RunningServer, command
from tests.store.torture.crashes import in_child
from tests.store.torture.rows import Found, Share, row

#: How a piece of a day ends. A signal comes some moment after the last act that was told.
_ENDS: Final = ("killed", "segmentation fault", "aborted", "locked", "closed")
_SIGNALS: Final = {
    "killed": signal.SIGKILL,
    "segmentation fault": signal.SIGSEGV,
    "aborted": signal.SIGABRT,
}
#: Where everything is looked for afterwards, below the folder of a trial.
_PLACES: Final = ("device", "home", "temporary", "here", "out", "said")
_FORMS: Final = ("case_file", "monitoring_contact")
_LONGEST_S: Final = 0.4
_CASE: Final = re.compile(r"^case (\S+)$", re.MULTILINE)


@row("canaries", "what was written about people, searched in every file after a crash", "nothing", parts=1)
def canaries(share: Share) -> Found:
    found, dice = Found(), share.dice
    server = _office(share.folder / "office")
    try:
        for number in range(share.times(120)):
            place = share.folder / "trial"
            shutil.rmtree(place, ignore_errors=True)
            end = _ENDS[number % len(_ENDS)]
            acts = number % 4 and dice.randrange(1, len(DAY))
            wrong, circumstances = _trial(place, server, Random(dice.random()), end, acts or len(DAY))
            if wrong:
                found.bad(wrong, f"{end}, {circumstances}")
            else:
                found.good(f"nothing, {end}")
    finally:
        server.stop()
    if leaked := found_in(
        share.folder / "office" / "server" / "logs", share.folder / "office" / "server.log"
    ):
        found.bad("in the server's log", ", ".join(sorted(leaked)[:3]))
    return found


def _office(folder: Path) -> RunningServer:
    """A server with one worker, whose name and password are canaries too."""
    folder.mkdir()
    where = ("--dir", str(folder / "server"))
    command("init", *where, "--unattended", "--demo")
    command(
        *("add-user", *where, "--login", LOGIN, "--name", DISPLAY_NAME, "--role", "officer"),
        *("--office", "Tirana", "--country", "al"),
        HOMEWARD_PASSWORD=PASSWORD,
    )
    library = ROOT / "forms" / "library"
    command("publish-form", *where, *(str(library / each / "form.md") for each in _FORMS))
    server = RunningServer(folder / "server")
    server.start()
    return server


def _trial(place: Path, server: RunningServer, dice: Random, end: str, acts: int) -> tuple[str, str]:
    """What is wrong after one piece of a day, and where; empty where nothing is."""
    for name in (*_PLACES, "pictures"):
        (place / name).mkdir(parents=True)
    child, heard = in_child(lambda told: _live(place, server, dice, end, acts, told))
    told = _heard(heard, child, _SIGNALS.get(end), dice.uniform(0, _LONGEST_S))
    _, status = os.waitpid(child, 0)
    if "!" in told:
        return "the day broke off", told.partition("!")[2]
    if os.WIFSIGNALED(status) and os.WCOREDUMP(status):
        return "a core was written", f"after {acts} acts"
    if leaked := found_in(*(place / name for name in _PLACES)):
        return "a canary can be read", ", ".join(sorted(leaked)[:3])
    case = _CASE.search(told)
    if case and not _holds(place / "device", case[1]):
        return "a case is lost", f"after {acts} acts"
    return "", ""


def _heard(heard: int, child: int, sign: signal.Signals | None, later: float) -> str:
    """All that the child tells; with a signal to give, that comes a moment after its last act."""
    told = b""
    with os.fdopen(heard, "rb", buffering=0) as pipe:
        while piece := pipe.read(4096):
            told += piece
            if told.endswith(b"end\n") and sign is not None:
                time.sleep(later)
                os.kill(child, sign)
                select.select([pipe], [], [], 30)
                break
    return told.decode()


def _holds(folder: Path, case: str) -> bool:
    book = unlock(Settings(folder, auto_sync=False), PASSPHRASE, world=World(floor=CHEAP)).wait(30)
    try:
        return case in {each.id for each in book.cases("пташина").wait(30)}
    finally:
        book.close().wait(30)


# -- the day, in a process of its own


def _live(place: Path, server: RunningServer, dice: Random, end: str, acts: int, told: int) -> None:
    def tell(word: str) -> None:
        os.write(told, f"{word}\n".encode())

    try:
        _move_in(place)
        settings = Settings(place / "device", auto_sync=False)
        log_lines.install(settings.folder)
        enrol(settings.folder, server.address, LOGIN, PASSWORD, PASSPHRASE, "", demo=True, cost=CHEAP)
        _refused(lambda: unlock(settings, PASSPHRASE[1:], world=World(floor=CHEAP)).wait(30))
        time.sleep(1.05)
        book = unlock(settings, PASSPHRASE, world=World(floor=CHEAP)).wait(30)
        day = Day(book, settings, place, dice)
        for act in DAY[:acts]:
            act(day)
            tell(f"{act.__name__} {day.case_id}")
        if end == "locked":
            lock(book, settings)
        if end == "closed":
            book.close().wait(30)
            return
        tell("end")
        while True:
            # Killed amid the work.
            day.write_on()
    except BaseException as error:
        tell(f"!{type(error).__name__}: {error}"[:300])


def _move_in(place: Path) -> None:
    """A home, temporary files and a standard error of its own, and cores as the system allows."""
    import resource  # which Windows has not

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    core_dumps.refuse()
    for name in [each for each in os.environ if each.startswith(("XDG_", "HOMEWARD_", "DISPLAY", "WAYLAND"))]:
        del os.environ[name]
    temporary = str(place / "temporary")
    root = str(Path.cwd())
    os.environ.update(HOME=str(place / "home"), TMPDIR=temporary, SQLITE_TMPDIR=temporary, PYTHONPATH=root)
    tempfile.tempdir = None
    os.chdir(place / "here")
    said = os.open(place / "said" / "words", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    logging.disable(logging.NOTSET)


class Day:
    """A worker at her device: what she does, one act after the other."""

    def __init__(self, book: Fieldbook, settings: Settings, place: Path, dice: Random) -> None:
        self.book, self._settings, self._place, self._dice = book, settings, place, dice
        self.case_id = self._file = ""

    def _answer(self, record: str, entry: Any, **answers: str) -> None:
        by_name = {path.rpartition("/")[2]: path for path in entry.definition.questions}
        for name, raw in answers.items():
            self.book.save(record, entry.answer(by_name[name], raw)).wait(30)

    def sync(self) -> None:
        outcome = self.book.sync_now().wait(60)
        assert outcome.succeeded, outcome.problem

    def case(self) -> None:
        person = NewPerson(**NAMES, birth="1999-05-01", phones=(PHONE,))
        self.case_id = self.book.decisions.open_case("al", "sq", person).wait(30)

    def case_file(self) -> None:
        view = self.book.case(self.case_id).wait(30)
        self._file = next(each.id for each in view.records if each.form == "case_file")
        opened = self.book.edit(self._file).wait(30)
        self._answer(opened.record, opened.entry, notes=NOTE, safe_never=PHONE)
        assert opened.entry.answer("birth_date", NAMES["given_name"]).violation
        assert self.book.finish(opened.record).wait(30) == ()

    def draft(self) -> None:
        opened = self.book.begin(self.case_id, "monitoring_contact").wait(30)
        self._answer(opened.record, opened.entry, contact_date="2026-05-04", outcome="met", observation=NOTE)
        photo_path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
        photo = self._place / "pictures" / f"{NAMES['family_name']}.jpg"
        photo.write_bytes(_photo())
        name = self.book.attach(opened.record, photo_path, photo).wait(30)
        self._answer(opened.record, opened.entry, paper_photo=name)
        self.book.attachment(name).wait(30)
        photo.unlink()
        _refused(lambda: self.book.attach(opened.record, photo_path, photo).wait(30))

    def dialog(self) -> None:
        self.book.unfinished.keep({"new_case": {**NAMES, "phone": PHONE, "notes": NOTE}}).wait(30)

    def look(self) -> None:
        for word in ("пташина", NAMES["given_name"], "عصفورة", PHONE):
            self.book.cases(word).wait(30)
        self.book.case(self.case_id).wait(30)
        self.book.today().wait(30)
        self.book.decisions.likely_same(NewPerson(**NAMES, phones=(PHONE,))).wait(30)

    def errors(self) -> None:
        _refused(lambda: self.book.begin(self.case_id, NAMES["given_name"]).wait(30))
        _refused(lambda: self.book.edit(NOTE).wait(30))
        _refused(lambda: self.book.decisions.join_by_code(self.case_id, NOTE, NOTE).wait(30))
        _refused(lambda: self.book._writer.submit(lambda: {}[NOTE]).wait(30))
        logging.getLogger("kivy").warning("cannot draw %s", NOTE)
        logging.getLogger("app.views").warning("work.failed", extra={"form": NOTE})

    def another_sync(self) -> None:
        self.sync()

    def outside(self) -> None:
        """What is written for other programs, because the worker asks for it."""
        self.book.write_calendar(self._place / "out" / "due.ics").wait(30)
        support_bundle.write(self._settings, self._place / "out" / "support.zip")

    def write_on(self) -> None:
        note = f"{NOTE} {self._dice.random()}"
        if not self._file:
            self.book.unfinished.keep({"new_case": {**NAMES, "notes": note}}).wait(30)
            return
        opened = self.book.edit(self._file).wait(30)
        self._answer(opened.record, opened.entry, notes=note)
        self.book.finish(opened.record).wait(30)
        if self._dice.random() < 0.3:
            self.sync()


DAY: Final[tuple[Callable[[Day], None], ...]] = (
    *(Day.sync, Day.case, Day.case_file, Day.draft, Day.dialog, Day.look, Day.errors),
    *(Day.another_sync, Day.outside),
)


def _refused(work: Callable[[], object]) -> None:
    try:
        work()
    except (Problem, LookupError):
        return
    raise AssertionError("it went well")


def _photo() -> bytes:
    """Of a paper, with what cameras and programs write beside the picture."""
    picture, exif = Image.new("RGB", (64, 48), "#D9C7A3"), Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x9286] = NAMES["given_name"], NAMES["other_names"], NOTE
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=exif, comment=NOTE.encode())
    return kept.getvalue()


def leaks() -> Iterator[tuple[str, Callable[[], None]]]:
    """Bugs that this row must find, by name: a plain temporary file, a name in the log, a core."""

    def plain_temp() -> None:
        from app.store import attachments

        seal = attachments.seal_file

        def seal_file(folder: Path, source: Path | bytes) -> attachments.Sealed:
            plain = source if isinstance(source, bytes) else source.read_bytes()
            Path(tempfile.mkstemp()[1]).write_bytes(plain)
            return seal(folder, source)

        attachments.seal_file = seal_file

    def name_in_log() -> None:
        from app import casefile

        rows = casefile.rows

        def told(db: Any, shelf: Any, now: Any, query: str, stage: str | None = None) -> Any:
            folder = Path(db._connection.execute("PRAGMA database_list").fetchone()[2]).parent
            with (folder / "logs" / "app.log").open("a") as log:
                log.write(json.dumps({"event": "cases.searched", "query": query}) + "\n")
            return rows(db, shelf, now, query, stage)

        casefile.rows = told

    def core() -> None:
        core_dumps.refuse = lambda *_: None

    yield "plain-temp", plain_temp
    yield "name-in-log", name_in_log
    yield "core", core
