"""A stick in Settings, and the history of a record, at the real window in two languages and sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.fieldbook import Fieldbook, unlock
from app.settings import Settings
from tests.ui.conftest import PASSPHRASE, Office, enrol, running_office
from tests.ui.test_passphrase import command, enter
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window

SIZES = {"en": (1280, 800), "ar": (1366, 768)}


@pytest.fixture(scope="module")
def keyed_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running_office(tmp_path_factory.mktemp("keyed")) as office:
        command(office, "recovery-key", "--out", str(office.folder.parent / "office.key"))
        yield office


def open_book(folder: Path) -> Fieldbook:
    return unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(60)


def change(book: Fieldbook, record: str, **answers: Any) -> None:
    opened = book.edit(record).wait(30)
    by_name = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, raw in answers.items():
        book.save(record, opened.entry.answer(by_name[name], raw)).wait(30)
    assert book.finish(record).wait(30) == ()
    assert book.sync_now().wait(60).problem is None


def tell_a_story(office: Office, scratch: Path) -> tuple[Path, str]:
    """Officer and coordinator change a case file in turn; the device of the officer, and the case code."""
    folder, other = enrol(office, scratch / "tablet"), enrol(office, scratch / "other", "coordinator")
    hers, theirs = open_book(folder), open_book(other)
    case = hers.new_case("al", "sq").wait(30)
    view = hers.case(case).wait(30)
    record = view.file
    change(hers, record, given_name="Arta", birth_date="1999-03-08", phone="+355 69 000 0000")
    assert theirs.sync_now().wait(60).problem is None
    change(theirs, record, stage="shelter", safe_times="weekday mornings")
    assert hers.sync_now().wait(60).problem is None
    change(hers, record, stage="decision", phone=None)
    hers.close().wait(30)
    theirs.close().wait(30)
    return folder, view.row.code


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ar"])
def test_a_stick_is_chosen_and_the_backup_is_said_to_be_made_when_it_is_there(
    keyed_office: Office, tmp_path: Path, language: str
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    display = Display(*SIZES[language])
    window = AppWindow(display, enrol(keyed_office, tmp_path / "tablet"), tmp_path, language)
    window.start()
    try:
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
        window.touch("nav.settings")
        window.touch("settings.backup.make")
        window.see("folders.take")
        window.fill("folders.path", str(stick / "nothing"))
        window.touch("folders.take")
        window.see("folders.none")
        window.picture(f"backup-folder-{language}")
        window.fill("folders.path", str(stick))
        window.touch("folders.take")
        told = window.see("settings.backup.told", 60)
        (file,) = stick.iterdir()
        assert file.name in str(told["text"]).replace("\u2068", "").replace("\u2069", "")
        window.settle()
        window.picture(f"backup-made-{language}")
        # The stick is gone; nobody is told of a backup that is not there.
        stick.rename(tmp_path / "gone")
        window.touch("settings.backup.make")
        window.see("folders.take")
        window.press("Escape")
    finally:
        window.close()
        display.close()


@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.long)])
def test_who_said_what_when_and_on_which_device_is_read_from_the_record(
    keyed_office: Office, tmp_path: Path, language: str
) -> None:
    folder, code = tell_a_story(keyed_office, tmp_path)
    display = Display(*SIZES[language])
    window = AppWindow(display, folder, tmp_path, language)
    window.start()
    try:
        enter(window, PASSPHRASE)
        window.see("nav.today", 60)
        window.touch("nav.cases")
        window.see("cases.search")
        window.fill("cases.search", code.split("-")[1].lower())
        window.wait_for(lambda: window.names("cases.row.") == [f"cases.row.{code}"], f"only {code}")
        window.touch(f"cases.row.{code}")
        window.touch("case.record.case_file")
        window.see("review.history")
        window.picture(f"review-{language}")
        window.touch("review.history")
        window.see("history.step.0")
        window.settle()
        window.picture(f"history-{language}")
        lines = window.names("history.line.")
        assert any(name.endswith("stage") for name in lines)
        for name in window.names("history.firsts."):
            window.touch(name)
        window.settle()
        window.picture(f"history-opened-{language}")
        window.press("Escape")
        window.see("review.change")
        # Somebody reads along: the way there is gone.
        window.touch("short_form.enter")
        window.wait_for(lambda: window.find("review.history") is None, "no history in the short form")
    finally:
        window.close()
        display.close()
