"""A whole bad day on a device and its server: what happened is in the logs, about whom is not.

Both run as processes of their own, so that standard error and temporary files are theirs alone.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.scenarios import canaries
from tests.scenarios.canaries import LOGIN, NAMES, NOTE, PASSPHRASE, PASSWORD, PHONE, found_in
from tests.scenarios.office import ROOT, wait_until

#: `python -m sync_server`, with one fault of its own: while a certain file is there, no sync succeeds.
SERVER = """
import sys
from pathlib import Path
import sync_server.exchange as exchange

sync, fault = exchange.Exchange.sync, Path(sys.argv.pop(1))

def faulty(self, actor, request):
    if fault.exists():
        raise ValueError(f"cannot take {request!r} of {actor!r}")
    return sync(self, actor, request)

exchange.Exchange.sync = faulty
from sync_server.__main__ import main
sys.exit(main())
"""

DAY = """
import logging, sys, threading, time, warnings
from dataclasses import replace
from pathlib import Path

from app import log_lines
from app.background import Worker
from app.fieldbook import unlock
from app.problems import Problem
from app.settings import Settings
from app.store import form_library
from app.store.form_library import StoredForm
from forms.xlsform.to_xform import xform_from_xlsform
from tests.scenarios.canaries import LOGIN, NAMES, NOTE, PASSPHRASE, PHONE

folder, fault, scratch = map(Path, sys.argv[1:])
settings = Settings(folder, auto_sync=False)
log_lines.install(folder)

def refused(work):
    try:
        work()
    except Problem as problem:
        return problem.code
    raise AssertionError("it went well")

assert refused(unlock(settings, PASSPHRASE + "x").wait) == "store.passphrase.wrong"
time.sleep(1.1)
book = unlock(settings, PASSPHRASE).wait()
assert book.sync_now().wait().succeeded

def save(opened, **answers):
    by_name = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, raw in answers.items():
        change = opened.entry.answer(by_name[name], raw)
        book.save(opened.record, change).wait()
        yield change.violation

case = book.new_case("al", "sq").wait()
(row,) = book.case(case).wait().records
opened = book.edit(row.id).wait()
assert not any(save(opened, **NAMES, notes=NOTE, safe_never=PHONE))
assert all(save(opened, birth_date=NAMES["given_name"]))
assert book.finish(opened.record).wait() == ()
assert len(book.cases("пташина").wait()) == 1

opened = book.begin(case, "monitoring_contact").wait()
assert not any(save(opened, contact_date="2026-05-04", outcome="met", observation=NOTE))
photo = scratch / (NAMES["given_name"] + ".jpg")
photo.write_bytes(NOTE.encode())
photo_path = next(path for path in opened.entry.definition.questions if path.endswith("paper_photo"))
name = book.attach(opened.record, photo_path, photo).wait()
assert not any(save(opened, paper_photo=name))
photo.unlink()
refused(book.attach(opened.record, photo_path, photo).wait)
for violation in save(opened, attempts=PHONE):
    pass
book.finish(opened.record).wait()

# A form that the server does not know: its record is refused.
table = '''
| settings | | |
| | form_id | form_title | version |
| | ghost | Ghost | 1 |
| survey | | |
| | type | name | label |
| | text | tale | Tale |
'''
xml = xform_from_xlsform(table).xml
ghost = StoredForm("ghost", "1", "0" * 64, xml, {"en": "Ghost"}, {})
book._store.write(lambda db: form_library.put(db, ghost))
opened = book.begin(case, "ghost").wait()
assert not any(save(opened, tale=NOTE))
assert book.finish(opened.record).wait() == ()
outcome = book.sync_now().wait()
assert outcome.refused == 1, outcome
book.case(case).wait()

# Faults, here and there.
fault.touch()
opened = book.edit(row.id).wait()
assert not any(save(opened, notes=NOTE + "!"))
book.finish(opened.record).wait()
outcome = book.sync_now().wait()
assert outcome.problem.code == "server.error", outcome
fault.unlink()

def fail():
    raise ValueError(f"cannot work with {NOTE} of {NAMES}")

try:
    book._writer.submit(fail).wait()
except ValueError:
    pass
thread = threading.Thread(target=fail)
thread.start()
thread.join()
logging.getLogger("kivy").setLevel(logging.DEBUG)
logging.getLogger("kivy").info("drew %s", NOTE)
logging.getLogger("kivy").warning("cannot draw %s", NOTE)
logging.getLogger("urllib3.connection").error(f"{PHONE} was called")
logging.getLogger("app.views").warning(f"somebody logs {NOTE}")
logging.getLogger("app.views").warning("work.failed", extra={"form": NOTE, "device": PHONE, "login": NOTE})
# In the shapes that a line may carry: a login is like an event, a form named after a person like a form's id.
logging.getLogger("app.views").warning(LOGIN)
logging.getLogger("app.views").warning("work.failed", extra={"form": LOGIN, "code": LOGIN.title()})
warnings.warn(NOTE)

