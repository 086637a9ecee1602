"""Travel mode and quick erase: what goes, what stays, and what nobody can open any more."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading

import pytest

from app.problems import Problem
from app.store import (
    Store,
    attachments,
    cases,
    departures,
    drafts,
    erase,
    form_library,
    loss,
    meta,
    outbox,
    records,
    reference,
    travel,
)
from app.store import keys as key_files
from app.store.leaving import erase_unopened, finish_leaving
from app.store.system_keyring import SystemKeyring
from sync_server.protocol.messages import CoverPolicy, Reference
from sync_server.protocol.recovery_key import RecoveryKey
from tests.store.test_canaries import CANARIES, found_in, needles, written_about

CHEAP = key_files.KeyCost(8, 1)
OFFICE = RecoveryKey(bytes(range(1, 33)))


class Wallet:
    """A back end that encrypts, as a Secret Service does."""

    def __init__(self):
        self.kept = {}

    def get_password(self, service, name):
        return self.kept.get((service, name))

    def set_password(self, service, name, secret):
        self.kept[service, name] = secret

    def delete_password(self, service, name):
        del self.kept[service, name]


def finish_everything(device, office):
    """Nothing is on the device alone any more."""
    store = device.store
    for record in [draft.record for draft in store.read(drafts.listed)]:
        store.write(lambda db, record=record: drafts.finish(db, record))
    office.sync(device)
    for digest, _ in store.read(attachments.to_send):
        store.write(lambda db, digest=digest: attachments.sent(db, digest))
    assert store.read(loss.look).nothing, store.read(loss.look)


def depart(device, find_keyring=lambda: None):
    departures.begin_travel(
        device.store, device.passphrase, cost=CHEAP, floor=CHEAP, find_keyring=find_keyring
    )


def open_again(device, find_keyring=lambda: None):
    device.store = Store.open(device.folder, device.passphrase, floor=CHEAP, find_keyring=find_keyring)
    return device.store


def every_row(db):
    tables = [name for (name,) in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return "\n".join(repr(row) for name in tables for row in db.rows(f'SELECT * FROM "{name}"'))


# -- before a border


def test_with_the_passphrase_and_every_tool_nobody_finds_a_case_on_a_tablet_that_travels(mira, arben, office):
    written_about(mira, office, arben)
    finish_everything(mira, office)
    mira.store.write(lambda db: form_library.forget(db, "f", "1"))  # has a canary in its text
    before = shutil.copytree(mira.folder, mira.folder.parent / "copied")
    depart(mira)
    rows = open_again(mira).read(every_row)
    assert not [word for text in CANARIES.values() for word in text.split() if word in rows]
    assert not [word for word, raw in needles() if raw in (mira.folder / "store.db").read_bytes()]
    assert list((mira.folder / "attachments").iterdir()) == []
    assert mira.store.read(cases.listed) == ()
    # What a forensic laboratory may still read of the old pages is under a key that is nowhere any more.
    old = key_files.unwrap_keys(before, mira.passphrase, CHEAP, lambda: None)
    new = key_files.unwrap_keys(mira.folder, mira.passphrase, CHEAP, lambda: None)
    assert old.database != new.database


def test_what_comes_back_after_the_journey_is_all_that_was_there(mira, arben, office):
    written_about(mira, office, arben)
    finish_everything(mira, office)

    def told(db):
        return [
            db.rows(
                "SELECT id, case_id, form, field_values, stamps, authors, rivals FROM record ORDER BY id"
            ),
            db.rows("SELECT * FROM case_index ORDER BY id"),
            db.rows("SELECT id, state, kept, lost FROM conflict ORDER BY id"),
            db.rows("SELECT hash, record, on_server FROM attachment ORDER BY hash"),
            [(form.id, form.version) for form in form_library.newest(db)],
        ]

    before = mira.store.read(told)
    assert all(before)
    depart(mira)
    departures.end_travel(open_again(mira), mira.passphrase, floor=CHEAP, find_keyring=lambda: None)
    office.sync(mira)
    assert mira.store.read(told) == before


def test_a_tablet_that_comes_back_goes_on_counting_and_nobody_takes_it_for_an_old_copy(mira, office):
    mira.store.write(lambda db: drafts.begin(db, "r", "case", "visit", "1"))
    mira.store.write(lambda db: drafts.save_answers(db, "r", {"story": "one"}))
    mira.store.write(lambda db: drafts.finish(db, "r"))
    office.sync(mira)
    last = mira.store.read(lambda db: meta.get(db, meta.CLOCK))
    depart(mira)
    store = open_again(mira)
    store.write(lambda db: drafts.begin(db, "s", "case", "visit", "1"))
    stamp = store.write(lambda db: drafts.save_answers(db, "s", {"story": "on the way"}))
    assert stamp > last
    assert store.write(lambda db: drafts.finish(db, "s")).sequence == 2


def test_who_already_travels_does_not_depart_again(mira):
    depart(mira)
    open_again(mira)
    with pytest.raises(Problem, match=r"travel\.mode\.on"):
        depart(mira)
    assert mira.store.read(travel.since) is not None


def test_a_wrong_passphrase_takes_nothing_off(mira):
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        departures.begin_travel(mira.store, "some other words here now", cost=CHEAP, floor=CHEAP)
    assert not travel.is_begun(mira.folder)


def test_the_offices_key_opens_a_tablet_that_travels_and_the_old_factor_of_the_keyring_is_forgotten(
    new_device, tmp_path, clock
):
    wallet = Wallet()

    def find():
        return SystemKeyring(wallet)

    identity = new_device("mira").identity
    real = type(identity)(**{name: getattr(identity, name) for name in identity.__slots__} | {"demo": False})
    store = Store.create(
        tmp_path / "real", "five small words of mine", real, cost=CHEAP, recovery_key=OFFICE.public,
        find_keyring=find,
    )  # fmt: skip
    (old,) = wallet.kept
    departures.begin_travel(store, "five small words of mine", cost=CHEAP, floor=CHEAP, find_keyring=find)
    (new,) = wallet.kept
    assert old != new
    key_files.recover_keys(tmp_path / "real", OFFICE)
    store = Store.open(tmp_path / "real", "five small words of mine", floor=CHEAP, find_keyring=find)
    assert store.recovery_standing().slot == OFFICE.public
    departures.erase(store, find_keyring=find)
    assert wallet.kept == {}


# -- what is here alone


def test_each_kind_of_work_that_is_here_alone_is_told_with_its_record(mira, office):
    store = mira.store
    store.write(lambda db: drafts.begin(db, "waits", "case", "visit", "1"))
    store.write(lambda db: drafts.save_answers(db, "waits", {"story": "one"}))
    store.write(lambda db: drafts.finish(db, "waits"))
    store.write(lambda db: drafts.begin(db, "draft", "case", "visit", "1"))
    store.write(lambda db: drafts.save_answers(db, "draft", {"story": "half"}))
    photo = attachments.seal_file(mira.folder, b"a photo")
    store.write(lambda db: attachments.add(db, "draft", photo))
    typed = {"new_case": {"given_name": "B"}, "entry.draft": {"story": "half a wo"}}
    store.write(lambda db: meta.put(db, meta.TYPED, json.dumps(typed)))
    found = store.read(loss.look)
    assert {(each.record, each.case, each.form): each.parts for each in found.records} == {
        ("waits", "case", "visit"): ("waiting",),
        ("draft", "case", "visit"): ("draft", "typed", "files"),
    }
    assert (found.finished, found.drafts, found.files, found.typed) == (1, 1, 1, 1)
    office.sync(mira)
    assert [each.record for each in store.read(loss.look).records] == ["draft"]


def test_work_whose_record_has_no_row_is_told_too(mira):
    """Nothing is skipped because it cannot be named."""
    mira.store.write(lambda db: attachments.add(db, "nowhere", attachments.Sealed("x", "b" * 64, 3)))
    (only,) = mira.store.read(loss.look).records
    assert (only.record, only.case, only.parts) == ("nowhere", "", ("files",))
    with pytest.raises(Problem, match=r"travel\.work\.unsent"):
        depart(mira)


# -- in danger


def test_after_an_erasing_nothing_of_the_app_is_in_the_folder_and_strangers_files_are(
    mira, arben, office, tmp_path
):
    written_about(mira, office, arben)
    strangers = {"settings.toml", "holiday.txt", "attachments/menu.pdf", "next/chapter.txt"}
    (mira.folder / "next").mkdir()
    for name in strangers:
        (mira.folder / name).write_text("not the app's")
    for name in ("quarantine", "probe-12345678", "logs", "kivy"):
        (mira.folder / name).mkdir(exist_ok=True)
        (mira.folder / name / "app.log").write_text(CANARIES["given_name"])
    (mira.folder / "store.upgrade").write_bytes(b"a copy")
    departures.erase(mira.store)
    there = {str(file.relative_to(mira.folder)) for file in mira.folder.rglob("*") if file.is_file()}
    assert there == {"store.lock", *strangers}
    assert not (mira.folder / "logs").exists()
    assert found_in(mira.folder) == set()
    with pytest.raises(Problem, match=r"store\.closed\.already"):
        mira.store.read(records.of_case)
    # As new: the same folder can be enrolled again.
    again = Store.create(mira.folder, "words of somebody else entirely", mira.identity, cost=CHEAP)
    assert again.read(cases.listed) == ()
    again.close()


@pytest.mark.parametrize("name", ["keys.json", "keys.part"])
def test_a_keys_file_is_overwritten_where_it_lies_before_it_is_deleted(mira, tmp_path, name):
    """Seen by a second name of the same file, which no deleting reaches."""
    if name == "keys.part":
        shutil.copyfile(mira.folder / "keys.json", mira.folder / name)
    (tmp_path / "seen").hardlink_to(mira.folder / name)
    assert b"sealed" in (tmp_path / "seen").read_bytes()
    departures.erase(mira.store)
    assert b"sealed" not in (tmp_path / "seen").read_bytes()
    assert not list(mira.folder.glob("keys*"))


def test_a_departure_overwrites_the_old_keys_where_they_lie(mira, tmp_path):
    (tmp_path / "seen").hardlink_to(mira.folder / "keys.json")
    depart(mira)
    assert b"sealed" not in (tmp_path / "seen").read_bytes()


def test_a_store_that_does_not_open_is_erased_as_well(mira):
    mira.store.close()
    (mira.folder / "store.db").write_bytes(b"damaged")
    erase_unopened(mira.folder)
    assert {file.name for file in mira.folder.iterdir()} == {"store.lock"}
    with pytest.raises(Problem, match=r"store\.file\.missing"):
        erase_unopened(mira.folder)


def test_a_tablet_that_is_open_elsewhere_is_not_erased_from_outside(mira):
    with pytest.raises(Problem, match=r"store\.file\.busy"):
        erase_unopened(mira.folder)
    assert mira.store.read(lambda db: meta.get(db, "identity.login")) == "mira"


def test_keys_that_somebody_writes_while_they_are_destroyed_are_destroyed_too(mira, monkeypatch):
    """A change of passphrase that was under way ends after the erasing has begun."""
    mira.store.close()
    keys = (mira.folder / "keys.json").read_bytes()
    (mira.folder / "keys.json").rename(mira.folder / "keys.erased")
    (mira.folder / "keys.json").write_bytes(keys)
    (mira.folder / "keys.part").write_bytes(keys)
    finish_leaving(mira.folder)
    assert {file.name for file in mira.folder.iterdir()} == {"store.lock"}


def test_a_photo_that_came_down_during_an_erasing_goes_with_the_next_start(mira):
    departures.erase(mira.store)
    attachments.keep_file(mira.folder, hashlib.blake2b(b"noise", digest_size=32).hexdigest(), b"noise")
    finish_leaving(mira.folder)
    assert {file.name for file in mira.folder.iterdir()} == {"store.lock"}


def test_a_device_that_lacks_its_store_keeps_its_photos_for_who_finds_it_again(mira):
    mira.store.close()
    sealed = attachments.seal_file(mira.folder, b"a photo")
    (mira.folder / "store.db").unlink()
    finish_leaving(mira.folder)
    assert attachments.path_of(mira.folder, sealed.hash).exists()


def test_an_erasing_waits_for_nobody_for_long(mira):
    """Somebody else writes, and does not end."""
    goes_on, begun = threading.Event(), threading.Event()

    def long(db):
        begun.set()
        goes_on.wait(20)

    writing = threading.Thread(target=lambda: mira.store.write(long), daemon=True)
    writing.start()
    begun.wait(20)
    departures.erase(mira.store)
    assert writing.is_alive(), "and has not ended yet"
    assert not (mira.folder / "keys.json").exists()
    assert not (mira.folder / "store.db").exists()
    goes_on.set()
    writing.join(20)


def test_nothing_is_made_where_an_erasing_is_not_finished(mira, monkeypatch):
    """It would be destroyed with the next start."""
    monkeypatch.setattr(erase, "finish", lambda *_: False)
    departures.erase(mira.store)
    assert erase.is_begun(mira.folder)
    with pytest.raises(Problem, match=r"store\.folder\.erasing"):
        Store.create(
            mira.folder, "five other words of mine", mira.store.identity, now_ms=lambda: 1, cost=CHEAP
        )


def test_what_the_server_has_lost_keeps_the_cases_on_the_device(mira):
    """Somebody has put it back to an older copy: what it lacks is here alone, though nothing waits."""
    mira.store.write(lambda db: meta.put(db, meta.SEQUENCE, "3"))
    mira.store.write(lambda db: outbox.note_what_the_server_has(db, 1))
    with pytest.raises(Problem, match=r"travel\.server\.behind"):
        mira.store.read(travel.refuse)
    mira.store.write(lambda db: outbox.note_what_the_server_has(db, 3))
    mira.store.read(travel.refuse)


def test_how_the_office_has_devices_locked_holds_on_a_journey_too(mira):
    told = Reference(cover=CoverPolicy(lock_after=60, cover_lasts=30, without_pin=True))
    mira.store.write(lambda db: reference.put(db, told))
    depart(mira)
    assert open_again(mira).read(reference.get) == Reference(cover=told.cover)
