"""One device of the bench, in a process of its own, so that its peak memory is its own.

    python device.py STORE ACTION [ARGUMENT]

`enrol URL` makes the store, `fill FILE` puts each record of a JSON file in the outbox as a finished
form, `change FILE` edits the records that it knows, `sync` syncs once through the real client.
Prints one JSON object: seconds, sent, received, peak_mb.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from records import answers  # noqa: E402

from app.boot import boot_facts  # noqa: E402
from app.shelf import read_form  # noqa: E402
from app.store import Store, drafts  # noqa: E402
from app.store.transaction import Transaction  # noqa: E402
from app.sync.enrolment import enrol  # noqa: E402
from app.sync.http_client import HttpClient  # noqa: E402
from app.sync.syncer import Syncer  # noqa: E402

PASSPHRASE = "bench"
FORM, VERSION = "sample_visit", "1"


def _case_of(record: dict[str, Any]) -> str:
    """Always the same one; shaped like those made by chance, since others are of no person's case."""
    return str(uuid.UUID(bytes=uuid.uuid5(uuid.NAMESPACE_OID, record["case_id"]).bytes, version=4))


def _fill(db: Transaction, records: list[dict[str, Any]]) -> None:
    for record in records:
        name = record["record_id"]
        drafts.begin(db, name, _case_of(record), FORM, VERSION)
        drafts.save_answers(db, name, answers(record))
        drafts.finish(db, name)


def _change(db: Transaction, records: list[dict[str, Any]]) -> None:
    """Each record gets the answers in which it differs from what the store shows."""
    for record in records:
        name = record["record_id"]
        shown = drafts.open_draft(db, name).values
        new = {path: value for path, value in answers(record).items() if shown.get(path) != value}
        drafts.save_answers(db, name, new)
        drafts.finish(db, name)


def _sync(store: Store) -> dict[str, Any]:
    client = HttpClient(store.identity.server, store.identity.token)
    start = time.perf_counter()
    outcome = Syncer(store, client, read_form).sync()
    taken = time.perf_counter() - start
    client.close()
    if outcome.problem is not None:
        raise outcome.problem
    return {"seconds": taken, "sent": outcome.sent, "received": outcome.received, "refused": outcome.refused}


def main(folder: Path, action: str, *arguments: str) -> dict[str, Any]:
    if action == "enrol":
        enrol(folder, arguments[0], arguments[1], os.environ["HOMEWARD_PASSWORD"], PASSPHRASE)
        return {}
    store = Store.open(folder, PASSPHRASE, boot_facts=boot_facts)
    try:
        if action == "sync":
            return _sync(store)
        records = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        work = {"fill": _fill, "change": _change}[action]
        start = time.perf_counter()
        store.write(lambda db: work(db, records))
        return {"seconds": time.perf_counter() - start}
    finally:
        store.close()


if __name__ == "__main__":
    result = main(Path(sys.argv[1]), *sys.argv[2:])
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))
