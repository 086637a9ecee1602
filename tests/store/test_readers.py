"""One thread writes while another reads: neither waits for the other."""

from __future__ import annotations

import threading
import time

from app.store import drafts, records


def test_a_long_read_delays_no_save_and_sees_one_state(mira):
    def begin(db):
        drafts.begin(db, "r", "c", "visit", "1")
        drafts.save_answers(db, "r", {"outcome": "met"})

    mira.store.write(begin)
    reading, saved = threading.Event(), threading.Event()
    seen = []

    def read(db):
        seen.append(records.values(db, "r"))
        reading.set()
        assert saved.wait(20)
        seen.append(records.values(db, "r"))

    thread = threading.Thread(target=lambda: mira.store.read(read))
    thread.start()
    assert reading.wait(20)
    began = time.monotonic()
    mira.store.write(lambda db: drafts.save_answers(db, "r", {"outcome": "phone"}))
    took = time.monotonic() - began
    saved.set()
    thread.join(20)
    assert seen == [{"outcome": "met"}, {"outcome": "met"}]
    assert took < 5, "the save waited for the reader"
    assert mira.store.read(lambda db: records.values(db, "r")) == {"outcome": "phone"}