class Late:
    def __del__(self):
        fail()

Late()
book.close().wait()
fail()
"""


@dataclass
class Office:
    """Everything that both sides left behind, but for the two stores themselves."""

    folder: Path
    address: str = ""

    def __post_init__(self) -> None:
        for name in ("tmp-server", "tmp-device", "words"):
            (self.folder / name).mkdir()

    def environment(self, side: str, **secrets: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
        temporary = str(self.folder / f"tmp-{side}")
        return {**plain, "PYTHONPATH": str(ROOT), "TMPDIR": temporary, "SQLITE_TMPDIR": temporary, **secrets}

    def run(self, side: str, *words: str, ends_with: int = 0, **secrets: str) -> str:
        """One command; what it says on standard error is kept among the words."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(side, **secrets),
            capture_output=True,
            timeout=180,
        )
        with (self.folder / "words" / side).open("ab") as said:
            said.write(done.stderr)
        assert done.returncode == ends_with, done.stderr.decode()
        return done.stdout.decode()

    def places(self) -> list[Path]:
        return [self.folder / name for name in ("server", "device", "tmp-server", "tmp-device", "words")]

    def lines(self, side: str) -> list[dict[str, Any]]:
        name = {"server": "server", "device": "app"}[side]
        log = self.folder / side / "logs" / f"{name}.log"
        return [json.loads(line) for line in log.read_text("ascii").splitlines()]


