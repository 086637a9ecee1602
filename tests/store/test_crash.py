"""kill -9 while answers are being saved: every answer that was acknowledged is there afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.store import KeyCost, Store, drafts, outbox, records

ROOT = Path(__file__).resolve().parents[2]

#: Saves answers for ever, finishing now and then, and says what `Store.write` has returned from.
WORKER = """
import sys
from pathlib import Path
from app.store import KeyCost, Store, drafts
store = Store.open(Path(sys.argv[1]), "a passphrase", floor=KeyCost(8, 1))
number = int(sys.argv[2])
while True:
    record = f"record-{number // 7}"
    def work(db):
        drafts.begin(db, record, "case", "visit", "1")
        if number % 7 == 0:
            drafts.open_draft(db, record)
        drafts.save_answers(db, record, {f"q{number}": f"answer {number}", "story": "x" * (number % 5000)})
        if number % 7 == 6:
            drafts.finish(db, record)
    store.write(work)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_every_acknowledged_answer_survives_kill_9(tmp_path, mira):
    folder = tmp_path / "killed"
    Store.create(folder, "a passphrase", mira.identity, cost=KeyCost(8, 1)).close()
    dice = random.Random(20_261_122)
    number, kills_amid = 0, 0
    for _ in range(8):
        acknowledged = _work_and_kill(folder, number, dice.uniform(0.0, 0.25))
        kills_amid += len(acknowledged) > 0
        store = Store.open(folder, "a passphrase", floor=KeyCost(8, 1))
        for each in acknowledged:
            found = store.read(lambda db, each=each: records.values(db, f"record-{each // 7}"))
            assert found[f"q{each}"] == f"answer {each}", f"answer {each} was acknowledged and is lost"
        # One that was saved but not acknowledged may be there too; torn it may not be.
        last = acknowledged[-1] if acknowledged else number - 1
        sequences = [each.sequence for each in store.read(outbox.batch)]
        assert sequences == list(range(1, len(sequences) + 1))
        assert len(sequences) in {(last + 1) // 7, (last + 2) // 7}
        for draft in store.read(drafts.listed):
            answers = store.read(lambda db, draft=draft: records.answers(db, draft.record))
            named = [int(answer.path[1:]) for answer in answers if answer.path != "story"]
            assert sorted(named) == list(range(min(named), max(named) + 1))
        number = _next_free(store, last + 1)
        store.close()
    assert kills_amid >= 4, "the kills came before any work: nothing was tried"


def _work_and_kill(folder: Path, number: int, seconds: float) -> list[int]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None
    first = worker.stdout.readline()
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    rest = worker.stdout.read()
    worker.wait()
    return [int(line) for line in (first + rest).splitlines()]


def _next_free(store: Store, number: int) -> int:
    record = f"record-{number // 7}"
    if not store.read(lambda db: records.exists(db, record)):
        return number
    there = store.read(lambda db: records.values(db, record))
    return number + (f"q{number}" in there)
