"""A crash of the app leaves no copy of its memory, and nobody reads a passphrase in its environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.canaries import PASSPHRASE, PASSWORD, found_in
from tests.scenarios.office import ROOT, wait_until

resource = pytest.importorskip("resource")

_CRASHES = [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT]
#: Waits as the app does, with the same in its memory, and has asked for nothing.
_CARELESS = "import sys; held = sys.stdin.readline(); sys.stdin.readline()"


def _allow_cores() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def _started(where: Path, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    """A process in a folder where cores would be written, with all cores allowed that the system allows."""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_allow_cores,
    )


def _crashed(process: subprocess.Popen[bytes], by: signal.Signals) -> bool:
    """Whether the system says that it made a core of it: into a file, or for a program of its own."""
    process.send_signal(by)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -by
    assert process.stdin is not None
    process.stdin.close()
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == by
    return os.WCOREDUMP(status)


def _enrolling(where: Path) -> subprocess.Popen[bytes]:
    """The app itself, which knows the server's password and waits for a passphrase."""
    words = ("-m", "app", "enrol", "--dir", str(where / "device"), "--server", "http://127.0.0.1:9")
    process = _started(where, *words, "--login", "officer", HOMEWARD_PASSWORD=PASSWORD)
    wait_until(lambda: _asleep(process.pid))
    return process


def _asleep(pid: int) -> bool:
    """Waiting for a line, and not for a moment only."""

    def waits() -> bool:
        reading = Path(f"/proc/{pid}/wchan").read_text() if os.access(f"/proc/{pid}/wchan", os.R_OK) else ""
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "S" and ("pipe" in reading or reading in ("", "0"))

    for _ in range(5):
        if not waits():
            return False
        time.sleep(0.1)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells of cores otherwise")
class TestCores:
    def test_a_careless_program_would_leave_one_here(self, tmp_path: Path) -> None:
        """Else the tests beside this one would prove nothing."""
        if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
            pytest.skip("this system lets no process write cores")
        process = _started(tmp_path, "-c", _CARELESS)
        assert process.stdin is not None
        process.stdin.write(PASSPHRASE.encode() + b"\n")
        process.stdin.flush()
        wait_until(lambda: _asleep(process.pid))
        assert _crashed(process, signal.SIGSEGV)
        if Path("/proc/sys/kernel/core_pattern").read_text().strip() == "core":
            assert found_in(tmp_path)

    @pytest.mark.parametrize("by", _CRASHES)
    def test_the_app_leaves_none_however_it_crashes(self, tmp_path: Path, by: signal.Signals) -> None:
        assert not _crashed(_enrolling(tmp_path), by)
        assert found_in(tmp_path) == set()
        assert not [each for each in tmp_path.iterdir() if each.name.startswith("core")]

    def test_it_asks_the_system_to_make_none_even_for_a_program_of_its_own(self, tmp_path: Path) -> None:
        """Where cores are piped to a program, the limit does not count."""
        code = (
            "import ctypes, resource; from app import core_dumps; core_dumps.refuse();"
            "assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0;"
            "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)"
        )
        process = _started(tmp_path, "-c", code)
        assert process.wait(30) == 0

    def test_a_secret_is_gone_from_the_environment_that_the_system_shows(self, tmp_path: Path) -> None:
        process = _enrolling(tmp_path)
        try:
            shown = Path(f"/proc/{process.pid}/environ").read_bytes()
            told = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        finally:
            process.kill()
            process.communicate(timeout=20)
        assert b"HOMEWARD_PASSWORD=" in shown
        assert PASSWORD.encode() not in shown
        assert PASSWORD.encode() not in told


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "plan9"])
def test_a_system_that_cannot_be_asked_stops_nobody(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import core_dumps

    def no_such(*_: object) -> Callable[[], None]:
        raise OSError

    monkeypatch.setattr("ctypes.CDLL", no_such)
    monkeypatch.setattr("importlib.import_module", no_such)
    core_dumps.refuse(platform)
    core_dumps.wipe_from_environment("HOME")
