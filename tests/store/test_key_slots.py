"""Two slots, one data key: who opens a store, and what happens to a key file that somebody has changed."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.problems import Problem
from app.store import Store, keys
from app.store.key_file import FILE_NAME, checksum_of
from app.store.keys import CEILING, KeyCost, StoreKeys
from sync_server.protocol.recovery_key import RecoveryKey, fingerprint
from tests.store.key_files import CHEAP, rewrite, write_format_1

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "five small words of mine"
OFFICE_KEY = RecoveryKey(bytes(range(32)))
OTHER_KEY = RecoveryKey(bytes(range(1, 33)))
REFUSED = {"store.keys.damaged", "store.keys.weak", "store.passphrase.wrong", "store.keys.missing"}


def no_keyring() -> None:
    return None


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, StoreKeys]:
    """A folder with keys for a passphrase and for the office."""
    folder = tmp_path_factory.mktemp("device")
    return folder, keys.create_keys(folder, PASSPHRASE, CHEAP, True, OFFICE_KEY.public, no_keyring)


def opened(folder: Path) -> list[StoreKeys | str]:
    """What either way in gives: the keys, or the code of the refusal."""
    found: list[StoreKeys | str] = []
    for way in (
        lambda: keys.unwrap_keys(folder, PASSPHRASE, CHEAP, no_keyring),
        lambda: keys.recover_keys(folder, OFFICE_KEY),
    ):
        try:
            found.append(way())
        except Problem as problem:
            found.append(problem.code)
    return found


def same(one: object, other: StoreKeys) -> bool:
    return isinstance(one, StoreKeys) and (one.store, one.data_key, one.demo) == (
        other.store, other.data_key, other.demo,
    )  # fmt: skip


def test_the_passphrase_and_the_office_open_the_same(device: tuple[Path, StoreKeys]) -> None:
    folder, made = device
    assert all(same(each, made) for each in opened(folder))
    assert keys.recovery_key_in(folder, made) == OFFICE_KEY.public


def test_another_office_opens_nothing_and_is_told_whose_key_it_takes(device: tuple[Path, StoreKeys]) -> None:
    with pytest.raises(Problem, match=r"store\.recovery\.other") as caught:
        keys.recover_keys(device[0], OTHER_KEY)
    assert caught.value.params == {"fingerprint": fingerprint(OFFICE_KEY.public)}


def test_every_byte_of_the_key_file_flipped_is_refused_or_opens_rightly(
    device: tuple[Path, StoreKeys],
) -> None:
    folder, made = device
    path = folder / FILE_NAME
    whole = path.read_bytes()
    wrong = []
    try:
        for place in range(len(whole)):
            for bit in (1, 32, 128):
                path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
                for each in opened(folder):
                    if not (same(each, made) or each in REFUSED):
                        wrong.append((place, bit, each))
    finally:
        path.write_bytes(whole)
    assert wrong == []


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_who_edits_the_key_file_and_makes_its_checksum_fit_gets_no_other_key(
    device: tuple[Path, StoreKeys], data: st.DataObject
) -> None:
    """One value of the file is replaced by another of its kind."""
    folder, made = device
    path = folder / FILE_NAME
    whole = path.read_bytes()
    content = json.loads(whole)
    places = [
        (part, name)
        for part in (content["header"], *content["slots"])
        for name in part
        if name not in ("format",)
    ]
    part, name = data.draw(st.sampled_from(places))
    value = part[name]
    if isinstance(value, bool):
        part[name] = not value
    elif isinstance(value, int):
        part[name] = data.draw(st.integers(-1, 200) | st.just(2**31))
    else:
        raw = data.draw(st.binary(min_size=1, max_size=100))
        part[name] = data.draw(st.sampled_from([base64.b64encode(raw).decode(), value[::-1], raw.hex()]))
    content.pop("checksum")
    content["checksum"] = checksum_of(content)
    try:
        path.write_text(json.dumps(content))
        for each in opened(folder):
            assert same(each, made) or each in {*REFUSED, "store.keyring.missing", "store.recovery.other"}
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("slot", [0, 1], ids=["passphrase", "recovery"])
def test_what_is_sealed_has_its_length_and_no_other(tmp_path: Path, slot: int) -> None:
    keys.create_keys(tmp_path, PASSPHRASE, CHEAP, True, OFFICE_KEY.public, no_keyring)
    right = len(base64.b64decode(json.loads((tmp_path / FILE_NAME).read_text())["slots"][slot]["sealed"]))
    for length in {*range(right + 40)} - {right}:
        sealed = base64.b64encode(bytes(length)).decode()
        rewrite(tmp_path, lambda said, sealed=sealed: said["slots"][slot].update(sealed=sealed))
        assert opened(tmp_path) == ["store.keys.damaged"] * 2, length


@pytest.mark.parametrize("change", [{"memory_kib": 7}, {"passes": 0}, {"memory_kib": CEILING.memory_kib + 1}])
def test_weaker_parameters_in_the_slot_are_refused_before_any_work(
    tmp_path: Path, change: dict[str, int]
) -> None:
    keys.create_keys(tmp_path, PASSPHRASE, CHEAP, True, OFFICE_KEY.public, no_keyring)
    rewrite(tmp_path, lambda said: said["slots"][0].update(change))
    assert opened(tmp_path)[0] == "store.keys.weak"


def test_the_slot_of_one_device_opens_nothing_in_another(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    for name in ("one", "other"):
        keys.create_keys(tmp_path / name, PASSPHRASE, CHEAP, True, OFFICE_KEY.public, no_keyring)
    foreign = json.loads((tmp_path / "one" / FILE_NAME).read_text())["slots"]
    rewrite(tmp_path / "other", lambda said: said.update(slots=foreign))
    assert opened(tmp_path / "other") == ["store.passphrase.wrong", "store.keys.damaged"]


def test_a_slot_that_a_stranger_made_is_none(tmp_path: Path) -> None:
    """Who can write here can make a box for a key of her own, and not the code that belongs to it."""
    made = keys.create_keys(tmp_path, PASSPHRASE, CHEAP, True, OFFICE_KEY.public, no_keyring)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    keys.create_keys(stranger, "whatever she likes to type", CHEAP, True, OTHER_KEY.public, no_keyring)
    planted = json.loads((stranger / FILE_NAME).read_text())["slots"][1]
    rewrite(tmp_path, lambda said: said["slots"].__setitem__(1, planted))
    assert same(opened(tmp_path)[0], made)
    assert keys.recovery_key_in(tmp_path, made) is None
    keys.change_passphrase(tmp_path, PASSPHRASE, "another one", CHEAP, CHEAP, no_keyring)
    assert len(json.loads((tmp_path / FILE_NAME).read_text())["slots"]) == 1


# -- the first format -----------------------------------------------------------------------------------


def test_a_file_of_the_first_format_opens_as_it_was_typed_and_becomes_one_of_the_second(
    tmp_path: Path,
) -> None:
    write_format_1(tmp_path, "a store", bytes(32), "Çelësi  i Vjetër")
    assert keys.unwrap_keys(tmp_path, "Çelësi  i Vjetër", CHEAP).data_key == bytes(32)
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        keys.unwrap_keys(tmp_path, "çelësi i vjetër", CHEAP)
    assert not keys.takes_recovery_key(tmp_path)
    keys.change_passphrase(tmp_path, "Çelësi  i Vjetër", "Çelësi  i Ri", CHEAP, CHEAP, no_keyring)
    assert keys.unwrap_keys(tmp_path, "çelësi i ri", CHEAP).data_key == bytes(32)
    assert keys.takes_recovery_key(tmp_path)


def test_a_file_of_the_first_format_with_any_byte_flipped_is_refused_or_opens_rightly(tmp_path: Path) -> None:
    write_format_1(tmp_path, "a store", bytes(32), PASSPHRASE)
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = opened(tmp_path)[0]
        assert found in REFUSED or same(found, StoreKeys("a store", bytes(32), True)), place


# -- how it is typed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("set_as", "typed"),
    [
        ("river lamp stone bread salt", "  River LAMP\tstone bread  salt "),
        ("çelës mollë shtëpi", "ÇELËS MOLLË SHTËPI"),
        ("їжак ґанок м'яч", "Їжак Ґанок м’яч"),
        ("كتاب باب قلم", "كِتَاب بـــاب قَلَم\u200f"),
        ("straße grün", "STRASSE GRÜN"),
    ],
)
def test_one_passphrase_however_it_is_typed(tmp_path: Path, set_as: str, typed: str) -> None:
    made = keys.create_keys(tmp_path, set_as, CHEAP, True, None, no_keyring)
    assert same(keys.unwrap_keys(tmp_path, typed, CHEAP), made)


@pytest.mark.parametrize("typed", ["river lamp stone breadsalt", "river lamp stone bread salts", "كتب"])
def test_other_letters_are_another_passphrase(tmp_path: Path, typed: str) -> None:
    keys.create_keys(tmp_path, "river lamp stone bread salt", CHEAP, True, None, no_keyring)
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        keys.unwrap_keys(tmp_path, typed, CHEAP)


# -- cut off --------------------------------------------------------------------------------------------

#: Changes a passphrase, and dies by kill -9 right before or after the n-th call that touches the disk.
DYING = """
import os, signal, sys
from pathlib import Path
from app.store import key_file, keys
from app.store.keys import KeyCost
folder, old, new, step, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
calls = 0
def dying(real):
    def call(*given, **named):
        global calls
        calls += 1
        if calls == step and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*given, **named)
        if calls == step and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
for name in ("open", "fsync", "replace", "fdopen"):
    setattr(os, name, dying(getattr(os, name)))
keys.change_passphrase(folder, old, new, KeyCost(8, 1), KeyCost(8, 1), lambda: None)
print(calls)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_9_at_each_step_of_a_change_leaves_the_old_passphrase_or_the_new_one(mira, when: str) -> None:
    mira.store.close()
    now, following, steps, changed = mira.passphrase, "the next five words of mine", 0, 0
    while True:
        steps += 1
        command = [sys.executable, "-c", DYING, str(mira.folder), now, following, str(steps), when]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        ways = {}
        for passphrase in (now, following):
            try:
                Store.open(mira.folder, passphrase, floor=KeyCost(8, 1)).close()
                ways[passphrase] = "opens"
            except Problem as problem:
                ways[passphrase] = problem.code
        assert sorted(ways.values()) == ["opens", "store.passphrase.wrong"], (steps, ways)
        if ways[following] == "opens":
            now, following, changed = following, now, changed + 1
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert steps > 5
    assert changed >= 1
    mira.passphrase = now
    mira.reopen()
