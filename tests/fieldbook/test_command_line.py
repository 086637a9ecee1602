"""The app's command line: how it calls itself, and what it says when it cannot go on."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from app.__main__ import _CUT_OFF
from app.store import Identity, Store, Transaction, drafts, erase, travel
from app.unlocking import attempts_at
from sync_server.protocol.version import PROGRAM
from tests.scenarios.bad_disk import needs_linux

ROOT = Path(__file__).resolve().parents[2]
HERE = f"{shlex.quote(sys.executable)} -m app"


def typed(*words: str | Path, start: tuple[str, ...] = ("-m", "app"), **more: str) -> tuple[int, str]:
    """How a command ended, and all that it said. There is no display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HOMEWARD_") and name not in hidden
    }
    done = subprocess.run(
        [sys.executable, *start, *map(str, words)],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT), **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(more.get("PYTHONIOENCODING", "utf-8"))


@pytest.mark.parametrize(
    "command",
    [(), ("enrol",), ("sync",), ("repair",), ("travel",), ("erase",), ("tour",), ("support-bundle",)],
)
def test_help_calls_the_program_as_it_was_started(command: tuple[str, ...], tmp_path: Path) -> None:
    ended, said = typed(*command, "--help")
    assert ended == 0
    assert " ".join(said.split()).startswith(f"usage: {' '.join((HERE, *command))} [-h]")


def test_the_start_knows_by_which_names_a_departure_or_an_erasing_was_cut_off() -> None:
    assert set(_CUT_OFF) == {erase.MARK, travel.NEXT, travel.PART}


def test_a_wrong_command_is_told_by_the_same_name() -> None:
    ended, said = typed("nonsense")
    assert ended == 2
    assert f"{HERE}: error: " in said


def test_the_version_is_told() -> None:
    assert typed("--version") == (0, f"Homeward {PROGRAM}, protocol 1\n")