def _strangers_call(address: str) -> None:
    """What nobody should send: canaries in every part of a request."""
    text = f"{NOTE} {NAMES} {PHONE}"
    body = json.dumps({"login": LOGIN, "password": PASSWORD + "?", "label": NOTE, "demo": False})
    in_header = base64.b64encode(text.encode()).decode()
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/enrol", {"data": body.encode()}),
        ("POST", "/v1/enrol", {"data": body[:-1].encode()}),
        ("POST", "/v1/enrol", {"json": {NOTE: text, "login": {text: text}}}),
        ("POST", "/v1/enrol", {"data": text.encode(), "headers": {"Content-Encoding": "zstd"}}),
        ("POST", "/v1/sync", {"json": {"case": NAMES}, "headers": {"Authorization": f"Bearer {in_header}"}}),
        ("GET", f"/v1/forms/{NAMES['given_name']}/{PHONE}", {"headers": {"Authorization": "Bearer x"}}),
        ("GET", f"/{NOTE}?q={PHONE}", {"headers": {"User-Agent": in_header, "Referer": in_header}}),
        ("KANARINA", "/v1/about", {"headers": {"Cookie": f"name={in_header}"}}),
        ("PUT", f"/v1/attachments/{LOGIN}", {"data": text.encode()}),
    ]
    for method, path, rest in calls:
        headers = {"Content-Type": "application/json", **rest.pop("headers", {})}
        told = requests.request(method, address + path, timeout=30, headers=headers, **rest)
        assert 400 <= told.status_code < 500, (method, path, told.status_code)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office after the day."""
    office = Office(tmp_path_factory.mktemp("day"))
    server, device, fault = (office.folder / name for name in ("server", "device", "fault"))
    command = ("-m", "sync_server")
    office.run("server", *command, "init", "--dir", str(server), "--unattended")
    office.run(
        *("server", *command, "add-user", "--dir", str(server), "--login", LOGIN, "--role", "officer"),
        *("--name", canaries.DISPLAY_NAME, "--office", "Tirana", "--country", "al"),
        HOMEWARD_PASSWORD=PASSWORD,
    )
    office.run(
        *("server", *command, "add-user", "--dir", str(server), "--login", LOGIN, "--role", "officer"),
        *("--office", NOTE),
        ends_with=1,
        HOMEWARD_PASSWORD=PASSWORD,
    )
    office.run("server", *command, "sign-off", "--dir", str(server), "--all", "--by", NOTE)
    office.run("server", *command, "publish-form", "--dir", str(server), "--library")

    port = office.folder / "port"
    with (office.folder / "words" / "serving").open("wb") as said:
        serving = subprocess.Popen(
            [
                *(sys.executable, "-c", SERVER, str(fault), "serve", "--dir", str(server)),
                *("--port", "0", "--port-file", str(port)),
            ],
            cwd=ROOT,
            env=office.environment("server"),
            stdout=said,
            stderr=said,
        )
    try:
        wait_until(lambda: port.exists() or serving.poll() is not None)
        office.address = f"http://127.0.0.1:{port.read_text().strip()}"
        enrolment = ("-m", "app", "enrol", "--dir", str(device), "--server", office.address, "--login", LOGIN)
        device.mkdir()
        office.run("device", *enrolment, ends_with=1, HOMEWARD_PASSWORD=NOTE, HOMEWARD_PASSPHRASE=PASSPHRASE)
        office.run("device", *enrolment, HOMEWARD_PASSWORD=PASSWORD, HOMEWARD_PASSPHRASE=PASSPHRASE)
        scratch = office.folder / "pictures"
        scratch.mkdir()
        office.run("device", "-c", DAY, str(device), str(fault), str(scratch), ends_with=1)
        office.run("device", "-m", "app", "sync", "--dir", str(device), HOMEWARD_PASSPHRASE=PASSPHRASE)
        _strangers_call(office.address)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(30)
    return office


def test_no_log_no_error_output_and_no_temporary_file_names_anybody(day: Office) -> None:
    assert found_in(*day.places()) == set()
    for side in ("server", "device"):
        assert list((day.folder / f"tmp-{side}").iterdir()) == []


def test_the_device_log_tells_what_happened(day: Office) -> None:
    lines = day.lines("device")
    codes = {line["code"] for line in lines if "code" in line}
    assert {"auth.login.failed", "store.passphrase.wrong", "server.error"} <= codes
    faults = [line for line in lines if line["event"] == "fault.unhandled"]
    assert [line["error"] for line in faults] == ["ValueError"] * 3
    assert any(line["event"] == "work.failed" for line in lines)
    assert any(line["event"] == "sync.ended" and line["refused"] == 1 for line in lines)
    assert [line["level"] for line in lines if line["event"] == "library.kivy"] == ["warning"]
    odd = [line for line in lines if line["event"] == "work.failed" and "error" not in line]
    assert [set(line) for line in odd] == [{"time", "level", "event"}] * 2


def test_the_server_log_tells_what_happened(day: Office) -> None:
    lines = day.lines("server")
    (fault,) = (line for line in lines if line["event"] == "request.failed")
    assert fault["error"] == "ValueError"
    assert {line["code"] for line in lines if line["event"] == "command.refused"} == {
        "account.office.unknown"
    }
    refused = [line for line in lines if line["event"] == "request.answered" and line["status"] >= 400]
    assert len(refused) >= 10
    assert all(line.get("route", "/").startswith("/") for line in lines)
    devices = {line["device"] for line in day.lines("device") if "device" in line}
    assert devices == {line["device"] for line in lines if "device" in line}


def test_a_fault_is_told_on_the_terminal_by_its_type_and_place(day: Office) -> None:
    said = (day.folder / "words" / "device").read_text("utf-8")
    assert "Homeward met a fault of its own: ValueError at " in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("side", "module"), [("device", "app"), ("server", "sync_server")])
def test_a_support_bundle_can_be_read_and_names_nobody(day: Office, side: str, module: str) -> None:
    out = day.folder / f"{side}.zip"
    command = ("-m", module, "support-bundle", "--dir", str(day.folder / side), "--out", str(out))
    said = day.run(side, *command)
    assert found_in(out) == set()
    with zipfile.ZipFile(out) as bundle:
        names = bundle.namelist()
        readme = bundle.read("README.txt").decode("ascii")
        assert json.loads(bundle.read("codes.json"))
        assert str(day.folder).encode() not in b"".join(bundle.read(name) for name in names)
        log = bundle.read(next(name for name in names if name.startswith("logs/"))).decode("ascii")
    assert all(name in said and name in readme for name in names if name != "README.txt")
    assert "Nothing was sent" in said
    assert "line.left_out" not in log
    before = out.read_bytes()
    day.run(side, *command, ends_with=1)
    assert out.read_bytes() == before


def test_what_somebody_wrote_into_a_log_file_stays_out_of_the_bundle(day: Office, tmp_path: Path) -> None:
    logs = tmp_path / "device" / "logs"
    logs.mkdir(parents=True)
    moment = "2026-05-04T07:00:00.000+00:00"
    odd: list[Any] = [
        NOTE,
        [NOTE],
        {"time": NOTE, "event": "app.started"},
        {"time": moment, "event": NOTE},
        {"time": moment, "event": LOGIN},
        {"time": moment, "event": "work.failed", "form": LOGIN},
        {"time": moment, "event": "app.started", "level": NOTE, "note": NOTE, "code": PHONE, "trace": [NOTE]},
    ]
    lines = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in odd)
    (logs / "app.log").write_text(lines, "utf-8")
    (logs / "app.log.1").write_bytes(NOTE.encode("cp1251", "replace") + b"\xff\x00")
    (logs / f"{LOGIN}.log").write_text(NOTE, "utf-8")
    out = tmp_path / "bundle.zip"
    day.run("device", "-m", "app", "support-bundle", "--dir", str(logs.parent), "--out", str(out))
    assert found_in(out) == set()
    with zipfile.ZipFile(out) as bundle:
        assert b"line.left_out" in bundle.read("logs/app.log")
        assert b"app.started" in bundle.read("logs/app.log")


def test_the_search_finds_a_canary_in_any_dress(tmp_path: Path) -> None:
    for number, text in enumerate(
        [NOTE, repr(NAMES), json.dumps(NAMES), ascii(PASSWORD), base64.b64encode(PHONE.encode()).decode()]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "leak").write_text(text, "utf-8")
        assert found_in(place)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("leak", NOTE * 9)
    assert found_in(tmp_path / "packed.zip")
