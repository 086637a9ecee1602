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
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests
import zstandard
from urllib3.exceptions import HTTPError as TransportError

from app.problems import Problem
from sync_server.protocol import messages, schema, version

#: Seconds to connect, and between two pieces of an answer.
TIMEOUTS: Final = (10.0, 60.0)
#: No answer, once decompressed, is longer than this many bytes.
ANSWER_LIMIT: Final = 64 * 1024 * 1024
ATTACHMENT_LIMIT: Final = 64 * 1024 * 1024
_COMPRESS_FROM: Final = 200
_PIECE: Final = 64 * 1024
_CODE: Final = re.compile(r"[a-z_]+(\.[a-z_]+){1,3}")
_JSON: Final = ("application/json", "application/problem+json")


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

    def about(self) -> messages.About:
        """Who the server is. Problem sync.protocol.unsupported when it does not speak our version."""
        about = schema.load_about(self._json("GET", "/v1/about"))
        if version.PROTOCOL not in about.protocols:
            raise Problem(
                "sync.protocol.unsupported", {"ours": version.PROTOCOL, "theirs": max(about.protocols)}
            )
        return about

    def enrol(self, request: messages.EnrolRequest) -> messages.EnrolResponse:
        return schema.load_enrol_response(self._json("POST", "/v1/enrol", schema.dump_enrol_request(request)))

    def sync(self, request: messages.SyncRequest) -> messages.SyncResponse:
        return schema.load_sync_response(self._json("POST", "/v1/sync", schema.dump_sync_request(request)))

    def form(self, form_id: str, form_version: str) -> str:
        """The XForm of one version of a form."""
        path = f"/v1/forms/{quote(form_id, safe='')}/{quote(form_version, safe='')}"
        with self._open("GET", path) as response:
            body = _body(response, ANSWER_LIMIT)
            if response.status_code != 200 or "xml" not in response.headers.get("Content-Type", ""):
                raise _refusal(response, body)
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise Problem("sync.answer.not_ours", {"status": 200}) from None

    # -- attachments

    def put_attachment(self, name: str, sealed: Path) -> None:
        """Send sealed bytes under their hash. Sending them again changes nothing."""
        with sealed.open("rb") as file:
            headers = {"Content-Type": "application/octet-stream"}
            with self._open("PUT", f"/v1/attachments/{name}", file, headers) as response:
                body = _body(response, ANSWER_LIMIT)
                if response.status_code not in (200, 201, 204):
                    raise _refusal(response, body)

    def get_attachment(self, name: str) -> Iterator[bytes]:
        """The sealed bytes in pieces. The caller checks their hash before it believes them."""
        with self._open("GET", f"/v1/attachments/{name}") as response:
            if response.status_code != 200 or not _is(response, "application/octet-stream"):
                raise _refusal(response, _body(response, ANSWER_LIMIT))
            received = 0
            for piece in _pieces(response):
                received += len(piece)
                if received > ATTACHMENT_LIMIT:
                    raise Problem("sync.answer.too_large", {"limit": ATTACHMENT_LIMIT})
                yield piece

    # -- one call

    def _json(self, method: str, path: str, message: Mapping[str, Any] | None = None) -> Any:
        """Send a message, if there is one, and give back the JSON of a success."""
        headers = {"Accept": "application/json"}
        payload = None
        if message is not None:
            payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
            headers["Content-Type"] = "application/json"
            if len(payload) >= _COMPRESS_FROM:
                payload = zstandard.ZstdCompressor(level=6).compress(payload)
                headers["Content-Encoding"] = "zstd"
        with self._open(method, path, payload, headers) as response:
            body = _body(response, ANSWER_LIMIT)
            if response.status_code not in (200, 201) or not _is(response, "application/json"):
                raise _refusal(response, body)
        return _parsed(body, response.status_code)

    def _open(
        self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        sent = {"Accept-Encoding": "zstd", "User-Agent": "homeward", **(headers or {})}
        if self._token:
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
        except requests.exceptions.SSLError:
            raise Problem("sync.server.not_trusted") from None
        except requests.exceptions.Timeout:
            raise Problem("sync.server.unreachable", {"reason": "timeout"}) from None
        except (requests.exceptions.RequestException, TransportError, OSError) as error:
            raise Problem("sync.server.unreachable", {"reason": type(error).__name__}) from None


def checked_address(address: str) -> str:
    """The address without a slash at its end; plain http only to this machine itself."""
    parts = urlsplit(address.strip())
    here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    try:
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if not parts.hostname or not port_is_right or parts.query or parts.fragment or parts.username:
        raise Problem("sync.address.invalid")
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


def _body(response: requests.Response, limit: int) -> bytes:
    """The whole body, decompressed, and not more than `limit` bytes of it before or after that."""
    received = bytearray()
    for piece in _pieces(response):
        received += piece
        if len(received) > limit:
            raise Problem("sync.answer.too_large", {"limit": limit})
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return bytes(received)
    if encoding != "zstd":
        raise Problem("sync.answer.not_ours", {"status": response.status_code})
    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(received)) as reader:
            plain = reader.read(limit + 1)
    except zstandard.ZstdError:
        raise Problem("sync.answer.not_ours", {"status": response.status_code}) from None
    if len(plain) > limit:
        raise Problem("sync.answer.too_large", {"limit": limit})
    return plain


def _parsed(body: bytes, status: int) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Problem("sync.answer.not_ours", {"status": status}) from None


def _refusal(response: requests.Response, body: bytes) -> Problem:
    """The problem that the server names; anything else is not our server speaking."""
    if _is(response, "application/problem+json"):
        told = _parsed(body, response.status_code)
        code = told.get("code") if isinstance(told, dict) else None
        if isinstance(code, str) and _CODE.fullmatch(code):
            params = told.get("params")
            known = params if isinstance(params, dict) else {}
            return Problem(code, {str(k): v for k, v in known.items() if isinstance(v, str | int)})
    return Problem("sync.answer.not_ours", {"status": response.status_code})
