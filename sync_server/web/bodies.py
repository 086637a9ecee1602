"""Bodies on the wire: zstd both ways, with limits that hold before memory is spent.

A request may be compressed; what it unfolds to is counted while it unfolds, so a few kilobytes
that stand for gigabytes are refused at the limit. All requests together get as much room as the
largest alone. A response is compressed for who accepts zstd.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import zstandard
from flask import Response, request

from sync_server.protocol.problems import Problem

#: A zstd frame may not ask for a larger window: it is memory that a stranger would choose.
GREATEST_WINDOW: Final = 8 * 1024 * 1024
#: Shorter answers gain nothing.
LEAST_COMPRESSED: Final = 256
LEVEL: Final = 3
_CHUNK: Final = 64 * 1024


class Bodies:
    """Reads the bodies of requests, `limit` bytes each and all together.

    Whoever finds no room within `patience` seconds is told that the server is busy.
    """

    def __init__(self, limit: int, patience: float = 10.0) -> None:
        self._limit = limit
        self._patience = patience
        self._free = limit
        self._changed = threading.Condition()

    @contextmanager
    def body(self) -> Iterator[bytes]:
        """The unfolded body of the current request; its room is given back at the end of the block."""
        received = request.get_data(cache=False)
        encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
        size = unfolded_size(received, encoding, self._limit)
        self._take(size)
        try:
            yield unfold(received, encoding, size)
        finally:
            self._give_back(size)

    def _take(self, size: int) -> None:
        deadline = time.monotonic() + self._patience
        with self._changed:
            while self._free < size:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise Problem("server.busy", {"retry_after": 5})
            self._free -= size

    def _give_back(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify_all()


def unfolded_size(body: bytes, encoding: str, limit: int) -> int:
    """How much room `body` may take: what its frame says, or all of `limit` where it is silent."""
    size = len(body)
    if encoding == "zstd":
        try:
            size = zstandard.frame_content_size(body)
        except zstandard.ZstdError:
            raise Problem("sync.body.invalid", {"what": "zstd"}) from None
        if size == -1:
            return limit
    if size > limit:
        raise Problem("sync.body.too_large", {"limit": limit})
    return size


def unfold(body: bytes, encoding: str, limit: int) -> bytes:
    """`body` without its content encoding, refused as soon as more than `limit` bytes came out."""
    if encoding in ("", "identity"):
        return body
    if encoding != "zstd":
        raise Problem("sync.body.invalid", {"what": "encoding"})
    parts: list[bytes] = []
    size = 0
    try:
        decompressor = zstandard.ZstdDecompressor(max_window_size=GREATEST_WINDOW)
        with decompressor.stream_reader(io.BytesIO(body)) as reader:
            while chunk := reader.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise Problem("sync.body.too_large", {"limit": limit})
                parts.append(chunk)
    except zstandard.ZstdError:
        raise Problem("sync.body.invalid", {"what": "zstd"}) from None
    return b"".join(parts)


def compress_response(response: Response) -> Response:
    """Fold an answer for a client that accepts zstd. Sealed attachments are left as they are."""
    if response.is_streamed or response.mimetype == "application/octet-stream":
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("zstd") <= 0 or "Content-Encoding" in response.headers:
        return response
    body = response.get_data()
    if len(body) >= LEAST_COMPRESSED:
        response.set_data(zstandard.ZstdCompressor(level=LEVEL).compress(body))
        response.headers["Content-Encoding"] = "zstd"
    return response
