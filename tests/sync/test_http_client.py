"""What the device believes of what comes back over HTTP: our server's answers, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from app.problems import Problem
from app.sync import http_client
from app.sync.http_client import HttpClient, checked_address
from sync_server.protocol.messages import ClockReading, SyncRequest
from tests.sync.raw_server import RawServer, answer

ABOUT = json.dumps(
    {"protocols": [1], "server": "5c0a", "demo": False, "name": "Office", "now": 1_750_000_000_000}
).encode()


def problem_of(client: HttpClient) -> Problem:
    with pytest.raises(Problem) as caught:
        client.about()
    return caught.value


def test_our_server_is_understood(raw_server: RawServer) -> None:
    raw_server.say(answer(ABOUT))
    about = HttpClient(raw_server.address).about()
    assert (about.server, about.demo) == ("5c0a", False)


def test_a_compressed_answer_is_understood(raw_server: RawServer) -> None:
    body = zstandard.ZstdCompressor().compress(ABOUT)
    raw_server.say(answer(body, more="Content-Encoding: zstd\r\n"))
    assert HttpClient(raw_server.address).about().name == "Office"


NOTHING_NEW = json.dumps({"page": {"cursor": "c"}, "now": 1_750_000_000_000}).encode()
NOTHING_TO_SAY = SyncRequest(ClockReading(1_750_000_000_000))


def test_the_token_is_sent_as_a_header_and_never_in_an_address(raw_server: RawServer) -> None:
    raw_server.say(answer(NOTHING_NEW))
    HttpClient(raw_server.address, token="t0ken").sync(NOTHING_TO_SAY)
    (request,) = raw_server.requests
    assert b"Authorization: Bearer t0ken\r\n" in request
    assert b"t0ken" not in request.split(b"\r\n")[0]


def test_who_the_server_is_is_asked_without_the_token(raw_server: RawServer) -> None:
    raw_server.say(answer(ABOUT))
    HttpClient(raw_server.address, token="t0ken").about()
    assert b"t0ken" not in raw_server.requests[0]


def test_the_surrounding_system_cannot_redirect_or_rename_the_caller(
    raw_server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password eve\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    raw_server.say(answer(NOTHING_NEW))
    HttpClient(raw_server.address, token="t0ken").sync(NOTHING_TO_SAY)
    assert b"Bearer t0ken" in raw_server.requests[0]


@pytest.mark.parametrize(
    "page",
    [
        answer(b"<html><body>Welcome to the airport's WiFi</body></html>", "text/html"),
        answer(b"<html>Bad Gateway</html>", "text/html", "502 Bad Gateway"),
        answer(b"", "text/html", "302 Found", more="Location: https://login.example/\r\n"),
        answer(b"<html></html>", "application/json"),
        answer(b'{"code": "Not One Of Ours!"}', "application/problem+json", "400 Bad Request"),
        answer(b"[]", "application/problem+json", "500 Internal Server Error"),
        answer(b"[" * 100_000, "application/json"),
        answer(b"not zstd at all", more="Content-Encoding: zstd\r\n"),
        answer(ABOUT, more="Content-Encoding: br\r\n"),
        answer(b"", "text/plain", "204 No Content"),
    ],
    ids=[
        "hotel",
        "gateway",
        "redirect",
        "fake",
        "odd_code",
        "odd_problem",
        "deep",
        "not_zstd",
        "brotli",
        "empty",
    ],
)
def test_what_is_not_our_server_is_not_believed(raw_server: RawServer, page: bytes) -> None:
    raw_server.say(page)
    assert problem_of(HttpClient(raw_server.address)).code == "sync.answer.not_ours"
    assert len(raw_server.requests) == 1


@pytest.mark.parametrize("told", [b"{}", b"[]", b"null", b'{"protocols": "1"}', b'{"protocols": []}'])
def test_json_that_is_no_message_of_ours_makes_no_sense(raw_server: RawServer, told: bytes) -> None:
    raw_server.say(answer(told))
    assert problem_of(HttpClient(raw_server.address)).code in (
        "sync.answer.invalid",
        "sync.protocol.unsupported",
    )


def test_a_problem_of_the_server_arrives_with_its_code_and_facts(raw_server: RawServer) -> None:
    body = b'{"type": "x", "code": "auth.token.invalid", "params": {"n": 3, "deep": {}}, "request_id": "r"}'
    raw_server.say(answer(body, "application/problem+json", "401 Unauthorized"))
    problem = problem_of(HttpClient(raw_server.address))
    assert (problem.code, problem.params) == ("auth.token.invalid", {"n": 3})


def test_a_cut_answer_is_told_as_cut(raw_server: RawServer) -> None:
    raw_server.say(answer(ABOUT[:20], length=len(ABOUT)))
    assert problem_of(HttpClient(raw_server.address)).code == "sync.answer.cut"


def test_a_server_that_does_not_listen_is_unreachable(raw_server: RawServer) -> None:
    raw_server.close()
    assert problem_of(HttpClient(raw_server.address)).code == "sync.server.unreachable"


def test_a_server_that_hangs_is_given_up(raw_server: RawServer) -> None:
    raw_server.say(b"HANG")
    problem = problem_of(HttpClient(raw_server.address, timeouts=(0.3, 0.3)))
    assert (problem.code, problem.params) == ("sync.server.unreachable", {"reason": "timeout"})


def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_read(
    raw_server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "ANSWER_LIMIT", 1_000_000)
    bomb = zstandard.ZstdCompressor().compress(b'{"protocols": [1], "name": "' + b" " * 50_000_000 + b'"}')
    assert len(bomb) < 10_000
    raw_server.say(answer(bomb, more="Content-Encoding: zstd\r\n"))
    assert problem_of(HttpClient(raw_server.address)).code == "sync.answer.too_large"


def test_a_server_of_another_age_is_told_apart(raw_server: RawServer) -> None:
    raw_server.say(answer(ABOUT.replace(b"[1]", b"[7, 8]")))
    problem = problem_of(HttpClient(raw_server.address))
    assert (problem.code, problem.params) == ("sync.protocol.unsupported", {"protocol": 1, "newest": 8})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://office.example", "sync.address.not_secure"),
        ("ftp://office.example", "sync.address.not_secure"),
        ("office.example", "sync.address.invalid"),
        ("https://", "sync.address.invalid"),
        ("https://a:b@office.example", "sync.address.invalid"),
        ("https://:b@office.example", "sync.address.invalid"),
        ("https://[::1", "sync.address.invalid"),
        ("https://off ice.example", "sync.address.invalid"),
        ("https://office.example/?q=1", "sync.address.invalid"),
        ("https://office.example:99999", "sync.address.invalid"),
    ],
)
def test_an_address_where_others_could_listen_is_refused(address: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        checked_address(address)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "address", ["https://office.example/", "http://127.0.0.1:8765", "http://localhost:1/"]
)
def test_a_secure_address_or_this_machine_itself_is_taken(address: str) -> None:
    assert checked_address(address) == address.rstrip("/")
