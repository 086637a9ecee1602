"""A device gets its token for a password, once, and loses it when it is revoked."""

from __future__ import annotations

from typing import Any

import pytest

from sync_server.accounts import Passwords, Throttle, token_hash
from sync_server.config import SetupProblem


def test_a_device_is_enrolled_and_its_token_kept_as_a_hash_only(office: Any) -> None:
    enrolled = office.enrol().json
    assert len(enrolled["device"]) == 8
    assert int(enrolled["device"], 16) >= 0
    assert len(enrolled["token"]) == 43
    assert enrolled["user"] == {
        "login": "officer",
        "display_name": "Officer",
        "role": "officer",
        "office": "Tirana",
        "zone": "Europe/Tirane",
    }
    assert enrolled["epoch"] == office.storage.epoch
    assert office.storage.device_by_token_hash(enrolled["token"]) is None
    device, user = office.storage.device_by_token_hash(token_hash(enrolled["token"]))
    assert (device.id, device.label, user.login) == (enrolled["device"], "tablet 1", "officer")


def test_each_enrolment_is_a_device_of_its_own(office: Any) -> None:
    first, second = office.enrol().json, office.enrol().json
    assert first["device"] != second["device"]
    assert first["token"] != second["token"]


def test_a_login_may_be_typed_with_capitals_and_spaces(office: Any) -> None:
    assert office.enrol(" Officer ").status_code == 200


def test_a_wrong_password_and_an_unknown_login_cannot_be_told_apart(office: Any) -> None:
    wrong, unknown = office.enrol(password="not it at all"), office.enrol("nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["code"] == unknown.json["code"] == "auth.login.failed"
    assert wrong.json["params"] == unknown.json["params"] == {}


def test_guessing_is_slowed_down_and_the_right_password_then_waits_too(office: Any) -> None:
    for _ in range(Throttle.FREE_FAILURES):
        assert office.enrol(password="not it at all").status_code == 401
    throttled = office.enrol()
    assert throttled.status_code == 429
    assert throttled.json["code"] == "auth.throttled"
    assert int(throttled.headers["Retry-After"]) >= 1
    assert office.enrol("coordinator").status_code == 200
    office.clock.seconds += int(throttled.headers["Retry-After"])
    assert office.enrol().status_code == 200


def test_a_password_that_is_no_text_is_told_so_and_is_no_guess(office: Any) -> None:
    for _ in range(Throttle.FREE_FAILURES + 1):
        assert office.enrol(password="\ud800").status_code == 422
    assert office.enrol().status_code == 200


def test_what_the_server_could_not_judge_is_no_guess(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(Passwords, "matches", broken)
        for _ in range(Throttle.FREE_FAILURES + 1):
            assert office.enrol().status_code == 500
    assert office.enrol().status_code == 200


def test_a_real_device_is_never_enrolled_with_a_demo_server(office: Any) -> None:
    refused = office.enrol(demo=False)
    assert (refused.status_code, refused.json["code"]) == (403, "sync.demo.mismatch")
    assert office.storage.devices() == []


def test_a_real_device_does_not_sync_with_a_demo_server(office: Any) -> None:
    tablet = office.device()
    refused = tablet.sync(demo=False)
    assert (refused.status_code, refused.json["code"]) == (403, "sync.demo.mismatch")


def test_a_revoked_device_reads_nothing_any_more(office: Any) -> None:
    tablet = office.device()
    assert tablet.sync().status_code == 200
    office.storage.revoke_device(tablet.device, office.clock.now_ms())
    for response in (
        tablet.sync(),
        office.client.get("/v1/forms/case_file/1", headers=tablet.headers),
        office.client.get("/v1/attachments/" + "0" * 64, headers=tablet.headers),
    ):
        assert (response.status_code, response.json["code"]) == (401, "auth.token.invalid")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"login": "Officer One"}, "account.login.invalid"),
        ({"login": "officer"}, "account.login.taken"),
        ({"role": "king"}, "account.role.unknown"),
        ({"office": "Nowhere"}, "account.office.unknown"),
        ({"zone": "Europe/Nowhere"}, "account.zone.unknown"),
        ({"password": "short"}, "account.password.length"),
        ({"password": "long enough but \udcff"}, "account.password.invalid"),
        ({"display_name": "two\nlines"}, "account.display_name.invalid"),
    ],
)
def test_a_user_that_cannot_be_is_not_added(office: Any, changed: dict[str, str], code: str) -> None:
    wanted = {
        "login": "arta",
        "display_name": "Arta",
        "role": "officer",
        "office": "Tirana",
        "zone": "Europe/Tirane",
        "password": "long enough for this",
    }
    before = len(office.storage.users())
    with pytest.raises(SetupProblem) as raised:
        office.services.accounts.add_user(**(wanted | changed))
    assert raised.value.code == code
    assert len(office.storage.users()) == before
