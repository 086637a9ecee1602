"""A server on loopback that answers whatever a test wants, byte by byte: hotels, proxies, cut lines."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path


class RawServer:
    """Keeps each request, one a connection, and answers with the next of `answers`, the last for ever.

    With a certificate (and its key, in one file) it speaks TLS.
    """

    def __init__(self, certificate: Path | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        scheme = "https" if self._tls else "http"
        self.address = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.answers: list[bytes] = []
        self.hang = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def say(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def close(self) -> None:
        self.hang.set()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    if self._tls is not None:
                        connection = self._tls.wrap_socket(connection, server_side=True)
                    request = _read_request(connection)
                    if not request or not self.answers:
                        continue
                    self.requests.append(request)
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    if answer == b"HANG":
                        self.hang.wait(10)
                    else:
                        connection.sendall(answer)
                except OSError:
                    continue


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def answer(
    body: bytes,
    kind: str = "application/json",
    status: str = "200 OK",
    length: int | None = None,
    more: str = "",
) -> bytes:
    """The bytes of an answer; `length` announces another length than the body has."""
    announced = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {announced}\r\n"
    return (head + more + "Connection: close\r\n\r\n").encode() + body
