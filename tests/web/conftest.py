"""The web application over a real embedded database, without a socket."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sync_server.accounts import Accounts, Passwords, Throttle, found_server
from sync_server.attachments import Attachments
from sync_server.config import ServerConfig
from sync_server.exchange import Exchange
from sync_server.form_catalogue import FormCatalogue
from sync_server.protocol.clock import format_stamp
from sync_server.storage.blobs import Blobs
from sync_server.storage.database import Database
from sync_server.web.build import Services, build_app
from tests.compiled_library import library_definitions, library_sources
from tests.library.versions import version_of

NOW = 1_795_000_000_000
PASSWORD = "demo-demo-demo"


class Clock:
    """Seconds for the throttle and milliseconds for the server, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now_ms(self) -> int:
        return NOW + round(self.seconds * 1000)


@dataclass
class Office:
    """One server with two users, and the parts behind its web."""

    app: Flask
    client: FlaskClient
    storage: Database
    services: Services
    clock: Clock

    def enrol(self, login: str = "officer", password: str = PASSWORD, demo: bool = True) -> TestResponse:
        body = {"login": login, "password": password, "label": "tablet 1", "demo": demo}
        return self.client.post("/v1/enrol", json=body)

    def device(self, login: str = "officer") -> Tablet:
        enrolled = self.enrol(login).json
        assert enrolled is not None
        return Tablet(self, login, enrolled["device"], {"Authorization": f"Bearer {enrolled['token']}"})


@dataclass
class Tablet:
    """A device that speaks plain JSON, so that a test shows what is on the wire."""

    office: Office
    login: str
    device: str
    headers: dict[str, str]
    sequence: int = 0

    def change(self, values: dict[str, Any], record: str, case: str, **more: Any) -> dict[str, Any]:
        self.sequence += 1
        return {
            "id": str(uuid.uuid4()),
            "record": record,
            "case": case,
            "form": "case_file",
            "form_version": version_of(more.get("form", "case_file")),
            "stamp": format_stamp(self.office.clock.now_ms() + self.sequence, 0, self.device),
            "author": self.login,
            "device": self.device,
            "sequence": self.sequence,
            "values": values,
            **more,
        }

    def sync(self, *changes: dict[str, Any], **more: Any) -> TestResponse:
        body: dict[str, Any] = {
            "protocol": 1,
            "demo": True,
            "clock": {"now": self.office.clock.now_ms()},
            **more,
        }
        if changes:
            body |= {"batch": str(uuid.uuid4()), "changes": list(changes)}
        return self.office.client.post("/v1/sync", json=body, headers=self.headers)


@pytest.fixture(scope="session")
def library_xforms() -> list[str]:
    library_definitions()  # held from now on
    return [source.xml for source in library_sources().values()]


@pytest.fixture
def build_office(tmp_path: Path, library_xforms: list[str]) -> Iterator[Callable[..., Office]]:
    opened: list[Database] = []

    def build(**settings: Any) -> Office:
        config = ServerConfig(folder=tmp_path, **settings)
        clock = Clock()
        storage = Database.embedded(config.database_file, bytes(32))
        storage.migrate()
        opened.append(storage)
        found_server(storage, "Test office", demo=True)
        forms = FormCatalogue(storage, clock.now_ms)
        for xml in library_xforms:
            forms.publish(xml)
        accounts = Accounts(
            storage, clock.now_ms, Passwords(operations=1, memory=8 * 1024), Throttle(clock.monotonic)
        )
        accounts.add_office("Tirana", "al")
        for login in ("officer", "coordinator"):
            accounts.add_user(login, login.title(), login, "Tirana", "Europe/Tirane", PASSWORD)
        services = Services(
            config=config,
            accounts=accounts,
            exchange=Exchange(storage, forms, clock.now_ms, demo=True),
            forms=forms,
            attachments=Attachments(storage, Blobs(config.blobs), clock.now_ms),
        )
        app = build_app(services)
        return Office(app, app.test_client(), storage, services, clock)

    yield build
    for storage in opened:
        storage.close()


@pytest.fixture
def office(build_office: Callable[..., Office]) -> Office:
    return build_office()
