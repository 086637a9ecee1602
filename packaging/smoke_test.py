"""Tries the built programs as on a machine without Python: PATH is empty, HOME is new, and both have been
carried into another folder, whose name has blanks and letters of several scripts.

    python packaging/smoke_test.py [--package build/package] [--languages en,ar]

An office with invented people is made and served by the built server; the built app is enrolled,
syncs, and does a day's work by itself in each language: unlock, fill in a reception with a photo,
finish, sync, see the receipt. Then it locks itself. Pictures and logs lie in PACKAGE/smoke.

What is checked: that help, errors and hints call a program as it was started, and a hint can be typed;
that the app without a display says so; that a form in a workbook can be published; that a support
bundle tells every library's version; that each step says that it succeeded; that a second device gets
the reception and its photo; that each picture has something in it and those of two languages differ;
that Arabic labels are drawn, and joined as Arabic letters are; that neither program has a file of a
Python outside its own folder open or mapped; that nothing was written into HOME. What is not: whether
the words stand in the right order (the window tests of the sources see to that), and other machines.

Standard library only. Exit status 0 when all of it held.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn_text
import workbook

ROOT = Path(__file__).resolve().parent.parent
PASSPHRASE = "demo river lamp stone bread"
PASSWORD = "demo-demo-demo"
SIZE = "1280x800"
PATIENCE = 420.0
A_COMMAND = 120.0
ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]")


#: A form of one question, as the sheets of a workbook.
VISIT = {
    "settings": [["form_id", "version"], ["visit", "1"]],
    "survey": [["type", "name", "label"], ["text", "remarks", "ملاحظات"]],
}


class Failed(Exception):
    """Something did not hold; the text says what."""


def say(text: str) -> None:
    print(f"smoke test: {text}", flush=True)


def until(what: str, holds: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > end:
            raise Failed(f"waited {seconds:.0f} seconds in vain for {what}")
        time.sleep(0.1)
    return answer


class Machine:
    """A machine with no program but the built ones: their environment, and what was started of them."""

    def __init__(self, package: Path, scratch: Path, out: Path) -> None:
        self._package, self._out = package, out
        self.scratch, self.home = scratch, scratch / "home"
        self.home.mkdir()
        (scratch / "tmp").mkdir()
        self.environment = {
            "PATH": "",
            "HOME": str(self.home),
            "TMPDIR": str(scratch / "tmp"),
            "PYTHONTZPATH": "",  # time zones of their own, not those of this machine
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def program(self, name: str) -> str:
        """The path of a built program by its name; a path is one already."""
        if os.sep in name:
            return name
        path = self._package / name / name
        if not path.is_file():
            raise Failed(f"there is no {path}; 'make package' builds it")
        return str(path)

    def start(self, command: list[str], log: str, **more: Any) -> subprocess.Popen[bytes]:
        extra = more.pop("environment", {})
        with (self._out / log).open("wb") as output:
            started = subprocess.Popen(
                command,
                cwd=self.home,
                env={**self.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **more,
            )
        self._started.append(started)
        return started

    def run(self, name: str, *arguments: str | Path, fails_with: str = "", **variables: str) -> str:
        """A command to its end; one that ought to fail must do so with that code, not with a traceback."""
        words = " ".join(map(str, (name, *arguments[:1])))
        try:
            done = subprocess.run(
                [self.program(name), *map(str, arguments)],
                cwd=self.home,
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=A_COMMAND,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"'{words}' did not end within {A_COMMAND:.0f} seconds") from None
        told = f"'{words}' ended with {done.returncode}:\n{done.stdout[-3000:]}"
        if bool(done.returncode) != bool(fails_with) or "Traceback" in done.stdout:
            raise Failed(told)
        if fails_with and not re.search(fails_with, done.stdout):
            raise Failed(f"expected '{fails_with}'; {told}")
        return done.stdout

    def words_of(self, log: str) -> str:
        return (self._out / log).read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        for started in reversed(self._started):
            started.terminate()
        for started in self._started:
            try:
                started.wait(20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def programs_name_themselves(machine: Machine) -> None:
    """What is told to be typed is what the user typed, also where the program was started by a link."""
    link = machine.scratch / "my server"
    link.symlink_to(machine.program("homeward-server"))
    for name, command in (
        (machine.program("homeward-app"), ()),
        (machine.program("homeward-app"), ("enrol",)),
        (machine.program("homeward-app"), ("tour",)),
        (str(link), ("serve",)),
    ):
        told = " ".join(machine.run(name, *command, "--help").split())
        if not told.startswith(f"usage: {' '.join((shlex.quote(name), *command))} ["):
            raise Failed(f"'{name} {' '.join(command)}' calls itself otherwise: {told[:200]}")
    machine.run("homeward-app", "--version")
    machine.run(
        str(link), "publish-form", fails_with=f"{re.escape(shlex.quote(str(link)))} publish-form: error: "
    )


def says_that_there_is_no_display(machine: Machine) -> None:
    machine.run("homeward-app", "--dir", machine.scratch / "nobody", fails_with="app.window.missing")


def bundles_tell_versions(machine: Machine, server: Path, device: Path) -> None:
    for name, folder in (("homeward-server", server), ("homeward-app", device)):
        out = machine.scratch / f"{name}.zip"
        machine.run(name, "support-bundle", "--dir", folder, "--out", out)
        with zipfile.ZipFile(out) as bundle:
            system = json.loads(bundle.read("system.json"))
        unknown = [library for library, version in system["libraries"].items() if not version]
        if unknown or not system["packaged"]:
            raise Failed(f"the support bundle of {name} does not know the versions of: {', '.join(unknown)}")


def open_display(machine: Machine) -> None:
    """An X server without a screen, started by its full name since PATH is empty for the others."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        raise Failed("Xvfb is not installed; 'make setup-dev' installs it where there is apt-get")
    reader, writer = os.pipe()
    machine.start(
        [xvfb, "-displayfd", str(writer), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"],
        "display.log",
        pass_fds=(writer,),
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    if not number:
        raise Failed("the virtual display did not start")
    machine.environment["DISPLAY"] = f":{number}"


def needs_no_python(process: subprocess.Popen[bytes], package: Path) -> None:
    """Nothing of a Python is mapped or open but what lies in the package itself."""
    if not sys.platform.startswith("linux"):
        return
    here = Path(f"/proc/{process.pid}")
    files = set(re.findall(r" (/.*)$", (here / "maps").read_text(), re.MULTILINE))
    for link in (here / "fd").iterdir():
        files.add(os.readlink(link))
    strays = {
        file
        for file in files
        if re.search(r"python|site-packages|\.venv|\.pyc?$", file, re.IGNORECASE)
        and not Path(file).is_relative_to(package)
    }
    if strays:
        raise Failed(f"a program uses a Python from outside its folder: {', '.join(sorted(strays))}")


def serve_an_office(machine: Machine) -> tuple[subprocess.Popen[bytes], str]:
    server = machine.scratch / "server"
    told = machine.run(
        "homeward-server", "serve", "--dir", server, fails_with="config.folder.not_initialised"
    )
    hint = re.search(r"Make it one: (.+) \[", told)
    if hint is None:
        raise Failed(f"nobody says how a server is made: {told}")
    machine.run(*shlex.split(hint[1]), "--demo")
    form = workbook.write(machine.scratch / "visit.xlsx", VISIT)
    published = machine.run("homeward-server", "publish-form", "--dir", server, "--library", form)
    if published.count("Published ") < 4:
        raise Failed(f"the form library and a workbook were not published: {published}")
    machine.run("homeward-server", "demo-office", "--dir", server)
    port = machine.scratch / "port"
    serving = machine.start(
        [
            *(machine.program("homeward-server"), "serve", "--dir", str(server)),
            *("--host", "127.0.0.1", "--port", "0", "--port-file", str(port)),
        ],
        "server.log",
    )
    until("the server to listen", lambda: port.exists() or serving.poll() is not None)
    if serving.poll() is not None:
        raise Failed(f"the server ended at its start:\n{machine.words_of('server.log')[-2000:]}")
    return serving, f"http://127.0.0.1:{port.read_text().strip()}"


def drivers_are_there(machine: Machine) -> None:
    """What only a real office needs: the certificates of the authorities, and PostgreSQL's driver."""
    if not any(Path(machine.program("homeward-app")).parent.rglob("cacert.pem")):
        raise Failed("the app has no certificates to know a server by")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        nobody = closed.getsockname()[1]
        machine.run(
            *("homeward-server", "init", "--dir", machine.scratch / "elsewhere", "--unattended"),
            *("--database", f"postgresql://nobody@127.0.0.1:{nobody}/none"),
            fails_with="server.database.not_reached",
            PSYCOPG_IMPL="binary",  # its own library, not one that this machine happens to have
        )


def enrol(machine: Machine, name: str, login: str, address: str) -> Path:
    device = machine.scratch / name
    machine.run(
        *("homeward-app", "enrol", "--demo", "--dir", device, "--server", address, "--login", login),
        HOMEWARD_PASSWORD=PASSWORD,
        HOMEWARD_PASSPHRASE=PASSPHRASE,
    )
    return device


def received(machine: Machine, device: Path) -> tuple[int, int]:
    """Syncs once without a window: how many changes came, and how many files."""
    told = machine.run("homeward-app", "sync", "--dir", device, HOMEWARD_PASSPHRASE=PASSPHRASE)
    numbers = re.search(r"received (\d+), .*files received (\d+)", told)
    if numbers is None:
        raise Failed(f"the sync did not say what it received: {told}")
    return int(numbers[1]), int(numbers[2])


def walk(machine: Machine, device: Path, languages: str, pictures: Path) -> subprocess.Popen[bytes]:
    """The app does a day's work by itself, and locks: the same process, as a new program."""
    app = machine.start(
        [
            *(machine.program("homeward-app"), "tour", "--walk", "--lock", "--dir", str(device)),
            *("--out", str(pictures), "--languages", languages, "--sizes", SIZE),
        ],
        "app.log",
        environment={
            "HOMEWARD_PASSPHRASE": PASSPHRASE,
            "HOMEWARD_UI_PROBE": str(machine.scratch / "probe"),
            "HOMEWARD_WINDOW": SIZE,
        },
    )

    def done() -> bool:
        if app.poll() is not None:
            raise Failed(f"the app ended with {app.returncode}:\n{machine.words_of('app.log')[-3000:]}")
        return "tour: locking" in machine.words_of("app.log")

    until("the end of the walk", done, PATIENCE)
    return app


def seen(probe: Path) -> list[dict[str, Any]]:
    """What the app says stands in its window; nothing while there is no app."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(20)
            connection.connect(str(probe))
            answer = b""
            while part := connection.recv(65536):
                answer += part
    except (ConnectionError, FileNotFoundError):
        return []
    return list(json.loads(answer or b"[]"))


def locked(machine: Machine, app: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    """The widgets of the unlock screen, as the program shows it that took the place of the unlocked one."""

    def at_its_door() -> list[dict[str, Any]]:
        if app.poll() is not None:
            raise Failed(f"the lock ended the app with {app.returncode}:\n{machine.words_of('app.log')}")
        widgets = seen(machine.scratch / "probe")
        return widgets if any(each["name"] == "unlock.passphrase" for each in widgets) else []

    widgets: list[dict[str, Any]] = until("the unlock screen after the lock", at_its_door)
    command = Path(f"/proc/{app.pid}/cmdline")
    if command.exists() and b"tour" in command.read_bytes().split(b"\0"):
        raise Failed("the app locked without becoming a new program")
    return widgets


def look_at(pictures: Path, languages: list[str]) -> int:
    drawn = {file.name: drawn_text.read(file) for file in sorted(pictures.glob("*.png"))}
    steps = ("unlock", "today", "review", "finished", "receipt")
    for language in languages:
        for step in steps:
            if f"{step}-{language}-{SIZE}.png" not in drawn:
                raise Failed(f"the walk in '{language}' has no picture of '{step}'")
    for name, picture in drawn.items():
        if drawn_text.different_lines(picture) < 20:
            raise Failed(f"{name} is as good as empty")
    for language in languages[1:]:
        for step in steps:
            one = drawn[f"{step}-{languages[0]}-{SIZE}.png"]
            other = drawn[f"{step}-{language}-{SIZE}.png"]
            if one.lines == other.lines:
                raise Failed(f"'{step}' looks the same in '{languages[0]}' and '{language}'")
    return len(drawn)


def arabic_is_drawn(widgets: list[dict[str, Any]], picture: drawn_text.Picture) -> int:
    """How many Arabic labels of the unlock screen have fewer pieces than letters, as joined letters have."""
    labels = [
        each for each in widgets if each["kind"] == "BidiLabel" and len(ARABIC.findall(each["text"])) >= 5
    ]
    if len(labels) < 3:
        raise Failed(f"the unlock screen has only {len(labels)} Arabic labels")
    pixels = picture.pixels()
    for label in labels:
        letters = len(ARABIC.findall(label["text"]))
        box = (label["x"], label["y"], label["w"], label["h"])
        pieces = drawn_text.columns_of_ink(pixels, picture.channels, box)
        if not 1 <= pieces < letters:
            raise Failed(
                f"'{label['text']}' has {letters} letters and is drawn in {pieces} pieces: "
                "its letters are missing or not joined"
            )
    return len(labels)


def everything(package: Path, languages: list[str], out: Path, scratch: Path) -> None:
    machine = Machine(package, scratch, out)
    try:
        programs_name_themselves(machine)
        says_that_there_is_no_display(machine)
        open_display(machine)
        serving, address = serve_an_office(machine)
        say(f"the built server answers at {address}")
        drivers_are_there(machine)
        officer = enrol(machine, "officer", "officer", address)
        received(machine, officer)
        coordinator = enrol(machine, "coordinator", "coordinator", address)
        before, _ = received(machine, coordinator)
        if not before:
            raise Failed("the first sync of the coordinator brought nothing")
        bundles_tell_versions(machine, machine.scratch / "server", officer)
        say(f"two devices are enrolled and have synced; the walk in {', '.join(languages)} takes minutes")
        app = walk(machine, officer, ",".join(languages), out)
        widgets = locked(machine, app)
        for process in (app, serving):
            needs_no_python(process, package)
        changes, files = received(machine, coordinator)
        if changes < len(languages) or files < len(languages):
            raise Failed(
                f"the coordinator got {changes} changes and {files} photos of {len(languages)} receptions"
            )
        say(
            f"the receptions and their {files} photos have reached the coordinator; the app has locked itself"
        )
        say(f"{look_at(out, languages)} pictures in {out}, none empty")
        if "ar" in languages:
            if languages[-1] != "ar":
                raise Failed("name ar last: the locked app is looked at in the last language")
            unlock = drawn_text.read(out / f"unlock-ar-{SIZE}.png")
            say(f"{arabic_is_drawn(widgets, unlock)} Arabic labels of the unlock screen are drawn and joined")
    finally:
        machine.end()
    left = sorted(str(path.relative_to(machine.home)) for path in machine.home.rglob("*"))
    if left:
        raise Failed(f"something was written into the home folder: {', '.join(left[:10])}")
    say("nothing was written into the home folder")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, default=ROOT / "build" / "package")
    parser.add_argument("--languages", default="en,ar", help="of the walk; ar, if at all, last")
    chosen = parser.parse_args()
    package = chosen.package.resolve()
    out = package / "smoke"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="smoke Проба تجربة ") as scratch:
            elsewhere = Path(scratch) / "carried elsewhere"
            for name in ("homeward-app", "homeward-server"):
                if not (package / name).is_dir():
                    raise Failed(f"there is no {package / name}; 'make package' builds it")
                shutil.copytree(package / name, elsewhere / name, symlinks=True)
            everything(elsewhere, chosen.languages.split(","), out, Path(scratch))
    except Failed as failure:
        print(f"smoke test: FAILED: {failure}\nlogs and pictures are in {out}", file=sys.stderr, flush=True)
        return 1
    say(f"all of it held, in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
