"""Names in four scripts, typed and pasted at the real window, stand afterwards in no file and no process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.scenarios.canaries import NAMES, NOTE, PHONE, found_in, needles
from tests.ui.conftest import Office, enrol
from tests.ui.test_a_workers_day import begin, choose, unlock
from tests.ui.test_cover import clipboard, is_covered
from tests.ui.test_new_case import open_new_case
from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window
resource = pytest.importorskip("resource")


@contextmanager
def cores_allowed() -> Iterator[None]:
    """What is started meanwhile may leave as large a core as the system allows."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def paste(window: AppWindow, name: str, words: str) -> None:
    """What another program holds, into a field: no keyboard has the letters of all four scripts."""
    subprocess.run(
        ["xclip", "-selection", "clipboard", "-i"],
        env={**os.environ, "DISPLAY": window.display},
        input=words.encode(),
        check=True,
        timeout=20,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    window.touch(name)
    window.press("ctrl+a", "ctrl+v")


def type_a_person(window: AppWindow) -> None:
    window.fill("new_case.given_name", NAMES["given_name"])
    paste(window, "new_case.family_name", NAMES["family_name"])
    paste(window, "new_case.other_names", NAMES["other_names"])
    window.fill("new_case.phone", PHONE)
    window.wait_for(lambda: window.see("new_case.other_names")["text"] == NAMES["other_names"], "the names")


def told_by_the_system(window: AppWindow) -> set[str]:
    """Canaries in what the system shows everybody, or the same user, of the process and its window."""
    assert window._process is not None
    shown = b""
    for part in ("cmdline", "environ", "comm"):
        try:
            shown += Path(f"/proc/{window._process.pid}/{part}").read_bytes()
        except PermissionError:
            continue
    shown += subprocess.run(
        ["xprop", "-id", window.own_window()],
        env={**os.environ, "DISPLAY": window.display, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=20,
    ).stdout
    assert b"notes" in shown
    return {word for needle, word in needles().items() if needle in shown}


def test_no_name_of_a_day_at_the_window_is_anywhere_in_plain(
    display: Display, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = enrol(office, tmp_path / "tablet")
    places = {name: tmp_path / name for name in ("home", "temporary", "pictures")}
    for place in places.values():
        place.mkdir()
    Image.new("RGB", (64, 40), "#D9C7A3").save(places["pictures"] / f"{NAMES['family_name']}.png")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(places["home"]))
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(places["temporary"]))
    window = AppWindow(display, folder, tmp_path)
    searched = (folder, places["home"], places["temporary"], office.folder / "logs")
    cores = {file for file in ROOT.glob("core*") if file.is_file()}

    def found() -> set[str]:
        logs = tmp_path.glob("app-*.log")
        new_cores = {file for file in ROOT.glob("core*") if file.is_file()} - cores
        return found_in(*searched, *logs, *new_cores)

    with cores_allowed():
        window.start()
    try:
        unlock(window)
        open_new_case(window)
        type_a_person(window)
        window.touch("new_case.make")
        window.see("case.new_form")
        window.touch("case.show_name")
        window.read(NAMES["given_name"])
        window.press("F12")
        is_covered(window)
        assert told_by_the_system(window) == set()
        window.press("Return")
        window.see("case.new_form")

        begin(window, "airport_reception")
        choose(window, "identity/reception_outcome", "received")
        window.touch("entry.section.handover")
        paste(window, "entry.question.handover/handed_over_to", NOTE)
        window.touch("entry.question.handover/paper_photo")
        window.touch(f"files.file.{NAMES['family_name']}.png")
        window.see("entry.picture.handover/paper_photo")
        window.read("Saved on this device")
        window.touch("nav.cases")
        paste(window, "cases.search", NAMES["family_name"])
        window.wait_for(lambda: len(window.names("cases.row.")) == 1, "the one case")
        window.press("F2")
        window.read("Synced:", 60)
        assert found() == set()

        # A new case is half typed when the app locks itself.
        open_new_case(window)
        type_a_person(window)
        window.keys("shift+F12")
        window.see("unlock.passphrase", 40)
        assert told_by_the_system(window) == set()
        assert found() == set()

        # And half typed and half copied when it crashes.
        unlock(window)
        open_new_case(window)
        assert window.see("new_case.given_name")["text"] == NAMES["given_name"]
        window.touch("new_case.given_name")
        window.press("ctrl+a", "ctrl+c")
        window.wait_for(lambda: NAMES["given_name"] in clipboard(window), "the copied name")
        process, window._process = window._process, None
        assert process is not None
        os.kill(process.pid, 6)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -6
        assert os.WIFSIGNALED(status)
        assert not os.WCOREDUMP(status)
        assert clipboard(window) == ""
        assert found() == set()
    finally:
        window.close()
