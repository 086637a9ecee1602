"""A real server process over real HTTP: it answers, refuses in one shape, and ends cleanly."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import requests
import zstandard

from tests.library.versions import version_of

CANARY = "Mirëdita Përralla"


def ask(server: Any, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what the server answers to raw bytes."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
            head, separator, body = answer.partition(b"\r\n\r\n")
            headers = dict(
                line.lower().split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if separator
            )
            if separator and len(body) >= int(headers.get("content-length", 0)):
                return int(head.split()[1]), headers, body
    raise AssertionError(f"no whole answer: {answer[:200]!r}")


def change_set(enrolled: dict[str, Any], login: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "record": str(uuid.uuid4()),
        "case": str(uuid.uuid4()),
        "form": "case_file",
        "form_version": version_of("case_file"),
        "stamp": f"{time.time_ns() // 1_000_000:012x}-0000-{enrolled['device']}",
        "author": login,
        "device": enrolled["device"],
        "sequence": 1,
        "values": values,
    }


def sync(server: Any, enrolled: dict[str, Any], *changes: dict[str, Any]) -> requests.Response:
    body: dict[str, Any] = {"protocol": 1, "clock": {"now": time.time_ns() // 1_000_000}}
    if changes:
        body |= {"batch": str(uuid.uuid4()), "changes": list(changes)}
    return requests.post(
        f"{server.url}/v1/sync",
        data=zstandard.compress(json.dumps(body).encode()),
        headers={
            "Authorization": f"Bearer {enrolled['token']}",
            "Content-Encoding": "zstd",
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
        },
        timeout=30,
    )


def test_a_value_travels_from_one_device_through_the_process_to_another(running: Any) -> None:
    officer, coordinator = running.enrol("officer"), running.enrol("coordinator")
    pushed = sync(running, officer, change_set(officer, "officer", {"given_name": CANARY}))
    assert pushed.status_code == 200
    items = sync(running, coordinator).json()["page"]["items"]
    assert [item["values"]["given_name"] for item in items] == [CANARY]


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", 431, "sync.body.invalid"),
        (
            b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
            413,
            "sync.body.too_large",
        ),
        (
            b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n",
            413,
            "sync.body.too_large",
        ),
        (
            b"POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Length: 8400000\r\n\r\n",
            413,
            "sync.body.too_large",
        ),
        (
            b"PUT /v1/attachments/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n",
            413,
            "sync.body.too_large",
        ),
        (
            b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"8000\r\n"
            + b"x" * 0x8000
            + b"\r\n"
            + b"8000\r\n"
            + b"x" * 0x8000
            + b"\r\n2\r\nxx\r\n0\r\n\r\n",
            413,
            "sync.body.too_large",
        ),
        (b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n", 501, "server.error"),
        (b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400, "sync.body.invalid"),
        (b"not http at all\r\n\r\n", 400, "sync.body.invalid"),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404, "request.not_found"),
    ],
)
def test_what_the_http_server_refuses_by_itself_has_our_shape_too(
    running: Any, request_bytes: bytes, status: int, code: str
) -> None:
    answered, headers, body = ask(running, request_bytes)
    assert answered == status
    assert headers["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert set(problem) == {"type", "code", "params", "request_id"}
    assert problem["code"] == code
    assert "server" not in headers


def test_more_than_a_hundred_devices_may_be_connected_at_once(running: Any) -> None:
    @contextmanager
    def connected(count: int) -> Iterator[None]:
        sockets = [socket.create_connection(("127.0.0.1", running.port), timeout=10) for _ in range(count)]
        try:
            for one in sockets:
                one.sendall(b"GET /v1/about HTTP/1.1\r\nHost: x\r\n")
            yield
        finally:
            for one in sockets:
                one.close()

    with connected(250):
        assert requests.get(f"{running.url}/healthz", timeout=10).status_code == 200


def test_a_sealed_file_longer_than_any_readable_body_passes(running: Any) -> None:
    sealed = os.urandom(12 * 1024 * 1024)
    enrolled = running.enrol("officer")
    name = hashlib.blake2b(sealed, digest_size=32).hexdigest()
    receipt = change_set(enrolled, "officer", {"cost/receipt_photo": f"{name}:{'k' * 43}"})
    receipt |= {"form": "assistance", "form_version": version_of("assistance")}
    assert sync(running, enrolled, receipt).json()["accepted"]
    headers = {"Authorization": f"Bearer {enrolled['token']}"}
    put = requests.put(f"{running.url}/v1/attachments/{name}", data=sealed, headers=headers, timeout=60)
    assert put.status_code == 204
    assert requests.get(f"{running.url}/v1/attachments/{name}", headers=headers, timeout=60).content == sealed


def test_many_logins_at_once_are_all_answered_and_none_with_a_fault(running: Any) -> None:
    statuses: list[int] = []

    def enrol() -> None:
        body = {"login": "coordinator", "password": "correct-horse-battery", "label": "x"}
        statuses.append(requests.post(f"{running.url}/v1/enrol", json=body, timeout=60).status_code)

    threads = [threading.Thread(target=enrol) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 16
    assert set(statuses) <= {200, 429, 503}
    assert 200 in statuses


def test_a_demo_device_is_turned_away(running: Any) -> None:
    body = {"login": "officer", "password": "correct-horse-battery", "label": "x", "demo": True}
    refused = requests.post(f"{running.url}/v1/enrol", json=body, timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (403, "sync.demo.mismatch")
    assert requests.get(f"{running.url}/v1/about", timeout=30).json()["demo"] is False


def test_at_sigterm_a_request_that_runs_is_answered_and_the_process_ends_with_0(running: Any) -> None:
    officer = running.enrol("officer")
    half = json.dumps({"protocol": 1, "clock": {"now": 1}}).encode()
    with closing(socket.create_connection(("127.0.0.1", running.port), timeout=20)) as connection:
        head = (
            f"POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {officer['token']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(half)}\r\n\r\n"
        )
        connection.sendall(head.encode() + half[:10])
        time.sleep(0.3)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert running.process.poll() is None
        connection.sendall(half[10:])
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    assert running.process.wait(30) == 0
    assert not running.port_file.exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", running.port), timeout=5)


def test_neither_log_nor_temporary_files_nor_database_show_what_was_said(running: Any) -> None:
    lines = running.lines()
    assert lines[-1]["event"] == "server.ended"
    assert sum(line["event"] == "request.answered" for line in lines) > 10
    assert not [line for line in lines if line["level"] == "error"]
    log = running.log_file.read_bytes().decode()
    for secret in (CANARY, CANARY.encode("unicode-escape").decode(), "correct-horse", "Bearer", "officer"):
        assert secret not in log
    assert list(running.temporary.iterdir()) == []
    for path in running.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in (CANARY.encode(), CANARY.encode("utf-16-le"), b"given_name", b"correct-horse"):
                assert secret not in data, path.name


def test_the_server_starts_again_where_it_ended(running: Any) -> None:
    running.start()
    values = [item["values"] for item in sync(running, running.enrol("officer")).json()["page"]["items"]]
    assert {"given_name": CANARY} in values
    assert running.stop(signal.SIGINT) == 0
