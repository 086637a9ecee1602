"""A wrong passphrase, a damaged key file and a weakened one are three different things."""

from __future__ import annotations

import json
import os
import unicodedata

import pytest

from app.problems import Problem
from app.store import KeyCost, Store, drafts, records
from app.store.key_file import checksum_of
from app.store.keys import CEILING, FILE_NAME, FLOOR, unwrap_keys

CHEAP = KeyCost(8, 1)


def code_of(device, passphrase=None, floor=CHEAP):
    device.store.close()
    with pytest.raises(Problem) as caught:
        Store.open(device.folder, passphrase or device.passphrase, floor=floor)
    return caught.value.code


def rewrite(device, change):
    """Edit the key file as somebody would who also makes the checksum fit."""
    path = device.folder / FILE_NAME
    content = json.loads(path.read_text())
    content.pop("checksum")
    change(content)
    content["checksum"] = checksum_of(content)
    path.write_text(json.dumps(content))


def test_a_wrong_passphrase_is_called_just_that(mira):
    assert code_of(mira, "another one") == "store.passphrase.wrong"


def test_any_flipped_byte_of_the_key_file_is_damage(mira):
    path = mira.folder / FILE_NAME
    whole = path.read_bytes()
    mira.store.close()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            same_content = json.loads(path.read_bytes()) == json.loads(whole)  # white space was hit
        except ValueError:
            same_content = False
        if not same_content:
            with pytest.raises(Problem, match=r"store\.keys\.damaged"):
                unwrap_keys(mira.folder, mira.passphrase, CHEAP)


@pytest.mark.parametrize("cut", [0, 1, 100])
def test_a_cut_key_file_is_damage(mira, cut):
    path = mira.folder / FILE_NAME
    path.write_bytes(path.read_bytes()[:cut])
    assert code_of(mira) == "store.keys.damaged"


def test_a_missing_key_file_is_no_wrong_passphrase(mira):
    (mira.folder / FILE_NAME).unlink()
    assert code_of(mira) == "store.keys.missing"


def test_parameters_below_the_floor_are_refused_before_any_work(mira):
    assert code_of(mira, floor=FLOOR) == "store.keys.weak"


def test_parameters_above_the_ceiling_are_refused_before_any_work(mira):
    rewrite(mira, lambda said: said["slots"][0].update(memory_kib=CEILING.memory_kib + 1))
    assert code_of(mira) == "store.keys.weak"


@pytest.mark.parametrize("change", [{"memory_kib": 16}, {"passes": 2}])
def test_parameters_are_authenticated(mira, change):
    rewrite(mira, lambda said: said["slots"][0].update(change))
    assert code_of(mira) == "store.passphrase.wrong"


@pytest.mark.parametrize(
    "change", [{"store": "00000000-0000-4000-8000-000000000000"}, {"check": "0" * 32}, {"demo": False}]
)
def test_the_header_is_authenticated(mira, change):
    rewrite(mira, lambda said: said["header"].update(change))
    assert code_of(mira) == "store.passphrase.wrong"


def test_the_passphrase_can_be_changed_and_the_work_stays(mira):
    def work(db):
        drafts.begin(db, "r", "c", "visit", "1")
        drafts.save_answers(db, "r", {"outcome": "met"})

    mira.store.write(work)
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        mira.store.change_passphrase("another one", "new", cost=CHEAP, floor=CHEAP)
    mira.store.change_passphrase(mira.passphrase, "new", cost=CHEAP, floor=CHEAP)
    assert code_of(mira) == "store.passphrase.wrong"
    mira.passphrase = "new"
    assert mira.reopen().read(lambda db: records.values(db, "r")) == {"outcome": "met"}


def test_one_passphrase_opens_however_the_keyboard_composes_it(mira):
    composed, decomposed = (unicodedata.normalize(form, "çelësi її") for form in ("NFC", "NFD"))
    assert composed != decomposed
    mira.store.change_passphrase(mira.passphrase, composed, cost=CHEAP, floor=CHEAP)
    mira.passphrase = decomposed
    mira.reopen()


@pytest.mark.skipif(os.name != "posix", reason="the modes of files are POSIX")
def test_nobody_else_on_the_machine_can_read_the_files(mira):
    for file in mira.folder.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_new_store_asks_for_at_least_64_mib_and_three_passes():
    assert KeyCost() == FLOOR == KeyCost(65_536, 3)


def test_a_demo_says_so_before_it_is_unlocked_and_nobody_can_change_what_it_says(mira):
    assert Store.says_demo(mira.folder)
    rewrite(mira, lambda said: said["header"].update(demo=False))
    assert not Store.says_demo(mira.folder)
    assert code_of(mira) == "store.passphrase.wrong"


def test_where_nothing_is_or_nothing_can_be_read_nothing_says_demo(mira, tmp_path):
    assert not Store.says_demo(tmp_path / "nowhere")
    (mira.folder / FILE_NAME).write_text("{}")
    assert not Store.says_demo(mira.folder)
