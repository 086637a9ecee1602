"""The commands, run as an administrator runs them: what they print, refuse and leave behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from forms import library
from forms.casework.office_file import is_office_file
from sync_server.command_texts import TEXTS
from sync_server.protocol.version import PROGRAM
from tests.scenarios.bad_disk import needs_linux
from tests.server_cli.conftest import ROOT

PASSWORD = "correct-horse-battery"


@pytest.fixture
def server(new_server: Callable[[Path], Any], tmp_path: Path) -> Any:
    return new_server(tmp_path)


def refused(server: Any, code: str, *arguments: str, **secrets: str) -> None:
    done = server.run(*arguments, **secrets)
    assert done.returncode == 1
    assert f"[{code}]" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_demo_is_made_and_served_by_four_commands(server: Any) -> None:
    server.must("init", "--demo", "--unattended")
    published = server.must("publish-form", "--library")
    assert re.findall(r"Published (\w+)", published) == [form_id for form_id, _ in library.forms()]
    assert "demo-demo-demo" in server.must("demo-office")
    server.start()
    try:
        about = requests.get(f"{server.url}/v1/about", timeout=30).json()
        assert about["demo"] is True
        enrolled = server.enrol("officer", "demo-demo-demo", demo=True)
        body = {"protocol": 1, "demo": True, "clock": {"now": about["now"]}}
        headers = {"Authorization": f"Bearer {enrolled['token']}"}
        answer = requests.post(f"{server.url}/v1/sync", json=body, headers=headers, timeout=30).json()
        cases = {item["case"] for item in answer["page"]["items"]}
        assert len([case for case in cases if not is_office_file(case)]) == 30
        assert len(answer["conflicts"]) == 1
    finally:
        assert server.stop() == 0
    refused(server, "demo.server.not_empty", "demo-office")


def test_a_demo_office_needs_a_demo_server_and_its_forms(server: Any) -> None:
    server.must("init", "--unattended")
    refused(server, "demo.forms.missing", "demo-office")
    server.publish_library()
    refused(server, "demo.server.not_a_demo", "demo-office")


def test_the_master_key_is_shown_once_and_then_asked_for(server: Any) -> None:
    shown = server.must("init")
    (key,) = re.findall(r"(?:[A-Z2-7]{4}-){12}[A-Z2-7]{4}", shown)
    assert not (server.folder / "master.key").exists()
    refused(server, "config.master_key.missing", "publish-form", "--library")
    refused(server, "config.master_key.unreadable", "publish-form", "--library", HOMEWARD_MASTER_KEY="x")
    wrong = key.replace(key[0], "A" if key[0] != "A" else "B")
    refused(server, "server.database.does_not_open", "publish-form", "--library", HOMEWARD_MASTER_KEY=wrong)
    server.must("add-programme", "tact", HOMEWARD_MASTER_KEY=key.lower())


def test_a_folder_is_initialised_once(server: Any) -> None:
    server.must("init", "--unattended")
    before = {path.name: path.read_bytes() for path in server.folder.iterdir() if path.is_file()}
    refused(server, "config.folder.already_initialised", "init", "--demo")
    assert {path.name: path.read_bytes() for path in server.folder.iterdir() if path.is_file()} == before


def test_a_folder_that_is_none_is_told(server: Any) -> None:
    refused(server, "config.folder.not_initialised", "serve")


def test_a_command_that_is_told_can_be_typed_as_it_stands(
    new_server: Callable[[Path], Any], tmp_path: Path
) -> None:
    (tmp_path / "büro der").mkdir()
    server = new_server(tmp_path / "büro der")
    made = re.search(r"Make it one: (.+) \[config", server.run("demo-office").stderr)
    assert made is not None
    _type(f"{made[1]} --demo")
    published = re.search(r"Publish it first: (.+) \[demo", server.run("demo-office").stderr)
    assert published is not None
    _type(published[1])
    server.must("demo-office")


def _type(command: str) -> None:
    done = subprocess.run(shlex.split(command), cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_help_and_errors_call_the_program_as_it_was_started(server: Any) -> None:
    name = f"{shlex.quote(sys.executable)} -m sync_server"
    assert " ".join(server.must("serve", "--help").split()).startswith(f"usage: {name} serve [-h]")
    assert f"{name} publish-form: error: " in server.run("publish-form").stderr
    assert server.must("--version") == f"Homeward {PROGRAM}, protocol 1\n"


def test_what_failed_at_the_beginning_can_be_begun_again(server: Any) -> None:
    refused(server, "server.name.invalid", "init", "--name", " ")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        url = f"postgresql://nobody@127.0.0.1:{closed.getsockname()[1]}/none"
        refused(server, "server.database.not_reached", "init", "--unattended", "--database", url)
    assert list(server.folder.iterdir()) == []
    server.must("init", "--unattended")


OBEDIENT = """
import sys
from tests.scenarios.bad_disk import obey_permissions
obey_permissions()
from sync_server.__main__ import main
sys.exit(main())
"""


MAY_NOT_READ = ("{} may not be read by this user.", "config.file.not_readable")
MAY_NOT_WRITE = ("The server may not write to {}.", "server.storage.read_only")


@needs_linux
@pytest.mark.parametrize(
    ("forbidden", "mode", "told"),
    [
        (".", 0o500, MAY_NOT_WRITE),
        ("blobs", 0o500, MAY_NOT_WRITE),
        ("server.db", 0o400, MAY_NOT_WRITE),
        ("server.db", 0, MAY_NOT_READ),
        ("server.toml", 0, MAY_NOT_READ),
        ("master.key", 0, MAY_NOT_READ),
    ],
)
def test_what_this_user_may_not_touch_is_told_by_its_name(
    server: Any, forbidden: str, mode: int, told: tuple[str, str]
) -> None:
    server.must("init", "--unattended")
    (server.folder / "blobs").mkdir(exist_ok=True)
    path = server.folder / forbidden
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        done = subprocess.run(
            [sys.executable, "-c", OBEDIENT, "publish-form", "--dir", str(server.folder), "--library"],
            cwd=ROOT,
            env={**server.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        path.chmod(before)
    text, code = told
    assert done.returncode == 1
    assert done.stderr.startswith(text.format(path))
    assert done.stderr.endswith(f"[{code}]\n")


@needs_linux
def test_a_folder_that_may_not_be_made_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        done = subprocess.run(
            [sys.executable, "-c", OBEDIENT, "init", "--dir", str(tmp_path / "server")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        tmp_path.chmod(0o700)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The server may not write to {tmp_path / 'server'}.")
    assert "[server.storage.read_only]" in done.stderr


def test_a_folder_that_cannot_be_made_where_a_file_is_in_its_way_is_told(server: Any) -> None:
    server.folder.write_text("a letter", "utf-8")
    refused(server, "config.folder.not_made", "init", "--unattended")
    assert server.folder.read_text("utf-8") == "a letter"


def test_users_are_added_with_an_office_and_a_password_that_is_long_enough(server: Any) -> None:
    server.must("init", "--unattended")
    mira = ("add-user", "--login", "mira", "--role", "officer", "--office", "Rabat")
    refused(server, "account.office.unknown", *mira, HOMEWARD_PASSWORD=PASSWORD)
    refused(server, "account.password.missing", *mira)
    refused(server, "account.password.length", *mira, "--country", "ma", HOMEWARD_PASSWORD="short")
    refused(server, "account.country.invalid", *mira, "--country", "Morocco", HOMEWARD_PASSWORD=PASSWORD)
    server.must(*mira, "--country", "ma", "--zone", "Africa/Casablanca", HOMEWARD_PASSWORD=PASSWORD)
    refused(server, "account.login.taken", *mira, HOMEWARD_PASSWORD=PASSWORD)


def test_who_is_added_without_a_time_zone_has_that_of_her_office(server: Any) -> None:
    """Else its midnight would move, and with it until when a consent or an assessment holds."""
    server.must("init", "--unattended")

    def added(login: str, office: str, *more: str) -> list[str]:
        command = ("add-user", "--login", login, "--role", "officer", "--office", office, *more)
        done = server.run(*command, HOMEWARD_PASSWORD=PASSWORD)
        assert done.returncode == 0, done.stderr
        return list(done.stdout.splitlines())

    first = added("mira", "Rabat", "--country", "ma")
    assert first == ["Added mira (officer, Rabat), time zone UTC.", "For another time zone give --zone."]
    tirana = ("--country", "al", "--zone", "Europe/Tirane")
    assert added("arta", "Tirana", *tirana) == ["Added arta (officer, Tirana), time zone Europe/Tirane."]
    assert added("besnik", "Tirana") == [
        "Added besnik (officer, Tirana), time zone Europe/Tirane.",
        "That is the zone of the others there.",
    ]
    assert added("drin", "Tirana", "--zone", "UTC") == [
        "Added drin (officer, Tirana), time zone UTC.",
        "Warning: the others there have Europe/Tirane. The office's day ends when it ends for most.",
    ]
    assert "time zone Europe/Tirane." in added("eda", "Tirana")[0]


def test_a_form_that_does_not_compile_is_told_with_its_row(server: Any, tmp_path: Path) -> None:
    server.must("init", "--unattended")
    form = tmp_path / "broken.md"
    form.write_text("| survey |\n| | type | name | label |\n| | select_one nowhere | a | A |\n")
    refused(server, "form.xlsform.choices_missing", "publish-form", str(form))
    form.write_text(form.read_text() + "| choices |\n| | list_name | name | label |\n| | x | y | Y |\n")
    refused(server, "form.xlsform.list_unknown", "publish-form", str(form))
    done = server.run("publish-form", str(form))
    assert "broken.md: sheet 'survey', row 2, name 'a': The list 'nowhere' is not in" in done.stderr
    refused(server, "form.file.unreadable", "publish-form", str(tmp_path / "missing.md"))


HEAD = "| settings |\n| | form_id | version |\n| | visit | {version} |\n| survey |\n"


def test_a_form_that_would_fail_on_a_device_is_refused_before_any_is_published(
    server: Any, tmp_path: Path
) -> None:
    server.must("init", "--unattended")
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(HEAD.format(version=1) + "| | type | name | label |\n| | text | a | A |\n")
    bad.write_text("| survey |\n| | type | name | calculation |\n| | calculate | a | regex('a', '(') |\n")
    refused(server, "form.expression.bad_pattern", "publish-form", str(good), str(bad))
    assert "Published visit, version 1." in server.must("publish-form", str(good))

    # The same again is harmless; a changed form needs a new version.
    server.must("publish-form", str(good))
    for version, code in ((1, "form.version.published"), (2, None)):
        good.write_text(HEAD.format(version=version) + "| | type | name | label |\n| | text | a | B |\n")
        if code is not None:
            refused(server, code, "publish-form", str(good))
    assert "Published visit, version 2." in server.must("publish-form", str(good))


def test_plain_http_is_not_spoken_beyond_this_machine(server: Any) -> None:
    server.must("init", "--unattended")
    refused(server, "server.host.not_loopback", "serve", "--host", "0.0.0.0", "--port", "0")


def test_a_port_that_is_taken_is_told(server: Any) -> None:
    server.must("init", "--unattended")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = server.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "[server.port.taken]" in done.stderr
    assert "Traceback" not in done.stderr


def test_of_two_servers_on_one_folder_the_second_is_refused_until_the_first_has_ended(server: Any) -> None:
    server.must("init", "--unattended")
    server.start()
    refused(server, "server.folder.in_use", "serve", "--port", "0")
    server.must("add-programme", "tact")  # a command beside it is none
    assert requests.get(f"{server.url}/v1/about", timeout=30).ok
    server.stop(signal.SIGKILL)
    server.port_file.unlink()
    server.start()
    assert server.stop() == 0


def test_every_text_can_be_filled_in() -> None:
    for code, text in TEXTS.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.[a-z_]+", code)
        names = re.findall(r"{(\w+)}", text)
        assert "{" not in text.format(**dict.fromkeys(names, "x"))


def test_every_code_that_a_command_may_raise_has_its_text() -> None:
    sources = Path(__file__).resolve().parents[2] / "sync_server"
    raised = {
        code
        for path in sources.rglob("*.py")
        for code in re.findall(r'SetupProblem\(\s*"([^"]+)"', path.read_text("utf-8"))
    }
    assert raised == set(TEXTS)


@pytest.mark.parametrize("port", ["99999", "-1", "65536", "٨٠", "http"])
def test_a_port_that_cannot_be_is_refused_and_no_other_is_opened(server: Any, port: str) -> None:
    server.must("init", "--unattended")
    done = server.run("serve", f"--port={port}")
    assert done.returncode == 2
    assert "a port is a number from 0 to 65535" in done.stderr


def test_a_port_file_that_cannot_be_written_is_told(server: Any, tmp_path: Path) -> None:
    server.must("init", "--unattended")
    done = server.run("serve", "--port", "0", "--port-file", str(tmp_path / "nowhere" / "port"))
    assert done.returncode == 1
    assert "[server.port_file.not_written]" in done.stderr


def test_broken_settings_are_told_by_a_support_bundle_and_do_not_prevent_it(
    server: Any, tmp_path: Path
) -> None:
    server.must("init", "--unattended")
    (server.folder / "server.toml").write_text('mira = "a setting that there is not"\n')
    refused(server, "config.setting.unknown", "serve")
    server.must("support-bundle", "--out", tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        assert "config.setting.unknown" in json.loads(bundle.read("codes.json"))
        assert all(b"mira" not in bundle.read(name) for name in bundle.namelist())
