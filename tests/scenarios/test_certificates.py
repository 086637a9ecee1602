"""Who answers has to prove who it is; a tablet whose clock is years off hears that it is the clock."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.problems import text_of
from tests.scenarios.office import RunningServer, Tablet
from tests.sync.raw_server import RawServer, answer

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None,
    reason="certificates of other years are made by openssl, which is missing",
)

AUTHORITY = """
[ca]
default_ca = office
[office]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = IP:127.0.0.1
basicConstraints = critical, CA:TRUE
[req]
distinguished_name = name
[name]
"""
Stranger = Callable[..., RawServer]


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    """A server that speaks TLS, with a certificate from 1 January of one year to that of another."""
    folder = tmp_path / "authority"
    folder.mkdir()
    servers: list[RawServer] = []

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=True, timeout=60)

    def serve(first: int, last: int) -> RawServer:
        (folder / "rules").write_text(AUTHORITY, "ascii")
        (folder / "index").write_text("", "ascii")
        (folder / "serial").write_text("01", "ascii")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key")
        openssl("req", "-new", "-key", "key", "-subj", "/CN=office", "-config", "rules", "-out", "request")
        openssl(
            *(
                "ca",
                "-batch",
                "-selfsign",
                "-notext",
                "-config",
                "rules",
                "-keyfile",
                "key",
                "-in",
                "request",
            ),
            *("-startdate", f"{first}0101000000Z", "-enddate", f"{last}0101000000Z", "-out", "certificate"),
        )
        both = folder / "both"
        both.write_bytes((folder / "certificate").read_bytes() + (folder / "key").read_bytes())
        servers.append(RawServer(both))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.mark.parametrize(("first", "last"), [(2000, 2001), (2100, 2120)])
def test_a_certificate_of_another_time_is_told_as_a_matter_of_the_clock_and_nothing_is_sent(
    server: RunningServer, officer: Tablet, stranger: Stranger, tmp_path: Path, first: int, last: int
) -> None:
    case = officer.new_case()
    other = stranger(first, last)
    officer.book._client.address = other.address
    officer.book._client._session.verify = str(tmp_path / "authority" / "certificate")
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.certificate.not_valid_today"
    assert "Set the device's date and time right" in text_of(outcome.problem)
    assert other.requests == []
    assert officer.book.sync_view().wait(10).waiting == 1

    officer.book._client.address = server.address
    assert officer.sync().sent == 1
    assert server.values(officer.case_file(case))["country"] == "al"


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_nothing_is_sent(
    server: RunningServer, officer: Tablet, stranger: Stranger
) -> None:
    officer.new_case()
    other = stranger(2000, 2120)
    officer.book._client.address = other.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.server.not_trusted"
    assert other.requests == []
    officer.book._client.address = server.address
    assert officer.sync().sent == 1


def test_a_certificate_that_holds_lets_the_server_speak(
    officer: Tablet, stranger: Stranger, tmp_path: Path
) -> None:
    officer.new_case()
    other = stranger(2000, 2120)
    other.say(answer(b"<html>Welcome</html>", "text/html"))
    officer.book._client.address = other.address
    officer.book._client._session.verify = str(tmp_path / "authority" / "certificate")
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.answer.not_ours"
    assert other.requests[0].startswith(b"GET /v1/about ")
