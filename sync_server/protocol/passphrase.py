"""When two typed passphrases are the same, and which are too weak to be taken at all."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LEAST_WORDS: Final = 5
LEAST_LETTERS: Final = 16
#: Five words of one or two letters each are no passphrase.
_LEAST_LETTERS_OF_WORDS: Final = 12
_LEAST_DIFFERENT: Final = 6
#: The longest piece that is looked for again and again.
_PERIOD: Final = 8

#: The tatweel, and the harakat with the other marks above and below Arabic letters: they are drawn or left
#: out as one likes, and name the same word.
_ARABIC_MARKS: Final = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
_APOSTROPHES: Final = re.compile("[\u2018\u2019\u02bc\u02bb\u0060\u00b4]")

#: What lies in a row on keyboards, and what people type first of all.
_ROWS: Final = (
    "0123456789" * 2,
    "abcdefghijklmnopqrstuvwxyz",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "qwertyuiopasdfghjklzxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "йцукенгшщзхїфівапролджєячсмитьбю",
    "ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ",
)
_FIRST_TRIED: Final = (
    *("password", "passphrase", "motdepasse", "fjalekalim", "fjalëkalim", "пароль", "كلمةالسر", "homeward"),
    *("qwerty", "azerty", "йцукен", "letmein", "changeme", "secret", "admin", "welcome"),
)


def normal(typed: str) -> str:
    """The text that counts: composed, in small letters, one space between words, without what an Arabic
    hand adds to a word's letters (tatweel, harakat), without characters that nobody sees."""
    text = unicodedata.normalize("NFC", typed)
    text = unicodedata.normalize("NFC", text.casefold())
    text = _ARABIC_MARKS.sub("", _APOSTROPHES.sub("'", text))
    seen = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cf", "Cc"))
    return " ".join(seen.split())


def fault(typed: str) -> str | None:
    """Why a passphrase of one's own is not taken: "empty", "short" or "trivial"; None where it is.

    It has five words or sixteen characters, and is not one piece again and again, nor a row of the
    keyboard or the alphabet, nor little else than what is tried first. What is merely easy to guess,
    as a line of a song, no rule finds.
    """
    text = normal(typed)
    words = text.split()
    letters = "".join(words)
    if not letters:
        return "empty"
    of_words = len(words) >= LEAST_WORDS and len(letters) >= _LEAST_LETTERS_OF_WORDS
    if not of_words and len(text) < LEAST_LETTERS:
        return "short"
    return "trivial" if _trivial(letters, words) else None


def _trivial(letters: str, words: list[str]) -> bool:
    if len(set(letters)) < _LEAST_DIFFERENT or (len(words) > 1 and len(set(words)) < (len(words) + 2) // 2):
        return True
    if any(letters == (letters[:size] * len(letters))[: len(letters)] for size in range(1, _PERIOD + 1)):
        return True
    rest = letters
    for known in _FIRST_TRIED:
        rest = rest.replace(known, "")
    return len(_without_rows(rest)) < _LEAST_DIFFERENT


def _without_rows(text: str) -> str:
    """The text without each run of four and more letters that lie in a row, forwards or backwards."""
    rows = [way for row in _ROWS for way in (row, row[::-1])]
    kept, at = [], 0
    while at < len(text):
        end = at + 4
        while end <= len(text) and any(text[at:end] in row for row in rows):
            end += 1
        if end > at + 4:
            at = end - 1
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)
