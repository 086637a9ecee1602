"""`make run`: a demo office on this machine, from nothing, and nothing left running afterwards.

Starts the sync server on loopback with its embedded encrypted database, fills it with an invented
office, enrols this machine as a device of the officer, and opens the app at its unlock screen.
Without a display it starts a virtual one and the app walks the demo by itself, saving pictures.
Then it goes on serving until Ctrl-C, and ends everything that it started.

    python packaging/run_demo.py [--dir build/demo] [--walk] [--languages en,ar] [--screenshots DIR] [--leave]

Standard library only: it runs before anything of ours is imported, and speaks to the programs as
an administrator would, by their command lines.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSPHRASE = "demo river lamp stone bread"
PASSWORD = "demo-demo-demo"
PREFERRED_PORT = 8765
LOGINS = ("officer", "reception", "coordinator")


class DemoFailed(Exception):
    """A step failed; the text says what happened and what to do."""


def say(text: str) -> None:
    print(f"demo: {text}", flush=True)


class Children:
    """The processes that this program started; `end()` ends them and whatever they started."""

    def __init__(self) -> None:
        self._all: list[subprocess.Popen[bytes]] = []

    def start(
        self, command: list[str], environment: Mapping[str, str], log: Path | None = None, **more: object
    ) -> subprocess.Popen[bytes]:
        output = open(log, "ab") if log else None  # noqa: SIM115 - the child keeps it
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            **more,  # type: ignore[call-overload]
        )
        if output:
            output.close()
        self._all.append(child)
        return child

    def end(self) -> None:
        for child in reversed(self._all):
            _signal(child, signal.SIGTERM)
        patience = time.monotonic() + 10
        for child in reversed(self._all):
            try:
                child.wait(max(0.1, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    if child.poll() is None:
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return


class Demo:
    """One demo office below one folder: its server, its device, its logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server, self.device = folder / "server", folder / "device"
        self.children = Children()
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.url = ""

    def run(self, module: str, *arguments: str | Path, **secrets: str) -> str:
        """One command of ours, to its end.

        Raises DemoFailed with its last lines if it fails.
        """
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environment, **secrets},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(
                f"'{shlex.join(command)}' ended with {done.returncode}:\n"
                f"{done.stdout[-2000:]}\n"
                "If an older demo lies in the way, 'make reset-demo' removes it."
            )
        return done.stdout

    def make_office(self) -> None:
        """The server's database with forms, people and cases; kept, so that a second start is quick."""
        ready = self.folder / "office-of"
        if ready.exists():
            made = date.fromisoformat(ready.read_text().strip())
            age = (date.today() - made).days  # noqa: DTZ011 - the demo's own calendar
            if age > 0:
                say(f"the demo office is {age} day(s) old; 'make reset-demo' makes one of today")
            return
        shutil.rmtree(self.server, ignore_errors=True)
        shutil.rmtree(self.device, ignore_errors=True)
        say("making the demo office: server database, form library, about 30 invented cases")
        self.run("sync_server", "init", "--dir", self.server, "--demo", "--unattended")
        self.run("sync_server", "publish-form", "--dir", self.server, "--library")
        self.run("sync_server", "demo-office", "--dir", self.server)
        ready.write_text(date.today().isoformat() + "\n")  # noqa: DTZ011

    def serve(self) -> None:
        """Starts the server and waits until it answers.

        A device keeps the address that it was enrolled with, so every start uses the port of the
        first. Raises DemoFailed where another program has it now.
        """
        kept, log = self.folder / "port", self.folder / "server.log"
        port = int(kept.read_text()) if kept.exists() else PREFERRED_PORT
        if not _is_free(port):
            if kept.exists():
                raise DemoFailed(
                    f"port {port} of this machine, where the devices of this demo find their server, is in "
                    "use: is another 'make run' at work? End it, or use 'make reset-demo'."
                )
            port = 0
        kept.unlink(missing_ok=True)
        server = self.children.start(
            [
                sys.executable, "-m", "sync_server", "serve", "--dir", str(self.server),
                "--host", "127.0.0.1", "--port", str(port), "--port-file", str(kept),
            ],
            self.environment,
            log,
        )  # fmt: skip
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            if server.poll() is not None:
                raise DemoFailed(f"the server ended at its start; its last words are in {log}")
            if kept.exists() and (told := kept.read_text().strip()):
                self.url = f"http://127.0.0.1:{told}"
                try:
                    urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                    say(f"the server answers at {self.url}")
                    return
                except (urllib.error.URLError, OSError):
                    pass
            time.sleep(0.1)
        raise DemoFailed(f"the server did not answer within a minute; see {log}")

    def enrol(self, folder: Path, login: str) -> None:
        if (folder / "enrolled").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        say(f"enrolling this machine as a device of '{login}'")
        self.run(
            "app", "enrol", "--demo", "--dir", folder, "--server", self.url, "--login", login,
            HOMEWARD_PASSWORD=PASSWORD, HOMEWARD_PASSPHRASE=PASSPHRASE,
        )  # fmt: skip
        self.run("app", "sync", "--dir", folder, HOMEWARD_PASSPHRASE=PASSPHRASE)
        (folder / "enrolled").touch()

    def need_display(self) -> None:
        """Starts a virtual display of its own and points the environment at it."""
        if not shutil.which("Xvfb"):
            raise DemoFailed(
                "there is no display and no Xvfb. 'make setup' installs it where there is apt-get."
            )
        reader, writer = os.pipe()
        self.children.start(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"],
            self.environment,
            self.folder / "display.log",
            pass_fds=(writer,),
        )
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise DemoFailed(f"the virtual display did not start; see {self.folder / 'display.log'}")
        self.environment["DISPLAY"] = f":{number}"
        say(f"no display here: started a virtual one, :{number}")

    def walk(self, pictures: Path, *more: str) -> list[Path]:
        """The app goes through the demo by itself, on a device of its own, and saves pictures."""
        device = self.folder / "walk-device"
        shutil.rmtree(device, ignore_errors=True)
        self.enrol(device, "officer")
        pictures.mkdir(parents=True, exist_ok=True)
        for old in pictures.glob("*.png"):
            old.unlink()
        say("the app walks through the demo by itself; this takes a minute or two")
        log = self.folder / "app.log"
        tour = self.children.start(
            [
                sys.executable,
                "-m",
                "app",
                "tour",
                "--walk",
                "--dir",
                str(device),
                "--out",
                str(pictures),
                *more,
            ],
            {**self.environment, "HOMEWARD_PASSPHRASE": PASSPHRASE},
            log,
        )
        if tour.wait() != 0:
            raise DemoFailed(f"the walk through the demo failed; its last words are in {log}")
        return sorted(pictures.glob("*.png"))

    def open_app(self) -> subprocess.Popen[bytes]:
        return self.children.start(
            [sys.executable, "-m", "app", "--dir", str(self.device)],
            self.environment,
            self.folder / "app.log",
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _introduce(demo: Demo) -> None:
    print(
        f"""
    Homeward demo office - invented people, never real ones
      server      {demo.url}
      logins      {", ".join(LOGINS)}   (password: {PASSWORD})
      this device belongs to 'officer'
      passphrase  {PASSPHRASE}
""",
        flush=True,
    )


def _wait_for_ever() -> None:
    say("serving until Ctrl-C")
    while True:
        time.sleep(3600)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, default=ROOT / "build" / "demo", help="where the demo lives")
    parser.add_argument("--walk", action="store_true", help="walk by itself even where a display is there")
    parser.add_argument("--languages", default="en,ar", help="of the walk and of the pictures")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="every screen as a picture, then end")
    parser.add_argument("--leave", action="store_true", help="end after the walk instead of serving on")
    wanted = parser.parse_args()

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)

    folder = wanted.dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    demo = Demo(folder)
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    try:
        demo.make_office()
        demo.serve()
        if wanted.screenshots:
            demo.need_display()
            pictures = demo.walk(
                wanted.screenshots.resolve(), "--languages", wanted.languages, "--sizes", "1280x800,1366x768"
            )
            say(f"{len(pictures)} pictures in {wanted.screenshots.resolve()}")
            return 0
        demo.enrol(demo.device, "officer")
        _introduce(demo)
        if has_display and not wanted.walk:
            app = demo.open_app()
            say("the app is open at its unlock screen; type the passphrase above")
            ended = app.wait()
            say(
                "the app was closed"
                if ended == 0
                else f"the app ended with {ended}; see {folder / 'app.log'}"
            )
        else:
            if not has_display:
                demo.need_display()
            pictures = demo.walk(folder, "--languages", wanted.languages, "--sizes", "1280x800")
            say(f"walked through the demo; {len(pictures)} pictures in {folder}:")
            for picture in pictures:
                print(f"    {picture}", flush=True)
            if wanted.leave:
                return 0
        _wait_for_ever()
    except KeyboardInterrupt:
        say("ending everything that was started")
        return 0
    except DemoFailed as failure:
        print(f"demo: {failure}", file=sys.stderr, flush=True)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        demo.children.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
