"""waitress around the app: bounded threads and connections, our error shape, a quiet end.

waitress answers some requests itself (a header too long, a body too large); those answers get the
same shape as all others. Readable bodies stay in memory, never in temporary files. At SIGTERM or
SIGINT the server stops accepting, lets running requests finish for a while and returns.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from types import FrameType
from typing import TYPE_CHECKING, Any

import waitress.server
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

from sync_server.config import ServerConfig
from sync_server.web.problem_response import code_of_status, problem_body, request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger("sync_server.serving")

_POLL_SECONDS = 0.5
_SEALED_FILES = "/v1/attachments/"
#: Who shows no token has nothing longer to say than a login and a password.
_STRANGERS_BODY = 64 * 1024


class ProblemTask(ErrorTask):
    """What waitress refuses by itself, said in our shape."""

    def execute(self) -> None:
        status = int(self.request.error.code)
        code = code_of_status(status)
        identity = request_id()
        body = problem_body(code, {}, identity)
        self.status = f"{status} {HTTPStatus(status).phrase}"
        self.response_headers.extend(
            [
                ("Content-Type", "application/problem+json"),
                ("X-Request-Id", identity),
                ("Cache-Control", "no-store"),
            ]
        )
        log.info("request.refused", extra={"request_id": identity, "status": status, "code": code})
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Limits:
    """waitress's settings by kind of request, since it reads a body before the app sees its headers."""

    def __init__(self, sealed: Adjustments, max_body: int) -> None:
        self.sealed = sealed
        self.readable = _with_body_limit(sealed, max_body)
        self.stranger = _with_body_limit(sealed, min(max_body, _STRANGERS_BODY))

    def of(self, request: HTTPRequestParser) -> Adjustments:
        if "AUTHORIZATION" not in request.headers:
            return self.stranger
        return self.sealed if request.path.startswith(_SEALED_FILES) else self.readable


def _with_body_limit(adjustments: Adjustments, limit: int) -> Adjustments:
    limited = copy(adjustments)
    limited.max_request_body_size = limit + 1  # waitress refuses what reaches it
    return limited


class LimitedRequest(HTTPRequestParser):
    """A request that learns from its headers how long its body may be."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits.sealed)
        self._limits = limits

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.adj = self._limits.of(self)


class ProblemChannel(HTTPChannel):
    """A connection whose refusals have our shape, and whose requests are limited by their kind."""

    error_task_class = ProblemTask

    def parser_class(self, _adjustments: Adjustments) -> LimitedRequest:
        return LimitedRequest(self.server.limits)


class Server:
    """One listening server. `port` is known as soon as it exists; `run` serves until `stop`."""

    def __init__(self, app: WSGIApplication, host: str, port: int, config: ServerConfig) -> None:
        self._drain_seconds = config.drain_seconds
        self._stopping = threading.Event()
        listening = _listen(host, port)
        self.host, self.port = listening.getsockname()[:2]
        self._map: dict[int, Any] = {}
        self._server = waitress.server.create_server(
            app,
            map=self._map,
            sockets=[listening],
            threads=config.threads,
            connection_limit=config.connections,
            backlog=1024,
            asyncore_use_poll=True,
            channel_timeout=60,
            max_request_header_size=16 * 1024,
            max_request_body_size=config.max_attachment + 1,
            # What waitress may put into a temporary file is longer than any body but a sealed attachment.
            inbuf_overflow=config.max_body + 1024,
            outbuf_overflow=max(config.max_decoded_body, config.max_body) + 1024,
            ident=None,
            expose_tracebacks=False,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=True,
        )
        self._server.limits = Limits(self._server.adj, config.max_body)
        self._server.channel_class = ProblemChannel

    def stop(self) -> None:
        """Ask a running server to end; safe from a signal handler and from any thread."""
        self._stopping.set()
        self._server.trigger.pull_trigger()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._serve_once(_POLL_SECONDS)
        self._drain()

    def _serve_once(self, seconds: float) -> None:
        self._server.asyncore.loop(timeout=seconds, map=self._map, use_poll=True, count=1)

    def _drain(self) -> None:
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        deadline = time.monotonic() + self._drain_seconds
        while time.monotonic() < deadline and self._busy():
            self._serve_once(0.05)
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        self._server.asyncore.close_all(self._map)

    def _busy(self) -> bool:
        return any(
            channel.requests or channel.request is not None or channel.total_outbufs_len
            for channel in list(self._server.active_channels.values())
        )


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let another program take the port away
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening


def stop_on_signals(stop: Callable[[], None]) -> None:
    """SIGTERM and SIGINT end the server; a second one does not tear it down in the middle."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
