"""How the tests are shared out to several processes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, WINDOWS, part_of

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
#: What a test that draws something has from its conftest, or starts by itself.
DRAWS = re.compile(r"\bAppWindow\b|\bfill_all\b|\bwindow_results\b|\bkit_display\b|Xvfb")


@pytest.mark.parametrize(
    "file", [file for file in FILES if file != Path(__file__).relative_to(ROOT).as_posix()]
)
def test_all_files_that_open_a_window_are_one_part_and_any_other_is_its_own(file: str) -> None:
    draws = DRAWS.search((ROOT / file).read_text("utf-8")) is not None
    assert part_of(file) == (WINDOWS if draws else file)


def test_two_processes_get_whole_files_and_one_of_them_begins_with_all_windows(tmp_path: Path) -> None:
    """Four small files: two of them say that they open a window, and they come last by their names."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nmarkers = ["window"]\n', "utf-8")
    (tmp_path / "tests" / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8"
    )
    test = (
        "import os, pathlib, pytest, time\n"
        "{mark}@pytest.mark.parametrize('number', range(4))\n"
        "def test_it(number):\n"
        "    with open('{log}', 'a') as log:\n"
        "        log.write(f'{{time.monotonic_ns()}} {{os.getpid()}} {name}\\n')\n"
        "    time.sleep(0.05)\n"
    )
    log = tmp_path / "log"
    for name, mark in (("a", ""), ("b", ""), ("y", "@pytest.mark.window\n"), ("z", "@pytest.mark.window\n")):
        source = test.format(mark=mark, log=log, name=name)
        (tmp_path / "tests" / f"test_{name}.py").write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "16 passed" in done.stdout, done.stdout + done.stderr
    ran: dict[str, str] = {}
    for line in sorted(log.read_text("utf-8").splitlines()):
        _, process, name = line.split()
        ran[process] = ran.get(process, "") + name
    assert sorted("".join(ran.values())) == sorted("abyz" * 4)
    assert any(names.startswith("yyyyzzzz") for names in ran.values()), ran
    for name in "ab":
        assert any(name * 4 in names for names in ran.values()), ran
