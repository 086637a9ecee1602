"""The commands around what opens a device: the office's recovery key, and codes for a device that waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sync_server.protocol.recovery_key import fingerprint, from_text, open_file
from sync_server.protocol.unlock_code import code_hash
from tests.server_cli.conftest import PASSWORD

KEY_PASSPHRASE = "granite window for the safe downstairs"


@pytest.fixture
def server(new_server: Callable[[Path], Any], tmp_path: Path) -> Any:
    server = new_server(tmp_path)
    server.must("init", "--unattended")
    server.must(
        *("add-user", "--login", "mira", "--role", "officer", "--office", "Tirana", "--country", "al"),
        HOMEWARD_PASSWORD=PASSWORD,
    )
    return server


def refused(server: Any, code: str, *arguments: str, **secrets: str) -> None:
    done = server.run(*arguments, **secrets)
    assert (done.returncode, f"[{code}]" in done.stderr) == (1, True), done.stderr
    assert len(done.stderr.splitlines()) == 1


def make(server: Any, out: Path, *more: str) -> str:
    told = server.must("recovery-key", "--out", str(out), *more, HOMEWARD_RECOVERY_PASSPHRASE=KEY_PASSPHRASE)
    (found,) = re.findall(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", told)
    return str(found)


def synced(server: Any, enrolled: dict[str, Any]) -> requests.Response:
    about = requests.get(f"{server.url}/v1/about", timeout=30).json()
    body = {"protocol": 1, "clock": {"now": about["now"]}}
    headers = {"Authorization": f"Bearer {enrolled['token']}"}
    return requests.post(f"{server.url}/v1/sync", json=body, headers=headers, timeout=30)


def told_to_devices(server: Any, enrolled: dict[str, Any]) -> dict[str, Any]:
    reference: dict[str, Any] = synced(server, enrolled).json()["reference"]
    return reference


def test_a_recovery_key_goes_into_its_file_and_its_public_half_to_devices(
    server: Any, tmp_path: Path
) -> None:
    out = tmp_path / "office.key"
    told = make(server, out)
    assert fingerprint(open_file(out.read_text(), KEY_PASSPHRASE).public) == told
    server.start()
    enrolled = server.enrol("mira")
    for reference in (enrolled["reference"], told_to_devices(server, enrolled)):
        public = from_text(reference["recovery_key"])
        assert public is not None
        assert fingerprint(public) == told


def test_no_key_and_no_file_is_ever_written_over(server: Any, tmp_path: Path) -> None:
    out = tmp_path / "office.key"
    secret = {"HOMEWARD_RECOVERY_PASSPHRASE": KEY_PASSPHRASE}
    first = make(server, out)
    kept = out.read_bytes()
    refused(server, "recovery.key.exists", "recovery-key", "--out", str(tmp_path / "other.key"), **secret)
    refused(server, "recovery.file.exists", "recovery-key", "--replace", "--out", str(out), **secret)
    nowhere = tmp_path / "nowhere" / "office.key"
    refused(server, "recovery.file.not_written", "recovery-key", "--replace", "--out", str(nowhere), **secret)
    assert out.read_bytes() == kept
    server.start()
    public = from_text(server.enrol("mira")["reference"]["recovery_key"])
    assert public is not None
    assert fingerprint(public) == first


def test_without_a_passphrase_or_with_a_weak_one_nothing_is_made(server: Any, tmp_path: Path) -> None:
    out = str(tmp_path / "office.key")
    refused(server, "recovery.passphrase.missing", "recovery-key", "--out", out)
    for weak, code in (("", "empty"), ("two words", "short"), ("qwertyuiopqwertyuiop", "trivial")):
        refused(
            server,
            f"recovery.passphrase.{code}",
            *("recovery-key", "--out", out),
            HOMEWARD_RECOVERY_PASSPHRASE=weak,
        )
    assert not (tmp_path / "office.key").exists()


def test_a_code_is_one_that_the_device_knows_and_never_the_one_before(server: Any) -> None:
    server.start()
    enrolled = server.enrol("mira")
    device = enrolled["device"]
    known = {each["hash"]: each["number"] for each in enrolled["reference"]["unlock_codes"]}
    assert sorted(known.values()) == list(range(8))
    given = []
    for _ in range(8):
        told = server.must("unlock-code", "--device", device)
        (code,) = re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}", told)
        given.append(known[code_hash(device, code)])
        assert code not in str(enrolled)
    assert given == list(range(8)), "as many as the device can know without a sync"
    following = {each["number"] for each in told_to_devices(server, enrolled)["unlock_codes"]}
    assert following == set(range(5, 16))


def test_two_devices_have_nothing_in_common(server: Any) -> None:
    server.start()
    hashes = [{each["hash"] for each in server.enrol("mira")["reference"]["unlock_codes"]} for _ in range(2)]
    assert not hashes[0] & hashes[1]


def test_a_device_that_there_is_not_gets_no_code(server: Any) -> None:
    refused(server, "device.id.unknown", "unlock-code", "--device", "00000000")


def test_a_lost_device_is_found_in_the_list_and_may_not_call_any_more(server: Any) -> None:
    server.start()
    lost, kept = server.enrol("mira"), server.enrol("mira")
    listed = server.must("devices")
    assert {line[:8] for line in listed.splitlines()} == {lost["device"], kept["device"]}
    assert "mira, " in listed
    server.must("revoke-device", "--device", lost["device"])
    first, second = server.must("devices").splitlines()
    assert first.startswith(kept["device"])
    assert second.startswith(lost["device"])
    assert "revoked" in second
    assert [synced(server, each).status_code for each in (kept, lost)] == [200, 401]
    refused(server, "device.id.unknown", "revoke-device", "--device", lost["device"])
