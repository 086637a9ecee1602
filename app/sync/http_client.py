"""The only HTTP on the device: one server, known by its address; every failure ends as a `Problem`.

What is not plainly our server's answer is not believed: a hotel's log-in page, a proxy's error and
a redirect are `sync.answer.not_ours`, whatever their status. Settings of the surrounding system
(.netrc, proxies of the environment) are not used, since they could send the token elsewhere.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

import requests
import zstandard
from urllib3.exceptions import HTTPError as TransportError

from app.problems import Problem
from sync_server.protocol import schema
from sync_server.protocol.messages import About, EnrolRequest, EnrolResponse, SyncRequest, SyncResponse
from sync_server.protocol.version import PROTOCOL

M = TypeVar("M")

#: Seconds to connect, and between two pieces of an answer.
TIMEOUTS: Final = (10.0, 60.0)
#: No answer, once decompressed, is longer than this many bytes.
ANSWER_LIMIT: Final = 64 * 1024 * 1024
ATTACHMENT_LIMIT: Final = 64 * 1024 * 1024
_ABOUT: Final = "/v1/about"
_COMPRESS_FROM: Final = 200
_PIECE: Final = 64 * 1024
#: What OpenSSL says of a certificate that is not valid yet, and of one that is not valid any more.
_NOT_ITS_TIME: Final = frozenset({9, 10})
_CODE: Final = re.compile(r"[a-z_]+(\.[a-z_]+){1,3}")


class HttpClient:
    """Calls of one device to one server. `token` is None only before the enrolment.

    Used by one thread at a time. `close` may be called from another one: the call under way then
    fails as `sync.server.unreachable`.
    """

    def __init__(
        self, address: str, token: str | None = None, timeouts: tuple[float, float] = TIMEOUTS
    ) -> None:
        self.address = checked_address(address)
        self._token = token
        self._timeouts = timeouts
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    # -- the messages

    def about(self) -> About:
        """Who the server is, asked without the token, for it may be somebody else.

        Problem sync.protocol.unsupported when it does not speak our version.
        """
        about = self._exchange(About, "GET", _ABOUT)
        if PROTOCOL not in about.protocols:
            theirs = max(about.protocols, default=0)
            raise Problem("sync.protocol.unsupported", {"protocol": PROTOCOL, "newest": theirs})
        return about

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        return self._exchange(EnrolResponse, "POST", "/v1/enrol", request)

    def sync(self, request: SyncRequest) -> SyncResponse:
        return self._exchange(SyncResponse, "POST", "/v1/sync", request)

    def form(self, form_id: str, form_version: str) -> str:
        """The XForm of one version of a form."""
        path = f"/v1/forms/{quote(form_id, safe='')}/{quote(form_version, safe='')}"
        with self._open("GET", path) as response:
            body = _body(response)
            if response.status_code != 200 or not _is(response, "application/xml", "text/xml"):
                raise _refusal(response, body)
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise _not_ours(response) from None

    # -- attachments

    def put_attachment(self, name: str, sealed: Path) -> None:
        """Send sealed bytes under their hash. Sending them again changes nothing."""
        with sealed.open("rb") as file:
            headers = {"Content-Type": "application/octet-stream"}
            with self._open("PUT", f"/v1/attachments/{name}", file, headers) as response:
                body = _body(response)
                if response.status_code not in (200, 201, 204):
                    raise _refusal(response, body)

    def get_attachment(self, name: str) -> Iterator[bytes]:
        """The sealed bytes in pieces. The caller checks their hash before it believes them."""
        with self._open("GET", f"/v1/attachments/{name}") as response:
            if response.status_code != 200 or not _is(response, "application/octet-stream"):
                raise _refusal(response, _body(response))
            received = 0
            for piece in _pieces(response):
                received += len(piece)
                if received > ATTACHMENT_LIMIT:
                    raise Problem("sync.answer.too_large", {"limit": ATTACHMENT_LIMIT})
                yield piece

    # -- one call

    def _exchange(self, expected: type[M], method: str, path: str, message: object = None) -> M:
        """Send a message, if there is one, and give back the one that a success brings."""
        headers = {"Accept": "application/json"}
        payload = None
        if message is not None:
            payload = schema.encode(message)
            headers["Content-Type"] = "application/json"
            if len(payload) >= _COMPRESS_FROM:
                payload = zstandard.ZstdCompressor(level=6).compress(payload)
                headers["Content-Encoding"] = "zstd"
        with self._open(method, path, payload, headers) as response:
            body = _body(response)
            if response.status_code not in (200, 201) or not _is(response, "application/json"):
                raise _refusal(response, body)
        try:
            return schema.decode(expected, body)
        except Problem as problem:
            # The schemas speak of what a server got; here it is the answer that does not fit.
            if problem.code == "sync.body.not_json":
                raise _not_ours(response) from None
            raise Problem("sync.answer.invalid", {"field": problem.params.get("field", "")}) from None

    def _open(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        sent = {"Accept-Encoding": "zstd", "User-Agent": "homeward", **(headers or {})}
        if self._token and path != _ABOUT:
            sent["Authorization"] = f"Bearer {self._token}"
        try:
            return self._session.request(
                method,
                self.address + path,
                data=data,
                headers=sent,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.SSLError as error:
            raise Problem(_why_not_trusted(error)) from None
        except requests.exceptions.Timeout:
            raise Problem("sync.server.unreachable", {"reason": "timeout"}) from None
        except (requests.exceptions.RequestException, TransportError, OSError) as error:
            raise Problem("sync.server.unreachable", {"reason": type(error).__name__}) from None


def _why_not_trusted(error: BaseException | None) -> str:
    """A certificate of another time is mostly a device of another time, with its clock in 1970 or 2031."""
    while error is not None:
        if getattr(error, "verify_code", None) in _NOT_ITS_TIME:
            return "sync.certificate.not_valid_today"
        error = error.__cause__ or error.__context__
    return "sync.server.not_trusted"


def checked_address(address: str) -> str:
    """The address without a slash at its end; plain http only to this machine itself."""
    try:
        parts = urlsplit(address.strip())
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        raise Problem("sync.address.invalid") from None
    odd = "@" in parts.netloc or re.search(r"\s", parts.netloc) or parts.query or parts.fragment
    if not parts.hostname or not port_is_right or odd:
        raise Problem("sync.address.invalid")
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise Problem("sync.address.not_secure")
    return address.strip().rstrip("/")


def _is(response: requests.Response, *kinds: str) -> bool:
    return response.headers.get("Content-Type", "").split(";")[0].strip().lower() in kinds


def _pieces(response: requests.Response) -> Iterator[bytes]:
    try:
        while piece := response.raw.read(_PIECE, decode_content=False):
            yield piece
        # A body that ends before its announced length is not noticed by every layer below.
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and response.raw.tell() < int(announced):
            raise Problem("sync.answer.cut")
    except (TransportError, requests.exceptions.RequestException, OSError):
        raise Problem("sync.answer.cut") from None


def _body(response: requests.Response) -> bytes:
    """The whole body, decompressed, and not more than ANSWER_LIMIT of it before or after that."""
    received = bytearray()
    for piece in _pieces(response):
        received += piece
        if len(received) > ANSWER_LIMIT:
            raise Problem("sync.answer.too_large", {"limit": ANSWER_LIMIT})
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return bytes(received)
    if encoding != "zstd":
        raise _not_ours(response)
    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(received)) as reader:
            plain = reader.read(ANSWER_LIMIT + 1)
    except zstandard.ZstdError:
        raise _not_ours(response) from None
    if len(plain) > ANSWER_LIMIT:
        raise Problem("sync.answer.too_large", {"limit": ANSWER_LIMIT})
    return plain


def _refusal(response: requests.Response, body: bytes) -> Problem:
    """The problem that the server names; anything else is not our server speaking."""
    if _is(response, "application/problem+json"):
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            told = None
        code = told.get("code") if isinstance(told, dict) else None
        if isinstance(code, str) and _CODE.fullmatch(code):
            params = told.get("params")
            known = params if isinstance(params, dict) else {}
            return Problem(
                code, {str(name): fact for name, fact in known.items() if isinstance(fact, str | int)}
            )
    return _not_ours(response)


def _not_ours(response: requests.Response) -> Problem:
    """Nobody we know; but headers that end before they tell of a body are only a line that was cut."""
    if not {"Content-Type", "Content-Length", "Transfer-Encoding"} & {*map(str.title, response.headers)}:
        return Problem("sync.answer.cut")
    return Problem("sync.answer.not_ours", {"status": response.status_code})
