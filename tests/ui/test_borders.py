"""Before a border and in danger, at the real window: the cases leave the tablet and come back, or everything
is erased."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.fieldbook import unlock
from app.settings import Settings
from tests.ui.conftest import PASSPHRASE, Office, enrol, running_office
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def own_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of its own: what is written here would be in the way of other stories."""
    with running_office(tmp_path_factory.mktemp("borders")) as office:
        yield office


def enter(window: AppWindow, passphrase: str = PASSPHRASE) -> None:
    window.touch("unlock.passphrase")
    window.write(passphrase)
    window.press("Return")
    window.see("nav.today", 60)


def begin_a_draft(folder: Path) -> str:
    """One answer of a form for one of her cases, and the app closed again; the code of the case."""
    book = unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(60)
    try:
        case = book.cases().wait(60)[0]
        opened = book.begin(case.id, "monitoring_contact").wait(60)
        path = next(path for path in opened.entry.definition.questions if path.endswith("outcome"))
        book.save(opened.record, opened.entry.answer(path, "moved")).wait(60)
    finally:
        book.close().wait(60)
    return case.code


def throw_the_draft_away(window: AppWindow) -> None:
    while window.find("entry.finish") is None:
        window.touch("entry.next")
        window.settle()
    window.touch("entry.finish")
    window.touch("review.discard")
    window.touch("dialog.0")
    window.gone("dialog.0")


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ar"])
def test_a_tablet_crosses_a_border_without_a_case_and_has_them_all_again_afterwards(
    display: Display, own_office: Office, tmp_path: Path, language: str
) -> None:
    with tablet(display, own_office, tmp_path, language) as window:
        code = begin_a_draft(window.folder)
        window.start()
        enter(window)
        window.touch("nav.cases")
        window.wait_for(lambda: window.names("cases.row."), "the cases")
        before = set(window.names("cases.row."))
        window.touch("nav.settings")
        window.scroll_to("settings.travel")
        window.settle()
        window.picture(f"settings-{language}")

        window.touch("settings.travel")
        window.see("travel.unsent")
        window.settle()
        window.picture(f"travel-refused-{language}")
        assert code in window.text()
        window.touch("travel.row.monitoring_contact")
        window.see("entry.progress")
        throw_the_draft_away(window)

        window.touch("nav.settings")
        window.touch("settings.travel")
        window.see("travel.ready")
        window.settle()
        window.picture(f"travel-ready-{language}")
        window.fill("travel.passphrase", "not this one")
        window.touch("travel.go")
        window.wait_for(lambda: window.find("travel.refused")["text"], "the refusal", 60)
        window.picture(f"travel-wrong-{language}")
        window.fill("travel.passphrase", PASSPHRASE)
        time.sleep(2)  # what a wrong passphrase costs
        window.touch("travel.go")
        window.wait_for(lambda: window.find("unlock.passphrase"), "the unlock screen", 60)
        assert not list((window.folder / "attachments").glob("*"))

        enter(window)
        window.touch("nav.cases")
        window.settle()
        assert window.names("cases.row.") == []
        window.picture(f"away-cases-{language}")
        window.press("F2")
        window.settle()
        window.picture(f"away-sync-{language}")
        window.touch("nav.settings")
        window.scroll_to("settings.travel.end")
        window.settle()
        window.picture(f"away-settings-{language}")

        window.touch("settings.travel.end")
        window.touch("settings.travel.passphrase")
        window.write(PASSPHRASE)
        window.picture(f"travel-end-{language}")
        window.touch("dialog.0")
        window.see("settings.travel", 60)
        window.touch("nav.cases")
        window.wait_for(lambda: set(window.names("cases.row.")) == before, "all the cases", 60)


@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.long)])
def test_in_danger_everything_is_erased_from_any_screen_after_it_was_told_what_is_lost(
    display: Display, own_office: Office, tmp_path: Path, language: str
) -> None:
    with tablet(display, own_office, tmp_path, language) as window:
        begin_a_draft(window.folder)
        (window.folder / "settings.toml").write_text("lock_after = 900\n")
        window.start()
        enter(window)
        window.touch("nav.cases")
        window.touch("cases.search")  # a field has the keyboard
        window.press("ctrl+shift+Delete")
        window.see("erase.loss")
        window.settle()
        window.picture(f"erase-{language}")
        window.touch("erase.1")
        window.gone("erase.loss")
        window.touch("nav.settings")
        window.touch("settings.erase")
        window.see("erase.loss")
        window.touch("erase.0")
        window.wait_for(lambda: window.find("unlock.passphrase"), "the unlock screen", 60)
        window.picture(f"erased-{language}")
        there = {file.name for file in window.folder.iterdir()}
        assert there <= {"store.lock", "settings.toml", "kivy", "logs"}, there
        window.touch("unlock.passphrase")
        window.write(PASSPHRASE)
        window.press("Return")
        window.wait_for(lambda: window.find("unlock.error")["text"], "that nothing is here")


def test_a_locked_tablet_is_erased_only_where_the_office_has_decided_so(
    display: Display, own_office: Office, tmp_path: Path
) -> None:
    with tablet(display, own_office, tmp_path, "en") as window:
        window.start()
        window.see("unlock.passphrase")
        assert window.find("unlock.erase") is None
        window.close()
        (window.folder / "settings.toml").write_text("erase_when_locked = true\n")
        window.start()
        window.touch("unlock.erase")
        window.see("erase.loss")
        window.picture("erase-locked")
        window.touch("erase.0")
        window.wait_for(lambda: not (window.folder / "store.db").exists(), "the end of the store", 60)
        window.wait_for(lambda: window.find("unlock.passphrase"), "the unlock screen", 60)
        assert not (window.folder / "keys.json").exists()


@contextmanager
def tablet(display: Display, office: Office, scratch: Path, language: str) -> Iterator[AppWindow]:
    """An enrolled device with her cases; its window is not open yet."""
    window = AppWindow(display, enrol(office, scratch / "tablet"), scratch, language)
    try:
        yield window
    finally:
        window.close()
