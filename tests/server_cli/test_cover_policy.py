"""An office decides how its devices are left alone; the devices hear it when they enrol and with a sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server_cli.conftest import PASSWORD
from tests.server_cli.test_key_commands import refused, told_to_devices


@pytest.fixture
def server(new_server: Callable[[Path], Any], tmp_path: Path) -> Any:
    """Tirana, where Mira works, and Athens, where Elira does."""
    server = new_server(tmp_path)
    server.must("init", "--unattended")
    for login, office, country in (("mira", "Tirana", "al"), ("elira", "Athens", "gr")):
        server.must(
            *("add-user", "--login", login, "--role", "officer", "--office", office, "--country", country),
            HOMEWARD_PASSWORD=PASSWORD,
        )
    return server


def test_each_device_hears_what_its_own_office_has_decided(server: Any) -> None:
    told = server.must("cover-policy", "--office", "Tirana", "--lock-after", "300", "--pin-least", "6")
    assert "lock by themselves after 300 s" in told
    assert "by a PIN of 6 digits or more" in told
    server.start()
    mira, elira = server.enrol("mira"), server.enrol("elira")
    for reference in (mira["reference"], told_to_devices(server, mira)):
        assert reference["cover"] == {"lock_after": 300, "pin_least": 6}
    assert "cover" not in elira["reference"]

    # What is not named stays, and what changes is told with the next sync.
    told = server.must("cover-policy", "--office", "Tirana", "--cover-lasts", "60", "--no-pin")
    assert "after 300 s" in told
    assert "by the passphrase only" in told
    assert told_to_devices(server, mira)["cover"] == {
        "lock_after": 300,
        "cover_lasts": 60,
        "without_pin": True,
        "pin_least": 6,
    }


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("cover.office.unknown", ("--office", "Vlora", "--lock-after", "300")),
        ("cover.policy.out_of_range", ("--office", "Tirana", "--lock-after", "5")),
        ("cover.policy.out_of_range", ("--office", "Tirana", "--cover-lasts", "86400")),
        ("cover.policy.out_of_range", ("--office", "Tirana", "--pin-least", "3")),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    server: Any, code: str, words: tuple[str, ...]
) -> None:
    refused(server, code, "cover-policy", *words)
    told = server.must("cover-policy", "--office", "Tirana")
    assert "when each device says" in told
    assert "by a PIN of 4 digits or more" in told
