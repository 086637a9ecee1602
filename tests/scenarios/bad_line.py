"""A line between tablet and server that can be cut: before an answer, or after so many bytes of it."""

from __future__ import annotations

import socket
import threading


class BadLine:
    """Passes bytes both ways, counts them, and cuts when told to.

    `cut_after` counts from the next sync on (not from its greeting); None never cuts.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.up = 0
        self.down = 0
        self.requests: list[str] = []
        self.cut_after: int | None = None
        self.refuse_uploads = False
        self._armed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            threading.Thread(target=self._pass_up, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pass_down, args=(far, near), daemon=True).start()

    def _pass_up(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while piece := near.recv(65536):
                self.up += len(piece)
                if piece.startswith((b"GET ", b"PUT ", b"POST ")):
                    self.requests.append(b" ".join(piece.split(b" ", 2)[:2]).decode())
                syncing = self._armed or piece.startswith(b"POST /v1/sync")
                self._armed = syncing and self.cut_after is not None
                if self.refuse_uploads and piece.startswith(b"PUT "):
                    break
                far.sendall(piece)
        except OSError:
            pass
        finally:
            _end(far)

    def _pass_down(self, far: socket.socket, near: socket.socket) -> None:
        try:
            while piece := far.recv(4096):
                # Told now: once the greeting has gone on, the sync may begin before we look again.
                cutting = self._armed and self.cut_after is not None
                if cutting and self.cut_after is not None:
                    piece = piece[: self.cut_after]
                    self.cut_after -= len(piece)
                self.down += len(piece)
                near.sendall(piece)
                if cutting and self.cut_after == 0:
                    break
        except OSError:
            pass
        finally:
            _end(near)
            _end(far)


def _end(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
    finally:
        line.close()