def test_who_has_no_store_yet_is_told_the_command_that_makes_one(tmp_path: Path) -> None:
    ended, said = typed("sync", "--dir", tmp_path / "device")
    assert ended == 1
    told = re.search(r"^How to enrol: (.+)$", said, re.MULTILINE)
    assert told is not None
    again = subprocess.run(shlex.split(told[1]), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "--server" in again.stdout


def test_a_server_that_is_away_at_enrolling_is_told_without_promising_that_anything_is_sent_later(
    tmp_path: Path,
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        ended, said = typed(
            *("enrol", "--dir", tmp_path / "device", "--server", address, "--login", "mira"),
            HOMEWARD_PASSWORD="winter-lemon-harbour",
            HOMEWARD_PASSPHRASE="five words nobody else knows",
        )
    assert ended == 1
    assert said.endswith("[sync.enrolment.unreachable]\n")
    assert "not enrolled" in said
    assert "later" not in said
    assert not (tmp_path / "device" / "store.db").exists()


@needs_linux
def test_without_a_display_a_preview_says_so_and_ends(tmp_path: Path) -> None:
    form = tmp_path / "visit.md"
    form.write_text("| survey |\n| | type | name | label |\n| | text | a | A |\n", "utf-8")
    ended, said = typed("--preview", form)
    assert ended == 1
    assert "[app.window.missing]" in said
    assert "Traceback" not in said


def test_a_language_that_there_is_not_is_told(tmp_path: Path) -> None:
    ended, said = typed("sync", "--dir", tmp_path / "device", "--lang", "xx")
    assert ended == 1
    assert said.endswith("[settings.value.invalid]\n")
    assert len(said.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_who_gives_up_at_a_question_is_not_told_of_a_fault(tmp_path: Path) -> None:
    waiting = subprocess.Popen(
        [sys.executable, "-m", "app", "sync", "--dir", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "logs" / "app.log").exists():
        assert waiting.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    waiting.send_signal(signal.SIGINT)
    said, _ = waiting.communicate(timeout=30)
    assert (waiting.returncode, said) == (130, b"")


@pytest.mark.skipif(os.name != "posix", reason="types at a terminal of POSIX")
@pytest.mark.parametrize(
    ("command", "questions"),
    [
        (("app", "sync"), ["Passphrase of this device: "]),
        (
            ("app", "enrol", "--server", "http://127.0.0.1:9", "--login", "mira"),
            ["Password of the server: ", "New passphrase of this device: "],
        ),
        (("sync_server", "publish-form", "--library"), ["Master key of this server: "]),
    ],
)
def test_a_secret_that_is_typed_is_not_shown(
    command: tuple[str, ...], questions: list[str], tmp_path: Path
) -> None:
    import pty

    if command[0] == "sync_server":
        init = ("-m", "sync_server", "init", "--dir", tmp_path / "folder")
        subprocess.run([sys.executable, *init], cwd=ROOT, capture_output=True, check=True, timeout=60)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        words = [sys.executable, "-m", *command, "--dir", str(tmp_path / "folder")]
        os.execve(sys.executable, words, inherited)
    said = b""
    for question in questions:
        while not said.endswith(question.encode()):
            said += os.read(terminal, 1000)
        os.write(terminal, b"lemon harbour\n")
    with suppress(OSError):  # how Linux tells the end of a terminal
        while more := os.read(terminal, 1000):
            said += more
    os.waitpid(child, 0)
    os.close(terminal)
    assert b"lemon" not in said
    assert said.count(b": \r\n") == len(questions)


SAYS_AN_ELLIPSIS = """
from sync_server.protocol import command_line
command_line.speak_any_language()
print("\\u2026")
"""


def test_a_terminal_that_lacks_a_letter_is_shown_the_rest() -> None:
    ended, said = typed("nonsense …", PYTHONIOENCODING="latin-1")
    assert ended == 2
    assert "nonsense \\u2026" in said
    ended, said = typed("-c", SAYS_AN_ELLIPSIS, start=(), PYTHONIOENCODING="latin-1")
    assert (ended, said) == (0, "\\u2026\n")


@needs_linux
def test_without_a_display_the_app_says_so_and_ends(tmp_path: Path) -> None:
    ended, said = typed("--dir", tmp_path / "device")
    assert ended == 1
    assert "[app.window.missing]" in said
    assert "Traceback" not in said


OBEDIENT = """
import sys
from tests.scenarios.bad_disk import obey_permissions
obey_permissions()
from app.__main__ import main
sys.exit(main())
"""


@needs_linux
def test_where_nothing_may_be_written_the_app_says_so_and_ends(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    try:
        ended, said = typed("--dir", home / "device", start=("-c", OBEDIENT))
    finally:
        home.chmod(0o700)
    assert ended == 1
    assert "[store.folder.read_only]" in said
    assert "Homeward met a fault" not in said


@needs_linux
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("sync",), "settings.file.invalid"),
        (("support-bundle", "--out", "bundle.zip"), "support.folder.missing"),
    ],
)
def test_a_folder_that_may_not_be_looked_into_is_told_without_its_place(
    command: tuple[str, ...], code: str, tmp_path: Path
) -> None:
    home = tmp_path / "mira"
    home.mkdir(mode=0)
    try:
        ended, said = typed(*command, "--dir", home / "device", start=("-c", OBEDIENT))
    finally:
        home.chmod(0o700)
    assert ended == 1
    assert f"[{code}]" in said
    assert "mira" not in said


def test_broken_settings_are_told_by_a_support_bundle_and_do_not_prevent_it(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("sync_every = 'when Mira says so'", "utf-8")
    ended, said = typed("sync", "--dir", tmp_path)
    assert (ended, "[settings.value.invalid]" in said) == (1, True)
    ended, said = typed("support-bundle", "--dir", tmp_path, "--out", tmp_path / "bundle.zip")
    assert ended == 0, said
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        assert list(json.loads(bundle.read("codes.json"))) == ["settings.value.invalid"]
        assert all(b"Mira" not in bundle.read(name) for name in bundle.namelist())


def test_a_repair_tells_each_record_and_what_became_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "tablet"
    who = Identity("0000000a", "mira", "Mira", "officer", "Tirana", "Europe/Tirane")
    store = Store.create(folder, "five words", who)

    def fill(db: Transaction) -> None:
        for number in range(5):
            drafts.begin(db, f"record-{number}", "case-1", "visit", "1")
            drafts.save_answers(db, f"record-{number}", {"story": "x" * 3000})
            drafts.finish(db, f"record-{number}")

    store.write(fill)
    ended, said = typed("repair", "--dir", folder, HOMEWARD_PASSPHRASE="five words")
    assert (ended, said.split()[-1]) == (1, "[store.file.busy]")
    store.close()
    ended, said = typed("repair", "--dir", folder, HOMEWARD_PASSPHRASE="five words")
    assert (ended, said.split()[-1]) == (1, "[store.repair.needless]")

    (folder / "store.anchor").unlink()
    # A wrong passphrase is counted as at the unlock screen, where the next one has to wait.
    ended, said = typed("repair", "--dir", folder, HOMEWARD_PASSPHRASE="wrong")
    assert (ended, said.split()[-1]) == (1, "[store.passphrase.wrong]")
    assert attempts_at(folder)._record().failures == 1
    time.sleep(1.1)
    ended, said = typed("repair", "--dir", folder, HOMEWARD_PASSPHRASE="five words")
    assert ended == 0, said
    lines = said.splitlines()
    assert [line.split() for line in lines[:5]] == [["saved", "-", "visit"]] * 5
    assert lines[5] == "saved 5, server 0, lost 0"
    Store.open(folder, "five words").close()
