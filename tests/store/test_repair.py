"""What can be read of a damaged store is saved, what the server has comes back, and what is lost is named."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest

from app.problems import Problem
from app.store import KeyCost, Store, anchor, attachments, connection, drafts, outbox, records
from app.store.repair import awaited, repair
from app.store.salvage import PAGE

CHEAP = KeyCost(8, 1)
DB, ANCHOR = connection.FILE_NAME, anchor.FILE_NAME


def finish(device, record, case="c", **answers):
    def work(db):
        drafts.begin(db, record, case, "visit", "1")
        drafts.open_draft(db, record)
        drafts.save_answers(db, record, answers)
        drafts.finish(db, record)

    device.store.write(work)


def mended(device):
    device.store.close()
    done = repair(device.folder, device.passphrase, now_ms=device.clock, floor=CHEAP)
    device.reopen()
    return done


def values(device, record):
    return device.store.read(lambda db: records.values(db, record))


def damage(device, *pages, content=None):
    with (device.folder / DB).open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(content or os.urandom(PAGE))


def page_count(device):
    return (device.folder / DB).stat().st_size // PAGE


def root_of(device, name):
    return device.store._writer.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
    ).fetchone()[0]


@pytest.fixture
def filled(mira, office):
    """Forty records that the server has, ten finished ones that it has not, and a draft."""
    for number in range(40):
        finish(mira, f"sent-{number:02}", story=f"s{number} " * 200)
    office.sync(mira)
    for number in range(10):
        finish(mira, f"unsent-{number}", story=f"u{number} " * 200)

    def draft(db):
        drafts.begin(db, "draft", "c", "visit", "1")
        drafts.save_answers(db, "draft", {"story": "d " * 200})

    mira.store.write(draft)
    return mira


def fates(done):
    return {each.record: each.fate for each in done.records}


def test_a_store_that_opens_is_left_alone(filled):
    before = (filled.folder / DB).read_bytes()
    with pytest.raises(Problem, match=r"store\.repair\.needless"):
        mended(filled)
    assert (filled.folder / DB).read_bytes() == before
    filled.reopen()


def test_a_damaged_page_costs_only_what_stood_on_it_and_the_server_brings_that_back(filled, office):
    filled.store.close()
    told = {"saved": 0, "server": 0, "lost": 0}
    whole = {name: (filled.folder / name).read_bytes() for name in (DB, ANCHOR)}
    decided = set(office.decided)
    for page in range(2, len(whole[DB]) // PAGE + 1, 3):
        filled.store.close()
        for name, content in whole.items():
            (filled.folder / name).write_bytes(content)
        damage(filled, page)
        done = mended(filled)
        found = fates(done)
        for fate in found.values():
            told[fate] += 1
        here = filled.store.read(lambda db: {row[0] for row in db.rows("SELECT id FROM record")})
        assert {record for record, fate in found.items() if fate == "saved"} <= here, page
        for record, fate in found.items():
            if fate == "saved":
                letter = record[0]
                number = record.rpartition("-")[2].lstrip("0") or "0"
                begins = "d" if letter == "d" else f"{letter}{int(number)}"
                assert values(filled, record)["story"].startswith(begins), (page, record)
        unknown = {f"unsent-{n}" for n in range(10)} - {r for r, fate in found.items() if fate == "saved"}
        assert all(found.get(record) == "lost" for record in unknown) or not done.complete, page
    assert told["saved"] > 20 * (told["server"] + told["lost"])
    assert decided == office.decided


def test_unsent_work_is_saved_where_the_rows_of_its_records_are_lost(filled, office):
    root = root_of(filled, "record")
    filled.store.close()
    damage(filled, root)
    found = fates(mended(filled))
    assert {fate for record, fate in found.items() if record.startswith("sent")} == {"server"}
    assert {fate for record, fate in found.items() if not record.startswith("sent")} == {"saved"}
    assert values(filled, "draft") == {"story": "d " * 200}
    office.sync(filled)
    assert values(filled, "unsent-3") == {"story": "u3 " * 200}
    assert len(filled.store.read(lambda db: db.rows("SELECT id FROM record"))) == 51


def test_who_works_here_is_known_though_the_page_that_told_it_is_damaged(filled, office):
    filled.store.identify(replace(filled.identity, token="a new token"))
    root = root_of(filled, "meta")
    filled.store.close()
    damage(filled, root)
    assert set(fates(mended(filled)).values()) == {"saved"}
    assert filled.store.identity == replace(filled.identity, token="a new token")
    filled.reopen()
    office.sync(filled)
    assert values(filled, "unsent-3") == {"story": "u3 " * 200}


def test_nothing_is_saved_where_neither_store_nor_anchor_can_tell_who_works_here(filled):
    root = root_of(filled, "meta")
    filled.store.close()
    damage(filled, root)
    (filled.folder / ANCHOR).unlink()
    before = (filled.folder / DB).read_bytes()
    with pytest.raises(Problem, match=r"store\.repair\.nothing"):
        repair(filled.folder, filled.passphrase, now_ms=filled.clock, floor=CHEAP)
    assert (filled.folder / DB).read_bytes() == before


def test_a_photo_is_sent_though_what_the_store_knew_of_it_is_lost(mira):
    sealed = attachments.seal_file(mira.folder, b"a photo")

    def work(db):
        drafts.begin(db, "r", "c", "visit", "1")
        attachments.add(db, "r", sealed)
        drafts.save_answers(db, "r", {"photo": sealed.name})
        drafts.finish(db, "r")

    mira.store.write(work)
    root = root_of(mira, "attachment")
    mira.store.close()
    damage(mira, root)
    mended(mira)
    assert [digest for digest, _ in mira.store.read(attachments.to_send)] == []
    mira.store.write(lambda db: db.run("UPDATE outbox SET state = 'sent'"))
    assert mira.store.read(attachments.to_send) == ((sealed.hash, sealed.bytes),)
    mira.store.read(lambda db: attachments.remove_strays(mira.folder, db))
    assert attachments.open_file(mira.folder, sealed.name) == b"a photo"


def test_the_next_sync_brings_everything_back_and_sends_what_was_saved(filled, office):
    filled.store.close()
    whole = (filled.folder / DB).read_bytes()
    dice = random.Random(5)
    anchored = (filled.folder / ANCHOR).read_bytes()
    for _ in range(40):
        # The first page whose loss costs records of the server and nothing else.
        (filled.folder / DB).write_bytes(whole)
        (filled.folder / ANCHOR).write_bytes(anchored)
        damage(filled, dice.randrange(3, len(whole) // PAGE))
        done = repair(filled.folder, filled.passphrase, now_ms=filled.clock, floor=CHEAP)
        if done.count("server") and not done.count("lost"):
            break
    assert done.count("server")
    assert not done.count("lost")
    filled.reopen()
    gone = filled.store.read(awaited)
    assert {each.record for each in gone} == {r for r, fate in fates(done).items() if fate != "saved"}
    assert {each.form for each in gone} == {"visit"}
    office.sync(filled)
    assert filled.store.read(awaited) == ()
    for number in range(40):
        assert values(filled, f"sent-{number:02}")["story"] == f"s{number} " * 200
    for number in range(10):
        assert office.states[f"unsent-{number}"]["story"].value == f"u{number} " * 200
    assert filled.store.read(outbox.counts) == {"waiting": 0, "sent": 0, "refused": 0}
    assert values(filled, "draft") == {"story": "d " * 200}


def test_the_damaged_store_stays_in_quarantine_byte_for_byte(filled):
    filled.store.close()
    damage(filled, page_count(filled) - 2)
    before = {name: (filled.folder / name).read_bytes() for name in (DB, ANCHOR)}
    mended(filled)
    kept = {
        path.name.partition("-")[2]: path.read_bytes() for path in (filled.folder / "quarantine").iterdir()
    }
    assert kept == before
    assert not list(filled.folder.glob("probe-*"))
    assert not list(filled.folder.glob("store.repaired*"))


@pytest.mark.parametrize("places", [[0], [20], [100], [4095], range(0, 4096, 7)])
def test_a_damaged_first_page_costs_nothing_but_itself(filled, places):
    filled.store.close()
    path = filled.folder / DB
    raw = bytearray(path.read_bytes())
    for place in places:
        raw[place] ^= 0xFF
    path.write_bytes(raw)
    done = mended(filled)
    assert set(fates(done).values()) == {"saved"}
    assert len(done.records) == 51
    assert values(filled, "sent-07")["story"] == "s7 " * 200


def test_an_old_copy_that_was_put_back_is_repaired_with_all_that_it_has(filled, office):
    old = (filled.folder / DB).read_bytes()
    finish(filled, "later", story="later")
    office.sync(filled)
    filled.store.close()
    (filled.folder / DB).write_bytes(old)
    with pytest.raises(Problem, match=r"store\.file\.replayed"):
        filled.reopen()
    done = mended(filled)
    assert done.complete
    assert set(fates(done).values()) == {"saved"}
    office.sync(filled)
    assert values(filled, "later") == {"story": "later"}
    filled.reopen()


def test_a_store_without_its_anchor_is_repaired(filled):
    filled.store.close()
    (filled.folder / ANCHOR).unlink()
    assert set(fates(mended(filled)).values()) == {"saved"}
    filled.store.close()
    filled.reopen()


def test_saves_that_stand_in_a_journal_only_are_saved_too(filled, tmp_path):
    reader = filled.store._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM meta").fetchone()
    finish(filled, "in-the-journal", story="j")
    raw = {p.name: p.read_bytes() for p in filled.folder.iterdir() if p.is_file() and p.suffix != ".db-shm"}
    reader.execute("ROLLBACK")
    filled.store.close()
    for name, content in raw.items():
        if not name.endswith("-shm"):
            (filled.folder / name).write_bytes(content)
    damage(filled, page_count(filled))
    damage(filled, page_count(filled) - 1)
    done = mended(filled)
    assert fates(done).get("in-the-journal") == "saved"
    assert values(filled, "in-the-journal") == {"story": "j"}
    names = [path.name.partition("-")[2] for path in (filled.folder / "quarantine").iterdir()]
    assert f"{DB}-wal" in names


def test_a_file_of_noise_is_left_as_it_is_and_said_to_hold_nothing(filled):
    filled.store.close()
    path = filled.folder / DB
    noise = os.urandom(path.stat().st_size)
    path.write_bytes(noise)
    with pytest.raises(Problem, match=r"store\.repair\.nothing"):
        repair(filled.folder, filled.passphrase, now_ms=filled.clock, floor=CHEAP)
    assert path.read_bytes() == noise
    assert not list(filled.folder.glob("probe-*"))


def test_a_wrong_passphrase_repairs_nothing(filled):
    filled.store.close()
    damage(filled, 4)
    before = (filled.folder / DB).read_bytes()
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        repair(filled.folder, "another", now_ms=filled.clock, floor=CHEAP)
    assert (filled.folder / DB).read_bytes() == before


def test_a_repair_that_is_cut_off_before_the_new_store_is_in_place_can_be_begun_again(filled, monkeypatch):
    filled.store.close()
    damage(filled, page_count(filled))

    def die(*_):
        raise KeyboardInterrupt

    for name in ("check_file", "make_file"):
        with monkeypatch.context() as killed:
            killed.setattr(connection, name, die)
            with pytest.raises(KeyboardInterrupt):
                repair(filled.folder, filled.passphrase, now_ms=filled.clock, floor=CHEAP)
    with monkeypatch.context() as killed:
        killed.setattr(os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            repair(filled.folder, filled.passphrase, now_ms=filled.clock, floor=CHEAP)
    assert mended(filled).count("saved") > 30


def test_a_repaired_store_keeps_its_keys_and_its_owner(filled):
    filled.store.close()
    keys = (filled.folder / "keys.json").read_bytes()
    damage(filled, page_count(filled))
    mended(filled)
    assert (filled.folder / "keys.json").read_bytes() == keys
    assert filled.store.identity.login == "mira"
    opened = Store.exists(filled.folder)
    assert opened


@pytest.mark.parametrize("content", [None, bytes(PAGE)], ids=["random", "zeros"])
def test_a_long_text_whose_last_page_is_damaged_is_lost_and_never_saved_as_something_else(mira, content):
    """SQLCipher gives zeros for the first page that it refuses, and only then says so."""
    told = {f"r{number}": f"{number} " + "x" * 9_000 for number in range(3)}
    for record, story in told.items():
        finish(mira, record, story=story)
    mira.store.close()
    whole = {name: (mira.folder / name).read_bytes() for name in (DB, ANCHOR)}
    unsaved = 0
    # The texts came last, and so are on the last pages.
    for page in range(len(whole[DB]) // PAGE - 15, len(whole[DB]) // PAGE + 1):
        mira.store.close()
        for name, content in whole.items():
            (mira.folder / name).write_bytes(content)
        damage(mira, page, content=content)
        done = fates(mended(mira))
        waiting = {each.record: each for each in mira.store.read(lambda db: outbox.batch(db, limit=9))}
        for record, story in told.items():
            if done.get(record) == "saved":
                assert waiting[record].values["story"] == story, page
            else:
                unsaved += 1
    assert unsaved
