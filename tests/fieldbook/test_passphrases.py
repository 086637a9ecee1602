"""Passphrases that are made: enough words, told apart, easy to type, and drawn one like the other."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter

import pytest

from app import passphrases
from app.passphrases import LANGUAGES, LIST_LENGTH
from app.problems import Problem
from sync_server.protocol.passphrase import fault, normal

SCRIPTS = {"en": "LATIN", "fr": "LATIN", "sq": "LATIN", "ar": "ARABIC", "uk": "CYRILLIC"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_its_1296_words_each_once_and_told_apart_by_four_letters(language: str) -> None:
    listed = passphrases.words(language)
    assert len(listed) == len(set(listed)) == LIST_LENGTH
    assert len({word[:4] for word in listed}) == LIST_LENGTH
    assert all(word == normal(word) and word.isalpha() and 3 <= len(word) <= 8 for word in listed)
    scripts = {unicodedata.name(letter).split()[0] for word in listed for letter in word}
    assert scripts == {SCRIPTS[language]}


def test_no_word_names_this_work_or_frightens() -> None:
    never = {
        "en": "victim trafficking police shelter case court refuge border escape knife gun blood death",
        "fr": "victime traite police refuge cas juge frontière fuite arme couteau sang mort",
        "sq": "viktimë trafik polici strehë rast gjyq kufi armë thikë gjak vdekje",
        "ar": "ضحية اتجار شرطة ملجا قضية محكمة حدود سلاح سكين دم موت",
        "uk": "жертва торгівля поліція притулок справа суд кордон зброя ніж кров смерть",
    }
    for language, words in never.items():
        assert not set(words.split()) & set(passphrases.words(language)), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_made_has_five_words_and_the_bits_that_the_docs_say(language: str) -> None:
    made = passphrases.generate(language)
    assert len(made.split()) == 5
    assert fault(made) is None
    assert normal(made) == made
    assert passphrases.bits(language) == pytest.approx(51.70, abs=0.005)
    assert math.log2(LIST_LENGTH) == pytest.approx(10.34, abs=0.001)


def test_each_word_comes_as_often_as_another() -> None:
    drawn = Counter(word for _ in range(4000) for word in passphrases.generate("en").split())
    assert len(drawn) == LIST_LENGTH
    expected = 20_000 / LIST_LENGTH
    spread = sum((drawn[word] - expected) ** 2 / expected for word in passphrases.words("en"))
    assert spread < LIST_LENGTH + 6 * math.sqrt(2 * LIST_LENGTH)


def test_who_has_no_list_gets_english_words() -> None:
    assert passphrases.words("de") == passphrases.words("en")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "store.passphrase.empty"),
        ("  \u200f ", "store.passphrase.empty"),
        ("lemon harbour", "store.passphrase.short"),
        ("a b c d e", "store.passphrase.short"),
        ("fifteen letters", "store.passphrase.short"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "store.passphrase.trivial"),
        ("abcabcabcabcabcabcabc", "store.passphrase.trivial"),
        ("one one one one one one", "store.passphrase.trivial"),
        ("12345678901234567890", "store.passphrase.trivial"),
        ("Qwertyuiop Asdfghjkl", "store.passphrase.trivial"),
        ("password password", "store.passphrase.trivial"),
        ("йцукенгшщзхїфівапролдж", "store.passphrase.trivial"),
        ("ضصثقفغعهخحجدشسيبلات", "store.passphrase.trivial"),
    ],
)
def test_a_weak_passphrase_of_her_own_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        passphrases.refuse_weak(typed)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "typed",
    [
        "five words nobody else knows",
        "demo river lamp stone bread",
        "my-neighbours-goat-ate-it",
        "كتاب باب قلم بحر نور",
        "дощ іде над старим млином",
    ],
)
def test_a_strong_one_is_taken(typed: str) -> None:
    passphrases.refuse_weak(typed)
