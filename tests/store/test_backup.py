"""A device is backed up to a stick, and restored by the office's recovery key: whole, or not at all."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.problems import Problem
from app.store import Store, Transaction, attachments, backup, drafts, meta, records, recovery
from app.store import keys as key_files
from app.store.backup import Backup, back_up
from app.store.restore import Restored, restore
from app.store.sealed_stream import CHUNK, MAGIC
from sync_server.protocol.recovery_key import RecoveryKey, fingerprint
from tests.store.conftest import CHEAP, Device

KEY = RecoveryKey(bytes(range(32)))
OTHER = RecoveryKey(bytes(range(1, 33)))
NEW = "marsh lantern ribbon goat thimble"
NAMES = ("Arta", "Лілія", "نور", "Dëshira")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def mira(mira: Device) -> Device:
    """The office has a recovery key, and she has written a little."""
    key_files.set_recovery_key(mira.folder, mira.store._keys, KEY.public)
    mira.store.write(lambda db: recovery.take(db, KEY.public))
    for number, name in enumerate(NAMES):
        fill(mira, f"record-{number}", story=f"{name} came alone.")
    return mira


def fill(device: Device, record: str, **answers: object) -> None:
    def work(db: Transaction) -> None:
        drafts.begin(db, record, "case", "visit", "1")
        drafts.open_draft(db, record)
        drafts.save_answers(db, record, answers)
        drafts.finish(db, record)

    device.store.write(work)


def add_photo(device: Device, record: str, content: bytes) -> str:
    sealed = attachments.seal_file(device.folder, content)
    device.store.write(lambda db: attachments.add(db, record, sealed))
    fill(device, record, photo=sealed.name)
    return sealed.name


def made(device: Device, stick: Path, **how: object) -> Backup:
    return back_up(device.store, stick, now_ms=device.clock.ms, **how)  # type: ignore[arg-type]


def restored(folder: Path, file: Path, key: RecoveryKey = KEY) -> Restored:
    return restore(folder, file, key, NEW, now_ms=lambda: 1_790_000_500_000, cost=CHEAP)


def opened(folder: Path) -> Store:
    return Store.open(folder, NEW, floor=CHEAP)


def stories(store: Store) -> dict[str, object]:
    def read(db: Transaction) -> dict[str, object]:
        ids = [record for (record,) in db.rows("SELECT id FROM record ORDER BY id")]
        return {record: records.values(db, record).get("story") for record in ids}

    return store.read(read)  # type: ignore[arg-type]


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        work()
    return told.value.code


def test_all_that_was_on_a_device_is_on_the_one_that_is_made_of_its_backup(
    mira: Device, stick: Path, tmp_path: Path
) -> None:
    photo = add_photo(mira, "record-9", b"a photo " * 40_000)
    parts: list[float] = []
    file = made(mira, stick, on_progress=parts.append)
    assert parts == sorted(parts)
    assert parts[-1] == 1
    told = restored(tmp_path / "other", file.path)
    assert (told.device, told.login, told.unsent) == (mira.identity.device, "mira", len(NAMES) + 1)
    store = opened(tmp_path / "other")
    assert stories(store) == stories(mira.store)
    assert attachments.open_file(tmp_path / "other", photo) == b"a photo " * 40_000
    assert store.identity.device != mira.identity.device
    assert store.identity.token == "", "what it sends before it has a name of its own is refused"
    assert store.recovery_standing().slot == KEY.public, "and the office could do it again"
    store.close()


def test_no_passphrase_and_no_key_of_the_old_device_opens_the_new_one(
    mira: Device, stick: Path, tmp_path: Path
) -> None:
    file = made(mira, stick).path
    restored(tmp_path / "other", file)
    assert refused(lambda: Store.open(tmp_path / "other", mira.passphrase, floor=CHEAP)) == (
        "store.passphrase.wrong"
    )
    (tmp_path / "other" / "keys.json").write_bytes((mira.folder / "keys.json").read_bytes())
    assert refused(lambda: Store.open(tmp_path / "other", mira.passphrase, floor=CHEAP)) in (
        "store.file.damaged", "store.anchor.damaged",
    )  # fmt: skip


def test_a_backup_and_its_name_say_nothing_of_anybody(mira: Device, stick: Path) -> None:
    made(mira, stick)
    (file,) = stick.iterdir()
    assert re.fullmatch(rf"homeward-{mira.identity.device}-20260921-[0-9]{{6}}\.backup", file.name)
    content = file.read_bytes()
    for name in (*NAMES, mira.identity.login, mira.identity.office, mira.store._keys.data_key.hex()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
            assert name.encode(encoding) not in content
    assert mira.store._keys.data_key not in content
    assert file.stat().st_mode & 0o077 == 0


def test_saving_goes_on_while_a_backup_is_made_and_the_backup_is_of_one_moment(
    mira: Device, stick: Path, tmp_path: Path
) -> None:
    add_photo(mira, "record-9", os.urandom(3_000_000))
    before, number = stories(mira.store), 0

    def save(part: float) -> None:
        nonlocal number
        number += 1
        fill(mira, f"later-{number:03}", story="x" * 9_000)

    file = made(mira, stick, on_progress=save).path
    assert number > 10
    restored(tmp_path / "other", file)
    store = opened(tmp_path / "other")
    assert stories(store) == before
    store.close()
    assert len(stories(mira.reopen())) == len(before) + number, "and she keeps all of it"
    assert (mira.folder / "store.db-wal").stat().st_size == 0, "nothing stays in the journal"


def test_another_thread_saves_at_full_speed_and_no_page_of_two_moments_gets_in(
    mira: Device, stick: Path, tmp_path: Path
) -> None:
    """Each of her saves changes two records at once; a backup never has one without the other."""
    done = threading.Event()

    def both(number: int) -> Callable[[Transaction], None]:
        def work(db: Transaction) -> None:
            for record in ("left", "right"):
                meta.put(db, record, f"{number} {'x' * 6_000}")

        return work

    mira.store.write(both(0))

    def save() -> None:
        number = 0
        while not done.is_set():
            number += 1
            mira.store.write(both(number))

    writer = threading.Thread(target=save)
    writer.start()
    try:
        files = [made(mira, stick).path for _ in range(3)]
    finally:
        done.set()
        writer.join()
    for number, file in enumerate(files):
        folder = tmp_path / f"other-{number}"
        restored(folder, file)
        store = opened(folder)
        left, right = store.read(lambda db: (meta.get(db, "left"), meta.get(db, "right")))
        assert left == right
        store.close()


def test_without_a_recovery_key_nothing_is_made_that_nobody_could_open(
    new_device: Callable[..., Device], stick: Path
) -> None:
    assert refused(lambda: made(new_device("arta"), stick)) == "backup.key.none"
    assert list(stick.iterdir()) == []


def test_a_folder_that_is_none_or_the_apps_own_is_refused(mira: Device, tmp_path: Path) -> None:
    assert refused(lambda: made(mira, tmp_path / "nothing")) == "backup.folder.missing"
    assert refused(lambda: made(mira, mira.folder)) == "backup.folder.own"
    assert refused(lambda: made(mira, mira.folder / "attachments")) == "backup.folder.own"


def test_the_last_three_of_a_device_stay_and_nothing_of_anybody_else_is_touched(
    mira: Device, stick: Path
) -> None:
    others = ["homeward-ffffffff-20200101-000000.backup", "holiday.jpg", "homeward-plan.backup"]
    for name in others:
        (stick / name).write_bytes(b"not ours")
    files = []
    for _ in range(5):
        mira.clock.later(60_000)
        files.append(made(mira, stick).path)
    assert sorted(path.name for path in stick.iterdir()) == sorted(
        [*others, *(path.name for path in files[-3:])]
    )
    mira.clock.set(0)  # a clock that has forgotten the year
    last = made(mira, stick).path
    assert last.exists()
    assert len([*stick.glob(f"homeward-{mira.identity.device}-*")]) == backup.KEPT
    again = made(mira, stick).path
    assert again != last
    assert again.exists()


def test_a_stick_that_is_pulled_out_half_way_is_told_and_leaves_nothing_that_looks_whole(
    mira: Device, stick: Path
) -> None:
    add_photo(mira, "record-9", os.urandom(1_000_000))

    def pull_out(part: float) -> None:
        if part > 0.3:
            shutil.rmtree(stick, ignore_errors=True)

    assert refused(lambda: made(mira, stick, on_progress=pull_out)) == "backup.stick.gone"
    stick.mkdir()
    assert made(mira, stick).path.exists(), "and the next one is made"


def test_what_is_read_back_otherwise_than_it_was_written_is_no_backup(mira: Device, stick: Path) -> None:
    add_photo(mira, "record-9", os.urandom(1_000_000))

    def spoil(part: float) -> None:
        if part > 0.5:
            (file,) = stick.iterdir()
            with file.open("r+b") as content:
                content.seek(-100, os.SEEK_END)
                content.write(bytes(7))

    assert refused(lambda: made(mira, stick, on_progress=spoil)) == "backup.copy.differs"
    assert list(stick.iterdir()) == []


def test_a_closing_app_gives_the_backup_up_and_leaves_nothing(mira: Device, stick: Path) -> None:
    def close() -> None:
        raise Problem("app.work.closed")

    assert refused(lambda: made(mira, stick, refuse_to_go_on=close)) == "app.work.closed"
    assert list(stick.iterdir()) == []


def test_what_a_power_cut_has_left_of_a_backup_goes_with_the_next_one(mira: Device, stick: Path) -> None:
    left = stick / f"homeward-{mira.identity.device}-20200101-000000.backup.part"
    left.write_bytes(MAGIC + bytes(100))
    file = made(mira, stick).path
    assert list(stick.iterdir()) == [file]


def test_a_damaged_store_is_not_copied_as_if_it_were_whole(mira: Device, stick: Path) -> None:
    path = mira.folder / "store.db"
    mira.store.write(lambda db: meta.put(db, "filler", "x" * 50_000))
    raw = bytearray(path.read_bytes())
    raw[-2_000] ^= 1
    path.write_bytes(raw)
    assert refused(lambda: made(mira, stick)) == "store.file.damaged"
    assert list(stick.iterdir()) == []


# -- files that are no backups, not ours, or not any more


@pytest.fixture
def file(mira: Device, stick: Path) -> Path:
    add_photo(mira, "record-9", os.urandom(200_000))
    return made(mira, stick).path


def test_another_recovery_key_opens_nothing_and_the_right_one_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"store\.recovery\.other") as told:
        restored(tmp_path / "other", file, OTHER)
    assert told.value.params["fingerprint"] == fingerprint(KEY.public)
    assert not (tmp_path / "other" / "keys.json").exists()


def test_what_is_no_backup_is_told_as_that(file: Path, tmp_path: Path) -> None:
    other, nothing = tmp_path / "other", tmp_path / "holiday.backup"
    nothing.write_bytes(b"holiday")
    assert refused(lambda: restored(other, nothing)) == "backup.file.foreign"
    assert refused(lambda: restored(other, tmp_path / "none.backup")) == "backup.file.missing"
    raw = file.read_bytes()
    nothing.write_bytes(raw.replace(b'"format":1', b'"format":2', 1))
    assert refused(lambda: restored(other, nothing)) == "backup.version.newer"


def test_a_folder_with_a_store_is_never_restored_over(file: Path, mira: Device) -> None:
    mira.store.close()
    assert refused(lambda: restored(mira.folder, file)) == "store.file.exists"
    mira.reopen()


def test_a_chunk_of_another_backup_and_a_head_of_another_one_are_found(
    file: Path, mira: Device, stick: Path, tmp_path: Path
) -> None:
    mira.clock.later(60_000)
    one, two = file.read_bytes(), made(mira, stick).path.read_bytes()
    head = one.index(b"}") + 1 + 16
    assert len(one) > head + 3 * CHUNK
    mixed = {
        "their head": two[:head] + one[head:],
        "their chunk": one[: head + CHUNK] + two[head + CHUNK : head + 2 * CHUNK] + one[head + 2 * CHUNK :],
        "two chunks changed places": one[:head]
        + one[head + CHUNK + 16 : head + 2 * (CHUNK + 16)]
        + one[head : head + CHUNK + 16]
        + one[head + 2 * (CHUNK + 16) :],
        "a demo's": one.replace(b'"demo":true', b'"demo":null', 1),
        "something behind it": one + b"more",
    }
    for what, raw in mixed.items():
        bad = tmp_path / "mixed.backup"
        bad.write_bytes(raw)
        assert refused(lambda: restored(tmp_path / "other", bad)) == "backup.file.damaged", what  # noqa: B023
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["store.lock"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_byte_is_changed_and_wherever_it_is_cut_nothing_is_restored(
    file: Path, tmp_path: Path, data: st.DataObject
) -> None:
    raw = bytearray(file.read_bytes())
    at = data.draw(st.one_of(st.integers(0, 400), st.integers(0, len(raw) - 1)))
    if data.draw(st.booleans()):
        raw[at] ^= data.draw(st.integers(1, 255))
    else:
        del raw[at:]
    bad, other = tmp_path / "bad.backup", tmp_path / "other"
    bad.write_bytes(raw)
    code = refused(lambda: restored(other, bad))
    assert code.startswith("backup.") or code == "store.recovery.other", code
    assert {path.name for path in other.iterdir()} <= {"store.lock"}


def test_a_sealed_fake_is_refused_where_its_store_is_none(file: Path, tmp_path: Path) -> None:
    """Anybody with the public key can seal something; no name in it leads out of the folder."""
    from app.store.backup_contents import _frame
    from app.store.sealed_stream import SealedWriter

    for name in ("../store.db", "/etc/passwd", "store.db-wal", "keys.json"):
        fake = tmp_path / "fake.backup"
        with fake.open("wb") as out:
            writer = SealedWriter(out, KEY.public, demo=False)
            about = {
                "store": "s", "data_key": "A" * 43 + "=", "demo": False,
                "device": "0000000a", "made_ms": 1, "generation": 1,
            }  # fmt: skip
            writer.write(_frame(about) + _frame({"name": name, "size": 1}) + b"x")
            writer.close()
        assert refused(lambda: restored(tmp_path / "other", fake)) == "backup.file.damaged"  # noqa: B023
