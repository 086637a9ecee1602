"""Whoever refuses a request, the answer has one shape, and tells nothing that was in the request."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from sync_server.protocol.problems import CODES

CANARY = "Mira Shembulli"
DEEP = b"[" * 50_000
ZSTD = {"Content-Encoding": "zstd"}


def _enrolment(**wrong: str) -> bytes:
    """What json.dumps makes of half a surrogate pair is plain ASCII, and a server reads it."""
    body = {"login": "officer", "password": "not it at all", "label": "tablet", "demo": True}
    return json.dumps(body | wrong).encode()


def check_shape(response: Any, code: str) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.json
    assert set(problem) == {"type", "code", "params", "request_id"}
    assert problem["code"] == code
    assert code in CODES
    assert problem["type"] == f"urn:homeward:problem:{code}"
    assert response.headers["X-Request-Id"] == problem["request_id"]
    assert response.status_code == CODES[code]
    return problem


@pytest.mark.parametrize(
    ("method", "path", "options", "code"),
    [
        ("GET", "/nowhere", {}, "request.not_found"),
        ("GET", "/v1//about", {}, "request.not_found"),
        ("DELETE", "/v1/about", {}, "request.method.not_allowed"),
        ("OPTIONS", "/v1/about", {}, "request.method.not_allowed"),
        ("GET", "/v1/sync", {}, "request.method.not_allowed"),
        ("POST", "/v1/sync", {}, "auth.token.invalid"),
        ("POST", "/v1/sync", {"headers": {"Authorization": "Bearer x"}}, "auth.token.invalid"),
        ("POST", "/v1/sync", {"headers": {"Authorization": "Basic b2Y6eA=="}}, "auth.token.invalid"),
        ("POST", "/v1/sync", {"headers": {"Authorization": "Bearer " + "x" * 9000}}, "auth.token.invalid"),
        ("GET", "/v1/forms/case_file/1", {}, "auth.token.invalid"),
        ("GET", "/v1/attachments/" + "0" * 64, {}, "auth.token.invalid"),
        ("PUT", "/v1/attachments/" + "0" * 64, {"data": b"x"}, "auth.token.invalid"),
        ("POST", "/v1/enrol", {"data": b""}, "sync.body.not_json"),
        ("POST", "/v1/enrol", {"data": b"\xff\xfe"}, "sync.body.not_json"),
        ("POST", "/v1/enrol", {"data": b'{"login": NaN}'}, "sync.body.not_json"),
        ("POST", "/v1/enrol", {"data": DEEP}, "sync.body.not_json"),
        ("POST", "/v1/enrol", {"json": []}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"json": {"login": CANARY}}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"json": {CANARY: 1}}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": _enrolment(password="\ud800")}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": _enrolment(password="\0")}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": _enrolment(login="\udfff")}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": _enrolment(label="\ud800")}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": b"no zstd", "headers": ZSTD}, "sync.body.invalid"),
        ("POST", "/v1/enrol", {"data": zstandard.compress(DEEP), "headers": ZSTD}, "sync.body.not_json"),
        ("POST", "/v1/enrol", {"data": b"x", "headers": {"Content-Encoding": "br"}}, "sync.body.invalid"),
    ],
)
def test_every_refusal_has_the_same_shape(
    office: Any, method: str, path: str, options: dict[str, Any], code: str
) -> None:
    response = office.client.open(path, method=method, **options)
    check_shape(response, code)
    assert CANARY not in response.text
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_an_invalid_body_is_told_by_its_field(office: Any) -> None:
    tablet = office.device()
    problem = check_shape(tablet.sync(limit="many"), "sync.body.invalid")
    assert problem["params"] == {"field": "limit"}


def test_a_protocol_that_is_not_spoken_is_told_which_one_is(office: Any) -> None:
    problem = check_shape(office.device().sync(protocol=99), "sync.protocol.unsupported")
    assert problem["params"]["newest"] == 1


@pytest.mark.parametrize("settings", [{"max_body": 4096}, {"max_decoded_body": 4096}])
def test_a_body_over_a_limit_is_refused(build_office: Callable[..., Any], settings: dict[str, int]) -> None:
    office = build_office(**settings)
    check_shape(office.client.post("/v1/enrol", data=b" " * 5000), "sync.body.too_large")


def test_a_bomb_is_refused_by_its_route(build_office: Callable[..., Any]) -> None:
    office = build_office(max_decoded_body=1024 * 1024)
    folded = zstandard.compress(bytes(64 * 1024 * 1024))
    check_shape(office.client.post("/v1/enrol", data=folded, headers=ZSTD), "sync.body.too_large")


def test_a_fault_of_ours_tells_neither_the_client_nor_the_log_what_was_said(
    office: Any, caplog: pytest.LogCaptureFixture
) -> None:
    tablet = office.device()

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    object.__setattr__(office.services.attachments, "get", fail)
    with caplog.at_level(logging.DEBUG):
        response = office.client.get("/v1/attachments/" + "0" * 64, headers=tablet.headers)
    check_shape(response, "server.error")
    assert CANARY not in response.text
    assert CANARY not in caplog.text
    failed = next(record for record in caplog.records if record.msg == "request.failed")
    assert failed.exc_info is None
    assert failed.__dict__["error"] == "RuntimeError"
    assert failed.__dict__["at"].startswith("tests/web/test_errors.py:")


def test_the_log_has_one_line_a_request_and_no_path_login_or_token(
    office: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        tablet = office.device()
        office.client.get(f"/v1/attachments/{'0' * 64}?name={CANARY}", headers=tablet.headers)
        office.client.get(f"/{CANARY}")
    lines = [record for record in caplog.records if record.msg == "request.answered"]
    assert [record.__dict__.get("route") for record in lines] == [
        "/v1/enrol", "/v1/attachments/<name>", None,
    ]  # fmt: skip
    everything = " ".join(str(vars(record)) for record in caplog.records)
    for secret in (CANARY, "0" * 64, "'officer'", tablet.headers["Authorization"].split()[1]):
        assert secret not in everything


@pytest.mark.parametrize("path", ["/healthz", "/v1/about", "/v1/openapi.json", "/nowhere", "/v1/sync"])
def test_every_answer_carries_the_protective_headers(office: Any, path: str) -> None:
    headers = office.client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Strict-Transport-Security" in office.client.get(path, base_url="https://office.example").headers
