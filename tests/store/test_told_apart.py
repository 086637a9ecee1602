"""A wrong passphrase is never called damage, nor damage a wrong passphrase: in no language, on no way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.problems import TEXTS, Problem
from app.store import Store
from app.store.connection import FILE_NAME as STORE_NAME
from app.store.key_file import FILE_NAME
from app.store.keys import KeyCost
from app.ui.i18n import language
from sync_server.protocol.recovery_key import RecoveryKey, open_file, sealed_file
from tests.store.key_files import rewrite

CHEAP = KeyCost(8, 1)
LANGUAGES = ("en", "fr", "sq", "ar", "uk")
#: How each language says 'passphrase', 'not right' in one sentence, and 'damaged'.
WORDS = {
    "en": ("passphrase is not right", "damaged"),
    "fr": ("phrase de passe n’est pas la bonne", "endommagé"),
    "sq": ("frazëkalim nuk është i saktë", "dëmtuar"),
    "ar": ("عبارة المرور غير صحيحة", "تالف"),
    "uk": ("Парольна фраза неправильна", "пошкоджен"),
}


def flip(path: Path, place: int) -> None:
    whole = bytearray(path.read_bytes())
    whole[place] ^= 1
    path.write_bytes(whole)


def of_another(folder: Path) -> None:
    """The keys of another device, whose passphrase is the same."""
    rewrite(folder, lambda said: said["header"].update(store="00000000-0000-4000-8000-000000000000"))


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing, a wrong passphrase": (lambda folder: None, "store.passphrase.wrong"),
    "the first page of the store": (lambda folder: flip(folder / STORE_NAME, 20), "store.file.damaged"),
    "the middle of the store": (
        lambda folder: flip(folder / STORE_NAME, (folder / STORE_NAME).stat().st_size // 2),
        "store.file.damaged",
    ),
    "the key file, a flipped byte": (lambda folder: flip(folder / FILE_NAME, 60), "store.keys.damaged"),
    "the key file, cut": (lambda folder: (folder / FILE_NAME).write_text("{"), "store.keys.damaged"),
    "the key file, gone": (lambda folder: (folder / FILE_NAME).unlink(), "store.keys.missing"),
    "the key file, weakened": (
        lambda folder: rewrite(folder, lambda said: said["slots"][0].update(memory_kib=7)),
        "store.keys.weak",
    ),
    "the key file, from another device": (of_another, "store.passphrase.wrong"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_each_way_to_fail_has_its_own_code(mira, what: str) -> None:
    mira.store.close()
    spoil, code = SPOILT[what]
    spoil(mira.folder)
    passphrase = "wrong" if what.startswith("nothing") else mira.passphrase
    with pytest.raises(Problem) as caught:
        Store.open(mira.folder, passphrase, floor=CHEAP)
    assert caught.value.code == code
    if what != "the key file, from another device" and code != "store.keys.missing":
        assert (code == "store.passphrase.wrong") == (passphrase == "wrong")


@pytest.mark.parametrize("code", LANGUAGES)
def test_in_each_language_the_one_says_passphrase_and_the_other_says_damage(code: str) -> None:
    from app.ui.i18n import _

    before = language.code
    language.switch(code)
    try:
        wrong, damaged = WORDS[code]
        assert wrong in _(TEXTS["store.passphrase.wrong"])
        assert damaged not in _(TEXTS["store.passphrase.wrong"])
        for each in ("store.file.damaged", "store.keys.damaged", "recovery.file.damaged"):
            assert damaged in _(TEXTS[each]), each
            assert wrong not in _(TEXTS[each]), each
        assert len({_(TEXTS[each]) for each in TEXTS if each.startswith(("store.key", "recovery."))}) >= 7
    finally:
        language.switch(before)


def test_of_a_recovery_key_too() -> None:
    text = sealed_file(RecoveryKey(bytes(range(32))), "the right one", 8, 1)
    assert open_file(text, " The RIGHT one ", (8, 1)).private == bytes(range(32))
    with pytest.raises(Problem, match=r"recovery\.passphrase\.wrong"):
        open_file(text, "the wrong one", (8, 1))
    with pytest.raises(Problem, match=r"recovery\.file\.weak"):
        open_file(text, "the right one")
    for place in range(0, len(text), 3):
        spoilt = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        try:
            same = json.loads(spoilt) == json.loads(text)
        except ValueError:
            same = False
        if not same:
            with pytest.raises(Problem, match=r"recovery\.file\.damaged"):
                open_file(spoilt, "the right one", (8, 1))
