"""A device without a server: a real store with the library's forms, opened as a fieldbook."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from app.fieldbook import Fieldbook, World, unlock
from app.problems import Problem
from app.settings import Settings
from app.shelf import read_form
from app.store import Identity, KeyCost, Store, form_library
from forms.xform.load import load_form
from sync_server.protocol.messages import FormListing
from tests.compiled_library import library_definitions, library_sources

PASSPHRASE = "five words nobody else knows"
CHEAP = KeyCost(1024, 1)
IDENTITY = Identity(
    device="0a1b2c3d",
    login="officer",
    display_name="Arta",
    role="officer",
    office="Tirana",
    zone="Europe/Tirane",
    server="http://127.0.0.1:9",
    server_id="5c0a",
    epoch="1",
    demo=True,
    token="t0ken",
)


class Clock:
    """A clock that stands until it is moved. It begins on a Monday morning in Tirana."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)

    def __call__(self) -> int:
        return int(self.now.timestamp() * 1000)


@pytest.fixture(scope="session")
def xforms() -> dict[str, str]:
    library_definitions()  # held from now on
    return {form_id: source.xml for form_id, source in library_sources().items()}


@pytest.fixture(scope="session")
def template_of(
    tmp_path_factory: pytest.TempPathFactory, xforms: dict[str, str]
) -> Callable[[Identity], Path]:
    """Enrolled devices that nobody has unlocked; each test gets a copy."""

    @cache
    def template(identity: Identity) -> Path:
        return device_of(identity, tmp_path_factory.mktemp("template") / "device", xforms, Clock())

    return template


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def as_coordinator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever enrolled the device is a coordinator."""
    monkeypatch.setattr(sys.modules[__name__], "IDENTITY", replace(IDENTITY, role="coordinator"))


@pytest.fixture
def folder(tmp_path: Path, template_of: Callable[[Identity], Path]) -> Path:
    return shutil.copytree(template_of(IDENTITY), tmp_path / "device")


def device_of(identity: Identity, where: Path, xforms: dict[str, str], clock: Clock) -> Path:
    """The folder of an enrolled device that has the library's forms."""
    store = Store.create(where, PASSPHRASE, identity, now_ms=clock, cost=CHEAP)
    for xml in xforms.values():
        definition = load_form(xml)
        digest = hashlib.blake2b(xml.encode(), digest_size=16).hexdigest()
        stored = read_form(FormListing(definition.id, definition.version, digest), xml)
        store.write(lambda db, stored=stored: form_library.put(db, stored))
    store.close()
    return where


@pytest.fixture
def open_book(folder: Path, clock: Clock) -> Iterator[Callable[[], Fieldbook]]:
    opened: list[Fieldbook] = []

    def open_it() -> Fieldbook:
        settings = Settings(folder, auto_sync=False)
        book = unlock(settings, PASSPHRASE, world=World(now_ms=clock, floor=CHEAP)).wait(30)
        opened.append(book)
        return book

    yield open_it
    for book in opened:
        with suppress(Problem):  # closed already
            book.close().wait(30)


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()
