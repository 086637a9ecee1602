"""A damaged store at the real window: what happened, the repair, what it saved; and an old copy put back."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from app import fieldbook
from app.problems import Problem
from app.settings import Settings
from app.store import Store, connection
from app.store.salvage import Reader
from tests.ui.conftest import PASSPHRASE, Office, opened
from tests.ui.eyes import stumbling_blocks
from tests.ui.test_a_workers_day import unlock
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window

PAGE = 4096
_CODE = re.compile(r"[A-Z]{2}-[0-9A-Z]{7}-[0-9A-Z]")
_STORE = ("store.db", "store.anchor")


def work_on(folder: Path, *, sync: bool = False) -> None:
    """Forms of some cases, finished and, if not told otherwise, only here. The window waits at
    its unlock screen meanwhile."""
    book = fieldbook.unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(30)
    try:
        for case in book.cases().wait(30)[:6]:
            opened = book.begin(case.id, "monitoring_contact").wait(30)
            by_name = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
            for name, raw in {"outcome": "unreachable", "risk_level": "low"}.items():
                book.save(opened.record, opened.entry.answer(by_name[name], raw)).wait(30)
            assert book.finish(opened.record).wait(30) == ()
        if sync:
            assert book.sync_now().wait(60).succeeded
    finally:
        book.close().wait(30)


def enter(window: AppWindow) -> None:
    window.touch("unlock.passphrase")
    window.write(PASSPHRASE)
    window.press("Return")


def damage(folder: Path, scratch: Path) -> None:
    """Destroy two pages: the one with all that was not sent, and one with some records that the server has.

    Which that is is tried on a copy: what stands on which page, only the key tells.
    """
    store = Store.open(folder, PASSPHRASE)
    keys = store._keys
    roots = dict(store._writer.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'"))
    store.close()
    whole, copy = (folder / "store.db").read_bytes(), scratch / "tried.db"
    for page in range(2, len(whole) // PAGE):
        if page in roots.values():
            continue
        copy.write_bytes(_without(whole, page))
        try:
            reader = Reader(copy, keys, connection.connect)
        except Problem:
            continue  # a page of the table of contents
        _, complete = reader.ask("SELECT * FROM record NOT INDEXED")
        reader.close()
        if not complete:
            (folder / "store.db").write_bytes(_without(whole, page, roots["outbox"]))
            return
    raise AssertionError("no page holds records")


def _without(whole: bytes, *pages: int) -> bytes:
    spoilt = bytearray(whole)
    for page in pages:
        spoilt[(page - 1) * PAGE : page * PAGE] = random.Random(page).randbytes(PAGE)
    return bytes(spoilt)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ar"])
def test_a_damaged_store_is_told_repaired_and_what_is_lost_is_named_by_codes(
    display: Display, office: Office, tmp_path: Path, language: str
) -> None:
    with opened(display, office, tmp_path, language) as window:
        work_on(window.folder)
        damage(window.folder, tmp_path)

        # A wrong passphrase is told as that, and damage as that.
        window.touch("unlock.passphrase")
        window.write("not this one")
        window.press("Return")
        window.wait_for(lambda: window.see("unlock.error")["text"], "the word on a wrong passphrase")
        assert window.find("repair.start") is None
        window.wait_for(lambda: window.see("unlock.open")["enabled"], "the end of the wait")
        enter(window)
        window.see("repair.start", 40)
        window.settle()
        window.picture(f"repair-offer-{language}")
        assert stumbling_blocks(window.widgets(), language) == []
        window.touch("repair.later")
        window.see("unlock.passphrase")
        enter(window)
        window.touch("repair.start", 40)
        window.see("repair.done", 60)
        window.settle()
        window.picture(f"repair-done-{language}")
        assert stumbling_blocks(window.widgets(), language) == []
        if language == "en":
            window.read("unsent work is lost")
            window.read("with the next sync.")
        rows = window.names("repair.lost.")
        assert rows
        assert all(_CODE.fullmatch(str(window.see(name)["text"])) for name in rows)
        while not window.names("repair.server."):
            assert window.scroll_down()
        window.picture(f"repair-done-below-{language}")
        assert (window.folder / "quarantine").is_dir()

        # It opens, and says so again until it was taken down; the sync brings what the server has.
        window.touch("repair.unlock")
        enter(window)
        window.see("today.missing", 40)
        window.picture(f"repair-today-{language}")
        window.touch("today.missing.open")
        window.see("sync.missing")
        window.settle()
        window.picture(f"repair-sync-{language}")
        assert window.names("sync.lost.")
        window.press("F2")
        window.touch("nav.today")
        window.touch("today.missing.open")
        window.see("sync.missing")
        # What the server has is back; what is lost stays until somebody has taken it down.
        window.wait_for(lambda: not window.names("sync.coming."), "what the server has", 60)
        assert window.names("sync.lost.")
        window.touch("sync.missing.heard")
        window.gone("sync.missing")
        window.touch("nav.today")
        window.see("page.title")
        assert window.find("today.missing") is None


@pytest.mark.parametrize("language", ["en", pytest.param("ar", marks=pytest.mark.long)])
def test_an_old_copy_that_was_put_back_is_told_with_what_to_do_until_it_was_heard(
    display: Display, office: Office, tmp_path: Path, language: str
) -> None:
    with opened(display, office, tmp_path, language) as window:
        old = {name: (window.folder / name).read_bytes() for name in _STORE}
        work_on(window.folder, sync=True)
        for name, content in old.items():
            (window.folder / name).write_bytes(content)
        unlock(window)
        assert window.find("today.put_back") is None
        window.press("F2")
        window.see("today.put_back", 60)
        window.settle()
        window.picture(f"put-back-today-{language}")
        window.touch("today.put_back.open")
        window.see("sync.put_back")
        window.settle()
        window.picture(f"put-back-sync-{language}")
        assert stumbling_blocks(window.widgets(), language) == []
        assert window.find("sync.problem") is None, "it does not say that nothing is lost"
        # The next sync goes well, and it is told all the same.
        window.press("F2")
        window.touch("nav.today")
        window.see("today.put_back")
        window.touch("today.put_back.open")
        window.touch("sync.put_back.heard")
        window.gone("sync.put_back")
        window.touch("nav.today")
        window.see("page.title")
        assert window.find("today.put_back") is None
