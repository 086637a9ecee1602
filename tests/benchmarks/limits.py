"""What the machine itself allows, measured in the same run: the lower bounds of a sync.

Floor of a push: the records as one JSON body, zstd, one POST to a bare server that decompresses,
parses and upserts them in one transaction of plain SQLite; no encryption, no merge, no log.
Floor of a pull: the same rows into a raw SQLCipher table in one transaction.
"""

from __future__ import annotations

import http.client
import http.server
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
import zstandard

Rows = list[tuple[str, str, str]]

_TABLE = """CREATE TABLE r(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, updated_at TEXT NOT NULL,
    body TEXT NOT NULL)"""
_RAW_KEY = "PRAGMA key = \"x'" + "2d" * 32 + "'\""


def rows_of(records: list[dict[str, Any]]) -> Rows:
    return [(one["record_id"], one["updated_at"], json.dumps(one, separators=(",", ":"))) for one in records]


def raw_sqlcipher_insert(rows: Rows, folder: Path) -> float:
    """Seconds to insert `rows` into a fresh SQLCipher file, WAL and FULL, in one transaction."""
    target = folder / "raw.db"
    for leftover in folder.glob("raw.db*"):
        leftover.unlink()
    db = sqlcipher.connect(str(target), isolation_level=None)
    db.execute(_RAW_KEY)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(_TABLE)
    start = time.perf_counter()
    db.execute("BEGIN")
    db.executemany("INSERT INTO r(id,updated_at,body) VALUES(?,?,?)", rows)
    db.execute("COMMIT")
    taken = time.perf_counter() - start
    db.close()
    return taken


def post_floor(records: list[dict[str, Any]], folder: Path) -> tuple[float, int]:
    """(seconds, bytes of the body) of one bare POST of all records, until the server has committed."""
    database = folder / "floor.db"
    for leftover in folder.glob("floor.db*"):
        leftover.unlink()
    server = subprocess.Popen(
        [sys.executable, __file__, str(database)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout
        port = int(server.stdout.readline())
        start = time.perf_counter()
        body = zstandard.ZstdCompressor(level=3).compress(json.dumps(records, separators=(",", ":")).encode())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/", body)
        answer = connection.getresponse().read()
        taken = time.perf_counter() - start
        if int(answer) != len(records):
            raise RuntimeError(f"the bare server stored {answer!r} of {len(records)} records")
        return taken, len(body)
    finally:
        server.terminate()
        server.wait()


class _Bare(http.server.BaseHTTPRequestHandler):
    database = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        records = json.loads(zstandard.ZstdDecompressor().decompress(body))
        db = sqlite3.connect(self.database, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(_TABLE)
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO r(id,updated_at,body) VALUES(?,?,?) "
            "ON CONFLICT(id) DO UPDATE SET body=excluded.body",
            rows_of(records),
        )
        db.execute("COMMIT")
        db.close()
        answer = str(len(records)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        return


if __name__ == "__main__":
    _Bare.database = sys.argv[1]
    with http.server.HTTPServer(("127.0.0.1", 0), _Bare) as bare:
        print(bare.server_port, flush=True)
        bare.serve_forever()
